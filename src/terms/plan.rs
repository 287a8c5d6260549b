use regex::Regex;

use crate::money::{Percent, UnitPrice};
use crate::period::BillingPeriod;

/// Who may share commitments, tiers and free tier with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody: a sister account is a stranger.
    Account,
    /// All accounts of the customer's organization.
    Organization,
}

/// How free usage is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeTierPolicy {
    /// Each group gets its own whole always-free allowance.
    AlwaysFreePerGroup,
    /// No allowance.
    None,
    /// Free is the quantity that AWS billed at cost 0.
    AsBilled,
}

/// Somebody vouches for an assumed number: `confirmed = { by, on, what }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Who.
    pub by: String,
    /// When, `YYYY-MM-DD`.
    pub on: String,
    /// What exactly.
    pub what: String,
}

/// Whether the text of a source says that nobody knows.
pub fn is_assumed(source: &str) -> bool {
    source.trim().eq_ignore_ascii_case("assumed")
}

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// As stated; `assumed` where nobody knows.
    pub text: String,
    /// Lifts the hold of an assumed number.
    pub confirmed: Option<Confirmation>,
}

impl Source {
    /// Whether the number is assumed (confirmed or not).
    pub fn is_assumed(&self) -> bool {
        is_assumed(&self.text)
    }

    /// Whether a project that uses the number must be held.
    pub fn holds(&self) -> bool {
        self.is_assumed() && self.confirmed.is_none()
    }
}

/// What a category does to the charges it claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CategoryRule {
    /// A percentage off the list charge.
    PercentOff(Percent),
    /// A price for each paid unit; never raises a charge above list.
    UnitPrice(UnitPrice),
}

/// One `[[discount.category]]`; the first of those in force that matches a row wins.
#[derive(Clone, Debug)]
pub struct Category {
    /// Key within the plan, among the categories of a month.
    pub name: String,
    /// What it does.
    pub rule: CategoryRule,
    /// Empty matches every product.
    pub product_codes: Vec<String>,
    /// Pattern searched in the usage type.
    pub usage_type: Regex,
    /// First billing month in which it counts; from the beginning where absent.
    pub valid_from: Option<BillingPeriod>,
    /// Last such month; open where absent.
    pub valid_to: Option<BillingPeriod>,
    /// Where the number comes from.
    pub source: Source,
}

impl Category {
    /// Whether the category counts in a month.
    pub fn holds_in(&self, period: BillingPeriod) -> bool {
        self.valid_from.is_none_or(|first| first <= period) && self.valid_to.is_none_or(|last| period <= last)
    }

    /// Whether there is a month in which both count.
    pub fn overlaps(&self, other: &Self) -> bool {
        let is_before = |last: Option<BillingPeriod>, first: Option<BillingPeriod>| {
            last.zip(first).is_some_and(|(last, first)| last < first)
        };
        !is_before(self.valid_to, other.valid_from) && !is_before(other.valid_to, self.valid_from)
    }

    /// Its months in words, such as `2025-04 to 2025-09`; empty where it always counts.
    pub fn months(&self) -> String {
        match (self.valid_from, self.valid_to) {
            (None, None) => String::new(),
            (Some(first), None) => format!("from {first}"),
            (None, Some(last)) => format!("to {last}"),
            (Some(first), Some(last)) => format!("{first} to {last}"),
        }
    }

    /// Its name, with its months where it has some: what tells it from others of its name.
    pub fn full_name(&self) -> String {
        let months = self.months();
        if months.is_empty() { self.name.clone() } else { format!("{} ({months})", self.name) }
    }

    /// Whether the category claims usage of this product and usage type.
    pub fn matches(&self, product_code: &str, usage_type: &str) -> bool {
        let product_fits = self.product_codes.is_empty() || self.product_codes.iter().any(|code| code == product_code);
        product_fits && self.usage_type.is_match(usage_type)
    }
}

/// How a plan discounts.
#[derive(Clone, Debug)]
pub enum Discount {
    /// A percentage of the listed services.
    Percent {
        /// How much off.
        percent: Percent,
        /// Product codes that are discounted.
        services: Vec<String>,
    },
    /// By category, in the order of the plan file.
    Category(Vec<Category>),
}

/// One file of `plans/`.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Key.
    pub id: String,
    /// As printed.
    pub name: String,
    /// First month in which an account may start on it.
    pub valid_from: BillingPeriod,
    /// Last such month; open where absent.
    pub valid_to: Option<BillingPeriod>,
    /// Who shares.
    pub sharing: Sharing,
    /// How free usage is granted.
    pub free_tier: FreeTierPolicy,
    /// Whether RI and SP fees are discounted.
    pub commitment_fees: bool,
    /// `bank_transfer`, `credit_card`, `voucher` or `invoice`.
    pub payment: String,
    /// Where the plan's numbers come from.
    pub source: Source,
    /// Documented assumptions that warn but never hold: what is assumed -> why.
    pub assumptions: Vec<(String, String)>,
    /// How it discounts.
    pub discount: Discount,
}

impl Plan {
    /// A category by its place in the plan file.
    pub fn category(&self, place: usize) -> Option<&Category> {
        match &self.discount {
            Discount::Category(categories) => categories.get(place),
            Discount::Percent { .. } => None,
        }
    }
}
