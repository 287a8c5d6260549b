//! The rates of a Savings Plan offer: products and terms find each other when both are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{Faults, Spot};
use super::json_text::{PlanText, RateText};
use super::offer::{Head, Notes, Plan, RateLine, Texts};
use super::values::read_date;
use crate::money::parse_grid;
use crate::period::Instant;

/// Faults kept until the file is read; more of them say nothing new.
const KEPT: usize = 50;

#[derive(Default)]
pub(super) struct PlanRates {
    products: BTreeMap<String, PlanText>,
    /// Product SKU and effective date of each term.
    terms: Vec<(String, String)>,
    rates: Vec<Rate>,
    units: Texts,
    /// Rate, what was found, what is accepted.
    faults: Vec<(String, String, &'static str)>,
    hidden: usize,
}

struct Rate {
    term: usize,
    sku: Box<str>,
    rate: i128,
    unit: Arc<str>,
    rate_code: Box<str>,
}

impl PlanRates {
    pub(super) fn add_product(&mut self, product: PlanText) {
        self.products.insert(product.sku.clone(), product);
    }

    pub(super) fn add_rate(&mut self, rate: &RateText) {
        let sku = rate.sku.trim();
        let currency = rate.rate.currency.as_deref().unwrap_or("USD");
        let mut fault = |found: String, accepted: &'static str| {
            if self.faults.len() < KEPT {
                self.faults.push((rate.rate_code.clone(), found, accepted));
            } else {
                self.hidden += 1;
            }
        };
        if sku.is_empty() {
            return fault(String::from("no discountedSku"), "the SKU of the usage");
        }
        if currency != "USD" {
            return fault(format!("the currency {currency:?}"), "USD");
        }
        match parse_grid(&rate.rate.price) {
            Ok(units) if units >= 0 => self.rates.push(Rate {
                term: self.terms.len(),
                sku: Box::from(sku),
                rate: units,
                unit: self.units.of(rate.unit.trim()),
                rate_code: Box::from(rate.rate_code.as_str()),
            }),
            _ => fault(format!("the price {:?}", rate.rate.price), "dollars for one unit, 0 or more"),
        }
    }

    /// The rates since the last term are those of this one.
    pub(super) fn end_term(&mut self, sku: String, effective_date: String) {
        self.terms.push((sku, effective_date));
    }

    /// The rates with their plans, sorted; the same one twice is there once.
    pub(super) fn into_lines(self, head: &Head, notes: &mut Notes, faults: &mut Faults) -> Vec<RateLine> {
        for (rate, found, accepted) in &self.faults {
            faults.push(Spot::default(), format!("rate {rate}"), found, accepted, "");
        }
        faults.hidden += self.hidden;
        let terms: Vec<Option<(Arc<Plan>, Instant)>> =
            self.terms.iter().map(|(sku, date)| self.plan_of(sku, date, head, faults)).collect();
        let line = |rate: Rate| {
            let (plan, effective_from) = terms.get(rate.term)?.as_ref()?;
            let (plan, effective_from) = (Arc::clone(plan), *effective_from);
            let Rate { sku, rate, unit, rate_code, .. } = rate;
            Some(RateLine { plan, sku, effective_from, rate, unit, rate_code })
        };
        let mut lines: Vec<RateLine> = self.rates.into_iter().filter_map(line).collect();
        lines.sort();
        let key = |line: &RateLine| (Arc::clone(&line.plan), line.sku.clone(), line.effective_from);
        let mut kept: Vec<RateLine> = Vec::with_capacity(lines.len());
        for line in lines {
            match kept.last() {
                Some(last) if key(last) == key(&line) => {
                    if (last.rate, &last.unit) == (line.rate, &line.unit) {
                        notes.leave_out("rates that say the same as another");
                        continue;
                    }
                    let found = format!("another rate for SKU {} than {}", line.sku, last.rate_code);
                    let accepted = "one rate for a kind of plan and SKU";
                    faults.push(Spot::default(), format!("rate {}", line.rate_code), found, accepted, "");
                }
                _ => kept.push(line),
            }
        }
        kept
    }

    fn plan_of(&self, sku: &str, date: &str, head: &Head, faults: &mut Faults) -> Option<(Arc<Plan>, Instant)> {
        let mut fault = |column: &str, found: String, accepted: &str| {
            faults.push(Spot::default(), format!("{column} of Savings Plan {sku}"), found, accepted, "");
        };
        let date = if date.is_empty() { &head.publication_date } else { date };
        let instant = read_date(date).filter(|(_, is_from_spreadsheet)| !is_from_spreadsheet);
        if instant.is_none() {
            fault(
                "effectiveDate",
                format!("{date:?}"),
                "a date here or in publicationDate, such as 2025-05-01T00:00:00Z",
            );
        }
        let Some(product) = self.products.get(sku) else {
            fault("product", String::from("none"), "a product for each Savings Plan with rates");
            return None;
        };
        let attributes = &product.attributes;
        let region = if attributes.region.is_empty() { &attributes.location } else { &attributes.region };
        let plan = Plan {
            offering: product.offering.trim().to_owned(),
            payment_option: attributes.payment_option.trim().to_owned(),
            term: attributes.term.trim().to_owned(),
            instance_family: attributes.instance_family.trim().to_owned(),
            region: if region == "Any" { String::new() } else { region.trim().to_owned() },
        };
        let named =
            [("productFamily", &plan.offering), ("purchaseOption", &plan.payment_option), ("purchaseTerm", &plan.term)];
        for (name, text) in named {
            if text.is_empty() {
                fault(name, String::from("nothing"), "what kind of plan it is");
            }
        }
        Some((Arc::new(plan), instant?.0))
    }
}
