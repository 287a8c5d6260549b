//! The shared month of made-up data: every expected figure, digit by digit, from reports and from facts.

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{Outcome, TempFolder, copy_folder, seikyu, shared_data};

const EXPECTED: [&str; 4] = ["bridge.csv", "summary.csv", "invoices.csv", "census.csv"];

#[test]
fn the_month_gives_exactly_its_expected_figures() {
    let Some(month) = shared_data("month_2025-05") else { return };
    let out = TempFolder::new("month");
    let Outcome { code, stderr, .. } =
        seikyu(&["run", "--period", "2025-05"], &[("--workspace", &month), ("--output", out.path())]);
    assert_eq!(code, 0, "{stderr}");
    for name in EXPECTED {
        let expected = fs::read_to_string(month.join("expected/strip_only").join(name)).unwrap();
        let found = fs::read_to_string(out.path().join("2025-05").join(name)).unwrap();
        assert_eq!(found, expected, "{name}");
    }
    let holds = fs::read_to_string(out.path().join("2025-05/holds.csv")).unwrap();
    assert_eq!(holds.lines().count(), 1, "only the header: {holds}");
}

#[test]
fn one_sku_is_priced_by_public_on_demand_cost() {
    let Some(month) = shared_data("month_2025-05") else { return };
    let out = TempFolder::new("fallback");
    let outcome = seikyu(&["run", "--period", "2025-05"], &[("--workspace", &month), ("--output", out.path())]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let record = fs::read_to_string(out.path().join("2025-05/run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    // AmazonPreview's SKU is in no list of the workspace; its rows sum to 1.2173469654 (awk over the reports).
    let fallback = record["public_on_demand_fallback"].as_object().unwrap();
    let found: Vec<_> = fallback.iter().map(|(sku, usd)| (sku.as_str(), usd.as_str().unwrap())).collect();
    assert_eq!(found, [("SKU YCG2GK4DRMMTGP6U", "1.2173469654")]);
}

#[test]
fn facts_and_threads_give_the_same_bytes() {
    let Some(month) = shared_data("month_2025-05") else { return };
    let (from_reports, from_facts) = (TempFolder::new("reports"), TempFolder::new("facts"));
    let run = |output: &TempFolder, more: &[&str], paths: &[(&str, &std::path::Path)]| {
        let mut arguments = vec!["run", "--quiet", "--period", "2025-05"];
        arguments.extend(more);
        let mut all = vec![("--workspace", month.as_path()), ("--output", output.path())];
        all.extend(paths);
        let outcome = seikyu(&arguments, &all);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    };
    run(&from_reports, &["--threads", "1"], &[]);
    let facts = from_reports.path().join("2025-05/facts.parquet");
    run(&from_facts, &["--threads", "4"], &[("--facts", &facts)]);
    assert_eq!(from_facts.files_but_run_json(), from_reports.files_but_run_json());
    let again = TempFolder::new("again");
    run(&again, &["--threads", "3"], &[]);
    assert_eq!(again.files_but_run_json(), from_reports.files_but_run_json());
}

#[test]
fn giving_back_changes_nothing_but_the_lines_it_names() {
    let Some(month) = shared_data("month_2025-05") else { return };
    let workspace = TempFolder::new("reapply");
    copy_folder(&month, workspace.path());
    let settings = workspace.path().join("seikyu.toml");
    let text = fs::read_to_string(&settings).unwrap();
    assert!(text.contains("mode = \"strip_only\""));
    fs::write(&settings, text.replace("mode = \"strip_only\"", "mode = \"strip_and_reapply\"")).unwrap();
    let out = TempFolder::new("reapplied");
    let arguments = ["run", "--quiet", "--period", "2025-05"];
    let outcome = seikyu(&arguments, &[("--workspace", workspace.path()), ("--output", out.path())]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let bridge = |text: &str| -> BTreeMap<(String, String), String> {
        let row = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            ((cells[1..3].join(","), cells[3].to_owned()), cells[4].to_owned())
        };
        text.lines().skip(1).map(row).collect()
    };
    let before = bridge(&fs::read_to_string(month.join("expected/strip_only/bridge.csv")).unwrap());
    let after = bridge(&fs::read_to_string(out.path().join("2025-05/bridge.csv")).unwrap());
    const MAY_CHANGE: [&str; 4] = ["own_commitment_reapplied", "list_total", "plan_discount", "net_total"];
    let kept = |rows: &BTreeMap<(String, String), String>| {
        let rows = rows.iter().filter(|((_, cause), _)| !MAY_CHANGE.contains(&cause.as_str()));
        rows.map(|(key, amount)| (key.clone(), amount.clone())).collect::<Vec<_>>()
    };
    assert_eq!(kept(&after), kept(&before));
    // By hand, from the workspace's README: in each of 108 hours a stranger's zonal reservation displaced the account's
    // own regional one (m5.large at 0.124), or its own Compute Savings Plan (c5.large at 0.107).
    let given = |account: &str| after[&(account.to_owned(), String::from("own_commitment_reapplied"))].as_str();
    assert_eq!(given("001234567892,000000000104"), "-13.392");
    assert_eq!(given("001234567892,666666000666"), "-11.556");
    // Only those two and the organization, whose Savings Plan strangers used as well.
    let who = |(account, cause): &(String, String)| (cause == "own_commitment_reapplied").then(|| account.clone());
    let gainers: Vec<String> = after.keys().filter_map(who).collect();
    let organization = ["998877665549,003121212126", "998877665549,021212121226"];
    assert_eq!(gainers[..2], ["001234567892,000000000104", "001234567892,666666000666"]);
    assert_eq!(gainers[2..], organization);
}
