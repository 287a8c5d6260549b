//! `payments.csv`: how each total is paid; `voucher_draws.csv`: what each invoice draws from which voucher.

use super::csv_table::Table;
use crate::invoice::Invoice;

/// One row per invoice: card + vouchers + due = total.
pub(super) fn payments(invoices: &[Invoice]) -> Vec<u8> {
    let mut table = Table::for_programs(&[
        "billing_period",
        "project_id",
        "status",
        "payment",
        "total_jpy",
        "by_card_jpy",
        "by_voucher_jpy",
        "due_jpy",
    ]);
    for invoice in invoices {
        let settlement = &invoice.settlement;
        table.row(&[
            invoice.period.to_string(),
            invoice.project.project_id.clone(),
            invoice.status.name().to_owned(),
            invoice.payment.clone(),
            invoice.total_jpy.to_string(),
            settlement.by_card_jpy.to_string(),
            settlement.by_voucher_jpy.to_string(),
            settlement.due_jpy.to_string(),
        ]);
    }
    table.finish()
}

/// One row per invoice and voucher that it may draw from, in the order of drawing.
pub(super) fn voucher_draws(invoices: &[Invoice]) -> Vec<u8> {
    let mut table = Table::for_programs(&[
        "billing_period",
        "project_id",
        "status",
        "voucher_id",
        "valid_to",
        "before_jpy",
        "used_jpy",
        "left_jpy",
        "is_recorded",
    ]);
    for invoice in invoices {
        if let Some(balance) = &invoice.settlement.vouchers {
            for draw in &balance.draws {
                table.row(&[
                    invoice.period.to_string(),
                    invoice.project.project_id.clone(),
                    invoice.status.name().to_owned(),
                    draw.voucher_id.clone(),
                    draw.valid_to.map(|month| month.to_string()).unwrap_or_default(),
                    draw.before_jpy.to_string(),
                    draw.used_jpy.to_string(),
                    draw.left_jpy.to_string(),
                    balance.is_recorded.to_string(),
                ]);
            }
        }
    }
    table.finish()
}
