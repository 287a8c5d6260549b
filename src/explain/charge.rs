//! One charged fact with its reasons.

use std::collections::BTreeMap;

use super::ExplainedCharge;
use crate::alone::{Passed, PriceReasons, RowClass};
use crate::discount::{FactCharge, ruling};
use crate::pipeline::Bill;
use crate::terms::ReferenceData;
use crate::usage::{Fact, Facts};

/// The reasons of a month.
pub(super) struct Reasons<'a> {
    facts: &'a Facts,
    reference: &'a ReferenceData,
    bill: &'a Bill,
    prices: PriceReasons<'a>,
    passed: BTreeMap<usize, &'a Passed>,
}

impl<'a> Reasons<'a> {
    pub(super) fn of(facts: &'a Facts, reference: &'a ReferenceData, bill: &'a Bill) -> Self {
        let passed = bill.list.passed.iter().map(|passed| (passed.fact, passed)).collect();
        Self { facts, reference, bill, prices: PriceReasons::of(facts, &bill.list), passed }
    }

    pub(super) fn explain(&self, charge: &FactCharge) -> ExplainedCharge {
        let (facts, place) = (self.facts, charge.fact);
        let fact = &facts.facts[place];
        let (key, text) = (&fact.key, |symbol| facts.text(symbol).to_owned());
        let given = self.prices.given_back(place).iter();
        ExplainedCharge {
            fact: place,
            line_type: text(key.line_type_text),
            class: self.bill.list.classes[place],
            usage_type: text(key.usage_type),
            operation: text(key.operation),
            sku: text(key.sku),
            description: text(key.description),
            hour: key.interval_start,
            rows: fact.measures.rows,
            quantity: fact.measures.quantity,
            unit: text(key.unit),
            price_rule: self.prices.rule(place),
            price_rows: self.prices.rows(place).to_owned(),
            price_sources: self.prices.sources(place).to_owned(),
            list: charge.list,
            ruling: ruling(facts, self.reference, charge.account, fact, self.passed.get(&place).copied()),
            discount: charge.discount,
            aws_unblended: fact.measures.unblended,
            why_not_aws: self.why_not_aws(charge, fact),
            given_back: given.map(|given| (text(given.arn), given.quantity)).collect(),
        }
    }

    /// What stands between AWS's unblended cost and the list dollars.
    fn why_not_aws(&self, charge: &FactCharge, fact: &Fact) -> String {
        let class = self.bill.list.classes[charge.fact];
        let is_passed = self.passed.contains_key(&charge.fact);
        let foreign = |what: &str| {
            let arn = self.facts.text(fact.key.commitment_arn);
            format!("covered by a stranger's {what} ({arn}): that is taken away, it is on demand")
        };
        if class == RowClass::RiCovered && !is_passed {
            foreign("reservation")
        } else if class == RowClass::SpCovered && !is_passed {
            foreign("Savings Plan")
        } else if charge.list == fact.measures.unblended {
            String::new()
        } else if self.prices.rule(charge.fact) == "tiers" {
            String::from("tiers and free usage are those of the group, not of AWS's whole organization")
        } else {
            String::from("AWS charged another rate than the list price")
        }
    }
}
