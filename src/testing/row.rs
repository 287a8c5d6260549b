use super::{A, PAYER, instant, may, usd};
use crate::money::{Quantity, Usd};
use crate::period::BillingPeriod;
use crate::terms::PriceList;
use crate::usage::*;

/// One row of a report; what is not named is as in [`Row::default`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub payer: &'static str,
    pub account: &'static str,
    pub line_type: &'static str,
    pub product: &'static str,
    pub usage_type: &'static str,
    pub operation: &'static str,
    pub sku: &'static str,
    pub rate_code: &'static str,
    pub quantity: &'static str,
    pub cost: &'static str,
    /// Empty where the report has none.
    pub public_cost: &'static str,
    pub arn: &'static str,
    pub subscription: &'static str,
    pub start: &'static str,
    pub invoice_id: &'static str,
    pub billing_entity: &'static str,
    pub tax_type: &'static str,
    pub description: &'static str,
    pub description_class: DescriptionClass,
    pub zone: &'static str,
    pub region: &'static str,
    pub factor: &'static str,
    pub normalized: &'static str,
    pub tenancy: &'static str,
    /// `reservation/NumberOfReservations` of a fee.
    pub units: &'static str,
    /// Start and end of the commitment, on its fee.
    pub alive: [&'static str; 2],
    /// Offering, payment option and term of a Savings Plan.
    pub offering: [&'static str; 3],
    pub sp_rate: &'static str,
    pub sp_effective: &'static str,
    /// Region and family of a Savings Plan's fee.
    pub sp_scope: [&'static str; 2],
    pub commitment: &'static str,
    /// End of the usage; its start where empty.
    pub end: &'static str,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            payer: PAYER,
            account: A,
            line_type: "Usage",
            product: "AmazonEC2",
            usage_type: "BoxUsage:m5.large",
            operation: "RunInstances",
            sku: "M5",
            rate_code: "",
            quantity: "1",
            cost: "0",
            public_cost: "",
            arn: "",
            subscription: "",
            start: "2025-05-10T05:00:00Z",
            invoice_id: "INV-1",
            billing_entity: "AWS",
            tax_type: "",
            description: "",
            description_class: DescriptionClass::Plain,
            zone: "",
            region: "",
            factor: "",
            normalized: "0",
            tenancy: "",
            units: "",
            alive: ["", ""],
            offering: ["", "", ""],
            sp_rate: "",
            sp_effective: "0",
            sp_scope: ["", ""],
            commitment: "0",
            end: "",
        }
    }
}

impl Row {
    pub(super) fn texts(&self) -> [&'static str; 29] {
        [
            self.payer,
            self.account,
            self.line_type,
            self.product,
            self.usage_type,
            self.operation,
            self.sku,
            self.rate_code,
            self.arn,
            self.subscription,
            self.invoice_id,
            self.billing_entity,
            self.tax_type,
            self.description,
            "Anniversary",
            "USD",
            self.zone,
            self.region,
            self.factor,
            self.tenancy,
            self.units,
            self.alive[0],
            self.alive[1],
            self.offering[0],
            self.offering[1],
            self.offering[2],
            self.sp_rate,
            self.sp_scope[0],
            self.sp_scope[1],
        ]
    }

    pub(super) fn fact(&self, symbols: &SymbolTable, prices: &PriceList) -> Fact {
        let sym = |text: &str| symbols.find(text).unwrap();
        let (line_type, start) = (LineType::parse(self.line_type), instant(self.start));
        let (quantity, cost) = (Quantity::parse(self.quantity).unwrap(), usd(self.cost));
        let (from, to) = (may().start(), may().end());
        let price_instant = if !line_type.is_priced_by_sku() {
            from
        } else if start < from || start >= to {
            start
        } else {
            let changes = prices.changes_within(self.sku, from, to);
            changes.into_iter().rev().find(|change| *change <= start).unwrap_or(from)
        };
        let keeps_text = !line_type.keeps_description_class_only();
        let key = FactKey {
            payer: sym(self.payer),
            account: sym(self.account),
            bill_type: sym("Anniversary"),
            invoice_id: sym(self.invoice_id),
            billing_entity: sym(self.billing_entity),
            invoicing_entity: Sym::EMPTY,
            legal_entity: Sym::EMPTY,
            currency: sym("USD"),
            line_type_text: sym(self.line_type),
            line_type,
            tax_type: sym(self.tax_type),
            product_code: sym(self.product),
            service_code: Sym::EMPTY,
            usage_type: sym(self.usage_type),
            operation: sym(self.operation),
            region: sym(self.region),
            sku: sym(self.sku),
            rate_code: sym(self.rate_code),
            pricing_term: Sym::EMPTY,
            unit: Sym::EMPTY,
            commitment_arn: sym(self.arn),
            subscription_id: sym(self.subscription),
            price_instant,
            interval_start: line_type.keeps_hour().then_some(start),
            availability_zone: sym(self.zone),
            sp_offering: sym(self.offering[0]),
            sp_payment_option: sym(self.offering[1]),
            sp_term: sym(self.offering[2]),
            sp_rate: sym(self.sp_rate),
            normalization_factor: sym(self.factor),
            instance_type: Sym::EMPTY,
            operating_system: Sym::EMPTY,
            tenancy: sym(self.tenancy),
            database_engine: Sym::EMPTY,
            deployment_option: Sym::EMPTY,
            license_model: Sym::EMPTY,
            commitment_units: sym(self.units),
            commitment_start: sym(self.alive[0]),
            commitment_end: sym(self.alive[1]),
            sp_region: sym(self.sp_scope[0]),
            sp_family: sym(self.sp_scope[1]),
            usage_month: BillingPeriod::of(start),
            is_cost_zero: cost.is_zero(),
            has_public_cost: !self.public_cost.is_empty(),
            product_name: Sym::EMPTY,
            description: if keeps_text { sym(self.description) } else { Sym::EMPTY },
            description_class: self.description_class,
            dimensions: Sym::EMPTY,
        };
        let public_cost = if self.public_cost.is_empty() { Usd::ZERO } else { usd(self.public_cost) };
        let measures = Measures {
            rows: 1,
            quantity,
            unblended: cost,
            public_cost,
            net_unblended: Usd::ZERO,
            net_rows: 0,
            normalized_quantity: Quantity::parse(self.normalized).unwrap(),
            sp_effective_cost: usd(self.sp_effective),
            ri_effective_cost: Usd::ZERO,
            total_commitment: usd(self.commitment),
            used_commitment: Usd::ZERO,
            amortized_upfront: Usd::ZERO,
            first_start: start,
            last_end: if self.end.is_empty() { start } else { instant(self.end) },
        };
        Fact { key, measures }
    }
}
