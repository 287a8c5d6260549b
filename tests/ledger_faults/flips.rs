//! Every byte of a small ledger and its documents is changed, one after the other.

use std::fs;
use std::path::{Path, PathBuf};

use seikyu::ledger::{
    Artefact, DocumentEntry, Entry, InputEntry, InputsEntry, Ledger, NewEntries, invoice_number, sha256, verify,
};
use seikyu::period::Instant;

use crate::common::TempFolder;
use crate::is_full;
use crate::scene::{ISSUE, Scene, must};

/// All files of a ledger, without the lock, which holds nothing.
fn ledger_files(ledger: &Path) -> Vec<PathBuf> {
    crate::scene::files(ledger).into_keys().filter(|name| name != "lock").map(|name| ledger.join(name)).collect()
}

fn issued(name: &str) -> TempFolder {
    let workspace = Scene::issue().copy(name);
    must(&ISSUE, workspace.path());
    workspace
}

/// Whether a finding says where: an entry, a document, bytes of the file, or the seal.
fn is_named(finding: &seikyu::ledger::Finding, is_seal: bool) -> bool {
    finding.entry.is_some() || finding.found.contains("bytes ") || (is_seal && finding.found.contains("seal"))
}

/// The smallest ledger that has all kinds of pages: one input, two documents of one file each.
fn small(ledger: &Path) {
    let period = "2025-05".parse().unwrap();
    let text = str::to_owned;
    let files = vec![InputEntry {
        kind: text("facts"),
        path: text("facts.parquet"),
        bytes: 5,
        sha256: sha256(b"facts"),
        version: String::new(),
        is_kept: true,
    }];
    let mut entries = vec![Entry::Inputs(InputsEntry {
        command: text("issue"),
        billing_period: text("2025-05"),
        issued_on: text("2025-06-05"),
        program_version: text("0"),
        projects: vec![],
        correction: String::new(),
        into: String::new(),
        reason: String::new(),
        is_paid: false,
        files,
    })];
    let pdfs = [&b"one"[..], b"two"];
    for (count, pdf) in (1..).zip(pdfs) {
        entries.push(Entry::Document(DocumentEntry {
            number: invoice_number(period, count),
            kind: text("invoice"),
            billing_period: text("2025-05"),
            project_id: format!("P-{count}"),
            customer_id: String::new(),
            customer_name: text("見本物産株式会社"),
            issued_on: text("2025-06-05"),
            total_jpy: 110,
            paid_jpy: 0,
            inputs: 1,
            original: String::new(),
            predecessor: String::new(),
            draws: vec![],
            keep_until: text("2036-05-31"),
            lines: vec![],
            artefacts: vec![Artefact { name: text("a.pdf"), bytes: 3, sha256: sha256(pdf) }],
        }));
    }
    let objects = [&b"facts"[..], pdfs[0], pdfs[1]].map(|bytes| (sha256(bytes), bytes)).to_vec();
    let mut made = Ledger::open_for_writing(ledger).unwrap();
    made.append(&NewEntries { entries, objects }, Instant::from_seconds(1_749_081_600)).unwrap();
}

#[test]
fn every_flipped_byte_of_a_small_ledger_is_found() {
    let folder = TempFolder::new("small");
    let ledger = folder.path().join("ledger");
    small(&ledger);
    flip(&ledger, if is_full() { usize::MAX } else { 60 });
}

/// As the program makes it; its documents make it too large to flip every byte of it.
#[test]
fn flipped_bytes_of_an_issued_month_are_found() {
    let workspace = issued("flips");
    flip(&workspace.path().join("ledger"), if is_full() { 2_000 } else { 40 });
}

/// Flips so many bytes of each file, spread over all of it, and all of the head of the database.
fn flip(ledger: &Path, of_each: usize) {
    let (mut flips, mut entries, mut ranges) = (0_u64, 0_u64, 0_u64);
    for file in ledger_files(ledger) {
        let whole = fs::read(&file).unwrap();
        let is_seal = file.ends_with("ledger.seal");
        let is_inner = file.parent() == Some(ledger);
        let step = whole.len() / of_each + 1;
        let head = if file.ends_with("ledger.sqlite") { 100 } else { 0 };
        for place in (0..whole.len()).filter(|place| *place < head || place % step == 0) {
            let mask = if place % 2 == 0 { 0x01 } else { 0x80 };
            let mut bytes = whole.clone();
            bytes[place] ^= mask;
            fs::write(&file, &bytes).unwrap();
            let what = format!("{} byte {place} ^ {mask:#x}", file.display());
            let found = verify(ledger).unwrap_or_else(|error| panic!("{what}: {error}")).unwrap().findings;
            assert!(found.iter().any(|finding| is_named(finding, is_seal)), "{what}: {found:?}");
            assert!(!is_inner || Ledger::open_for_writing(ledger).is_err(), "{what}: written to");
            assert!(fs::read(&file).unwrap() == bytes, "{what}: it was changed");
            flips += 1;
            if found.iter().any(|finding| finding.entry.is_some()) { entries += 1 } else { ranges += 1 }
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(verify(ledger).unwrap().unwrap().findings.is_empty());
    println!("{flips} flips found: {entries} name an entry, {ranges} a range of bytes or the seal");
}

#[test]
fn files_cut_short_are_named() {
    let workspace = issued("short");
    let ledger = workspace.path().join("ledger");
    let mut cuts = 0;
    for file in ledger_files(&ledger) {
        let whole = fs::read(&file).unwrap();
        let step = if is_full() { 97 } else { whole.len() / 6 + 1 };
        for length in (0..whole.len()).step_by(step) {
            fs::write(&file, &whole[..length]).unwrap();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let found = verify(&ledger).unwrap().unwrap().findings;
            assert!(!found.is_empty(), "{name} cut to {length}");
            if file.parent() == Some(&ledger) {
                assert!(Ledger::open_for_writing(&ledger).is_err(), "{name} cut to {length}: written to");
            } else {
                assert!(found.iter().any(|finding| finding.found.contains(&name)), "{name}: {found:?}");
            }
            assert_eq!(fs::read(&file).unwrap().len(), length, "{name} was changed");
            cuts += 1;
        }
        fs::write(&file, &whole).unwrap();
    }
    println!("{cuts} cuts found");
}
