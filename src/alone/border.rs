//! The border of every group: what its commitments covered inside and outside, and what it received from outside.

use std::collections::BTreeMap;

use super::Adjustments;
use super::commitments::{Commitment, Commitments, DAY, HOUR, Kind};
use super::reapply::Reapplied;
use crate::money::{MoneyError, Quantity, Usd, split_by_weight};
use crate::usage::{Facts, Sym};

/// On which side of its owner's border a part of a commitment went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// All of it.
    Total,
    /// Used by the owner's group.
    Inside,
    /// Used by strangers: what they received is priced on demand.
    Outside,
    /// Used by nobody.
    Unused,
    /// Given back to the owner's group by this run, out of what was outside or unused.
    GivenBack,
}

impl Side {
    /// The name in `border.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Inside => "inside",
            Self::Outside => "outside",
            Self::Unused => "unused",
            Self::GivenBack => "given_back",
        }
    }
}

/// A part of a commitment in the month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BorderRow {
    /// The payer of the commitment's fee, else of its use.
    pub payer_id: String,
    /// Its ARN.
    pub arn: String,
    /// The part.
    pub side: Side,
    /// Who used it; empty for a total and what is unused.
    pub account_id: String,
    /// The account in the ARN; empty where nobody can tell.
    pub owner_id: String,
    /// `zonal_ri`, `regional_ri`, the offering of a Savings Plan, or `unknown`.
    pub kind: String,
    /// Instance hours; of Savings Plans, of covered usage that is counted in hours.
    pub hours: Option<Quantity>,
    /// Normalized units of a size-flexible reservation.
    pub normalized_units: Option<Quantity>,
    /// Dollars of the commitment: of a Savings Plan what was committed; of a reservation its fees of the month and the
    /// month's share of what was paid upfront, by units. Absent where no fee row is in the report.
    pub amount: Option<Usd>,
    /// What coverage from outside was worth at public prices: adds up to the bridge's two foreign causes.
    pub worth: Option<Usd>,
    /// Rows of the report that it covered.
    pub rows: Option<u64>,
    /// How finely its group's use is told: `hour`, else what was given back is approximate.
    pub interval: &'static str,
}

/// All rows, sorted by payer, ARN, side and account.
pub(super) fn border_rows(
    facts: &Facts,
    commitments: &Commitments<'_>,
    reapplied: &Reapplied,
    adjustments: &Adjustments,
) -> Result<Vec<BorderRow>, MoneyError> {
    let mut worth: BTreeMap<(Sym, Sym), Usd> =
        adjustments.received().map(|(account, arn, amount)| ((arn, account), amount)).collect();
    let mut rows = Vec::new();
    for (place, commitment) in commitments.all.iter().enumerate() {
        let taken: BTreeMap<Sym, (Quantity, i128)> = reapplied
            .taken
            .range((place, Sym::EMPTY)..=(place, Sym(u32::MAX)))
            .map(|((_, account), taken)| (*account, *taken))
            .collect();
        rows.extend(Sheet { facts, commitment }.rows(&taken, &mut worth)?);
    }
    // Coverage whose row names no commitment that can be followed.
    for ((arn, account), amount) in worth {
        rows.push(BorderRow {
            payer_id: String::new(),
            arn: facts.text(arn).to_owned(),
            side: Side::Outside,
            account_id: facts.text(account).to_owned(),
            owner_id: String::new(),
            kind: String::from("unknown"),
            hours: None,
            normalized_units: None,
            amount: None,
            worth: Some(amount),
            rows: None,
            interval: "hour",
        });
    }
    rows.sort();
    Ok(rows)
}

/// The name of a length of time in seconds.
const fn interval_name(grain: i64) -> &'static str {
    if grain <= HOUR {
        "hour"
    } else if grain <= DAY {
        "day"
    } else {
        "month"
    }
}

/// One commitment's rows.
struct Sheet<'a> {
    facts: &'a Facts,
    commitment: &'a Commitment<'a>,
}

impl Sheet<'_> {
    fn rows(
        &self,
        taken: &BTreeMap<Sym, (Quantity, i128)>,
        worth: &mut BTreeMap<(Sym, Sym), Usd>,
    ) -> Result<Vec<BorderRow>, MoneyError> {
        let commitment = self.commitment;
        let total = self.total();
        let mut rows: Vec<BorderRow> = Vec::new();
        let mut amounts: Vec<i128> = Vec::new();
        let (mut hours, mut used_amount) = (Quantity::ZERO, 0_i128);
        for (account, used) in &commitment.users {
            let side = if used.is_inside { Side::Inside } else { Side::Outside };
            let mut row = self.row(side, Some(*account), Some(used.hours), used.amount);
            row.worth = worth.remove(&(commitment.arn, *account));
            row.rows = Some(used.rows);
            rows.push(row);
            amounts.push(used.amount);
            hours += used.hours;
            used_amount = used_amount.saturating_add(used.amount);
        }
        let Some(total) = total else { return Ok(rows) };
        let unused = total.saturating_sub(used_amount);
        let flexible = self.flexible();
        let per_unit = |amount: i128| {
            flexible.map_or(Ok(Quantity::from_units(amount)), |factor| Quantity::from_units(amount).holds(factor))
        };
        rows.push(self.row(Side::Unused, None, Some(per_unit(unused)?), unused));
        amounts.push(unused);
        let dollars =
            if self.is_savings_plan() { amounts.clone() } else { split_by_weight(commitment.fee.units(), &amounts)? };
        for (row, dollars) in rows.iter_mut().zip(dollars) {
            row.amount = Some(Usd::from_units(dollars));
        }
        let mut whole = self.row(Side::Total, None, Some(per_unit(total)?), total);
        whole.amount = Some(if self.is_savings_plan() { Usd::from_units(total) } else { commitment.fee });
        rows.push(whole);
        for (account, (quantity, amount)) in taken {
            let mut row = self.row(Side::GivenBack, Some(*account), Some(*quantity), *amount);
            row.amount = if self.is_savings_plan() {
                Some(Usd::from_units(*amount))
            } else {
                Some(commitment.fee.share_of(Quantity::from_units(*amount), Quantity::from_units(total))?)
            };
            rows.push(row);
        }
        Ok(rows)
    }

    fn row(&self, side: Side, account: Option<Sym>, hours: Option<Quantity>, amount: i128) -> BorderRow {
        let is_reservation = !self.is_savings_plan();
        BorderRow {
            payer_id: self.facts.text(self.commitment.payer).to_owned(),
            arn: self.facts.text(self.commitment.arn).to_owned(),
            side,
            account_id: account.map_or_else(String::new, |account| self.facts.text(account).to_owned()),
            owner_id: self.commitment.owner.clone().unwrap_or_default(),
            kind: self.kind(),
            hours: hours.filter(|_| is_reservation || matches!(side, Side::Inside | Side::Outside)),
            normalized_units: self.flexible().map(|_| Quantity::from_units(amount)),
            amount: None,
            worth: None,
            rows: None,
            interval: interval_name(self.commitment.grain),
        }
    }

    fn kind(&self) -> String {
        match &self.commitment.kind {
            Kind::Reservation(reservation) if reservation.zone.is_some() => String::from("zonal_ri"),
            Kind::Reservation(_) => String::from("regional_ri"),
            Kind::SavingsPlan(plan) => self.facts.text(plan.offering).to_owned(),
            Kind::Other => String::from("unknown"),
        }
    }

    fn is_savings_plan(&self) -> bool {
        self.commitment.is_savings_plan
    }

    fn flexible(&self) -> Option<Quantity> {
        match &self.commitment.kind {
            Kind::Reservation(reservation) => reservation.flexible,
            Kind::SavingsPlan(_) | Kind::Other => None,
        }
    }

    /// All of the commitment in the month, in its units; absent where the report does not say how much that is.
    fn total(&self) -> Option<i128> {
        let commitment = self.commitment;
        match &commitment.kind {
            Kind::SavingsPlan(plan) => Some(plan.committed.values().map(|dollars| dollars.units()).sum()),
            Kind::Reservation(reservation) if !reservation.alive.is_empty() => {
                Some(reservation.capacity_of_month(self.facts.period))
            }
            Kind::Reservation(_) | Kind::Other => None,
        }
    }
}
