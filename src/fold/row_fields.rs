//! What a row's numbers and times say, one by one.

use super::numbers::parse_number;
use super::row_key::account_text;
use crate::ingest::{Column, FaultKind, Row};
use crate::money::{Parsed, Quantity, Usd};
use crate::period::{Instant, parse_instant};
use crate::usage::{LineType, Measures};

/// A field that is not what its column promises.
#[derive(Debug)]
pub(super) struct BadField(pub(super) Column, pub(super) FaultKind);

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
    let parsed = match row.number_of(column) {
        Some(number) => number,
        None => number_of_text(row.text(column), column)?,
    };
    let Some(parsed) = parsed else { return Ok(None) };
    *rounded += u64::from(parsed.was_rounded);
    Ok(Some(parsed.units))
}

#[inline]
fn number_of_text(text: &[u8], column: Column) -> Result<Option<Parsed>, BadField> {
    if text.is_empty() {
        return Ok(None);
    }
    match parse_number(text) {
        Some(Ok(parsed)) => Ok(Some(parsed)),
        Some(Err(_)) => Err(BadField(column, FaultKind::TooLarge)),
        None => Err(BadField(column, FaultKind::BadNumber)),
    }
}

#[inline]
fn time(row: &Row<'_>, column: Column) -> Result<Instant, BadField> {
    let time = row.time_of(column).or_else(|| parse_instant(row.text(column)));
    time.ok_or(BadField(column, FaultKind::BadTime))
}

#[inline]
fn usage_end(row: &Row<'_>) -> Result<Option<Instant>, BadField> {
    match row.time_of(Column::UsageEndDate) {
        Some(end) => Ok(Some(end)),
        None if row.is_blank(Column::UsageEndDate) => Ok(None),
        None => time(row, Column::UsageEndDate).map(Some),
    }
}

/// The numbers and times of a row. `rounded` counts numbers finer than the grid.
#[inline]
pub(super) fn measures_of(row: &Row<'_>, line_type: LineType, rounded: &mut u64) -> Result<Measures, BadField> {
    let start = time(row, Column::UsageStartDate)?;
    let end = usage_end(row)?;
    let unblended = number(row, Column::UnblendedCost, rounded)?;
    let [quantity, public, net, _, sp_effective, ri_effective] = NUMBERS;
    let net_unblended = number(row, net, rounded)?;
    let mut usd = |column| Ok(Usd::from_units(number(row, column, rounded)?.unwrap_or(0)));
    let (public_cost, sp_effective_cost, ri_effective_cost) = (usd(public)?, usd(sp_effective)?, usd(ri_effective)?);
    let terms = if line_type.keeps_commitment_terms() { commitment_sums(line_type, &mut usd)? } else { [Usd::ZERO; 3] };
    check_terms(row, line_type)?;
    let normalized_quantity = normalized_quantity(row, line_type, rounded)?;
    let [total_commitment, used_commitment, amortized_upfront] = terms;
    Ok(Measures {
        rows: 1,
        quantity: Quantity::from_units(number(row, quantity, rounded)?.unwrap_or(0)),
        unblended: unblended.map(Usd::from_units).ok_or(BadField(Column::UnblendedCost, FaultKind::BlankCost))?,
        public_cost,
        net_unblended: Usd::from_units(net_unblended.unwrap_or(0)),
        net_rows: u64::from(net_unblended.is_some()),
        normalized_quantity,
        sp_effective_cost,
        ri_effective_cost,
        total_commitment,
        used_commitment,
        amortized_upfront,
        first_start: start,
        last_end: end.unwrap_or(start),
    })
}

/// The normalized usage; on rows that a reservation covers, where it is blank, the usage times the row's factor: a
/// sum must not take a blank for nothing used.
fn normalized_quantity(row: &Row<'_>, line_type: LineType, rounded: &mut u64) -> Result<Quantity, BadField> {
    if let Some(units) = number(row, Column::NormalizedUsageAmount, rounded)? {
        return Ok(Quantity::from_units(units));
    }
    if line_type != LineType::DiscountedUsage {
        return Ok(Quantity::ZERO);
    }
    let factor = number(row, Column::NormalizationFactor, &mut 0)?.unwrap_or(0);
    let quantity = number(row, Column::UsageAmount, &mut 0)?.unwrap_or(0);
    let product = Quantity::from_units(quantity).times(Quantity::from_units(factor));
    product.map_err(|_| BadField(Column::NormalizationFactor, FaultKind::TooLarge))
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
