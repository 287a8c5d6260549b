use std::collections::BTreeMap;
use std::path::Path;

use super::Intake;
use super::csv_table::read_csv;
use super::fee_tiers::{FeeTiers, Grading, read_fee_tiers};
use super::table::{Columns, Located, Row, Rows};
use super::{Fault, ReferenceError};
use crate::money::{GRID_PLACES, Percent, Quantity, Yen, YenPrice};
use crate::terms::{AwsAmount, Fee, FeeBasis, FeeTier, UnitTier};

const COLUMNS: Columns = Columns {
    needed: &[
        "project_id",
        "fee_id",
        "description",
        "basis",
        "amount",
        "quantity",
        "tax_category",
        "valid_from",
        "valid_to",
    ],
    optional: &["minimum_jpy", "tiers"],
};

pub(super) const GRID: i128 = 10_i128.pow(GRID_PLACES);
/// More than any amount in a workspace: a fee of this size is a slip of the keyboard.
pub(super) const MOST: i128 = 1_000_000_000_000 * GRID;

#[derive(Clone, Copy)]
enum Basis {
    FixedJpy,
    PerUnitJpy,
    PercentOfAws(AwsAmount),
}

const BASES: [(&str, Basis); 4] = [
    ("fixed_jpy", Basis::FixedJpy),
    ("per_unit_jpy", Basis::PerUnitJpy),
    (AwsAmount::Gross.basis_name(), Basis::PercentOfAws(AwsAmount::Gross)),
    (AwsAmount::Net.basis_name(), Basis::PercentOfAws(AwsAmount::Net)),
];

/// Reads `fees.csv` and `fee_tiers.csv`, which may be missing.
pub(super) fn read_fees(intake: &mut Intake, dir: &Path) -> Result<Rows<Fee>, ReferenceError> {
    let tiers = read_fee_tiers(intake, dir)?;
    let Some((file, text)) = intake.text(&dir.join("fees.csv"))? else {
        return Ok(Rows { rows: Vec::new(), is_whole: true });
    };
    let faults_before = intake.faults.len();
    let faults = &mut intake.faults;
    let table = read_csv(&file, &text, &COLUMNS, faults);
    let rows =
        table.map(|table| table.read_rows(faults, |row, faults| read_fee(row, &tiers, faults))).unwrap_or_default();
    check_overlaps(&rows, faults);
    let negative = rows.iter().filter(|fee| is_negative(&fee.value.basis));
    intake.warnings.extend(negative.map(|fee| format!("{}: a negative fee reduces the invoice", fee.at)));
    Ok(Rows { rows, is_whole: faults.len() == faults_before })
}

fn is_negative(basis: &FeeBasis) -> bool {
    match basis {
        FeeBasis::FixedJpy(yen) => *yen < Yen::ZERO,
        FeeBasis::PerUnitJpy { tiers, .. } => tiers.iter().any(|tier| tier.yen_per_unit < YenPrice::ZERO),
        FeeBasis::PercentOfAws { .. } => false,
    }
}

fn read_fee(row: &Row<'_>, tiers: &FeeTiers, faults: &mut Vec<Fault>) -> Option<Fee> {
    let project_id = row.key("project_id", faults);
    let fee_id = row.key("fee_id", faults);
    let description = row.needed_text("description", faults);
    let tax_category = row.key("tax_category", faults);
    let basis = row.choice("basis", &BASES, faults).and_then(|basis| read_basis(row, basis, tiers, faults));
    let minimum = read_minimum(row, basis.as_ref(), faults);
    let (valid_from, valid_to) = row.validity(faults)?;
    Some(Fee {
        project_id: project_id?,
        fee_id: fee_id?,
        description: description?,
        basis: basis?,
        minimum: minimum?,
        tax_category: tax_category?,
        valid_from,
        valid_to,
    })
}

fn read_basis(row: &Row<'_>, basis: Basis, tiers: &FeeTiers, faults: &mut Vec<Fault>) -> Option<FeeBasis> {
    let is_per_unit = matches!(basis, Basis::PerUnitJpy);
    if !is_per_unit && !matches!(row.cell("quantity"), "" | "1") {
        let remedy = "leave it empty, or take the basis per_unit_jpy";
        faults.push(row.fault("quantity", "nothing: only per_unit_jpy has a quantity", remedy));
        return None;
    }
    if matches!(basis, Basis::FixedJpy) && !row.cell("tiers").is_empty() {
        let remedy = "leave it empty, or take the basis per_unit_jpy, percent_of_aws_gross or percent_of_aws_net";
        faults.push(row.fault("tiers", "nothing: a fixed fee has no tiers", remedy));
        return None;
    }
    match basis {
        Basis::FixedJpy => {
            let units = row.decimal("amount", (-MOST, MOST), "whole yen, such as 30000", faults)?;
            if units % GRID != 0 {
                faults.push(row.fault("amount", "whole yen, such as 30000", "a fixed fee has no fraction of a yen"));
                return None;
            }
            Some(FeeBasis::FixedJpy(Yen::new(units / GRID)))
        }
        Basis::PerUnitJpy => {
            let prices = read_prices(row, tiers, faults);
            let quantity = row.decimal("quantity", (0, MOST), "how many units, 0 or more", faults);
            Some(FeeBasis::PerUnitJpy { quantity: Quantity::from_units(quantity?), tiers: prices? })
        }
        Basis::PercentOfAws(of) => Some(FeeBasis::PercentOfAws { of, tiers: read_percentages(row, tiers, faults)? }),
    }
}

/// One percentage in `amount`, or those that `tiers` names.
fn read_percentages(row: &Row<'_>, tiers: &FeeTiers, faults: &mut Vec<Fault>) -> Option<Vec<FeeTier>> {
    let name = row.optional_key("tiers", faults)?;
    if name.is_empty() {
        let units = row.decimal("amount", (0, 100 * GRID), "a percentage from 0 to 100, such as 5", faults)?;
        return Some(vec![FeeTier { above_jpy: Yen::ZERO, percent: Percent::from_units(units) }]);
    }
    match read_grading(row, &name, "percentages", tiers, faults)? {
        Grading::Percentages(found) => Some(found.clone()),
        Grading::Prices(_) => {
            let accepted = "tiers of percentages: rows with above_jpy and percent";
            faults.push(row.fault("tiers", accepted, "name others, or take the basis per_unit_jpy"));
            None
        }
    }
}

/// One price in `amount`, or those that `tiers` names.
fn read_prices(row: &Row<'_>, tiers: &FeeTiers, faults: &mut Vec<Fault>) -> Option<Vec<UnitTier>> {
    let name = row.optional_key("tiers", faults)?;
    if name.is_empty() {
        let units = row.decimal("amount", (-MOST, MOST), "yen for one unit, such as 1500", faults)?;
        return Some(vec![UnitTier { above: Quantity::ZERO, yen_per_unit: YenPrice::from_units(units) }]);
    }
    match read_grading(row, &name, "prices", tiers, faults)? {
        Grading::Prices(found) => Some(found.clone()),
        Grading::Percentages(_) => {
            let accepted = "tiers of prices: rows with above_quantity and unit_price_jpy";
            faults.push(row.fault("tiers", accepted, "name others, or take a basis of percent"));
            None
        }
    }
}

fn read_grading<'a>(
    row: &Row<'_>,
    name: &str,
    what: &str,
    tiers: &'a FeeTiers,
    faults: &mut Vec<Fault>,
) -> Option<&'a Grading> {
    if !row.cell("amount").is_empty() {
        let accepted = format!("nothing: the {what} stand in fee_tiers.csv");
        faults.push(row.fault("amount", &accepted, "leave one of the two empty"));
        return None;
    }
    let found = tiers.get(name);
    if found.is_none() && tiers.is_whole {
        let accepted = format!("a name in the column tiers of fee_tiers.csv: {}", tiers.names());
        faults.push(row.fault("tiers", &accepted, "add its rows there, or correct the name"));
    }
    found
}

/// What is charged at least; `None` after a fault.
fn read_minimum(row: &Row<'_>, basis: Option<&FeeBasis>, faults: &mut Vec<Fault>) -> Option<Option<Yen>> {
    const ACCEPTED: &str = "whole yen, 0 or more, such as 10000, or nothing";
    if row.cell("minimum_jpy").is_empty() {
        return Some(None);
    }
    let units = row.decimal("minimum_jpy", (0, MOST), ACCEPTED, faults)?;
    if units % GRID != 0 {
        faults.push(row.fault("minimum_jpy", ACCEPTED, "a minimum has no fraction of a yen"));
        return None;
    }
    if basis.is_some_and(|basis| matches!(basis, FeeBasis::FixedJpy(_)) || is_negative(basis)) {
        let accepted = "nothing: a fixed fee and a reduction have no minimum";
        faults.push(row.fault("minimum_jpy", accepted, "leave it empty"));
        return None;
    }
    Some(Some(Yen::new(units / GRID)))
}

/// A fee that a project would pay twice in a month.
fn check_overlaps(rows: &[Located<Fee>], faults: &mut Vec<Fault>) {
    let mut by_key: BTreeMap<(&str, &str), Vec<&Located<Fee>>> = BTreeMap::new();
    for row in rows {
        let own = by_key.entry((&row.value.project_id, &row.value.fee_id)).or_default();
        let overlap = own
            .iter()
            .find(|other| other.value.holds_in(row.value.valid_from) || row.value.holds_in(other.value.valid_from));
        if let Some(other) = overlap {
            faults.push(Fault {
                at: row.at.clone(),
                column: String::from("fee_id"),
                found: format!("{:?} of the same project and months as {}", row.value.fee_id, other.at.within_file()),
                accepted: String::from("a fee once in a month"),
                remedy: String::from("end the earlier row with valid_to, or give one of them another fee_id"),
            });
        }
        own.push(row);
    }
}
