use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::SmallVec;

use super::{Adjustments, BorderRow, Groups, RowClass};
use crate::money::{Quantity, Usd};
use crate::terms::Section;
use crate::usage::{FactRun, Sym};

/// Where a list charge comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListSource {
    /// The price list.
    PriceList,
    /// `pricing/publicOnDemandCost` of the rows: the SKU is in no list.
    PublicOnDemand,
    /// AWS's own charge.
    AsBilled,
}

impl ListSource {
    /// The name in `charges.parquet`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PriceList => "price_list",
            Self::PublicOnDemand => "public_on_demand",
            Self::AsBilled => "as_billed",
        }
    }
}

/// The rows of a price list by which a quantity was priced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRows {
    /// Whether the SKU has tiers or free usage.
    pub is_tiered: bool,
    /// SKU, effective date and begin of each range used, in order; separated by `; `.
    pub rows: String,
    /// Where these rows come from, each source once; separated by `; `.
    pub sources: String,
}

/// Places in the facts, each with a weight: nearly always one.
pub type Weighted = SmallVec<[(usize, i128); 1]>;

/// Parts of a charge: nearly always one.
pub type SkuParts = SmallVec<[SkuPart; 1]>;

/// Facts that one product of quantity and price belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuPart {
    /// List dollars of the part.
    pub list: Usd,
    /// Where they come from.
    pub source: ListSource,
    /// By which rows of the price list; absent where no list has the SKU.
    pub price_rows: Option<Arc<PriceRows>>,
    /// Places in the facts, ascending, with the weight by which the part is divided among them.
    pub facts: Weighted,
}

/// The list charge of one account for the on-demand and un-covered usage of one SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuCharge {
    /// Who owes it.
    pub account: Sym,
    /// What for; empty where rows name no SKU.
    pub sku: Sym,
    /// One part per product: per price version, or one for a tiered SKU.
    pub parts: SkuParts,
    /// Quantity of all parts.
    pub quantity: Quantity,
    /// How much of it is free.
    pub free_quantity: Quantity,
}

/// Why a fact is passed on at AWS's own figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassedKind {
    /// Covered by the group's own commitment, or the negation of such.
    OwnCoverage,
    /// Spot usage.
    Spot,
    /// A one-off fee.
    OneOffFee,
    /// A fee of a reservation or Savings Plan.
    CommitmentFee,
    /// AWS Marketplace.
    Marketplace,
    /// A bundled discount whose source is the group's own.
    BundledDiscount,
    /// A credit that is the customer's.
    Credit,
    /// A refund that is the customer's.
    Refund,
    /// A refund that `credits.csv` gives to the customer: nobody has to look at it again.
    DecidedRefund,
    /// A refund of a commitment.
    CommitmentRefund,
    /// Unknown line type, or a commitment whose owner is unresolved: as billed, held.
    Undecided,
}

impl PassedKind {
    /// The name in `charges.parquet`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnCoverage => "own_coverage",
            Self::Spot => "spot",
            Self::OneOffFee => "one_off_fee",
            Self::CommitmentFee => "commitment_fee",
            Self::Marketplace => "marketplace",
            Self::BundledDiscount => "bundled_discount",
            Self::Credit => "credit",
            Self::Refund | Self::DecidedRefund => "refund",
            Self::CommitmentRefund => "commitment_refund",
            Self::Undecided => "undecided",
        }
    }
}

/// A fact passed on at AWS's own figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Place in the facts.
    pub fact: usize,
    /// Who owes it; differs from the fact's account only where a refund goes to a commitment's owner.
    pub account: Sym,
    /// In which section.
    pub section: Section,
    /// Why.
    pub kind: PassedKind,
}

/// A reason to hold the projects of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountHold {
    /// The account.
    pub account_id: String,
    /// The reason's name (contract, section 3).
    pub reason: &'static str,
    /// What was found.
    pub detail: String,
    /// What to do.
    pub remedy: String,
    /// Whether it can move a counter or a commitment: then it holds every project of the group.
    pub spreads_to_group: bool,
}

/// Figures that a run tells and counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PricingNotes {
    /// SKUs priced by public on-demand cost, with the dollars.
    pub public_on_demand_fallback: BTreeMap<String, Usd>,
    /// Per account and SKU the difference between list and AWS's own charge, where it is more than the
    /// rounding of rows.
    pub list_rate_differences: BTreeMap<(String, String), Usd>,
    /// SKUs of prices and free offers that are assumed, with the accounts that used them.
    pub assumed_prices: BTreeMap<String, Vec<String>>,
    /// Anything else worth telling.
    pub warnings: Vec<String>,
}

impl PricingNotes {
    pub(super) fn add(&mut self, other: Self) {
        for (name, amount) in other.public_on_demand_fallback {
            *self.public_on_demand_fallback.entry(name).or_default() += amount;
        }
        for (names, amount) in other.list_rate_differences {
            *self.list_rate_differences.entry(names).or_default() += amount;
        }
        for (sku, accounts) in other.assumed_prices {
            let known = self.assumed_prices.entry(sku).or_default();
            known.extend(accounts);
            known.sort();
            known.dedup();
        }
        self.warnings.extend(other.warnings);
    }
}

/// A quantity that a commitment of its own group covers, though AWS covered it with a stranger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenBack {
    /// Place in the facts.
    pub fact: usize,
    /// ARN of the commitment.
    pub arn: Sym,
    /// How much of the fact's quantity.
    pub quantity: Quantity,
}

/// A month priced at list.
#[derive(Clone, Debug)]
pub struct ListCharges {
    /// The facts by what accounting asks of them.
    pub runs: Vec<FactRun>,
    /// Class of every fact.
    pub classes: Vec<RowClass>,
    /// Who shares with whom.
    pub groups: Groups,
    /// On-demand and un-covered usage, by account and SKU.
    pub sku_charges: Vec<SkuCharge>,
    /// Everything else that is passed on, in order of the facts.
    pub passed: Vec<Passed>,
    /// What was taken away and why.
    pub adjustments: Adjustments,
    /// Usage covered by own commitments after all, by fact.
    pub given_back: Vec<GivenBack>,
    /// Who used which commitment.
    pub border: Vec<BorderRow>,
    /// What must be held, sorted.
    pub holds: Vec<AccountHold>,
    /// Figures to tell.
    pub notes: PricingNotes,
}
