use std::fmt;
use std::str::FromStr;

/// When an invoice is to be paid, counted from its month or from its issue: `due_rule` of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBase {
    /// The last day of a month, so many months after the billing month.
    EndOfMonth {
        /// 1: the next month.
        months: u32,
    },
    /// A day of a month, so many months after the billing month; the last day where the month is shorter.
    DayOfMonth {
        /// 1 to 31.
        day: u32,
        /// 1: the next month.
        months: u32,
    },
    /// So many days after the last day of the billing month.
    DaysAfterMonthEnd(u32),
    /// So many days after the day of issue, which a draft does not have.
    DaysAfterIssue(u32),
}

/// What counts where the banks are closed on that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidayRule {
    /// The next day on which they are open: what counts where nothing is agreed.
    Next,
    /// The last open day before it.
    Previous,
    /// The day itself.
    None,
}

/// A rule for the due date, such as `end_of_next_month` or `day_25_of_next_month/previous`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRule {
    /// The day that was agreed.
    pub base: DueBase,
    /// What counts where the banks are closed.
    pub holiday_rule: HolidayRule,
}

impl DueRule {
    /// What is accepted, for messages.
    pub const ACCEPTED: &str = "nothing, end_of_next_month, end_of_month_after_next, day_25_of_next_month, \
        day_25_of_month_after_next, days_30_after_month_end or days_30 (after issue), with any number, \
        and /next, /previous or /none behind it for days on which banks are closed";
}

const NEXT_MONTH: &str = "of_next_month";
const AFTER_NEXT: &str = "of_month_after_next";

impl FromStr for DueRule {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (base, holiday_rule) = match text.split_once('/') {
            None | Some((_, "next")) => (text.trim_end_matches("/next"), HolidayRule::Next),
            Some((base, "previous")) => (base, HolidayRule::Previous),
            Some((base, "none")) => (base, HolidayRule::None),
            Some(_) => return Err(()),
        };
        Ok(Self { base: parse_base(base).ok_or(())?, holiday_rule })
    }
}

fn parse_base(text: &str) -> Option<DueBase> {
    let months = |words: &str| match words {
        NEXT_MONTH => Some(1),
        AFTER_NEXT => Some(2),
        _ => None,
    };
    if let Some(words) = text.strip_prefix("end_") {
        return Some(DueBase::EndOfMonth { months: months(words)? });
    }
    if let Some(rest) = text.strip_prefix("day_") {
        let (day, words) = rest.split_once('_')?;
        return Some(DueBase::DayOfMonth { day: number(day, 31)?, months: months(words)? });
    }
    let rest = text.strip_prefix("days_")?;
    match rest.strip_suffix("_after_month_end") {
        Some(days) => Some(DueBase::DaysAfterMonthEnd(number(days, 366)?)),
        None => Some(DueBase::DaysAfterIssue(number(rest, 366)?)),
    }
}

/// A plain number from 1 to `most`.
fn number(text: &str, most: u32) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = text.parse().ok().filter(|_| is_plain)?;
    (number <= most).then_some(number)
}

impl fmt::Display for DueRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |months| if months == 1 { NEXT_MONTH } else { AFTER_NEXT };
        match self.base {
            DueBase::EndOfMonth { months } => write!(f, "end_{}", words(months))?,
            DueBase::DayOfMonth { day, months } => write!(f, "day_{day}_{}", words(months))?,
            DueBase::DaysAfterMonthEnd(days) => write!(f, "days_{days}_after_month_end")?,
            DueBase::DaysAfterIssue(days) => write!(f, "days_{days}")?,
        }
        f.write_str(match self.holiday_rule {
            HolidayRule::Next => "",
            HolidayRule::Previous => "/previous",
            HolidayRule::None => "/none",
        })
    }
}
