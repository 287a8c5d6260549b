use crate::money::MoneyError;
use crate::period::BillingPeriod;

/// Why invoices could not be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    /// A tax category has no rate.
    #[error(
        "project {project_id}: tax category {tax_category:?} has no rate for {period}; \
         add its row to rates/tax/consumption_tax.csv"
    )]
    NoTaxRate {
        /// Which invoice.
        project_id: String,
        /// Which category.
        tax_category: String,
        /// Which month.
        period: BillingPeriod,
    },
    /// A line or fee belongs to a project that nobody described.
    #[error("project {0} has charges or fees and no row in projects.csv")]
    UnknownProject(String),
    /// Accounts of one project pay in different ways, and the project does not say which counts.
    #[error(
        "project {project_id}: the plans of its accounts are paid in different ways ({payments}); \
         name the payment in projects.csv"
    )]
    MixedPayments {
        /// Which invoice.
        project_id: String,
        /// What was found.
        payments: String,
    },
    /// An amount did not fit.
    #[error("invoice of project {project_id}: {source}")]
    Money {
        /// Which invoice.
        project_id: String,
        /// What happened.
        source: MoneyError,
    },
}
