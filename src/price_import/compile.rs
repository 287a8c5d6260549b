//! The lines of an offer become rows that hold together: every SKU has either a ladder without gaps or an allowance.

use std::collections::{BTreeMap, BTreeSet};

use super::error::Faults;
use super::offer::{Notes, PriceLine};
use crate::money::{GRID_PLACES, Quantity};

/// How many SKUs a warning names.
const NAMED: usize = 5;

/// Gives free offers of a CSV file the SKUs whose rows name them.
pub(super) fn relate(lines: &mut [PriceLine], related: Vec<(Box<str>, Box<str>)>, notes: &mut Notes) {
    let mut sharing: BTreeMap<Box<str>, BTreeSet<Box<str>>> = BTreeMap::new();
    for (sku, offer) in related {
        sharing.entry(offer).or_default().insert(sku);
    }
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for line in lines.iter_mut().filter(|line| line.is_allowance()) {
        if let Some((offer, skus)) = sharing.get_key_value(&line.sku) {
            line.applies_to = skus.iter().cloned().collect();
            found.insert(offer);
        }
    }
    let lost = sharing.keys().filter(|offer| !found.contains(offer.as_ref())).map(AsRef::as_ref);
    warn(notes, "RelatedTo names SKUs that are no free offer in this file; nothing is free by them", lost);
}

/// Sorts the lines, takes each once, and checks that they hold together.
pub(super) fn compile(mut lines: Vec<PriceLine>, notes: &mut Notes, faults: &mut Faults) -> Vec<PriceLine> {
    let no_offers: BTreeSet<&str> = lines
        .iter()
        .filter(|line| !line.applies_to.is_empty() && !line.is_allowance())
        .map(|line| line.sku.as_ref())
        .collect();
    let text = "appliesTo stands at something that is charged or has no bound; imported as a price of its own SKU";
    warn(notes, text, no_offers.into_iter());
    for line in &mut lines {
        if !line.is_allowance() {
            line.applies_to = Vec::new();
        }
    }
    lines.sort_by(|one, other| key(one).cmp(&key(other)).then_with(|| one.rate_code.cmp(&other.rate_code)));
    let before = lines.len();
    lines.dedup_by(|later, first| key(later) == key(first) && later.unit == first.unit);
    let repeats = u64::try_from(before - lines.len()).unwrap_or(u64::MAX);
    if repeats > 0 {
        notes.left_out.insert("rows that say the same as another", repeats);
    }
    close_whole_ranges(&mut lines, notes);
    let mut leftover = Leftover::default();
    let mut keep: Vec<bool> = Vec::with_capacity(lines.len());
    for group in lines.chunk_by(|one, other| one.sku == other.sku) {
        if group.iter().any(|line| !line.applies_to.is_empty()) {
            keep_offer(group, &mut keep, &mut leftover, faults);
        } else if group.iter().all(|line| line.is_allowance()) {
            leftover.offers_for_nothing.insert(group[0].sku.clone());
            keep.extend(group.iter().map(|_| false));
        } else {
            for version in group.chunk_by(|one, other| one.effective_from == other.effective_from) {
                check_ladder(version, faults);
            }
            keep.extend(group.iter().map(|_| true));
        }
    }
    leftover.tell(notes);
    let mut keep = keep.into_iter();
    lines.retain(|_| keep.next().unwrap_or(true));
    lines
}

/// Some ladders are written for whole units: 0 to 20000, then 20001 to Inf. The 20001st unit is the first above 20000.
fn close_whole_ranges(lines: &mut [PriceLine], notes: &mut Notes) {
    const ONE: i128 = 10_i128.pow(GRID_PLACES);
    let mut closed: BTreeSet<Box<str>> = BTreeSet::new();
    for place in 1..lines.len() {
        let (lower, upper) = (&lines[place - 1], &lines[place]);
        let is_next = lower.sku == upper.sku && lower.effective_from == upper.effective_from;
        if let (true, Some(end)) = (is_next, lower.end)
            && end % ONE == 0
            && upper.begin == end + ONE
        {
            lines[place].begin = end;
            closed.insert(lines[place].sku.clone());
        }
    }
    let text = "ranges are written for whole units, the next one beginning one above the last; closed without a gap";
    warn(notes, text, closed.iter().map(AsRef::as_ref));
}

type Key<'a> = (&'a str, i64, i128, i128, i128, &'a [Box<str>]);

fn key(line: &PriceLine) -> Key<'_> {
    let end = line.end.unwrap_or(i128::MAX);
    (&line.sku, line.effective_from.seconds(), line.begin, end, line.price, &line.applies_to)
}

/// SKUs of which something cannot be said in the compiled form.
#[derive(Default)]
struct Leftover {
    offers_with_prices: BTreeSet<Box<str>>,
    offers_for_nothing: BTreeSet<Box<str>>,
}

impl Leftover {
    fn tell(&self, notes: &mut Notes) {
        let text = "free offers for other SKUs have prices of their own, which were left out: usage of these very SKUs \
                    has no list price";
        warn(notes, text, self.offers_with_prices.iter().map(AsRef::as_ref));
        let text = "allowances that apply to no SKU of this file were left out";
        warn(notes, text, self.offers_for_nothing.iter().map(AsRef::as_ref));
    }
}

/// A SKU that grants an allowance to others: of each version exactly that.
fn keep_offer(group: &[PriceLine], keep: &mut Vec<bool>, leftover: &mut Leftover, faults: &mut Faults) {
    keep.extend(group.iter().map(|line| !line.applies_to.is_empty()));
    for version in group.chunk_by(|one, other| one.effective_from == other.effective_from) {
        let mut offers = version.iter().filter(|line| !line.applies_to.is_empty());
        if let Some(offer) = offers.next() {
            for other in offers {
                let found = format!("a second allowance beside rate {}", offer.rate_code);
                let accepted = "one allowance for a free offer and date";
                faults.push(other.spot, format!("rate {}", other.rate_code), found, accepted, "");
            }
        }
        if version.iter().any(|line| line.applies_to.is_empty()) {
            leftover.offers_with_prices.insert(version[0].sku.clone());
        }
    }
}

/// The ranges of one version, ascending, must cover everything above 0 once, in one unit.
fn check_ladder(version: &[PriceLine], faults: &mut Faults) {
    let (first, last) = (&version[0], &version[version.len() - 1]);
    let mut fault = |line: &PriceLine, found: String, accepted: &str, remedy: &str| {
        let column = format!("rate {} from {}", line.rate_code, line.effective_from);
        faults.push(line.spot, column, found, accepted, remedy);
    };
    let missing = "a row is missing: download the file again";
    if first.begin != 0 {
        fault(first, format!("{} as the lowest begin", plain(first.begin)), "ranges that begin at 0", missing);
    }
    for pair in version.windows(2) {
        let (lower, upper) = (&pair[0], &pair[1]);
        match lower.end {
            Some(end) if end == upper.begin => {}
            Some(end) if end < upper.begin => {
                let found = format!("a gap from {} to {}", plain(end), plain(upper.begin));
                fault(upper, found, "ranges without gaps", missing);
            }
            _ => {
                let found = format!("a range that contradicts rate {}{}", lower.rate_code, row_of(lower));
                fault(upper, found, "ranges that do not overlap", "take the offer file as AWS publishes it");
            }
        }
        if lower.unit != upper.unit {
            let found = format!("the unit {:?} beside {:?} of rate {}", upper.unit, lower.unit, lower.rate_code);
            fault(upper, found, "one unit for all ranges of a SKU", "");
        }
    }
    if let Some(end) = last.end {
        fault(last, format!("{} as the highest end", plain(end)), "a last range that ends at Inf", missing);
    }
}

fn row_of(line: &PriceLine) -> String {
    if line.spot.row == 0 { String::new() } else { format!(" in row {}", line.spot.row) }
}

/// A quantity or price without needless decimals.
pub(super) fn plain(units: i128) -> String {
    let text = Quantity::from_units(units).to_string();
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn warn<'a>(notes: &mut Notes, text: &str, skus: impl Iterator<Item = &'a str>) {
    let skus: Vec<&str> = skus.collect();
    if skus.is_empty() {
        return;
    }
    let more = if skus.len() > NAMED { format!(" and {} more", skus.len() - NAMED) } else { String::new() };
    let named = skus[..skus.len().min(NAMED)].join(", ");
    notes.warnings.push(format!("{text}: {named}{more}"));
}
