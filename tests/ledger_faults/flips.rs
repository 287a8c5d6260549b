//! Every byte of a small ledger and its documents is changed, one after the other.

use std::fs;
use std::path::{Path, PathBuf};

use seikyu::ledger::{Ledger, verify};

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

#[test]
fn every_flipped_byte_is_found() {
    let workspace = issued("flips");
    let ledger = workspace.path().join("ledger");
    let (mut flips, mut entries, mut ranges) = (0_u64, 0_u64, 0_u64);
    for file in ledger_files(&ledger) {
        let whole = fs::read(&file).unwrap();
        let is_seal = file.ends_with("ledger.seal");
        let step = if is_full() { 1 } else { whole.len() / 40 + 1 };
        let head = if file.ends_with("ledger.sqlite") { 100 } else { 0 }; // Every byte of its head.
        let places = (0..whole.len()).filter(|place| *place < head || place % step == 0);
        for place in places {
            let masks: &[u8] = if is_full() { &[0x01, 0xff] } else { &[0x01] };
            for mask in masks {
                let mut bytes = whole.clone();
                bytes[place] ^= mask;
                fs::write(&file, &bytes).unwrap();
                let what = format!("{} byte {place} ^ {mask:#x}", file.display());
                let found = verify(&ledger).unwrap_or_else(|error| panic!("{what}: {error}")).unwrap().findings;
                assert!(found.iter().any(|finding| is_named(finding, is_seal)), "{what}: {found:?}");
                assert!(fs::read(&file).unwrap() == bytes, "{what}: verify has changed it");
                if file.parent() == Some(&ledger) {
                    assert!(Ledger::open_for_writing(&ledger).is_err(), "{what}: written to");
                    assert!(fs::read(&file).unwrap() == bytes, "{what}: a command has changed it");
                }
                flips += 1;
                if found.iter().any(|finding| finding.entry.is_some()) { entries += 1 } else { ranges += 1 }
            }
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(verify(&ledger).unwrap().unwrap().findings.is_empty());
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
