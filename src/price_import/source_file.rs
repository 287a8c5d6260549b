//! Opens an offer file: counts and hashes its bytes, unpacks gzip, and says by its first bytes what it is.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::error::{Faults, ImportError};
use crate::hexadecimal::hexadecimal;
use crate::ingest::Progress;

const BUFFER: usize = 1 << 18;

/// What the first bytes of a file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Json,
    Csv,
}

/// A file being read.
pub(super) struct SourceFile<'a> {
    /// Its text, unpacked, without byte order mark.
    pub(super) text: Box<dyn BufRead + 'a>,
    pub(super) content: Content,
    tally: Rc<RefCell<Tally>>,
}

/// What has passed so far.
struct Tally {
    hash: Sha256,
    bytes: u64,
}

struct Counting<'a> {
    file: File,
    tally: Rc<RefCell<Tally>>,
    progress: &'a dyn Progress,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let mut tally = self.tally.borrow_mut();
        tally.hash.update(&buffer[..count]);
        let bytes = u64::try_from(count).unwrap_or(u64::MAX);
        tally.bytes += bytes;
        self.progress.on_bytes(bytes);
        Ok(count)
    }
}

impl<'a> SourceFile<'a> {
    /// Opens a file. `None` where it is none of the formats; then there is a fault.
    pub(super) fn open(
        path: &Path,
        progress: &'a dyn Progress,
        faults: &mut Faults,
    ) -> Result<Option<Self>, ImportError> {
        let unreadable = |source| ImportError::Unreadable { file: path.display().to_string(), source };
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                faults.of_file("nothing of this name", "a price-list offer file", "correct the path");
                return Ok(None);
            }
            file => file.map_err(unreadable)?,
        };
        if file.metadata().map_err(unreadable)?.is_dir() {
            faults.of_file("a folder", "a price-list offer file", "name the files in it");
            return Ok(None);
        }
        let tally = Rc::new(RefCell::new(Tally { hash: Sha256::new(), bytes: 0 }));
        let counting = Counting { file, tally: Rc::clone(&tally), progress };
        let mut packed = BufReader::with_capacity(BUFFER, counting);
        let is_gzip = packed.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
        let mut text: Box<dyn BufRead + 'a> = match is_gzip {
            true => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(packed))),
            false => Box::new(packed),
        };
        let start = match text.fill_buf() {
            Ok(start) => start,
            Err(error) if is_gzip => {
                faults.of_file(format!("damaged gzip: {error}"), "a whole file", "download it again");
                return Ok(None);
            }
            Err(error) => return Err(unreadable(error)),
        };
        let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let content = match content_of(&start[mark..]) {
            Ok(content) => content,
            Err(found) => {
                faults.of_file(found, "an AWS price-list offer file, JSON or CSV, plain or packed by gzip", "");
                return Ok(None);
            }
        };
        text.consume(mark);
        Ok(Some(Self { text, content, tally }))
    }

    /// Reads what is left, and gives the file's size and SHA-256.
    pub(super) fn finish(mut self) -> io::Result<(u64, String)> {
        io::copy(&mut self.text, &mut io::sink())?;
        drop(self.text);
        let tally = self.tally.borrow();
        let sha256 = hexadecimal(&tally.hash.clone().finalize());
        Ok((tally.bytes, sha256))
    }
}

fn content_of(start: &[u8]) -> Result<Content, &'static str> {
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Err("text in UTF-16 (save it as UTF-8)");
    }
    if start.starts_with(b"PK\x03\x04") {
        return Err("a ZIP archive or spreadsheet (unpack it)");
    }
    if start.starts_with(b"PAR1") {
        return Err("a Parquet file (compiled lists go straight into the rates folder)");
    }
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err("an empty file"),
        Some(b'{' | b'[') => Ok(Content::Json),
        Some(_) => Ok(Content::Csv),
    }
}
