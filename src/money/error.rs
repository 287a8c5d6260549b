/// Why an amount could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not a decimal number.
    #[error("{text:?} is not a decimal number (accepted: 12, -0.5, 4.4E-7)")]
    NotANumber {
        /// What was found.
        text: String,
    },
    /// The text has more than 18 decimals.
    #[error("{text:?} has more than 18 decimals")]
    TooFine {
        /// What was found.
        text: String,
    },
    /// The value does not fit the grid.
    #[error("a value is beyond the largest amount that can be held (1.7 * 10^20)")]
    OutOfRange,
    /// A split has nobody to give to.
    #[error("an amount other than 0 has nobody to be divided among")]
    NoShares,
}
