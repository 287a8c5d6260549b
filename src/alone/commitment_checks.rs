//! What an operator should know about a commitment.

use std::collections::{BTreeMap, BTreeSet};

use super::commitments::{Bucket, Commitment, Kind};
use crate::money::Usd;

impl Commitment<'_> {
    /// What does not fit in a Savings Plan: its rows use more than was committed, or its fee rows tell another use.
    pub(super) fn misfit(&self, arn: &str) -> Option<String> {
        const ROUNDING_PER_ROW: i128 = 100_000_000; // 10^-10 dollars.
        let Kind::SavingsPlan(plan) = &self.kind else { return None };
        let used = |bucket: &Bucket| {
            let side = |uses: &BTreeMap<Bucket, i128>| uses.get(bucket).copied().unwrap_or_default();
            side(&self.inside).saturating_add(side(&self.outside))
        };
        let rows = self.users.values().map(|used| used.rows).sum::<u64>() + 1;
        let allowed = i128::from(rows).saturating_mul(ROUNDING_PER_ROW);
        let buckets: BTreeSet<&Bucket> =
            plan.committed.keys().chain(self.inside.keys()).chain(self.outside.keys()).collect();
        let is_told = plan.told_used.values().any(|used| !used.is_zero());
        let (mut over, mut other) = ((0, Usd::ZERO), (0, Usd::ZERO));
        for bucket in buckets {
            let of = |dollars: &BTreeMap<Bucket, Usd>| dollars.get(bucket).copied().unwrap_or_default().units();
            let excess = used(bucket).saturating_sub(of(&plan.committed));
            let difference = used(bucket).saturating_sub(of(&plan.told_used));
            if excess > allowed {
                over = (over.0 + 1, over.1 + Usd::from_units(excess));
            } else if is_told && difference.saturating_abs() > allowed {
                other = (other.0 + 1, other.1 + Usd::from_units(difference));
            }
        }
        let text = |(hours, dollars): (u64, Usd), what| {
            (hours > 0).then(|| format!("{arn}: in {hours} hours its covered rows use {dollars} USD more than {what}"))
        };
        let found: Vec<String> =
            text(over, "was committed").into_iter().chain(text(other, "its fee rows say (UsedCommitment)")).collect();
        (!found.is_empty()).then(|| found.join("; "))
    }

    /// Why nothing of it can be given back although it has fee rows.
    pub(super) fn why_unknown(&self) -> Option<&'static str> {
        match &self.kind {
            Kind::Other if self.has_fee => Some("no rule of rates/commitments tells what it covers"),
            Kind::Reservation(reservation) if reservation.alive.is_empty() => {
                Some("its fee row has no reservation/NumberOfReservations")
            }
            Kind::Reservation(_) | Kind::SavingsPlan(_) | Kind::Other => None,
        }
    }
}
