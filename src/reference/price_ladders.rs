//! Rows of price lists, from whatever files, to ladders without gaps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Fault;
use super::price_rows::PriceRow;
use super::table::Located;
use crate::period::Instant;
use crate::terms::{FreeOffer, Ladder, PriceList, PriceRange, PriceVersion};

type Versions<'a> = BTreeMap<&'a str, BTreeMap<Instant, Vec<&'a Located<PriceRow>>>>;

/// Puts rows together by SKU and version.
pub(super) fn build_price_list(rows: &[Located<PriceRow>], faults: &mut Vec<Fault>) -> PriceList {
    let mut by_sku: Versions<'_> = BTreeMap::new();
    for row in rows {
        let versions = by_sku.entry(&row.value.sku).or_default();
        let same_version = versions.entry(row.value.effective_from).or_default();
        // The same row in two files says nothing new.
        if !same_version.iter().any(|other| says_the_same(&other.value, &row.value)) {
            same_version.push(row);
        }
    }
    let mut list = PriceList::default();
    for (sku, versions) in by_sku {
        let (offers, prices): (Vec<_>, Vec<_>) = versions.values().flatten().copied().partition(|row| is_offer(row));
        if let (Some(offer), Some(price)) = (offers.first(), prices.first()) {
            faults.push(contradiction(offer, price, "applies_to", "a SKU either with prices or with free offers"));
            continue;
        }
        match offers.is_empty() {
            true => {
                list.versions.insert(sku.to_owned(), build_versions(versions, faults));
            }
            false => {
                list.free_offers.insert(sku.to_owned(), build_offers(versions, faults));
            }
        }
    }
    list
}

fn is_offer(row: &Located<PriceRow>) -> bool {
    !row.value.applies_to.is_empty()
}

fn says_the_same(one: &PriceRow, other: &PriceRow) -> bool {
    let ranges_agree = (one.begin, one.end, one.price) == (other.begin, other.end, other.price);
    ranges_agree && one.unit == other.unit && one.applies_to == other.applies_to
}

fn build_versions(versions: BTreeMap<Instant, Vec<&Located<PriceRow>>>, faults: &mut Vec<Fault>) -> Vec<PriceVersion> {
    let mut built: Vec<PriceVersion> = Vec::new();
    for (effective_from, mut rows) in versions {
        rows.sort_by_key(|row| row.value.begin);
        check_ladder(&rows, faults);
        let range = |row: &&Located<PriceRow>| {
            let PriceRow { begin, end, price, .. } = row.value;
            PriceRange { begin, end, price }
        };
        let ladder = Ladder { ranges: rows.iter().map(range).collect() };
        if built.last().is_none_or(|earlier| earlier.ladder != ladder) {
            let unit = rows[0].value.unit.clone();
            let sources = rows.iter().map(|row| Arc::from(row.value.source.as_str())).collect();
            built.push(PriceVersion { effective_from, ladder, unit, sources });
        }
    }
    built
}

/// The ranges of one version, ascending, must cover everything above 0 once.
fn check_ladder(rows: &[&Located<PriceRow>], faults: &mut Vec<Fault>) {
    let (first, last) = (rows[0], rows[rows.len() - 1]);
    if !first.value.begin.is_zero() {
        let found = format!("{} as the lowest begin of {}", first.value.begin, version_name(first));
        faults.push(range_fault(first, "begin_range", found, "ranges that begin at 0"));
    }
    for pair in rows.windows(2) {
        let (lower, upper) = (pair[0], pair[1]);
        if lower.value.unit != upper.value.unit {
            faults.push(contradiction(upper, lower, "unit", "one unit for all ranges of a SKU"));
        }
        match lower.value.end {
            Some(end) if end == upper.value.begin => {}
            Some(end) if end < upper.value.begin => {
                let found = format!("a gap from {end} to {} in {}", upper.value.begin, version_name(upper));
                faults.push(range_fault(upper, "begin_range", found, "ranges without gaps"));
            }
            _ => faults.push(contradiction(upper, lower, "begin_range", "ranges that do not overlap")),
        }
    }
    if let Some(end) = last.value.end {
        let found = format!("{end} as the highest end of {}", version_name(last));
        faults.push(range_fault(last, "end_range", found, "a last range that ends at Inf"));
    }
}

fn version_name(row: &Located<PriceRow>) -> String {
    format!("SKU {} from {}", row.value.sku, row.value.effective_from)
}

fn range_fault(row: &Located<PriceRow>, column: &str, found: String, accepted: &str) -> Fault {
    Fault {
        at: row.at.clone(),
        column: column.to_owned(),
        found,
        accepted: accepted.to_owned(),
        remedy: String::from("a row is missing, or a bound is mistyped"),
    }
}

fn contradiction(row: &Located<PriceRow>, other: &Located<PriceRow>, column: &str, accepted: &str) -> Fault {
    Fault {
        at: row.at.clone(),
        column: column.to_owned(),
        found: format!("{}, which contradicts {}", version_name(row), other.at),
        accepted: accepted.to_owned(),
        remedy: String::from("remove the wrong one of the two rows"),
    }
}

fn build_offers(versions: BTreeMap<Instant, Vec<&Located<PriceRow>>>, faults: &mut Vec<Fault>) -> Vec<FreeOffer> {
    let mut built: Vec<FreeOffer> = Vec::new();
    for (effective_from, rows) in versions {
        let row = rows[0];
        let mut applies_to: BTreeSet<String> = BTreeSet::new();
        for other in &rows {
            if other.value.end != row.value.end {
                faults.push(contradiction(other, row, "end_range", "one allowance for an offer and date"));
            }
            // The files of two regions each name the SKUs of their own.
            applies_to.extend(other.value.applies_to.iter().cloned());
        }
        let Some(allowance) = row.value.end else { continue }; // Refused where it was read.
        let applies_to: Vec<String> = applies_to.into_iter().collect();
        let is_news = |earlier: &FreeOffer| earlier.allowance != allowance || earlier.applies_to != applies_to;
        if built.last().is_none_or(is_news) {
            let (sku, source) = (row.value.sku.clone(), row.value.source.clone());
            built.push(FreeOffer { sku, effective_from, allowance, applies_to, source });
        }
    }
    built
}
