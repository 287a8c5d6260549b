//! A month folded in parts, and in less memory than its facts need, through the commands.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Outcome, TempFolder, copy_folder, seikyu};

fn quickstart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart")
}

fn go(words: &[&str], workspace: &Path, output: &Path) -> Outcome {
    seikyu(&[words, &["--period", "2025-05"]].concat(), &[("--workspace", workspace), ("--output", output)])
}

/// The report files of the quickstart, as the program names them.
fn report_files() -> Vec<String> {
    let outcome = go(&["fold", "--quiet", "--part", "?"], &quickstart(), Path::new("nowhere"));
    assert_eq!(outcome.code, 2);
    let accepted = outcome.stderr.trim_end().split_once("accepted: ").unwrap().1;
    accepted.split(", ").map(str::to_owned).collect()
}

#[test]
fn parts_made_by_processes_at_once_are_the_whole_byte_by_byte() {
    let (whole, parts, merged) = (TempFolder::new("whole"), TempFolder::new("parts"), TempFolder::new("merged"));
    assert_eq!(go(&["fold", "--quiet"], &quickstart(), whole.path()).code, 0);
    let files = report_files();
    assert_eq!(files.len(), 2);
    let children: Vec<_> = files
        .iter()
        .map(|file| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_seikyu"));
            command.args(["fold", "--quiet", "--json", "--threads", "1", "--period", "2025-05", "--part", file]);
            command.arg("--workspace").arg(quickstart()).arg("--output").arg(parts.path());
            command.stdout(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut rows = 0;
    for (child, file) in children.into_iter().zip(&files) {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!((output.status.code(), text.lines().count()), (Some(0), 1), "{text}");
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(told["file"], file.as_str());
        assert!(Path::new(told["part"].as_str().unwrap()).starts_with(parts.path().join("parts/2025-05")));
        rows += told["rows"].as_u64().unwrap();
    }
    let folder = parts.path().join("parts/2025-05");
    let outcome = go(&["fold", "--json", "--merge", folder.to_str().unwrap()], &quickstart(), merged.path());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(merged.files_but_run_json(), whole.files_but_run_json());
    let told: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(told["rows"].as_u64(), Some(rows));
    // A run of the merged facts is the run of the reports.
    let (of_facts, of_reports) = (TempFolder::new("of-facts"), TempFolder::new("of-reports"));
    let facts = merged.path().join("2025-05/facts.parquet");
    let run = go(&["run", "--quiet", "--facts", facts.to_str().unwrap()], &quickstart(), of_facts.path());
    assert_eq!((run.code, go(&["run", "--quiet"], &quickstart(), of_reports.path()).code), (0, 0));
    assert_eq!(of_facts.files_but_run_json(), of_reports.files_but_run_json());
}

#[test]
fn a_part_that_is_missing_is_named_and_nothing_is_written() {
    let (parts, merged) = (TempFolder::new("parts"), TempFolder::new("merged"));
    let files = report_files();
    assert_eq!(go(&["fold", "--quiet", "--part", &files[1]], &quickstart(), parts.path()).code, 0);
    let folder = parts.path().join("parts/2025-05");
    let outcome = go(&["fold", "--quiet", "--merge", folder.to_str().unwrap()], &quickstart(), merged.path());
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains(&format!("holds no part of {};", files[0])), "{}", outcome.stderr);
    assert_eq!(fs::read_dir(merged.path()).unwrap().count(), 0);
    // A part is no facts file.
    let part = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let outcome = go(&["run", "--quiet", "--facts", part.to_str().unwrap()], &quickstart(), merged.path());
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("is no facts file of this program"), "{}", outcome.stderr);
}

#[test]
fn long_names_of_reports_have_parts_of_their_own() {
    let workspace = TempFolder::new("long");
    copy_folder(&quickstart(), workspace.path());
    let _ = fs::remove_dir_all(workspace.path().join("output"));
    let (one, other) = (format!("{}/1.csv", "長い名前".repeat(15)), format!("{}/2.csv", "長い名前".repeat(15)));
    let reports = workspace.path().join("reports");
    let first = fs::read(reports.join(&report_files()[0])).unwrap();
    fs::remove_dir_all(&reports).unwrap();
    fs::create_dir_all(reports.join("長い名前".repeat(15))).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&first[..]), &mut text).unwrap();
    let header = text.lines().next().unwrap();
    fs::write(reports.join(&one), &text).unwrap();
    fs::write(reports.join(&other), format!("{header}\n")).unwrap();
    let out = TempFolder::new("long-out");
    for file in [&one, &other] {
        let outcome = go(&["fold", "--quiet", "--part", file], workspace.path(), out.path());
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    }
    let folder = out.path().join("parts/2025-05");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    let outcome = go(&["fold", "--quiet", "--merge", folder.to_str().unwrap()], workspace.path(), out.path());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
}

/// A workspace with so many facts that a MiB does not hold them.
fn many_facts() -> TempFolder {
    let workspace = TempFolder::new("many");
    copy_folder(&quickstart(), workspace.path());
    let _ = fs::remove_dir_all(workspace.path().join("output"));
    let reports = workspace.path().join("reports");
    let mut text = String::new();
    let first = fs::read(reports.join(&report_files()[0])).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&first[..]), &mut text).unwrap();
    fs::remove_dir_all(&reports).unwrap();
    let header = text.lines().next().unwrap();
    let names: Vec<&str> = header.split(',').collect();
    for file in 0..2 {
        let mut text = format!("{header}\n");
        for number in 0..4_000 {
            let cell = |name: &&str| match *name {
                "bill/PayerAccountId" => "090000000909".to_owned(),
                "bill/BillingPeriodStartDate" => "2025-05-01T00:00:00Z".to_owned(),
                "bill/InvoiceId" => "I-1".to_owned(),
                "bill/BillingEntity" => "AWS".to_owned(),
                "lineItem/UsageAccountId" => "010000000101".to_owned(),
                "lineItem/LineItemType" => "Fee".to_owned(),
                "lineItem/UsageStartDate" => "2025-05-01T00:00:00Z".to_owned(),
                "lineItem/ProductCode" => "AmazonRoute53".to_owned(),
                "lineItem/CurrencyCode" => "USD".to_owned(),
                "lineItem/UsageAmount" => "1".to_owned(),
                "lineItem/UnblendedCost" => format!("0.{:04}", number % 7 + 1),
                "lineItem/LineItemDescription" => format!("fee {}", number * (file + 1) % 5_000),
                _ => String::new(),
            };
            text.push_str(&names.iter().map(cell).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        fs::write(reports.parent().unwrap().join(format!("{file}.csv")), &text).unwrap();
        fs::create_dir_all(&reports).unwrap();
        fs::rename(workspace.path().join(format!("{file}.csv")), reports.join(format!("{file}.csv"))).unwrap();
    }
    workspace
}

#[test]
fn little_memory_changes_no_byte_of_a_fold_or_a_run() {
    let workspace = many_facts();
    let (much, little) = (TempFolder::new("much"), TempFolder::new("little"));
    for command in ["fold", "run"] {
        assert!(go(&[command, "--quiet"], workspace.path(), much.path()).code < 2);
        let outcome = go(&[command, "--quiet", "--memory", "1M"], workspace.path(), little.path());
        assert!(outcome.code < 2, "{}", outcome.stderr);
        assert_eq!(much.files_but_run_json(), little.files_but_run_json());
        assert_eq!(fs::read_dir(little.path()).unwrap().count(), 1, "nothing is left beside the month");
    }
}

#[test]
fn a_disk_that_cannot_take_sums_is_told_and_leaves_nothing() {
    let workspace = many_facts();
    let out = TempFolder::new("no-disk");
    // No file may be longer than 64 KiB: the system says so like a full disk, instead of ending the program.
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"";
    for command in ["fold", "run"] {
        let outcome = Command::new("sh")
            .args([
                "-c",
                script,
                env!("CARGO_BIN_EXE_seikyu"),
                command,
                "--quiet",
                "--memory",
                "1M",
                "--period",
                "2025-05",
            ])
            .arg("--workspace")
            .arg(workspace.path())
            .arg("--output")
            .arg(out.path().join("deep/output"))
            .output()
            .unwrap();
        let stderr = String::from_utf8(outcome.stderr).unwrap();
        assert_eq!(outcome.status.code(), Some(3), "{stderr}");
        assert!(stderr.contains("cannot put sums aside beside the output"), "{stderr}");
        assert!(stderr.contains("nothing was written"), "{stderr}");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "nothing is left behind");
    }
    fs::write(out.path().join("output"), "a file").unwrap();
    let outcome = go(&["fold", "--quiet", "--memory", "1M"], workspace.path(), &out.path().join("output"));
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("cannot put sums aside"), "{}", outcome.stderr);
}
