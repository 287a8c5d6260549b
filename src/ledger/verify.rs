//! Reads everything again and compares it with what was recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::is_there::is_there;
use super::objects::{self, Found};
use super::seal::Seal;
use super::store::{Places, connect, faults_of_age, integrity, is_new, read_book};
use super::{Book, Entry, LedgerError, documents};
use crate::ledger::lock::Lock;

/// Something that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The entry that it belongs to, where one can be named.
    pub entry: Option<u64>,
    /// What is wrong, and where.
    pub found: String,
}

/// What a check of the whole ledger has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Entries read.
    pub entries: u64,
    /// Documents among them.
    pub documents: u64,
    /// Kept bytes whose hash was calculated again.
    pub objects: u64,
    /// What is wrong; nothing where all is as recorded.
    pub findings: Vec<Finding>,
    /// Not wrong: what a stopped program has left to be finished by the next command that writes.
    pub notes: Vec<String>,
}

/// Checks every hash, the sequence of entries and numbers, and every file of every document. Changes nothing.
///
/// An error is what keeps it from being read at all; damage is a finding.
pub fn verify(dir: &Path) -> Result<Option<Verification>, LedgerError> {
    let places = Places::in_folder(dir);
    if !is_there(&places.database)? && !is_there(&places.seal)? {
        return Ok(None);
    }
    let _lock = Lock::for_reading(&places.lock)?;
    let mut result = Verification::default();
    match check(&places, &mut result) {
        Ok(()) => return Ok(Some(result)),
        // What cannot be read is damage, and this is where damage is told.
        Err(LedgerError::Damaged { found, .. }) => {
            result.findings.extend(found.into_iter().map(|found| Finding { entry: None, found }));
        }
        Err(error @ LedgerError::UnknownEntry { .. }) => {
            result.findings.push(Finding { entry: None, found: error.to_string() });
        }
        Err(LedgerError::Database { source, .. }) => {
            result.findings.push(Finding { entry: None, found: format!("the database cannot be read: {source}") });
        }
        Err(error) => return Err(error),
    }
    // What keeps the file from being read may have come before the seal: which bytes they are.
    if let Some(Ok(seal)) = Seal::read(&places.seal)? {
        for found in seal.differences(&places.database)? {
            if result.findings.iter().all(|finding| finding.found != found) {
                result.findings.push(Finding { entry: None, found });
            }
        }
    }
    Ok(Some(result))
}

fn check(places: &Places, result: &mut Verification) -> Result<(), LedgerError> {
    let whole = |found: String| Finding { entry: None, found };
    if !is_there(&places.database)? {
        result.findings.push(whole("the file ledger.sqlite is gone".to_owned()));
        return Ok(());
    }
    let connection = connect(places)?; // Takes back what a stopped program has left half-written.
    let seal = match Seal::read(&places.seal)? {
        None => None,
        Some(Ok(seal)) => Some(seal),
        Some(Err(fault)) => {
            result.findings.push(whole(fault));
            None
        }
    };
    let is_new = is_new(places, &connection)?;
    if is_new {
        result.notes.push("nothing was recorded yet".to_owned());
        return Ok(());
    }
    // The seal first: it names the place of a damage that keeps the rest from being read.
    let head: String = connection
        .query_row("SELECT coalesce((SELECT hash FROM events ORDER BY number DESC LIMIT 1), '')", [], |row| row.get(0))
        .unwrap_or_default();
    match &seal {
        Some(seal) if seal.head == head => {
            result.findings.extend(seal.differences(&places.database)?.into_iter().map(whole));
        }
        Some(_) => {} // Older than the last entry, or damaged: told below.
        // Stopped between making the tables and the first seal. Bytes or documents without entries are told below.
        None if result.findings.is_empty() && has_no_entry(&connection) => {
            result.notes.push("nothing was recorded yet".to_owned());
        }
        None if result.findings.is_empty() => {
            result.findings.push(whole("the seal (ledger.seal) is missing".to_owned()));
        }
        None => {}
    }
    let of_sqlite = |source| LedgerError::of_sqlite(&places.database, source);
    let faults = integrity(&connection).map_err(of_sqlite)?;
    result.findings.extend(faults.into_iter().map(|fault| whole(format!("the database: {fault}"))));
    let (book, last, faults) = read_book(places, &connection)?;
    let broken = book.len() + 1;
    result.findings.extend(faults.into_iter().map(|found| Finding { entry: Some(broken), found }));
    if let Some(seal) = &seal {
        let head = last.as_ref().map_or("", |event| event.hash.as_str());
        result.findings.extend(faults_of_age(seal, &book, head).into_iter().map(whole));
        if seal.entries < book.len() {
            let note = "the last command was stopped before it sealed the ledger; the next one finishes it";
            result.notes.push(note.to_owned());
        }
    }
    result.entries = book.len();
    check_objects(&book, &connection, result).map_err(of_sqlite)?;
    result.findings.extend(check_numbers(&book));
    let settled = seal.map_or(0, |seal| seal.entries);
    result.documents = book.documents().count() as u64;
    let (findings, notes) = documents::check(&places.dir, &book, settled);
    result.findings.extend(findings);
    result.notes.extend(notes);
    Ok(())
}

fn has_no_entry(connection: &rusqlite::Connection) -> bool {
    connection.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)).is_ok_and(|count| count == 0)
}

fn check_objects(book: &Book, connection: &rusqlite::Connection, result: &mut Verification) -> rusqlite::Result<()> {
    let mut kept_by: BTreeMap<&str, u64> = BTreeMap::new();
    for (number, entry) in book.entries() {
        for hash in entry.kept() {
            kept_by.entry(hash).or_insert(number);
        }
    }
    for (hash, entry) in &kept_by {
        let what = match objects::get(connection, hash)? {
            Found::Bytes(_) => None,
            Found::Nothing => Some("are missing"),
            Found::Damaged => Some("are not what was kept"),
        };
        let whose = whose(book, *entry, hash);
        if let Some(what) = what {
            result.findings.push(Finding { entry: Some(*entry), found: format!("the kept bytes of {whose} {what}") });
        }
        result.objects += 1;
    }
    for hash in objects::hashes(connection)? {
        if !kept_by.contains_key(hash.as_str()) {
            result.findings.push(Finding { entry: None, found: format!("the kept bytes {hash} are in no entry") });
        }
    }
    Ok(())
}

/// The name of kept bytes: the file of an input or of a document.
fn whose(book: &Book, number: u64, hash: &str) -> String {
    let entry = book.entries().find(|(found, _)| *found == number).map(|(_, entry)| entry);
    let named = match entry {
        Some(Entry::Inputs(inputs)) => {
            inputs.files.iter().find(|file| file.sha256 == hash).map(|file| file.path.clone())
        }
        Some(Entry::Document(document)) => {
            let artefact = document.artefacts.iter().find(|artefact| artefact.sha256 == hash);
            artefact.map(|artefact| format!("{}/{}", document.number, artefact.name))
        }
        Some(Entry::Carry(carry)) => {
            let artefact = carry.artefacts.iter().find(|artefact| artefact.sha256 == hash);
            artefact.map(|artefact| format!("{} of {}", artefact.name, carry.predecessor))
        }
        None => None,
    };
    named.unwrap_or_else(|| hash.to_owned())
}

/// Numbers follow each other without gap, none is given twice, and what a document refers to is there before it.
fn check_numbers(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for booked in book.documents() {
        let document = booked.document;
        let scope = match document.kind.as_str() {
            "replace" => document.original.clone(),
            _ => document.billing_period.clone(),
        };
        let count = counts.entry((document.kind.clone(), scope)).or_default();
        *count += 1;
        let month = document.billing_period.replace('-', "");
        let expected = match document.kind.as_str() {
            "invoice" => format!("INV-{month}-{count:06}"),
            "return" => format!("CRN-{month}-{count:06}"),
            _ => format!("{}-R{count}", document.original),
        };
        let mut wrong = |found: String| findings.push(Finding { entry: Some(booked.entry_number), found });
        if document.number != expected {
            wrong(format!("document {} stands where {expected} is due", document.number));
        }
        for other in [&document.original, &document.predecessor] {
            if !other.is_empty() && !seen.contains(other.as_str()) {
                wrong(format!("document {} refers to {other}, which is not there before it", document.number));
            }
        }
        if book.inputs(document.inputs).is_none() {
            wrong(format!("document {} has no entry of what it was made from", document.number));
        }
        seen.insert(&document.number);
    }
    findings
}
