//! What a row's fields say, one by one.

use std::borrow::Cow;

use super::key_texts::{TEXT_COUNT, Text};
use super::numbers::parse_number;
use crate::ingest::{Column, FaultKind, Row};
use crate::money::{Quantity, Usd};
use crate::period::{BillingPeriod, Instant, parse_instant};
use crate::usage::{DescriptionClass, FactKey, LineType, Measures, Sym};

/// The billing entity whose rows keep their product name.
const MARKETPLACE: &[u8] = b"AWS Marketplace";

/// A field that is not what its column promises.
#[derive(Debug)]
pub(super) struct BadField(pub(super) Column, pub(super) FaultKind);

/// A key without texts.
pub(super) const EMPTY_KEY: FactKey = FactKey {
    payer: Sym::EMPTY,
    account: Sym::EMPTY,
    bill_type: Sym::EMPTY,
    invoice_id: Sym::EMPTY,
    billing_entity: Sym::EMPTY,
    invoicing_entity: Sym::EMPTY,
    legal_entity: Sym::EMPTY,
    currency: Sym::EMPTY,
    line_type_text: Sym::EMPTY,
    line_type: LineType::Unknown,
    tax_type: Sym::EMPTY,
    product_code: Sym::EMPTY,
    service_code: Sym::EMPTY,
    usage_type: Sym::EMPTY,
    operation: Sym::EMPTY,
    region: Sym::EMPTY,
    sku: Sym::EMPTY,
    rate_code: Sym::EMPTY,
    pricing_term: Sym::EMPTY,
    unit: Sym::EMPTY,
    commitment_arn: Sym::EMPTY,
    subscription_id: Sym::EMPTY,
    price_instant: Instant::from_seconds(0),
    interval_start: None,
    availability_zone: Sym::EMPTY,
    sp_offering: Sym::EMPTY,
    sp_payment_option: Sym::EMPTY,
    sp_term: Sym::EMPTY,
    sp_rate: Sym::EMPTY,
    normalization_factor: Sym::EMPTY,
    instance_type: Sym::EMPTY,
    operating_system: Sym::EMPTY,
    tenancy: Sym::EMPTY,
    database_engine: Sym::EMPTY,
    deployment_option: Sym::EMPTY,
    license_model: Sym::EMPTY,
    commitment_units: Sym::EMPTY,
    commitment_start: Sym::EMPTY,
    commitment_end: Sym::EMPTY,
    sp_region: Sym::EMPTY,
    sp_family: Sym::EMPTY,
    usage_month: BillingPeriod::from_number(0),
    is_cost_zero: false,
    has_public_cost: false,
    product_name: Sym::EMPTY,
    description: Sym::EMPTY,
    description_class: DescriptionClass::Plain,
    dimensions: Sym::EMPTY,
};

/// The column to name when a text of the key is wrong, by the order of [`Text`].
pub(super) const COLUMN_OF_TEXT: [Column; TEXT_COUNT] = [
    Column::PayerAccountId,
    Column::UsageAccountId,
    Column::BillType,
    Column::InvoiceId,
    Column::BillingEntity,
    Column::InvoicingEntity,
    Column::LegalEntity,
    Column::CurrencyCode,
    Column::LineItemType,
    Column::TaxType,
    Column::ProductCode,
    Column::ServiceCode,
    Column::UsageType,
    Column::Operation,
    Column::Region,
    Column::Sku,
    Column::RateCode,
    Column::Term,
    Column::Unit,
    Column::ReservationArn,
    Column::SubscriptionId,
    Column::AvailabilityZone,
    Column::SavingsPlanOffering,
    Column::SavingsPlanPayment,
    Column::SavingsPlanTerm,
    Column::SavingsPlanRate,
    Column::NormalizationFactor,
    Column::ProductName,
    Column::LineItemDescription,
    Column::LineItemDescription, // Tags have no column of their own yet.
    Column::InstanceType,
    Column::OperatingSystem,
    Column::Tenancy,
    Column::DatabaseEngine,
    Column::DeploymentOption,
    Column::LicenseModel,
    Column::NumberOfReservations,
    Column::ReservationStartTime,
    Column::ReservationEndTime,
    Column::SavingsPlanRegion,
    Column::SavingsPlanFamily,
];

/// Texts that say which product a commitment covers.
const PRODUCT_TEXTS: [Text; 7] = [
    Text::normalization_factor,
    Text::instance_type,
    Text::operating_system,
    Text::tenancy,
    Text::database_engine,
    Text::deployment_option,
    Text::license_model,
];

/// Columns with numbers, the cost apart.
const NUMBERS: [Column; 6] = [
    Column::UsageAmount,
    Column::PublicOnDemandCost,
    Column::NetUnblendedCost,
    Column::NormalizedUsageAmount,
    Column::SavingsPlanEffectiveCost,
    Column::ReservationEffectiveCost,
];

/// A number, or nothing for a blank field.
#[inline]
fn number(row: &Row<'_>, column: Column, rounded: &mut u64) -> Result<Option<i128>, BadField> {
    let text = row.text(column);
    if text.is_empty() {
        return Ok(None);
    }
    match parse_number(text) {
        Some(Ok(parsed)) => {
            *rounded += u64::from(parsed.was_rounded);
            Ok(Some(parsed.units))
        }
        Some(Err(_)) => Err(BadField(column, FaultKind::TooLarge)),
        None => Err(BadField(column, FaultKind::BadNumber)),
    }
}

fn time(row: &Row<'_>, column: Column) -> Result<Instant, BadField> {
    parse_instant(row.text(column)).ok_or(BadField(column, FaultKind::BadTime))
}

fn usage_end(row: &Row<'_>) -> Result<Option<Instant>, BadField> {
    if row.text(Column::UsageEndDate).is_empty() { Ok(None) } else { time(row, Column::UsageEndDate).map(Some) }
}

/// The numbers and times of a row. `rounded` counts numbers finer than the grid.
#[inline]
pub(super) fn measures_of(row: &Row<'_>, line_type: LineType, rounded: &mut u64) -> Result<Measures, BadField> {
    let start = time(row, Column::UsageStartDate)?;
    let end = usage_end(row)?;
    let unblended = number(row, Column::UnblendedCost, rounded)?;
    let [quantity, public, net, normalized, sp_effective, ri_effective] = NUMBERS;
    let net_unblended = number(row, net, rounded)?;
    let mut usd = |column| Ok(Usd::from_units(number(row, column, rounded)?.unwrap_or(0)));
    let (public_cost, sp_effective_cost, ri_effective_cost) = (usd(public)?, usd(sp_effective)?, usd(ri_effective)?);
    let terms = if line_type.keeps_commitment_terms() { commitment_sums(line_type, &mut usd)? } else { [Usd::ZERO; 3] };
    check_terms(row, line_type)?;
    let [total_commitment, used_commitment, amortized_upfront] = terms;
    let mut units = |column| Ok(Quantity::from_units(number(row, column, rounded)?.unwrap_or(0)));
    Ok(Measures {
        rows: 1,
        quantity: units(quantity)?,
        unblended: unblended.map(Usd::from_units).ok_or(BadField(Column::UnblendedCost, FaultKind::BlankCost))?,
        public_cost,
        net_unblended: Usd::from_units(net_unblended.unwrap_or(0)),
        net_rows: u64::from(net_unblended.is_some()),
        normalized_quantity: units(normalized)?,
        sp_effective_cost,
        ri_effective_cost,
        total_commitment,
        used_commitment,
        amortized_upfront,
        first_start: start,
        last_end: end.unwrap_or(start),
    })
}

/// Total and used commitment and amortised upfront fee of a commitment's fee row.
fn commitment_sums(
    line_type: LineType,
    usd: &mut impl FnMut(Column) -> Result<Usd, BadField>,
) -> Result<[Usd; 3], BadField> {
    if line_type == LineType::RiFee {
        return Ok([Usd::ZERO, Usd::ZERO, usd(Column::ReservationUpfront)?]);
    }
    Ok([usd(Column::TotalCommitment)?, usd(Column::UsedCommitment)?, usd(Column::SavingsPlanUpfront)?])
}

/// The columns that only some line types use: numbers and times, kept as text in the key.
fn term_columns(line_type: LineType) -> (&'static [Column], &'static [Column]) {
    use Column::{
        NormalizationFactor, NumberOfReservations, ReservationEndTime, ReservationStartTime, ReservationUpfront,
        SavingsPlanEndTime, SavingsPlanRate, SavingsPlanStartTime, SavingsPlanUpfront, TotalCommitment, UsedCommitment,
    };
    if line_type == LineType::RiFee {
        let numbers = &[NumberOfReservations, NormalizationFactor, ReservationUpfront];
        (numbers, &[ReservationStartTime, ReservationEndTime])
    } else if line_type == LineType::SavingsPlanRecurringFee {
        (&[TotalCommitment, UsedCommitment, SavingsPlanUpfront], &[SavingsPlanStartTime, SavingsPlanEndTime])
    } else if line_type == LineType::SavingsPlanCoveredUsage {
        (&[SavingsPlanRate, NormalizationFactor], &[])
    } else if line_type == LineType::DiscountedUsage {
        (&[NormalizationFactor], &[])
    } else {
        (&[], &[])
    }
}

/// Whether what the key keeps as text can be read as what it is.
fn check_terms(row: &Row<'_>, line_type: LineType) -> Result<(), BadField> {
    let (numbers, times) = term_columns(line_type);
    for &column in numbers {
        number(row, column, &mut 0)?;
    }
    for &column in times {
        if !row.text(column).is_empty() {
            time(row, column)?;
        }
    }
    Ok(())
}

/// Everything that is wrong with a row: asked only after something was.
pub(super) fn all_bad_fields(row: &Row<'_>, line_type: LineType, mut tell: impl FnMut(BadField)) {
    let mut check = |result: Result<(), BadField>| {
        if let Err(bad) = result {
            tell(bad);
        }
    };
    for column in [Column::PayerAccountId, Column::UsageAccountId] {
        check(account_text(row.text(column)).map(drop).ok_or(BadField(column, FaultKind::BadAccount)));
    }
    check(time(row, Column::BillingPeriodStartDate).map(drop));
    check(time(row, Column::UsageStartDate).map(drop));
    check(usage_end(row).map(drop));
    let is_blank = row.text(Column::UnblendedCost).is_empty();
    check(if is_blank { Err(BadField(Column::UnblendedCost, FaultKind::BlankCost)) } else { Ok(()) });
    for column in [Column::UnblendedCost].into_iter().chain(NUMBERS) {
        check(number(row, column, &mut 0).map(drop));
    }
    let (numbers, times) = term_columns(line_type);
    for &column in numbers {
        check(number(row, column, &mut 0).map(drop));
    }
    for &column in times {
        check(if row.text(column).is_empty() { Ok(()) } else { time(row, column).map(drop) });
    }
    let is_usd = row.text(Column::CurrencyCode) == b"USD";
    check(if is_usd { Ok(()) } else { Err(BadField(Column::CurrencyCode, FaultKind::Currency)) });
    for column in Column::ALL {
        let is_text = std::str::from_utf8(row.text(column)).is_ok();
        check(if is_text { Ok(()) } else { Err(BadField(column, FaultKind::NotUtf8)) });
    }
}

/// Twelve digits.
pub(super) fn account_text(text: &[u8]) -> Option<&str> {
    let is_account = text.len() == 12 && text.iter().all(u8::is_ascii_digit);
    if is_account { std::str::from_utf8(text).ok() } else { None }
}

/// The reservation's ARN, else the Savings Plan's, blanks taken out.
pub(super) fn commitment_arn<'a>(row: &Row<'a>) -> Cow<'a, [u8]> {
    let reservation = without_blanks(row.text(Column::ReservationArn));
    if reservation.is_empty() { without_blanks(row.text(Column::SavingsPlanArn)) } else { reservation }
}

fn without_blanks(text: &[u8]) -> Cow<'_, [u8]> {
    if text.iter().any(u8::is_ascii_whitespace) {
        Cow::Owned(text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The texts of a row's key, by the order of [`Text`].
#[inline]
pub(super) fn key_texts<'r>(row: &Row<'r>, line_type: LineType, arn: &'r [u8]) -> [&'r [u8]; TEXT_COUNT] {
    let mut texts: [&[u8]; TEXT_COUNT] = COLUMN_OF_TEXT.map(|column| row.text(column));
    let mut set = |place: Text, text| texts[place as usize] = text;
    set(Text::commitment_arn, arn);
    set(Text::dimensions, b"");
    let region = row.text(Column::Region);
    set(Text::region, if region.is_empty() { row.text(Column::RegionCode) } else { region });
    if line_type == LineType::RiFee {
        set(Text::availability_zone, row.text(Column::ReservationZone));
    } else if !line_type.keeps_hour() {
        set(Text::availability_zone, b"");
    }
    if !line_type.keeps_offering() {
        for place in [Text::sp_offering, Text::sp_payment_option, Text::sp_term] {
            set(place, b"");
        }
    }
    if line_type != LineType::SavingsPlanCoveredUsage {
        set(Text::sp_rate, b"");
    }
    if !line_type.keeps_product() {
        for place in PRODUCT_TEXTS {
            set(place, b"");
        }
    }
    if line_type == LineType::SavingsPlanRecurringFee {
        set(Text::commitment_units, b"");
        set(Text::commitment_start, row.text(Column::SavingsPlanStartTime));
        set(Text::commitment_end, row.text(Column::SavingsPlanEndTime));
    } else {
        set(Text::sp_region, b"");
        set(Text::sp_family, b"");
        if line_type != LineType::RiFee {
            for place in [Text::commitment_units, Text::commitment_start, Text::commitment_end] {
                set(place, b"");
            }
        }
    }
    if row.text(Column::BillingEntity) != MARKETPLACE {
        set(Text::product_name, b"");
    }
    if line_type.keeps_description_class_only() {
        set(Text::description, b"");
    }
    texts
}

/// What a description of usage says.
pub(super) fn description_class(description: &str) -> DescriptionClass {
    let text = description.to_ascii_lowercase();
    if text.contains("savings bundle") {
        DescriptionClass::SavingsBundle
    } else if text.contains("flat-rate") || text.contains("flat rate") {
        DescriptionClass::FlatRate
    } else if has_word(&text, "free") {
        DescriptionClass::Free
    } else {
        DescriptionClass::Plain
    }
}

/// Whether a word stands in a text with no letter or digit beside it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    text.match_indices(word).any(|(start, _)| {
        !is_part(start.checked_sub(1).and_then(|before| bytes.get(before))) && !is_part(bytes.get(start + word.len()))
    })
}
