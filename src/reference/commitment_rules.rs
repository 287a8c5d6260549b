//! How commitments are matched with usage: shipped with the program, replaced file by file in a workspace.

use std::path::Path;

use super::row_lists::read_pattern;
use super::shipped_table::ShippedTable;
use super::table::{Columns, Row};
use super::{Fault, Intake, ReferenceError};
use crate::money::{Quantity, parse_grid};
use crate::terms::{CommitmentRules, ReservationRule, SavingsPlanRule, SavingsPlanScope};

const FOLDER: &str = "commitments";

const RESERVATIONS: ShippedTable = ShippedTable {
    folder: FOLDER,
    file: "reservation_rules.csv",
    shipped: include_str!("../../rates/commitments/reservation_rules.csv"),
    columns: Columns {
        needed: &["product_code", "operation_pattern", "size_flexible", "valid_from", "source"],
        optional: &["fixed_families", "multiples"],
    },
};

const SAVINGS_PLANS: ShippedTable = ShippedTable {
    folder: FOLDER,
    file: "savings_plan_rules.csv",
    shipped: include_str!("../../rates/commitments/savings_plan_rules.csv"),
    columns: Columns { needed: &["offering", "order", "scope", "product_codes", "source"], optional: &[] },
};

const SIZE_FACTORS: ShippedTable = ShippedTable {
    folder: FOLDER,
    file: "size_factors.csv",
    shipped: include_str!("../../rates/commitments/size_factors.csv"),
    columns: Columns { needed: &["size", "factor", "source"], optional: &[] },
};

/// Units of a grid number that is above 0.
const ABOVE_ZERO: (i128, i128) = (1, i128::MAX);

/// Reads `rates/commitments/*.csv`.
pub(super) fn read_commitment_rules(intake: &mut Intake, rates: &Path) -> Result<CommitmentRules, ReferenceError> {
    let mut rules = CommitmentRules::default();
    if let Some(table) = RESERVATIONS.read(intake, rates)? {
        let rows = table.read_rows(&mut intake.faults, read_reservation);
        rules.reservations = rows.into_iter().map(|row| row.value).collect();
    }
    if let Some(table) = SAVINGS_PLANS.read(intake, rates)? {
        let rows = table.read_rows(&mut intake.faults, read_savings_plan);
        rules.savings_plans = rows.into_iter().map(|row| row.value).collect();
    }
    if let Some(table) = SIZE_FACTORS.read(intake, rates)? {
        let rows = table.read_rows(&mut intake.faults, |row, faults| {
            row.needed_text("source", faults)?;
            let factor = row.decimal("factor", ABOVE_ZERO, "normalized units, above 0", faults);
            Some((row.key("size", faults)?, Quantity::from_units(factor?)))
        });
        for row in rows {
            let (size, factor) = row.value;
            if rules.size_factors.insert(size.clone(), factor).is_some_and(|other| other != factor) {
                let (found, accepted) = (format!("{size:?} a second time"), String::from("one factor for a size"));
                let remedy = String::from("remove the wrong one of the two rows");
                intake.faults.push(Fault { at: row.at, column: String::from("size"), found, accepted, remedy });
            }
        }
    }
    Ok(rules)
}

fn read_reservation(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<ReservationRule> {
    row.needed_text("source", faults)?;
    let product_code = row.key("product_code", faults);
    let operation = read_pattern(row, "operation_pattern", row.cell("operation_pattern"), faults);
    let size_flexible = row.choice("size_flexible", &[("yes", true), ("no", false)], faults);
    let valid_from = row.month("valid_from", faults);
    let multiples = read_multiples(row, faults);
    Some(ReservationRule {
        product_code: product_code?,
        operation: operation?,
        size_flexible: size_flexible?,
        fixed_families: list_of(row.cell("fixed_families")).map(str::to_owned).collect(),
        multiples: multiples?,
        valid_from: valid_from?,
    })
}

/// `Multi-AZ=2;IOOptimized=1.3`.
fn read_multiples(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Vec<(String, Quantity)>> {
    let read = |text: &str| {
        let (part, times) = text.split_once('=')?;
        let times = parse_grid(times.trim()).ok().filter(|units| *units > 0)?;
        Some((part.trim().to_owned(), Quantity::from_units(times)))
    };
    let multiples: Option<Vec<_>> = list_of(row.cell("multiples")).map(read).collect();
    if multiples.is_none() {
        let accepted = "parts of usage types with a number above 0, such as Multi-AZ=2;IOOptimized=1.3";
        faults.push(row.fault("multiples", accepted, ""));
    }
    multiples
}

fn list_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

fn read_savings_plan(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<SavingsPlanRule> {
    row.needed_text("source", faults)?;
    let offering = row.key("offering", faults);
    let order = row.cell("order").parse().ok();
    if order.is_none() {
        faults.push(row.fault("order", "a whole number from 0 to 255", ""));
    }
    let scopes = [("region_and_family", SavingsPlanScope::RegionAndFamily), ("any", SavingsPlanScope::Any)];
    let scope = row.choice("scope", &scopes, faults);
    let product_codes = list_of(row.cell("product_codes")).map(str::to_owned).collect();
    Some(SavingsPlanRule { offering: offering?, order: order?, scope: scope?, product_codes })
}

/// What the program ships, for months made in tests.
#[cfg(test)]
pub(crate) fn shipped_commitment_rules() -> CommitmentRules {
    let nowhere = Path::new("no such folder");
    read_commitment_rules(&mut Intake::new(nowhere), nowhere).expect("the shipped tables can be read")
}
