use std::fmt;
use std::str::FromStr;

use super::Instant;

/// A calendar month in UTC, written `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillingPeriod {
    months: i32, // Since year 0: ordered, and the next month is one more.
}

impl BillingPeriod {
    /// The month (1 to 12) of a year (1 to 9999).
    pub fn new(year: i32, month: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        Some(Self { months: year * 12 + i32::try_from(month).ok()? - 1 })
    }

    /// The month that holds an instant.
    pub fn of(instant: Instant) -> Self {
        let (year, month, _) = instant.date();
        Self { months: year * 12 + i32::try_from(month).expect("a month is at most 12") - 1 }
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.months.div_euclid(12)
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> i32 {
        self.months.rem_euclid(12) + 1
    }

    /// The month after this one.
    pub const fn next(self) -> Self {
        Self { months: self.months + 1 }
    }

    /// The first instant of the month.
    pub fn start(self) -> Instant {
        Instant::from_date(self.year(), self.month(), 1)
    }

    /// The first instant after the month.
    pub fn end(self) -> Instant {
        self.next().start()
    }

    /// The last day of the month, 28 to 31.
    pub fn last_day(self) -> u32 {
        Instant::from_seconds(self.end().seconds() - 1).date().2
    }

    /// A number that orders months, for storage: months since year 0.
    pub const fn to_number(self) -> i32 {
        self.months
    }

    /// The inverse of [`to_number`](Self::to_number).
    pub const fn from_number(months: i32) -> Self {
        Self { months }
    }
}

impl FromStr for BillingPeriod {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a billing month; expected YYYY-MM, such as 2025-05");
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !is_digits(year) || !is_digits(month) {
            return Err(wrong());
        }
        let year = year.parse().map_err(|_| wrong())?;
        Self::new(year, month.parse().map_err(|_| wrong())?).ok_or_else(wrong)
    }
}

impl fmt::Display for BillingPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}
