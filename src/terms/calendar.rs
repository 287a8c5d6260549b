use std::collections::{BTreeMap, BTreeSet};

use super::HolidayRule;
use crate::period::Day;

/// The national holidays of Japan (国民の祝日), and with them the days on which its banks are closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Holiday and its name. Years without any are not known.
    pub holidays: BTreeMap<Day, String>,
}

impl Calendar {
    /// Whether banks are open: by 銀行法施行令 第5条 not on weekends, holidays and from 31 December to 3 January.
    pub fn is_open(&self, day: Day) -> bool {
        let (_, month, date) = day.date();
        let is_new_year = matches!((month, date), (12, 31) | (1, 1..=3));
        !day.is_weekend() && !is_new_year && !self.holidays.contains_key(&day)
    }

    /// The day that counts instead of one on which banks are closed; absent where the year is not known.
    pub fn moved(&self, day: Day, rule: HolidayRule) -> Option<Day> {
        let step = match rule {
            HolidayRule::None => return Some(day),
            HolidayRule::Next => 1,
            HolidayRule::Previous => -1,
        };
        let years: BTreeSet<i32> = self.holidays.keys().map(|holiday| holiday.date().0).collect();
        let mut day = day;
        while years.contains(&day.date().0) {
            if self.is_open(day) {
                return Some(day);
            }
            day = day.plus(step);
        }
        None
    }
}
