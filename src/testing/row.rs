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
        }
    }
}

impl Row {
    pub(super) fn texts(&self) -> [&'static str; 16] {
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
            region: Sym::EMPTY,
            sku: sym(self.sku),
            rate_code: sym(self.rate_code),
            pricing_term: Sym::EMPTY,
            unit: Sym::EMPTY,
            commitment_arn: sym(self.arn),
            subscription_id: sym(self.subscription),
            price_instant,
            interval_start: line_type.keeps_hour().then_some(start),
            availability_zone: Sym::EMPTY,
            sp_offering: Sym::EMPTY,
            sp_payment_option: Sym::EMPTY,
            sp_term: Sym::EMPTY,
            sp_rate: Sym::EMPTY,
            normalization_factor: Sym::EMPTY,
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
            normalized_quantity: Quantity::ZERO,
            sp_effective_cost: Usd::ZERO,
            ri_effective_cost: Usd::ZERO,
            first_start: start,
            last_end: start,
        };
        Fact { key, measures }
    }
}
