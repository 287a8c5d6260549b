use super::columns::canonical_name;

/// What a report is, by its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReportKind {
    /// A Cost and Usage Report of old: CSV, or Parquet for Athena. Its columns come and go by month.
    Legacy,
    /// A CUR 2.0 data export: its columns are those of its SELECT.
    Export,
    /// A FOCUS export.
    Focus(FocusVersion),
}

/// A version of FOCUS with AWS's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FocusVersion {
    /// 1.0
    V1_0,
    /// 1.1
    V1_1,
    /// 1.2
    V1_2,
}

impl FocusVersion {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::V1_0 => "FOCUS 1.0",
            Self::V1_1 => "FOCUS 1.1",
            Self::V1_2 => "FOCUS 1.2",
        }
    }
}

/// Columns that only a CUR 2.0 export has.
const OF_EXPORTS: [&str; 6] = [
    "product",
    "resource_tags",
    "cost_category",
    "discount",
    "bill_payer_account_name",
    "line_item_usage_account_name",
];
/// Columns that came with FOCUS 1.2, and those that came with 1.1.
const SINCE_1_2: [&str; 5] =
    ["InvoiceId", "BillingAccountType", "SubAccountType", "PricingCurrency", "PricingCurrencyListUnitPrice"];
const SINCE_1_1: [&str; 7] = [
    "CapacityReservationId",
    "CapacityReservationStatus",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountUnit",
    "ServiceSubcategory",
    "SkuMeter",
    "SkuPriceDetails",
];

impl ReportKind {
    /// By the header, and by the columns of the manifest: those of an export have no category.
    pub(super) fn of(names: &[String], manifest_columns: &[String]) -> Self {
        let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
        if has("ChargeCategory") && has("ChargePeriodStart") && has("BillingAccountId") {
            let version = if SINCE_1_2.into_iter().any(has) {
                FocusVersion::V1_2
            } else if SINCE_1_1.into_iter().any(has) {
                FocusVersion::V1_1
            } else {
                FocusVersion::V1_0
            };
            return Self::Focus(version);
        }
        let is_in_manifest = !manifest_columns.is_empty() && !manifest_columns.iter().any(|name| name.contains('/'));
        let is_export = names.iter().any(|name| OF_EXPORTS.contains(&canonical_name(name).as_str()));
        let is_legacy_spelled = names.iter().any(|name| name.contains('/'));
        if !is_legacy_spelled && (is_in_manifest || is_export) { Self::Export } else { Self::Legacy }
    }
}
