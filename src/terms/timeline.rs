use super::{AccountContract, BorneBy};
use crate::period::BillingPeriod;

/// The contracts of an account, month after month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountTimeline {
    /// Twelve digits.
    pub account_id: String,
    /// As of its last contract.
    pub account_name: String,
    /// In order; nothing between two of them is left out.
    pub stretches: Vec<Stretch>,
}

/// Months in which nothing changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First billing month.
    pub first: BillingPeriod,
    /// Last billing month; open where absent.
    pub last: Option<BillingPeriod>,
    /// The contract; absent in a gap between two contracts.
    pub contract: Option<AccountContract>,
    /// What is other than before: `joins`, `returns`, `gap`, or some of `project`, `plan`, `organization`, `borne_by`.
    pub changes: Vec<&'static str>,
}

/// The timelines of contracts that are sorted by account and month and do not overlap.
pub fn timelines(contracts: &[AccountContract]) -> Vec<AccountTimeline> {
    contracts.chunk_by(|one, other| one.account_id == other.account_id).filter_map(timeline).collect()
}

fn timeline(contracts: &[AccountContract]) -> Option<AccountTimeline> {
    let last = contracts.last()?;
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut previous: Option<&AccountContract> = None;
    for contract in contracts {
        let gap = previous.and_then(|before| gap_between(before, contract));
        let changes = match (previous, &gap) {
            (None, _) => vec!["joins"],
            (Some(_), Some(_)) => vec!["returns"],
            (Some(before), None) => changes(before, contract),
        };
        stretches.extend(gap);
        stretches.push(Stretch {
            first: contract.valid_from,
            last: contract.valid_to,
            contract: Some(contract.clone()),
            changes,
        });
        previous = Some(contract);
    }
    let (account_id, account_name) = (last.account_id.clone(), last.account_name.clone());
    Some(AccountTimeline { account_id, account_name, stretches })
}

fn gap_between(before: &AccountContract, after: &AccountContract) -> Option<Stretch> {
    let first = before.valid_to?.next();
    let last = BillingPeriod::from_number(after.valid_from.to_number() - 1);
    (first <= last).then(|| Stretch { first, last: Some(last), contract: None, changes: vec!["gap"] })
}

fn changes(before: &AccountContract, after: &AccountContract) -> Vec<&'static str> {
    let fields = [
        ("project", before.project_id != after.project_id),
        ("plan", before.plan_id != after.plan_id),
        ("organization", before.organization_id != after.organization_id),
        ("borne_by", before.borne_by != after.borne_by),
    ];
    fields.into_iter().filter(|(_, is_other)| *is_other).map(|(field, _)| field).collect()
}

impl Stretch {
    /// Whether a month lies in it.
    pub fn contains(&self, period: BillingPeriod) -> bool {
        self.first <= period && self.last.is_none_or(|last| period <= last)
    }

    /// `2025-01 to 2025-04`, or `2025-05 on`.
    pub fn months(&self) -> String {
        self.last.map_or_else(|| format!("{} on", self.first), |last| format!("{} to {last}", self.first))
    }

    /// `project P-1, plan flat-v2, organization O-1`; who bears it, where that is the reseller.
    pub fn terms(&self) -> String {
        let Some(contract) = &self.contract else { return String::from("no contract") };
        let named = [
            ("project", &contract.project_id),
            ("plan", &contract.plan_id),
            ("organization", &contract.organization_id),
        ];
        let mut parts: Vec<String> =
            named.iter().filter(|(_, id)| !id.is_empty()).map(|(what, id)| format!("{what} {id}")).collect();
        if contract.borne_by == BorneBy::Reseller {
            parts.push(String::from("borne by the reseller"));
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::month;

    fn contract(project: &str, plan: &str, from: &str, to: &str) -> AccountContract {
        AccountContract {
            account_id: String::from("111111111111"),
            account_name: String::from("A"),
            project_id: project.to_owned(),
            plan_id: plan.to_owned(),
            valid_from: month(from),
            valid_to: (!to.is_empty()).then(|| month(to)),
            organization_id: String::new(),
            borne_by: BorneBy::Customer,
        }
    }

    #[test]
    fn an_account_joins_changes_pauses_and_returns() {
        let contracts = [
            contract("P-1", "old", "2024-04", "2024-12"),
            contract("P-1", "new", "2025-01", "2025-01"),
            contract("P-2", "new", "2025-02", "2025-03"),
            contract("P-2", "new", "2025-06", ""),
        ];
        let found = timelines(&contracts);
        assert_eq!(found.len(), 1);
        let lines: Vec<String> = found[0]
            .stretches
            .iter()
            .map(|stretch| format!("{} | {} | {}", stretch.months(), stretch.terms(), stretch.changes.join(" ")))
            .collect();
        assert_eq!(
            lines,
            [
                "2024-04 to 2024-12 | project P-1, plan old | joins",
                "2025-01 to 2025-01 | project P-1, plan new | plan",
                "2025-02 to 2025-03 | project P-2, plan new | project",
                "2025-04 to 2025-05 | no contract | gap",
                "2025-06 on | project P-2, plan new | returns",
            ]
        );
    }
}
