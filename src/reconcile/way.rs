//! From the console to the invoice: every step of a project with its dollars and yen.

use std::collections::{BTreeMap, BTreeSet};

use super::error::agree;
use super::{Comparison, DifferenceCause, OwnRow, ReconcileError};
use crate::invoice::Language;
use crate::money::{FxRate, Usd, Yen, YenWorth};

/// The changes of `bridge.csv` between AWS's charge and the list total, in order.
const BRIDGE: [&str; 12] = [
    "foreign_ri_removed",
    "foreign_sp_removed",
    "own_commitment_reapplied",
    "tier_rerated",
    "free_tier_rerated",
    "list_rate_difference",
    "private_discounts_removed",
    "bundled_discounts_removed",
    "credits_removed",
    "refunds_removed",
    "tax_removed",
    "support_removed",
];

/// A line of AWS charges on the invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsLine {
    /// Twelve digits.
    pub account_id: String,
    /// Net dollars.
    pub net_usd: Usd,
    /// Yen for one dollar.
    pub rate: FxRate,
    /// As printed.
    pub net_jpy: Yen,
}

/// A line of the invoice that is no AWS charge of the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeLine {
    /// Whether it settles a line of an earlier document, and is no fee.
    pub is_adjustment: bool,
    /// As printed.
    pub description: String,
    /// As printed.
    pub net_jpy: Yen,
}

/// A project's month, as the run wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectMonth {
    /// Key.
    pub project_id: String,
    /// As printed.
    pub customer_name: String,
    /// Of its documents.
    pub language: Language,
    /// `draft`, `held`, `issued`.
    pub status: String,
    /// Its accounts in the month.
    pub accounts: BTreeSet<String>,
    /// `bridge.csv` over its accounts, by cause.
    pub bridge: BTreeMap<String, Usd>,
    /// Lines of AWS charges.
    pub aws_lines: Vec<AwsLine>,
    /// Fees, and adjustments of earlier documents.
    pub fees: Vec<FeeLine>,
    /// Of the invoice.
    pub subtotal: Yen,
    /// Of the invoice.
    pub tax: Yen,
    /// Of the invoice.
    pub total: Yen,
}

/// What an item of the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// Where the way begins.
    Start,
    /// What is added.
    Change,
    /// What has been reached: the sum of all before, and what another file says.
    Level,
}

impl ItemKind {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Change => "change",
            Self::Level => "level",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name, such as `foreign_ri_removed`.
    pub name: &'static str,
    /// More about it: the description of a fee.
    pub detail: String,
    /// Dollars; absent after the conversion.
    pub usd: Option<Usd>,
    /// Yen: dollars at the month's rate, not rounded, up to the conversion.
    pub jpy: YenWorth,
}

/// A project's way from the console to the invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The project.
    pub project: ProjectMonth,
    /// The month's rate.
    pub rate: FxRate,
    /// In order; every level is the sum of the start and all changes before it.
    pub items: Vec<Item>,
}

/// Walks the way of a project, and checks every level.
///
/// It begins at the console where the file tells accounts apart, else at our AWS unblended cost. `left_out` are rows of
/// payers that the file does not speak of.
pub fn walk(
    project: ProjectMonth,
    rate: FxRate,
    comparison: &Comparison,
    own: &[OwnRow],
    left_out: &[OwnRow],
) -> Result<Way, ReconcileError> {
    let mut steps = Steps { rate, items: Vec::new(), project_id: project.project_id.clone() };
    let of_project = |rows: &[OwnRow]| -> Usd {
        rows.iter().filter(|row| project.accounts.contains(&row.account_id)).map(|row| row.amount).sum()
    };
    let unblended = of_project(own) + of_project(left_out);
    if comparison.dimension.has_accounts() {
        let rows: Vec<_> =
            comparison.rows.iter().filter(|row| project.accounts.contains(&row.key.account_id)).collect();
        steps.usd(ItemKind::Start, "console", rows.iter().map(|row| row.theirs).sum())?;
        for cause in DifferenceCause::ALL {
            steps.change_usd(cause.name(), rows.iter().map(|row| row.part(cause)).sum())?;
        }
        steps.change_usd("other_payers", of_project(left_out))?;
        steps.usd(ItemKind::Level, "aws_unblended", unblended)?;
    } else {
        steps.usd(ItemKind::Start, "aws_unblended", unblended)?;
    }
    let bridge = |cause: &str| project.bridge.get(cause).copied().unwrap_or_default();
    let name = || format!("AWS unblended of project {} in facts.parquet and bridge.csv", project.project_id);
    agree(name, &unblended, &bridge("aws_unblended"))?;
    for cause in BRIDGE {
        steps.change_usd(cause, bridge(cause))?;
    }
    steps.usd(ItemKind::Level, "list_total", bridge("list_total"))?;
    steps.change_usd("plan_discount", bridge("plan_discount"))?;
    let net = bridge("net_total");
    steps.usd(ItemKind::Level, "net_total", net)?;
    let name = || format!("net dollars of project {} in bridge.csv and summary.csv", project.project_id);
    agree(name, &net, &project.aws_lines.iter().map(|line| line.net_usd).sum())?;
    steps.walk_yen(&project)?;
    steps.check()?;
    let items = steps.items;
    Ok(Way { project, rate, items })
}

struct Steps {
    rate: FxRate,
    items: Vec<Item>,
    project_id: String,
}

impl Steps {
    fn usd(&mut self, kind: ItemKind, name: &'static str, usd: Usd) -> Result<(), ReconcileError> {
        let worth = YenWorth::of_usd(usd, self.rate);
        let jpy = worth.map_err(|source| ReconcileError::Money { what: format!("{name} in yen"), source })?;
        self.items.push(Item { kind, name, detail: String::new(), usd: Some(usd), jpy });
        Ok(())
    }

    fn change_usd(&mut self, name: &'static str, usd: Usd) -> Result<(), ReconcileError> {
        if usd.is_zero() { Ok(()) } else { self.usd(ItemKind::Change, name, usd) }
    }

    fn yen(&mut self, kind: ItemKind, name: &'static str, detail: &str, yen: Yen) -> Result<(), ReconcileError> {
        let jpy = whole(name, yen)?;
        self.items.push(Item { kind, name, detail: detail.to_owned(), usd: None, jpy });
        Ok(())
    }

    fn walk_yen(&mut self, project: &ProjectMonth) -> Result<(), ReconcileError> {
        let mut cut_off = YenWorth::ZERO;
        for line in &project.aws_lines {
            let name = || format!("yen rate of account {} in summary.csv and the workspace", line.account_id);
            agree(name, &line.rate.to_string(), &self.rate.to_string())?;
            let money = |source| ReconcileError::Money { what: format!("net of account {}", line.account_id), source };
            let exact = YenWorth::of_usd(line.net_usd, self.rate).map_err(money)?;
            let cut = whole("net_jpy", line.net_jpy)? - exact;
            let is_less_than_one = cut.units().abs() < whole("one yen", Yen::new(1))?.units();
            let is_toward_zero = cut.is_zero() || cut.units().signum() != exact.units().signum();
            let name = || format!("yen of account {} at the month's rate, cut off", line.account_id);
            agree(name, &(is_less_than_one && is_toward_zero), &true)?;
            cut_off += cut;
        }
        if !cut_off.is_zero() {
            self.items.push(Item {
                kind: ItemKind::Change,
                name: "yen_cut_off",
                detail: String::new(),
                usd: None,
                jpy: cut_off,
            });
        }
        let lines: Yen = project.aws_lines.iter().map(|line| line.net_jpy).sum();
        self.yen(ItemKind::Level, "aws_lines", "", lines)?;
        for fee in &project.fees {
            let name = if fee.is_adjustment { "adjustment" } else { "fee" };
            self.yen(ItemKind::Change, name, &fee.description, fee.net_jpy)?;
        }
        self.yen(ItemKind::Level, "subtotal", "", project.subtotal)?;
        self.yen(ItemKind::Change, "tax", "", project.tax)?;
        self.yen(ItemKind::Level, "invoice_total", "", project.total)
    }

    /// Start and changes make every level; dollars while there are dollars, yen all the way.
    fn check(&self) -> Result<(), ReconcileError> {
        let (mut usd, mut jpy) = (Usd::ZERO, YenWorth::ZERO);
        for item in &self.items {
            match item.kind {
                ItemKind::Start | ItemKind::Change => {
                    usd += item.usd.unwrap_or_default();
                    jpy += item.jpy;
                }
                ItemKind::Level => {
                    let name = || format!("the way of project {} to {}", self.project_id, item.name);
                    if let Some(level) = item.usd {
                        agree(name, &usd, &level)?;
                    }
                    agree(name, &jpy, &item.jpy)?;
                }
            }
        }
        Ok(())
    }
}

fn whole(what: &str, yen: Yen) -> Result<YenWorth, ReconcileError> {
    YenWorth::of(yen).map_err(|source| ReconcileError::Money { what: what.to_owned(), source })
}
