//! The numbers of documents: `INV-yyyymm-nnnnnn`, `…-R1`, `CRN-yyyymm-nnnnnn`. The month is the billing month.

use crate::period::BillingPeriod;

/// The number of the n-th invoice of a month.
pub fn invoice_number(period: BillingPeriod, count: u64) -> String {
    format!("INV-{:04}{:02}-{count:06}", period.year(), period.month())
}

/// The number of the n-th credit note of a month.
pub fn return_number(period: BillingPeriod, count: u64) -> String {
    format!("CRN-{:04}{:02}-{count:06}", period.year(), period.month())
}

/// The number of the n-th document that replaces an original.
pub fn corrected_number(original: &str, count: u64) -> String {
    format!("{original}-R{count}")
}
