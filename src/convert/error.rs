use crate::money::MoneyError;
use crate::period::BillingPeriod;

/// Why dollars could not become yen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// No rate, no invoice.
    #[error("there is no yen rate for {0}; add its row to rates/fx/usd_jpy_tts.csv")]
    NoRate(BillingPeriod),
    /// An amount did not fit.
    #[error("conversion into yen: {0}")]
    Money(#[from] MoneyError),
}
