//! The texts of a row, as AWS writes them.

use std::fmt::Write;

use seikyu::ingest::Column;

use super::month::{FAMILIES, Kind, Line, Owner, Product};
use crate::made_report::row_maker::{Kind as MadeKind, Subject, scrambled, sku_of, write_amount, write_time};

/// What the columns hang on that the program does not use.
pub fn subject_of(line: &Line) -> Subject {
    let account = number_of(line.account);
    let resource = account * 64 + line.product.place() * 4 + line.zone;
    let cost = line.quantity * line.product.unit_price();
    Subject { account, sku: line.product.place(), kind: MadeKind::Covered, hour: line.hour, resource, cost }
}

/// An account's id. The reseller's own is its payer.
pub fn account_id(owner: Owner) -> String {
    match owner {
        Owner::Reseller => String::from("900000000009"),
        Owner::Account(account) => format!("{:012}", 100_000_000_007 + account * 123_456_789),
    }
}

fn number_of(owner: Owner) -> u64 {
    if let Owner::Account(account) = owner { account + 1 } else { 0 }
}

impl Product {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let instances =
            (0..FAMILIES * super::month::SIZES).map(|place| Self::Instance(place % FAMILIES, place / FAMILIES));
        instances.chain([Self::Database, Self::Lambda])
    }

    fn place(self) -> u64 {
        match self {
            Self::Instance(family, size) => 2 + family + size * FAMILIES,
            Self::Database => 0,
            Self::Lambda => 1,
        }
    }

    pub fn sku(self) -> String {
        sku_of(self.place())
    }

    /// What one unit of [`Line::quantity`] costs at list, in units of 10^-10 dollars.
    pub fn unit_price(self) -> u64 {
        match self {
            Self::Instance(family, size) => [124_000, 107_000, 152_000, 54_400][family as usize] << size,
            Self::Database => 188_000,
            Self::Lambda => 166_667,
        }
    }

    /// Units of [`Line::quantity`] in one unit of usage.
    pub fn units(self) -> u64 {
        if self == Self::Lambda { 1 } else { 10_000 }
    }

    fn instance_type(self) -> String {
        match self {
            Self::Instance(family, size) => format!("{}.{}", family_name(family), size_name(size)),
            Self::Database => String::from("db.m5.large"),
            Self::Lambda => String::new(),
        }
    }

    fn factor(self) -> u64 {
        if let Self::Instance(_, size) = self { 4 << size } else { 4 }
    }
}

fn family_name(family: u64) -> &'static str {
    ["m5", "c5", "r5", "t3"][family as usize]
}

fn size_name(size: u64) -> &'static str {
    ["large", "xlarge", "2xlarge"][size as usize]
}

/// Writes the text of a column that the program uses.
pub fn write_used(column: Column, line: &Line, text: &mut String) -> std::fmt::Result {
    let is_fee = matches!(line.kind, Kind::RiFee { .. } | Kind::PlanFee);
    match column {
        Column::PayerAccountId => text.write_str(&account_id(Owner::Reseller)),
        Column::BillingPeriodStartDate => text.write_str("2025-05-01T00:00:00.000Z"),
        Column::BillType => text.write_str("Anniversary"),
        Column::InvoiceId => text.write_str("EUINJP25-799308"),
        Column::BillingEntity => text.write_str("AWS"),
        Column::InvoicingEntity | Column::LegalEntity => text.write_str("Amazon Web Services Japan, G.K."),
        Column::UsageAccountId => text.write_str(&account_id(line.account)),
        Column::LineItemType => text.write_str(match line.kind {
            Kind::DiscountedUsage => "DiscountedUsage",
            Kind::CoveredUsage => "SavingsPlanCoveredUsage",
            Kind::Negation => "SavingsPlanNegation",
            Kind::RiFee { .. } => "RIFee",
            Kind::PlanFee => "SavingsPlanRecurringFee",
        }),
        Column::UsageStartDate => write_time(text, line.hour),
        Column::UsageEndDate if matches!(line.kind, Kind::RiFee { .. }) => text.write_str("2025-05-31T23:59:59Z"),
        Column::UsageEndDate => write_time(text, line.hour + 1),
        Column::CurrencyCode => text.write_str("USD"),
        Column::Region | Column::RegionCode if line.kind != Kind::PlanFee => text.write_str("ap-northeast-1"),
        Column::LineItemDescription => write_description(line, text),
        _ if line.kind == Kind::PlanFee => write_plan_fee(column, line, text),
        Column::AvailabilityZone if !is_fee && matches!(line.product, Product::Instance(..)) => {
            write_zone(line.zone, text)
        }
        _ => write_product(column, line, text),
    }
}

/// What belongs to the product and to what it cost.
fn write_product(column: Column, line: &Line, text: &mut String) -> std::fmt::Result {
    let Line { product, quantity, .. } = *line;
    let (is_negation, cost) = (line.kind == Kind::Negation, quantity * product.unit_price());
    let has_size = product != Product::Lambda && !is_negation;
    let ri_fee = if let Kind::RiFee { count, is_zonal } = line.kind { Some((count, is_zonal)) } else { None };
    match column {
        Column::ProductCode | Column::ServiceCode => text.write_str(match product {
            Product::Instance(..) => "AmazonEC2",
            Product::Database => "AmazonRDS",
            Product::Lambda => "AWSLambda",
        }),
        Column::UsageType => {
            let used = if ri_fee.is_some() { "HeavyUsage" } else { "BoxUsage" };
            match product {
                Product::Instance(..) => write!(text, "APN1-{used}:{}", product.instance_type()),
                Product::Database if ri_fee.is_some() => text.write_str("APN1-HeavyUsage:db.m5.large"),
                Product::Database => text.write_str("APN1-InstanceUsage:db.m5.large"),
                Product::Lambda => text.write_str("APN1-Lambda-GB-Second"),
            }
        }
        Column::Operation => text.write_str(match product {
            Product::Instance(..) => "RunInstances",
            Product::Database => "CreateDBInstance:0002",
            Product::Lambda => "Invoke",
        }),
        Column::UsageAmount if is_negation => {
            text.push('-');
            write_amount(text, quantity * (10_000_000_000 / product.units()))
        }
        Column::UsageAmount => write_amount(text, quantity * (10_000_000_000 / product.units())),
        Column::NormalizationFactor if has_size => write!(text, "{}", product.factor()),
        Column::NormalizedUsageAmount if has_size => write_amount(text, quantity * product.factor() * 1_000_000),
        Column::UnblendedCost => match line.kind {
            Kind::DiscountedUsage => text.write_str("0.0000000000"),
            Kind::RiFee { .. } => write_amount(text, cost / 100 * 63),
            Kind::Negation => {
                text.push('-');
                write_amount(text, cost)
            }
            Kind::CoveredUsage | Kind::PlanFee => write_amount(text, cost),
        },
        Column::PublicOnDemandCost if ri_fee.is_none() && !is_negation => write_amount(text, cost),
        Column::Sku => text.write_str(&product.sku()),
        Column::RateCode if ri_fee.is_none() && !is_negation => {
            write!(text, "{}.JRTCKXETXF.6YS6EN2CT7", product.sku())
        }
        Column::Term if ri_fee.is_none() => text.write_str("OnDemand"),
        Column::Unit => text.write_str(if product == Product::Lambda { "Second" } else { "Hrs" }),
        Column::InstanceType => text.write_str(&product.instance_type()),
        Column::OperatingSystem if matches!(product, Product::Instance(..)) => text.write_str("Linux"),
        Column::Tenancy if matches!(product, Product::Instance(..)) => text.write_str("Shared"),
        Column::DatabaseEngine if product == Product::Database => text.write_str("MySQL"),
        Column::DeploymentOption if product == Product::Database => text.write_str("Single-AZ"),
        Column::LicenseModel => text.write_str("No License required"),
        Column::ReservationArn if ri_fee.is_some() || line.kind == Kind::DiscountedUsage => {
            let is_zonal = ri_fee.is_some_and(|(_, is_zonal)| is_zonal);
            let service = if product == Product::Database { "rds" } else { "ec2" };
            let (owner, id) = (account_id(line.owner), scrambled(product.place() * 2 + u64::from(is_zonal)));
            write!(text, "arn:aws:{service}:ap-northeast-1:{owner}:reserved-instances/")?;
            write_id(number_of(line.owner), id, text)
        }
        Column::SubscriptionId if ri_fee.is_some() => write!(text, "{}", 1_000_000_000 + number_of(line.owner)),
        Column::ReservationEffectiveCost if line.kind == Kind::DiscountedUsage => write_amount(text, cost / 100 * 63),
        Column::NumberOfReservations => ri_fee.map_or(Ok(()), |(count, _)| write!(text, "{count}")),
        Column::ReservationZone if ri_fee.is_some_and(|(_, is_zonal)| is_zonal) => write_zone(0, text),
        Column::ReservationStartTime if ri_fee.is_some() => text.write_str("2025-01-21T00:00:00.000Z"),
        Column::ReservationEndTime if ri_fee.is_some() => text.write_str("2026-01-21T00:00:00.000Z"),
        _ if matches!(line.kind, Kind::CoveredUsage | Kind::Negation) => write_plan(column, line, text),
        _ => Ok(()),
    }
}

/// The rate of what a Savings Plan covers, by unit of quantity, in units of 10^-10 dollars.
fn plan_rate(line: &Line) -> u64 {
    line.product.unit_price() / 100 * if line.is_of_family { 62 } else { 72 }
}

/// What is committed for an hour, in units of 10^-10 dollars: an instance's rate and a third.
fn committed(line: &Line) -> u64 {
    let by_strangers = if line.owner == Owner::Reseller { 100_000 } else { 1 };
    plan_rate(line) * 13_333 * by_strangers
}

/// The columns of the Savings Plan that covered a row, or of which a row is the fee.
fn write_plan(column: Column, line: &Line, text: &mut String) -> std::fmt::Result {
    let is_covered = line.kind == Kind::CoveredUsage;
    match column {
        Column::SavingsPlanArn => {
            write!(text, "arn:aws:savingsplans::{}:savingsplan/", account_id(line.owner))?;
            write_id(number_of(line.owner), scrambled(u64::from(line.is_of_family)), text)
        }
        Column::SavingsPlanRate if is_covered => write_amount(text, plan_rate(line) * line.product.units()),
        Column::SavingsPlanEffectiveCost if is_covered => write_amount(text, plan_rate(line) * line.quantity),
        Column::SavingsPlanOffering => {
            text.write_str(if line.is_of_family { "EC2InstanceSavingsPlans" } else { "ComputeSavingsPlans" })
        }
        Column::SavingsPlanPayment => text.write_str("No Upfront"),
        Column::SavingsPlanTerm => text.write_str("1yr"),
        Column::SavingsPlanStartTime => text.write_str("2025-03-02T00:00:00.000Z"),
        Column::SavingsPlanEndTime => text.write_str("2026-03-01T23:59:59.000Z"),
        _ => Ok(()),
    }
}

/// The hourly fee of a Savings Plan.
fn write_plan_fee(column: Column, line: &Line, text: &mut String) -> std::fmt::Result {
    let Product::Instance(family, _) = line.product else { return Ok(()) };
    match column {
        Column::ProductCode | Column::ServiceCode => text.write_str("ComputeSavingsPlans"),
        Column::UsageType if line.is_of_family => write!(text, "APN1-EC2SP:{}.1yrNoUpfront", family_name(family)),
        Column::UsageType => text.write_str("ComputeSP:1yrNoUpfront"),
        Column::UsageAmount => text.write_str("1.0000000000"),
        Column::UnblendedCost | Column::TotalCommitment => write_amount(text, committed(line)),
        Column::UsedCommitment => text.write_str("0.0000000000"),
        Column::SavingsPlanRegion if line.is_of_family => text.write_str("ap-northeast-1"),
        Column::SavingsPlanFamily if line.is_of_family => text.write_str(family_name(family)),
        _ => write_plan(column, line, text),
    }
}

fn write_description(line: &Line, text: &mut String) -> std::fmt::Result {
    let of = line.product.instance_type();
    match line.kind {
        Kind::DiscountedUsage => write!(text, "{of} reserved instance applied"),
        Kind::CoveredUsage => write!(text, "$0.124 per On Demand Linux {of} Instance Hour"),
        Kind::Negation => {
            let (account, sku) = (account_id(line.account), line.product.sku());
            write!(text, "SavingsPlanNegation used by AccountId : {account} and UsageSku : {sku}")
        }
        Kind::RiFee { .. } => write!(text, "USD 0.078 hourly fee per Linux/UNIX, {of} instance"),
        Kind::PlanFee => text.write_str("1 year No Upfront Savings Plan"),
    }
}

fn write_zone(zone: u64, text: &mut String) -> std::fmt::Result {
    text.write_str(["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"][zone as usize])
}

/// An id as in an ARN.
fn write_id(owner: u64, bits: u64, text: &mut String) -> std::fmt::Result {
    write!(text, "{:08x}-{:04x}-4d5a-a4b1-{owner:012x}", bits >> 32, bits & 0xffff)
}
