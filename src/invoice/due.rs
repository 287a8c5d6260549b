//! The day of payment, as far as the month alone tells it.

use super::Due;
use crate::period::{BillingPeriod, Day};
use crate::terms::{Calendar, DueBase, DueRule};

/// What a rule says of a month's invoice before it is issued.
pub fn planned(rule: DueRule, period: BillingPeriod, calendar: &Calendar) -> Due {
    let after = |months: u32| (0..months).fold(period, |month, _| month.next());
    let agreed = match rule.base {
        DueBase::EndOfMonth { months } => Some(Day::last_of(after(months))),
        DueBase::DayOfMonth { day, months } => {
            let month = after(months);
            Some(Day::new(month, day).unwrap_or_else(|| Day::last_of(month)))
        }
        DueBase::DaysAfterMonthEnd(days) => Some(Day::last_of(period).plus(i64::from(days))),
        DueBase::DaysAfterIssue(_) => None,
    };
    Due { rule, day: agreed.and_then(|day| calendar.moved(day, rule.holiday_rule)) }
}
