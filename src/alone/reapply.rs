//! Gives every group its own leftover commitments back, hour by hour, in AWS's order.
//!
//! Only usage whose foreign coverage this run took away is covered again; what AWS gave a group of its own stays.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::commitments::{Bucket, Commitment, Commitments, HOUR, bucket_of};
use super::counters::{Counters, Cover, Item, SkuKey};
use super::error::At;
use super::matching::{Line, LineKey, Matches, Per, Rates, Unrated, list_of, match_all};
use super::product::Product;
use super::{AloneError, GroupId};
use crate::money::{MoneyError, Quantity, Usd, split_by_weight};
use crate::terms::{Mode, ReferenceData};
use crate::usage::{Facts, Sym};

/// A fact's quantity that a commitment of its own group covers after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub fact: usize,
    /// Place in [`Commitments::all`].
    pub commitment: usize,
    pub quantity: Quantity,
}

/// What was given back.
#[derive(Debug, Default)]
pub(super) struct Reapplied {
    /// By fact, then in the order in which it was given.
    pub given: Vec<Given>,
    /// By commitment and account: quantity, and units of the commitment.
    pub taken: BTreeMap<(usize, Sym), (Quantity, i128)>,
    pub warnings: Vec<String>,
}

/// Gives back what the mode asks for.
pub(super) fn reapply(
    facts: &Facts,
    reference: &ReferenceData,
    counters: &Counters,
    commitments: &Commitments<'_>,
) -> Result<Reapplied, AloneError> {
    if reference.mode == Mode::StripOnly {
        return Ok(Reapplied::default());
    }
    let rates = Rates::of(facts);
    let open = open_rows(counters);
    let mut work = Vec::new();
    let mut coarse = BTreeSet::new();
    for (group, places) in commitments.by_group() {
        let Some(rows) = open.get(&group) else { continue };
        let grain = commitments.all[places[0]].grain; // One for all of a group.
        if grain > HOUR {
            coarse.extend(rows.iter().map(|row| facts.text(row.item.account)));
            if reference.mode == Mode::ReapplyWhereHourly {
                continue;
            }
        }
        let own = places.iter().map(|place| &commitments.all[*place]).collect();
        work.push(Group { facts, reference, rates: &rates, places, commitments: own, rows, grain });
    }
    let parts: Vec<Result<Reapplied, AloneError>> = work.par_iter().map(Group::reapply).collect();
    let mut all = Reapplied::default();
    for part in parts {
        let part = part?;
        all.given.extend(part.given);
        all.taken.extend(part.taken); // Groups have no commitment in common.
        all.warnings.extend(part.warnings);
    }
    all.given.sort_by_key(|given| given.fact); // Stable: the order of giving stays.
    all.warnings.extend(coarse_warning(&coarse, reference.mode));
    Ok(all)
}

fn coarse_warning(accounts: &BTreeSet<&str>, mode: Mode) -> Option<String> {
    if accounts.is_empty() {
        return None;
    }
    let names = accounts.iter().copied().collect::<Vec<_>>().join(", ");
    Some(match mode {
        Mode::ReapplyWhereHourly => format!(
            "own commitments are not given back to accounts whose report is not hourly: {names}; \
             mode = \"strip_and_reapply\" in seikyu.toml gives them back approximately"
        ),
        Mode::StripAndReapply | Mode::StripOnly => format!(
            "own commitments are given back only approximately to accounts whose report is not hourly: {names}; \
             the hours of a day are not told apart"
        ),
    })
}

/// An un-covered item and what it is counted by.
#[derive(Clone, Copy)]
struct OpenRow<'c> {
    sku: SkuKey,
    item: &'c Item,
}

/// Un-covered items by group.
fn open_rows(counters: &Counters) -> BTreeMap<GroupId, Vec<OpenRow<'_>>> {
    let mut open: BTreeMap<GroupId, Vec<OpenRow<'_>>> = BTreeMap::new();
    for (group, sku, items) in counters.iter() {
        let uncovered = items.iter().filter(|item| item.cover != Cover::None);
        let mut rows = uncovered.map(|item| OpenRow { sku, item }).peekable();
        if rows.peek().is_some() {
            open.entry(group).or_default().extend(rows);
        }
    }
    open
}

/// One group's un-covered usage and its commitments.
struct Group<'a> {
    facts: &'a Facts,
    reference: &'a ReferenceData,
    rates: &'a Rates,
    /// Places in [`Commitments::all`], and what stands there.
    places: Vec<usize>,
    commitments: Vec<&'a Commitment<'a>>,
    rows: &'a [OpenRow<'a>],
    grain: i64,
}

/// A row of a bucket: bucket, line, place in the group's rows.
type Slot = (Bucket, usize, usize);

impl Group<'_> {
    fn reapply(&self) -> Result<Reapplied, AloneError> {
        let (lines, mut slots) = self.lines();
        let matches = match_all(self.facts, self.reference, &self.commitments, self.rates, &lines);
        let mut out = Reapplied { warnings: self.unknown(), ..Reapplied::default() };
        if matches.pairs.is_empty() && matches.unrated.is_empty() {
            return Ok(out);
        }
        slots.sort_unstable();
        let mut hour = Hour::new(lines.len(), self.commitments.len());
        let mut missing: BTreeMap<Unrated, Quantity> = BTreeMap::new();
        for slots in slots.chunk_by(|one, other| one.0 == other.0) {
            hour.begin(self, slots);
            self.cover(&matches, &mut hour).at(|| self.describe(slots[0].0))?;
            for pair in &matches.unrated {
                if hour.open[pair.line] > Quantity::ZERO && hour.left(self, pair.commitment) > 0 {
                    *missing.entry(*pair).or_default() += hour.open[pair.line];
                }
            }
            hour.given.sort_by_key(|giving| giving.line); // Stable: the order of giving stays.
            self.hand_out(slots, &lines, &hour, &mut out).at(|| self.describe(slots[0].0))?;
        }
        out.warnings.extend(self.missing_rates(&missing, &lines));
        Ok(out)
    }

    fn describe(&self, bucket: Bucket) -> String {
        format!("own commitments given back in the hour of {}", crate::period::Instant::from_seconds(bucket))
    }

    /// The lines of the group, and its rows by bucket and line.
    fn lines(&self) -> (Vec<Line<'_>>, Vec<Slot>) {
        let mut places: BTreeMap<LineKey, usize> = BTreeMap::new();
        let mut firsts: Vec<(LineKey, usize)> = Vec::new();
        let mut slots = Vec::with_capacity(self.rows.len());
        for (row, OpenRow { sku, item }) in self.rows.iter().enumerate() {
            let key = &self.facts.facts[item.fact].key;
            let line = LineKey {
                account: item.account,
                sku: *sku,
                operation: key.operation,
                zone: key.availability_zone,
                price_instant: key.price_instant,
            };
            let place = *places.entry(line).or_insert_with(|| {
                firsts.push((line, item.fact));
                firsts.len() - 1
            });
            // Rows of one line may come with and without a factor: what one says holds for all.
            let first = &mut firsts[place].1;
            if self.facts.facts[*first].key.normalization_factor.is_empty() && !key.normalization_factor.is_empty() {
                *first = item.fact;
            }
            slots.push((bucket_of(key.interval_start, self.grain, self.facts.period.start()), place, row));
        }
        let line = |(key, first): (LineKey, usize)| {
            let fact = &self.facts.facts[first];
            let public = || {
                let is_told = fact.key.has_public_cost && fact.measures.quantity > Quantity::ZERO;
                is_told.then(|| fact.measures.public_cost.per_unit(fact.measures.quantity).ok()).flatten()
            };
            let list = list_of(self.facts, self.reference, &key, public);
            Line { key, product: Product::of(self.facts, fact), list }
        };
        (firsts.into_iter().map(line).collect(), slots)
    }

    /// Covers the open quantities of one hour, pair by pair.
    fn cover(&self, matches: &Matches, hour: &mut Hour) -> Result<(), MoneyError> {
        for pair in &matches.pairs {
            let open = hour.open[pair.line];
            if open <= Quantity::ZERO {
                continue;
            }
            let left = hour.left(self, pair.commitment);
            if left <= 0 {
                continue;
            }
            let reach = match pair.per {
                Per::Units(factor) => Quantity::from_units(left).holds(factor),
                Per::Rate(rate) => Usd::from_units(left).buys(rate),
            };
            let covered = reach.unwrap_or(open).min(open); // More than can be held is enough.
            if covered <= Quantity::ZERO {
                continue;
            }
            let used = match pair.per {
                Per::Units(factor) => covered.times(factor)?.units(),
                Per::Rate(rate) => covered.at(rate)?.units(),
            };
            hour.open[pair.line] -= covered;
            hour.left[pair.commitment] = Some(left - used);
            hour.given.push(Giving { line: pair.line, commitment: pair.commitment, quantity: covered, used });
        }
        Ok(())
    }

    /// Divides what each line was given among its rows by quantity. Both are in order of the lines.
    fn hand_out(&self, slots: &[Slot], lines: &[Line<'_>], hour: &Hour, out: &mut Reapplied) -> Result<(), MoneyError> {
        let mut of_line = slots.chunk_by(|one, other| one.1 == other.1);
        for givings in hour.given.chunk_by(|one, other| one.line == other.line) {
            let line = givings[0].line;
            let same_line = of_line.find(|slots| slots[0].1 == line).expect("what was given has a row in the hour");
            let rows: Vec<&Item> = same_line.iter().map(|(_, _, row)| self.rows[*row].item).collect();
            let mut weights: Vec<i128> = rows.iter().map(|item| item.quantity.units()).collect();
            for giving in givings {
                let commitment = self.places[giving.commitment];
                let shares = split_by_weight(giving.quantity.units(), &weights)?;
                for ((item, weight), share) in rows.iter().zip(&mut weights).zip(shares) {
                    *weight -= share;
                    if share != 0 {
                        out.given.push(Given { fact: item.fact, commitment, quantity: Quantity::from_units(share) });
                    }
                }
                let sum = out.taken.entry((commitment, lines[line].key.account)).or_default();
                *sum = (sum.0 + giving.quantity, sum.1 + giving.used);
            }
        }
        Ok(())
    }

    /// Own commitments that cannot be given back although they are paid for.
    fn unknown(&self) -> Vec<String> {
        let text = |commitment: &&Commitment<'_>| {
            let why = commitment.why_unknown()?;
            Some(format!("nothing of {} can be given back to its owner: {why}", self.facts.text(commitment.arn)))
        };
        self.commitments.iter().filter_map(text).collect()
    }

    fn missing_rates(&self, missing: &BTreeMap<Unrated, Quantity>, lines: &[Line<'_>]) -> Vec<String> {
        let mut sums: BTreeMap<(usize, SkuKey), Quantity> = BTreeMap::new();
        for (pair, quantity) in missing {
            *sums.entry((pair.commitment, lines[pair.line].key.sku)).or_default() += *quantity;
        }
        let text = |((commitment, sku), quantity): ((usize, SkuKey), Quantity)| {
            format!(
                "{} had commitment left for {}, but no rate of it is known; {quantity} of usage stay on demand; \
                 import the Savings Plan offer file into rates/savings_plans",
                self.facts.text(self.commitments[commitment].arn),
                sku.describe(self.facts),
            )
        };
        sums.into_iter().map(text).collect()
    }
}

/// What one line was given of one commitment in an hour.
struct Giving {
    line: usize,
    commitment: usize,
    quantity: Quantity,
    used: i128,
}

/// The state of one bucket.
struct Hour {
    bucket: Bucket,
    /// By line: what is not covered yet.
    open: Vec<Quantity>,
    /// By commitment: what is left of it; asked for only once.
    left: Vec<Option<i128>>,
    given: Vec<Giving>,
    /// Lines with an open quantity: to be cleared for the next bucket.
    lines: Vec<usize>,
}

impl Hour {
    fn new(lines: usize, commitments: usize) -> Self {
        let (open, left) = (vec![Quantity::ZERO; lines], vec![None; commitments]);
        Self { bucket: 0, open, left, given: Vec::new(), lines: Vec::new() }
    }

    fn begin(&mut self, group: &Group<'_>, slots: &[Slot]) {
        for line in self.lines.drain(..) {
            self.open[line] = Quantity::ZERO;
        }
        self.left.fill(None);
        self.given.clear();
        self.bucket = slots[0].0;
        for (_, line, row) in slots {
            self.open[*line] += group.rows[*row].item.quantity;
            self.lines.push(*line);
        }
    }

    /// What is left of a commitment in this bucket, in its units.
    fn left(&mut self, group: &Group<'_>, commitment: usize) -> i128 {
        let month = group.facts.period;
        *self.left[commitment].get_or_insert_with(|| group.commitments[commitment].left(self.bucket, month))
    }
}
