//! Every case of `fixtures/cases/`: each file in `expected/` is what the run writes, byte for byte.
//!
//! The README of a case adds its figures up by hand. `UPDATE_EXPECTED=1` writes what was found over the
//! expected files, and makes no new ones; a change is read, and added up again, before it is kept.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, seikyu};

const PERIOD: &str = "2025-05";

#[test]
fn every_case_gives_its_expected_files() {
    let cases = cases();
    assert!(cases.len() >= 51, "only {} cases were found", cases.len());
    let differences: Vec<String> = cases.iter().flat_map(|case| differences_of(case)).collect();
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

#[test]
fn every_case_says_by_hand_what_it_proves() {
    for case in cases() {
        let readme = fs::read_to_string(case.join("README.md")).unwrap_or_default();
        assert!(readme.starts_with("# ") && readme.contains("## By hand"), "{}", case.display());
        assert!(case.join("expected/invoices.csv").exists(), "{}", case.display());
    }
}

#[test]
fn the_quickstart_gives_the_invoices_of_its_readme() {
    let out = TempFolder::new("quickstart");
    let Outcome { code, stderr, .. } = run(&fixtures().join("quickstart"), &out);
    assert_eq!(code, 0, "{stderr}");
    let invoices = fs::read_to_string(out.path().join(PERIOD).join("invoices.csv")).unwrap();
    let rows: Vec<&str> = invoices.lines().skip(1).collect();
    assert_eq!(rows, ["2025-05,P-001,draft,219787,21978,241765,", "2025-05,P-002,draft,66032,6603,72635,"]);
    let readme = fs::read_to_string(fixtures().join("quickstart/README.md")).unwrap();
    assert!(readme.contains("241,765 yen") && readme.contains("72,635 yen"));
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The folders of `fixtures/cases/`.
fn cases() -> Vec<PathBuf> {
    let mut folders = entries(&fixtures().join("cases"));
    folders.retain(|path| path.is_dir());
    folders
}

fn run(workspace: &Path, out: &TempFolder) -> Outcome {
    seikyu(&["run", "--quiet", "--period", PERIOD], &[("--workspace", workspace), ("--output", out.path())])
}

/// What is in a folder, sorted.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.expect("the entry can be read").path()).collect();
    paths.sort();
    paths
}

/// One text for each file of a case that is not as expected.
fn differences_of(case: &Path) -> Vec<String> {
    let name = case.file_name().expect("a case has a name").to_string_lossy().into_owned();
    let out = TempFolder::new("golden");
    let Outcome { code, stderr, .. } = run(&case.join("input"), &out);
    // 1 is right where the case expects a held invoice.
    let invoices = fs::read_to_string(case.join("expected/invoices.csv")).unwrap_or_default();
    let expected_code = i32::from(invoices.contains(",held,"));
    if code != expected_code && !is_update() {
        return vec![format!("{name}: exit code {code}, expected {expected_code}\n{stderr}")];
    }
    let files = entries(&case.join("expected"));
    files.iter().filter_map(|file| difference(&name, file, out.path())).collect()
}

/// Compares one expected file with the one the run wrote; with `UPDATE_EXPECTED`, writes it.
fn difference(case: &str, expected_file: &Path, out: &Path) -> Option<String> {
    let name = expected_file.file_name().expect("a file has a name");
    let found_file = out.join(PERIOD).join(name);
    let expected = fs::read(expected_file).expect("the expected file can be read");
    let Ok(found) = fs::read(&found_file) else {
        return Some(format!("{case}: {} was not written", name.display()));
    };
    if found == expected {
        return None;
    }
    if is_update() {
        fs::write(expected_file, found).expect("the expected file can be written");
        return None;
    }
    let (expected, found) = (String::from_utf8_lossy(&expected), String::from_utf8_lossy(&found));
    Some(format!("{case}: {} differs\n{}", name.display(), differing_lines(&expected, &found)))
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value == "1")
}

/// The lines that are in one text only, as a diff shows them.
fn differing_lines(expected: &str, found: &str) -> String {
    let only_in = |sign: char, text: &str, other: &str| -> Vec<String> {
        let others: Vec<&str> = other.split('\n').collect();
        let lines = text.split('\n').filter(|line| !others.contains(line));
        lines.map(|line| format!("  {sign}{}", line.escape_debug())).collect()
    };
    let mut lines = only_in('-', expected, found);
    lines.extend(only_in('+', found, expected));
    if lines.is_empty() { String::from("  the same lines in another order or number") } else { lines.join("\n") }
}
