//! One charged fact with its reasons.

use std::collections::BTreeMap;

use super::ExplainedCharge;
use crate::alone::{Passed, PriceReasons, RowClass};
use crate::discount::{FactCharge, ruling};
use crate::pipeline::Bill;
use crate::terms::{PriceList, ReferenceData};
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
            prices: prices_of(self.prices.rows(place), &self.reference.price_list),
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

/// What the price-list rows that a charge cites say; a row is cited by SKU, effective date and begin of its range.
fn prices_of(cited: &str, list: &PriceList) -> Vec<String> {
    let of_row = |row: &str| {
        let mut parts = row.split(' ');
        let (Some(sku), Some(from), Some(begin)) = (parts.next(), parts.next(), parts.next()) else {
            return row.to_owned();
        };
        let day = from.split('T').next().unwrap_or(from);
        let versions = list.versions.get(sku).into_iter().flatten();
        let mut ranges = versions
            .filter(|version| version.effective_from.to_string() == from)
            .flat_map(|version| &version.ladder.ranges)
            .filter(|range| range.begin.to_string() == begin);
        if let Some(range) = ranges.next() {
            return format!("{sku} from {day} above {begin}: {} USD", range.price);
        }
        let offers = list.free_offers.get(sku).into_iter().flatten();
        let mut offers = offers.filter(|offer| offer.effective_from.to_string() == from);
        offers.next().map_or_else(|| row.to_owned(), |offer| format!("{sku} from {day}: {} free", offer.allowance))
    };
    cited.split("; ").filter(|row| !row.is_empty()).map(of_row).collect()
}
