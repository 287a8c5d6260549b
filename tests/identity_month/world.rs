//! Who is there and what runs: accounts, instances, reservations, Savings Plans, metered services of one seed.

use super::catalog::Catalog;
use super::decimal::{ONE, parse};
use super::random::Random;
use super::report::{HOURS, hour_text};

/// What a seed is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Free offers over one SKU, or over SKUs of one price.
    Exact,
    /// One free offer over SKUs of different price.
    UnequalPrices,
    /// AWS rounds every row to 10 decimals.
    Rounded,
    /// One account moves to another payer within the month.
    TwoPayers,
}

pub const PAYERS: [&str; 2] = ["001111111110", "002222222220"];
/// The last one is the payer's own account. The first two use single-price SKUs only; the second one may move.
pub const ACCOUNTS: [&str; 6] =
    ["010000000011", "020000000022", "030000000033", "040000000044", "050000000055", "001111111110"];
/// How many accounts use single-price SKUs only.
pub const PLAIN_ACCOUNTS: usize = 2;
/// The account that moves.
pub const MOVER: &str = ACCOUNTS[1];
pub const ZONES: [&str; 3] = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];

/// An instance type with its SKU.
#[derive(Debug, PartialEq, Eq)]
pub struct Machine {
    pub sku: &'static str,
    pub family: &'static str,
    pub size: &'static str,
    pub factor: i128,
    pub is_windows: bool,
    pub price: &'static str,
}

impl Machine {
    pub fn operation(&self) -> &'static str {
        if self.is_windows { "RunInstances:0002" } else { "RunInstances" }
    }
}

const fn machine(
    sku: &'static str,
    family: &'static str,
    size: &'static str,
    factor: i128,
    price: &'static str,
) -> Machine {
    Machine { sku, family, size, factor, is_windows: false, price }
}

pub const MACHINES: [Machine; 9] = [
    machine("EC2M5LARGE", "m5", "large", 4, "0.124"),
    machine("EC2M5XLARGE", "m5", "xlarge", 8, "0.248"),
    machine("EC2M52XLARGE", "m5", "2xlarge", 16, "0.496"),
    machine("EC2C5LARGE", "c5", "large", 4, "0.107"),
    machine("EC2C5XLARGE", "c5", "xlarge", 8, "0.214"),
    machine("EC2T3MEDIUM", "t3", "medium", 2, "0.0544"),
    machine("EC2T3SMALL", "t3", "small", 1, "0.0272"),
    machine("EC2R5LARGE", "r5", "large", 4, "0.152"),
    Machine { is_windows: true, ..machine("EC2M5LARGEWIN", "m5", "large", 4, "0.216") },
];

pub struct Instance {
    pub account: &'static str,
    pub machine: &'static Machine,
    pub zone: &'static str,
    pub id: String,
    pub hours: std::ops::Range<i64>,
    /// Eighths of an hour in every third hour; else it runs the whole hour.
    pub eighths: i128,
}

pub struct Reservation {
    pub arn: String,
    pub owner: &'static str,
    pub machine: &'static Machine,
    pub zone: Option<&'static str>,
    pub count: i128,
    pub from_hour: i64,
    /// Partly paid upfront.
    pub has_upfront: bool,
}

impl Reservation {
    /// Regional, Linux: covers every size of its family.
    pub fn is_flexible(&self) -> bool {
        self.zone.is_none() && !self.machine.is_windows
    }

    /// What an hour of one costs in all.
    pub fn hourly(&self) -> i128 {
        parse(self.machine.price) * 6 / 10
    }

    pub fn start(&self) -> String {
        start_text(self.from_hour)
    }
}

pub struct SavingsPlan {
    pub arn: String,
    pub owner: &'static str,
    /// The family of an EC2 Instance Savings Plan; a Compute Savings Plan has none.
    pub family: Option<&'static str>,
    pub commitment: i128,
    pub from_hour: i64,
    pub payment: &'static str,
}

/// A service that is used by the hour: its product, operation, usage type, SKU, and the step of its quantities.
pub struct Meter {
    pub account: &'static str,
    pub products: &'static [(&'static str, &'static str)],
    pub usage_type: &'static str,
    pub sku: &'static str,
    /// Each use is 1 to `most` steps.
    pub step: i128,
    pub most: usize,
    pub has_corrections: bool,
}

pub struct World {
    pub kind: Kind,
    pub seed: u64,
    pub random: Random,
    pub catalog: Catalog,
    /// Usage happens in every `stride`-th hour.
    pub stride: usize,
    pub instances: Vec<Instance>,
    pub reservations: Vec<Reservation>,
    pub plans: Vec<SavingsPlan>,
    pub meters: Vec<Meter>,
    /// From this hour on the mover belongs to the second payer.
    pub move_hour: i64,
    /// Whether EC2 Instance Savings Plans of others come before an account's own Compute Savings Plan.
    pub is_by_offering: bool,
}

impl SavingsPlan {
    pub fn offering(&self) -> &'static str {
        if self.family.is_some() { "EC2InstanceSavingsPlans" } else { "ComputeSavingsPlans" }
    }

    pub fn start(&self) -> String {
        start_text(self.from_hour)
    }
}

/// A commitment that began before the month began in March.
fn start_text(from_hour: i64) -> String {
    if from_hour < 0 { String::from("2025-03-02T00:00:00.000Z") } else { hour_text(from_hour) }
}

impl World {
    pub fn new(seed: u64, kind: Kind) -> Self {
        let mut random = Random::new(seed);
        let mut world = Self {
            kind,
            seed,
            catalog: super::uses::catalog(kind, &mut random),
            stride: random.between(4, 12),
            instances: Vec::new(),
            reservations: Vec::new(),
            plans: Vec::new(),
            meters: super::uses::meters(kind, &mut random),
            move_hour: if kind == Kind::TwoPayers { hour(&mut random, 100) } else { HOURS },
            is_by_offering: random.has_luck(50),
            random,
        };
        for number in 0..world.random.between(8, 15) {
            world.add_instance(number);
        }
        for number in 0..world.random.between(3, 8) {
            world.add_reservation(number);
        }
        for number in 0..world.random.between(1, 5) {
            world.add_plan(number);
        }
        world
    }

    pub fn payer(&self, account: &str, hour: i64) -> &'static str {
        payer(account, hour, self.move_hour)
    }

    fn add_instance(&mut self, number: usize) {
        let random = &mut self.random;
        let start = if random.has_luck(60) { 0 } else { hour(random, 0) };
        let end = if random.has_luck(60) { HOURS } else { HOURS - hour(random, 0) / 3 };
        self.instances.push(Instance {
            account: random.pick(&ACCOUNTS[..5]),
            machine: &MACHINES[random.between(0, MACHINES.len())],
            zone: random.pick(&ZONES),
            id: format!("i-{number:05}"),
            hours: start..end,
            eighths: i128::try_from(random.between(1, 9)).expect("small"),
        });
    }

    /// Most reservations are of a type that runs, so that they are used.
    fn add_reservation(&mut self, number: usize) {
        let model = self.random.between(0, self.instances.len());
        let (machine, zone) = (self.instances[model].machine, self.instances[model].zone);
        let random = &mut self.random;
        let owner = random.pick(&ACCOUNTS);
        let from_hour = if random.has_luck(75) { -1 } else { hour(random, 1) };
        self.reservations.push(Reservation {
            arn: format!("arn:aws:ec2:ap-northeast-1:{owner}:reserved-instances/{number:04}-{}", self.seed),
            owner,
            machine,
            zone: random.has_luck(45).then_some(zone),
            count: i128::try_from(random.between(1, 3)).expect("small"),
            from_hour,
            has_upfront: from_hour >= 0 && random.has_luck(70),
        });
    }

    fn add_plan(&mut self, number: usize) {
        let random = &mut self.random;
        let owner = random.pick(&ACCOUNTS);
        let from_hour = if random.has_luck(75) { -1 } else { hour(random, 1) };
        let payment = if from_hour < 0 { ["No Upfront", "All Upfront"] } else { ["No Upfront", "Partial Upfront"] };
        self.plans.push(SavingsPlan {
            arn: format!("arn:aws:savingsplans::{owner}:savingsplan/{number:04}-{}", self.seed),
            owner,
            family: random.has_luck(50).then(|| MACHINES[random.between(0, MACHINES.len())].family),
            commitment: parse("0.013") * i128::try_from(random.between(3, 40)).expect("small"),
            from_hour,
            payment: random.pick(&payment),
        });
    }
}

/// Who pays for an account in an hour.
pub fn payer(account: &str, hour: i64, move_hour: i64) -> &'static str {
    PAYERS[usize::from(account == MOVER && hour >= move_hour)]
}

/// Any hour of the month but the first `least`.
fn hour(random: &mut Random, least: usize) -> i64 {
    i64::try_from(random.between(least, 740)).expect("small")
}

/// A whole number on the grid.
pub fn whole(number: i128) -> i128 {
    number * ONE
}
