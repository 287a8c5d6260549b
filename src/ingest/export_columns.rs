//! Which columns a data export must have: its owner chose them in a SELECT, and a column that is left out is not told
//! from one that is blank on every row.

use super::columns::Column;
use crate::usage::LineType;

/// Who cannot do without a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Every file: money or a hold depends on it on any row.
    Always,
    /// Rows of these types.
    For(&'static [LineType]),
    /// Nobody: only what is shown depends on it, or another column says the same.
    Nobody,
}

/// Rows that a reservation covers or pays.
const RESERVED: &[LineType] = &[LineType::DiscountedUsage, LineType::RiFee];
/// The same, and rows that are told from others only by an ARN.
const WITH_RESERVATION_ARN: &[LineType] =
    &[LineType::DiscountedUsage, LineType::RiFee, LineType::Fee, LineType::Refund];
/// Every row of a Savings Plan, and refunds, which may be of one.
const OF_SAVINGS_PLAN: &[LineType] = &[
    LineType::SavingsPlanCoveredUsage,
    LineType::SavingsPlanNegation,
    LineType::SavingsPlanRecurringFee,
    LineType::SavingsPlanUpfrontFee,
    LineType::Refund,
];
const COVERED: &[LineType] = &[LineType::DiscountedUsage, LineType::SavingsPlanCoveredUsage];
/// Rows with the product that a commitment is matched by.
const WITH_PRODUCT: &[LineType] = &[LineType::DiscountedUsage, LineType::SavingsPlanCoveredUsage, LineType::RiFee];
const WITH_HOURS: &[LineType] =
    &[LineType::DiscountedUsage, LineType::SavingsPlanCoveredUsage, LineType::RiFee, LineType::SavingsPlanRecurringFee];
const SAVINGS_PLAN_KIND: &[LineType] = &[LineType::SavingsPlanCoveredUsage, LineType::SavingsPlanRecurringFee];
const PLAN_FEE: &[LineType] = &[LineType::SavingsPlanRecurringFee];

/// Decides for every column, by what money, taxes and holds depend on.
pub(super) const fn need_in_export(column: Column) -> Need {
    use Column::*;
    match column {
        PayerAccountId
        | BillingPeriodStartDate
        | UsageAccountId
        | LineItemType
        | UsageStartDate
        | ProductCode
        | UsageType
        | Operation
        | UsageAmount
        | CurrencyCode
        | UnblendedCost
        | LineItemDescription
        | Sku => Need::Always,
        InvoiceId => Need::Always,          // Without it nothing is ever final.
        BillingEntity => Need::Always,      // Marketplace rows get no discount.
        InvoicingEntity => Need::Always,    // Decides the tax category.
        RateCode => Need::Always,           // Tells tiers and private rates.
        PublicOnDemandCost => Need::Always, // The price of what is in no list.
        TaxType => Need::For(&[LineType::Refund]),
        UsageEndDate => Need::For(WITH_HOURS),
        AvailabilityZone => Need::For(&[LineType::DiscountedUsage]),
        NormalizationFactor | InstanceType => Need::For(WITH_PRODUCT),
        RegionCode | OperatingSystem | Tenancy | DatabaseEngine | DeploymentOption | LicenseModel => {
            Need::For(WITH_PRODUCT)
        }
        Unit => Need::For(COVERED),
        ReservationArn => Need::For(WITH_RESERVATION_ARN),
        SubscriptionId => Need::For(RESERVED),
        ReservationZone | NumberOfReservations | ReservationStartTime | ReservationEndTime | ReservationUpfront => {
            Need::For(&[LineType::RiFee])
        }
        SavingsPlanArn => Need::For(OF_SAVINGS_PLAN),
        SavingsPlanRate | SavingsPlanEffectiveCost => Need::For(&[LineType::SavingsPlanCoveredUsage]),
        SavingsPlanOffering | SavingsPlanPayment | SavingsPlanTerm => Need::For(SAVINGS_PLAN_KIND),
        SavingsPlanRegion | SavingsPlanFamily | SavingsPlanStartTime | SavingsPlanEndTime | TotalCommitment
        | UsedCommitment | SavingsPlanUpfront => Need::For(PLAN_FEE),
        BillType
        | LegalEntity
        | ServiceCode
        | Term
        | ProductName
        | Region
        | NetUnblendedCost
        | NormalizedUsageAmount
        | ReservationEffectiveCost => Need::Nobody,
    }
}

/// Whether a column is an attribute that a CUR 2.0 export keeps in the map `product`, not in a column of its own.
pub(super) const fn is_in_product_map(column: Column) -> bool {
    use Column::*;
    matches!(
        column,
        ProductName | Region | OperatingSystem | Tenancy | DatabaseEngine | DeploymentOption | LicenseModel
    )
}
