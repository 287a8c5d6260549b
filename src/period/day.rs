use std::fmt;
use std::str::FromStr;

use super::{BillingPeriod, Instant};

/// A day of the Gregorian calendar, written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    number: i64, // Days since 1970-01-01.
}

impl Day {
    /// A day of a month; absent where the month is shorter.
    pub fn new(month: BillingPeriod, day: u32) -> Option<Self> {
        let is_there = (1..=month.last_day()).contains(&day);
        is_there.then(|| Self::of(month.start()).plus(i64::from(day) - 1))
    }

    /// The last day of a month.
    pub fn last_of(month: BillingPeriod) -> Self {
        Self::of(month.end()).plus(-1)
    }

    /// The day of an instant.
    pub fn of(instant: Instant) -> Self {
        Self { number: instant.seconds().div_euclid(86_400) }
    }

    /// So many days later; earlier where negative.
    pub const fn plus(self, days: i64) -> Self {
        Self { number: self.number + days }
    }

    /// Year, month (1 to 12) and day of the month.
    pub fn date(self) -> (i32, u32, u32) {
        Instant::from_seconds(self.number * 86_400).date()
    }

    /// Saturday or Sunday.
    pub const fn is_weekend(self) -> bool {
        matches!((self.number + 4).rem_euclid(7), 0 | 6) // The first day of 1970 was a Thursday.
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a day; expected YYYY-MM-DD, such as 2025-05-31");
        let (month, day) = text.rsplit_once('-').ok_or_else(wrong)?;
        let month: BillingPeriod = month.parse().map_err(|_| wrong())?;
        if day.len() != 2 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        Self::new(month, day.parse().map_err(|_| wrong())?).ok_or_else(wrong)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}
