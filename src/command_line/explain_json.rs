//! `seikyu explain --json`: the same for programs. Dollars and quantities are exact texts, yen are numbers.

use serde_json::{Value, json};

use super::explain::{Places, places};
use crate::explain::{ExplainedCharge, ExplainedInvoice, ExplainedLine, ExplainedService};
use crate::invoice::LineKind;
use crate::money::{Usd, Yen};
use crate::rows::RowPlace;
use crate::run::Explained;

/// Every fact for itself; `report_rows` where they were read.
pub(super) fn json(explained: &Explained) -> Value {
    let places = places(explained);
    let invoices = explained.explanation.invoices.iter().map(|invoice| invoice_json(invoice, places.as_ref()));
    json!({ "billing_period": explained.run.period, "invoices": invoices.collect::<Vec<_>>() })
}

/// As in `invoice.json`: as text beyond what a JSON number holds.
fn yen(yen: Yen) -> Value {
    i64::try_from(yen.count()).map_or_else(|_| Value::String(yen.to_string()), Value::from)
}

fn invoice_json(explained: &ExplainedInvoice, places: Option<&Places<'_>>) -> Value {
    let invoice = &explained.invoice;
    let tax = |tax: &crate::invoice::TaxTotal| {
        json!({
            "tax_category": tax.tax_category, "percent": tax.percent.to_string(),
            "base_jpy": yen(tax.base_jpy), "tax_jpy": yen(tax.tax_jpy),
        })
    };
    let bridge = explained.bridge.iter().map(|row| {
        json!({
            "payer_id": row.payer_id, "account_id": row.account_id,
            "cause": row.cause, "amount_usd": row.amount.to_string(),
        })
    });
    json!({
        "project_id": invoice.project.project_id,
        "status": invoice.status.name(),
        "subtotal_jpy": yen(invoice.subtotal_jpy),
        "tax_jpy": yen(invoice.tax_jpy),
        "total_jpy": yen(invoice.total_jpy),
        "fx": invoice.fx.as_ref().map(|fx| json!({ "rate": fx.rate.to_string(), "source": fx.source })),
        "taxes": invoice.taxes.iter().map(tax).collect::<Vec<_>>(),
        "lines": explained.lines.iter().map(|line| line_json(line, places)).collect::<Vec<_>>(),
        "unprinted": explained.unprinted.iter().map(|charge| charge_json(charge, places)).collect::<Vec<_>>(),
        "bridge": bridge.collect::<Vec<_>>(),
    })
}

fn line_json(ExplainedLine { line, services }: &ExplainedLine, places: Option<&Places<'_>>) -> Value {
    let mut value = json!({
        "line_no": line.line_no,
        "description": line.description,
        "tax_category": line.tax_category,
        "gross_jpy": yen(line.gross_jpy),
        "discount_jpy": yen(line.discount_jpy),
        "net_jpy": yen(line.net_jpy),
        "cut_off_jpy": Usd::from_units(line.remainder).to_string(),
        "services": services.iter().map(|service| service_json(service, places)).collect::<Vec<_>>(),
    });
    match &line.kind {
        LineKind::Aws { account_id, section, plan_id, gross_usd, discount_usd, net_usd, .. } => {
            value["account_id"] = account_id.as_str().into();
            value["section"] = section.name().into();
            value["plan_id"] = plan_id.as_str().into();
            value["list_usd"] = gross_usd.to_string().into();
            value["discount_usd"] = discount_usd.to_string().into();
            value["net_usd"] = net_usd.to_string().into();
        }
        LineKind::Fee { fee_id, .. } => value["fee_id"] = fee_id.as_str().into(),
        LineKind::Adjustment { of, account_id, .. } => {
            value["account_id"] = account_id.as_str().into();
            value["adjusts"] = of.number.as_str().into();
        }
    }
    value
}

fn service_json(ExplainedService { part, charges }: &ExplainedService, places: Option<&Places<'_>>) -> Value {
    json!({
        "product_code": part.product_code,
        "product_name": part.product_name,
        "list_usd": part.gross_usd.to_string(),
        "discount_usd": part.discount_usd.to_string(),
        "net_usd": part.net_usd.to_string(),
        "net_jpy": yen(part.net_jpy),
        "charges": charges.iter().map(|charge| charge_json(charge, places)).collect::<Vec<_>>(),
    })
}

fn charge_json(charge: &ExplainedCharge, places: Option<&Places<'_>>) -> Value {
    let given = charge.given_back.iter().map(|(arn, quantity)| json!({ "arn": arn, "quantity": quantity.to_string() }));
    let rows = places.map(|places| places.get(&charge.fact).into_iter().flatten().map(|row| row_json(row)));
    json!({
        "fact": charge.fact,
        "line_type": charge.line_type,
        "class": charge.class.name(),
        "usage_type": charge.usage_type,
        "operation": charge.operation,
        "sku": charge.sku,
        "description": charge.description,
        "hour": charge.hour.map(|hour| hour.to_string()),
        "rows": charge.rows,
        "quantity": charge.quantity.to_string(),
        "unit": charge.unit,
        "price_rule": charge.price_rule,
        "price_rows": charge.price_rows,
        "prices": charge.prices,
        "price_sources": charge.price_sources,
        "list_usd": charge.list.to_string(),
        "plan_id": charge.ruling.plan_id,
        "discount_rule": charge.ruling.rule,
        "discount_effect": charge.ruling.effect,
        "why_no_discount": charge.ruling.why_none,
        "discount_usd": charge.discount.to_string(),
        "net_usd": charge.net().to_string(),
        "aws_unblended_usd": charge.aws_unblended.to_string(),
        "why_not_aws": charge.why_not_aws,
        "given_back": given.collect::<Vec<_>>(),
        "report_rows": rows.map(Iterator::collect::<Vec<_>>),
    })
}

fn row_json(row: &RowPlace) -> Value {
    json!({
        "file": row.file, "entry": row.entry, "row": row.row, "line": row.line,
        "quantity": row.quantity.to_string(), "aws_unblended_usd": row.unblended.to_string(),
        "resource_id": row.resource_id,
    })
}
