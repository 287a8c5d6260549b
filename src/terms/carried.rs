use crate::money::Yen;
use crate::period::BillingPeriod;

/// A line of a closed month that turned out wrong, and that a later invoice takes along (翌月調整).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedLine {
    /// Whose.
    pub project_id: String,
    /// The month whose invoice takes it along.
    pub into: BillingPeriod,
    /// The document whose line it was.
    pub number: String,
    /// The month of the supply.
    pub period: BillingPeriod,
    /// Twelve digits; empty where the line was a fee.
    pub account_id: String,
    /// As printed.
    pub account_name: String,
    /// As printed.
    pub description: String,
    /// Of the original supply.
    pub tax_category: String,
    /// Before discount.
    pub gross_jpy: Yen,
    /// Net less gross.
    pub discount_jpy: Yen,
    /// What counts, without tax.
    pub net_jpy: Yen,
}
