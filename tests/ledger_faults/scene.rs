//! A workspace with drafts, the command that is disturbed, and what must be true after a fault.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use seikyu::ledger::{Ledger, verify};

use crate::common::{TempFolder, copy_folder};

/// The files below a folder, by path. Empty where it is not there.
pub type Files = BTreeMap<String, Vec<u8>>;

pub fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The last arguments of the command that is disturbed; `--workspace` stands before them.
pub const ISSUE: [&str; 8] = ["issue", "--quiet", "--threads", "1", "--period", "2025-05", "--date", "2025-06-05"];
pub const CORRECT: [&str; 10] =
    ["correct", "--quiet", "--threads", "1", "--period", "2025-05", "--as", "replace", "--date", "2025-07-01"];
pub const RUN: [&str; 4] = ["run", "--quiet", "--period", "2025-05"];

pub fn command(arguments: &[&str], workspace: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seikyu"));
    command.args(arguments).arg("--workspace").arg(workspace);
    command
}

pub fn must(arguments: &[&str], workspace: &Path) {
    let output = command(arguments, workspace).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
}

/// What the ledger says: numbers of documents with the hashes of their files, and how many entries there are.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct State {
    pub entries: u64,
    pub documents: Vec<(String, Vec<String>)>,
}

pub fn state(workspace: &Path) -> State {
    let Some(ledger) = Ledger::open(&workspace.join("ledger")).unwrap() else { return State::default() };
    let hashes = |document: &seikyu::ledger::DocumentEntry| {
        document.artefacts.iter().map(|artefact| artefact.sha256.clone()).collect()
    };
    let documents = ledger.book().documents().map(|booked| (booked.document.number.clone(), hashes(booked.document)));
    State { entries: ledger.book().len(), documents: documents.collect() }
}

/// A command with the state before it and the state after it.
pub struct Scene {
    _folder: TempFolder,
    base: PathBuf,
    pub command: Vec<&'static str>,
    pub before: State,
    pub after: State,
    /// All documents after the undisturbed command.
    pub documents: Files,
}

impl Scene {
    pub fn issue() -> Self {
        Self::new("issue", &ISSUE, |_| {})
    }

    pub fn correct() -> Self {
        Self::new("correct", &CORRECT, |workspace| {
            must(&ISSUE, workspace);
            change_rate(workspace);
        })
    }

    fn new(name: &str, command: &[&'static str], prepare: impl FnOnce(&Path)) -> Self {
        let folder = TempFolder::new(&format!("faults-{name}"));
        let base = folder.path().join("base");
        quickstart(&base);
        must(&RUN, &base);
        prepare(&base);
        let undisturbed = folder.path().join("undisturbed");
        copy_folder(&base, &undisturbed);
        must(command, &undisturbed);
        let documents = files(&undisturbed.join("ledger/documents"));
        let (before, after) = (state(&base), state(&undisturbed));
        assert_ne!(before, after);
        Self { _folder: folder, base, command: command.to_vec(), before, after, documents }
    }

    pub fn copy(&self, name: &str) -> TempFolder {
        let folder = TempFolder::new(name);
        copy_folder(&self.base, folder.path());
        folder
    }

    /// After a fault: a legal state, a clean ledger, no half-written document. Then the same command finishes.
    ///
    /// Returns whether the fault left the state after the command.
    pub fn check(&self, workspace: &Path, fault: &str) -> bool {
        let ledger = workspace.join("ledger");
        let findings = verify(&ledger).unwrap().map(|verified| verified.findings).unwrap_or_default();
        assert!(findings.is_empty(), "{fault}: verify: {findings:?}");
        let left = state(workspace);
        assert!(left == self.before || left == self.after, "{fault}: {left:?}");
        self.check_files(&ledger, fault);

        let again = command(&self.command, workspace).output().unwrap();
        let stderr = String::from_utf8_lossy(&again.stderr);
        assert_eq!(again.status.code(), Some(0), "{fault}: again: {stderr}");
        assert_eq!(state(workspace), self.after, "{fault}: again");
        let verified = verify(&ledger).unwrap().unwrap();
        assert!(verified.findings.is_empty() && verified.notes.is_empty(), "{fault}: again: {verified:?}");
        assert!(files(&ledger.join("documents")) == self.documents, "{fault}: again: other documents");
        let mut names: Vec<_> = fs::read_dir(&ledger).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["documents", "ledger.seal", "ledger.sqlite", "lock"], "{fault}: left-overs");
        left == self.after
    }

    /// A document's folder is there with all its files or not at all.
    fn check_files(&self, ledger: &Path, fault: &str) {
        let mut present = files(&ledger.join("documents"));
        present.retain(|name, _| !name.contains(".writing-")); // Not visible: a name with a dot before it.
        for (name, bytes) in &self.documents {
            let folder = name.rsplit_once('/').unwrap().0;
            let is_there = ledger.join("documents").join(folder).exists();
            let found = present.remove(name);
            let expected = is_there.then_some(bytes);
            assert!(found.as_ref() == expected, "{fault}: {name} is half written");
        }
        assert!(present.is_empty(), "{fault}: {:?}", present.keys());
    }
}

pub fn quickstart(place: &Path) {
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart"), place);
    for left in ["output", "ledger"] {
        let _ = fs::remove_dir_all(place.join(left)); // Of somebody who tried the README.
    }
}

/// So that everything has to be corrected.
pub fn change_rate(workspace: &Path) {
    let file = workspace.join("rates/fx/usd_jpy_tts.csv");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("2025-05,145.75,"));
    fs::write(&file, text.replace("2025-05,145.75,", "2025-05,146.75,")).unwrap();
}
