//! Which rule each kind of usage of an account fell under, and why none.

use std::collections::BTreeMap;

use super::DiscountedCharges;
use super::apply::{plan_in, plan_of_passed};
use super::rule::{Effect, PlanInMonth, RuleId, UsageKind, effect, for_passed, for_usage};
use crate::alone::{ListCharges, Passed, PassedKind};
use crate::money::Usd;
use crate::terms::{Discount, ReferenceData, Section};
use crate::usage::{DescriptionClass, Fact, Facts, Sym};

/// One product code, usage type and line type of an account under one rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExplainedUsage {
    /// Part of the account's charges; absent where nothing is charged.
    pub section: Option<Section>,
    /// `lineItem/ProductCode`.
    pub product_code: String,
    /// `lineItem/UsageType`.
    pub usage_type: String,
    /// `lineItem/LineItemType`.
    pub line_type: String,
    /// `total`, or the name of a category; empty where there is no discount.
    pub rule: String,
    /// The months of a dated category, such as `from 2025-05`; empty where the rule has none.
    pub rule_months: String,
    /// Why there is none; empty where there is one.
    pub why_none: String,
    /// List dollars.
    pub list: Usd,
    /// Discount dollars.
    pub discount: Usd,
    /// Rows of the reports.
    pub rows: u64,
}

impl ExplainedUsage {
    /// What is charged.
    pub fn net(&self) -> Usd {
        self.list + self.discount
    }
}

/// Every usage type of an account, sorted; the sums are those of its charges.
pub fn explain(
    facts: &Facts,
    reference: &ReferenceData,
    list: &ListCharges,
    discounted: &DiscountedCharges,
    account_id: &str,
) -> Vec<ExplainedUsage> {
    let Some(account) = facts.symbols.find(account_id) else { return Vec::new() };
    let passed: BTreeMap<usize, &Passed> = list.passed.iter().map(|passed| (passed.fact, passed)).collect();
    let charges: BTreeMap<usize, _> = discounted.charges.iter().map(|charge| (charge.fact, charge)).collect();
    let mut rows: BTreeMap<ExplainedUsage, (Usd, Usd, u64)> = BTreeMap::new();
    for (place, fact) in facts.facts.iter().enumerate().filter(|(_, fact)| fact.key.account == account) {
        let charge = charges.get(&place);
        let Ruling { rule, months, why_none, .. } = match charge {
            None => Ruling { why_none: format!("not charged: {}", list.classes[place].name()), ..Ruling::default() },
            Some(_) => ruling(facts, reference, account, fact, passed.get(&place).copied()),
        };
        let key = ExplainedUsage {
            section: charge.map(|charge| charge.section),
            product_code: facts.text(fact.key.product_code).to_owned(),
            usage_type: facts.text(fact.key.usage_type).to_owned(),
            line_type: facts.text(fact.key.line_type_text).to_owned(),
            rule,
            rule_months: months,
            why_none,
            list: Usd::ZERO,
            discount: Usd::ZERO,
            rows: 0,
        };
        let sums = rows.entry(key).or_default();
        sums.0 += charge.map(|charge| charge.list).unwrap_or_default();
        sums.1 += charge.map(|charge| charge.discount).unwrap_or_default();
        sums.2 += fact.measures.rows;
    }
    rows.into_iter().map(|(key, (list, discount, rows))| ExplainedUsage { list, discount, rows, ..key }).collect()
}

/// The rule of a plan that a charge fell under.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ruling {
    /// The plan; of an earlier month where a refund carries that; empty where there is none.
    pub plan_id: String,
    /// `total`, or the name of a category; empty where there is no discount.
    pub rule: String,
    /// The months of a dated category; empty where it has none.
    pub months: String,
    /// What the rule takes off, such as `7 % off`; empty where there is no discount.
    pub effect: String,
    /// Why there is none; empty where there is one.
    pub why_none: String,
}

/// Which rule a charge of an account fell under; `passed` where it is passed on at AWS's own figure.
pub fn ruling(facts: &Facts, reference: &ReferenceData, account: Sym, fact: &Fact, passed: Option<&Passed>) -> Ruling {
    let none = |plan_id: &str, why: &str| Ruling {
        plan_id: plan_id.to_owned(),
        why_none: why.to_owned(),
        ..Ruling::default()
    };
    let plan_of_month = || plan_in(facts, reference, account, facts.period);
    let plan = passed.map_or_else(plan_of_month, |passed| plan_of_passed(facts, reference, passed, fact));
    let Some(plan) = plan else { return none("", "the account has no plan") };
    let found = passed.map_or_else(
        || Ok(for_usage(plan, facts, UsageKind::of(fact))),
        |passed| for_passed(plan, facts, fact, passed.kind),
    );
    let rule = match found {
        Ok(rule) => rule,
        Err(review) => return none(&plan.plan.id, review.0),
    };
    let (name, months) = match rule {
        RuleId::Total => ("total".to_owned(), String::new()),
        RuleId::Category(_) | RuleId::Undiscounted => {
            let category = match rule {
                RuleId::Category(place) => plan.plan.category(place),
                RuleId::Total | RuleId::Undiscounted => None,
            };
            let Some(category) = category else {
                return none(&plan.plan.id, why_undiscounted(plan, facts, fact, passed.map(|passed| passed.kind)));
            };
            (category.name.clone(), category.months())
        }
    };
    let effect = match effect(plan.plan, rule) {
        Effect::Percent(percent) => format!("{percent} % off"),
        Effect::UnitPrice(price) => format!("{price} USD for each paid unit, never above list"),
        Effect::Nothing => String::new(),
    };
    Ruling { plan_id: plan.plan.id.clone(), rule: name, months, effect, why_none: String::new() }
}

/// Whether a category would claim a fact in another month.
fn is_claimed_in_another_month(PlanInMonth { plan, month }: PlanInMonth<'_>, facts: &Facts, fact: &Fact) -> bool {
    let Discount::Category(categories) = &plan.discount else { return false };
    let (product_code, usage_type) = (facts.text(fact.key.product_code), facts.text(fact.key.usage_type));
    categories.iter().any(|category| !category.holds_in(month) && category.matches(product_code, usage_type))
}

fn why_undiscounted(plan: PlanInMonth<'_>, facts: &Facts, fact: &Fact, kind: Option<PassedKind>) -> &'static str {
    let is_by_category = matches!(plan.plan.discount, Discount::Category(_));
    match kind {
        Some(PassedKind::Marketplace) => "AWS Marketplace is never discounted",
        Some(PassedKind::Credit) => "a credit is never discounted",
        Some(PassedKind::Undecided) => "held: passed on as billed",
        Some(PassedKind::CommitmentFee | PassedKind::CommitmentRefund) => "the plan discounts no fees of commitments",
        Some(PassedKind::OwnCoverage) if is_by_category => "covered by an own commitment: not on demand",
        Some(PassedKind::Spot) if is_by_category => "Spot: not on demand",
        Some(PassedKind::OneOffFee) if is_by_category => "a one-off fee",
        None if is_by_category && fact.key.description_class == DescriptionClass::FlatRate => {
            "traffic of a CloudFront flat-rate plan"
        }
        None if is_by_category && fact.key.description_class == DescriptionClass::SavingsBundle => {
            "traffic of a CloudFront Security Savings Bundle"
        }
        Some(PassedKind::BundledDiscount) if is_by_category => "a bundled discount outside the percentages",
        _ if is_claimed_in_another_month(plan, facts, fact) => "the category that claims it is not in force",
        _ if is_by_category => "no category claims it",
        _ => "the product is not on the plan's list",
    }
}
