//! Rows of a Cost and Usage Report, and the files they go into.

use std::fs::File;
use std::path::Path;

use super::decimal::{ONE, text, times};

/// How many hours 2025-05 has.
pub const HOURS: i64 = 744;

/// An hour of 2025-05, also the end of its last one.
pub fn hour_text(hour: i64) -> String {
    match hour {
        HOURS.. => String::from("2025-06-01T00:00:00Z"),
        _ => format!("2025-05-{:02}T{:02}:00:00Z", hour / 24 + 1, hour % 24),
    }
}

/// One row; what is empty is blank in the file.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub payer: &'static str,
    pub account: &'static str,
    pub line_type: &'static str,
    /// The class that the billing rules put it in.
    pub class: &'static str,
    pub bill_type: &'static str,
    pub start: String,
    pub end: String,
    /// The hour in which it was used.
    pub hour: i64,
    pub product: &'static str,
    pub usage_type: String,
    pub operation: &'static str,
    pub zone: &'static str,
    pub resource: String,
    pub quantity: i128,
    pub cost: i128,
    /// The charge before AWS rounds the row.
    pub exact: i128,
    pub description: String,
    pub sku: &'static str,
    pub rate_code: String,
    pub public_cost: Option<i128>,
    pub term: &'static str,
    pub unit: &'static str,
    pub factor: Option<i128>,
    pub reservation: String,
    pub reservation_zone: &'static str,
    pub reservation_start: String,
    /// The number of reservations of a fee row.
    pub count: Option<i128>,
    pub plan: String,
    pub offering: &'static str,
    pub payment: &'static str,
    pub plan_start: String,
    pub rate: Option<i128>,
    /// Of a reservation or a Savings Plan, as the row refers to one.
    pub effective_cost: Option<i128>,
    pub commitment: Option<i128>,
    pub used_commitment: Option<i128>,
}

impl Row {
    fn cells(&self, id: usize) -> Vec<(&'static str, String)> {
        let known = |value: Option<i128>| value.map(text).unwrap_or_default();
        let when = |is_so: bool, text: &str| if is_so { text.to_owned() } else { String::new() };
        let (has_reservation, has_plan) = (!self.reservation.is_empty(), !self.plan.is_empty());
        let is_flexible = has_reservation && self.count.is_some() && self.factor.is_some();
        let units = |hours: i128| times(hours, self.factor.unwrap_or(ONE));
        vec![
            ("identity/LineItemId", format!("line{id}")),
            ("identity/TimeInterval", format!("{}/{}", self.start, self.end)),
            ("bill/InvoiceId", format!("INV{}", self.payer)),
            ("bill/InvoicingEntity", String::from("Amazon Web Services Japan G.K.")),
            ("bill/BillingEntity", String::from("AWS")),
            ("bill/BillType", self.bill_type.to_owned()),
            ("bill/PayerAccountId", self.payer.to_owned()),
            ("bill/BillingPeriodStartDate", String::from("2025-05-01T00:00:00Z")),
            ("bill/BillingPeriodEndDate", String::from("2025-06-01T00:00:00Z")),
            ("lineItem/UsageAccountId", self.account.to_owned()),
            ("lineItem/LineItemType", self.line_type.to_owned()),
            ("lineItem/UsageStartDate", self.start.clone()),
            ("lineItem/UsageEndDate", self.end.clone()),
            ("lineItem/ProductCode", self.product.to_owned()),
            ("lineItem/UsageType", self.usage_type.clone()),
            ("lineItem/Operation", self.operation.to_owned()),
            ("lineItem/AvailabilityZone", self.zone.to_owned()),
            ("lineItem/ResourceId", self.resource.clone()),
            ("lineItem/UsageAmount", text(self.quantity)),
            ("lineItem/NormalizationFactor", known(self.factor)),
            ("lineItem/NormalizedUsageAmount", known(self.factor.map(|factor| times(self.quantity, factor)))),
            ("lineItem/CurrencyCode", String::from("USD")),
            ("lineItem/UnblendedCost", text(self.cost)),
            ("lineItem/LineItemDescription", self.description.clone()),
            ("product/region", String::from("ap-northeast-1")),
            ("product/sku", self.sku.to_owned()),
            ("product/tenancy", when(self.factor.is_some(), "Shared")),
            ("pricing/RateCode", self.rate_code.clone()),
            ("pricing/publicOnDemandCost", known(self.public_cost)),
            ("pricing/term", self.term.to_owned()),
            ("pricing/unit", self.unit.to_owned()),
            ("reservation/ReservationARN", self.reservation.clone()),
            ("reservation/SubscriptionId", when(has_reservation, "2363349907")),
            ("reservation/AvailabilityZone", self.reservation_zone.to_owned()),
            ("reservation/EffectiveCost", known(self.effective_cost.filter(|_| has_reservation))),
            ("reservation/NumberOfReservations", self.count.map(|count| (count / ONE).to_string()).unwrap_or_default()),
            ("reservation/UnitsPerReservation", known(self.count.map(|count| self.quantity / (count / ONE)))),
            ("reservation/TotalReservedUnits", known(self.count.map(|_| self.quantity))),
            ("reservation/TotalReservedNormalizedUnits", known(is_flexible.then(|| units(self.quantity)))),
            ("reservation/StartTime", self.reservation_start.clone()),
            ("reservation/EndTime", when(!self.reservation_start.is_empty(), "2025-12-20T00:00:00.000Z")),
            ("savingsPlan/SavingsPlanARN", self.plan.clone()),
            ("savingsPlan/OfferingType", self.offering.to_owned()),
            ("savingsPlan/PaymentOption", self.payment.to_owned()),
            ("savingsPlan/PurchaseTerm", when(has_plan, "1yr")),
            ("savingsPlan/StartTime", self.plan_start.clone()),
            ("savingsPlan/EndTime", when(has_plan, "2026-03-02T00:00:00.000Z")),
            ("savingsPlan/SavingsPlanRate", known(self.rate)),
            ("savingsPlan/SavingsPlanEffectiveCost", known(self.effective_cost.filter(|_| has_plan))),
            ("savingsPlan/TotalCommitmentToDate", known(self.commitment)),
            ("savingsPlan/UsedCommitment", known(self.used_commitment)),
        ]
    }
}

/// Writes rows as a gzip CSV.
pub fn write_report(path: &Path, rows: &[Row]) {
    let file = File::create(path).expect("a file can be made");
    let packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    let mut table = csv::Writer::from_writer(packed);
    let header = Row::default().cells(0).into_iter().map(|(name, _)| name);
    table.write_record(header).expect("the header can be written");
    for (id, row) in rows.iter().enumerate() {
        table.write_record(row.cells(id).into_iter().map(|(_, cell)| cell)).expect("a row can be written");
    }
    table.into_inner().expect("the table is whole").finish().expect("the file is whole");
}
