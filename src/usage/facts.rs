use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Fact, Measures, Sym, SymbolTable};
use crate::money::Usd;
use crate::period::{BillingPeriod, Instant};

/// Per SKU the instants inside the month at which its list price really changes, ascending.
pub type PriceInstants = BTreeMap<String, Vec<Instant>>;

/// How many facts a thread looks at in one go: enough that handing them to it costs little.
pub const FACTS_A_TASK: usize = 8_192;

/// What was taken in, counted at the door: compared with what comes out at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ControlTotals {
    /// Rows of the billing month.
    pub rows: u64,
    /// Their `lineItem/UnblendedCost`.
    pub unblended: Usd,
    /// Rows of other months, left out.
    pub other_month_rows: u64,
    /// Numbers with more than 18 decimals, rounded to the grid.
    pub rounded_inputs: u64,
}

impl ControlTotals {
    /// Adds the counts of another file.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.unblended += other.unblended;
        self.other_month_rows += other.other_month_rows;
        self.rounded_inputs += other.rounded_inputs;
    }
}

/// The facts of one month: the waist between reading and calculating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The billing month.
    pub period: BillingPeriod,
    /// The texts of the keys.
    pub symbols: SymbolTable,
    /// Sorted by key; no key twice.
    pub facts: Vec<Fact>,
    /// The price changes that the keys were made with.
    pub price_instants: PriceInstants,
    /// What was read.
    pub totals: ControlTotals,
}

/// Facts that cannot have come from a fold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The sums do not agree with the control totals.
    #[error("the facts hold {found}, but {expected} was read; the facts file is damaged: fold again")]
    DoNotAddUp {
        /// Rows and dollars of the facts.
        found: String,
        /// Rows and dollars of the control totals.
        expected: String,
    },
    /// Amounts so large that their sums would leave the grid.
    #[error("the quantities or dollars of the month are beyond 1.7 * 10^17 in sum; a number of a report is wrong")]
    OutOfRange,
}

impl Facts {
    /// The text of a symbol.
    pub fn text(&self, symbol: Sym) -> &str {
        self.symbols.text(symbol)
    }

    /// Whether the facts hold every row and dollar that was read, and no sum of them can overflow.
    pub fn check_totals(&self) -> Result<(), FactError> {
        let tallies = self.facts.par_chunks(FACTS_A_TASK).map(|facts| {
            let mut tally = FactTally::default();
            facts.iter().for_each(|fact| tally.add(&fact.measures));
            tally
        });
        tallies.reduce(FactTally::default, FactTally::plus).check(&self.totals)
    }
}

/// Facts added up one by one, to be compared with what was read.
#[derive(Clone, Copy, Debug, Default)]
pub struct FactTally {
    rows: u128,
    unblended: i128,
    /// Quantities and dollars, whatever their signs; as large as can be once they are larger than that.
    size: u128,
}

impl FactTally {
    /// Adds a fact.
    pub fn add(&mut self, measures: &Measures) {
        self.rows += u128::from(measures.rows);
        self.unblended = self.unblended.wrapping_add(measures.unblended.units()); // Looked at only where it fits.
        for units in [measures.quantity.units(), measures.unblended.units(), measures.public_cost.units()] {
            self.size = self.size.saturating_add(units.unsigned_abs());
        }
    }

    /// Both together: in whatever order facts are added, the tally is the same.
    fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            unblended: self.unblended.wrapping_add(other.unblended),
            size: self.size.saturating_add(other.size),
        }
    }

    /// Whether this is every row and dollar that was read, and no sum of the facts can overflow.
    pub fn check(&self, totals: &ControlTotals) -> Result<(), FactError> {
        const LARGEST_SUM: u128 = i128::MAX.unsigned_abs() / 1_000; // Leaves room for sums of several of them.
        if self.size > LARGEST_SUM || self.rows > u128::from(u64::MAX) {
            return Err(FactError::OutOfRange);
        }
        let (rows, unblended) = (self.rows, Usd::from_units(self.unblended));
        if (rows, unblended) == (u128::from(totals.rows), totals.unblended) {
            return Ok(());
        }
        Err(FactError::DoNotAddUp {
            found: format!("{rows} rows and {unblended} USD"),
            expected: format!("{} rows and {} USD", totals.rows, totals.unblended),
        })
    }
}
