//! The month-wide CSV files (contract, section 3).

use std::collections::BTreeSet;

use super::border_table::border_table;
use super::csv_table::Table;
use super::payment_tables::{payments, voucher_draws};
use super::text_cell::guard;
use crate::audit::{AwsInvoiceRow, BridgeRow, Census, MarginRow};
use crate::invoice::{Hold, Invoice, InvoiceLine, LineKind, Status};
use crate::money::{Percent, Yen, format_grid};
use crate::pipeline::Bill;
use crate::usage::Facts;

/// A file of the month: its name and its bytes.
pub type NamedFile = (&'static str, Vec<u8>);

/// All month-wide CSV files. `issued`: the projects whose drafts charge what their issued documents charge.
pub fn month_tables(facts: &Facts, bill: &Bill, from_aws: &[AwsInvoiceRow], issued: &BTreeSet<&str>) -> Vec<NamedFile> {
    vec![
        ("bridge.csv", bridge(facts, &bill.bridge.rows(facts))),
        ("summary.csv", summary(bill)),
        ("invoices.csv", invoices(&bill.invoices, issued)),
        ("invoice_lines.csv", invoice_lines(&bill.invoices)),
        ("invoice_taxes.csv", invoice_taxes(&bill.invoices)),
        ("aws_invoices.csv", aws_invoices(from_aws)),
        ("holds.csv", holds(&bill.holds)),
        ("census.csv", census(facts, bill)),
        ("payments.csv", payments(&bill.invoices)),
        ("voucher_draws.csv", voucher_draws(&bill.invoices)),
        ("margin.csv", margin(facts, &bill.margin)),
        ("border.csv", border_table(facts.period, &bill.list.border)),
    ]
}

fn bridge(facts: &Facts, rows: &[BridgeRow]) -> Vec<u8> {
    let mut table = Table::for_programs(&["billing_period", "payer_id", "account_id", "cause", "amount_usd"]);
    let period = facts.period.to_string();
    for row in rows {
        table.row(&[&period, &row.payer_id, &row.account_id, row.cause, &row.amount.to_string()]);
    }
    table.finish()
}

fn summary(bill: &Bill) -> Vec<u8> {
    let mut table = Table::for_programs(&[
        "billing_period",
        "project_id",
        "account_id",
        "section",
        "plan_id",
        "gross_usd",
        "discount_usd",
        "net_usd",
        "fx_rate",
        "gross_jpy",
        "discount_jpy",
        "net_jpy",
        "tax_category",
    ]);
    let mut rows: Vec<[String; 13]> = bill.invoices.iter().flat_map(summary_rows).collect();
    // By key columns; on the invoice itself sections stand in the order of printing.
    rows.sort_by(|one, other| one[..4].cmp(&other[..4]).then_with(|| one[12].cmp(&other[12])));
    for row in rows {
        table.row(&row);
    }
    table.finish()
}

fn summary_rows(invoice: &Invoice) -> Vec<[String; 13]> {
    let fx_rate = invoice.fx.as_ref().map(|fx| fx.rate.to_string()).unwrap_or_default();
    let row = |line: &InvoiceLine| match &line.kind {
        LineKind::Aws { account_id, section, plan_id, gross_usd, discount_usd, net_usd, .. } => Some([
            invoice.period.to_string(),
            invoice.project.project_id.clone(),
            account_id.clone(),
            section.name().to_owned(),
            plan_id.clone(),
            gross_usd.to_string(),
            discount_usd.to_string(),
            net_usd.to_string(),
            fx_rate.clone(),
            line.gross_jpy.to_string(),
            line.discount_jpy.to_string(),
            line.net_jpy.to_string(),
            line.tax_category.clone(),
        ]),
        LineKind::Fee { .. } | LineKind::Adjustment { .. } => None,
    };
    invoice.lines.iter().filter_map(row).collect()
}

fn invoices(invoices: &[Invoice], issued: &BTreeSet<&str>) -> Vec<u8> {
    let mut table = Table::for_programs(&[
        "billing_period",
        "project_id",
        "status",
        "subtotal_jpy",
        "tax_jpy",
        "total_jpy",
        "held_reasons",
    ]);
    for invoice in invoices {
        let mut reasons: Vec<&str> = invoice.holds.iter().map(|hold| hold.reason).collect();
        reasons.sort_unstable();
        reasons.dedup();
        let is_issued = issued.contains(invoice.project.project_id.as_str());
        let status = if is_issued { Status::Issued } else { invoice.status };
        table.row(&[
            invoice.period.to_string(),
            invoice.project.project_id.clone(),
            status.name().to_owned(),
            invoice.subtotal_jpy.to_string(),
            invoice.tax_jpy.to_string(),
            invoice.total_jpy.to_string(),
            reasons.join(";"),
        ]);
    }
    table.finish()
}

fn invoice_lines(invoices: &[Invoice]) -> Vec<u8> {
    let mut table = Table::for_people(&[
        "billing_period",
        "project_id",
        "customer_name",
        "line_no",
        "account_id",
        "account_name",
        "section",
        "fee_id",
        "description",
        "plan_name",
        "gross_jpy",
        "discount_jpy",
        "net_jpy",
        "tax_category",
        "remainder_jpy",
    ]);
    for invoice in invoices {
        for line in &invoice.lines {
            let (account_id, account_name, section, fee_id, plan_name) = match &line.kind {
                LineKind::Aws { account_id, account_name, section, plan_name, .. } => {
                    (account_id.as_str(), account_name.as_str(), section.name(), "", plan_name.as_str())
                }
                LineKind::Fee { fee_id, .. } => ("", "", "", fee_id.as_str(), ""),
                LineKind::Adjustment { account_id, account_name, .. } => {
                    (account_id.as_str(), account_name.as_str(), "adjustment", "", "")
                }
            };
            let texts = [
                invoice.project.project_id.as_str(),
                &invoice.project.customer_name,
                &line.line_no.to_string(),
                account_id,
                account_name,
                section,
                fee_id,
                &line.description,
                plan_name,
            ]
            .map(|text| guard(text).into_owned());
            let mut cells = vec![invoice.period.to_string()];
            cells.extend(texts);
            cells.extend([line.gross_jpy, line.discount_jpy, line.net_jpy].map(|yen: Yen| yen.to_string()));
            cells.push(guard(&line.tax_category).into_owned());
            cells.push(format_grid(line.remainder));
            table.row(&cells);
        }
    }
    table.finish()
}

fn invoice_taxes(invoices: &[Invoice]) -> Vec<u8> {
    let mut table =
        Table::for_programs(&["billing_period", "project_id", "tax_category", "percent", "base_jpy", "tax_jpy"]);
    for invoice in invoices {
        // The document prints the taxed ones first; this table is sorted by its key columns.
        let mut taxes: Vec<_> = invoice.taxes.iter().collect();
        taxes.sort_by(|one, other| one.tax_category.cmp(&other.tax_category));
        for tax in taxes {
            table.row(&[
                invoice.period.to_string(),
                invoice.project.project_id.clone(),
                tax.tax_category.clone(),
                percent_text(tax.percent),
                tax.base_jpy.to_string(),
                tax.tax_jpy.to_string(),
            ]);
        }
    }
    table.finish()
}

/// A percentage as people write it: `10`, `7.5`.
pub fn percent_text(percent: Percent) -> String {
    let text = percent.to_string();
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn aws_invoices(rows: &[AwsInvoiceRow]) -> Vec<u8> {
    let mut table = Table::for_programs(&[
        "payer_id",
        "invoice_id",
        "invoicing_entity",
        "bill_type",
        "rows",
        "unblended_usd",
        "tax_usd",
    ]);
    for row in rows {
        table.row(&[
            row.payer_id.as_str(),
            &row.invoice_id,
            &row.invoicing_entity,
            &row.bill_type,
            &row.rows.to_string(),
            &row.unblended.to_string(),
            &row.tax.to_string(),
        ]);
    }
    table.finish()
}

fn margin(facts: &Facts, rows: &[MarginRow]) -> Vec<u8> {
    let columns = ["billing_period", "project_id", "account_id", "cause", "amount_usd", "amount_jpy"];
    let mut table = Table::for_programs(&columns);
    for row in rows {
        table.row(&[
            facts.period.to_string(),
            row.project_id.clone(),
            row.account_id.clone(),
            row.cause.to_owned(),
            row.amount.map(|amount| amount.to_string()).unwrap_or_default(),
            row.remainder.map(format_grid).unwrap_or_default(),
        ]);
    }
    table.finish()
}

fn holds<'a>(holds: impl IntoIterator<Item = &'a Hold>) -> Vec<u8> {
    let mut table = Table::for_programs(&["project_id", "account_id", "reason", "detail", "remedy"]);
    for hold in holds {
        table.row(&[&hold.project_id, &hold.account_id, hold.reason, &hold.detail, &hold.remedy]);
    }
    table.finish()
}

fn census(facts: &Facts, bill: &Bill) -> Vec<u8> {
    let mut table = Table::for_programs(&["payer_id", "line_type", "class", "rows", "unblended_usd"]);
    for row in Census::rows(facts, &bill.list) {
        table.row(&[
            row.payer_id,
            row.line_type,
            row.class.to_owned(),
            row.rows.to_string(),
            row.unblended.to_string(),
        ]);
    }
    table.finish()
}
