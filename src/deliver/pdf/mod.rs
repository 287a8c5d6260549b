//! `invoice.pdf`: the draft invoice on A4 pages, in Japanese or English; `cover.pdf`: a customer's list of invoices.
//!
//! - In: [`Invoice`](crate::invoice::Invoice).
//! - Out: the bytes of a PDF with its fonts inside, cut down to the glyphs used.
//! - Refuses: a character that the font lacks, a combining mark.
//! - Promise: the same invoice gives the same bytes; the text can be extracted again as it was given.
//!
//! Layout makes blocks of marks, `flow` puts blocks on pages, `cut` makes small fonts for many documents, `save` alone
//! knows the PDF library's document.
#![expect(clippy::float_arithmetic, reason = "layout in points, never money")]

mod annex;
mod batch;
mod block;
mod correction;
mod cover;
mod cut;
mod flow;
mod font;
mod front;
mod laid_out;
mod line_table;
mod render;
mod save;
mod sums;
mod table;
#[cfg(test)]
mod tests;
mod wrap;

pub use batch::DRAWN_TOGETHER;
pub use cover::render_covers;
pub use font::prepare_fonts;
pub use render::render_pdf;
pub(super) use render::render_pdfs;
