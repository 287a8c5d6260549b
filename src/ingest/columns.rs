/// How many columns are used.
pub const COLUMN_COUNT: usize = 59;

/// Defines the used columns: variant, name as in a legacy CSV, whether needed, other canonical names.
macro_rules! columns {
    ($($variant:ident, $name:literal, $is_needed:literal, [$($alias:literal),*];)*) => {
        /// A column of the report that the program uses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column {
            $(#[doc = concat!("`", $name, "`.")] $variant,)*
        }

        impl Column {
            /// All of them, in the order of their places.
            pub const ALL: [Self; COLUMN_COUNT] = [$(Self::$variant,)*];

            /// The name in a legacy CSV.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Whether a file without this column is refused.
            pub const fn is_needed(self) -> bool {
                match self { $(Self::$variant => $is_needed,)* }
            }

            /// Canonical names under which other tools deliver it.
            pub(super) const fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*],)* }
            }
        }
    };
}

columns! {
    PayerAccountId,         "bill/PayerAccountId",              true,  [];
    BillingPeriodStartDate, "bill/BillingPeriodStartDate",      true,  [];
    BillType,               "bill/BillType",                    false, [];
    InvoiceId,              "bill/InvoiceId",                   false, [];
    BillingEntity,          "bill/BillingEntity",               false, [];
    InvoicingEntity,        "bill/InvoicingEntity",             false, [];
    UsageAccountId,         "lineItem/UsageAccountId",          true,  [];
    LineItemType,           "lineItem/LineItemType",            true,  [];
    UsageStartDate,         "lineItem/UsageStartDate",          true,  [];
    UsageEndDate,           "lineItem/UsageEndDate",            false, [];
    ProductCode,            "lineItem/ProductCode",             true,  [];
    UsageType,              "lineItem/UsageType",               true,  [];
    Operation,              "lineItem/Operation",               true,  [];
    AvailabilityZone,       "lineItem/AvailabilityZone",        false, [];
    UsageAmount,            "lineItem/UsageAmount",             true,  [];
    NormalizationFactor,    "lineItem/NormalizationFactor",     false, [];
    NormalizedUsageAmount,  "lineItem/NormalizedUsageAmount",   false, [];
    CurrencyCode,           "lineItem/CurrencyCode",            true,  [];
    UnblendedCost,          "lineItem/UnblendedCost",           true,  [];
    NetUnblendedCost,       "lineItem/NetUnblendedCost",        false, [];
    LineItemDescription,    "lineItem/LineItemDescription",     true,  [];
    TaxType,                "lineItem/TaxType",                 false, [];
    LegalEntity,            "lineItem/LegalEntity",             false, [];
    ProductName,            "product/ProductName",              false, [];
    Region,                 "product/region",                   false, [];
    RegionCode,             "product/regionCode",               false, [];
    ServiceCode,            "product/servicecode",              false, ["product_service_code"];
    Sku,                    "product/sku",                      true,  ["product_s_k_u"];
    RateCode,               "pricing/RateCode",                 false, [];
    PublicOnDemandCost,     "pricing/publicOnDemandCost",       false, [];
    Term,                   "pricing/term",                     false, [];
    Unit,                   "pricing/unit",                     false, [];
    ReservationArn,         "reservation/ReservationARN",       false, ["reservation_reservation_arn"];
    SubscriptionId,         "reservation/SubscriptionId",       false, [];
    ReservationZone,        "reservation/AvailabilityZone",     false, [];
    ReservationEffectiveCost, "reservation/EffectiveCost",      false, [];
    SavingsPlanArn,         "savingsPlan/SavingsPlanARN",       false, ["savings_plan_savings_plan_arn"];
    SavingsPlanRate,        "savingsPlan/SavingsPlanRate",      false, [];
    SavingsPlanEffectiveCost, "savingsPlan/SavingsPlanEffectiveCost", false, [];
    SavingsPlanOffering,    "savingsPlan/OfferingType",         false, [];
    SavingsPlanPayment,     "savingsPlan/PaymentOption",        false, [];
    SavingsPlanTerm,        "savingsPlan/PurchaseTerm",         false, [];
    InstanceType,           "product/instanceType",             false, [];
    OperatingSystem,        "product/operatingSystem",          false, [];
    Tenancy,                "product/tenancy",                  false, [];
    DatabaseEngine,         "product/databaseEngine",           false, [];
    DeploymentOption,       "product/deploymentOption",         false, [];
    LicenseModel,           "product/licenseModel",             false, [];
    NumberOfReservations,   "reservation/NumberOfReservations", false, [];
    ReservationStartTime,   "reservation/StartTime",            false, [];
    ReservationEndTime,     "reservation/EndTime",              false, [];
    ReservationUpfront,     "reservation/AmortizedUpfrontFeeForBillingPeriod", false, [];
    SavingsPlanRegion,      "savingsPlan/Region",               false, [];
    SavingsPlanFamily,      "savingsPlan/InstanceTypeFamily",   false, [];
    SavingsPlanStartTime,   "savingsPlan/StartTime",            false, [];
    SavingsPlanEndTime,     "savingsPlan/EndTime",              false, [];
    TotalCommitment,        "savingsPlan/TotalCommitmentToDate", false, [];
    UsedCommitment,         "savingsPlan/UsedCommitment",       false, [];
    SavingsPlanUpfront,     "savingsPlan/AmortizedUpfrontCommitmentForBillingPeriod", false, [];
}

impl Column {
    /// The place of the column in a [`Row`](super::Row).
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The column that a header names, in any of its spellings.
    pub fn of_canonical(name: &str) -> Option<Self> {
        let spells = |column: &Self| canonical_name(column.name()) == name || column.aliases().contains(&name);
        Self::ALL.into_iter().find(spells)
    }
}

/// The one name of a column in all formats, by AWS's own rule for its Parquet reports.
///
/// An underscore goes before every upper-case letter, everything is lower-cased, what is no letter or digit
/// becomes an underscore, doubled underscores become one, and those at the ends go.
///
/// ```
/// assert_eq!(seikyu::ingest::canonical_name("savingsPlan/SavingsPlanARN"), "savings_plan_savings_plan_a_r_n");
/// assert_eq!(seikyu::ingest::canonical_name("line_item_usage_amount"), "line_item_usage_amount");
/// ```
pub fn canonical_name(header: &str) -> String {
    let mut name = String::with_capacity(header.len() + 8);
    for letter in header.chars() {
        let is_kept = letter.is_ascii_alphanumeric();
        if (letter.is_ascii_uppercase() || !is_kept) && !name.ends_with('_') {
            name.push('_');
        }
        if is_kept {
            name.push(letter.to_ascii_lowercase());
        }
    }
    name.trim_matches('_').to_owned()
}
