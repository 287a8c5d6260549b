//! `invoice.pdf`: the draft invoice on A4 pages, in Japanese or English; `cover.pdf`: a customer's list of invoices.
//!
//! - In: [`Invoice`](crate::invoice::Invoice).
//! - Out: the bytes of a PDF with its fonts inside, cut down to the glyphs used and those of ordinary documents.
//! - Refuses: a character that the font lacks, a combining mark.
//! - Promise: the same invoice gives the same bytes; the text can be extracted again as it was given.
//!
//! Layout makes blocks of marks, `flow` puts blocks on pages; `pen` says a page in PDF, `embed` a font, `save` the document.
//! `common` has the characters that ordinary documents share, `fonts` divides those of a document.
#![expect(clippy::float_arithmetic, reason = "layout in points, never money")]

mod annex;
mod block;
mod common;
mod correction;
mod cover;
mod embed;
mod flow;
mod font;
mod fonts;
mod front;
mod laid_out;
mod line_table;
mod pack;
mod pen;
mod render;
mod save;
mod sums;
mod table;
#[cfg(test)]
mod tests;
mod wrap;

pub use cover::render_cover;
pub(super) use render::render_pdf;
