use std::io;
use std::path::{Path, PathBuf};

/// The output could not be written: the machine's fault.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}; check free space and permissions, then run again (what stands there is whole)", path.display())]
pub struct WriteError {
    /// Where.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl WriteError {
    pub(super) fn at(path: &Path, source: io::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}
