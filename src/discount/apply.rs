//! The stage: rule by rule, one product, then shares for the facts.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::rule::{Effect, NeedsReview, PlanInMonth, RuleId, UsageKind, effect, for_passed, for_usage};
use super::{DiscountedCharges, FactCharge, RuleUse};
use crate::alone::{AccountHold, ListCharges, ListSource, Passed, PassedKind, SkuCharge};
use crate::money::{MoneyError, Quantity, Usd, split_by_weight};
use crate::period::BillingPeriod;
use crate::terms::{Plan, ReferenceData, Section};
use crate::usage::{Fact, Facts, Sym};

/// Discounts a month: every account by the plan of its contract.
pub fn apply_plans(
    facts: &Facts,
    reference: &ReferenceData,
    list: &ListCharges,
) -> Result<DiscountedCharges, MoneyError> {
    // No account knows of another: they are discounted side by side, and put together in their order.
    let mut by_account: BTreeMap<Sym, OfAccount<'_>> = BTreeMap::new();
    for charges in list.sku_charges.chunk_by(|one, other| one.account == other.account) {
        by_account.entry(charges[0].account).or_default().usage.push(charges);
    }
    for passed in &list.passed {
        by_account.entry(passed.account).or_default().passed.push(passed);
    }
    let by_account: Vec<(Sym, OfAccount<'_>)> = by_account.into_iter().collect();
    // Charges are in another order than the facts: what is asked of each is read in theirs and kept close together.
    let kinds: Vec<UsageKind> = facts.facts.par_iter().map(UsageKind::of).collect();
    let stage = |account| Stage::of(facts, &kinds, reference, account);
    let discount = |(account, charges): &(Sym, OfAccount<'_>)| stage(*account).discount(charges);
    let parts: Vec<Result<DiscountedCharges, MoneyError>> = by_account.par_iter().map(discount).collect();
    let parts: Vec<DiscountedCharges> = parts.into_iter().collect::<Result<_, _>>()?; // The first error in their order.
    let mut whole = DiscountedCharges::default();
    whole.charges.reserve_exact(parts.iter().map(|part| part.charges.len()).sum());
    for part in parts {
        whole.charges.extend(part.charges);
        whole.rules_used.extend(part.rules_used);
        whole.holds.extend(part.holds);
    }
    whole.charges.par_sort_by_key(|charge| charge.fact);
    Ok(whole)
}

/// What an account is charged before discounts.
#[derive(Default)]
struct OfAccount<'a> {
    usage: Vec<&'a [SkuCharge]>,
    passed: Vec<&'a Passed>,
}

/// Charges of an account that share one product: the plan is named because a refund may carry an earlier month's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PotKey<'a> {
    rule: RuleId,
    section: Section,
    plan_id: &'a str,
}

/// A pot with a replacement price: one per SKU.
struct UnitPricePot<'a> {
    plan: &'a Plan,
    rule: RuleId,
    charges: Vec<usize>,
    paid_quantity: Quantity,
}

/// The plan of an account in a month, with the numbers of that month.
pub(super) fn plan_in<'a>(
    facts: &Facts,
    reference: &'a ReferenceData,
    account: Sym,
    month: BillingPeriod,
) -> Option<PlanInMonth<'a>> {
    let contract = reference.contract(facts.text(account), month)?;
    reference.plans.get(&contract.plan_id).map(|plan| PlanInMonth { plan, month })
}

/// A refund carries the plan of the month of its usage start, where a contract existed then, as it was in that month.
pub(super) fn plan_of_passed<'a>(
    facts: &Facts,
    reference: &'a ReferenceData,
    passed: &Passed,
    fact: &Fact,
) -> Option<PlanInMonth<'a>> {
    let is_refund =
        matches!(passed.kind, PassedKind::Refund | PassedKind::DecidedRefund | PassedKind::CommitmentRefund);
    let then = is_refund.then(|| plan_in(facts, reference, passed.account, fact.key.usage_month)).flatten();
    then.or_else(|| plan_in(facts, reference, passed.account, facts.period))
}

/// One account being discounted.
struct Stage<'a> {
    facts: &'a Facts,
    /// Of every fact.
    kinds: &'a [UsageKind],
    reference: &'a ReferenceData,
    account: Sym,
    /// Its plan in the billing month.
    plan: Option<PlanInMonth<'a>>,
    pots: BTreeMap<PotKey<'a>, (&'a Plan, Vec<usize>)>,
    unit_prices: Vec<UnitPricePot<'a>>,
    out: Vec<FactCharge>,
    holds: BTreeSet<AccountHold>,
}

impl<'a> Stage<'a> {
    fn of(facts: &'a Facts, kinds: &'a [UsageKind], reference: &'a ReferenceData, account: Sym) -> Self {
        Self {
            facts,
            kinds,
            reference,
            account,
            plan: plan_in(facts, reference, account, facts.period),
            pots: BTreeMap::new(),
            unit_prices: Vec::new(),
            out: Vec::new(),
            holds: BTreeSet::new(),
        }
    }

    fn discount(mut self, charges: &OfAccount<'_>) -> Result<DiscountedCharges, MoneyError> {
        for charge in charges.usage.iter().copied().flatten() {
            self.take_usage(charge)?;
        }
        for passed in &charges.passed {
            self.take_passed(passed);
        }
        self.empty_pots()
    }

    fn rule_of(&self, fact: usize) -> RuleId {
        self.plan.map_or(RuleId::Undiscounted, |plan| for_usage(plan, self.facts, self.kinds[fact]))
    }

    /// Divides a SKU's list charge among rules, then among facts, always by quantity.
    fn take_usage(&mut self, charge: &SkuCharge) -> Result<(), MoneyError> {
        let paid = charge.quantity - charge.free_quantity;
        if let [part] = &charge.parts[..]
            && let [(fact, _)] = part.facts[..]
        {
            let place = self.push(fact, Section::AwsUsage, part.list, part.source);
            let rule = self.rule_of(fact);
            self.add_usage(rule, &[place], paid);
            return Ok(()); // Most charges are one fact's: nothing has to be divided.
        }
        let mut by_rule: BTreeMap<RuleId, (Vec<usize>, i128)> = BTreeMap::new();
        for part in &charge.parts {
            let mut rules: BTreeMap<RuleId, Vec<(usize, i128)>> = BTreeMap::new();
            for &(fact, weight) in &part.facts {
                rules.entry(self.rule_of(fact)).or_default().push((fact, weight));
            }
            let weights: Vec<i128> = rules.values().map(|facts| facts.iter().map(|(_, weight)| weight).sum()).collect();
            let shares = split_by_weight(part.list.units(), &weights)?;
            for ((rule, facts), share) in rules.into_iter().zip(shares) {
                let weights: Vec<i128> = facts.iter().map(|(_, weight)| *weight).collect();
                let (charges, quantity) = by_rule.entry(rule).or_default();
                *quantity += weights.iter().sum::<i128>();
                for ((fact, _), list) in facts.iter().zip(split_by_weight(share, &weights)?) {
                    charges.push(self.push(*fact, Section::AwsUsage, Usd::from_units(list), part.source));
                }
            }
        }
        let weights: Vec<i128> = by_rule.values().map(|(_, quantity)| *quantity).collect();
        let paid_shares = split_by_weight(paid.units(), &weights)?;
        for ((rule, (charges, _)), paid) in by_rule.into_iter().zip(paid_shares) {
            self.add_usage(rule, &charges, Quantity::from_units(paid));
        }
        Ok(())
    }

    /// Puts charges of usage by one rule where their discount will be made; `paid` is their quantity that is not free.
    fn add_usage(&mut self, rule: RuleId, charges: &[usize], paid: Quantity) {
        let Some(PlanInMonth { plan, .. }) = self.plan else { return };
        if matches!(effect(plan, rule), Effect::UnitPrice(_)) {
            let charges = charges.to_vec();
            self.unit_prices.push(UnitPricePot { plan, rule, charges, paid_quantity: paid });
        } else {
            self.add_to_pot(Section::AwsUsage, plan, rule, charges);
        }
    }

    fn push(&mut self, fact: usize, section: Section, list: Usd, source: ListSource) -> usize {
        let account = self.account;
        self.out.push(FactCharge { fact, account, section, list, source, discount: Usd::ZERO });
        self.out.len() - 1
    }

    fn add_to_pot(&mut self, section: Section, plan: &'a Plan, rule: RuleId, charges: &[usize]) {
        if rule != RuleId::Undiscounted {
            let key = PotKey { rule, section, plan_id: &plan.id };
            self.pots.entry(key).or_insert((plan, Vec::new())).1.extend(charges);
        }
    }

    fn take_passed(&mut self, passed: &Passed) {
        let fact = &self.facts.facts[passed.fact];
        let charge = self.push(passed.fact, passed.section, fact.measures.unblended, ListSource::AsBilled);
        let Some(plan) = plan_of_passed(self.facts, self.reference, passed, fact) else { return };
        match for_passed(plan, self.facts, fact, passed.kind) {
            Ok(rule) => self.add_to_pot(passed.section, plan.plan, rule, &[charge]),
            Err(NeedsReview(why)) => self.hold_refund(fact, why),
        }
    }

    fn hold_refund(&mut self, fact: &Fact, why: &str) {
        let description = self.facts.text(fact.key.description);
        self.holds.insert(AccountHold {
            account_id: self.facts.text(self.account).to_owned(),
            reason: "refund_review",
            detail: format!(
                "refund of {} USD, {description:?}: {why}; drafted without discount",
                fact.measures.unblended
            ),
            remedy: String::from(
                "look at the original line, then give the refund to customer (as drafted) or reseller in credits.csv",
            ),
            spreads_to_group: false,
        });
    }

    fn empty_pots(mut self) -> Result<DiscountedCharges, MoneyError> {
        let mut rules_used = BTreeSet::new();
        for (key, (plan, charges)) in std::mem::take(&mut self.pots) {
            let total: Usd = charges.iter().map(|place| self.out[*place].list).sum();
            let Effect::Percent(percent) = effect(plan, key.rule) else { continue };
            self.share(-total.percent(percent)?, &charges)?;
            rules_used.insert(self.rule_use(plan, key.rule));
        }
        for pot in std::mem::take(&mut self.unit_prices) {
            let total: Usd = pot.charges.iter().map(|place| self.out[*place].list).sum();
            let Effect::UnitPrice(price) = effect(pot.plan, pot.rule) else { continue };
            let discount = (pot.paid_quantity.at(price)? - total).min(Usd::ZERO);
            self.share(discount, &pot.charges)?;
            rules_used.insert(self.rule_use(pot.plan, pot.rule));
        }
        Ok(DiscountedCharges { charges: self.out, rules_used, holds: self.holds })
    }

    /// Gives charges their shares of a discount, in proportion to their list dollars, ties by fact.
    fn share(&mut self, discount: Usd, charges: &[usize]) -> Result<(), MoneyError> {
        let mut in_order = charges.to_vec();
        in_order.sort_by_key(|place| self.out[*place].fact);
        let weights: Vec<i128> = in_order.iter().map(|place| self.out[*place].list.units()).collect();
        for (place, share) in in_order.iter().zip(split_by_weight(discount.units(), &weights)?) {
            self.out[*place].discount += Usd::from_units(share);
        }
        Ok(())
    }

    fn rule_use(&self, plan: &Plan, rule: RuleId) -> RuleUse {
        let category = match rule {
            RuleId::Category(place) => Some(place),
            RuleId::Total | RuleId::Undiscounted => None,
        };
        RuleUse { account_id: self.facts.text(self.account).to_owned(), plan_id: plan.id.clone(), category }
    }
}
