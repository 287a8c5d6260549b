use std::collections::BTreeMap;
use std::path::Path;

use super::contracts::twice;
use super::csv_table::read_csv;
use super::fees::{GRID, MOST};
use super::table::{Columns, Located, Row};
use super::{Fault, Intake, ReferenceError};
use crate::money::{Percent, Quantity, Yen, YenPrice};
use crate::terms::{FeeTier, UnitTier};

const COLUMNS: Columns =
    Columns { needed: &["tiers"], optional: &["above_jpy", "percent", "above_quantity", "unit_price_jpy"] };

/// What tiers of one name grade; rising, the first begins at 0.
pub(super) enum Grading {
    /// Percentages of yen.
    Percentages(Vec<FeeTier>),
    /// Prices of units.
    Prices(Vec<UnitTier>),
}

/// Tiers by name; `fees.csv` points to them.
pub(super) struct FeeTiers {
    by_name: BTreeMap<String, Grading>,
    /// Whether every row could be read.
    pub(super) is_whole: bool,
}

impl FeeTiers {
    pub(super) fn get(&self, name: &str) -> Option<&Grading> {
        self.by_name.get(name)
    }

    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
        if names.is_empty() { String::from("it has none") } else { names.join(", ") }
    }
}

/// One row.
struct Tier {
    name: String,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Percentage(FeeTier),
    Price(UnitTier),
}

impl Step {
    const fn limit_column(self) -> &'static str {
        match self {
            Self::Percentage(_) => "above_jpy",
            Self::Price(_) => "above_quantity",
        }
    }

    const fn value_column(self) -> &'static str {
        match self {
            Self::Percentage(_) => "percent",
            Self::Price(_) => "unit_price_jpy",
        }
    }

    /// Comparable among steps of one kind only.
    const fn limit(self) -> i128 {
        match self {
            Self::Percentage(tier) => tier.above_jpy.count(),
            Self::Price(tier) => tier.above.units(),
        }
    }

    fn limit_text(self) -> String {
        match self {
            Self::Percentage(tier) => tier.above_jpy.to_string(),
            Self::Price(tier) => tier.above.to_string(),
        }
    }
}

/// Reads `fee_tiers.csv`, which may be missing.
pub(super) fn read_fee_tiers(intake: &mut Intake, dir: &Path) -> Result<FeeTiers, ReferenceError> {
    let faults_before = intake.faults.len();
    let found = intake.text(&dir.join("fee_tiers.csv"))?;
    let faults = &mut intake.faults;
    let table = found.and_then(|(file, text)| read_csv(&file, &text, &COLUMNS, faults));
    let rows = table.map(|table| table.read_rows(faults, read_tier)).unwrap_or_default();
    let mut places: BTreeMap<&str, Vec<&Located<Tier>>> = BTreeMap::new();
    for row in &rows {
        places.entry(&row.value.name).or_default().push(row);
    }
    let is_readable = faults.len() == faults_before;
    let mut by_name = BTreeMap::new();
    for (name, mut own) in places {
        if let Some(fault) = mixed(name, &own) {
            faults.push(fault);
            continue; // Limits in yen and in units have no order.
        }
        own.sort_by_key(|row| row.value.step.limit());
        check_limits(name, &own, is_readable, faults);
        by_name.insert(name.to_owned(), grading(&own));
    }
    Ok(FeeTiers { by_name, is_whole: faults.len() == faults_before })
}

/// Yen and units under one name.
fn mixed(name: &str, own: &[&Located<Tier>]) -> Option<Fault> {
    let (first, others) = own.split_first()?;
    let (step, at) = (first.value.step, &first.at);
    let other = others.iter().find(|row| row.value.step.limit_column() != step.limit_column())?;
    let column = other.value.step.value_column();
    Some(Fault {
        at: other.at.clone(),
        column: column.to_owned(),
        found: format!("a {column} in the tiers {name:?}, which {} begins with a {}", at, step.value_column()),
        accepted: String::from("either percentages of yen or prices of units under one name"),
        remedy: String::from("give one of them another name"),
    })
}

fn check_limits(name: &str, own: &[&Located<Tier>], is_readable: bool, faults: &mut Vec<Fault>) {
    for pair in own.windows(2).filter(|pair| pair[0].value.step.limit() == pair[1].value.step.limit()) {
        let step = pair[1].value.step;
        faults.push(twice(&pair[1].at, step.limit_column(), &step.limit_text(), &pair[0].at));
    }
    // A row that could not be read may be the one that begins at 0.
    let Some(first) = own.first().filter(|row| is_readable && row.value.step.limit() != 0) else { return };
    let step = first.value.step;
    faults.push(Fault {
        at: first.at.clone(),
        column: step.limit_column().to_owned(),
        found: format!("{} as the lowest limit of {name:?}", step.limit_text()),
        accepted: String::from("tiers that begin at 0"),
        remedy: format!("add a row above 0, with {} 0 where nothing is charged", step.value_column()),
    });
}

/// Tiers of one kind.
fn grading(own: &[&Located<Tier>]) -> Grading {
    let (mut percentages, mut prices) = (Vec::new(), Vec::new());
    for row in own {
        match row.value.step {
            Step::Percentage(tier) => percentages.push(tier),
            Step::Price(tier) => prices.push(tier),
        }
    }
    if prices.is_empty() { Grading::Percentages(percentages) } else { Grading::Prices(prices) }
}

fn read_tier(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Tier> {
    let name = row.key("tiers", faults);
    let is_of_units = ["above_quantity", "unit_price_jpy"].iter().any(|column| !row.cell(column).is_empty());
    let step = if is_of_units { read_price(row, faults) } else { read_percentage(row, faults) };
    Some(Tier { name: name?, step: step? })
}

fn read_percentage(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Step> {
    const ACCEPTED: &str = "whole yen, 0 or more, such as 1500000";
    let above = row.decimal("above_jpy", (0, MOST), ACCEPTED, faults);
    let above = above.filter(|units| {
        if units % GRID != 0 {
            faults.push(row.fault("above_jpy", ACCEPTED, "a limit has no fraction"));
        }
        units % GRID == 0
    });
    let percent = row.decimal("percent", (0, 100 * GRID), "a percentage from 0 to 100, such as 7", faults);
    let tier = FeeTier { above_jpy: Yen::new(above? / GRID), percent: Percent::from_units(percent?) };
    Some(Step::Percentage(tier))
}

fn read_price(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Step> {
    let faults_before = faults.len();
    for column in ["above_jpy", "percent"].into_iter().filter(|column| !row.cell(column).is_empty()) {
        let remedy = "leave it empty, or make a row of its own under another name";
        faults.push(row.fault(column, "nothing beside a price for units", remedy));
    }
    let above = row.decimal("above_quantity", (0, MOST), "a number of units, 0 or more, such as 10", faults);
    let price = row.decimal("unit_price_jpy", (0, MOST), "yen for one unit, 0 or more, such as 1500", faults);
    let tier = UnitTier { above: Quantity::from_units(above?), yen_per_unit: YenPrice::from_units(price?) };
    (faults.len() == faults_before).then_some(Step::Price(tier))
}
