//! The files of invoices, made for many at once.

use rayon::prelude::*;

use super::{DeliverError, render_csv, render_json, render_pdfs};
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

/// Makes the files of each invoice, in their order. A file does not depend on the invoices beside its own.
pub fn render_files(invoices: &[&Invoice]) -> Vec<Result<InvoiceFiles, DeliverError>> {
    let with_json: Vec<(&Invoice, Vec<u8>)> =
        invoices.par_iter().map(|invoice| (*invoice, render_json(invoice))).collect();
    let pdfs = render_pdfs(&with_json);
    let drawn = with_json.into_par_iter().zip(pdfs);
    drawn.map(|((invoice, json), pdf)| Ok(InvoiceFiles { json, csv: render_csv(invoice), pdf: pdf? })).collect()
}
