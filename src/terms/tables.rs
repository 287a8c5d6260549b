use std::collections::BTreeMap;

use super::{
    AccountContract, Calendar, CarriedLine, CommitmentRules, CreditRule, Fee, Issuer, Plan, PriceList, Project,
    RowLists, SavingsPlanRates, Source, Voucher,
};
use crate::money::{FxRate, Percent};
use crate::period::BillingPeriod;

/// How foreign coverage is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Foreign benefits are taken off; nothing is given back.
    StripOnly,
    /// And each group gets its own leftover commitment back; by days, approximately, where the data is daily.
    StripAndReapply,
    /// The same where a group's data is hourly, else the benefits are only taken off: what counts where nothing is said.
    ReapplyWhereHourly,
}

/// The four parts of an account's charges; the order is the order of printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Usage and one-off fees.
    AwsUsage,
    /// Fees of reservations and Savings Plans.
    CommitmentFees,
    /// AWS Marketplace.
    Marketplace,
    /// Credits and refunds that are the customer's.
    Credits,
}

impl Section {
    /// All sections in order.
    pub const ALL: [Self; 4] = [Self::AwsUsage, Self::CommitmentFees, Self::Marketplace, Self::Credits];

    /// The name in files for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwsUsage => "aws_usage",
            Self::CommitmentFees => "commitment_fees",
            Self::Marketplace => "marketplace",
            Self::Credits => "credits",
        }
    }
}

/// One row of `usd_jpy_tts.csv`.
#[derive(Clone, Debug)]
pub struct FxEntry {
    /// Yen for one dollar.
    pub rate: FxRate,
    /// Where it comes from.
    pub source: Source,
}

/// How a line is taxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaxDecision {
    /// As its tax category says, such as `standard`.
    Category(String),
    /// Somebody has to decide: drafted as `standard`, and held.
    Review,
}

impl TaxDecision {
    /// The word for [`Review`](Self::Review) in the column `tax_category`; no category of that name exists.
    pub const REVIEW: &'static str = "review";
    /// The category of a draft that nobody has decided on.
    pub const UNDECIDED: &'static str = "standard";

    /// The category that a draft has.
    pub fn category(&self) -> &str {
        match self {
            Self::Category(category) => category,
            Self::Review => Self::UNDECIDED,
        }
    }
}

/// One row of `tax_treatments.csv`; an empty field matches anything; the first match decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxTreatment {
    /// Section name.
    pub section: String,
    /// `bill/BillingEntity`.
    pub billing_entity: String,
    /// `bill/InvoicingEntity`.
    pub invoicing_entity: String,
    /// Product code.
    pub product_code: String,
    /// Project: a customer outside Japan is taxed otherwise, whoever invoices upstream.
    pub project_id: String,
    /// How it is taxed.
    pub decision: TaxDecision,
    /// First billing month.
    pub valid_from: BillingPeriod,
    /// Last billing month; open where absent.
    pub valid_to: Option<BillingPeriod>,
}

impl TaxTreatment {
    /// Whether the treatment is in force in a month.
    pub fn holds_in(&self, period: BillingPeriod) -> bool {
        self.valid_from <= period && self.valid_to.is_none_or(|last| period <= last)
    }
}

/// One row of `consumption_tax.csv`.
#[derive(Clone, Debug)]
pub struct TaxRate {
    /// Such as `standard`, `reduced`, `out_of_scope`.
    pub tax_category: String,
    /// Percentage; 0 for categories that are not taxed.
    pub percent: Percent,
    /// First billing month.
    pub valid_from: BillingPeriod,
    /// Where it comes from.
    pub source: Source,
}

/// Everything that was agreed, read and checked.
#[derive(Clone, Debug)]
pub struct ReferenceData {
    /// Who issues the invoices.
    pub issuer: Issuer,
    /// How foreign coverage is undone.
    pub mode: Mode,
    /// Rows of `accounts.csv`, sorted by account and month; no account has two in one month.
    pub accounts: Vec<AccountContract>,
    /// By project id.
    pub projects: BTreeMap<String, Project>,
    /// By plan id.
    pub plans: BTreeMap<String, Plan>,
    /// Rows of `fees.csv`, sorted by project and fee.
    pub fees: Vec<Fee>,
    /// Vouchers of `vouchers.csv`, oldest first.
    pub vouchers: Vec<Voucher>,
    /// Differences of closed months that the ledger says a later month takes along, in the order of their recording.
    pub carried: Vec<CarriedLine>,
    /// Rows of `credits.csv`, in order of the file.
    pub credit_rules: Vec<CreditRule>,
    /// By month.
    pub fx_rates: BTreeMap<BillingPeriod, FxEntry>,
    /// List prices.
    pub price_list: PriceList,
    /// What usage costs under Savings Plans.
    pub savings_plan_rates: SavingsPlanRates,
    /// Rows of `tax_treatments.csv`, in order; absent where there is no file.
    pub tax_treatments: Option<Vec<TaxTreatment>>,
    /// Tax rates by category and month.
    pub tax_rates: Vec<TaxRate>,
    /// Lists by which rows are told apart.
    pub row_lists: RowLists,
    /// How commitments are matched with usage.
    pub commitment_rules: CommitmentRules,
    /// When banks are closed.
    pub calendar: Calendar,
}

impl ReferenceData {
    /// The contract of an account in a month.
    pub fn contract(&self, account_id: &str, period: BillingPeriod) -> Option<&AccountContract> {
        self.contracts_of(account_id).iter().find(|contract| contract.holds_in(period))
    }

    /// All contracts of an account, by month.
    pub fn contracts_of(&self, account_id: &str) -> &[AccountContract] {
        let first = self.accounts.partition_point(|contract| contract.account_id.as_str() < account_id);
        let own = &self.accounts[first..];
        &own[..own.partition_point(|contract| contract.account_id == account_id)]
    }

    /// Whether the reseller knows the account, in whatever month.
    pub fn knows(&self, account_id: &str) -> bool {
        self.accounts.binary_search_by(|contract| contract.account_id.as_str().cmp(account_id)).is_ok()
    }

    /// The tax rate of a category in a month.
    pub fn tax_rate(&self, category: &str, period: BillingPeriod) -> Option<&TaxRate> {
        let fitting = self.tax_rates.iter().filter(|rate| rate.tax_category == category && rate.valid_from <= period);
        fitting.max_by_key(|rate| rate.valid_from)
    }
}
