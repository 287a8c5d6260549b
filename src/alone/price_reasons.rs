use super::{GivenBack, ListCharges, PriceRows};
use crate::usage::Facts;

/// Why each charged fact costs what it costs at list, by its place in the facts.
pub struct PriceReasons<'a> {
    rules: Vec<(&'static str, Option<&'a PriceRows>)>,
    /// In order of the facts.
    given_back: &'a [GivenBack],
}

impl<'a> PriceReasons<'a> {
    /// The reasons of a month.
    pub fn of(facts: &Facts, list: &'a ListCharges) -> Self {
        let mut rules = vec![("", None); facts.facts.len()];
        for part in list.sku_charges.iter().flat_map(|charge| &charge.parts) {
            let rule = match &part.price_rows {
                Some(rows) if rows.is_tiered => "tiers",
                Some(_) => "single_price",
                None => part.source.name(),
            };
            for (fact, _) in &part.facts {
                rules[*fact] = (rule, part.price_rows.as_deref());
            }
        }
        for passed in &list.passed {
            rules[passed.fact] = (passed.kind.name(), None);
        }
        Self { rules, given_back: &list.given_back }
    }

    /// `single_price`, `tiers`, else where the figure comes from or why it is passed on; empty for what is not charged.
    pub fn rule(&self, fact: usize) -> &'static str {
        self.rules[fact].0
    }

    /// The rows of the price list: see [`PriceRows`].
    pub fn rows(&self, fact: usize) -> &'a str {
        self.rules[fact].1.map_or("", |rows| &rows.rows)
    }

    /// Where these rows come from.
    pub fn sources(&self, fact: usize) -> &'a str {
        self.rules[fact].1.map_or("", |rows| &rows.sources)
    }

    /// What own commitments cover of it after all.
    pub fn given_back(&self, fact: usize) -> &'a [GivenBack] {
        let start = self.given_back.partition_point(|given| given.fact < fact);
        let end = self.given_back.partition_point(|given| given.fact <= fact);
        &self.given_back[start..end]
    }
}
