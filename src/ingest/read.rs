use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use super::csv_rows::CsvRows;
use super::delivery::{ReportFile, ReportFormat};
use super::error::{FaultList, IngestError};
use super::fault_kind::FaultKind;
use super::limits::{Limits, Progress};
use super::parquet_rows::read_parquet;
use super::row::RowSink;
use super::unpack::{Chunk, StreamError, unpack};

/// How many chunks the unpacking may be ahead of the reading.
const CHUNKS_AHEAD: usize = 4;

/// What a file was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSeal {
    /// Its size on disk.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Data rows, of all months.
    pub rows: u64,
}

/// Reads a report file whole and hands its rows to `sink`.
///
/// Rows are provisional until this returns and `faults` is empty: a stream proves itself at its end.
/// `with_second_thread`: unpack on a thread of its own.
pub fn read_report(
    file: &ReportFile,
    limits: &Limits,
    progress: &dyn Progress,
    with_second_thread: bool,
    sink: &mut dyn RowSink,
    faults: &mut FaultList,
) -> Result<FileSeal, IngestError> {
    let mut texts = Texts { file, limits, progress, rows: None, count: 0, told: 0, is_open: false, sink, faults };
    let sealed = match file.format {
        ReportFormat::Parquet => return read_parquet(file, progress, texts.sink, texts.faults),
        ReportFormat::Csv | ReportFormat::CsvGzip | ReportFormat::Zip if with_second_thread => unpack_aside(&mut texts),
        ReportFormat::Csv | ReportFormat::CsvGzip | ReportFormat::Zip => {
            unpack(file, limits, progress, &mut |chunk| texts.take(chunk))
        }
    };
    let rows = texts.count;
    match sealed {
        Ok((bytes, sha256)) => {
            if bytes != file.bytes {
                let found = format!("{bytes} bytes, {} when listed", file.bytes);
                faults.push(None, None, found.as_bytes(), FaultKind::Damaged); // It is being written.
            }
            Ok(FileSeal { bytes, sha256, rows })
        }
        Err(StreamError::Machine(source)) => Err(IngestError::machine(&file.path, source)),
        Err(StreamError::Refused(kind, entry, found)) => {
            faults.push(None, entry.as_deref(), found.as_bytes(), kind);
            Ok(FileSeal { bytes: file.bytes, sha256: String::new(), rows })
        }
    }
}

/// What goes from the unpacking thread to the reading one.
enum Sent {
    Start(Option<String>),
    Bytes(Vec<u8>, usize),
    End,
}

/// Unpacks on a second thread while this one reads. Buffers go back and are filled again.
fn unpack_aside(texts: &mut Texts<'_>) -> Result<(u64, String), StreamError> {
    let (file, limits, progress) = (texts.file, texts.limits, texts.progress);
    let (sender, receiver) = sync_channel(CHUNKS_AHEAD);
    let (give_back, given_back) = channel();
    thread::scope(|scope| {
        let unpacking = scope.spawn(move || {
            let mut send = |chunk: Chunk<'_>| {
                let sent = match chunk {
                    Chunk::Start(entry) => Sent::Start(entry),
                    Chunk::Bytes(bytes, filled) => {
                        let free = given_back.try_recv().unwrap_or_default();
                        Sent::Bytes(std::mem::replace(bytes, free), filled)
                    }
                    Chunk::End => Sent::End,
                };
                sender.send(sent).is_ok()
            };
            unpack(file, limits, progress, &mut send)
        });
        for sent in receiver {
            match sent {
                Sent::Start(entry) => texts.take(Chunk::Start(entry)),
                Sent::End => texts.take(Chunk::End),
                Sent::Bytes(mut bytes, filled) => {
                    texts.take(Chunk::Bytes(&mut bytes, filled));
                    give_back.send(bytes).is_ok()
                }
            };
        }
        unpacking.join().unwrap_or_else(|_| Err(StreamError::damaged("the unpacking stopped")))
    })
}

/// The CSV texts of a file, one after the other.
struct Texts<'a> {
    file: &'a ReportFile,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    rows: Option<CsvRows<'a>>,
    count: u64,
    told: u64,
    /// Whether the text so far ends inside a line.
    is_open: bool,
    sink: &'a mut dyn RowSink,
    faults: &'a mut FaultList,
}

impl Texts<'_> {
    fn take(&mut self, chunk: Chunk<'_>) -> bool {
        match (chunk, &mut self.rows) {
            (Chunk::Start(entry), _) => {
                self.told = 0;
                self.rows = Some(CsvRows::new(&self.file.columns, self.limits.record_bytes, entry));
            }
            (Chunk::Bytes(bytes, filled), Some(rows)) => {
                rows.feed(&bytes[..filled], self.sink, self.faults);
                self.is_open = bytes[..filled].last().map_or(self.is_open, |last| *last != b'\n');
                self.progress.on_rows(rows.rows() - self.told);
                self.count += rows.rows() - self.told;
                self.told = rows.rows();
            }
            (Chunk::End, Some(rows)) => {
                rows.finish(self.sink, self.faults);
                if self.is_open && rows.rows() > 0 && self.file.format == ReportFormat::Csv {
                    // Nothing else proves that a plain text is whole: the last number may be cut.
                    self.faults.push(Some(rows.rows()), None, b"", FaultKind::OpenEnd);
                }
                self.progress.on_rows(rows.rows() - self.told);
                self.count += rows.rows() - self.told;
                self.told = rows.rows();
            }
            (Chunk::Bytes(..) | Chunk::End, None) => {}
        }
        true
    }
}
