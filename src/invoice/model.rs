use super::{Adjusted, Correction, CorrectionKind, Issue, Language};
use crate::convert::ServicePart;
use crate::money::{FxRate, Percent, Quantity, Usd, Yen, YenPrice};
use crate::period::{BillingPeriod, Day};
use crate::terms::{AwsAmount, DueRule, Issuer, Project, Section};

/// Whether an invoice may be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It may.
    Draft,
    /// It must not, until its holds are lifted.
    Held,
    /// It was: it has a number and never changes.
    Issued,
}

impl Status {
    /// The name in files for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Held => "held",
            Self::Issued => "issued",
        }
    }
}

/// Why an invoice must not be issued, and what would lift that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hold {
    /// The held project; empty where the account belongs to none.
    pub project_id: String,
    /// The account that caused it; empty where it is the project's own.
    pub account_id: String,
    /// The reason's name, such as `unknown_line_type` (contract, section 3).
    pub reason: &'static str,
    /// What was found.
    pub detail: String,
    /// What to do.
    pub remedy: String,
}

/// What a line charges for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// AWS charges of one account in one section.
    Aws {
        /// Twelve digits.
        account_id: String,
        /// As printed.
        account_name: String,
        /// Part of the account's charges.
        section: Section,
        /// Plan of the account in the billing month.
        plan_id: String,
        /// As printed.
        plan_name: String,
        /// List dollars.
        gross_usd: Usd,
        /// Discount dollars: zero, or of the opposite sign.
        discount_usd: Usd,
        /// Net dollars.
        net_usd: Usd,
        /// By service, sorted by product code.
        services: Vec<ServicePart>,
    },
    /// The reseller's own fee.
    Fee {
        /// Key within the project.
        fee_id: String,
        /// How its amount came about.
        calculation: FeeCalculation,
    },
    /// What a line of an earlier document turned out to be too little or too much.
    Adjustment {
        /// The document.
        of: Adjusted,
        /// Twelve digits; empty where the line was a fee.
        account_id: String,
        /// As printed.
        account_name: String,
    },
}

/// How the amount of a fee came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeCalculation {
    /// What was calculated.
    pub rule: FeeRule,
    /// What is charged at least.
    pub minimum_jpy: Option<Yen>,
    /// Whether the minimum is charged instead of what was calculated.
    pub is_minimum: bool,
}

/// What a fee is calculated of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeeRule {
    /// So many yen.
    Fixed,
    /// So many yen for each unit.
    PerUnit {
        /// How many.
        quantity: Quantity,
        /// Rising; their quantities sum to it. One band where the price is one.
        bands: Vec<UnitBand>,
    },
    /// A share of the printed yen of AWS usage and commitment fees.
    Percent {
        /// Before or after discount.
        of: AwsAmount,
        /// That yen.
        base_jpy: Yen,
        /// Rising; their bases sum to it. One band where the percentage is one.
        bands: Vec<FeeBand>,
    },
}

/// The part of a base that has one percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeBand {
    /// Where the band begins.
    pub above_jpy: Yen,
    /// How much of the base lies in it.
    pub base_jpy: Yen,
    /// The percentage of that.
    pub percent: Percent,
}

/// The units that have one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitBand {
    /// Where the band begins.
    pub above: Quantity,
    /// How many units lie in it.
    pub quantity: Quantity,
    /// Yen for one of them.
    pub unit_price: YenPrice,
}

/// One printed line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// 1, 2, 3 ...
    pub line_no: u32,
    /// What it charges for.
    pub kind: LineKind,
    /// As printed.
    pub description: String,
    /// Before discount.
    pub gross_jpy: Yen,
    /// Net less gross.
    pub discount_jpy: Yen,
    /// What counts: the subtotal is the sum of these.
    pub net_jpy: Yen,
    /// Such as `standard`.
    pub tax_category: String,
    /// What the cut to whole yen took off the net, in units of 10^-18 yen.
    pub remainder: i128,
}

/// The tax of one rate, calculated once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxTotal {
    /// Such as `standard`.
    pub tax_category: String,
    /// Such as 10; 0 for categories that are not taxed.
    pub percent: Percent,
    /// Whether the category is taxed at all (a taxed category could be at 0 %).
    pub is_taxed: bool,
    /// Sum of the lines, without tax.
    pub base_jpy: Yen,
    /// The tax.
    pub tax_jpy: Yen,
}

/// The yen rate of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FxQuote {
    /// Yen for one dollar.
    pub rate: FxRate,
    /// Where it comes from, as printed.
    pub source: String,
}

/// When an invoice is to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// As agreed.
    pub rule: DueRule,
    /// The day; absent where it counts from the issue, and where the holidays of its year are not known.
    pub day: Option<Day>,
}

/// One project's invoice of one month. Every output of an invoice is made from this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// The billing month (UTC).
    pub period: BillingPeriod,
    /// Who issues it.
    pub issuer: Issuer,
    /// Whether the issuer is a registered issuer on the supply date (the month's end).
    pub issuer_is_registered: bool,
    /// Who pays.
    pub project: Project,
    /// `bank_transfer`, `credit_card`, `voucher` or `invoice`; empty where the project has no plan.
    pub payment: String,
    /// When it is to be paid; absent where the project has no rule.
    pub due: Option<Due>,
    /// Whether it may be issued.
    pub status: Status,
    /// What holds it, sorted.
    pub holds: Vec<Hold>,
    /// The rate used; absent where no line is in dollars.
    pub fx: Option<FxQuote>,
    /// AWS lines by account and section, then fees.
    pub lines: Vec<InvoiceLine>,
    /// By category and rate: taxed ones first.
    pub taxes: Vec<TaxTotal>,
    /// Sum of the lines.
    pub subtotal_jpy: Yen,
    /// Sum of the taxes.
    pub tax_jpy: Yen,
    /// What is charged.
    pub total_jpy: Yen,
    /// How that is paid.
    pub settlement: Settlement,
    /// Its number and date; absent on drafts.
    pub issue: Option<Issue>,
    /// What it corrects; absent where it corrects nothing.
    pub correction: Option<Correction>,
}

/// What pays a total: card + vouchers + due = total, less what was paid of the document that this one replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Charged to the customer's card; below 0 it is refunded there.
    pub by_card_jpy: Yen,
    /// Drawn from vouchers.
    pub by_voucher_jpy: Yen,
    /// What the customer has to transfer; below 0 it is the customer's.
    pub due_jpy: Yen,
    /// The balance, where the project pays by voucher.
    pub vouchers: Option<VoucherBalance>,
}

/// The vouchers of a project in a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoucherBalance {
    /// Before this invoice.
    pub before_jpy: Yen,
    /// By this invoice.
    pub used_jpy: Yen,
    /// After this invoice.
    pub left_jpy: Yen,
    /// Whether the draws stand in `vouchers.csv` already; else they are what issuing would draw.
    pub is_recorded: bool,
    /// By voucher, oldest first; their amounts sum to those above.
    pub draws: Vec<VoucherDraw>,
}

/// What an invoice draws from one voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherDraw {
    /// Key.
    pub voucher_id: String,
    /// The last billing month that it may pay; open where absent.
    pub valid_to: Option<BillingPeriod>,
    /// Before this invoice.
    pub before_jpy: Yen,
    /// By this invoice.
    pub used_jpy: Yen,
    /// After this invoice.
    pub left_jpy: Yen,
}

impl Invoice {
    /// The language of its documents for people.
    pub fn language(&self) -> Language {
        Language::of(&self.project)
    }

    /// What is left to be paid: the total, less what was paid of the document that this one replaces and, then, less what
    /// vouchers pay. Below 0 it is to be paid back.
    pub fn left_jpy(&self) -> Yen {
        let paid = self.correction.as_ref().map_or(Yen::ZERO, |correction| correction.paid_jpy);
        if paid.is_zero() { self.total_jpy } else { self.total_jpy - self.settlement.by_voucher_jpy - paid }
    }

    /// Whether it asks for money: then it says until when and where to.
    pub fn asks_for_money(&self) -> bool {
        let is_paid = self.correction.as_ref().is_some_and(|correction| !correction.paid_jpy.is_zero());
        !self.is_return() && self.left_jpy() >= Yen::ZERO && !(is_paid && self.left_jpy().is_zero())
    }

    /// Whether it gives money back: a credit note.
    pub fn is_return(&self) -> bool {
        self.correction.as_ref().is_some_and(|correction| correction.kind == CorrectionKind::Return)
    }
}
