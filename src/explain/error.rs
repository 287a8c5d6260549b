use crate::audit::AuditError;

/// Why nothing is explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// Something is asked for that no invoice of the month has.
    #[error("no invoice has {what} {asked:?}; {} are: {}", others(what), if known.is_empty() { "none" } else { known })]
    Unknown {
        /// `project`, `account` or `service`.
        what: &'static str,
        /// What was asked for.
        asked: String,
        /// What there is.
        known: String,
    },
    /// A level does not sum to the one above: a bug.
    #[error("{0}; nothing was explained")]
    Sum(#[from] AuditError),
}

impl ExplainError {
    /// Whether the program is at fault (exit code 3), not the input (exit code 2).
    pub const fn is_machine_fault(&self) -> bool {
        match self {
            Self::Unknown { .. } => false,
            Self::Sum(_) => true,
        }
    }
}

fn others(what: &str) -> String {
    format!("{what}s that")
}
