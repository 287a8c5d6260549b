//! What the ledger adds to what was agreed: draws from vouchers, and differences that a month takes along.

use std::path::Path;

use super::RunError;
use crate::ledger::{Book, CarriedEntry, Chain, Ledger};
use crate::money::Yen;
use crate::period::BillingPeriod;
use crate::terms::{CarriedLine, RecordedDraw, ReferenceData};

/// Opens a ledger that must be there: something was issued.
pub fn open_ledger(dir: &Path) -> Result<Ledger, RunError> {
    Ledger::open(dir)?.ok_or_else(|| RunError::NothingIssued { ledger: dir.display().to_string() })
}

/// Adds the draws of issued documents and the carried lines.
///
/// The draws of `redrawn` projects in `period` are left out: their documents are about to be replaced.
pub(super) fn apply_ledger(
    reference: &mut ReferenceData,
    book: &Book,
    period: BillingPeriod,
    redrawn: &[&str],
) -> Result<(), RunError> {
    for voucher in &mut reference.vouchers {
        // A row of the file that repeats a draw of the ledger goes with it.
        voucher.draws.retain(|draw| draw.period != period || !redrawn.contains(&draw.project_id.as_str()));
    }
    for month in months(book) {
        for (project_id, chain) in book.chains(month) {
            if !(month == period && redrawn.contains(&project_id)) {
                add_draws(reference, month, project_id, &chain)?;
            }
        }
    }
    let overdrawn = reference.vouchers.iter().find(|voucher| voucher.never_drawn() < Yen::ZERO);
    if let Some(voucher) = overdrawn {
        let drawn: Yen = voucher.draws.iter().map(|draw| draw.amount).sum();
        return Err(RunError::VoucherContradiction {
            voucher_id: voucher.voucher_id.clone(),
            found: format!("an amount of {} yen", voucher.amount.with_commas()),
            recorded: format!("{} yen were drawn in all, with the draws of vouchers.csv", drawn.with_commas()),
        });
    }
    add_carried(reference, book);
    Ok(())
}

/// Adds the carried lines alone: draws charge nothing, and an older `vouchers.csv` may not have their vouchers yet.
pub(super) fn add_carried(reference: &mut ReferenceData, book: &Book) {
    for carry in book.carries() {
        let into = carry.into.parse().ok();
        let of = carry.billing_period.parse().ok();
        if let (Some(into), Some(of)) = (into, of) {
            let lines = carry.lines.iter();
            let carried = lines.map(|line| carried_line(&carry.project_id, into, of, &carry.predecessor, line));
            reference.carried.extend(carried);
        }
    }
}

/// The months that something was issued for.
pub(super) fn months(book: &Book) -> Vec<BillingPeriod> {
    let mut months: Vec<BillingPeriod> =
        book.documents().filter_map(|booked| booked.document.billing_period.parse().ok()).collect();
    months.sort_unstable();
    months.dedup();
    months
}

pub(super) fn carried_line(
    project_id: &str,
    into: BillingPeriod,
    of: BillingPeriod,
    number: &str,
    line: &CarriedEntry,
) -> CarriedLine {
    CarriedLine {
        project_id: project_id.to_owned(),
        into,
        number: number.to_owned(),
        period: of,
        account_id: line.account_id.clone(),
        account_name: line.account_name.clone(),
        description: line.description.clone(),
        tax_category: line.tax_category.clone(),
        gross_jpy: Yen::new(line.gross_jpy),
        discount_jpy: Yen::new(line.discount_jpy),
        net_jpy: Yen::new(line.net_jpy),
    }
}

/// The draws of the last whole document of a project's month. A row of `vouchers.csv` may say the same once more.
fn add_draws(
    reference: &mut ReferenceData,
    period: BillingPeriod,
    project_id: &str,
    chain: &Chain<'_>,
) -> Result<(), RunError> {
    let draws = chain.last_whole().map(|document| document.draws.as_slice()).unwrap_or_default();
    for draw in draws {
        let amount = Yen::new(draw.amount_jpy);
        let voucher = reference.vouchers.iter_mut().find(|voucher| voucher.voucher_id == draw.voucher_id);
        let told = voucher.as_ref().map(|voucher| voucher.recorded(period, project_id));
        match (voucher, told) {
            (Some(voucher), Some(None)) => {
                let project_id = project_id.to_owned();
                voucher.draws.push(RecordedDraw { period, project_id, amount, is_issued: true });
            }
            (Some(voucher), Some(Some(same))) if same == amount => {
                let own = |draw: &&mut RecordedDraw| draw.period == period && draw.project_id == project_id;
                voucher.draws.iter_mut().filter(own).for_each(|draw| draw.is_issued = true);
            }
            (_, told) => {
                let found = match told.flatten() {
                    Some(other) => format!("a draw of {} yen", other.with_commas()),
                    None => "no such voucher".to_owned(),
                };
                return Err(RunError::VoucherContradiction {
                    voucher_id: draw.voucher_id.clone(),
                    found,
                    recorded: format!("{project_id} drew {} yen in {period}", amount.with_commas()),
                });
            }
        }
    }
    Ok(())
}
