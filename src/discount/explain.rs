//! Which rule each kind of usage of an account fell under, and why none.

use std::collections::BTreeMap;

use super::DiscountedCharges;
use super::apply::{plan_in, plan_of_passed};
use super::rule::{PlanInMonth, RuleId, for_passed, for_usage};
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
        let (rule, why_none) = match charge {
            None => (Rule::default(), format!("not charged: {}", list.classes[place].name())),
            Some(_) => reason(facts, reference, account, fact, passed.get(&place).copied()),
        };
        let key = ExplainedUsage {
            section: charge.map(|charge| charge.section),
            product_code: facts.text(fact.key.product_code).to_owned(),
            usage_type: facts.text(fact.key.usage_type).to_owned(),
            line_type: facts.text(fact.key.line_type_text).to_owned(),
            rule: rule.name,
            rule_months: rule.months,
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

/// A rule by its name, and the months of a dated category.
#[derive(Default)]
struct Rule {
    name: String,
    months: String,
}

/// The rule that a charged fact fell under, else why there is none.
fn reason(
    facts: &Facts,
    reference: &ReferenceData,
    account: Sym,
    fact: &Fact,
    passed: Option<&Passed>,
) -> (Rule, String) {
    let none = |why: &str| (Rule::default(), why.to_owned());
    let plan_of_month = || plan_in(facts, reference, account, facts.period);
    let plan = passed.map_or_else(plan_of_month, |passed| plan_of_passed(facts, reference, passed, fact));
    let Some(plan) = plan else { return none("the account has no plan") };
    let rule = match passed {
        None => for_usage(plan, facts, fact),
        Some(passed) => match for_passed(plan, facts, fact, passed.kind) {
            Ok(rule) => rule,
            Err(review) => return none(review.0),
        },
    };
    let category = match rule {
        RuleId::Total => return (Rule { name: String::from("total"), months: String::new() }, String::new()),
        RuleId::Category(place) => plan.plan.category(place),
        RuleId::Undiscounted => None,
    };
    let Some(category) = category else {
        return none(why_undiscounted(plan, facts, fact, passed.map(|passed| passed.kind)));
    };
    (Rule { name: category.name.clone(), months: category.months() }, String::new())
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
