//! The identity: a whole payer organization as one group owes at list what AWS charged for it.
//!
//! The months are made up, seed by seed, and billed hour by hour as AWS bills: commitments of the owner first, tiers
//! in order of time over all accounts. `SEIKYU_IDENTITY_SEEDS` runs that many seeds of each kind of month.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;
mod identity_month;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::{TempFolder, seikyu};
use identity_month::bill::bill;
use identity_month::decimal::{TENTH_DECIMAL, text, times};
use identity_month::outputs::{Bridge, amount, assert_closes, charges, run_record, table};
use identity_month::report::Row;
use identity_month::uses::{UNEQUALLY_PRICED, UNLISTED};
use identity_month::workspace::{Cut, Sharing, set_mode, write_workspace};
use identity_month::world::{ACCOUNTS, Kind, PAYERS, PLAIN_ACCOUNTS, World};

/// To be set as soon as the program runs `strip_and_reapply`.
const RUNS_REAPPLICATION: bool = false;
const MODES: &[&str] = if RUNS_REAPPLICATION { &["strip_only", "strip_and_reapply"] } else { &["strip_only"] };

/// How many seeds of a kind to run.
fn seeds(ordinary: u64) -> std::ops::Range<u64> {
    let asked = std::env::var("SEIKYU_IDENTITY_SEEDS").ok();
    0..asked.map_or(ordinary, |count| count.parse().expect("SEIKYU_IDENTITY_SEEDS is a number"))
}

/// Tells which seed failed.
struct Seed(Kind, u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed: {:?}, seed {}", self.0, self.1);
        }
    }
}

/// Runs a month, which must end without a hold, and gives the folder of its output.
fn run(workspace: &Path, out: &TempFolder, more: &[&str]) -> PathBuf {
    let mut arguments = vec!["run", "--quiet", "--period", "2025-05"];
    arguments.extend(more);
    let outcome = seikyu(&arguments, &[("--workspace", workspace), ("--output", out.path())]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let month = out.path().join("2025-05");
    assert!(table(&month.join("holds.csv")).is_empty(), "nothing is held");
    month
}

fn sum_by<K: Ord>(rows: &[Row], key: impl Fn(&Row) -> Option<K>) -> BTreeMap<K, i128> {
    let mut sums = BTreeMap::new();
    for row in rows {
        if let Some(key) = key(row) {
            *sums.entry(key).or_default() += row.cost;
        }
    }
    sums
}

/// What is tiered, and who uses it.
fn tiered_accounts(world: &World, rows: &[Row]) -> BTreeSet<&'static str> {
    let is_tiered = |row: &&Row| row.class == "usage" && world.catalog.is_tiered(row.sku);
    rows.iter().filter(is_tiered).map(|row| row.account).collect()
}

fn assert_census(month: &Path, rows: &[Row]) {
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
            (key, (row["rows"].parse().unwrap(), identity_month::decimal::parse(&row["unblended_usd"])))
        })
        .collect();
    assert_eq!(found, expected, "every row is in the census, in its class");
}

/// AWS's side of the bridge, by payer and account.
fn assert_unblended(bridge: &Bridge, rows: &[Row]) {
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
        let amount = identity_month::decimal::parse(&row["gross_usd"]);
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

/// Per SKU what is charged for usage is what AWS charged; per account too where a SKU has a single price.
fn assert_skus(world: &World, rows: &[Row], month: &Path) {
    let is_exact = |sku: &str| match world.kind {
        Kind::Rounded => false,
        Kind::UnequalPrices => !UNEQUALLY_PRICED.contains(&sku),
        Kind::Exact | Kind::TwoPayers => true,
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
        *differences.entry((account.to_owned(), name(row.sku))).or_default() -= row.cost;
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
        _ => 0,
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

fn assert_identity(world: &World, rows: &[Row], month: &Path) {
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

/// Bills a seed in every mode: with the whole payer as one group they are the same.
fn identity_of(kind: Kind, seed: u64) {
    let told = Seed(kind, seed);
    let mut world = World::new(seed, kind);
    let rows = bill(&mut world);
    let workspace = TempFolder::new("identity");
    write_workspace(workspace.path(), &world, &rows, Sharing::Whole, Cut { files: 2, shuffle: None });
    let mut before: Option<[String; 2]> = None;
    for mode in MODES {
        set_mode(workspace.path(), "", mode);
        let out = TempFolder::new("identity-out");
        let month = run(workspace.path(), &out, &[]);
        assert_identity(&world, &rows, &month);
        let files = ["bridge.csv", "summary.csv"].map(|name| fs::read_to_string(month.join(name)).unwrap());
        assert_eq!(before.get_or_insert_with(|| files.clone()), &files, "{mode}");
    }
    drop(told);
}

#[test]
fn a_whole_payer_owes_what_aws_charged() {
    seeds(24).for_each(|seed| identity_of(Kind::Exact, seed));
}

#[test]
fn a_shared_allowance_moves_no_more_than_itself_between_prices() {
    seeds(8).for_each(|seed| identity_of(Kind::UnequalPrices, seed));
}

#[test]
fn rows_that_aws_rounds_differ_by_their_rounding() {
    seeds(8).for_each(|seed| identity_of(Kind::Rounded, seed));
}

#[test]
fn an_account_under_two_payers_owes_what_both_charged() {
    seeds(8).for_each(|seed| identity_of(Kind::TwoPayers, seed));
}

/// A generator that makes nothing of interest would prove nothing.
#[test]
fn the_months_have_everything_they_are_to_show() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..24 {
        let mut world = World::new(seed, Kind::Exact);
        let rows = bill(&mut world);
        assert!(ACCOUNTS[..PLAIN_ACCOUNTS].iter().all(|account| !tiered_accounts(&world, &rows).contains(account)));
        let mut saw = |what, is_seen: bool| *seen.entry(what).or_default() += usize::from(is_seen);
        let any = |is_so: &dyn Fn(&Row) -> bool| rows.iter().any(is_so);
        let is_others = |row: &Row, arn: &str| !arn.is_empty() && identity_month::strangers::owner(arn) != row.account;
        saw("foreign RI", any(&|row| row.class == "ri_covered" && is_others(row, &row.reservation)));
        saw("own RI", any(&|row| row.class == "ri_covered" && !is_others(row, &row.reservation)));
        saw("foreign SP", any(&|row| row.class == "sp_covered" && is_others(row, &row.plan)));
        saw("own SP", any(&|row| row.class == "sp_covered" && !is_others(row, &row.plan)));
        saw("EC2 SP", any(&|row| row.class == "sp_covered" && row.offering.starts_with("EC2")));
        saw("functions under SP", any(&|row| row.class == "sp_covered" && row.product == "AWSLambda"));
        saw("correction", any(&|row| row.quantity < 0 && row.class == "usage"));
        saw("free", any(&|row| row.class == "usage" && row.cost == 0 && row.public_cost != Some(0)));
        for (tier, name) in [(1, "second range"), (2, "third range")] {
            saw(name, any(&|row| row.rate_code.ends_with(&format!("RANGE{tier}"))));
        }
        let split: BTreeSet<_> = rows
            .iter()
            .filter(|row| row.class == "ri_covered")
            .collect::<Vec<_>>()
            .into_iter()
            .map(|row| (row.hour, &row.resource, &row.reservation))
            .collect();
        let hours: BTreeSet<_> = split.iter().map(|(hour, resource, _)| (hour, resource)).collect();
        saw("an hour over two RIs", split.len() > hours.len());
        saw("Spot", any(&|row| row.usage_type.contains("Spot")));
        saw("unlisted", any(&|row| row.sku == UNLISTED));
        let is_changed = |sku: &str| world.catalog.skus[sku].versions.len() > 1;
        saw("price change", any(&|row| row.class == "usage" && is_changed(row.sku)));
    }
    let missing: Vec<_> = seen.iter().filter(|(_, count)| **count < 3).collect();
    assert!(missing.is_empty(), "shown by fewer than three of 24 months: {missing:?}");
}
