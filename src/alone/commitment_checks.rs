//! What an operator should know about a commitment.

use std::collections::{BTreeMap, BTreeSet};

use super::commitments::{Bucket, Commitment, Kind};
use crate::money::{Quantity, Usd};
use crate::period::BillingPeriod;

impl Commitment<'_> {
    /// What does not fit: its rows use more than there is of it, or a Savings Plan's fee rows tell another use.
    pub(super) fn misfit(&self, arn: &str, month: BillingPeriod) -> Option<String> {
        const ROUNDING_PER_ROW: i128 = 100_000_000; // 10^-10 dollars.
        let plan = match &self.kind {
            Kind::SavingsPlan(plan) => plan,
            Kind::Reservation(reservation) => return self.over_use(arn, reservation.capacity_of_month(month)),
            Kind::Other => return None,
        };
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

    /// A reservation of which more was used in the month than there was.
    fn over_use(&self, arn: &str, capacity: i128) -> Option<String> {
        let used = self.users.values().fold(0_i128, |sum, used| sum.saturating_add(used.amount));
        let over = used.saturating_sub(capacity);
        (capacity > 0 && over > 0).then(|| {
            let (over, capacity) = (Quantity::from_units(over), Quantity::from_units(capacity));
            format!("{arn}: its covered rows use {over} units more than the {capacity} that its fee rows hold")
        })
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
