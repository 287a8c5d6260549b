//! What the ledger's file looked like after its last entry: finds also what SQLite would not notice.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{LedgerError, sha256};

/// Bytes of the file that one hash stands for: small enough to say where the damage is.
const BLOCK: usize = 65_536;

/// Written beside the ledger after everything else, so an older one says that the program was stopped in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seal {
    format: String,
    /// How many entries there were.
    pub(super) entries: u64,
    /// The hash of the last one.
    pub(super) head: String,
    /// The size of the file.
    pub(super) bytes: u64,
    /// The SHA-256 of each 65,536 bytes of it.
    blocks: Vec<String>,
}

const FORMAT: &str = "seikyu ledger seal 1";

impl Seal {
    pub(super) fn of(ledger: &Path, entries: u64, head: &str) -> Result<Self, LedgerError> {
        let (bytes, blocks) = blocks_of(ledger).map_err(|source| LedgerError::at(ledger, source))?;
        Ok(Self { format: FORMAT.to_owned(), entries, head: head.to_owned(), bytes, blocks })
    }

    /// `None` where there is no seal; what is wrong where it is none.
    pub(super) fn read(path: &Path) -> Result<Option<Result<Self, String>>, LedgerError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(LedgerError::at(path, source)),
        };
        let damaged = || "the seal (ledger.seal) is damaged".to_owned();
        let seal = serde_json::from_slice::<Self>(&text).map_err(|_| damaged());
        // Written again it must be the same bytes: nothing of it is left unread.
        let is_whole = |seal: &Self| seal.format == FORMAT && seal.to_bytes() == text;
        Ok(Some(seal.and_then(|seal| if is_whole(&seal) { Ok(seal) } else { Err(damaged()) })))
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("texts and numbers are JSON");
        text.push(b'\n');
        text
    }

    /// Puts it in its place in one step, after the ledger itself is on the disk.
    pub(super) fn write(&self, path: &Path) -> Result<(), LedgerError> {
        let aside = path.with_extension("seal.writing");
        let written = || {
            let mut file = File::create(&aside)?;
            file.write_all(&self.to_bytes())?;
            file.sync_all()?;
            fs::rename(&aside, path)?;
            File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
        };
        written().map_err(|source| LedgerError::at(path, source))
    }

    /// Where the file is not what was sealed.
    pub(super) fn differences(&self, ledger: &Path) -> Result<Vec<String>, LedgerError> {
        let (bytes, blocks) = blocks_of(ledger).map_err(|source| LedgerError::at(ledger, source))?;
        if bytes != self.bytes {
            let how = if bytes < self.bytes { "cut short" } else { "longer than it was" };
            return Ok(vec![format!("the file is {how}: {bytes} bytes, sealed with {}", self.bytes)]);
        }
        let pairs = (0_u64..).zip(blocks.iter().zip(&self.blocks)).filter(|(_, (found, sealed))| found != sealed);
        let text = |(index, _): (u64, _)| {
            let first = index * BLOCK as u64;
            format!("bytes {first} to {} of the file are not what was sealed", (first + BLOCK as u64).min(bytes) - 1)
        };
        Ok(pairs.map(text).collect())
    }
}

fn blocks_of(path: &Path) -> io::Result<(u64, Vec<String>)> {
    let mut file = File::open(path)?;
    let (mut blocks, mut bytes, mut block) = (Vec::new(), 0, Vec::with_capacity(BLOCK));
    loop {
        block.clear();
        let read = (&mut file).take(BLOCK as u64).read_to_end(&mut block)?;
        if read == 0 {
            return Ok((bytes, blocks));
        }
        bytes += read as u64;
        blocks.push(sha256(&block));
    }
}
