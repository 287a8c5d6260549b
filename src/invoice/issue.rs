//! From drafts to documents, and from differences to the documents that settle them. Pure: numbers and dates are given.

use super::assemble::{bases, tax_totals};
use super::{
    Adjusted, Correction, CorrectionKind, Due, Invoice, InvoiceError, InvoiceLine, Issue, LineKind, Settlement, Status,
};
use crate::money::Yen;
use crate::terms::{Calendar, CarriedLine, DueBase, ReferenceData};

/// A draft with its number and date.
pub fn issued(draft: &Invoice, issue: Issue, calendar: &Calendar) -> Invoice {
    let due = draft.due.map(|due| match due.rule.base {
        DueBase::DaysAfterIssue(days) => {
            Due { day: calendar.moved(issue.on.plus(i64::from(days)), due.rule.holiday_rule), ..due }
        }
        DueBase::EndOfMonth { .. } | DueBase::DayOfMonth { .. } | DueBase::DaysAfterMonthEnd(_) => due,
    });
    Invoice { status: Status::Issued, issue: Some(issue), due, ..draft.clone() }
}

/// 修正: the whole month as it is now, in the place of what was issued. What was paid is taken off what is due.
pub fn replacement(draft: &Invoice, issue: Issue, correction: Correction, calendar: &Calendar) -> Invoice {
    let paid = correction.paid_jpy;
    let mut invoice = issued(draft, issue, calendar);
    let settlement = &mut invoice.settlement;
    let left = if invoice.payment == "credit_card" { &mut settlement.by_card_jpy } else { &mut settlement.due_jpy };
    *left = *left - paid;
    invoice.correction = Some(correction);
    invoice
}

/// 返還: the lines of a difference, with one tax calculation per rate over them.
pub fn credit_note(
    like: &Invoice,
    lines: &[CarriedLine],
    issue: Issue,
    correction: Correction,
    reference: &ReferenceData,
) -> Result<Invoice, InvoiceError> {
    debug_assert!(correction.kind == CorrectionKind::Return, "a difference is returned");
    let lines: Vec<InvoiceLine> = (1..).zip(lines).map(|(line_no, line)| adjustment(line, line_no)).collect();
    let taxes = tax_totals(like.period, reference, &like.project.project_id, bases(&lines))?;
    let subtotal_jpy: Yen = lines.iter().map(|line| line.net_jpy).sum();
    let tax_jpy: Yen = taxes.iter().map(|tax| tax.tax_jpy).sum();
    let total_jpy = subtotal_jpy + tax_jpy;
    Ok(Invoice {
        status: Status::Issued,
        holds: Vec::new(),
        due: None,
        lines,
        taxes,
        subtotal_jpy,
        tax_jpy,
        total_jpy,
        settlement: if like.payment == "credit_card" {
            Settlement { by_card_jpy: total_jpy, ..Settlement::default() }
        } else {
            Settlement { due_jpy: total_jpy, ..Settlement::default() }
        },
        issue: Some(issue),
        correction: Some(correction),
        ..like.clone()
    })
}

/// Whether the law does not ask for a credit note: under 10,000 yen with tax, all rates together (消費税法施行令70条の9③二).
pub fn is_exempt_return(total_jpy: Yen) -> bool {
    (-9_999..=0).contains(&total_jpy.count())
}

/// The invoice line of a carried difference.
pub(super) fn adjustment(line: &CarriedLine, line_no: u32) -> InvoiceLine {
    InvoiceLine {
        line_no,
        kind: LineKind::Adjustment {
            of: Adjusted { number: line.number.clone(), period: line.period },
            account_id: line.account_id.clone(),
            account_name: line.account_name.clone(),
        },
        description: line.description.clone(),
        gross_jpy: line.gross_jpy,
        discount_jpy: line.discount_jpy,
        net_jpy: line.net_jpy,
        tax_category: line.tax_category.clone(),
        remainder: 0, // Differences of whole yen.
    }
}
