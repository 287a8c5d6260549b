//! What the ledger adds to what was agreed: draws from vouchers, and differences that a month takes along.

use super::RunError;
use crate::ledger::{Book, CarriedEntry, Chain};
use crate::money::Yen;
use crate::period::BillingPeriod;
use crate::terms::{CarriedLine, RecordedDraw, ReferenceData};

/// Adds the draws of issued documents and the carried lines.
///
/// The draws of `redrawn` projects in `period` are left out: their documents are about to be replaced.
pub(super) fn apply_ledger(
    reference: &mut ReferenceData,
    book: &Book,
    period: BillingPeriod,
    redrawn: &[&str],
) -> Result<(), RunError> {
    for month in months(book) {
        for (project_id, chain) in book.chains(month) {
            if !(month == period && redrawn.contains(&project_id)) {
                add_draws(reference, month, project_id, &chain)?;
            }
        }
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
                voucher.draws.push(RecordedDraw { period, project_id: project_id.to_owned(), amount });
            }
            (Some(_), Some(Some(same))) if same == amount => {}
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
