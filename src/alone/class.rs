use super::asked::Asked;
use crate::terms::RowLists;
use crate::usage::{Fact, Facts, LineType, is_split_cost};

/// What kind of row this is (billing rules, section 8). Every row is in exactly one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowClass {
    /// On-demand usage.
    Usage,
    /// Covered by a reservation.
    RiCovered,
    /// Covered by a Savings Plan.
    SpCovered,
    /// Takes covered usage back out.
    SpNegation,
    /// Fee of a reservation or Savings Plan.
    CommitmentFee,
    /// Any other fee.
    OneOffFee,
    /// The reseller's own discount.
    PrivateDiscount,
    /// A public discount that depends on other usage.
    BundledDiscount,
    /// Credit.
    Credit,
    /// Refund.
    Refund,
    /// Tax.
    Tax,
    /// AWS support.
    Support,
    /// AWS Marketplace.
    Marketplace,
    /// Split cost allocation: says again what another row says.
    SplitCost,
    /// Not known: holds the account.
    Unknown,
}

impl RowClass {
    /// The name in `census.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::RiCovered => "ri_covered",
            Self::SpCovered => "sp_covered",
            Self::SpNegation => "sp_negation",
            Self::CommitmentFee => "commitment_fee",
            Self::OneOffFee => "one_off_fee",
            Self::PrivateDiscount => "private_discount",
            Self::BundledDiscount => "bundled_discount",
            Self::Credit => "credit",
            Self::Refund => "refund",
            Self::Tax => "tax",
            Self::Support => "support",
            Self::Marketplace => "marketplace",
            Self::SplitCost => "split_cost",
            Self::Unknown => "unknown",
        }
    }
}

/// The class of every fact: the text rules run once per text.
pub(super) fn classes(facts: &Facts, lists: &RowLists) -> Vec<RowClass> {
    let mut classifier = Classifier {
        is_split_cost: Asked::new(facts, is_split_cost),
        is_marketplace: Asked::new(facts, |entity: &str| entity.trim().eq_ignore_ascii_case("AWS Marketplace")),
        is_support: Asked::new(facts, |product_code: &str| lists.is_support(product_code)),
    };
    facts.facts.iter().map(|fact| classifier.classify(fact)).collect()
}

/// What is asked of the texts of a fact.
struct Classifier<'a> {
    /// Of an operation.
    is_split_cost: Asked<'a>,
    /// Of a billing entity.
    is_marketplace: Asked<'a>,
    /// Of a product code.
    is_support: Asked<'a>,
}

impl Classifier<'_> {
    /// The class of a fact: the first that matches, in the order of the rules.
    fn classify(&mut self, fact: &Fact) -> RowClass {
        let key = &fact.key;
        if self.is_split_cost.of(key.operation) {
            return RowClass::SplitCost;
        }
        match key.line_type {
            LineType::Tax => return RowClass::Tax,
            LineType::BundledDiscount => return RowClass::BundledDiscount,
            LineType::PrivateDiscount => return RowClass::PrivateDiscount,
            LineType::Credit => return RowClass::Credit,
            LineType::Usage
            | LineType::DiscountedUsage
            | LineType::SavingsPlanCoveredUsage
            | LineType::SavingsPlanNegation
            | LineType::SavingsPlanRecurringFee
            | LineType::SavingsPlanUpfrontFee
            | LineType::RiFee
            | LineType::Fee
            | LineType::Refund
            | LineType::Unknown => {}
        }
        if self.is_marketplace.of(key.billing_entity) {
            return RowClass::Marketplace;
        }
        match key.line_type {
            LineType::Usage | LineType::Fee if self.is_support.of(key.product_code) => RowClass::Support,
            LineType::Usage => RowClass::Usage,
            LineType::DiscountedUsage => RowClass::RiCovered,
            LineType::SavingsPlanCoveredUsage => RowClass::SpCovered,
            LineType::SavingsPlanNegation => RowClass::SpNegation,
            LineType::RiFee | LineType::SavingsPlanRecurringFee | LineType::SavingsPlanUpfrontFee => {
                RowClass::CommitmentFee
            }
            LineType::Fee if !key.commitment_arn.is_empty() => RowClass::CommitmentFee,
            LineType::Fee => RowClass::OneOffFee,
            LineType::Refund => RowClass::Refund,
            LineType::Unknown
            | LineType::Tax
            | LineType::BundledDiscount
            | LineType::PrivateDiscount
            | LineType::Credit => RowClass::Unknown,
        }
    }
}
