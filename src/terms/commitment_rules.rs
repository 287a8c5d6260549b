use std::collections::BTreeMap;

use regex::Regex;

use super::SavingsPlanKind;
use crate::money::Quantity;
use crate::period::BillingPeriod;

/// How reservations of a product are matched with usage: one row of `reservation_rules.csv`.
#[derive(Clone, Debug)]
pub struct ReservationRule {
    /// `lineItem/ProductCode`.
    pub product_code: String,
    /// Of `lineItem/Operation`, which names platform, engine and licence.
    pub operation: Regex,
    /// Whether a regional reservation covers other sizes of its family.
    pub size_flexible: bool,
    /// Families that are not flexible although the others are.
    pub fixed_families: Vec<String>,
    /// By a part of the usage type: how many times the units of its size an instance counts.
    pub multiples: Vec<(String, Quantity)>,
    /// First billing month.
    pub valid_from: BillingPeriod,
}

/// To which usage a Savings Plan applies, where a rate is known for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavingsPlanScope {
    /// Its region and instance family.
    RegionAndFamily,
    /// Whatever has a rate.
    Any,
}

/// One row of `savings_plan_rules.csv`.
#[derive(Clone, Debug)]
pub struct SavingsPlanRule {
    /// `savingsPlan/OfferingType`.
    pub offering: String,
    /// Plans of a lower order are applied first.
    pub order: u8,
    /// To which usage.
    pub scope: SavingsPlanScope,
    /// Products that it is made for: where no rate is known for one of them, that is told.
    pub product_codes: Vec<String>,
}

/// AWS's rules of applying commitments, as data.
#[derive(Clone, Debug, Default)]
pub struct CommitmentRules {
    /// In order of the file; the first that fits decides.
    pub reservations: Vec<ReservationRule>,
    /// In order of the file.
    pub savings_plans: Vec<SavingsPlanRule>,
    /// Normalized units of a size (`large`) or of an instance type (`m5.metal`).
    pub size_factors: BTreeMap<String, Quantity>,
}

impl CommitmentRules {
    /// The rule of a product and operation in a month.
    pub fn reservation(&self, product_code: &str, operation: &str, month: BillingPeriod) -> Option<&ReservationRule> {
        self.reservations.iter().find(|rule| {
            rule.product_code == product_code && rule.valid_from <= month && rule.operation.is_match(operation)
        })
    }

    /// The rule of an offering, in whatever spelling.
    pub fn savings_plan(&self, offering: &str) -> Option<&SavingsPlanRule> {
        let stem = |offering: &str| SavingsPlanKind::new(offering, "", "").offering().to_owned();
        let wanted = stem(offering);
        self.savings_plans.iter().find(|rule| stem(&rule.offering) == wanted)
    }
}
