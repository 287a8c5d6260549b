//! Who used what, covered by whose commitment.

use crate::made_report::row_maker::scrambled;

/// Rows of an account in an hour.
const SLOTS: u64 = 9;
/// Accounts of an organization.
const ORGANIZATION: u64 = 40;
/// Hours of May.
const HOURS: u64 = 744;
/// Instance families.
pub const FAMILIES: u64 = 4;
/// Their sizes: large and its doubles.
pub const SIZES: u64 = 3;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// An EC2 instance: family and size.
    Instance(u64, u64),
    /// A MySQL node.
    Database,
    /// Lambda: a SKU with tiers.
    Lambda,
}

/// What kind of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    DiscountedUsage,
    CoveredUsage,
    Negation,
    /// Of so many reservations; zonal or not.
    RiFee {
        count: u64,
        is_zonal: bool,
    },
    PlanFee,
}

/// Who pays a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Reseller,
    Account(u64),
}

/// A row, before it is text.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub kind: Kind,
    pub account: Owner,
    pub hour: u64,
    pub product: Product,
    /// Of the region: 0 to 2.
    pub zone: u64,
    pub owner: Owner,
    /// EC2 Instance Savings Plan, else a Compute Savings Plan.
    pub is_of_family: bool,
    /// Ten-thousandths of an hour; Lambda: whole seconds.
    pub quantity: u64,
}

/// The shape of a month.
#[derive(Debug)]
pub struct Month {
    pub rows: u64,
    pub accounts: u64,
    /// Fees first, then usage: see [`line`](Self::line).
    fees: Vec<Line>,
    /// A step without common divisor with the pairs of rows: rows are in no order.
    step: u64,
}

impl Month {
    /// So many rows, all hours of as many accounts as fill them.
    pub fn of_rows(rows: u64) -> Self {
        let accounts = rows.div_ceil(SLOTS * HOURS).max(12);
        let hours = (rows / (accounts * SLOTS)).clamp(1, HOURS);
        let owners = std::iter::once(Owner::Reseller).chain((0..accounts).map(Owner::Account));
        let mut fees: Vec<Line> = owners.flat_map(ri_fees).collect();
        let reseller_plan = |hour| [false, true].map(|is_of_family| plan_fee(Owner::Reseller, hour, is_of_family));
        fees.extend((0..hours).flat_map(reseller_plan));
        assert!(u64::try_from(fees.len()).is_ok_and(|fees| fees < rows / 2), "a month of mostly usage");
        let pairs = rows / 2;
        let step = (pairs * 618 / 1_000..).find(|step| greatest_divisor(*step, pairs) == 1).expect("a prime comes");
        Self { rows, accounts, fees, step: step.max(1) }
    }

    /// The organization of an account; the first half has none.
    pub fn organization(&self, account: u64) -> Option<u64> {
        (account >= self.accounts / 2).then(|| (account - self.accounts / 2) / ORGANIZATION)
    }

    /// A row by its number: each once, in no order but in pairs, as two hours of the same resource.
    pub fn line(&self, number: u64) -> Line {
        let pairs = self.rows / 2;
        let place = if number / 2 < pairs { number / 2 * self.step % pairs * 2 + number % 2 } else { number };
        let Some(usage) = place.checked_sub(self.fees.len() as u64) else { return self.fees[place as usize] };
        let of_two_hours = self.accounts * SLOTS * 2;
        let (pair, rest) = (usage / of_two_hours, usage % of_two_hours);
        self.usage(rest / (SLOTS * 2), rest / 2 % SLOTS, pair * 2 + rest % 2)
    }

    /// One of the nine rows of an account's hour.
    fn usage(&self, account: u64, slot: u64, hour: u64) -> Line {
        let family = account % FAMILIES;
        let partner = (account + self.accounts / 2) % self.accounts; // Never of the same group.
        let own = |is_own: bool| if is_own { Owner::Account(account) } else { Owner::Reseller };
        let bits = scrambled((account * SLOTS + slot) * HOURS + hour);
        let quantity = if bits.is_multiple_of(4) { 1 + bits / 4 % 10_000 } else { 10_000 };
        let discounted = |product, zone, owner| Line {
            kind: Kind::DiscountedUsage,
            account: Owner::Account(account),
            hour,
            product,
            zone,
            owner,
            is_of_family: false,
            quantity,
        };
        match slot {
            0 => discounted(Product::Instance(family, 0), 0, own(has_regional(account) && hour.is_multiple_of(5))),
            1 if has_regional(partner) => {
                discounted(Product::Instance(partner % FAMILIES, 0), 2, Owner::Account(partner))
            }
            1 => discounted(Product::Instance(family, 1), 1, Owner::Reseller),
            2 => discounted(Product::Instance((family + 1) % FAMILIES, 2), 2, Owner::Reseller),
            3 if account.is_multiple_of(4) => discounted(Product::Database, 0, Owner::Reseller),
            3 => discounted(Product::Instance(family, 0), 1, Owner::Reseller),
            4 => Line {
                kind: Kind::CoveredUsage,
                owner: own(plan_of(account) == Some(false) && hour % 5 == 1),
                ..discounted(Product::Instance(family, 0), 0, Owner::Reseller)
            },
            5 if account % 4 == 2 => {
                let covered = discounted(Product::Lambda, 0, Owner::Reseller);
                Line { kind: Kind::CoveredUsage, quantity: 1_000 + bits % 9_000, ..covered }
            }
            5 => {
                let covered = discounted(Product::Instance(family, 1), 2, Owner::Reseller);
                Line { kind: Kind::CoveredUsage, is_of_family: true, ..covered }
            }
            6 | 7 => Line { kind: Kind::Negation, ..self.usage(account, slot - 2, hour) },
            _ => match plan_of(account) {
                Some(is_of_family) => plan_fee(Owner::Account(account), hour, is_of_family),
                None => discounted(Product::Instance((family + 2) % FAMILIES, 0), 2, Owner::Reseller),
            },
        }
    }
}

/// Whether an account has two regional reservations.
fn has_regional(account: u64) -> bool {
    account.is_multiple_of(3)
}

/// Whether an account has a Savings Plan: one for its family, or for all compute.
fn plan_of(account: u64) -> Option<bool> {
    (!account.is_multiple_of(3) && account % 12 != 11).then_some(account % 3 == 1)
}

fn plan_fee(account: Owner, hour: u64, is_of_family: bool) -> Line {
    let family = if let Owner::Account(account) = account { account % FAMILIES } else { 0 };
    let product = Product::Instance(family, 0);
    Line { kind: Kind::PlanFee, account, hour, product, zone: 0, owner: account, is_of_family, quantity: 10_000 }
}

/// The reservations of an account: those of the reseller cover what the accounts use.
fn ri_fees(owner: Owner) -> Vec<Line> {
    let fee = |product, count, is_zonal| Line {
        kind: Kind::RiFee { count, is_zonal },
        product,
        quantity: 10_000 * HOURS * count,
        ..plan_fee(owner, 0, false)
    };
    let Owner::Account(account) = owner else {
        let instances = (0..FAMILIES * SIZES).map(|place| Product::Instance(place % FAMILIES, place / FAMILIES));
        return instances.chain([Product::Database]).map(|product| fee(product, 10_000, false)).collect();
    };
    let own = Product::Instance(account % FAMILIES, 0);
    let mut fees = Vec::new();
    if has_regional(account) {
        fees.push(fee(own, 2, false));
    }
    if account % 6 == 1 {
        fees.push(fee(own, 1, true));
    }
    if account.is_multiple_of(12) {
        fees.push(fee(Product::Database, 1, false));
    }
    fees
}

fn greatest_divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { greatest_divisor(other, one % other) }
}
