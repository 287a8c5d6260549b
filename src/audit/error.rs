/// A sum that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sum} does not add up: {found} against {expected}, a difference of {difference}")]
pub struct AuditError {
    /// Which sum.
    pub sum: String,
    /// What our side has.
    pub found: String,
    /// What the other side has.
    pub expected: String,
    /// By how much.
    pub difference: String,
}
