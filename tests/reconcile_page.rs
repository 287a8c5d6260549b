//! The page of a reconciliation in a real browser: it opens from disk, says nothing on the console, and its figures
//! are those of the CSV files.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{TempFolder, seikyu};

const PERIOD: &str = "2025-05";

/// Whether there is a browser. Where everything is required, a missing one fails.
fn has_browser() -> bool {
    let found = Command::new("chromium").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(std::env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "chromium is missing");
        println!("skipped: chromium is not there");
    }
    found
}

/// Opens a page from disk: its DOM, what it wrote on the console, and the bytes of a picture of it.
fn open(page: &Path, work: &Path) -> (String, Vec<String>, Vec<u8>) {
    let picture = work.join("page.png");
    let browser = |more: &[String]| {
        let profile = tempfile_in(work);
        let mut command = Command::new("chromium");
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.args(["--enable-logging=stderr", "--window-size=1120,1600"]);
        command.arg(format!("--user-data-dir={}", profile.display())).args(more);
        command.arg(format!("file://{}", page.display()));
        let output = command.output().expect("the browser starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output
    };
    let shown = browser(&[String::from("--dump-dom")]);
    browser(&[format!("--screenshot={}", picture.display())]);
    let messages = String::from_utf8_lossy(&shown.stderr);
    let messages = messages.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    (String::from_utf8(shown.stdout).unwrap(), messages, fs::read(picture).unwrap())
}

/// A new empty folder.
fn tempfile_in(work: &Path) -> PathBuf {
    let count = fs::read_dir(work).unwrap().count();
    let place = work.join(format!("profile-{count}"));
    fs::create_dir(&place).unwrap();
    place
}

fn month(out: &Path, against: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (workspace, against) = (root.join("fixtures/quickstart"), root.join("fixtures").join(against));
    let ran = seikyu(&["run", "--quiet", "--period", PERIOD], &[("--workspace", &workspace), ("--output", out)]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let paths: [(&str, &Path); 3] = [("--workspace", &workspace), ("--output", out), ("--against", &against)];
    let reconciled = seikyu(&["reconcile", "--quiet", "--period", PERIOD], &paths);
    assert!(reconciled.code <= 1, "{}", reconciled.stderr);
    out.join(PERIOD).join("reconcile")
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        header.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The texts of the cells of a class, in order, without what is inside tags.
fn cells(dom: &str, table: &str, class: &str) -> Vec<String> {
    let start = dom.find(&format!("<table id=\"{table}\">")).unwrap_or_else(|| panic!("no table {table}"));
    let body = &dom[start..start + dom[start..].find("</table>").unwrap()];
    let cell = |rest: &str| rest[..rest.find("</td>").unwrap()].to_owned();
    body.split(&format!("<td class=\"{class}\">")).skip(1).map(cell).collect()
}

fn column(rows: &[BTreeMap<String, String>], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

#[test]
fn the_page_opens_from_disk_and_its_figures_are_those_of_the_csv() {
    if !has_browser() {
        return;
    }
    for against in ["quickstart/console/costs-by-account.csv", "reconcile/plain_table_in_cents/console.csv"] {
        let work = TempFolder::new("page");
        let folder = month(&work.path().join("out"), against);
        let (way, compared) = (rows(&folder.join("way.csv")), rows(&folder.join("reconcile.csv")));
        for (project, accounts) in [("P-001", &["010000000101", "020000000202"][..]), ("P-002", &["030000000303"])] {
            let (dom, messages, picture) = open(&folder.join(format!("{project}.html")), work.path());
            assert!(messages.is_empty(), "{project}: {messages:?}");
            let steps: Vec<_> = way.iter().filter(|row| row["project_id"] == project).cloned().collect();
            assert!(steps.len() >= 13, "{steps:?}");
            assert_eq!(cells(&dom, "way", "n usd"), column(&steps, "usd"), "{project}");
            assert_eq!(cells(&dom, "way", "n jpy"), column(&steps, "jpy"), "{project}");
            let own = |row: &&BTreeMap<String, String>| accounts.contains(&row["account_id"].as_str());
            let own: Vec<_> = compared.iter().filter(own).cloned().collect();
            for (class, name) in [
                ("account", "account_id"),
                ("service", "service"),
                ("n ours", "ours_usd"),
                ("n theirs", "theirs_usd"),
                ("n difference", "difference_usd"),
            ] {
                assert_eq!(cells(&dom, "compared", class), column(&own, name), "{project}: {name}");
            }
            assert_eq!(dom.matches("<rect ").count(), steps.len(), "one bar for each step");
            // A page of white compresses to almost nothing.
            assert!(picture.starts_with(b"\x89PNG") && picture.len() > 30_000, "{} bytes", picture.len());
        }
    }
}

#[test]
fn a_word_on_the_console_is_heard() {
    if !has_browser() {
        return;
    }
    let work = TempFolder::new("page-heard");
    let page = work.path().join("loud.html");
    fs::write(&page, "<!DOCTYPE html><title>x</title><script>console.error('heard')</script>").unwrap();
    let (_, messages, _) = open(&page, work.path());
    assert!(messages.iter().any(|message| message.contains("heard")), "{messages:?}");
}
