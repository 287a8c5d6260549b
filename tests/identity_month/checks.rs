//! What must hold of the output when the whole payer is one group.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::decimal::{TENTH_DECIMAL, parse, text, times};
use super::outputs::{Bridge, amount, assert_closes, charges, run_record, table};
use super::report::Row;
use super::uses::{UNEQUALLY_PRICED, UNLISTED};
use super::world::{Kind, PAYERS, World};

pub fn sum_by<K: Ord>(rows: &[Row], key: impl Fn(&Row) -> Option<K>) -> BTreeMap<K, i128> {
    let mut sums = BTreeMap::new();
    for row in rows {
        if let Some(key) = key(row) {
            *sums.entry(key).or_default() += row.cost;
        }
    }
    sums
}

/// What is tiered, and who uses it.
pub fn tiered_accounts(world: &World, rows: &[Row]) -> BTreeSet<&'static str> {
    let is_tiered = |row: &&Row| row.class == "usage" && world.catalog.is_tiered(row.sku);
    rows.iter().filter(is_tiered).map(|row| row.account).collect()
}

pub fn assert_census(month: &Path, rows: &[Row]) {
    let mut expected: BTreeMap<[String; 3], (i128, i128)> = BTreeMap::new();
    for row in rows {
        let key = [row.payer, row.line_type, row.class].map(String::from);
        let (count, cost) = expected.entry(key).or_default();
        (*count, *cost) = (*count + 1, *cost + row.cost);
    }
    let found: BTreeMap<_, _> = table(&month.join("census.csv"))
        .iter()
        .map(|row| {
            let key = ["payer_id", "line_type", "class"].map(|name| row[name].clone());
            (key, (row["rows"].parse().unwrap(), parse(&row["unblended_usd"])))
        })
        .collect();
    assert_eq!(found, expected, "every row is in the census, in its class");
}

/// AWS's side of the bridge, by payer and account.
pub fn assert_unblended(bridge: &Bridge, rows: &[Row]) {
    let expected = sum_by(rows, |row| Some((row.payer.to_owned(), row.account.to_owned())));
    let found: BTreeMap<_, _> = bridge
        .0
        .iter()
        .filter(|(_, causes)| causes.contains_key("aws_unblended"))
        .map(|(key, causes)| (key.clone(), causes["aws_unblended"]))
        .collect();
    assert_eq!(found, expected, "AWS's unblended by payer and account");
}

/// Gross amounts of the summary: the fees of commitments, and with the rest the list total.
fn assert_summary(month: &Path, bridge: &Bridge, rows: &[Row]) {
    let fees = sum_by(rows, |row| (row.class == "commitment_fee").then_some(row.account));
    let mut gross: BTreeMap<String, i128> = BTreeMap::new();
    let mut found_fees = BTreeMap::new();
    for row in table(&month.join("summary.csv")) {
        let amount = parse(&row["gross_usd"]);
        *gross.entry(row["account_id"].clone()).or_default() += amount;
        if row["section"] == "commitment_fees" {
            found_fees.insert(row["account_id"].clone(), amount);
        }
    }
    for (account, causes) in bridge.by_account() {
        if account == PAYERS[0] {
            assert_eq!(gross.get(account), None, "the reseller's account is on no invoice");
            continue;
        }
        assert_eq!(gross.get(account).copied().unwrap_or_default(), amount(&causes, "list_total"), "{account}");
        let fee = fees.get(account).copied().unwrap_or_default();
        assert_eq!(found_fees.get(account).copied().unwrap_or_default(), fee, "the fees of {account}");
    }
}

/// AWS's charge of a row before rounding. What is in no list is passed on at AWS's own rounded figure.
fn exact_of(row: &Row) -> i128 {
    assert!((row.exact - row.cost).abs() <= TENTH_DECIMAL / 2, "a row is rounded once, to 10 decimals");
    if row.sku == UNLISTED { row.cost } else { row.exact }
}

/// Per SKU what is charged for usage is what AWS charged, before it rounded rows; per account too where a SKU has a single price.
fn assert_skus(world: &World, rows: &[Row], month: &Path) {
    let is_exact = |sku: &str| match world.kind {
        Kind::UnequalPrices => !UNEQUALLY_PRICED.contains(&sku),
        Kind::Exact | Kind::TwoPayers | Kind::Rounded => true,
    };
    // Parts of a shared allowance are cut on the grid: SKUs of one price are compared together.
    let name = |sku: &str| String::from(if sku.starts_with("LAMBDAREQ") { "LAMBDAREQ" } else { sku });
    let mut differences: BTreeMap<(String, String), i128> = BTreeMap::new();
    for charge in charges(month).iter().filter(|charge| charge.line_type == "Usage" && is_exact(&charge.sku)) {
        let account = if world.catalog.is_tiered(&charge.sku) { String::new() } else { charge.account.clone() };
        *differences.entry((account, name(&charge.sku))).or_default() += charge.list;
    }
    for row in rows.iter().filter(|row| row.class == "usage" && is_exact(row.sku)) {
        let account = if world.catalog.is_tiered(row.sku) { "" } else { row.account };
        *differences.entry((account.to_owned(), name(row.sku))).or_default() -= exact_of(row);
    }
    // Two products, each rounded once to the grid.
    differences.retain(|(_, sku), difference| difference.abs() > i128::from(sku == "LAMBDAREQ"));
    assert_eq!(differences, BTreeMap::new(), "list and AWS's charge by account and SKU");
}

/// How much the list total of the group may differ from AWS's, and an account's with single-price SKUs only.
fn allowed(world: &World, rows: usize) -> i128 {
    match world.kind {
        // A row is rounded by at most half of the tenth decimal.
        Kind::Rounded => TENTH_DECIMAL / 2 * i128::try_from(rows).unwrap(),
        Kind::Exact | Kind::UnequalPrices | Kind::TwoPayers => 0,
    }
}

/// What another division of a shared allowance can move at most: all of it, from the dearest range to the cheapest.
fn allowance_moved(world: &World) -> i128 {
    let mut most = 1; // Two SKUs of one price: two products, each rounded once to the grid.
    if world.kind == Kind::UnequalPrices {
        let offer = world.catalog.offers.iter().find(|offer| offer.applies_to == UNEQUALLY_PRICED).unwrap();
        let versions = UNEQUALLY_PRICED.iter().flat_map(|sku| &world.catalog.skus[sku].versions);
        let prices: Vec<_> = versions.flat_map(|version| version.ranges.iter().map(|range| range.1)).collect();
        let width = prices.iter().max().unwrap() - prices.iter().min().unwrap();
        most += times(offer.allowance, width);
    }
    most
}

pub fn assert_identity(world: &World, rows: &[Row], month: &Path) {
    assert_census(month, rows);
    let bridge = Bridge::read(month);
    assert_closes(&bridge);
    assert_unblended(&bridge, rows);
    assert_summary(month, &bridge, rows);
    assert_skus(world, rows, month);
    let tiered = tiered_accounts(world, rows);
    let mut group = 0;
    let mut free = 0;
    for (account, causes) in bridge.by_account() {
        let mut known = vec!["aws_unblended", "list_total", "plan_discount", "net_total"];
        known.extend(tiered.contains(account).then_some(["tier_rerated", "free_tier_rerated"]).into_iter().flatten());
        known.extend((world.kind == Kind::Rounded).then_some("list_rate_difference"));
        let unknown: Vec<_> = causes.keys().filter(|cause| !known.contains(&cause.as_str())).collect();
        assert!(unknown.is_empty(), "{account}: {unknown:?} in a group where nothing is stripped");
        let difference = amount(&causes, "list_total") - amount(&causes, "aws_unblended");
        let own_rows = rows.iter().filter(|row| row.account == account).count();
        if !tiered.contains(account) {
            assert!(difference.abs() <= allowed(world, own_rows), "{account}: {}", text(difference));
        }
        assert!(amount(&causes, "list_rate_difference").abs() <= allowed(world, own_rows), "{account}");
        group += difference;
        free += amount(&causes, "free_tier_rerated");
    }
    let limit = allowed(world, rows.len()) + allowance_moved(world);
    assert!(group.abs() <= limit, "the group: {} beyond {}", text(group), text(limit));
    if matches!(world.kind, Kind::Exact | Kind::TwoPayers) {
        // What AWS gave free is what we give free; a product is rounded once for each account and SKU.
        assert!(free.abs() <= 100, "the group's free tier: {}", text(free));
    }
    let record = run_record(month);
    let fallback = record["public_on_demand_fallback"].as_object().unwrap();
    let unlisted: i128 = rows.iter().filter(|row| row.sku == UNLISTED).map(|row| row.cost).sum();
    let expected = (unlisted != 0).then(|| (format!("SKU {UNLISTED}"), text(unlisted)));
    let found = fallback.iter().map(|(sku, usd)| (sku.clone(), usd.as_str().unwrap().to_owned()));
    assert_eq!(found.collect::<Vec<_>>(), Vec::from_iter(expected), "only one SKU is in no list");
}
