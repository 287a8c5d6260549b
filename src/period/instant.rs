use std::fmt;

/// A point in time in UTC, to the second: seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    seconds: i64,
}

impl Instant {
    /// From seconds since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { seconds }
    }

    /// As seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Midnight of a date of the Gregorian calendar. The date must exist.
    pub fn from_date(year: i32, month: i32, day: i32) -> Self {
        // Days since 1970 by counting from March, so that the leap day is the last of its year.
        let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self { seconds: (era * 146_097 + day_of_era - 719_468) * 86_400 }
    }

    /// Year, month (1 to 12) and day of month.
    pub fn date(self) -> (i32, u32, u32) {
        let days = self.seconds.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |value: i64| u32::try_from(value).expect("a month or day is small");
        (i32::try_from(year).expect("a year of an i64 of seconds read from text"), small(month), small(day))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let second = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Reads `YYYY-MM-DDTHH:MM:SSZ`, with or without a fraction of zeros (`.000Z`).
///
/// `None` for anything else: another zone, a blank instead of `T`, a date that does not exist.
pub fn parse_instant(text: &[u8]) -> Option<Instant> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, ref end @ ..] = text
    else {
        return None;
    };
    match end {
        b"Z" => {}
        [b'.', zeros @ .., b'Z'] if !zeros.is_empty() && zeros.iter().all(|&byte| byte == b'0') => {}
        _ => return None,
    }
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, n1, n2, s1, s2].map(|byte| byte.wrapping_sub(b'0'));
    if digits.iter().any(|&digit| digit > 9) {
        return None;
    }
    let two = |place: usize| i32::from(digits[place]) * 10 + i32::from(digits[place + 1]);
    let (year, month, day) = (two(0) * 100 + two(2), two(4), two(6));
    let (hour, minute, second) = (two(8), two(10), two(12));
    if year < 1 || !(1..=12).contains(&month) || day < 1 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let midnight = Instant::from_date(year, month, day);
    if day > 28 && u32::try_from(day).ok()? != midnight.date().2 {
        return None; // 30 February runs over into March.
    }
    let of_day = i64::from(hour * 3_600 + minute * 60 + second);
    Some(Instant::from_seconds(midnight.seconds() + of_day))
}
