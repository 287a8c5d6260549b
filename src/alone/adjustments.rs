use std::collections::BTreeMap;

use crate::money::Usd;
use crate::usage::{FactKey, Sym};

/// Why a list total differs from AWS's unblended cost: the lines of the bridge, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Usage covered by a stranger's reservation, now on demand.
    ForeignRiRemoved,
    /// Usage covered by a stranger's Savings Plan, now on demand.
    ForeignSpRemoved,
    /// Own commitment given back.
    OwnCommitmentReapplied,
    /// Tiers of the group's own quantity.
    TierRerated,
    /// Free tier of the group's own.
    FreeTierRerated,
    /// AWS's rate was not the list price.
    ListRateDifference,
    /// The reseller's private discounts.
    PrivateDiscountsRemoved,
    /// Bundled discounts whose source is a stranger's.
    BundledDiscountsRemoved,
    /// Credits that are not the customer's.
    CreditsRemoved,
    /// Refunds that are not the customer's.
    RefundsRemoved,
    /// AWS's tax.
    TaxRemoved,
    /// AWS's support fees.
    SupportRemoved,
}

impl Cause {
    /// The name in `bridge.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ForeignRiRemoved => "foreign_ri_removed",
            Self::ForeignSpRemoved => "foreign_sp_removed",
            Self::OwnCommitmentReapplied => "own_commitment_reapplied",
            Self::TierRerated => "tier_rerated",
            Self::FreeTierRerated => "free_tier_rerated",
            Self::ListRateDifference => "list_rate_difference",
            Self::PrivateDiscountsRemoved => "private_discounts_removed",
            Self::BundledDiscountsRemoved => "bundled_discounts_removed",
            Self::CreditsRemoved => "credits_removed",
            Self::RefundsRemoved => "refunds_removed",
            Self::TaxRemoved => "tax_removed",
            Self::SupportRemoved => "support_removed",
        }
    }
}

/// Dollars by account, payer and cause. The payer is absent where the amount comes from an account's
/// counters and hangs on no row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjustments {
    amounts: BTreeMap<(Sym, Option<Sym>, Cause), Usd>,
    received: BTreeMap<(Sym, Sym), Usd>,
}

impl Adjustments {
    /// Books an amount that hangs on a row.
    pub fn book_row(&mut self, account: Sym, payer: Sym, cause: Cause, amount: Usd) {
        *self.amounts.entry((account, Some(payer), cause)).or_default() += amount;
    }

    /// Books what a row that a stranger's commitment covered costs without it.
    pub fn book_foreign(&mut self, row: &FactKey, cause: Cause, amount: Usd) {
        self.book_row(row.account, row.payer, cause, amount);
        *self.received.entry((row.account, row.commitment_arn)).or_default() += amount;
    }

    /// What the coverage that accounts received from outside their group was worth, by account and ARN: adds up
    /// to the two causes of foreign coverage.
    pub fn received(&self) -> impl Iterator<Item = (Sym, Sym, Usd)> {
        self.received.iter().map(|((account, arn), amount)| (*account, *arn, *amount))
    }

    /// Adds what others booked.
    pub(super) fn add(&mut self, other: Self) {
        for (key, amount) in other.amounts {
            *self.amounts.entry(key).or_default() += amount;
        }
        for (key, amount) in other.received {
            *self.received.entry(key).or_default() += amount;
        }
    }

    /// Books an amount that comes from an account's counters; most differ by nothing.
    pub fn book_counter(&mut self, account: Sym, cause: Cause, amount: Usd) {
        if amount.is_zero() {
            return;
        }
        *self.amounts.entry((account, None, cause)).or_default() += amount;
    }

    /// All amounts, by account, payer, cause.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, Option<Sym>, Cause, Usd)> {
        self.amounts.iter().map(|((account, payer, cause), amount)| (*account, *payer, *cause, *amount))
    }
}
