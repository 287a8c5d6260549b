//! Several months at once: each as if it were run alone, and what they are together.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::fs;
use std::path::Path;

use common::{Outcome, TempFolder, lay, seikyu};

/// The base of the error gallery with its rows in April, May and June, as loose files.
fn workspace(months: &[(&str, &str)]) -> TempFolder {
    let folder = TempFolder::new("months");
    lay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/errors/base"), folder.path());
    let delivered = folder.path().join("reports/090000000019");
    let base = "fixtures/errors/base/reports/090000000019/cur/monthly/20250501-20250601/\
                5f1b2c3d-1111-4222-8333-aaaaaaaaaaaa/monthly-00001.csv.gz.text";
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(base)).unwrap();
    fs::remove_dir_all(delivered).unwrap();
    let mut rates = String::from("billing_period,rate,source\n");
    for (number, (month, source)) in (4..).zip(months) {
        let next = format!("2025-{:02}-01", number + 1);
        let text = text.replace("2025-06-01", "NEXT").replace("2025-05", month).replace("NEXT", &next);
        fs::write(folder.path().join(format!("reports/{month}.csv")), text).unwrap();
        if !source.is_empty() {
            rates.push_str(&format!("{month},145.{number},{source}\n"));
        }
    }
    fs::write(folder.path().join("rates/fx/usd_jpy_tts.csv"), rates).unwrap();
    folder
}

fn sound() -> TempFolder {
    workspace(&[("2025-04", "bank"), ("2025-05", "bank"), ("2025-06", "bank")])
}

fn go(words: &str, workspace: &Path, output: &Path) -> Outcome {
    let words: Vec<&str> = words.split_whitespace().collect();
    seikyu(&words, &[("--workspace", workspace), ("--output", output)])
}

fn documents(outcome: &Outcome) -> Vec<serde_json::Value> {
    outcome.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn months_of_a_range_are_those_that_are_run_alone() {
    let (workspace, together, alone) = (sound(), TempFolder::new("together"), TempFolder::new("alone"));
    let outcome = go("run --json --period 2025-04..2025-06", workspace.path(), together.path());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    for month in ["2025-04", "2025-05", "2025-06"] {
        assert_eq!(go(&format!("run --quiet --period {month}"), workspace.path(), alone.path()).code, 0);
        assert!(outcome.stderr.contains(&format!("{month} (month ")), "{}", outcome.stderr);
    }
    assert_eq!(together.files_but_run_json(), alone.files_but_run_json());
    let documents = documents(&outcome);
    let told: Vec<(&str, u64, u64)> = documents
        .iter()
        .map(|told| {
            let rows = told["rows"].as_u64().unwrap();
            (told["billing_period"].as_str().unwrap(), rows, told["exit_code"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(told, [("2025-04", 6, 0), ("2025-05", 6, 0), ("2025-06", 6, 0)]);
    // 5.952 x 3 + 25 + 4.28 of tax.
    assert!(documents.iter().all(|told| told["aws_unblended_usd"] == "47.136"));
    let table: Vec<&str> = outcome.stderr.lines().rev().take(4).collect();
    assert!(table[3].starts_with("month ") && table[0].starts_with("2025-06 "), "{}", outcome.stderr);
    assert!(table[0].contains("47.13") && table[0].ends_with("  0"), "{}", table[0]);
    let one = go("run --json --quiet --period 2025-05..2025-05", workspace.path(), together.path());
    assert_eq!((one.code, one.stdout.starts_with("{\n")), (0, true), "one month is one month: {}", one.stdout);
}

#[test]
fn a_refused_month_undoes_no_other_and_is_told_at_the_end() {
    let workspace = workspace(&[("2025-04", "bank"), ("2025-05", ""), ("2025-06", "assumed")]);
    let out = TempFolder::new("refused-months");
    fs::create_dir(out.path().join("2025-05")).unwrap();
    fs::write(out.path().join("2025-05/kept.txt"), "an earlier run").unwrap();
    let outcome = go("run --json --quiet --period 2025-04..2025-06", workspace.path(), out.path());
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    let at_the_end = outcome.stderr.split_once("not done: 2025-05: ").unwrap().1;
    assert!(at_the_end.contains("found no rate for 2025-05"), "{}", outcome.stderr);
    let files: Vec<String> = out.files_but_run_json().keys().map(|path| path.display().to_string()).collect();
    assert!(files.contains(&"2025-04/bridge.csv".to_owned()) && files.contains(&"2025-06/bridge.csv".to_owned()));
    assert_eq!(files.iter().filter(|file| file.starts_with("2025-05")).collect::<Vec<_>>(), ["2025-05/kept.txt"]);
    let documents = documents(&outcome);
    let codes: Vec<u64> = documents.iter().map(|told| told["exit_code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [0, 2, 1], "the rate of June is assumed: held");
    assert!(documents[1]["error"].as_str().unwrap().contains("2025-05"), "{}", documents[1]);
}

#[test]
fn a_fault_of_the_machine_ends_the_range() {
    let (workspace, out) = (sound(), TempFolder::new("no-folder"));
    let file = out.path().join("output");
    fs::write(&file, "a file").unwrap();
    let outcome = go("run --quiet --period 2025-04..2025-06", workspace.path(), &file);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with("not tried after the fault: 2025-05, 2025-06\n"), "{}", outcome.stderr);
}

#[test]
fn fold_and_check_take_ranges_too() {
    let (workspace, out) = (sound(), TempFolder::new("folded-months"));
    let checked = go("check --period 2025-04..2025-06", workspace.path(), out.path());
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    let folded = go("fold --period 2025-04..2025-06", workspace.path(), out.path());
    assert_eq!(folded.code, 0, "{}", folded.stderr);
    let files: Vec<String> = out.files_but_run_json().keys().map(|path| path.display().to_string()).collect();
    assert_eq!(files, ["2025-04/facts.parquet", "2025-05/facts.parquet", "2025-06/facts.parquet"]);
}

#[test]
fn drafts_that_would_draw_from_the_same_voucher_are_told() {
    let workspace = sound();
    let write = |name: &str, text: &str| fs::write(workspace.path().join(name), text).unwrap();
    let plan = fs::read_to_string(workspace.path().join("plans/flat.toml")).unwrap();
    write("plans/flat.toml", &plan.replace("bank_transfer", "voucher"));
    let vouchers = "voucher_id,entry,billing_period,amount_jpy,customer_id,project_id,valid_to\n\
                    V-1,bought,2025-01,9000,,P-0001,\nV-2,bought,2025-01,9000,,P-0002,2025-04\n";
    write("vouchers.csv", vouchers);
    let out = TempFolder::new("vouchers");
    let outcome = go("run --quiet --period 2025-04..2025-05", workspace.path(), out.path());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let outcome = go("run --period 2025-04..2025-05", workspace.path(), out.path());
    let expected = "warning: voucher V-1: the drafts of 2025-04, 2025-05 each draw from all that is left of it now";
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("warning: voucher V-2"), "{}", outcome.stderr);
}

#[test]
fn ranges_that_mean_nothing_are_refused_by_name() {
    let (workspace, out) = (sound(), TempFolder::new("no-range"));
    #[rustfmt::skip]
    let cases = [
        ("run --period 2025-06..2025-04",                        "ends before it begins; give the earlier month first: 2025-04..2025-06"),
        ("run --period 2025-04..",                               "\"\" is not a billing month"),
        ("run --period 2025-04..2025-05 --facts f.parquet",      "--facts holds one month; give --period YYYY-MM, one month"),
        ("fold --period 2025-04..2025-05 --part a.csv",          "--part is a file of one month"),
        ("fold --period 2025-04..2025-05 --merge parts",         "--merge adds the parts of one month"),
        ("check --period 2025-04..2025-05 --timeline",           "--timeline shows one month"),
        ("check --period 2025-04..2025-05 --issued",             "--issued looks at one month"),
        ("detail --period 2025-04..2025-05",                     "this command takes one, such as 2025-05; run, fold and check take several"),
        ("border --period 2025-04..2025-05",                     "this command takes one"),
        ("explain --period 2025-04..2025-05",                    "this command takes one"),
        ("plans explain --account 1 --period 2025-04..2025-05",  "this command takes one"),
        ("issue --period 2025-04..2025-05",                      "this command takes one"),
        ("correct --period 2025-04..2025-05",                    "this command takes one"),
        ("reconcile --against x --period 2025-04..2025-05",      "this command takes one"),
        ("run --period 2025-04 --memory 1",                      "no amount of memory; expected bytes such as 4294967296, 512M or 4G, 1M or more"),
    ];
    for (words, expected) in cases {
        let outcome = go(words, workspace.path(), out.path());
        assert_eq!(outcome.code, 2, "{words}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(expected), "{words}: {}", outcome.stderr);
    }
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}
