//! `invoice.json`: all that an invoice knows, for programs.

use serde::Serialize;

use super::invoice_json_fee::FeeEntry;
use super::invoice_json_issue::{AdjustedEntry, CorrectionEntry, IssueEntry};
use super::invoice_json_parties::{IssuerEntry, ProjectEntry};
use super::invoice_json_settlement::SettlementEntry;
use crate::invoice::{Due, Hold, Invoice, InvoiceLine, LineKind, ServicePart, TaxTotal};
use crate::money::format_grid;
use crate::period::Instant;

/// Makes `invoice.json`: UTF-8, LF, keys in a fixed order; dollars as exact text, yen as integers.
pub fn render_json(invoice: &Invoice) -> Vec<u8> {
    let document = Document::of(invoice);
    let mut bytes = serde_json::to_vec_pretty(&document).expect("every key is text and nothing else can fail");
    bytes.push(b'\n');
    bytes
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    billing_period: String,
    period_start: String,
    period_end: String,
    time_zone: &'static str,
    status: &'static str,
    holds: Vec<HoldEntry<'a>>,
    issuer: IssuerEntry<'a>,
    project: ProjectEntry<'a>,
    payment: &'a str,
    due: Option<DueEntry>,
    fx: Option<FxEntry<'a>>,
    lines: Vec<LineEntry<'a>>,
    taxes: Vec<TaxEntry<'a>>,
    subtotal_jpy: i128,
    tax_jpy: i128,
    total_jpy: i128,
    settlement: SettlementEntry<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: Option<IssueEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<CorrectionEntry<'a>>,
}

impl<'a> Document<'a> {
    fn of(invoice: &'a Invoice) -> Self {
        let last_instant = Instant::from_seconds(invoice.period.end().seconds() - 1);
        Self {
            format: "seikyu-invoice",
            version: 1,
            billing_period: invoice.period.to_string(),
            period_start: date(invoice.period.start()),
            period_end: date(last_instant), // The last day, as printed.
            time_zone: "UTC",
            status: invoice.status.name(),
            holds: invoice.holds.iter().map(HoldEntry::of).collect(),
            issuer: IssuerEntry::of(&invoice.issuer, invoice.issuer_is_registered),
            project: ProjectEntry::of(&invoice.project),
            payment: &invoice.payment,
            due: invoice.due.map(DueEntry::of),
            fx: invoice.fx.as_ref().map(|fx| FxEntry { rate: fx.rate.to_string(), source: &fx.source }),
            lines: invoice.lines.iter().map(LineEntry::of).collect(),
            taxes: invoice.taxes.iter().map(TaxEntry::of).collect(),
            subtotal_jpy: invoice.subtotal_jpy.count(),
            tax_jpy: invoice.tax_jpy.count(),
            total_jpy: invoice.total_jpy.count(),
            settlement: SettlementEntry::of(&invoice.settlement),
            issue: invoice.issue.as_ref().map(IssueEntry::of),
            correction: invoice.correction.as_ref().map(CorrectionEntry::of),
        }
    }
}

fn date(instant: Instant) -> String {
    let (year, month, day) = instant.date();
    format!("{year:04}-{month:02}-{day:02}")
}

#[derive(Serialize)]
struct HoldEntry<'a> {
    account_id: &'a str,
    reason: &'a str,
    detail: &'a str,
    remedy: &'a str,
}

impl<'a> HoldEntry<'a> {
    fn of(hold: &'a Hold) -> Self {
        Self { account_id: &hold.account_id, reason: hold.reason, detail: &hold.detail, remedy: &hold.remedy }
    }
}

#[derive(Serialize)]
struct DueEntry {
    rule: String,
    date: Option<String>,
}

impl DueEntry {
    fn of(due: Due) -> Self {
        Self { rule: due.rule.to_string(), date: due.day.map(|day| day.to_string()) }
    }
}

#[derive(Serialize)]
struct FxEntry<'a> {
    rate: String,
    source: &'a str,
}

/// Every key is there on every line; what a fee does not have is `null`.
#[derive(Serialize)]
struct LineEntry<'a> {
    line_no: u32,
    kind: &'static str,
    account_id: Option<&'a str>,
    account_name: Option<&'a str>,
    section: Option<&'static str>,
    plan_id: Option<&'a str>,
    plan_name: Option<&'a str>,
    fee_id: Option<&'a str>,
    fee: Option<FeeEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adjusts: Option<AdjustedEntry<'a>>,
    description: &'a str,
    gross_usd: Option<String>,
    discount_usd: Option<String>,
    net_usd: Option<String>,
    gross_jpy: i128,
    discount_jpy: i128,
    net_jpy: i128,
    tax_category: &'a str,
    remainder_jpy: String,
    services: Vec<ServiceEntry<'a>>,
}

impl<'a> LineEntry<'a> {
    fn of(line: &'a InvoiceLine) -> Self {
        let mut entry = Self::without_kind(line);
        match &line.kind {
            LineKind::Aws { account_id, account_name, section, plan_id, plan_name, .. } => {
                entry.kind = "aws";
                entry.account_id = Some(account_id);
                entry.account_name = Some(account_name);
                entry.section = Some(section.name());
                entry.plan_id = Some(plan_id);
                entry.plan_name = Some(plan_name);
            }
            LineKind::Fee { fee_id, calculation } => {
                entry.fee_id = Some(fee_id);
                entry.fee = Some(FeeEntry::of(calculation));
            }
            LineKind::Adjustment { of, account_id, account_name } => {
                entry.kind = "adjustment";
                entry.account_id = Some(account_id).filter(|id| !id.is_empty()).map(String::as_str);
                entry.account_name = Some(account_name).filter(|name| !name.is_empty()).map(String::as_str);
                entry.adjusts = Some(AdjustedEntry::of(of));
            }
        }
        if let LineKind::Aws { gross_usd, discount_usd, net_usd, services, .. } = &line.kind {
            entry.gross_usd = Some(gross_usd.to_string());
            entry.discount_usd = Some(discount_usd.to_string());
            entry.net_usd = Some(net_usd.to_string());
            entry.services = services.iter().map(ServiceEntry::of).collect();
        }
        entry
    }

    fn without_kind(line: &'a InvoiceLine) -> Self {
        Self {
            line_no: line.line_no,
            kind: "fee",
            account_id: None,
            account_name: None,
            section: None,
            plan_id: None,
            plan_name: None,
            fee_id: None,
            fee: None,
            adjusts: None,
            description: &line.description,
            gross_usd: None,
            discount_usd: None,
            net_usd: None,
            gross_jpy: line.gross_jpy.count(),
            discount_jpy: line.discount_jpy.count(),
            net_jpy: line.net_jpy.count(),
            tax_category: &line.tax_category,
            remainder_jpy: format_grid(line.remainder),
            services: Vec::new(),
        }
    }
}

#[derive(Serialize)]
struct ServiceEntry<'a> {
    product_code: &'a str,
    product_name: &'a str,
    gross_usd: String,
    discount_usd: String,
    net_usd: String,
    gross_jpy: i128,
    discount_jpy: i128,
    net_jpy: i128,
}

impl<'a> ServiceEntry<'a> {
    fn of(part: &'a ServicePart) -> Self {
        Self {
            product_code: &part.product_code,
            product_name: &part.product_name,
            gross_usd: part.gross_usd.to_string(),
            discount_usd: part.discount_usd.to_string(),
            net_usd: part.net_usd.to_string(),
            gross_jpy: part.gross_jpy.count(),
            discount_jpy: part.discount_jpy.count(),
            net_jpy: part.net_jpy.count(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct TaxEntry<'a> {
    tax_category: &'a str,
    percent: String,
    is_taxed: bool,
    base_jpy: i128,
    tax_jpy: i128,
}

impl<'a> TaxEntry<'a> {
    pub(super) fn of(tax: &'a TaxTotal) -> Self {
        Self {
            tax_category: &tax.tax_category,
            percent: tax.percent.to_string(),
            is_taxed: tax.is_taxed,
            base_jpy: tax.base_jpy.count(),
            tax_jpy: tax.tax_jpy.count(),
        }
    }
}
