use std::collections::BTreeMap;

use crate::money::UnitPrice;
use crate::period::Instant;

/// What one unit of a SKU costs under a Savings Plan, in one publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavingsPlanRate {
    /// From here until the next publication.
    pub effective_from: Instant,
    /// Dollars for one unit.
    pub rate: UnitPrice,
    /// Such as `Hrs`; empty where nobody says.
    pub unit: String,
    /// Where it comes from.
    pub source: String,
}

/// A kind of Savings Plan: offering, payment option and term, as they are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SavingsPlanKind {
    offering: String,
    payment_option: String,
    term: String,
}

impl SavingsPlanKind {
    /// From names as reports and offer files write them.
    ///
    /// Blanks and case do not count, and of an offering only its stem does: `Compute Savings Plan` is
    /// `ComputeSavingsPlans`, `No Upfront` is `NoUpfront`, `1 yr` is `1yr`.
    pub fn new(offering: &str, payment_option: &str, term: &str) -> Self {
        let mut offering = plain(offering);
        for ending in ["s", "plan", "savings"] {
            // The whole name is never an ending.
            offering.truncate(offering.strip_suffix(ending).filter(|stem| !stem.is_empty()).unwrap_or(&offering).len());
        }
        Self { offering, payment_option: plain(payment_option), term: plain(term) }
    }

    /// The offering's stem, such as `ec2instance`.
    pub fn offering(&self) -> &str {
        &self.offering
    }

    /// Such as `noupfront`.
    pub fn payment_option(&self) -> &str {
        &self.payment_option
    }

    /// Such as `3yr`.
    pub fn term(&self) -> &str {
        &self.term
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The rates of all Savings Plans that a workspace knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavingsPlanRates {
    /// Per kind and SKU the publications, ascending by instant, no two of one instant.
    pub rates: BTreeMap<SavingsPlanKind, BTreeMap<String, Vec<SavingsPlanRate>>>,
}

impl SavingsPlanRates {
    /// The rate of a SKU under a plan bought at an instant: the publication in force then, else the earliest one.
    ///
    /// A plan keeps the rates of the day on which it was bought; where that day's publication is not at hand, the
    /// earliest known one is nearest to it.
    pub fn rate(&self, kind: &SavingsPlanKind, sku: &str, at: Instant) -> Option<&SavingsPlanRate> {
        let versions = self.rates.get(kind)?.get(sku)?;
        let in_force = versions.iter().rev().find(|version| version.effective_from <= at);
        in_force.or_else(|| versions.first())
    }

    /// The rates of a SKU under every kind of plan.
    pub fn of_sku<'a>(&'a self, sku: &'a str) -> impl Iterator<Item = (&'a SavingsPlanKind, &'a [SavingsPlanRate])> {
        self.rates.iter().filter_map(move |(kind, skus)| Some((kind, skus.get(sku)?.as_slice())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_their_stem_without_blanks_and_case() {
        let kind = SavingsPlanKind::new("ComputeSavingsPlans", "No Upfront", "1yr");
        for (offering, payment, term) in [
            ("Compute Savings Plans", "NoUpfront", "1 yr"),
            ("ComputeSavingsPlan", "no upfront", "1YR"),
            ("COMPUTE SAVINGS PLAN", "NO UPFRONT", " 1yr "),
            ("Compute", "No Upfront", "1yr"),
        ] {
            assert_eq!(SavingsPlanKind::new(offering, payment, term), kind, "{offering}");
        }
        for (offering, payment, term) in [
            ("EC2InstanceSavingsPlans", "No Upfront", "1yr"),
            ("ComputeSavingsPlans", "All Upfront", "1yr"),
            ("ComputeSavingsPlans", "No Upfront", "3yr"),
        ] {
            assert_ne!(SavingsPlanKind::new(offering, payment, term), kind, "{offering}");
        }
        assert_eq!(SavingsPlanKind::new("Savings Plans", "", "").offering(), "savings");
    }

    #[test]
    fn the_publication_in_force_at_the_purchase_counts_else_the_earliest() {
        let version = |year: i32, rate: &str| SavingsPlanRate {
            effective_from: Instant::from_date(year, 1, 1),
            rate: UnitPrice::parse(rate).unwrap(),
            unit: String::from("Hrs"),
            source: String::from("offer file"),
        };
        let versions = vec![version(2023, "0.3"), version(2024, "0.2"), version(2025, "0.1")];
        let kind = SavingsPlanKind::new("ComputeSavingsPlans", "No Upfront", "3yr");
        let skus = BTreeMap::from([(String::from("SKU1"), versions)]);
        let rates = SavingsPlanRates { rates: BTreeMap::from([(kind, skus)]) };
        let kind_of = |term: &str| SavingsPlanKind::new("ComputeSavingsPlan", "NoUpfront", term);
        let rate_in = |year: i32, month: i32| {
            let at = Instant::from_date(year, month, 1);
            rates.rate(&kind_of("3 yr"), "SKU1", at).map(|rate| rate.rate.to_string())
        };
        for (year, month, rate) in [(2022, 6, "0.3"), (2023, 1, "0.3"), (2024, 12, "0.2"), (2026, 1, "0.1")] {
            assert_eq!(rate_in(year, month).as_deref(), Some(rate), "{year}-{month}");
        }
        assert_eq!(rates.rate(&kind_of("1yr"), "SKU1", Instant::default()), None);
        assert_eq!(rates.rate(&kind_of("3yr"), "SKU2", Instant::default()), None);
        assert_eq!(rates.of_sku("SKU1").count(), 1);
    }
}
