//! Cost Explorer's CSV: groups as columns and dates as rows, or the other way round, with totals.

use std::collections::BTreeSet;

use super::cost_explorer_heads::{Group, account_in, bare, group, is_names, is_total, month};
use super::sheet::{Figures, Reading, Sheet};
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::reconcile::{ConsoleFile, Dimension, Key};

/// Reads an export. Only the month's figures count; totals are checked and not counted.
pub(super) fn parse(reading: &mut Reading, sheet: &Sheet) -> Option<ConsoleFile> {
    let group = group(&sheet.header()[0])?;
    let others = &sheet.header()[1..];
    let mut dates = others.iter().filter(|head| !is_total(head) && !is_names(head)).peekable();
    let has_dates_in_head = dates.peek().is_some() && dates.all(|head| month(head).is_some());
    let mut export =
        Export { reading, group, figures: Figures::default(), checks: Vec::new(), others: BTreeSet::new() };
    if has_dates_in_head {
        export.groups_in_rows(sheet)
    } else {
        export.dates_in_rows(sheet)
    }
    export.finish()
}

/// A printed total, and what it should be the sum of.
struct Check {
    line: usize,
    what: String,
    sum: Usd,
    figures: i128,
    total: Usd,
}

struct Export<'a> {
    reading: &'a mut Reading,
    group: Group,
    figures: Figures,
    checks: Vec<Check>,
    /// Months that are left out.
    others: BTreeSet<BillingPeriod>,
}

/// A row or column of figures as it is summed up.
#[derive(Clone, Copy, Default)]
struct Sum {
    amount: Usd,
    figures: i128,
}

impl Sum {
    fn add(&mut self, amount: Usd) {
        self.amount += amount;
        self.figures += 1;
    }
}

impl Export<'_> {
    fn dates_in_rows(&mut self, sheet: &Sheet) {
        let heads = sheet.header();
        let is_group = |place: &usize| !is_total(&heads[*place]);
        let groups: Vec<usize> = (1..heads.len()).filter(is_group).collect();
        let totals: Vec<usize> = (1..heads.len()).filter(|place| is_total(&heads[*place])).collect();
        // Without groups the total is the figure.
        let counted = if groups.is_empty() { &totals } else { &groups };
        let mut keys: Vec<Option<Key>> = heads.iter().map(|_| None).collect();
        for &place in counted {
            keys[place] = self.key(1, &heads[place]);
        }
        let mut columns = vec![Sum::default(); heads.len()];
        let mut printed_totals = None;
        for (line, cells) in &sheet.rows {
            if is_names(&cells[0]) {
                continue;
            }
            if is_total(&cells[0]) {
                printed_totals = Some((*line, cells));
                continue;
            }
            let Some(month) = month(&cells[0]) else {
                let accepted = "a day as YYYY-MM-DD, a month, or the row of totals";
                self.reading.refuse(*line, &heads[0], &format!("{:?}", cells[0]), accepted, "export it again");
                continue;
            };
            let mut row = Sum::default();
            for &place in counted {
                if let Some(amount) = self.take(*line, &heads[place], &cells[place], month, keys[place].as_ref()) {
                    row.add(amount);
                    columns[place].add(amount);
                }
            }
            if let (false, Some(&total)) = (groups.is_empty(), totals.last()) {
                self.check(*line, format!("the total of {}", cells[0]), row, &heads[total], &cells[total]);
            }
        }
        if let Some((line, cells)) = printed_totals {
            self.check_columns(line, cells, heads, &columns, counted.iter().copied());
        }
    }

    fn groups_in_rows(&mut self, sheet: &Sheet) {
        let heads = sheet.header();
        let months: Vec<(usize, BillingPeriod)> =
            (1..heads.len()).filter_map(|place| Some((place, month(&heads[place])?))).collect();
        let total = (1..heads.len()).rfind(|place| is_total(&heads[*place]));
        let mut columns = vec![Sum::default(); heads.len()];
        let mut printed_totals = None;
        for (line, cells) in &sheet.rows {
            if is_total(&cells[0]) {
                printed_totals = Some((*line, cells));
                continue;
            }
            let key = self.key(*line, &cells[0]);
            let mut row = Sum::default();
            for &(place, month) in &months {
                if let Some(amount) = self.take(*line, &heads[place], &cells[place], month, key.as_ref()) {
                    row.add(amount);
                    columns[place].add(amount);
                }
            }
            if let Some(total) = total {
                self.check(*line, format!("the total of {}", cells[0]), row, &heads[total], &cells[total]);
            }
        }
        if let Some((line, cells)) = printed_totals {
            self.check_columns(line, cells, heads, &columns, months.iter().map(|(place, _)| *place));
        }
    }

    fn key(&mut self, line: usize, head: &str) -> Option<Key> {
        match self.group {
            Group::Service => Some(Key { service: bare(head).to_owned(), ..Key::default() }),
            Group::Account => {
                let account_id = self.reading.account(line, "linked account", account_in(head))?;
                Some(Key { account_id, ..Key::default() })
            }
            Group::Nothing if is_total(head) || bare(head).to_lowercase().starts_with("cost") => Some(Key::default()),
            Group::Nothing => {
                let remedy = "group by linked account or by service, or by nothing";
                self.reading.refuse(line, "", &format!("{head:?}"), "Total costs($)", remedy);
                None
            }
        }
    }

    /// Counts a figure of the month; notes that there are others.
    fn take(&mut self, line: usize, head: &str, cell: &str, month: BillingPeriod, key: Option<&Key>) -> Option<Usd> {
        let printed = self.reading.figure(line, head, cell)?;
        match key {
            Some(key) if month == self.reading.period => self.figures.add(key.clone(), printed, None),
            _ => {
                self.figures.note(printed);
                if month != self.reading.period {
                    self.others.insert(month);
                }
            }
        }
        Some(printed.amount)
    }

    fn check(&mut self, line: usize, what: String, sum: Sum, head: &str, cell: &str) {
        if let Some(printed) = self.reading.figure(line, head, cell) {
            self.checks.push(Check { line, what, sum: sum.amount, figures: sum.figures, total: printed.amount });
        }
    }

    /// The row of totals against the sums of the columns above it.
    fn check_columns(
        &mut self,
        line: usize,
        cells: &[String],
        heads: &[String],
        columns: &[Sum],
        places: impl Iterator<Item = usize>,
    ) {
        for place in places {
            let what = format!("the total of {}", heads[place]);
            self.check(line, what, columns[place], &heads[place], &cells[place]);
        }
    }

    /// Totals that are not the sums of what they stand under: an edited or torn file.
    fn finish(self) -> Option<ConsoleFile> {
        let Self { reading, group, figures, checks, others } = self;
        let rounding = figures.rounding();
        for check in checks {
            let most = rounding.units().saturating_mul(check.figures + 1);
            if (check.sum - check.total).abs() > Usd::from_units(most) {
                let found = format!("{} is {}, its figures sum to {}", check.what, check.total, check.sum);
                reading.refuse(check.line, "", &found, "totals that are sums", "export it again, and do not edit it");
            }
        }
        let (format, dimension) = match group {
            Group::Service => ("Cost Explorer by service", Dimension::Service),
            Group::Account => ("Cost Explorer by linked account", Dimension::Account),
            Group::Nothing => ("Cost Explorer by month", Dimension::Month),
        };
        let mut notes = Vec::new();
        if !others.is_empty() {
            let months: Vec<String> = others.iter().map(BillingPeriod::to_string).collect();
            notes.push(format!("figures of other months are left out: {}", months.join(", ")));
        }
        let figures = figures.into_figures();
        Some(ConsoleFile { format, dimension, figures, rounding, payers: BTreeSet::new(), notes })
    }
}
