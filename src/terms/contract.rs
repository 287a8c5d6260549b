use super::DueRule;
use crate::period::BillingPeriod;

/// Who pays for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BorneBy {
    /// It is on its project's invoice.
    Customer,
    /// It is on no invoice, but takes part in its organization's sharing.
    Reseller,
}

/// One row of `accounts.csv`: an account's contract from one month to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountContract {
    /// Twelve digits.
    pub account_id: String,
    /// As printed.
    pub account_name: String,
    /// Empty only where the reseller bears the account.
    pub project_id: String,
    /// Empty only where the reseller bears the account.
    pub plan_id: String,
    /// First billing month.
    pub valid_from: BillingPeriod,
    /// Last billing month; open where absent.
    pub valid_to: Option<BillingPeriod>,
    /// Empty outside organizations.
    pub organization_id: String,
    /// Who pays.
    pub borne_by: BorneBy,
}

impl AccountContract {
    /// Whether the contract is in force in a month.
    pub fn holds_in(&self, period: BillingPeriod) -> bool {
        self.valid_from <= period && self.valid_to.is_none_or(|last| period <= last)
    }
}

/// One row of `projects.csv`: a customer's group of accounts that gets one invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Key.
    pub project_id: String,
    /// As printed before 御中.
    pub customer_name: String,
    /// As printed.
    pub postal_code: String,
    /// As printed.
    pub address: String,
    /// Where the invoice goes.
    pub email: String,
    /// As printed, such as 翌月末.
    pub payment_terms: String,
    /// Optional: groups projects of one customer.
    pub customer_id: String,
    /// Optional: settles the payment where plans differ.
    pub payment: String,
    /// Optional: `ja` or `en`.
    pub language: String,
    /// Optional: when the invoice is to be paid.
    pub due_rule: Option<DueRule>,
}

/// What becomes of a credit or refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditTreatment {
    /// The reseller's: removed.
    Reseller,
    /// Passed on to the customer.
    Customer,
    /// Left out until decided.
    Hold,
}

/// One row of `credits.csv`; an empty field matches anything; the first match decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRule {
    /// `Credit` or `Refund`.
    pub line_type: String,
    /// Product code.
    pub product_code: String,
    /// Part of the description.
    pub description_contains: String,
    /// Account.
    pub account_id: String,
    /// What becomes of it.
    pub treatment: CreditTreatment,
}
