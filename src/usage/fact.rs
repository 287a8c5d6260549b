use super::{LineType, Sym};
use crate::money::{Quantity, Usd};
use crate::period::{BillingPeriod, Instant};

/// What a description of usage is reduced to; other line types keep theirs whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DescriptionClass {
    /// None of the others.
    #[default]
    Plain,
    /// Says that it is free.
    Free,
    /// Belongs to a flat-rate plan (CloudFront).
    FlatRate,
    /// Covered by a savings bundle (CloudFront Security Savings Bundle).
    SavingsBundle,
}

/// By what rows are summed. Fields of text are empty where the report has none.
///
/// Not in the key: list rate, resource id, line item id, file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey {
    /// `bill/PayerAccountId`, twelve digits as text.
    pub payer: Sym,
    /// `lineItem/UsageAccountId`, twelve digits as text.
    pub account: Sym,
    /// `bill/BillType`.
    pub bill_type: Sym,
    /// `bill/InvoiceId`; empty until the bill is final.
    pub invoice_id: Sym,
    /// `bill/BillingEntity`.
    pub billing_entity: Sym,
    /// `bill/InvoicingEntity`.
    pub invoicing_entity: Sym,
    /// `lineItem/LegalEntity`.
    pub legal_entity: Sym,
    /// `lineItem/CurrencyCode`.
    pub currency: Sym,
    /// `lineItem/LineItemType` as spelled.
    pub line_type_text: Sym,
    /// The same, understood.
    pub line_type: LineType,
    /// `lineItem/TaxType`.
    pub tax_type: Sym,
    /// `lineItem/ProductCode`.
    pub product_code: Sym,
    /// `product/servicecode`.
    pub service_code: Sym,
    /// `lineItem/UsageType`.
    pub usage_type: Sym,
    /// `lineItem/Operation`.
    pub operation: Sym,
    /// `product/region`, else `product/regionCode`.
    pub region: Sym,
    /// `product/sku`.
    pub sku: Sym,
    /// `pricing/RateCode`.
    pub rate_code: Sym,
    /// `pricing/term`.
    pub pricing_term: Sym,
    /// `pricing/unit`.
    pub unit: Sym,
    /// `reservation/ReservationARN`, else `savingsPlan/SavingsPlanARN`, blanks taken out.
    pub commitment_arn: Sym,
    /// `reservation/SubscriptionId`.
    pub subscription_id: Sym,
    /// An instant at which the price that counts is in force. For line types priced by SKU: the start of
    /// the price interval of the month that holds the usage start (the month's start where the SKU's
    /// price does not change), or the usage start itself where that lies outside the month. Else the
    /// month's start.
    pub price_instant: Instant,
    /// Start of the usage interval, for line types that keep the hour.
    pub interval_start: Option<Instant>,
    /// `lineItem/AvailabilityZone` (RI fees: `reservation/AvailabilityZone`), for line types that keep the hour.
    pub availability_zone: Sym,
    /// `savingsPlan/OfferingType`, on rows covered by a Savings Plan and on its recurring fee.
    pub sp_offering: Sym,
    /// `savingsPlan/PaymentOption`, on the same rows.
    pub sp_payment_option: Sym,
    /// `savingsPlan/PurchaseTerm`, on the same rows.
    pub sp_term: Sym,
    /// `savingsPlan/SavingsPlanRate` as text, on rows covered by a Savings Plan.
    pub sp_rate: Sym,
    /// `lineItem/NormalizationFactor` as text, on covered usage and RI fees.
    pub normalization_factor: Sym,
    /// `product/instanceType`, on covered usage and RI fees, like the five that follow: a commitment is matched by them.
    pub instance_type: Sym,
    /// `product/operatingSystem`.
    pub operating_system: Sym,
    /// `product/tenancy`.
    pub tenancy: Sym,
    /// `product/databaseEngine`.
    pub database_engine: Sym,
    /// `product/deploymentOption`.
    pub deployment_option: Sym,
    /// `product/licenseModel`.
    pub license_model: Sym,
    /// `reservation/NumberOfReservations` as text, on RI fees.
    pub commitment_units: Sym,
    /// `reservation/StartTime` (Savings Plans: `savingsPlan/StartTime`) as text, on their fees.
    pub commitment_start: Sym,
    /// `reservation/EndTime` (Savings Plans: `savingsPlan/EndTime`) as text, on their fees.
    pub commitment_end: Sym,
    /// `savingsPlan/Region`, on recurring fees of Savings Plans.
    pub sp_region: Sym,
    /// `savingsPlan/InstanceTypeFamily`, on recurring fees of Savings Plans.
    pub sp_family: Sym,
    /// The month of the usage start.
    pub usage_month: BillingPeriod,
    /// Whether `lineItem/UnblendedCost` of the row is 0.
    pub is_cost_zero: bool,
    /// Whether the row has a `pricing/publicOnDemandCost`.
    pub has_public_cost: bool,
    /// `product/ProductName`, on AWS Marketplace rows.
    pub product_name: Sym,
    /// `lineItem/LineItemDescription`, except on usage and covered usage.
    pub description: Sym,
    /// What the description of usage and covered usage says.
    pub description_class: DescriptionClass,
    /// Sorted `tag=value` text; empty unless the workspace keeps tags.
    pub dimensions: Sym,
}

/// What is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Rows of the report.
    pub rows: u64,
    /// `lineItem/UsageAmount`.
    pub quantity: Quantity,
    /// `lineItem/UnblendedCost`.
    pub unblended: Usd,
    /// `pricing/publicOnDemandCost`, of rows that have one.
    pub public_cost: Usd,
    /// `lineItem/NetUnblendedCost`, of rows that have one.
    pub net_unblended: Usd,
    /// How many rows have one.
    pub net_rows: u64,
    /// `lineItem/NormalizedUsageAmount`.
    pub normalized_quantity: Quantity,
    /// `savingsPlan/SavingsPlanEffectiveCost`.
    pub sp_effective_cost: Usd,
    /// `reservation/EffectiveCost`.
    pub ri_effective_cost: Usd,
    /// `savingsPlan/TotalCommitmentToDate`, on recurring fees of Savings Plans.
    pub total_commitment: Usd,
    /// `savingsPlan/UsedCommitment`, on recurring fees of Savings Plans.
    pub used_commitment: Usd,
    /// `reservation/AmortizedUpfrontFeeForBillingPeriod` on RI fees,
    /// `savingsPlan/AmortizedUpfrontCommitmentForBillingPeriod` on recurring fees of Savings Plans.
    pub amortized_upfront: Usd,
    /// The earliest usage start.
    pub first_start: Instant,
    /// The latest usage end (the latest usage start where a row has no end).
    pub last_end: Instant,
}

impl Measures {
    /// Adds the rows of `other`. Exact, so the order does not matter.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.quantity += other.quantity;
        self.unblended += other.unblended;
        self.public_cost += other.public_cost;
        self.net_unblended += other.net_unblended;
        self.net_rows += other.net_rows;
        self.normalized_quantity += other.normalized_quantity;
        self.sp_effective_cost += other.sp_effective_cost;
        self.ri_effective_cost += other.ri_effective_cost;
        self.total_commitment += other.total_commitment;
        self.used_commitment += other.used_commitment;
        self.amortized_upfront += other.amortized_upfront;
        self.first_start = self.first_start.min(other.first_start);
        self.last_end = self.last_end.max(other.last_end);
    }
}

/// Rows with the same key, summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What the rows have in common.
    pub key: FactKey,
    /// Their sums.
    pub measures: Measures,
}

/// Whether an operation marks a split cost row: it repeats the cost of other rows by container.
pub fn is_split_cost(operation: &str) -> bool {
    matches!(operation, "EKSPod-EC2" | "ECSTask-EC2")
}
