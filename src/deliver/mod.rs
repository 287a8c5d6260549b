//! Edge out: makes the documents of one invoice.
//!
//! - In: [`Invoice`](crate::invoice::Invoice).
//! - Out: the bytes of `invoice.pdf`, `invoice.json` and `invoice.csv`.
//! - Refuses: text that the font of the PDF cannot draw.
//! - Promise: the same invoice gives the same bytes; no amount is calculated here, only printed.

mod error;
mod invoice_csv;
mod invoice_json;
mod labels;
mod pdf;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod text_cell;

pub use error::DeliverError;
pub use invoice_csv::render_csv;
pub use invoice_json::render_json;
pub use pdf::render_pdf;
pub use text_cell::guard;
