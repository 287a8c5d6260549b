//! Where the bytes of a report file come from: the disk, or a store that the rest of this folder knows nothing of.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::scattered::ScatteredBytes;

/// An object of a store, in the version that was listed.
pub trait StoredObject: fmt::Debug + Send + Sync {
    /// Its whole address, as operators know it.
    fn address(&self) -> &str;
    /// What tells this version from another one at the same address, such as an `ETag`.
    fn version(&self) -> &str;
    /// What a store with versions calls this one, once it was read.
    fn version_id(&self) -> Option<String>;
    /// Its size.
    fn bytes(&self) -> u64;
    /// The service that has it, where that is not the usual one.
    fn endpoint(&self) -> &str;
    /// The MD5 of its bytes in hexadecimal, where its version says it; known once it was read.
    fn md5(&self) -> Option<String>;
    /// Its bytes from a place on, in their order. Bytes of another version are an error, never a mixture.
    fn open_at(&self, start: u64) -> io::Result<Box<dyn Read + Send>>;
    /// The bytes of these ranges (start and length), neither more nor fewer.
    fn read_ranges(&self, ranges: &[(u64, usize)]) -> io::Result<Vec<Bytes>>;
}

/// Where the bytes of a report file come from.
#[derive(Clone, Debug)]
pub enum ReportSource {
    /// A file of this machine.
    Disk(PathBuf),
    /// An object of a store.
    Stored(Arc<dyn StoredObject>),
}

/// Two objects are one where address, version and size are.
impl PartialEq for ReportSource {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Disk(left), Self::Disk(right)) => left == right,
            (Self::Stored(left), Self::Stored(right)) => {
                (left.address(), left.version(), left.bytes()) == (right.address(), right.version(), right.bytes())
            }
            (Self::Disk(_), Self::Stored(_)) | (Self::Stored(_), Self::Disk(_)) => false,
        }
    }
}

impl Eq for ReportSource {}

impl ReportSource {
    /// All bytes in their order.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::Disk(path) => Ok(Box::new(File::open(path)?)),
            Self::Stored(object) => object.open_at(0),
        }
    }

    /// The version of the object; empty for a file of this machine, whose hash is told instead.
    pub fn version(&self) -> &str {
        match self {
            Self::Disk(_) => "",
            Self::Stored(object) => object.version(),
        }
    }

    /// Everything at once, for small files.
    pub(super) fn read_all(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The bytes for whoever reads them here and there.
    pub(super) fn here_and_there(&self) -> io::Result<ScatteredBytes> {
        Ok(match self {
            Self::Disk(path) => ScatteredBytes::of_file(File::open(path)?),
            Self::Stored(object) => ScatteredBytes::of_object(Arc::clone(object)),
        })
    }
}
