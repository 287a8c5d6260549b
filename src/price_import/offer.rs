//! What an offer file says, whatever its format.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::Spot;
use crate::period::Instant;

/// What an offer says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    /// Such as `AmazonS3`; empty where the file does not say.
    pub(super) offer_code: String,
    /// Such as `20170424230114`; empty where the file does not say.
    pub(super) version: String,
    /// When it was published, as text.
    pub(super) publication_date: String,
    /// The regions of its products, as far as they matter: none, one or several.
    pub(super) regions: BTreeSet<String>,
}

impl Head {
    /// Notes a region of a product.
    pub(super) fn note_region(&mut self, region: &str) {
        let is_known = region.is_empty() || self.regions.contains(region);
        if !is_known && self.regions.len() < 2 {
            self.regions.insert(region.to_owned());
        }
    }

    /// The region, where all products that name one name the same.
    pub(super) fn region(&self) -> Option<&str> {
        self.regions.first().filter(|_| self.regions.len() == 1).map(String::as_str)
    }
}

/// One price dimension of an on-demand term. Amounts in units of 10^-18.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PriceLine {
    pub(super) sku: Box<str>,
    pub(super) effective_from: Instant,
    pub(super) begin: i128,
    /// Absent for `Inf`.
    pub(super) end: Option<i128>,
    pub(super) price: i128,
    pub(super) unit: Arc<str>,
    /// SKUs that share a free allowance.
    pub(super) applies_to: Vec<Box<str>>,
    pub(super) rate_code: Box<str>,
    pub(super) spot: Spot,
}

impl PriceLine {
    /// Whether the line can be an allowance: from 0 to a bound, for nothing.
    pub(super) fn is_allowance(&self) -> bool {
        self.begin == 0 && self.end.is_some() && self.price == 0
    }
}

/// One rate of a Savings Plan. The rate in units of 10^-18.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RateLine {
    pub(super) plan: Arc<Plan>,
    pub(super) sku: Box<str>,
    pub(super) effective_from: Instant,
    pub(super) rate: i128,
    pub(super) unit: Arc<str>,
    pub(super) rate_code: Box<str>,
}

/// A product of a Savings Plan offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Plan {
    pub(super) offering: String,
    pub(super) payment_option: String,
    pub(super) term: String,
    pub(super) instance_family: String,
    pub(super) region: String,
}

/// What was read, ready to be written.
pub(super) enum Rows {
    Prices(Vec<PriceLine>),
    Rates(Vec<RateLine>),
}

/// What was seen and is not in the rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    /// Rows or terms left out, by the reason.
    pub(super) left_out: BTreeMap<&'static str, u64>,
    /// What should be known.
    pub(super) warnings: Vec<String>,
}

impl Notes {
    pub(super) fn leave_out(&mut self, why: &'static str) {
        *self.left_out.entry(why).or_default() += 1;
    }
}

/// Texts of which there are few: kept once.
#[derive(Default)]
pub(super) struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    pub(super) fn of(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = Arc::from(text);
        self.0.insert(Arc::clone(&text));
        text
    }
}
