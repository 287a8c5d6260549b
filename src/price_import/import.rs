//! One import: every file is read, checked and written aside; when all are accepted, the tables are put in their place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ImportError;
use super::compile::{compile, relate};
use super::csv_offer::read_csv_offer;
use super::error::Faults;
use super::json_offer::read_json_offer;
use super::offer::{Head, Notes, Rows};
use super::source_file::{Content, SourceFile};
use super::write::{Origin, write_rows};
use crate::ingest::Progress;
use crate::reference::Fault;

/// Hexadecimal digits of a hash in names and sources: enough to find the file, whose full hash is told once.
const SHORT_HASH: usize = 12;

/// The format of a compiled table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Text, to be read and compared.
    Csv,
    /// Smaller, for very long lists.
    Parquet,
}

impl TableFormat {
    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// What became of one offer file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFile {
    /// The offer file as it was named.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Such as `AmazonS3`.
    pub offer_code: String,
    /// Such as `20170424230114`; empty where the file does not say.
    pub version: String,
    /// Where its rows were written.
    pub table: PathBuf,
    /// How many there are.
    pub rows: usize,
    /// What was left out, and how many of it.
    pub left_out: Vec<(String, u64)>,
    /// What should be known.
    pub warnings: Vec<String>,
}

/// What an import has done.
pub type ImportSummary = Vec<ImportedFile>;

/// An import under way. Dropped before [`finish`](Self::finish), it leaves nothing behind.
pub struct Import {
    rates: PathBuf,
    pending: PathBuf,
    format: TableFormat,
    done: ImportSummary,
    faults: Vec<Fault>,
    hidden: usize,
}

impl Import {
    /// Begins an import into a rates folder.
    pub fn begin(rates: &Path, format: TableFormat) -> Result<Self, ImportError> {
        let mut number = 0_u32;
        let unwritable = |path: &Path, source| ImportError::Unwritable { file: path.display().to_string(), source };
        fs::create_dir_all(rates).map_err(|source| unwritable(rates, source))?;
        let pending = loop {
            let place = rates.join(format!(".importing-{}-{number}", std::process::id()));
            match fs::create_dir(&place) {
                Ok(()) => break place,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 10_000 => number += 1,
                Err(error) => return Err(unwritable(&place, error)),
            }
        };
        Ok(Self { rates: rates.to_owned(), pending, format, done: Vec::new(), faults: Vec::new(), hidden: 0 })
    }

    /// Reads an offer file. What is wrong with its text is told at the end, with the faults of all others.
    pub fn add(&mut self, path: &Path, progress: &dyn Progress) -> Result<(), ImportError> {
        let name: Arc<str> = Arc::from(path.display().to_string());
        let mut faults = Faults::of(&name);
        let mut notes = Notes::default();
        let read = read_offer(path, progress, &mut notes, &mut faults)?;
        if let (Some(read), true) = (read, faults.is_empty()) {
            self.write(path, read, notes)?;
        }
        self.faults.append(&mut faults.kept);
        self.hidden += faults.hidden;
        Ok(())
    }

    fn write(&mut self, path: &Path, read: ReadOffer, notes: Notes) -> Result<(), ImportError> {
        let ReadOffer { head, rows, bytes, sha256 } = read;
        let (folder, count) = match &rows {
            Rows::Prices(lines) => ("list_prices", lines.len()),
            Rows::Rates(lines) => ("savings_plans", lines.len()),
        };
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let short = &sha256[..SHORT_HASH];
        let stem = table_name(&head, short);
        let table = self.rates.join(folder).join(format!("{stem}.{}", self.format.ending()));
        let version = if head.version.is_empty() { "without version" } else { &head.version };
        let origin =
            Origin { offer: format!("{} {version}", head.offer_code), file: format!("{file_name} (sha256 {short})") };
        let pending = self.pending_of(&table);
        let written = File::create(&pending).and_then(|mut file| {
            write_rows(&rows, &origin, self.format, &mut file)?;
            file.sync_all()
        });
        written.map_err(|source| ImportError::Unwritable { file: pending.display().to_string(), source })?;
        self.done.push(ImportedFile {
            file: path.to_owned(),
            bytes,
            sha256,
            offer_code: head.offer_code,
            version: head.version,
            table,
            rows: count,
            left_out: notes.left_out.into_iter().map(|(what, count)| (what.to_owned(), count)).collect(),
            warnings: notes.warnings,
        });
        Ok(())
    }

    fn pending_of(&self, table: &Path) -> PathBuf {
        self.pending.join(table.file_name().unwrap_or_default())
    }

    /// Puts the tables in their place, where every file was accepted.
    pub fn finish(mut self) -> Result<ImportSummary, ImportError> {
        if !self.faults.is_empty() {
            return Err(ImportError::Refused { faults: std::mem::take(&mut self.faults), hidden: self.hidden });
        }
        for (place, file) in self.done.iter().enumerate() {
            if self.done[..place].iter().any(|other| other.table == file.table) {
                continue; // The same bytes under two names.
            }
            let folder = file.table.parent().unwrap_or(&self.rates);
            let renamed = fs::create_dir_all(folder)
                .and_then(|()| fs::rename(self.pending_of(&file.table), &file.table))
                .and_then(|()| File::open(folder)?.sync_all());
            renamed.map_err(|source| ImportError::Unwritable { file: file.table.display().to_string(), source })?;
        }
        Ok(std::mem::take(&mut self.done))
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        // A left-over is hidden from whoever reads the rates, and harms nobody.
        let _ = fs::remove_dir_all(&self.pending);
    }
}

/// The name of a table: the same offer always gets the same one, and another offer another one.
fn table_name(head: &Head, short_hash: &str) -> String {
    let version = if head.version.is_empty() { "unversioned" } else { &head.version };
    let parts = [head.offer_code.as_str(), version].into_iter().chain(head.region()).chain([short_hash]);
    let name = parts.collect::<Vec<_>>().join("-");
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect()
}

struct ReadOffer {
    head: Head,
    rows: Rows,
    bytes: u64,
    sha256: String,
}

fn read_offer(
    path: &Path,
    progress: &dyn Progress,
    notes: &mut Notes,
    faults: &mut Faults,
) -> Result<Option<ReadOffer>, ImportError> {
    let Some(mut source) = SourceFile::open(path, progress, faults)? else { return Ok(None) };
    let read = match source.content {
        Content::Json => read_json(&mut source, progress, notes, faults),
        Content::Csv => read_csv(&mut source, progress, notes, faults),
    };
    let whole = read.and_then(|read| Ok((read, source.finish()?)));
    match whole {
        Ok((Some((mut head, rows)), (bytes, sha256))) => {
            let is_empty = match &rows {
                Rows::Prices(lines) => lines.is_empty(),
                Rows::Rates(lines) => lines.is_empty(),
            };
            if is_empty && faults.is_empty() {
                let left_out: Vec<String> =
                    notes.left_out.iter().map(|(what, count)| format!("{count} {what}")).collect();
                let found = match left_out.is_empty() {
                    true => String::from("no on-demand price and no rate of a Savings Plan"),
                    false => format!("no on-demand price in USD, only {}", left_out.join(", ")),
                };
                faults.of_file(
                    found,
                    "an offer with on-demand prices in USD, or rates of Savings Plans",
                    "leave it out",
                );
            }
            if head.offer_code.is_empty() {
                head.offer_code = String::from("offer");
            }
            Ok(Some(ReadOffer { head, rows, bytes, sha256 }))
        }
        Ok((None, _)) => Ok(None),
        Err(error) if error.raw_os_error().is_some() => {
            Err(ImportError::Unreadable { file: path.display().to_string(), source: error })
        }
        Err(error) => {
            faults.of_file(format!("a file that cannot be unpacked: {error}"), "a whole file", "download it again");
            Ok(None)
        }
    }
}

type Found = io::Result<Option<(Head, Rows)>>;

fn read_json(source: &mut SourceFile<'_>, progress: &dyn Progress, notes: &mut Notes, faults: &mut Faults) -> Found {
    let Some(offer) = read_json_offer(&mut source.text, progress, notes, faults)? else { return Ok(None) };
    if !faults.is_empty() {
        return Ok(None); // A range is missing only because it is refused.
    }
    let rows = match offer.plans {
        Some(plans) if offer.lines.is_empty() => Rows::Rates(plans.into_lines(&offer.head, notes, faults)),
        _ => Rows::Prices(compile(offer.lines, notes, faults)),
    };
    Ok(Some((offer.head, rows)))
}

fn read_csv(source: &mut SourceFile<'_>, progress: &dyn Progress, notes: &mut Notes, faults: &mut Faults) -> Found {
    let Some(mut offer) = read_csv_offer(&mut source.text, progress, notes, faults)? else { return Ok(None) };
    if !faults.is_empty() {
        return Ok(None); // A range is missing only because its row is refused.
    }
    relate(&mut offer.lines, offer.related, notes);
    Ok(Some((offer.head, Rows::Prices(compile(offer.lines, notes, faults)))))
}
