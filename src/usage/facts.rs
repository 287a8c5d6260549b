use std::collections::BTreeMap;

use super::{Fact, Sym, SymbolTable};
use crate::money::Usd;
use crate::period::{BillingPeriod, Instant};

/// Per SKU the instants inside the month at which its list price really changes, ascending.
pub type PriceInstants = BTreeMap<String, Vec<Instant>>;

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
        const LARGEST_SUM: u128 = i128::MAX.unsigned_abs() / 1_000; // Leaves room for sums of several of them.
        let sizes = self.facts.iter().flat_map(|fact| {
            let measures = &fact.measures;
            [measures.quantity.units(), measures.unblended.units(), measures.public_cost.units()]
        });
        let sum = sizes.map(i128::unsigned_abs).try_fold(0_u128, u128::checked_add);
        let rows = self.facts.iter().map(|fact| fact.measures.rows).try_fold(0_u64, u64::checked_add);
        let (Some(rows), Some(0..=LARGEST_SUM)) = (rows, sum) else { return Err(FactError::OutOfRange) };
        let unblended: Usd = self.facts.iter().map(|fact| fact.measures.unblended).sum();
        if (rows, unblended) == (self.totals.rows, self.totals.unblended) {
            return Ok(());
        }
        Err(FactError::DoNotAddUp {
            found: format!("{rows} rows and {unblended} USD"),
            expected: format!("{} rows and {} USD", self.totals.rows, self.totals.unblended),
        })
    }
}
