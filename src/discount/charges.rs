use std::collections::BTreeSet;

use crate::alone::{AccountHold, ListSource};
use crate::money::Usd;
use crate::terms::Section;
use crate::usage::Sym;

/// One fact that is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactCharge {
    /// Place in the facts.
    pub fact: usize,
    /// Who owes it.
    pub account: Sym,
    /// In which section.
    pub section: Section,
    /// List dollars.
    pub list: Usd,
    /// Where they come from.
    pub source: ListSource,
    /// Discount dollars: zero, or of the opposite sign.
    pub discount: Usd,
}

impl FactCharge {
    /// What is charged.
    pub fn net(&self) -> Usd {
        self.list + self.discount
    }
}

/// A number of a plan that a charge was made with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleUse {
    /// Whose charge.
    pub account_id: String,
    /// The plan.
    pub plan_id: String,
    /// The category, by its place in the plan; absent for the plan's percentage.
    pub category: Option<usize>,
}

/// A month, discounted.
#[derive(Clone, Debug, Default)]
pub struct DiscountedCharges {
    /// In order of the facts; no fact twice.
    pub charges: Vec<FactCharge>,
    /// Which numbers of the plans were used.
    pub rules_used: BTreeSet<RuleUse>,
    /// What must be held.
    pub holds: BTreeSet<AccountHold>,
}
