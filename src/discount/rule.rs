//! Which discount a fact gets.

use crate::alone::PassedKind;
use crate::money::{Percent, UnitPrice};
use crate::period::BillingPeriod;
use crate::terms::{Category, CategoryRule, Discount, Plan};
use crate::usage::{DescriptionClass, Fact, FactKey, Facts, Sym};

/// The order of rules: the categories of a plan file in their order, undiscounted last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RuleId {
    /// The percentage of a total-percent plan.
    Total,
    /// A category, by its place in the plan.
    Category(usize),
    /// No discount.
    Undiscounted,
}

/// What a rule takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Percent(Percent),
    UnitPrice(UnitPrice),
    Nothing,
}

/// A refund cannot tell which discount its original had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NeedsReview(pub &'static str);

pub(super) fn effect(plan: &Plan, rule: RuleId) -> Effect {
    match (&plan.discount, rule) {
        (Discount::Percent { percent, .. }, RuleId::Total) => Effect::Percent(*percent),
        (Discount::Category(categories), RuleId::Category(place)) => match categories[place].rule {
            CategoryRule::PercentOff(percent) => Effect::Percent(percent),
            CategoryRule::UnitPrice(price) => Effect::UnitPrice(price),
        },
        (_, RuleId::Undiscounted | RuleId::Total | RuleId::Category(_)) => Effect::Nothing,
    }
}

/// A plan as it is in a billing month: its categories may be dated.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlanInMonth<'a> {
    pub plan: &'a Plan,
    pub month: BillingPeriod,
}

/// All that decides on the rule of usage, of what a fact says.
#[derive(Clone, Copy, Debug)]
pub(super) struct UsageKind {
    usage_type: Sym,
    product_code: Sym,
    description_class: DescriptionClass,
}

impl UsageKind {
    pub(super) const fn of(fact: &Fact) -> Self {
        let FactKey { usage_type, product_code, description_class, .. } = fact.key;
        Self { usage_type, product_code, description_class }
    }
}

/// The rule for on-demand and un-covered usage.
pub(super) fn for_usage(plan: PlanInMonth<'_>, facts: &Facts, kind: UsageKind) -> RuleId {
    match kind.description_class {
        DescriptionClass::FlatRate | DescriptionClass::SavingsBundle if is_by_category(plan.plan) => {
            RuleId::Undiscounted
        }
        DescriptionClass::FlatRate
        | DescriptionClass::SavingsBundle
        | DescriptionClass::Free
        | DescriptionClass::Plain => by_product(plan, facts, kind),
    }
}

/// The rule for what is passed on at AWS's own figure.
pub(super) fn for_passed(
    plan: PlanInMonth<'_>,
    facts: &Facts,
    fact: &Fact,
    kind: PassedKind,
) -> Result<RuleId, NeedsReview> {
    match kind {
        PassedKind::OwnCoverage | PassedKind::Spot | PassedKind::OneOffFee if is_by_category(plan.plan) => {
            Ok(RuleId::Undiscounted)
        }
        PassedKind::OwnCoverage | PassedKind::Spot | PassedKind::OneOffFee => {
            Ok(by_product(plan, facts, UsageKind::of(fact)))
        }
        PassedKind::CommitmentFee | PassedKind::CommitmentRefund => Ok(for_commitment_fee(plan.plan)),
        PassedKind::BundledDiscount => {
            let rule = by_product(plan, facts, UsageKind::of(fact));
            // A replacement price has no quantity to replace on a discount row.
            Ok(if matches!(effect(plan.plan, rule), Effect::UnitPrice(_)) { RuleId::Undiscounted } else { rule })
        }
        PassedKind::Refund => for_refund(plan, facts, fact),
        PassedKind::DecidedRefund => Ok(for_refund(plan, facts, fact).unwrap_or(RuleId::Undiscounted)),
        PassedKind::Marketplace | PassedKind::Credit | PassedKind::Undecided => Ok(RuleId::Undiscounted),
    }
}

fn is_by_category(plan: &Plan) -> bool {
    matches!(plan.discount, Discount::Category(_))
}

fn by_product(PlanInMonth { plan, month }: PlanInMonth<'_>, facts: &Facts, kind: UsageKind) -> RuleId {
    let product_code = facts.text(kind.product_code);
    match &plan.discount {
        Discount::Percent { services, .. } if services.iter().any(|code| code == product_code) => RuleId::Total,
        Discount::Percent { .. } => RuleId::Undiscounted,
        Discount::Category(categories) => {
            let usage_type = facts.text(kind.usage_type);
            let claims = |category: &Category| category.holds_in(month) && category.matches(product_code, usage_type);
            categories.iter().position(claims).map_or(RuleId::Undiscounted, RuleId::Category)
        }
    }
}

/// A category plan never discounts commitment fees; the others the whole section or nothing of it.
fn for_commitment_fee(plan: &Plan) -> RuleId {
    if plan.commitment_fees && !is_by_category(plan) { RuleId::Total } else { RuleId::Undiscounted }
}

/// A refund carries the discount that its original line carried.
fn for_refund(plan: PlanInMonth<'_>, facts: &Facts, fact: &Fact) -> Result<RuleId, NeedsReview> {
    if is_by_category(plan.plan) && fact.key.usage_type.is_empty() {
        return Err(NeedsReview("the refund names no usage type, so its category cannot be told"));
    }
    let rule = by_product(plan, facts, UsageKind::of(fact));
    if matches!(effect(plan.plan, rule), Effect::UnitPrice(_)) {
        return Err(NeedsReview("the refunded usage had a unit price, and the refund names no quantity"));
    }
    Ok(rule)
}
