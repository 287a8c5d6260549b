use std::collections::BTreeSet;

use crate::money::Usd;

/// By what a file tells its figures apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Account and service.
    AccountAndService,
    /// Account.
    Account,
    /// Service.
    Service,
    /// Nothing: one figure for the month.
    Month,
    /// AWS's own invoices.
    AwsInvoice,
}

impl Dimension {
    /// Whether its figures say whose account they are of.
    pub const fn has_accounts(self) -> bool {
        match self {
            Self::AccountAndService | Self::Account => true,
            Self::Service | Self::Month | Self::AwsInvoice => false,
        }
    }

    /// Whether its figures say of which service they are.
    pub const fn has_services(self) -> bool {
        match self {
            Self::AccountAndService | Self::Service => true,
            Self::Account | Self::Month | Self::AwsInvoice => false,
        }
    }
}

/// What a figure is of. Parts that the file does not tell apart are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Twelve digits; with AWS's invoices only.
    pub payer_id: String,
    /// AWS's invoice.
    pub invoice_id: String,
    /// Twelve digits.
    pub account_id: String,
    /// Name of the service; the printed name where nobody knows it.
    pub service: String,
}

/// One figure, as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Of what; the service as printed.
    pub key: Key,
    /// Dollars.
    pub amount: Usd,
    /// The tax in it, where an invoice says so.
    pub tax: Option<Usd>,
    /// How many printed figures it sums.
    pub printed: u32,
    /// What of it is AWS's own rounding, without its sign: a bill has rows for that, reports have none.
    pub own_rounding: Usd,
}

/// What a file of the console says of the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleFile {
    /// What it is, such as `Cost Explorer by service`.
    pub format: &'static str,
    /// By what its figures are told apart.
    pub dimension: Dimension,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// How much a printed figure may be off by its rounding.
    pub rounding: Usd,
    /// The payers that it names; empty where it names none.
    pub payers: BTreeSet<String>,
    /// What the reader should know, such as months left out.
    pub notes: Vec<String>,
}
