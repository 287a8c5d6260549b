//! What a console may leave out or book elsewhere, and under which name it shows a row.

use super::{Dimension, Key, OwnRow};
use crate::terms::ConsoleServices;
use crate::usage::LineType;

/// The service under which bills and invoices show traffic.
const TRAFFIC: (&str, &str) = ("AWS Data Transfer", "AWSDataTransfer");

/// Why our figure differs from theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceCause {
    /// AWS's tax is not in their figures.
    TaxNotShown,
    /// Refunds are not in their figures: Cost Explorer leaves them out unless it is asked for them.
    RefundsNotShown,
    /// Credits are not in their figures.
    CreditsNotShown,
    /// AWS Marketplace is not in their figures.
    MarketplaceNotShown,
    /// Bills and invoices show traffic as a service of its own; reports book it under the service that caused it.
    DataTransferApart,
    /// Their figures are rounded as printed, and rows of reports are.
    Rounding,
    /// Nobody knows.
    Unexplained,
}

impl DifferenceCause {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::TaxNotShown,
        Self::RefundsNotShown,
        Self::CreditsNotShown,
        Self::MarketplaceNotShown,
        Self::DataTransferApart,
        Self::Rounding,
        Self::Unexplained,
    ];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TaxNotShown => "tax_not_shown",
            Self::RefundsNotShown => "refunds_not_shown",
            Self::CreditsNotShown => "credits_not_shown",
            Self::MarketplaceNotShown => "marketplace_not_shown",
            Self::DataTransferApart => "data_transfer_apart",
            Self::Rounding => "rounding",
            Self::Unexplained => "unexplained",
        }
    }
}

/// The causes that are a property of a whole file, in the order in which a row falls under them.
const OF_FILES: [DifferenceCause; 5] = [
    DifferenceCause::TaxNotShown,
    DifferenceCause::RefundsNotShown,
    DifferenceCause::CreditsNotShown,
    DifferenceCause::MarketplaceNotShown,
    DifferenceCause::DataTransferApart,
];

/// What a file leaves out or books elsewhere: a set of causes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct View {
    bits: u8,
}

impl View {
    /// Every view, the one without a cause first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..1_u8 << OF_FILES.len()).map(|bits| Self { bits })
    }

    /// Whether it has a cause.
    pub fn has(self, cause: DifferenceCause) -> bool {
        let place = OF_FILES.iter().position(|known| *known == cause);
        place.is_some_and(|place| self.bits & (1 << place) != 0)
    }

    /// Its causes.
    pub fn causes(self) -> impl Iterator<Item = DifferenceCause> {
        OF_FILES.into_iter().filter(move |cause| self.has(*cause))
    }

    /// How many causes it has.
    pub const fn count(self) -> u32 {
        self.bits.count_ones()
    }
}

/// Where a row stands in the console, and what could hide or move it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// As Cost Explorer books it.
    pub key: Key,
    /// The cause that may leave it out.
    pub hidden_by: Option<DifferenceCause>,
    /// Where bills book it; the same key where nothing is moved.
    pub apart: Key,
}

/// How keys of rows are made.
pub(super) struct Naming<'a> {
    pub dimension: Dimension,
    pub services: &'a ConsoleServices,
    /// Whether the file's services are product codes.
    pub is_by_code: bool,
    /// Invoices (payer, invoice) of which the tax is told.
    pub taxed_invoices: &'a dyn Fn(&str, &str) -> bool,
}

impl Naming<'_> {
    pub(super) fn spot(&self, row: &OwnRow) -> Spot {
        let key = self.key(row, self.service(row));
        let is_apart = self.dimension.has_services()
            && row.service_code == TRAFFIC.1
            && row.product_code != TRAFFIC.1
            && row.line_type != LineType::Tax;
        let traffic = if self.is_by_code { TRAFFIC.1 } else { self.traffic_name() };
        let apart = if is_apart { self.key(row, traffic.to_owned()) } else { key.clone() };
        Spot { key, hidden_by: hidden_by(row), apart }
    }

    /// What a printed name of a service stands for; itself where the table does not know it.
    pub(super) fn service_printed(&self, printed: &str) -> String {
        if self.is_by_code {
            return printed.to_owned();
        }
        let known = self.services.service_named(printed).or_else(|| {
            let code = self.services.has_code(printed).then_some(printed)?;
            self.services.service_of(code, "")
        });
        known.unwrap_or(printed).to_owned()
    }

    fn traffic_name(&self) -> &str {
        self.services.service_of(TRAFFIC.1, "").unwrap_or(TRAFFIC.0)
    }

    fn service(&self, row: &OwnRow) -> String {
        if self.is_by_code {
            return row.product_code.clone();
        }
        if row.line_type == LineType::Tax {
            return String::from("Tax"); // Cost Explorer has one service for the tax of all.
        }
        let known = self.services.service_of(&row.product_code, &row.usage_type);
        let own = if row.product_name.is_empty() { &row.product_code } else { &row.product_name };
        known.unwrap_or(own).to_owned()
    }

    fn key(&self, row: &OwnRow, service: String) -> Key {
        let account_id = row.account_id.clone();
        match self.dimension {
            Dimension::AccountAndService => Key { account_id, service, ..Key::default() },
            Dimension::Account => Key { account_id, ..Key::default() },
            Dimension::Service => Key { service, ..Key::default() },
            Dimension::Month => Key::default(),
            Dimension::AwsInvoice => {
                let (payer_id, invoice_id) = (row.payer_id.clone(), row.invoice_id.clone());
                let part = match ((self.taxed_invoices)(&payer_id, &invoice_id), row.line_type) {
                    (false, _) => "total",
                    (true, LineType::Tax) => "tax",
                    (true, _) => "before tax",
                };
                Key { payer_id, invoice_id, service: part.to_owned(), ..Key::default() }
            }
        }
    }
}

fn hidden_by(row: &OwnRow) -> Option<DifferenceCause> {
    match row.line_type {
        LineType::Tax => Some(DifferenceCause::TaxNotShown),
        LineType::Refund => Some(DifferenceCause::RefundsNotShown),
        LineType::Credit => Some(DifferenceCause::CreditsNotShown),
        LineType::Usage
        | LineType::DiscountedUsage
        | LineType::SavingsPlanCoveredUsage
        | LineType::SavingsPlanNegation
        | LineType::SavingsPlanRecurringFee
        | LineType::SavingsPlanUpfrontFee
        | LineType::RiFee
        | LineType::Fee
        | LineType::BundledDiscount
        | LineType::PrivateDiscount
        | LineType::Unknown => row.is_marketplace.then_some(DifferenceCause::MarketplaceNotShown),
    }
}
