use std::collections::BTreeMap;

use crate::period::BillingPeriod;
use crate::terms::{AccountContract, BorneBy, FreeTierPolicy, Plan, ReferenceData, Sharing};
use crate::usage::{Facts, Sym};

/// A sharing group, by its place in [`Groups`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// Accounts that may share commitments, tiers and free tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How free usage is granted to the group.
    pub free_tier: FreeTierPolicy,
    /// Account ids, sorted; of the contracts, also those without a row.
    pub members: Vec<String>,
}

/// Who shares with whom in the billing month.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    groups: Vec<Group>,
    of_account: BTreeMap<String, GroupId>,
}

impl Groups {
    /// The groups of all accounts that have a contract in the month or a row in the facts.
    pub fn of(facts: &Facts, reference: &ReferenceData) -> Self {
        let mut groups = Self::default();
        let period = facts.period;
        let in_force: Vec<&AccountContract> =
            reference.accounts.iter().filter(|contract| contract.holds_in(period)).collect();
        for (members, policy) in organizations(&in_force, reference) {
            groups.add(members, policy);
        }
        for contract in in_force {
            groups.add_alone(&contract.account_id, reference, period);
        }
        let mut seen: Vec<Sym> = facts.facts.iter().map(|fact| fact.key.account).collect();
        seen.sort_unstable();
        seen.dedup();
        for account in seen {
            groups.add_alone(facts.text(account), reference, period);
        }
        groups
    }

    /// The group of an account of the facts or contracts.
    pub fn group_of(&self, account_id: &str) -> Option<GroupId> {
        self.of_account.get(account_id).copied()
    }

    /// The groups of the accounts that the facts name.
    pub(super) fn of_symbols(&self, facts: &Facts) -> BTreeMap<Sym, GroupId> {
        let known = |(account, group): (&String, &GroupId)| Some((facts.symbols.find(account)?, *group));
        self.of_account.iter().filter_map(known).collect()
    }

    /// A group of this set.
    pub fn get(&self, id: GroupId) -> &Group {
        &self.groups[usize::try_from(id.0).expect("made from a place in this list")]
    }

    /// Whether two accounts share.
    pub fn share(&self, one: &str, other: &str) -> bool {
        one == other || matches!((self.group_of(one), self.group_of(other)), (Some(a), Some(b)) if a == b)
    }

    fn add(&mut self, members: Vec<String>, free_tier: FreeTierPolicy) {
        let id = GroupId(u32::try_from(self.groups.len()).expect("fewer groups than accounts"));
        for member in &members {
            self.of_account.insert(member.clone(), id);
        }
        self.groups.push(Group { free_tier, members });
    }

    fn add_alone(&mut self, account_id: &str, reference: &ReferenceData, period: BillingPeriod) {
        if self.of_account.contains_key(account_id) {
            return;
        }
        let plan = reference.contract(account_id, period).and_then(|contract| reference.plans.get(&contract.plan_id));
        let policy = plan.map_or(FreeTierPolicy::AlwaysFreePerGroup, |plan| plan.free_tier);
        self.add(vec![account_id.to_owned()], policy);
    }
}

/// Organizations whose plan shares, with their members; an account that the reseller bears without a
/// plan of its own takes part in its organization's sharing.
fn organizations(
    in_force: &[&AccountContract],
    reference: &ReferenceData,
) -> impl Iterator<Item = (Vec<String>, FreeTierPolicy)> {
    let mut organizations: BTreeMap<&str, (Vec<String>, Option<FreeTierPolicy>)> = BTreeMap::new();
    for contract in in_force.iter().filter(|contract| !contract.organization_id.is_empty()) {
        let plan = reference.plans.get(&contract.plan_id);
        let shares = plan.is_some_and(|plan: &Plan| plan.sharing == Sharing::Organization);
        let joins = shares || (plan.is_none() && contract.borne_by == BorneBy::Reseller);
        if joins {
            let (members, policy) = organizations.entry(&contract.organization_id).or_default();
            members.push(contract.account_id.clone());
            *policy = policy.or(plan.map(|plan| plan.free_tier));
        }
    }
    organizations.into_values().filter_map(|(members, policy)| policy.map(|policy| (members, policy)))
}
