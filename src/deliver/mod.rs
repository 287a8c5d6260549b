//! Edge out: makes the documents of an invoice and the files of a month, and puts them in their place.
//!
//! - In: [`Invoice`](crate::invoice::Invoice), [`Bill`](crate::pipeline::Bill), [`Facts`](crate::usage::Facts).
//! - Out: `invoice.pdf`, `invoice.json`, `invoice.csv`, `cover.pdf`, the month-wide files, the month's folder.
//! - Refuses: text that the font of the PDF cannot draw.
//! - Promise: the same invoice gives the same bytes; no amount is calculated here, only printed; a folder
//!   appears whole or not at all.

mod border_table;
mod charges_file;
mod correction_table;
mod csv_table;
mod detail_csv;
mod error;
mod fee_words;
mod file_name;
mod files;
mod folder;
mod folder_error;
mod folder_name;
mod hold_words;
mod invoice_csv;
mod invoice_json;
mod invoice_json_fee;
mod invoice_json_issue;
mod invoice_json_parties;
mod invoice_json_settlement;
mod labels;
mod month_tables;
mod payment_tables;
mod pdf;
mod read_figures;
mod reconcile;
#[cfg(test)]
mod samples;
mod scratch;
mod sync;
#[cfg(test)]
mod tests;
mod text_cell;

pub use border_table::border_table;
pub use charges_file::write_charges;
pub use correction_table::correction_table;
pub use detail_csv::{DetailSums, write_detail};
pub use error::DeliverError;
pub use file_name::issued_file_name;
pub use files::{InvoiceFiles, render_files};
pub use folder::{PendingFolder, write_file_aside};
pub use folder_error::WriteError;
pub use folder_name::folder_name;
pub use invoice_csv::render_csv;
pub use invoice_json::render_json;
pub use month_tables::{NamedFile, month_tables, percent_text};
pub use pdf::render_cover;
use pdf::render_pdf;
pub use read_figures::read_figures;
pub use reconcile::{PageFacts, reconcile_page, reconcile_table, way_table};
pub use scratch::ScratchFolder;
pub use text_cell::guard;
