use std::fmt;
use std::str::FromStr;

use super::BillingPeriod;

/// The most months of a range: more is a slip of the fingers.
const MOST_MONTHS: i32 = 120;

/// Months one after the other, written `YYYY-MM..YYYY-MM` (both are in it), or one, written `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthRange {
    first: BillingPeriod,
    last: BillingPeriod,
}

impl MonthRange {
    /// All months, the earliest first.
    pub fn months(self) -> impl ExactSizeIterator<Item = BillingPeriod> {
        let first = self.first.to_number();
        let count = usize::try_from(self.last.to_number() - first + 1).expect("the last month is not before the first");
        let all: Vec<BillingPeriod> = (first..).take(count).map(BillingPeriod::from_number).collect();
        all.into_iter()
    }

    /// The month, where it is one.
    pub fn single(self) -> Option<BillingPeriod> {
        (self.first == self.last).then_some(self.first)
    }
}

impl From<BillingPeriod> for MonthRange {
    fn from(month: BillingPeriod) -> Self {
        Self { first: month, last: month }
    }
}

impl FromStr for MonthRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((first, last)) = text.split_once("..") else { return Ok(text.parse::<BillingPeriod>()?.into()) };
        let (first, last): (BillingPeriod, BillingPeriod) = (first.parse()?, last.parse()?);
        if last < first {
            return Err(format!("{text:?} ends before it begins; give the earlier month first: {last}..{first}"));
        }
        if last.to_number() - first.to_number() >= MOST_MONTHS {
            return Err(format!("{text:?} are more than {MOST_MONTHS} months; give fewer at once"));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for MonthRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.single() {
            Some(month) => write!(f, "{month}"),
            None => write!(f, "{}..{}", self.first, self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_both_ends_and_years_have_twelve_months() {
        #[rustfmt::skip]
        let cases = [
            ("2025-05",          "2025-05",                            "2025-05"),
            ("2025-05..2025-05", "2025-05",                            "2025-05"),
            ("2024-11..2025-02", "2024-11 2024-12 2025-01 2025-02",    "2024-11..2025-02"),
        ];
        for (text, months, shown) in cases {
            let range: MonthRange = text.parse().unwrap();
            let found: Vec<String> = range.months().map(|month| month.to_string()).collect();
            assert_eq!((found.join(" ").as_str(), range.to_string().as_str()), (months, shown));
        }
        assert_eq!("2015-01..2024-12".parse::<MonthRange>().unwrap().months().len(), 120);
    }

    #[test]
    fn empty_reversed_and_endless_ranges_are_no_ranges() {
        #[rustfmt::skip]
        let cases = [
            ("2025-12..2025-01", "ends before it begins; give the earlier month first: 2025-01..2025-12"),
            ("2025-01..",        "\"\" is not a billing month"),
            ("..2025-01",        "\"\" is not a billing month"),
            ("..",               "\"\" is not a billing month"),
            ("2025-01...2025-03", "\".2025-03\" is not a billing month"),
            ("2025-01..2025-02..2025-03", "\"2025-02..2025-03\" is not a billing month"),
            ("2025-01-2025-03",  "is not a billing month"),
            ("2015-01..2025-01", "more than 120 months"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<MonthRange>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
