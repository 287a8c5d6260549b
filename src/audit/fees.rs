//! Fees a second time: from the lines that are printed, tier by tier from the limits.

use super::AuditError;
use super::checks::equal;
use crate::invoice::{FeeRule, Invoice, InvoiceLine, LineKind};
use crate::money::Yen;
use crate::terms::{AwsAmount, Section};

/// The base of every percentage is what the AWS lines say, bands sum to their base or quantity, and no fee is below its
/// minimum.
pub(super) fn check_fees(invoice: &Invoice) -> Result<(), AuditError> {
    for line in &invoice.lines {
        let LineKind::Fee { fee_id, calculation } = &line.kind else { continue };
        let name = |what: &str| {
            let what = what.to_owned();
            move || format!("{what} of fee {fee_id} of project {}", invoice.project.project_id)
        };
        match &calculation.rule {
            FeeRule::Fixed => {}
            FeeRule::PerUnit { quantity, bands } => {
                equal(name("bands against quantity"), bands.iter().map(|band| band.quantity).sum(), *quantity)?;
            }
            FeeRule::Percent { of, base_jpy, bands } => {
                equal(name("printed AWS yen against base"), *base_jpy, printed(invoice, *of))?;
                equal(name("bands against base"), bands.iter().map(|band| band.base_jpy).sum(), *base_jpy)?;
            }
        }
        let least = calculation.minimum_jpy.unwrap_or(line.net_jpy);
        equal(name("amount against minimum"), line.net_jpy.max(least), line.net_jpy)?;
    }
    Ok(())
}

fn printed(invoice: &Invoice, of: AwsAmount) -> Yen {
    let counts = |line: &&InvoiceLine| {
        matches!(&line.kind, LineKind::Aws { section: Section::AwsUsage | Section::CommitmentFees, .. })
    };
    let amount = |line: &InvoiceLine| match of {
        AwsAmount::Gross => line.gross_jpy,
        AwsAmount::Net => line.net_jpy,
    };
    invoice.lines.iter().filter(counts).map(amount).sum()
}
