//! The files of an invoice.

use super::{DeliverError, render_csv, render_json, render_pdf};
use crate::invoice::Invoice;

/// The bytes of one invoice's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceFiles {
    /// `invoice.json`
    pub json: Vec<u8>,
    /// `invoice.csv`
    pub csv: Vec<u8>,
    /// `invoice.pdf`
    pub pdf: Vec<u8>,
}

/// Makes the files of an invoice.
pub fn render_files(invoice: &Invoice) -> Result<InvoiceFiles, DeliverError> {
    let json = render_json(invoice);
    let pdf = render_pdf(invoice, &json)?;
    Ok(InvoiceFiles { json, csv: render_csv(invoice), pdf })
}
