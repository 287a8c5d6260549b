use crate::money::MoneyError;
use crate::period::Instant;

/// Why a month could not be priced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AloneError {
    /// The facts were summed over another set of price changes.
    #[error(
        "the facts do not fit the price lists: SKU {sku} {}; fold again with these price lists \
         (`seikyu fold`, or `seikyu run` without --facts)",
        match (expected, found) {
            (Some(instant), _) => format!("changes its price at {instant}, and the facts were not divided there"),
            (None, Some(instant)) => format!("was divided at {instant}, where its price no longer changes"),
            (None, None) => String::from("changes its price at other instants"),
        }
    )]
    OtherPriceInstants {
        /// The SKU.
        sku: String,
        /// An instant that the lists need and the facts lack.
        expected: Option<Instant>,
        /// An instant that the facts have and the lists do not need.
        found: Option<Instant>,
    },
    /// An amount did not fit.
    #[error("{place}: {source}")]
    Money {
        /// Which sum.
        place: String,
        /// What happened.
        source: MoneyError,
    },
}

/// Names the sum that an amount error came from.
pub(super) trait At<T> {
    fn at(self, place: impl FnOnce() -> String) -> Result<T, AloneError>;
}

impl<T> At<T> for Result<T, MoneyError> {
    fn at(self, place: impl FnOnce() -> String) -> Result<T, AloneError> {
        self.map_err(|source| AloneError::Money { place: place(), source })
    }
}
