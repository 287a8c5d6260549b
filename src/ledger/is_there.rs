use std::path::Path;

use super::LedgerError;

/// Whether a file is there. A disk that does not answer is an error: a ledger overlooked is a month issued twice.
pub(super) fn is_there(path: &Path) -> Result<bool, LedgerError> {
    path.try_exists().map_err(|source| LedgerError::at(path, source))
}
