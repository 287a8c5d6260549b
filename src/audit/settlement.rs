//! What pays an invoice is its total, and no voucher gives more than was bought.

use super::AuditError;
use super::checks::equal;
use crate::invoice::Invoice;
use crate::money::Yen;
use crate::terms::ReferenceData;

/// Card + vouchers + what is due = total; before - used = left, for each voucher and for their sum.
pub(super) fn check_settlement(invoice: &Invoice) -> Result<(), AuditError> {
    let name = |what: &str| {
        let what = what.to_owned();
        move || format!("{what} of project {}", invoice.project.project_id)
    };
    let settlement = &invoice.settlement;
    let paid = settlement.by_card_jpy + settlement.by_voucher_jpy + settlement.due_jpy;
    equal(name("card + vouchers + due against total"), paid, invoice.total_jpy)?;
    let Some(balance) = &settlement.vouchers else {
        return equal(name("drawn without vouchers"), settlement.by_voucher_jpy, Yen::ZERO);
    };
    let used: Yen = balance.draws.iter().map(|draw| draw.used_jpy).sum();
    equal(name("draws against what vouchers paid"), used, settlement.by_voucher_jpy)?;
    equal(name("balance before - used against left"), balance.before_jpy - balance.used_jpy, balance.left_jpy)?;
    let left: Yen = balance.draws.iter().map(|draw| draw.before_jpy - draw.used_jpy).sum();
    equal(name("vouchers before - used against left"), left, balance.left_jpy)
}

/// Over all invoices of the month and all recorded draws of other invoices: a voucher pays its amount at most.
pub fn check_vouchers(reference: &ReferenceData, invoices: &[Invoice]) -> Result<(), AuditError> {
    for voucher in &reference.vouchers {
        let id = &voucher.voucher_id;
        let newly: Yen = invoices
            .iter()
            .filter_map(|invoice| invoice.settlement.vouchers.as_ref())
            .filter(|balance| !balance.is_recorded)
            .flat_map(|balance| &balance.draws)
            .filter(|draw| draw.voucher_id == *id)
            .map(|draw| draw.used_jpy)
            .sum();
        let recorded: Yen = voucher.draws.iter().map(|draw| draw.amount).sum();
        let drawn = newly + recorded;
        equal(|| format!("all draws from voucher {id} against its amount"), drawn.max(voucher.amount), voucher.amount)?;
    }
    Ok(())
}
