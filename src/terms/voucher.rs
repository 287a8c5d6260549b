use crate::money::Yen;
use crate::period::BillingPeriod;

use super::Project;

/// Whose invoices a voucher pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoucherOwner {
    /// Those of all projects of a customer.
    Customer(String),
    /// Those of one project.
    Project(String),
}

/// A prepaid balance, and what invoices that were issued have drawn from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// Key.
    pub voucher_id: String,
    /// Whose.
    pub owner: VoucherOwner,
    /// The month in which it was bought: the first billing month that it may pay.
    pub bought: BillingPeriod,
    /// The last billing month that it may pay; open where absent.
    pub valid_to: Option<BillingPeriod>,
    /// What it was worth when it was bought.
    pub amount: Yen,
    /// What was drawn, by month and project.
    pub draws: Vec<RecordedDraw>,
}

/// What an issued invoice has drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedDraw {
    /// The billing month of the invoice.
    pub period: BillingPeriod,
    /// Its project.
    pub project_id: String,
    /// How much.
    pub amount: Yen,
    /// Whether the ledger says so, and not `vouchers.csv`: then it is settled, whatever else has changed since.
    pub is_issued: bool,
}

impl Voucher {
    /// Whether it may pay for a month.
    pub fn holds_in(&self, period: BillingPeriod) -> bool {
        self.bought <= period && self.valid_to.is_none_or(|last| period <= last)
    }

    /// Whether it may pay for a project.
    pub fn is_open_to(&self, project: &Project) -> bool {
        match &self.owner {
            VoucherOwner::Customer(customer_id) => project.customer_id == *customer_id,
            VoucherOwner::Project(project_id) => project.project_id == *project_id,
        }
    }

    /// What earlier months have left of it.
    pub fn before(&self, period: BillingPeriod) -> Yen {
        let drawn: Yen = self.draws.iter().filter(|draw| draw.period < period).map(|draw| draw.amount).sum();
        self.amount - drawn
    }

    /// What no issued invoice has drawn, of whatever month.
    pub fn never_drawn(&self) -> Yen {
        let drawn: Yen = self.draws.iter().map(|draw| draw.amount).sum();
        self.amount - drawn
    }

    /// What the invoice of a project has drawn in a month, where it was issued.
    pub fn recorded(&self, period: BillingPeriod, project_id: &str) -> Option<Yen> {
        let own = |draw: &&RecordedDraw| draw.period == period && draw.project_id == project_id;
        self.draws.iter().find(own).map(|draw| draw.amount)
    }
}
