use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::delivery::{ReportFile, ReportFormat};
use super::fault_kind::FaultKind;
use super::limits::{Limits, Progress};
use super::source::ReportSource;
use crate::hexadecimal::hexadecimal;

/// How much is unpacked at once.
const CHUNK_BYTES: usize = 256 << 10;
/// How much is read from disk at once.
const READ_BYTES: usize = 128 << 10;

/// A piece of the unpacked stream of a file.
#[derive(Debug)]
pub(super) enum Chunk<'a> {
    /// A CSV text begins: of the file, or of a named entry of a ZIP file.
    Start(Option<String>),
    /// The next bytes of the text: so many of the buffer. Another buffer may be left in its place.
    Bytes(&'a mut Vec<u8>, usize),
    /// The text ends, and its check sums agree.
    End,
}

/// Why a stream stopped before its end.
#[derive(Debug)]
pub(super) enum StreamError {
    /// The machine could not read.
    Machine(io::Error),
    /// The stream is refused: the rule, the entry if any, and what was found.
    Refused(FaultKind, Option<String>, String),
}

impl StreamError {
    pub(super) fn damaged(error: impl ToString) -> Self {
        Self::Refused(FaultKind::Damaged, None, error.to_string())
    }
}

/// The bytes of a file as they pass: counted, hashed, and errors of the disk told from those of a decoder.
pub(super) struct Tap<'a> {
    file: Box<dyn Read + Send>,
    hash: Sha256,
    bytes: u64,
    failure: Option<io::Error>,
    progress: &'a dyn Progress,
}

impl<'a> Tap<'a> {
    pub(super) fn open(source: &ReportSource, progress: &'a dyn Progress) -> io::Result<Self> {
        Ok(Self { file: source.open()?, hash: Sha256::new(), bytes: 0, failure: None, progress })
    }

    /// Size and SHA-256 in hexadecimal of what has passed.
    pub(super) fn seal(self) -> (u64, String) {
        (self.bytes, hexadecimal(&self.hash.finalize()))
    }

    /// The seal of a file that is read here and there, so that the hash needs a pass of its own. Of an object only the
    /// size: a pass would carry all of it over the network to learn what its version says already.
    pub(super) fn seal_whole(source: &ReportSource, progress: &'a dyn Progress) -> io::Result<(u64, String)> {
        if let ReportSource::Stored(object) = source {
            progress.on_bytes(object.bytes());
            return Ok((object.bytes(), String::new()));
        }
        Self::seal_by_reading(source, progress)
    }

    /// The seal of all bytes, of an object too.
    pub(super) fn seal_by_reading(source: &ReportSource, progress: &'a dyn Progress) -> io::Result<(u64, String)> {
        let mut tap = Self::open(source, progress)?;
        match io::copy(&mut tap, &mut io::sink()) {
            Ok(_) => Ok(tap.seal()),
            Err(error) => Err(tap.failure.take().unwrap_or(error)),
        }
    }
}

impl Read for Tap<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.file.read(buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                self.failure = Some(error);
                return Err(told);
            }
        };
        self.hash.update(&buffer[..count]);
        self.bytes += count as u64;
        self.progress.on_bytes(count as u64);
        Ok(count)
    }
}

/// Unpacks a CSV, gzip or ZIP file and hands its chunks on. Returns size and SHA-256 of the file.
///
/// Everything handed on is provisional until this returns without an error. `hand_on` returns `false` when
/// nobody listens any more.
pub(super) fn unpack(
    file: &ReportFile,
    limits: &Limits,
    progress: &dyn Progress,
    hand_on: &mut dyn FnMut(Chunk<'_>) -> bool,
) -> Result<(u64, String), StreamError> {
    let mut guard = BombGuard { limits, packed: file.bytes, unpacked: 0 };
    if file.format == ReportFormat::Zip {
        let seal = Tap::seal_whole(&file.source, progress).map_err(StreamError::Machine)?;
        unpack_zip(file, &mut guard, hand_on)?;
        return Ok(seal);
    }
    let mut tap = Tap::open(&file.source, progress).map_err(StreamError::Machine)?;
    hand_on(Chunk::Start(None));
    if file.format == ReportFormat::CsvGzip {
        let mut decoder = MultiGzDecoder::new(BufReader::with_capacity(READ_BYTES, tap));
        let passed = pass_on(&mut decoder, &mut guard, hand_on);
        tap = decoder.into_inner().into_inner();
        passed.map_err(|error| blame(error, &mut tap))?;
    } else {
        let passed = pass_on(&mut tap, &mut guard, hand_on);
        passed.map_err(|error| blame(error, &mut tap))?;
    }
    hand_on(Chunk::End);
    Ok(tap.seal())
}

/// An error of the decoder was the machine's if the disk had one.
fn blame(error: StreamError, tap: &mut Tap<'_>) -> StreamError {
    match tap.failure.take() {
        Some(failure) => StreamError::Machine(failure),
        None => error,
    }
}

fn unpack_zip(
    file: &ReportFile,
    guard: &mut BombGuard<'_>,
    hand_on: &mut dyn FnMut(Chunk<'_>) -> bool,
) -> Result<(), StreamError> {
    let bytes = file.source.here_and_there().map_err(StreamError::Machine)?;
    let failure = bytes.failure();
    let opened = bytes.into_seekable();
    let unpacked = unpack_entries(opened, guard, hand_on);
    match failure.lock().expect("nobody stops while it is held").take() {
        Some(failure) => Err(StreamError::Machine(failure)), // An error of the archive was the store's.
        None => unpacked,
    }
}

fn unpack_entries(
    opened: impl Read + io::Seek,
    guard: &mut BombGuard<'_>,
    hand_on: &mut dyn FnMut(Chunk<'_>) -> bool,
) -> Result<(), StreamError> {
    let mut archive = ZipArchive::new(BufReader::with_capacity(READ_BYTES, opened)).map_err(StreamError::damaged)?;
    let mut texts = 0;
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).map_err(StreamError::damaged)?;
        let name = entry.name().map_err(StreamError::damaged)?.into_owned();
        let refuse = |kind| StreamError::Refused(kind, Some(name.clone()), String::new());
        if entry.is_dir() && entry.enclosed_name().is_some() {
            continue;
        }
        let is_csv = name.to_ascii_lowercase().ends_with(".csv");
        if !is_csv || entry.is_symlink() || entry.encrypted() || !is_plain_name(&name) {
            return Err(refuse(FaultKind::BadEntry));
        }
        texts += 1;
        hand_on(Chunk::Start(Some(name.clone())));
        pass_on(&mut entry, guard, hand_on).map_err(|error| match error {
            StreamError::Refused(kind, None, found) => StreamError::Refused(kind, Some(name.clone()), found),
            error @ (StreamError::Machine(_) | StreamError::Refused(..)) => error,
        })?;
        hand_on(Chunk::End);
    }
    if texts == 0 {
        return Err(StreamError::Refused(FaultKind::Empty, None, "no CSV entry".to_owned()));
    }
    Ok(())
}

fn is_plain_name(name: &str) -> bool {
    let is_bad = |part: &str| part == ".." || part.is_empty();
    !name.contains(['\\', '\0', ':']) && !name.split('/').any(is_bad)
}

fn pass_on(
    stream: &mut dyn Read,
    guard: &mut BombGuard<'_>,
    hand_on: &mut dyn FnMut(Chunk<'_>) -> bool,
) -> Result<(), StreamError> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        chunk.resize(CHUNK_BYTES, 0); // Only another buffer is filled here.
        let mut filled = 0;
        let is_end = loop {
            match stream.read(&mut chunk[filled..]) {
                Ok(0) => break filled < chunk.len(),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    hand_on(Chunk::Bytes(&mut chunk, filled)); // Its faults are told with that of the stream.
                    return Err(StreamError::damaged(error));
                }
            }
        };
        guard.count(filled)?;
        if !hand_on(Chunk::Bytes(&mut chunk, filled)) || is_end {
            return Ok(());
        }
    }
}

struct BombGuard<'a> {
    limits: &'a Limits,
    packed: u64,
    unpacked: u64,
}

impl BombGuard<'_> {
    fn count(&mut self, bytes: usize) -> Result<(), StreamError> {
        self.unpacked += bytes as u64;
        let Limits { unpacked_bytes, unpack_ratio, .. } = *self.limits;
        if self.unpacked > unpacked_bytes && self.unpacked / unpack_ratio.max(1) > self.packed {
            let kind = FaultKind::Bomb { bytes: unpacked_bytes, ratio: unpack_ratio };
            return Err(StreamError::Refused(kind, None, String::new()));
        }
        Ok(())
    }
}
