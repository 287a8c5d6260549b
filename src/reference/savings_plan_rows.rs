//! The rates of Savings Plans, from whatever files of the folder `savings_plans`.

use std::collections::BTreeMap;
use std::path::Path;

use super::price_rows::{read_instant, read_table_file};
use super::table::{Columns, Located, Row};
use super::{Fault, Intake, Place, ReferenceError};
use crate::money::UnitPrice;
use crate::terms::{SavingsPlanKind, SavingsPlanRate, SavingsPlanRates};

/// The columns of a table of rates, in whatever format.
const COLUMNS: Columns = Columns {
    needed: &["offering", "payment_option", "term", "sku", "rate", "unit", "effective_from", "source"],
    optional: &["instance_family", "region"],
};

struct RateRow {
    kind: SavingsPlanKind,
    sku: String,
    rate: SavingsPlanRate,
}

/// Reads every `*.csv` and `*.parquet` of the folder; it may be missing.
pub(super) fn read_savings_plan_rates(intake: &mut Intake, rates: &Path) -> Result<SavingsPlanRates, ReferenceError> {
    let mut known = Known::default();
    for path in intake.folder(&rates.join("savings_plans"))?.unwrap_or_default() {
        let other = "a file or folder that is no table of Savings Plan rates";
        let Some(table) = read_table_file(intake, &path, &COLUMNS, other)? else { continue };
        for row in table.read_rows(&mut intake.faults, read_row) {
            known.add(row, &mut intake.faults);
        }
    }
    Ok(known.into_rates())
}

fn read_row(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<RateRow> {
    let offering = row.needed_text("offering", faults);
    let payment_option = row.needed_text("payment_option", faults);
    let term = row.needed_text("term", faults);
    let sku = row.key("sku", faults);
    let rate = row.decimal("rate", (0, i128::MAX), "dollars for one unit, 0 or more", faults);
    let effective_from = read_instant(row, faults);
    let source = row.needed_text("source", faults);
    Some(RateRow {
        kind: SavingsPlanKind::new(&offering?, &payment_option?, &term?),
        sku: sku?,
        rate: SavingsPlanRate {
            effective_from: effective_from?,
            rate: UnitPrice::from_units(rate?),
            unit: row.cell("unit").trim().to_owned(),
            source: source?.trim().to_owned(),
        },
    })
}

/// Rates with the spots of the rows that state them.
#[derive(Default)]
struct Known {
    rates: BTreeMap<SavingsPlanKind, BTreeMap<String, Vec<(SavingsPlanRate, Place)>>>,
}

impl Known {
    /// Adds a row. The same row in two files says nothing new; a contradicting one is a fault.
    fn add(&mut self, row: Located<RateRow>, faults: &mut Vec<Fault>) {
        let Located { value: RateRow { kind, sku, rate }, at } = row;
        let versions = self.rates.entry(kind).or_default().entry(sku).or_default();
        let place = versions.partition_point(|(version, _)| version.effective_from < rate.effective_from);
        match versions.get(place) {
            Some((version, other)) if version.effective_from == rate.effective_from => {
                if (version.rate, &version.unit) != (rate.rate, &rate.unit) {
                    faults.push(Fault {
                        at,
                        column: String::from("rate"),
                        found: format!("{}, which contradicts {} in {other}", named(&rate), named(version)),
                        accepted: String::from("one rate for a kind of plan, SKU and effective_from"),
                        remedy: String::from("remove the wrong one of the two rows"),
                    });
                }
            }
            _ => versions.insert(place, (rate, at)),
        }
    }

    fn into_rates(self) -> SavingsPlanRates {
        let versions = |(sku, versions): (String, Vec<(SavingsPlanRate, Place)>)| {
            (sku, versions.into_iter().map(|(rate, _)| rate).collect())
        };
        let skus = |(kind, skus): (SavingsPlanKind, BTreeMap<_, _>)| (kind, skus.into_iter().map(versions).collect());
        SavingsPlanRates { rates: self.rates.into_iter().map(skus).collect() }
    }
}

fn named(rate: &SavingsPlanRate) -> String {
    format!("{} {}", rate.rate, rate.unit).trim_end().to_owned()
}
