use crate::money::Usd;
use crate::usage::LineType;

/// Facts with the same names, summed: what is compared. Split cost rows are left out, as everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRow {
    /// Twelve digits.
    pub payer_id: String,
    /// Twelve digits.
    pub account_id: String,
    /// AWS's invoice; empty where the bill is not final.
    pub invoice_id: String,
    /// Whether it is of AWS Marketplace.
    pub is_marketplace: bool,
    /// What kind of row.
    pub line_type: LineType,
    /// `lineItem/ProductCode`.
    pub product_code: String,
    /// `product/servicecode`.
    pub service_code: String,
    /// `lineItem/UsageType`.
    pub usage_type: String,
    /// `product/ProductName`, on AWS Marketplace.
    pub product_name: String,
    /// `lineItem/UnblendedCost`.
    pub amount: Usd,
    /// How many rows of the report.
    pub rows: u64,
}
