use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use super::*;
use crate::period::Instant;

fn folder(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("seikyu-ledger-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&place);
    place
}

fn inputs(facts: &[u8]) -> Entry {
    let file = InputEntry {
        kind: "facts".to_owned(),
        path: "facts.parquet".to_owned(),
        bytes: facts.len() as u64,
        sha256: sha256(facts),
        version: String::new(),
        is_kept: true,
    };
    Entry::Inputs(InputsEntry {
        command: "issue".to_owned(),
        billing_period: "2025-05".to_owned(),
        issued_on: "2025-06-05".to_owned(),
        program_version: "0".to_owned(),
        projects: vec![],
        correction: String::new(),
        into: String::new(),
        reason: String::new(),
        is_paid: false,
        files: vec![file],
    })
}

fn document(number: &str, kind: &str, inputs: u64, pdf: &[u8]) -> Entry {
    Entry::Document(DocumentEntry {
        number: number.to_owned(),
        kind: kind.to_owned(),
        billing_period: "2025-05".to_owned(),
        project_id: number.to_owned(),
        customer_id: String::new(),
        customer_name: "見本物産株式会社".to_owned(),
        issued_on: "2025-06-05".to_owned(),
        total_jpy: 110,
        paid_jpy: 0,
        inputs,
        original: String::new(),
        predecessor: String::new(),
        draws: vec![],
        keep_until: "2036-05-31".to_owned(),
        lines: vec![],
        artefacts: vec![Artefact { name: "a.pdf".to_owned(), bytes: pdf.len() as u64, sha256: sha256(pdf) }],
    })
}

/// A ledger with one issue of two documents.
fn ledger(name: &str) -> PathBuf {
    let dir = folder(name);
    let mut ledger = Ledger::open_for_writing(&dir).unwrap();
    let entries = vec![
        inputs(b"facts"),
        document("INV-202505-000001", "invoice", 1, b"one"),
        document("INV-202505-000002", "invoice", 1, b"two"),
    ];
    let objects = [&b"facts"[..], b"one", b"two"].map(|bytes| (sha256(bytes), bytes)).to_vec();
    ledger.append(&NewEntries { entries, objects }, Instant::from_seconds(1_749_081_600)).unwrap();
    dir
}

fn findings(dir: &std::path::Path) -> Vec<String> {
    let found = verify(dir).unwrap().unwrap().findings;
    found.into_iter().map(|finding| format!("{:?} {}", finding.entry, finding.found)).collect()
}

#[test]
fn what_is_recorded_is_read_again() {
    let dir = ledger("read");
    let ledger = Ledger::open(&dir).unwrap().unwrap();
    assert_eq!((ledger.book().len(), ledger.book().documents().count()), (3, 2));
    assert_eq!(ledger.book().count("2025-05".parse().unwrap(), "invoice"), 2);
    assert_eq!(ledger.object(&sha256(b"facts")).unwrap(), b"facts");
    assert!(matches!(ledger.object(&sha256(b"other")), Err(LedgerError::NoObject { .. })));
    assert_eq!(fs::read(dir.join("documents/2025-05/INV-202505-000002/a.pdf")).unwrap(), b"two");
    assert_eq!(findings(&dir), [""; 0]);
    assert!(Ledger::open(&folder("none")).unwrap().is_none());
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn nothing_is_changed_or_removed_by_sql() {
    let dir = ledger("triggers");
    let connection = Connection::open(dir.join("ledger.sqlite")).unwrap();
    for statement in [
        "UPDATE events SET payload = '{}' WHERE number = 2",
        "DELETE FROM events WHERE number = 3",
        "INSERT INTO events VALUES (7, 'document', '', '', '', 'x')",
        "UPDATE objects SET content = x'00'",
        "DELETE FROM objects",
    ] {
        let refused = connection.execute(statement, []).unwrap_err().to_string();
        assert!(refused.contains("the ledger only grows"), "{statement}: {refused}");
    }
    assert_eq!(findings(&dir), [""; 0]);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_somebody_changed_behind_the_triggers_is_named() {
    let changes: [(&str, &str, &str); 5] = [
        (
            "payload",
            "DROP TRIGGER events_stay; UPDATE events SET payload = replace(payload, '110', '111') WHERE number = 2",
            "Some(2) entry 2 (document) is not what was recorded",
        ),
        ("entry", "DROP TRIGGER events_remain; DELETE FROM events WHERE number = 2", "entry 2 is missing"),
        ("last", "DROP TRIGGER events_remain; DELETE FROM events WHERE number = 3", "the seal is of 3 entries"),
        (
            "bytes",
            "DROP TRIGGER objects_stay; UPDATE objects SET content = x'00' WHERE length(content) = 5",
            "Some(1) the kept bytes of facts.parquet are not what was kept",
        ),
        ("trigger", "DROP TRIGGER objects_remain", "its tables or triggers are not as they were made"),
    ];
    for (name, statements, expected) in changes {
        let dir = ledger(name);
        Connection::open(dir.join("ledger.sqlite")).unwrap().execute_batch(statements).unwrap();
        let found = findings(&dir);
        assert!(found.iter().any(|found| found.contains(expected)), "{name}: {found:?}");
        assert!(matches!(Ledger::open_for_writing(&dir), Err(LedgerError::Damaged { .. })), "{name}");
        fs::remove_dir_all(dir).unwrap();
    }
}

#[test]
fn files_of_documents_are_checked_and_written_again_where_they_are_gone() {
    let dir = ledger("files");
    let file = dir.join("documents/2025-05/INV-202505-000001/a.pdf");
    fs::write(&file, b"onf").unwrap();
    let name = "documents/2025-05/INV-202505-000001/a.pdf";
    assert_eq!(findings(&dir), [format!("Some(2) document INV-202505-000001: the file {name} is not what was issued")]);
    fs::write(&file, b"one").unwrap();
    fs::write(dir.join("documents/2025-05/other.pdf"), b"").unwrap();
    assert_eq!(findings(&dir), [""; 0]);
    let notes = verify(&dir).unwrap().unwrap().notes;
    assert_eq!(notes, ["the file documents/2025-05/other.pdf is in no entry of the ledger"]);
    fs::remove_file(dir.join("documents/2025-05/other.pdf")).unwrap();
    fs::remove_dir_all(dir.join("documents")).unwrap();
    assert_eq!(findings(&dir).len(), 2);
    drop(Ledger::open_for_writing(&dir).unwrap());
    assert_eq!(findings(&dir), [""; 0]);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_stopped_command_is_finished_by_the_next() {
    let dir = ledger("stopped");
    let seal = fs::read(dir.join("ledger.seal")).unwrap();
    let mut again = Ledger::open_for_writing(&dir).unwrap();
    let entries = vec![inputs(b"facts"), document("INV-202505-000003", "invoice", 4, b"three")];
    let objects = vec![(sha256(b"three"), &b"three"[..])];
    again.append(&NewEntries { entries, objects }, Instant::from_seconds(1_749_081_700)).unwrap();
    drop(again);
    // As if it had been stopped after the record and before everything else.
    fs::write(dir.join("ledger.seal"), seal).unwrap();
    fs::remove_dir_all(dir.join("documents/2025-05/INV-202505-000003")).unwrap();
    let verified = verify(&dir).unwrap().unwrap();
    assert_eq!((verified.findings, verified.notes.len()), (vec![], 1));
    drop(Ledger::open_for_writing(&dir).unwrap());
    assert_eq!(fs::read(dir.join("documents/2025-05/INV-202505-000003/a.pdf")).unwrap(), b"three");
    assert_eq!(verify(&dir).unwrap().unwrap().notes, [""; 0]);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_ledger_stopped_before_its_first_seal_is_whole() {
    let dir = folder("unsealed");
    drop(Ledger::open_for_writing(&dir).unwrap());
    fs::remove_file(dir.join("ledger.seal")).unwrap();
    let verified = verify(&dir).unwrap().unwrap();
    assert_eq!((verified.findings, verified.notes), (vec![], vec!["nothing was recorded yet".to_owned()]));
    drop(Ledger::open_for_writing(&dir).unwrap());
    assert_eq!(verify(&dir).unwrap().unwrap().notes, [""; 0]);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_gap_in_the_numbers_is_found() {
    let dir = folder("gap");
    let mut ledger = Ledger::open_for_writing(&dir).unwrap();
    let entries = vec![inputs(b"facts"), document("INV-202505-000002", "invoice", 1, b"two")];
    let objects = [&b"facts"[..], b"two"].map(|bytes| (sha256(bytes), bytes)).to_vec();
    ledger.append(&NewEntries { entries, objects }, Instant::from_seconds(0)).unwrap();
    drop(ledger);
    assert_eq!(findings(&dir), ["Some(2) document INV-202505-000002 stands where INV-202505-000001 is due"]);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn other_databases_and_files_cut_short_are_refused() {
    let dir = folder("other");
    fs::create_dir_all(&dir).unwrap();
    Connection::open(dir.join("ledger.sqlite")).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(Ledger::open(&dir), Err(LedgerError::NotALedger { .. })));
    fs::remove_dir_all(dir).unwrap();
    let dir = ledger("short");
    let file = dir.join("ledger.sqlite");
    let whole = fs::read(&file).unwrap();
    for size in [whole.len() - 4096, whole.len() - 1, 100, 0] {
        fs::write(&file, &whole[..size]).unwrap();
        let found = findings(&dir);
        assert!(!found.is_empty(), "cut to {size} bytes");
        assert!(Ledger::open_for_writing(&dir).is_err(), "cut to {size} bytes");
    }
    fs::remove_dir_all(dir).unwrap();
}
