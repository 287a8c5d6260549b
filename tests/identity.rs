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

use common::{TempFolder, seikyu, shared_data};
use identity_month::bill::bill;
use identity_month::checks::{assert_census, assert_identity, assert_unblended, tiered_accounts};
use identity_month::decimal::text;
use identity_month::given_back::given_back;
use identity_month::outputs::{Bridge, amount, assert_closes, table};
use identity_month::report::Row;
use identity_month::shared_checks::{FIRST_PAYER, SECOND_PAYER, as_one_organization, assert_every_difference_is_named};
use identity_month::shared_month::{Prices, rows_of};
use identity_month::stranger_checks::{assert_no_foreign_cover, assert_reapplied};
use identity_month::strangers::{alone, owner};
use identity_month::uses::UNLISTED;
use identity_month::workspace::{Cut, Sharing, set_mode, write_rows, write_workspace};
use identity_month::world::{ACCOUNTS, Kind, PLAIN_ACCOUNTS, World};

const MODES: [&str; 2] = ["strip_only", "strip_and_reapply"];

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
    seeds(6).for_each(|seed| identity_of(Kind::UnequalPrices, seed));
}

#[test]
fn rows_that_aws_rounds_differ_by_their_rounding() {
    seeds(6).for_each(|seed| identity_of(Kind::Rounded, seed));
}

#[test]
fn an_account_under_two_payers_owes_what_both_charged() {
    seeds(6).for_each(|seed| identity_of(Kind::TwoPayers, seed));
}

/// A month in which every account is alone, run in a mode.
fn run_alone(workspace: &Path, mode: &str, more: &[&str]) -> (TempFolder, PathBuf) {
    set_mode(workspace, "", mode);
    let out = TempFolder::new("strangers-out");
    let month = run(workspace, &out, more);
    (out, month)
}

/// Stripping alone gives what the rules say; giving own commitments back changes what it may change, and only that.
fn strangers_of(kind: Kind, seed: u64) -> bool {
    let told = Seed(kind, seed);
    let mut world = World::new(seed, kind);
    let rows = bill(&mut world);
    let workspace = TempFolder::new("strangers");
    write_workspace(workspace.path(), &world, &rows, Sharing::Alone, Cut { files: 1, shuffle: None });
    let (_out, month) = run_alone(workspace.path(), "strip_only", &[]);
    let stripped = Bridge::read(&month);
    assert_census(&month, &rows);
    assert_closes(&stripped);
    assert_unblended(&stripped, &rows);
    let foreign = assert_no_foreign_cover(&world, &month, true);
    let covered = rows.iter().any(|row| row.class == "ri_covered" && owner(&row.reservation) != row.account);
    assert!(foreign > 0 || !covered, "what strangers covered is among the charges");
    let accounts = stripped.by_account();
    for (account, expected) in alone(&world, &rows) {
        let causes = &accounts[account];
        assert_eq!(amount(causes, "foreign_ri_removed"), expected.foreign_ri_removed, "reservations of {account}");
        assert_eq!(amount(causes, "foreign_sp_removed"), expected.foreign_sp_removed, "Savings Plans of {account}");
        assert_eq!(text(amount(causes, "list_total")), text(expected.list), "the list total of {account}");
    }
    let (_out, month) = run_alone(workspace.path(), "strip_and_reapply", &[]);
    let reapplied = Bridge::read(&month);
    assert_census(&month, &rows);
    assert_closes(&reapplied);
    assert_no_foreign_cover(&world, &month, false);
    assert_reapplied(&world, &stripped, &reapplied, &rows);
    drop(told);
    reapplied.0.values().any(|causes| causes.contains_key("own_commitment_reapplied"))
}

#[test]
fn strangers_get_back_their_own_and_nothing_else_changes() {
    let exact = seeds(12).map(|seed| (Kind::Exact, seed));
    let moved = seeds(4).map(|seed| (Kind::TwoPayers, seed));
    let given_back = exact.chain(moved).filter(|&(kind, seed)| strangers_of(kind, seed)).count();
    assert!(given_back > 3, "own commitments are given back in {given_back} months only");
}

#[test]
fn order_files_and_threads_change_no_byte_of_a_month() {
    for seed in 100..102 {
        let told = Seed(Kind::Exact, seed);
        let mut world = World::new(seed, Kind::Exact);
        let rows = bill(&mut world);
        let workspace = TempFolder::new("orders");
        write_workspace(workspace.path(), &world, &rows, Sharing::Alone, Cut { files: 1, shuffle: None });
        for mode in MODES {
            write_rows(workspace.path(), &rows, Cut { files: 1, shuffle: None });
            let expected = run_alone(workspace.path(), mode, &["--threads", "1"]).0.files_but_run_json();
            write_rows(workspace.path(), &rows, Cut { files: 3, shuffle: Some(seed) });
            let found = run_alone(workspace.path(), mode, &["--threads", "3"]).0.files_but_run_json();
            let unequal: Vec<_> = expected.iter().filter(|(name, bytes)| found.get(*name) != Some(bytes)).collect();
            let unequal: Vec<_> = unequal.into_iter().map(|(name, _)| name).collect();
            assert!(unequal.is_empty() && expected.len() == found.len(), "{mode}: {unequal:?} differ");
        }
        drop(told);
    }
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
        let is_others = |row: &Row, arn: &str| !arn.is_empty() && owner(arn) != row.account;
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
        let back = given_back(&world, &rows);
        saw("given back", ACCOUNTS[..5].iter().any(|account| back.get(account).is_some_and(|usd| *usd > 0)));
        let is_changed = |sku: &str| world.catalog.skus[sku].versions.len() > 1;
        saw("price change", any(&|row| row.class == "usage" && is_changed(row.sku)));
    }
    let missing: Vec<_> = seen.iter().filter(|(_, count)| **count < 3).collect();
    assert!(missing.is_empty(), "shown by fewer than three of 24 months: {missing:?}");
}

#[test]
fn every_difference_of_the_shared_month_is_named() {
    let Some(month) = shared_data("month_2025-05") else { return };
    let prices = Prices::read(&month.join("rates/list_prices"));
    for payer in [FIRST_PAYER, SECOND_PAYER] {
        let rows = rows_of(&month.join("reports"), payer.files);
        let workspace = TempFolder::new("one-organization");
        as_one_organization(&month, &payer, &rows, workspace.path());
        let mut before = None;
        for mode in MODES {
            set_mode(workspace.path(), payer.adjustments, mode);
            let out = TempFolder::new("one-organization-out");
            let output = run(workspace.path(), &out, &[]);
            assert_every_difference_is_named(&payer, &prices, &rows, &output);
            let files = ["bridge.csv", "summary.csv"].map(|name| fs::read_to_string(output.join(name)).unwrap());
            assert_eq!(before.get_or_insert_with(|| files.clone()), &files, "{mode}");
        }
    }
}
