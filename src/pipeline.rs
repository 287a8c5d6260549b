//! Joins the stages. This is the only file that knows their order.
//!
//! - In: facts and reference data, already read and checked.
//! - Out: a [`Bill`]: the invoices, and the proof that they account for every dollar read.
//! - Pure: no file, clock, network or random number. The same input gives the same bytes.

use std::collections::BTreeSet;

use crate::alone::{AloneError, ListCharges, price_alone};
use crate::audit::{AuditError, Bridge, Margin, MarginRow, Month, check_month};
use crate::convert::{ConvertError, YenLines, to_yen};
use crate::discount::{DiscountedCharges, apply_plans};
use crate::invoice::{Hold, Invoice, InvoiceError, assemble, resolve_holds, settle};
use crate::money::MoneyError;
use crate::terms::ReferenceData;
use crate::usage::{FactError, Facts};

/// A month, billed.
#[derive(Clone, Debug)]
pub struct Bill {
    /// Priced at list.
    pub list: ListCharges,
    /// Discounted.
    pub discounted: DiscountedCharges,
    /// In yen.
    pub yen: YenLines,
    /// One per project with lines or fees, sorted by project.
    pub invoices: Vec<Invoice>,
    /// Everything that is held, sorted.
    pub holds: BTreeSet<Hold>,
    /// From AWS's charge to ours.
    pub bridge: Bridge,
    /// What the reseller earns.
    pub margin: Vec<MarginRow>,
}

/// Why a month could not be billed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillError {
    /// The facts are damaged.
    #[error(transparent)]
    Facts(#[from] FactError),
    /// It could not be priced.
    #[error(transparent)]
    Alone(#[from] AloneError),
    /// A discount did not fit.
    #[error("discount: {0}")]
    Discount(#[from] MoneyError),
    /// It could not be converted.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// It could not be put together.
    #[error(transparent)]
    Invoice(#[from] InvoiceError),
    /// It does not add up.
    #[error("{0}; nothing was written")]
    Audit(#[from] AuditError),
}

/// Turns a month's facts into invoices.
pub fn bill(facts: &Facts, reference: &ReferenceData) -> Result<Bill, BillError> {
    facts.check_totals()?;
    let list = price_alone(facts, reference)?;
    let discounted = apply_plans(facts, reference, &list)?;
    let (yen, bridge) = rayon::join(
        || to_yen(facts, reference, &discounted),
        || Bridge::of(facts, &list, &discounted), // Knows nothing of yen.
    );
    let yen = yen?;
    let mut holds = resolve_holds(facts, reference, &list, &discounted, &yen);
    let invoices = assemble(facts.period, reference, &yen.lines, &holds)?;
    let (invoices, voucher_holds) = settle(facts.period, reference, invoices);
    holds.extend(voucher_holds);
    let month = Month {
        facts,
        reference,
        list: &list,
        discounted: &discounted,
        yen: &yen,
        invoices: &invoices,
        bridge: &bridge,
    };
    check_month(&month)?;
    let margin = Margin::rows(facts, reference, &bridge, &yen);
    Ok(Bill { list, discounted, yen, invoices, holds, bridge, margin })
}

#[cfg(test)]
mod tests;
