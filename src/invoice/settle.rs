//! How the total of an invoice is paid: by card, from vouchers, or by transfer.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hold, Invoice, Settlement, Status, VoucherBalance, VoucherDraw};
use crate::money::Yen;
use crate::period::BillingPeriod;
use crate::terms::{Project, RecordedDraw, ReferenceData, Voucher};

/// Settles the invoices of a month in their order, and says what of it must be looked at.
///
/// A draft only calculates: what it would draw becomes a draw when the invoice is issued and the draw is recorded.
/// A recorded draw of the month stands as it is, so that a month that is run again draws nothing twice; what later
/// months or other projects have drawn is no longer there to be drawn.
pub fn settle(
    period: BillingPeriod,
    reference: &ReferenceData,
    mut invoices: Vec<Invoice>,
) -> (Vec<Invoice>, BTreeSet<Hold>) {
    let mut balances = Balances::of(period, reference);
    let mut holds = BTreeSet::new();
    for invoice in &mut invoices {
        let has_record = reference.vouchers.iter().any(|voucher| records(voucher, period, &invoice.project).is_some());
        invoice.settlement = match invoice.payment.as_str() {
            "voucher" => balances.pay(reference, invoice),
            _ if has_record => balances.pay(reference, invoice),
            "credit_card" => Settlement { by_card_jpy: invoice.total_jpy, ..Settlement::default() },
            _ => Settlement { due_jpy: invoice.total_jpy, ..Settlement::default() },
        };
        if has_record && let Some(detail) = contradiction(invoice, &balances, reference) {
            let hold = review(&invoice.project.project_id, detail);
            invoice.holds.push(hold.clone());
            invoice.holds.sort();
            invoice.status = Status::Held;
            holds.insert(hold);
        }
    }
    let invoiced: BTreeSet<&str> = invoices.iter().map(|invoice| invoice.project.project_id.as_str()).collect();
    for voucher in &reference.vouchers {
        let of_month = voucher.draws.iter().filter(|draw| draw.period == period);
        for draw in of_month.filter(|draw| !invoiced.contains(draw.project_id.as_str())) {
            let (id, amount) = (&voucher.voucher_id, draw.amount.with_commas());
            let detail = format!("vouchers.csv has a draw of {amount} yen from {id}, and the month has no invoice");
            holds.insert(review(&draw.project_id, detail));
        }
    }
    (invoices, holds)
}

/// What is there of each voucher while invoice after invoice is paid.
struct Balances<'a> {
    period: BillingPeriod,
    /// By voucher: what the month has left of it so far, and how much of that may still be drawn.
    left: BTreeMap<&'a str, (Yen, Yen)>,
}

impl<'a> Balances<'a> {
    fn of(period: BillingPeriod, reference: &'a ReferenceData) -> Self {
        let balance =
            |voucher: &'a Voucher| (voucher.voucher_id.as_str(), (voucher.before(period), voucher.never_drawn()));
        Self { period, left: reference.vouchers.iter().map(balance).collect() }
    }

    /// Pays as much of a total as there is, from the oldest voucher first. A total below 0 draws nothing.
    fn pay(&mut self, reference: &ReferenceData, invoice: &Invoice) -> Settlement {
        let (period, project) = (self.period, &invoice.project);
        let own: Vec<&Voucher> = reference.vouchers.iter().filter(|voucher| is_own(voucher, period, project)).collect();
        let is_recorded = own.iter().any(|voucher| records(voucher, period, project).is_some());
        let mut balance = VoucherBalance { is_recorded, ..VoucherBalance::default() };
        for voucher in own {
            let Some((before, free)) = self.left.get_mut(voucher.voucher_id.as_str()) else { continue };
            let used_jpy = if is_recorded {
                records(voucher, period, project).unwrap_or_default()
            } else {
                let used = (invoice.total_jpy - balance.used_jpy).min(*free).max(Yen::ZERO);
                *free = *free - used;
                used
            };
            if before.is_zero() {
                continue; // Nothing was left of it.
            }
            let draw = VoucherDraw {
                voucher_id: voucher.voucher_id.clone(),
                valid_to: voucher.valid_to,
                before_jpy: *before,
                used_jpy,
                left_jpy: *before - used_jpy,
            };
            *before = draw.left_jpy;
            balance.before_jpy += draw.before_jpy;
            balance.used_jpy += draw.used_jpy;
            balance.left_jpy += draw.left_jpy;
            balance.draws.push(draw);
        }
        Settlement {
            by_card_jpy: Yen::ZERO,
            by_voucher_jpy: balance.used_jpy,
            due_jpy: invoice.total_jpy - balance.used_jpy,
            vouchers: Some(balance),
        }
    }
}

fn is_own(voucher: &Voucher, period: BillingPeriod, project: &Project) -> bool {
    voucher.holds_in(period) && voucher.is_open_to(project)
}

fn records(voucher: &Voucher, period: BillingPeriod, project: &Project) -> Option<Yen> {
    voucher.recorded(period, &project.project_id)
}

fn records_of_month<'a>(
    period: BillingPeriod,
    project: &'a Project,
    reference: &'a ReferenceData,
) -> impl Iterator<Item = &'a RecordedDraw> {
    let draws = reference.vouchers.iter().flat_map(|voucher| &voucher.draws);
    draws.filter(move |draw| draw.period == period && draw.project_id == project.project_id)
}

/// What does not fit between an invoice and what was recorded when it was issued.
fn contradiction(invoice: &Invoice, balances: &Balances<'_>, reference: &ReferenceData) -> Option<String> {
    if records_of_month(balances.period, &invoice.project, reference).all(|draw| draw.is_issued) {
        return None; // What was issued stands; `correct` settles what differs.
    }
    let settlement = &invoice.settlement;
    let (used, total) = (settlement.by_voucher_jpy.with_commas(), invoice.total_jpy.with_commas());
    if invoice.payment != "voucher" {
        return Some(format!("vouchers.csv has draws of {used} yen, and the project does not pay by voucher"));
    }
    if settlement.due_jpy < Yen::ZERO {
        return Some(format!("vouchers.csv has draws of {used} yen, more than the total of {total} yen"));
    }
    let draws = settlement.vouchers.iter().flat_map(|balance| &balance.draws);
    let free = draws.filter_map(|draw| balances.left.get(draw.voucher_id.as_str())).map(|(_, free)| *free);
    let unused = free.sum::<Yen>().min(settlement.due_jpy);
    (unused > Yen::ZERO).then(|| {
        let unused = unused.with_commas();
        format!(
            "vouchers.csv has draws of {used} yen of the total of {total} yen, and {unused} yen more could be drawn"
        )
    })
}

fn review(project_id: &str, detail: String) -> Hold {
    Hold {
        project_id: project_id.to_owned(),
        account_id: String::new(),
        reason: "voucher_review",
        detail,
        remedy: String::from(
            "correct the draws of the month in vouchers.csv; where the invoice was issued so, settle the difference with \
             the customer",
        ),
    }
}
