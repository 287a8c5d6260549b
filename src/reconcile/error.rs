use crate::money::MoneyError;

/// Why a month could not be reconciled. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconcileError {
    /// A sum that does not agree.
    #[error(
        "{sum} does not add up: {found} against {expected}; the month's files are not of one run, or the workspace \
         has changed since: run the month again"
    )]
    DoesNotAddUp {
        /// Which sum.
        sum: String,
        /// What was found.
        found: String,
        /// What the other side says.
        expected: String,
    },
    /// An amount beyond the grid.
    #[error("{what}: {source}")]
    Money {
        /// Of what.
        what: String,
        /// Why.
        source: MoneyError,
    },
}

/// Refuses two sides that differ.
pub(crate) fn agree<T: PartialEq + ToString>(
    sum: impl FnOnce() -> String,
    found: &T,
    expected: &T,
) -> Result<(), ReconcileError> {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (found.to_string(), expected.to_string());
    Err(ReconcileError::DoesNotAddUp { sum: sum(), found, expected })
}
