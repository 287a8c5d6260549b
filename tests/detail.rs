//! `seikyu detail`: the lines of every project sum to its bridge, and do not depend on how the rows came.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, copy_folder, seikyu, shared_data};
use seikyu::money::Usd;

const PERIOD: &str = "2025-05";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn go(command: &str, more: &[&str], workspace: &Path, out: &Path) -> Outcome {
    let arguments = [&[command, "--quiet", "--period", PERIOD], more].concat();
    seikyu(&arguments, &[("--workspace", workspace), ("--output", out)])
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

fn records(file: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(file).unwrap().records().map(Result::unwrap).collect()
}

/// Per account the sum of the column `cost`, of all detail files of a month.
fn costs(out: &Path) -> BTreeMap<String, Usd> {
    let mut sums: BTreeMap<String, Usd> = BTreeMap::new();
    for project in folders(&out.join("detail").join(PERIOD)) {
        for (number, record) in (1..).zip(records(&project.join("detail.csv"))) {
            assert_eq!(record[0], format!("{number}"));
            *sums.entry(record[3].to_owned()).or_default() += Usd::parse(&record[15]).unwrap();
        }
    }
    sums
}

/// Per account with a plan the list total of the bridge.
fn list_totals(out: &Path) -> BTreeMap<String, Usd> {
    let bridge = records(&out.join(PERIOD).join("bridge.csv"));
    let totals = bridge.into_iter().filter(|record| &record[3] == "list_total");
    totals.map(|record| (record[2].to_owned(), Usd::parse(&record[4]).unwrap())).collect()
}

#[test]
fn the_lines_of_every_case_sum_to_its_bridge() {
    let mut workspaces: Vec<PathBuf> =
        folders(&fixtures().join("cases")).iter().map(|case| case.join("input")).collect();
    workspaces.push(fixtures().join("quickstart"));
    workspaces.extend(shared_data("month_2025-05"));
    let (mut accounts, mut roundings) = (0, 0);
    for workspace in workspaces {
        let out = TempFolder::new("detail");
        let run = go("run", &[], &workspace, out.path());
        let facts = out.path().join(PERIOD).join("facts.parquet");
        let outcome = go("detail", &["--facts", facts.to_str().unwrap()], &workspace, out.path());
        assert_eq!(outcome.code, run.code, "{}: {}", workspace.display(), outcome.stderr);
        let (costs, totals) = (costs(out.path()), list_totals(out.path()));
        for (account, cost) in &costs {
            assert_eq!(cost, &totals[account], "{}: {account}", workspace.display());
        }
        // Every account on an invoice is in a detail file.
        for record in records(&out.path().join(PERIOD).join("summary.csv")) {
            assert!(record.iter().any(|cell| costs.contains_key(cell)), "{}: {record:?}", workspace.display());
        }
        accounts += costs.len();
        let files = out.files_but_run_json().into_iter().filter(|(path, _)| path.ends_with("detail.csv"));
        roundings +=
            files.map(|(_, text)| String::from_utf8(text).unwrap().matches(",rounding,").count()).sum::<usize>();
    }
    assert!(accounts > 100 && roundings > 10, "{accounts} accounts, {roundings} rounding lines prove little");
}

#[test]
fn cases_have_the_lines_added_up_by_hand() {
    let with_detail: Vec<PathBuf> =
        folders(&fixtures().join("cases")).into_iter().filter(|case| case.join("expected_detail").exists()).collect();
    assert!(!with_detail.is_empty());
    for case in with_detail {
        let out = TempFolder::new("detail");
        let outcome = go("detail", &[], &case.join("input"), out.path());
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        for entry in fs::read_dir(case.join("expected_detail")).unwrap() {
            let expected = entry.unwrap().path();
            let project = expected.file_stem().unwrap();
            let found = fs::read(out.path().join("detail").join(PERIOD).join(project).join("detail.csv")).unwrap();
            let (found, expected) = (String::from_utf8(found).unwrap(), fs::read_to_string(&expected).unwrap());
            assert_eq!(found, expected, "{}", case.display());
        }
    }
}

#[test]
fn threads_files_and_order_change_no_byte() {
    let workspace = fixtures().join("cases/detail_with_a_rounding/input");
    let made = |workspace: &Path, threads: &str| {
        let out = TempFolder::new("detail");
        let outcome = go("detail", &["--threads", threads], workspace, out.path());
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        out.files_but_run_json()
    };
    let expected = made(&workspace, "1");
    assert_eq!(made(&workspace, "4"), expected);
    let copy = TempFolder::new("split");
    copy_folder(&workspace, copy.path());
    let report = copy.path().join("reports/2025-05.csv");
    let text = fs::read_to_string(&report).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (number, part) in lines[1..].chunks(2).enumerate() {
        let reversed: Vec<&str> = std::iter::once(lines[0]).chain(part.iter().rev().copied()).collect();
        fs::write(copy.path().join(format!("reports/{}.csv", 9 - number)), reversed.join("\n") + "\n").unwrap();
    }
    fs::remove_file(report).unwrap();
    assert_eq!(made(copy.path(), "1"), expected);
    assert_eq!(made(copy.path(), "3"), expected);
}

#[test]
fn a_project_alone_leaves_the_others_where_they_are() {
    let workspace = fixtures().join("cases/detail_with_a_rounding/input");
    let out = TempFolder::new("detail");
    assert_eq!(go("detail", &["--project", "P-2"], &workspace, out.path()).code, 0);
    let alone = out.files_but_run_json();
    let names: Vec<String> = alone.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(names, ["detail/2025-05/P-2/detail.csv"]);
    assert_eq!(go("detail", &["--project", "P-1"], &workspace, out.path()).code, 0);
    let both = out.files_but_run_json();
    assert_eq!((both.len(), &both[Path::new(&names[0])]), (2, &alone[Path::new(&names[0])]));
    // The next run leaves them, and says that they are older.
    let run = seikyu(&["run", "--period", PERIOD], &[("--workspace", &workspace), ("--output", out.path())]);
    assert!(run.stderr.contains("holds detail files of an earlier run"), "{}", run.stderr);
    assert!(both.keys().all(|file| out.path().join(file).exists()));
}

#[test]
fn reports_of_other_facts_and_unknown_projects_are_refused() {
    let workspace = fixtures().join("cases/detail_with_a_rounding/input");
    let out = TempFolder::new("detail");
    assert_eq!(go("run", &[], &workspace, out.path()).code, 0);
    let facts = out.path().join(PERIOD).join("facts.parquet");
    let with_facts = ["--facts", facts.to_str().unwrap()];
    let copy = TempFolder::new("other-reports");
    copy_folder(&workspace, copy.path());
    let report = copy.path().join("reports/2025-05.csv");
    let text = fs::read_to_string(&report).unwrap();
    let last = text.lines().last().unwrap();
    #[rustfmt::skip]
    let cases = [
        // One row less, one more of a known fact, one of another cost, one that belongs to no fact.
        (text.replace(&format!("{last}\n"), ""), "Facts that differ: 1;", "1 rows and 40.0 USD in the facts, 0 rows and 0.0 USD in the reports"),
        (format!("{text}{last}\n"),              "Facts that differ: 1;", "2 rows and 80.0 USD in the reports"),
        (text.replace(",40,", ",40.1,"),         "Facts that differ: 1;", "1 rows and 40.1 USD in the reports"),
        (text.replace("case-foreign", "other"),  "belong to no fact: 2", "row 4: belongs to no fact"),
    ];
    for (text, number, example) in cases {
        fs::write(&report, text).unwrap();
        let outcome = go("detail", &with_facts, copy.path(), out.path());
        assert_eq!(outcome.code, 2);
        let told = &outcome.stderr;
        assert!(told.contains("not those that the facts were folded from"), "{told}");
        assert!(told.contains(number) && told.contains(example), "{told}");
        assert!(!out.path().join("detail").join(PERIOD).exists());
    }
    fs::remove_dir_all(copy.path().join("reports")).unwrap(); // Told before any report is looked for.
    let outcome = go("detail", &["--project", "P-9"], copy.path(), out.path());
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("project P-9 has no account in 2025-05; those that have: P-1, P-2"));
}
