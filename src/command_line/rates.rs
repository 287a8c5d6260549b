//! `seikyu rates`: imports price lists, and shows what is known of a SKU.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::arguments::{Arguments, Day, RatesCommand};
use super::commands::{answer, json_line, refuse};
use super::rates_text::{show_json, show_text};
use crate::price_import::{Import, ImportError, ImportSummary, ImportedFile, TableFormat};
use crate::reference::{read_rates, read_settings};
use crate::run::Watcher;

pub(super) fn execute(arguments: &Arguments, command: &RatesCommand, watcher: Box<dyn Watcher>) -> ExitCode {
    match command {
        RatesCommand::ImportPrices { workspace, output, format, files } => {
            let format = if format == "parquet" { TableFormat::Parquet } else { TableFormat::Csv };
            let rates = match output {
                Some(rates) => Ok(rates.clone()),
                None => read_settings(workspace).map(|settings| settings.rates_dir),
            };
            match rates {
                Ok(rates) => import(arguments, &rates, format, files, watcher),
                Err(error) => refuse(&error, error.is_machine_fault()),
            }
        }
        RatesCommand::Show { sku, workspace, on } => show(arguments, workspace, sku, *on),
    }
}

fn import(
    arguments: &Arguments,
    rates: &Path,
    format: TableFormat,
    files: &[PathBuf],
    watcher: Box<dyn Watcher>,
) -> ExitCode {
    let outcome = import_all(rates, format, files, watcher.as_ref());
    drop(watcher); // Bars leave the terminal before anything else is said.
    match outcome {
        Ok(summary) => {
            if !arguments.quiet {
                tell(&summary);
            }
            let files: Vec<Value> = summary.iter().map(file_json).collect();
            answer(arguments, ExitCode::SUCCESS, || json_line(&json!({ "files": files })))
        }
        Err(error) => refuse(&error, error.is_machine_fault()),
    }
}

fn import_all(
    rates: &Path,
    format: TableFormat,
    files: &[PathBuf],
    watcher: &dyn Watcher,
) -> Result<ImportSummary, ImportError> {
    let mut import = Import::begin(rates, format)?;
    for file in files {
        let bytes = std::fs::metadata(file).ok().map(|found| found.len());
        watcher.on_step(&format!("reading {}", file.display()), bytes);
        import.add(file, watcher)?;
        watcher.on_step_end();
    }
    import.finish()
}

fn tell(summary: &ImportSummary) {
    for file in summary {
        let name = file.file.display();
        for warning in &file.warnings {
            eprintln!("warning: {name}: {warning}");
        }
        let version = if file.version.is_empty() { "without version" } else { &file.version };
        eprintln!("{name}: {} {version}, {} rows, sha256 {}", file.offer_code, file.rows, file.sha256);
        for (what, count) in &file.left_out {
            eprintln!("  left out: {count} {what}");
        }
        eprintln!("  written: {}", file.table.display());
    }
    eprintln!("next: seikyu rates show SKU --workspace ...; then fold and run the month again");
}

fn file_json(file: &ImportedFile) -> Value {
    let left_out: Map<String, Value> =
        file.left_out.iter().map(|(what, count)| (what.clone(), Value::from(*count))).collect();
    json!({
        "file": file.file.display().to_string(),
        "bytes": file.bytes,
        "sha256": file.sha256,
        "offer_code": file.offer_code,
        "version": file.version,
        "table": file.table.display().to_string(),
        "rows": file.rows,
        "left_out": left_out,
        "warnings": file.warnings,
    })
}

fn show(arguments: &Arguments, workspace: &Path, sku: &str, on: Option<Day>) -> ExitCode {
    let rates = match read_rates(workspace) {
        Ok(rates) => rates,
        Err(error) => return refuse(&error, error.is_machine_fault()),
    };
    let shown = match super::rates_text::Shown::of(&rates, sku, on) {
        Ok(shown) => shown,
        Err(error) => return refuse(&error, false),
    };
    if arguments.json {
        return answer(arguments, ExitCode::SUCCESS, || json_line(&show_json(&shown)));
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(show_text(&shown).as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot write to standard output: {error}");
            ExitCode::from(3)
        }
    }
}
