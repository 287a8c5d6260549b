use std::collections::BTreeMap;
use std::fmt::Write;

use seikyu::ingest::Column;

use super::columns::{Field, Filler, all};

/// Different keys: so many facts a large report has.
const KEYS: u64 = 150_000;
/// Resources of a key.
const RESOURCES: u64 = 8;
/// Accounts among the keys.
pub const ACCOUNTS: u64 = 300;
/// SKUs among the keys.
pub const SKUS: u64 = KEYS / ACCOUNTS;
/// Unblended cost of a row, in units of 10^-10 dollars, is a number from 1 to this.
const COST_LIMIT: u64 = 5_000_000_000;
/// One key of so many is covered by a Savings Plan and keeps its hour.
const COVERED: u64 = 16;
/// Savings Plans: each belongs to one of the first accounts.
const PLANS: u64 = 20;
/// Units that a dollar buys, of every SKU.
pub const PER_DOLLAR: u64 = 10;
/// Hours of the month.
const HOURS: u64 = 744;
/// What a plan commits to in an hour, in units of 10^-10 dollars.
const COMMITMENT: u64 = 50_000_000_000;

/// The texts of one row, one after the other.
#[derive(Debug, Default)]
pub struct MadeRow {
    text: String,
    ends: Vec<usize>,
}

impl MadeRow {
    /// The texts, in the order of the columns.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    /// Makes the row anew: one text after the other by what writes it.
    pub fn refill(&mut self, fields: &[Field], mut write: impl FnMut(Field, &mut String) -> std::fmt::Result) {
        self.text.clear();
        self.ends.clear();
        for &field in fields {
            write(field, &mut self.text).expect("a text grows as it must");
            self.ends.push(self.text.len());
        }
    }
}

/// Makes one row after the other; the same ones on every machine.
#[derive(Debug)]
pub struct RowMaker {
    fields: Vec<Field>,
    random: Random,
    row: MadeRow,
    resource: u64,
    cost: i64,
    /// Per covered key what its negation takes back.
    covered: BTreeMap<u64, u64>,
}

/// What kind of row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On demand.
    Usage,
    /// Covered by a Savings Plan.
    Covered,
    /// Takes the cost of covered usage back.
    Negation,
    /// An hour of a Savings Plan.
    Fee,
}

/// What a row is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// One of the accounts.
    pub account: u64,
    /// One of the SKUs.
    pub sku: u64,
    /// What kind of row it is.
    pub kind: Kind,
    /// Hour of the month.
    pub hour: u64,
    /// One of a few resources of the key.
    pub resource: u64,
    /// Unblended cost in units of 10^-10 dollars.
    pub cost: u64,
}

impl RowMaker {
    /// For one file; each has other rows.
    pub fn new(file: u64) -> Self {
        let fields = all().into_iter().map(|(_, field)| field).collect();
        Self {
            fields,
            random: Random::of_file(file),
            row: MadeRow::default(),
            resource: 0,
            cost: 0,
            covered: BTreeMap::new(),
        }
    }

    /// Sum of the unblended costs so far.
    pub fn cost(&self) -> i64 {
        self.cost
    }

    /// The next row.
    pub fn next_row(&mut self) -> &MadeRow {
        if self.random.below(2) == 0 {
            self.resource = self.random.below(KEYS * RESOURCES); // Else another hour of the same resource.
        }
        let (resource, key) = (self.resource, self.resource / RESOURCES);
        let (account, sku) = (key % ACCOUNTS, key / ACCOUNTS);
        let is_covered = key % COVERED == 0;
        // The hour belongs to the key of covered usage: it must not multiply the facts.
        let hour = if is_covered { key / COVERED % HOURS } else { self.random.below(HOURS) };
        let cost = self.random.below(COST_LIMIT) + 1;
        if is_covered {
            *self.covered.entry(key).or_default() += cost;
        }
        let kind = if is_covered { Kind::Covered } else { Kind::Usage };
        self.fill(Subject { account, sku, kind, hour, resource, cost })
    }

    /// The rows that close a file: what takes the cost of its covered usage back, and of the first file the fees.
    pub fn closing_rows(&mut self, file: u64) -> Vec<Subject> {
        let negation = |(key, cost): (u64, u64)| Subject {
            account: key % ACCOUNTS,
            sku: key / ACCOUNTS,
            kind: Kind::Negation,
            hour: key / COVERED % HOURS,
            resource: 0,
            cost,
        };
        let fee = |place: u64| Subject {
            account: place / HOURS,
            sku: 0,
            kind: Kind::Fee,
            hour: place % HOURS,
            resource: 0,
            cost: COMMITMENT,
        };
        let fees = (0..PLANS * HOURS).filter(|_| file == 0).map(fee);
        std::mem::take(&mut self.covered).into_iter().map(negation).chain(fees).collect()
    }

    /// The row about a subject.
    pub fn fill(&mut self, subject: Subject) -> &MadeRow {
        let cost = i64::try_from(subject.cost).expect("amounts are small");
        self.cost += if subject.kind == Kind::Negation { -cost } else { cost };
        let random = &mut self.random;
        self.row.refill(&self.fields, |field, text| match field {
            Field::Used(column) => write_used(column, &subject, text),
            Field::Other(filler) => write_other(filler, &subject, random, text),
        });
        &self.row
    }
}

/// The id of an account.
pub fn account_id(account: u64) -> String {
    format!("{:012}", 100_000_000_007 + account * 1_234_567_891)
}

fn write_used(column: Column, subject: &Subject, text: &mut String) -> std::fmt::Result {
    let Subject { account, sku, kind, hour, cost, .. } = *subject;
    let (is_covered, is_fee) = (kind == Kind::Covered, kind == Kind::Fee);
    let plan = if is_fee { account } else { (account + sku) % PLANS }; // Half of the owners are covered by strangers.
    if is_fee && !belongs_to_fee(column) {
        return Ok(());
    }
    match column {
        Column::PayerAccountId => write!(text, "001234567892"),
        Column::BillingPeriodStartDate => write!(text, "2025-05-01T00:00:00.000Z"),
        Column::BillType => write!(text, "Anniversary"),
        Column::InvoiceId => write!(text, "EUINJP25-799308"),
        Column::BillingEntity => write!(text, "AWS"),
        Column::InvoicingEntity | Column::LegalEntity => write!(text, "Amazon Web Services Japan, G.K."),
        Column::UsageAccountId => text.write_str(&account_id(account)),
        Column::LineItemType => text.write_str(match kind {
            Kind::Usage => "Usage",
            Kind::Covered => "SavingsPlanCoveredUsage",
            Kind::Negation => "SavingsPlanNegation",
            Kind::Fee => "SavingsPlanRecurringFee",
        }),
        Column::UsageStartDate => write_time(text, hour),
        Column::UsageEndDate => write_time(text, hour + 1),
        Column::ProductCode | Column::ServiceCode if is_fee => text.write_str("ComputeSavingsPlans"),
        Column::UsageType if is_fee => text.write_str("ComputeSP:1yrNoUpfront"),
        Column::LineItemDescription if is_fee => text.write_str("1 year No Upfront Compute Savings Plan"),
        Column::Sku if is_fee => text.write_str("SAVINGSPLANSKU01"),
        Column::UsageAmount if is_fee => text.write_str("1.0000000000"),
        Column::UsageAmount if kind == Kind::Negation => {
            text.push('-');
            write_amount(text, cost * PER_DOLLAR)
        }
        Column::UnblendedCost if kind == Kind::Negation => {
            text.push('-');
            write_amount(text, cost)
        }
        Column::PublicOnDemandCost if kind == Kind::Negation => Ok(()),
        Column::LineItemDescription if kind == Kind::Negation => {
            write!(
                text,
                "SavingsPlanNegation used by AccountId : {} and UsageSku : {}",
                account_id(account),
                sku_of(sku)
            )
        }
        Column::ProductCode | Column::ServiceCode => write!(text, "AmazonEC2"),
        Column::UsageType => write!(text, "APN1-BoxUsage:type{sku}.large"),
        Column::Operation => write!(text, "RunInstances:{:04x}", sku % 7),
        Column::AvailabilityZone => write!(text, "ap-northeast-1{}", ["a", "c", "d"][(sku % 3) as usize]),
        Column::UsageAmount => write_amount(text, cost * PER_DOLLAR),
        Column::CurrencyCode => write!(text, "USD"),
        Column::UnblendedCost | Column::PublicOnDemandCost => write_amount(text, cost),
        Column::LineItemDescription => write!(text, "$0.124 per On Demand Linux, type{sku}.large Instance Hour"),
        Column::Region | Column::RegionCode => write!(text, "ap-northeast-1"),
        Column::ProductName => write!(text, "Amazon Elastic Compute Cloud"),
        Column::Sku => write!(text, "{}", sku_of(sku)),
        Column::RateCode => write!(text, "{}.JRTCKXETXF.6YS6EN2CT7", sku_of(sku)),
        Column::Term => write!(text, "OnDemand"),
        Column::Unit => write!(text, "Hrs"),
        Column::InstanceType => write!(text, "m5.large{}", sku % 10),
        Column::OperatingSystem => write!(text, "Linux"),
        Column::Tenancy => write!(text, "Shared"),
        Column::LicenseModel => write!(text, "No License required"),
        Column::SavingsPlanArn if kind != Kind::Usage => {
            let owner = account_id(plan);
            write!(text, "arn:aws:savingsplans::{owner}:savingsplan/a79c0c3b-6a4f-4d5a-a4b1-{plan:012x}")
        }
        Column::SavingsPlanRate if is_covered => write!(text, "0.0552"),
        Column::SavingsPlanEffectiveCost if is_covered => write_amount(text, cost / 2),
        Column::SavingsPlanOffering if is_covered || is_fee => write!(text, "ComputeSavingsPlans"),
        Column::SavingsPlanPayment if is_covered || is_fee => write!(text, "No Upfront"),
        Column::SavingsPlanTerm if is_covered || is_fee => write!(text, "1yr"),
        Column::TotalCommitment | Column::UsedCommitment if is_fee => write_amount(text, COMMITMENT),
        Column::SavingsPlanStartTime if is_fee => text.write_str("2025-03-02T00:00:00.000Z"),
        Column::SavingsPlanEndTime if is_fee => text.write_str("2026-03-01T23:59:59.000Z"),
        Column::SavingsPlanArn
        | Column::SavingsPlanRate
        | Column::SavingsPlanEffectiveCost
        | Column::SavingsPlanOffering
        | Column::SavingsPlanPayment
        | Column::SavingsPlanTerm
        | Column::NormalizationFactor
        | Column::NormalizedUsageAmount
        | Column::NetUnblendedCost
        | Column::TaxType
        | Column::ReservationArn
        | Column::SubscriptionId
        | Column::ReservationZone
        | Column::ReservationEffectiveCost
        | Column::DatabaseEngine
        | Column::DeploymentOption
        | Column::NumberOfReservations
        | Column::ReservationStartTime
        | Column::ReservationEndTime
        | Column::ReservationUpfront
        | Column::SavingsPlanRegion
        | Column::SavingsPlanFamily
        | Column::SavingsPlanStartTime
        | Column::SavingsPlanEndTime
        | Column::TotalCommitment
        | Column::UsedCommitment
        | Column::SavingsPlanUpfront => Ok(()),
    }
}

/// Columns that the fee of a Savings Plan has.
fn belongs_to_fee(column: Column) -> bool {
    !matches!(
        column,
        Column::PublicOnDemandCost
            | Column::AvailabilityZone
            | Column::Region
            | Column::RegionCode
            | Column::RateCode
            | Column::Term
            | Column::Operation
            | Column::InstanceType
            | Column::OperatingSystem
            | Column::Tenancy
            | Column::LicenseModel
    )
}

/// The text of a column that the program does not use.
pub fn write_other(filler: Filler, subject: &Subject, random: &mut Random, text: &mut String) -> std::fmt::Result {
    let Subject { sku, hour, resource, cost, .. } = *subject;
    match filler {
        Filler::LineItemId => (0..52).for_each(|_| text.push(BASE_32[random.below(32) as usize] as char)),
        Filler::TimeInterval => {
            write_time(text, hour)?;
            text.push('/');
            write_time(text, hour + 1)?;
        }
        Filler::ResourceId => write!(text, "i-0{:016x}", scrambled(resource))?,
        Filler::Rate => write!(text, "0.{:010}", sku * 1_234_567)?,
        Filler::Cost => write_amount(text, cost)?,
        Filler::OfSku(prefix) => write!(text, "{prefix}{}", sku % 10)?,
        Filler::Same(same) => text.push_str(same),
        Filler::Tag(prefix) if resource % 2 == 0 => write!(text, "{prefix}{:06x}", scrambled(resource) >> 40)?,
        Filler::Tag(_) | Filler::Blank => {}
    }
    Ok(())
}

/// The start of an hour of May 2025.
pub fn write_time(text: &mut String, hour: u64) -> std::fmt::Result {
    let (month, hour) = if hour < 744 { (5, hour) } else { (6, hour - 744) };
    write!(text, "2025-{month:02}-{:02}T{:02}:00:00Z", hour / 24 + 1, hour % 24)
}

/// Ten decimals, as AWS writes them.
pub fn write_amount(text: &mut String, units: u64) -> std::fmt::Result {
    write!(text, "{}.{:010}", units / 10_000_000_000, units % 10_000_000_000)
}

const BASE_32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A SKU as AWS spells them: sixteen letters and digits.
pub fn sku_of(sku: u64) -> String {
    let bits = scrambled(sku);
    (0..16).map(|place| BASE_32[(bits.rotate_left(place * 4) & 31) as usize].to_ascii_uppercase() as char).collect()
}

/// Bits that look random, the same for the same number.
pub fn scrambled(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

/// A small generator of numbers.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// For one file; each has other numbers.
    pub fn of_file(file: u64) -> Self {
        Self(0x9E37_79B9_7F4A_7C15 ^ (file + 1) << 32)
    }

    /// A number from 0 to less than this.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}
