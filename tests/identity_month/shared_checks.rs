//! What must hold of the shared month when a payer is one organization.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::decimal::text;
use super::outputs::{Bridge, Causes, amount, assert_closes, charges};
use super::shared_month::{AwsRow, Cause, Prices, difference, moved_at_most, rounding};
use super::workspace::{ACCOUNTS_HEADER, PROJECTS_HEADER, Sharing, plan, project};
use crate::common::copy_folder;

/// One payer of the shared month: its reports, and what differs between list and AWS's charge.
pub struct Payer {
    pub reports: &'static [&'static str],
    pub adjustments: &'static str,
    pub files: &'static [&'static str],
    pub named: &'static [(Cause, &'static str)],
}

/// The residue of 2 x 10^-10 in a row of requests, the rate of a firewall's bytes, the SKU of a preview, Spot.
pub const FIRST_PAYER: Payer = Payer {
    reports: &["001234567892", "late"],
    adjustments: "[reports]\nadjustments = [\"late/late-adjustments.csv\"]\n\n",
    files: &[
        "001234567892/cur/hourly/20250501-20250601/pnwcib2u-1111-2222-3333-nym6nqlhjbgt/hourly-00001.csv.gz",
        "001234567892/cur/hourly/20250501-20250601/pnwcib2u-1111-2222-3333-nym6nqlhjbgt/hourly-00002.csv.gz",
        "001234567892/cur/hourly/20250501-20250601/pnwcib2u-1111-2222-3333-nym6nqlhjbgt/hourly-00003.csv.gz",
        "late/late-adjustments.csv",
    ],
    named: &[
        (Cause::PrivateRate, "2LDMBKN3C6TMO6DU"),
        (Cause::RowRounding, "AOPI52EDFHP7Y4XQ"),
        (Cause::Unlisted, "YCG2GK4DRMMTGP6U"),
        (Cause::Spot, "CEQZGI67BM2TFAO6"),
    ],
};
pub const SECOND_PAYER: Payer = Payer {
    reports: &["payer-b"],
    adjustments: "",
    files: &[
        "payer-b/exports/billing/20250501-20250601/billing-1.csv.gz",
        "payer-b/exports/billing/20250501-20250601/billing-2.csv.gz",
    ],
    named: &[],
};

/// The shared month with the reports of one payer, and all accounts as one organization on one plan.
pub fn as_one_organization(month: &Path, payer: &Payer, rows: &[AwsRow], workspace: &Path) {
    for name in payer.reports {
        copy_folder(&month.join("reports").join(name), &workspace.join("reports").join(name));
    }
    copy_folder(&month.join("rates"), &workspace.join("rates"));
    fs::create_dir(workspace.join("plans")).unwrap();
    let services: BTreeSet<_> = rows.iter().filter(|row| row.is_usage()).map(|row| row.product.as_str()).collect();
    let services: Vec<_> = services.into_iter().collect();
    fs::write(workspace.join("plans/plan.toml"), plan("plan", Sharing::Whole, "4", &services)).unwrap();
    let accounts: BTreeSet<_> = rows.iter().map(|row| row.account.as_str()).collect();
    let mut contracts = String::from(ACCOUNTS_HEADER);
    for account in accounts {
        contracts += &format!("{account},account,P-1,plan,2024-04,,ORG,customer\n");
    }
    fs::write(workspace.join("accounts.csv"), contracts).unwrap();
    fs::write(workspace.join("projects.csv"), format!("{PROJECTS_HEADER}{}", project("P-1"))).unwrap();
}

/// Every difference between the list side and AWS's is named: a private rate, AWS's rounding of rows, tier order, a
/// SKU in no list, Spot, and the lines that are taken out.
pub fn assert_every_difference_is_named(payer: &Payer, prices: &Prices, rows: &[AwsRow], month: &Path) {
    let bridge = Bridge::read(month);
    assert_closes(&bridge);
    let mut named = BTreeSet::new();
    let mut rounded: BTreeMap<&str, (i128, usize)> = BTreeMap::new();
    // By account, and by SKU where it is tiered: AWS's charge, and with what is named the expected list charge.
    let mut expected: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    let mut lines: BTreeMap<&str, Causes> = BTreeMap::new();
    for row in rows {
        let causes = lines.entry(&row.account).or_default();
        *causes.entry(String::from("aws_unblended")).or_default() += row.cost;
        if let Some(cause) = row.removed_as() {
            *causes.entry(String::from(cause)).or_default() -= row.cost;
        }
        if !row.is_usage() {
            continue;
        }
        let (cause, amount) = difference(prices, row);
        if amount != 0 || matches!(cause, Cause::Unlisted | Cause::Spot) {
            named.insert((cause, row.sku.as_str()));
        }
        if cause == Cause::RowRounding {
            let sums = rounded.entry(&row.sku).or_default();
            *sums = (sums.0 + amount, sums.1 + 1);
        }
        let is_tiered = prices.is_tiered(&row.sku);
        let account = if is_tiered { "" } else { row.account.as_str() };
        *expected.entry((account, &row.sku)).or_default() += row.cost + amount;
        if !is_tiered {
            *causes.entry(String::from("list_rate_difference")).or_default() += amount;
        }
    }
    assert_eq!(named, payer.named.iter().copied().collect(), "what differs, and why");
    for (sku, (amount, count)) in rounded {
        assert!(amount.abs() <= rounding(count), "{sku}: {} is more than AWS's rounding of {count} rows", text(amount));
    }
    lines.values_mut().for_each(|causes| causes.retain(|cause, amount| cause == "aws_unblended" || *amount != 0));
    const OURS: [&str; 5] = ["tier_rerated", "free_tier_rerated", "list_total", "plan_discount", "net_total"];
    let mut tiers = 0;
    for (account, mut causes) in bridge.by_account() {
        tiers += amount(&causes, "tier_rerated") + amount(&causes, "free_tier_rerated");
        causes.retain(|cause, _| !OURS.contains(&cause.as_str()));
        assert_eq!(causes, lines[account], "{account}: every line but tiers");
    }
    let mut found: BTreeMap<(String, String), i128> = BTreeMap::new();
    for charge in charges(month).iter().filter(|charge| charge.line_type == "Usage" && !charge.sku.is_empty()) {
        let account = if prices.is_tiered(&charge.sku) { String::new() } else { charge.account.clone() };
        *found.entry((account, charge.sku.clone())).or_default() += charge.list;
    }
    // SKUs that share an allowance are compared together.
    let mut moved = 0;
    let mut sets: Vec<BTreeSet<String>> = prices.offers.iter().map(|offer| offer.0.clone()).collect();
    let alone = expected.keys().filter(|key| !sets.iter().any(|set| set.contains(key.1)));
    let alone: BTreeSet<_> = alone.map(|key| BTreeSet::from([key.1.to_owned()])).collect();
    sets.extend(alone);
    for skus in sets {
        let (mut difference, mut is_tiered) = (0, false);
        let mut by_account: BTreeMap<&str, i128> = BTreeMap::new();
        for ((account, sku), list) in &found {
            if skus.contains(sku) {
                *by_account.entry(account).or_default() += list;
            }
        }
        for ((account, sku), list) in expected.iter().filter(|(key, _)| skus.contains(key.1)) {
            *by_account.entry(account).or_default() -= list;
            is_tiered |= prices.is_tiered(sku);
        }
        difference += by_account.values().sum::<i128>();
        let of_skus = rows.iter().filter(|row| row.is_usage() && skus.contains(&row.sku));
        let most = if is_tiered { moved_at_most(prices, &skus, of_skus) } else { 0 };
        assert!(by_account.values().all(|one| one.abs() <= most), "{skus:?}: {by_account:?} beyond {}", text(most));
        moved += if is_tiered { difference } else { 0 };
    }
    let tiered_rounding: i128 = rows
        .iter()
        .filter(|row| row.is_usage() && prices.is_tiered(&row.sku))
        .map(|row| difference(prices, row).1)
        .sum();
    assert_eq!(text(tiers), text(moved + tiered_rounding), "the tier lines over the group");
}
