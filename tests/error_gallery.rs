//! Every way to be refused or held, as an operator sees it: `fixtures/errors/README.md` says how a case is made.
//!
//! `UPDATE_EXPECTED=1` writes what the program says into the cases; the diff is then read.

#![allow(clippy::unwrap_used, reason = "a helper of a test may stop like the test itself")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, lay, seikyu};

const HELD: i32 = 1;
const REFUSED: i32 = 2;
const RUN: &str = "run --quiet --workspace WORKSPACE --period 2025-05";
/// Stands for the folder of the trial in commands and messages.
const WORKSPACE: &str = "WORKSPACE";
const HOLDS: &str = "output/2025-05/holds.csv";

#[test]
fn the_base_of_all_cases_is_sound() {
    let workspace = TempFolder::new("gallery-base");
    lay(&gallery().join("base"), workspace.path());
    let outcome = command(RUN, workspace.path());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let holds = fs::read_to_string(workspace.path().join(HOLDS)).unwrap();
    assert_eq!(holds.lines().count(), 1, "only the header: {holds}");
}

#[test]
fn every_case_says_exactly_what_is_expected() {
    let is_update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let cases = cases();
    assert!(cases.len() > 116, "only {} cases were found", cases.len());
    let mut faults = String::new();
    for case in cases {
        let found = Found::of(&case);
        if is_update {
            found.write(&case.join("expected"));
        }
        found.compare(&case, &mut faults);
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn every_case_explains_itself() {
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap();
        let readme = fs::read_to_string(case.join("README.md")).unwrap_or_default();
        assert!(readme.starts_with(&format!("# {name}\n")), "{name}: README.md begins with the name of the case");
        assert!(readme.lines().count() >= 4, "{name}: README.md says what is wrong and what to do");
    }
}

fn gallery() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/errors")
}

/// The folders of the cases, by name.
fn cases() -> Vec<PathBuf> {
    let is_case = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        path.is_dir() && name != "base"
    };
    let entries = fs::read_dir(gallery()).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(is_case).collect();
    cases.sort();
    cases
}

/// What came of a case.
struct Found {
    code: i32,
    stdout: String,
    stderr: String,
    /// `holds.csv`, where something is held.
    holds: Option<String>,
    /// Whether files came, went or changed by the last command.
    has_written: bool,
}

impl Found {
    /// Makes the workspace of a case and runs its commands; the last is the one that is judged.
    fn of(case: &Path) -> Self {
        let folder = TempFolder::new("gallery");
        let workspace = folder.path();
        lay(&gallery().join("base"), workspace);
        lay(&case.join("input"), workspace);
        for removed in lines(&case.join("remove")) {
            let path = workspace.join(removed);
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        let mut commands = lines(&case.join("commands"));
        let last = commands.pop().unwrap_or_else(|| RUN.to_owned());
        for before in commands {
            let outcome = command(&before, workspace);
            assert!(outcome.code <= HELD, "{}: {before}: {}", case.display(), outcome.stderr);
        }
        let files = folder.files_but_run_json();
        let Outcome { code, stdout, stderr } = command(&last, workspace);
        let stderr = without_packed_size(&stderr.replace(workspace.to_str().unwrap(), WORKSPACE));
        let holds = (code == HELD).then(|| fs::read_to_string(workspace.join(HOLDS)).unwrap_or_default());
        Self { code, stdout, stderr, holds, has_written: folder.files_but_run_json() != files }
    }

    fn write(&self, expected: &Path) {
        fs::create_dir_all(expected).unwrap();
        fs::write(expected.join("stderr.txt"), &self.stderr).unwrap();
        fs::write(expected.join("exit_code"), format!("{}\n", self.code)).unwrap();
        let holds = expected.join("holds.csv");
        match &self.holds {
            Some(text) => fs::write(holds, text).unwrap(),
            None if holds.exists() => fs::remove_file(holds).unwrap(),
            None => {}
        }
    }

    fn compare(&self, case: &Path, faults: &mut String) {
        let name = case.file_name().unwrap().to_str().unwrap();
        let mut check = |what: &str, expected: &str, found: &str| {
            if expected != found {
                faults.push_str(&format!("\n{name}: {what}\n--- expected\n{expected}\n--- found\n{found}\n"));
            }
        };
        let expected = |file: &str| fs::read_to_string(case.join("expected").join(file)).unwrap_or_default();
        check("exit code", expected("exit_code").trim_end(), &self.code.to_string());
        check("standard error", &expected("stderr.txt"), &self.stderr);
        check("standard output", "", &self.stdout);
        check("holds.csv", &expected("holds.csv"), self.holds.as_deref().unwrap_or_default());
        if self.code >= REFUSED {
            check("files changed by a command that was refused", "false", &self.has_written.to_string());
        }
    }
}

/// Without the size of a report, which is that of its packing.
fn without_packed_size(text: &str) -> String {
    let Some((before, after)) = text.split_once("reading reports (") else { return text.to_owned() };
    let rest = after.split_once(' ').map_or(after, |(_, rest)| rest);
    format!("{before}reading reports (N {rest}")
}

/// The lines of a file; none where it is not there.
fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Runs a line such as `run --workspace WORKSPACE`.
fn command(line: &str, workspace: &Path) -> Outcome {
    let workspace = workspace.to_str().unwrap();
    let words: Vec<String> = line.split_whitespace().map(|word| word.replace(WORKSPACE, workspace)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    seikyu(&words, &[])
}
