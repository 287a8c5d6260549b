use std::fmt;
use std::io;

/// What kind of failure a store had: it decides the exit code, and whether reading again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFault {
    /// What was listed is there no more, or in another version: the reports are being delivered anew.
    Changed,
    /// The settings, the permissions or the address must be mended.
    Refused,
    /// The network or the store failed, however often it was tried.
    Failed,
}

/// Why a store did not give its bytes. The text names the object, says what was found and what to do, and holds nothing
/// that a server or a library said beyond codes: there might be a credential in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// What kind of failure it is.
    pub fault: StoreFault,
    /// For people.
    pub text: String,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for StoreError {}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        Self::other(error)
    }
}

impl StoreError {
    /// What a store said, if it was a store that failed.
    pub fn of_io(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().cloned()
    }
}
