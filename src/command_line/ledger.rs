//! `seikyu ledger …`: check, find, show, export, make again.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::arguments_issued::{LedgerCommand, LedgerFilter};
use super::commands::{FAILED, json_line, print, refuse};
use crate::ledger::{Book, BookedDocument, Ledger, Verification, document_folder, verify};
use crate::money::Yen;
use crate::reference::read_settings;
use crate::run::{BackupRequest, RunError, backup, open_ledger, replay, restore};

pub(super) fn execute(arguments: &Arguments, command: &LedgerCommand) -> ExitCode {
    let (LedgerCommand::Verify { workspace }
    | LedgerCommand::Backup { workspace, .. }
    | LedgerCommand::Restore { workspace, .. }
    | LedgerCommand::List { workspace, .. }
    | LedgerCommand::Show { workspace, .. }
    | LedgerCommand::Export { workspace, .. }
    | LedgerCommand::Replay { workspace, .. }) = command;
    let dir = match read_settings(workspace) {
        Ok(settings) => settings.ledger,
        Err(error) => return refuse(&error, error.is_machine_fault()),
    };
    let done = match command {
        LedgerCommand::Verify { .. } => verify_ledger(arguments, &dir),
        LedgerCommand::Backup { to, .. } => back_up(arguments, workspace, to.clone()),
        LedgerCommand::Restore { dir, from, .. } => fetch_back(arguments, workspace, from.clone(), dir),
        LedgerCommand::Replay { period, .. } => replay_ledger(arguments, &dir, *period),
        LedgerCommand::List { filter, .. } => with_book(&dir, |ledger| {
            let found = found(ledger.book(), filter);
            let answer = if arguments.json { json_line(&json!(rows_json(&found))) } else { table(&found) };
            Ok(print(ExitCode::SUCCESS, &answer))
        }),
        LedgerCommand::Export { filter, file, .. } => with_book(&dir, |ledger| {
            let index = index(&found(ledger.book(), filter));
            Ok(match file {
                None => print(ExitCode::SUCCESS, &index),
                Some(file) => write(file, &index),
            })
        }),
        LedgerCommand::Show { number, output, .. } => {
            with_book(&dir, |ledger| show(arguments, ledger, &dir, number, output.as_deref()))
        }
    };
    done.unwrap_or_else(|error| refuse(&error, error.exit_code() == 3))
}

fn with_book(dir: &Path, work: impl FnOnce(&Ledger) -> Result<ExitCode, RunError>) -> Result<ExitCode, RunError> {
    work(&open_ledger(dir)?)
}

fn back_up(arguments: &Arguments, workspace: &Path, address: Option<String>) -> Result<ExitCode, RunError> {
    let done = backup(&BackupRequest { workspace: workspace.to_owned(), address })?;
    let (address, entries, sent, kept) = (&done.address, done.entries, done.sent, done.kept);
    let answer = if arguments.json {
        json_line(&json!({ "address": address, "entries": entries, "sent": sent, "kept": kept }))
    } else {
        format!("{address}: {entries} entries; {sent} objects put, {kept} were there already\n").into_bytes()
    };
    Ok(print(ExitCode::SUCCESS, &answer))
}

fn fetch_back(
    arguments: &Arguments,
    workspace: &Path,
    address: Option<String>,
    dir: &Path,
) -> Result<ExitCode, RunError> {
    let fetched = restore(&BackupRequest { workspace: workspace.to_owned(), address }, dir)?;
    if !arguments.quiet {
        eprintln!("fetched {} to {}", fetched.address, dir.display());
    }
    show_verification(arguments, &fetched.verification)
}

fn verify_ledger(arguments: &Arguments, dir: &Path) -> Result<ExitCode, RunError> {
    let nothing = || RunError::NothingIssued { ledger: dir.display().to_string() };
    show_verification(arguments, &verify(dir)?.ok_or_else(nothing)?)
}

fn show_verification(arguments: &Arguments, result: &Verification) -> Result<ExitCode, RunError> {
    let done = if result.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) };
    if arguments.json {
        let finding = |finding: &crate::ledger::Finding| json!({ "entry": finding.entry, "found": finding.found });
        let answer = json!({
            "entries": result.entries, "documents": result.documents, "objects": result.objects,
            "findings": result.findings.iter().map(finding).collect::<Vec<_>>(), "notes": result.notes,
        });
        return Ok(print(done, &json_line(&answer)));
    }
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text in memory takes any line");
    for finding in &result.findings {
        let entry = finding.entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
        line(format!("damaged: {entry}{}", finding.found));
    }
    for note in &result.notes {
        line(format!("note: {note}"));
    }
    let (entries, documents, objects) = (result.entries, result.documents, result.objects);
    let verdict = if result.findings.is_empty() { "everything is as recorded" } else { "NOT as recorded" };
    line(format!("{entries} entries, {documents} documents, {objects} kept objects: {verdict}"));
    Ok(print(done, out.as_bytes()))
}

fn replay_ledger(
    arguments: &Arguments,
    dir: &Path,
    period: Option<crate::period::BillingPeriod>,
) -> Result<ExitCode, RunError> {
    let replayed = replay(dir, period)?;
    let differing = replayed.iter().filter(|document| !document.differing.is_empty()).count();
    let done = if differing == 0 { ExitCode::SUCCESS } else { ExitCode::from(FAILED) };
    if arguments.json {
        let row = |document: &crate::run::Replayed| {
            json!({
                "number": document.number, "program_version": document.program_version,
                "differing": document.differing,
            })
        };
        return Ok(print(done, &json_line(&json!(replayed.iter().map(row).collect::<Vec<_>>()))));
    }
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text in memory takes any line");
    for document in replayed.iter().filter(|document| !document.differing.is_empty()) {
        let (number, version) = (&document.number, &document.program_version);
        line(format!("{number}: made by version {version}, differs in {}", document.differing.join(", ")));
    }
    line(format!("{} documents made again from what was recorded, {differing} differ", replayed.len()));
    Ok(print(done, out.as_bytes()))
}

/// All documents that fit every key that was given.
fn found<'a>(book: &'a Book, filter: &LedgerFilter) -> Vec<BookedDocument<'a>> {
    let fits = |booked: &BookedDocument<'_>| {
        let document = booked.document;
        let day = document.issued_on.as_str();
        filter.from.is_none_or(|from| from.to_string().as_str() <= day)
            && filter.to.is_none_or(|to| day <= to.to_string().as_str())
            && filter.min.is_none_or(|min| i128::from(min) <= document.total_jpy)
            && filter.max.is_none_or(|max| document.total_jpy <= i128::from(max))
            && filter.period.is_none_or(|period| period.to_string() == document.billing_period)
            && filter.project.as_ref().is_none_or(|project| *project == document.project_id)
            && filter.customer.as_ref().is_none_or(|customer| {
                document.customer_name.contains(customer.as_str()) || *customer == document.customer_id
            })
    };
    book.documents().filter(fits).collect()
}

fn table(found: &[BookedDocument<'_>]) -> Vec<u8> {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text in memory takes any line");
    for booked in found {
        let document = booked.document;
        let by = booked.replaced_by.map(|number| format!("  (replaced by {number})")).unwrap_or_default();
        line(format!(
            "{}  {:<22} {:>15}  {}  {}  {}{by}",
            document.issued_on,
            document.number,
            Yen::new(document.total_jpy).with_commas(),
            document.billing_period,
            document.project_id,
            document.customer_name
        ));
    }
    line(format!("{} documents", found.len()));
    out.into_bytes()
}

const INDEX: [&str; 14] = [
    "entry",
    "number",
    "kind",
    "issued_on",
    "total_jpy",
    "customer_name",
    "customer_id",
    "project_id",
    "billing_period",
    "original",
    "predecessor",
    "replaced_by",
    "keep_until",
    "pdf_sha256",
];

/// The index that 電子帳簿保存法 asks for, as CSV with BOM and CRLF: date, amount and counterparty of every document.
fn index(found: &[BookedDocument<'_>]) -> Vec<u8> {
    let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![0xEF, 0xBB, 0xBF]);
    let mut writer = writer;
    let mut row =
        |cells: &[String]| writer.write_record(cells).expect("rows are of one length, and memory does not fail");
    row(&INDEX.map(str::to_owned));
    for booked in found {
        let document = booked.document;
        let pdf = document.artefacts.iter().find(|artefact| artefact.name.ends_with(".pdf"));
        let texts = [&document.customer_name, &document.customer_id, &document.project_id];
        let [customer, customer_id, project] = texts.map(|text| crate::deliver::guard(text).into_owned());
        row(&[
            booked.entry_number.to_string(),
            document.number.clone(),
            document.kind.clone(),
            document.issued_on.clone(),
            document.total_jpy.to_string(),
            customer,
            customer_id,
            project,
            document.billing_period.clone(),
            document.original.clone(),
            document.predecessor.clone(),
            booked.replaced_by.unwrap_or_default().to_owned(),
            document.keep_until.clone(),
            pdf.map(|artefact| artefact.sha256.clone()).unwrap_or_default(),
        ]);
    }
    writer.into_inner().expect("memory does not fail")
}

fn rows_json(found: &[BookedDocument<'_>]) -> Vec<Value> {
    found.iter().map(|booked| json!({ "entry": booked.entry_number, "recorded_at": booked.recorded_at, "document": booked.document })).collect()
}

fn show(
    arguments: &Arguments,
    ledger: &Ledger,
    dir: &Path,
    number: &str,
    output: Option<&Path>,
) -> Result<ExitCode, RunError> {
    let Some(booked) = ledger.book().document(number) else {
        return Err(RunError::NoSuchDocument { number: number.to_owned() });
    };
    let document = booked.document;
    if let Some(output) = output {
        let carries = ledger.book().carries().filter(|carry| carry.predecessor == document.number);
        let of_carries = carries.flat_map(|carry| {
            carry
                .artefacts
                .iter()
                .map(move |artefact| (format!("carried-into-{}-{}", carry.into, artefact.name), artefact))
        });
        let own = document.artefacts.iter().map(|artefact| (artefact.name.clone(), artefact));
        for (name, artefact) in own.chain(of_carries) {
            let bytes = ledger.object(&artefact.sha256)?;
            let place: PathBuf = output.join(name);
            if let Err(source) = fs::create_dir_all(output).and_then(|()| fs::write(&place, bytes)) {
                eprintln!("error: {}: {source}", place.display());
                return Ok(ExitCode::from(FAILED));
            }
        }
    }
    let inputs = ledger.book().inputs(document.inputs);
    if arguments.json {
        let answer = json!({ "entry": booked.entry_number, "recorded_at": booked.recorded_at, "document": document, "inputs": inputs });
        return Ok(print(ExitCode::SUCCESS, &json_line(&answer)));
    }
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text in memory takes any line");
    line(format!(
        "{} ({}), entry {}, recorded {}",
        document.number, document.kind, booked.entry_number, booked.recorded_at
    ));
    line(format!("issued on {}, to be kept until {}", document.issued_on, document.keep_until));
    line(format!("{} {}, project {}", document.billing_period, document.customer_name, document.project_id));
    line(format!("{} yen with tax", Yen::new(document.total_jpy).with_commas()));
    if !document.original.is_empty() {
        line(format!("corrects {}, after {}", document.original, document.predecessor));
    }
    for carry in ledger.book().carries().filter(|carry| carry.predecessor == document.number) {
        let sum: Yen = carry.lines.iter().map(|line| Yen::new(line.net_jpy)).sum();
        let reason = ledger.book().inputs(carry.inputs).map(|inputs| inputs.reason.clone()).unwrap_or_default();
        let reason = if reason.is_empty() { reason } else { format!(" ({reason})") };
        line(format!("carried into {}: {} yen without tax{reason}", carry.into, sum.with_commas()));
    }
    let later = ledger.book().documents().filter(|other| other.document.predecessor == document.number);
    for other in later {
        line(format!("followed by {} ({})", other.document.number, other.document.kind));
    }
    line(format!("files in {}:", document_folder(dir, document).display()));
    for artefact in &document.artefacts {
        line(format!("  {} {:>9} {}", artefact.sha256, artefact.bytes, artefact.name));
    }
    if let Some(inputs) = inputs {
        line(format!("made by `{}` of version {} from:", inputs.command, inputs.program_version));
        for file in &inputs.files {
            let kept = if file.is_kept { "kept" } else { "    " };
            let hash = if file.sha256.is_empty() { &file.version } else { &file.sha256 };
            line(format!("  {hash} {:>9} {kept} {} {}", file.bytes, file.kind, file.path));
        }
    }
    Ok(print(ExitCode::SUCCESS, out.as_bytes()))
}

fn write(file: &Path, bytes: &[u8]) -> ExitCode {
    match crate::deliver::write_file_aside(file, |out| std::io::Write::write_all(out, bytes)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error, true),
    }
}
