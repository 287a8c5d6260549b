//! Each level sums to the one above: what is told adds up, or nothing is told.

use super::{ExplainError, ExplainedInvoice};
use crate::audit::{AuditError, equal};
use crate::convert::ServicePart;
use crate::invoice::{InvoiceLine, LineKind};
use crate::money::{Rounding, Usd, Yen};

/// Lines to subtotal, taxes of their bases, total; dollars of each line to its yen; services to their lines.
pub(super) fn check_invoice(explained: &ExplainedInvoice) -> Result<(), AuditError> {
    let invoice = &explained.invoice;
    let of = |what: &str| format!("{what} of project {}", invoice.project.project_id);
    let lines: Yen = invoice.lines.iter().map(|line| line.net_jpy).sum();
    equal(|| of("lines"), lines, invoice.subtotal_jpy)?;
    for tax in invoice.taxes.iter().filter(|tax| tax.is_taxed) {
        let again = tax.base_jpy.percent(tax.percent, Rounding::TowardZero).unwrap_or_default();
        equal(|| of("tax"), again, tax.tax_jpy)?;
    }
    equal(|| of("total"), invoice.subtotal_jpy + invoice.tax_jpy, invoice.total_jpy)?;
    for InvoiceLine { line_no, kind, net_jpy, remainder, .. } in &invoice.lines {
        let LineKind::Aws { net_usd, services, .. } = kind else { continue };
        let name = |what: &str| of(&format!("{what} of line {line_no}"));
        let rate = invoice.fx.as_ref().map(|fx| fx.rate);
        let again = rate.and_then(|rate| rate.convert_with_remainder(*net_usd, Rounding::TowardZero).ok());
        let (yen, rest) = again.unwrap_or_default();
        equal(|| name("yen"), yen, *net_jpy)?;
        equal(|| name("cut-off"), Usd::from_units(rest), Usd::from_units(*remainder))?;
        equal(|| name("net dollars by service"), services.iter().map(|part| part.net_usd).sum(), *net_usd)?;
        equal(|| name("net yen by service"), services.iter().map(|part| part.net_jpy).sum(), *net_jpy)?;
    }
    Ok(())
}

/// The charges of a service to its part of the line.
pub(super) fn check_service(line_no: u32, part: &ServicePart, sums: (Usd, Usd)) -> Result<(), ExplainError> {
    let name = |what: &str| format!("{what} of the charges of line {line_no}, {}", part.product_code);
    equal(|| name("list dollars"), sums.0, part.gross_usd)?;
    equal(|| name("discount dollars"), sums.1, part.discount_usd)?;
    Ok(())
}
