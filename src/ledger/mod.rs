//! Edge: what was issued, and everything it was made from, in a file that only grows.
//!
//! - In: a folder; documents, the bytes of their inputs, the entries that name them.
//! - Out: [`Ledger`]: its [`Book`] of entries, kept bytes by hash, the folder of documents; a [`Verification`].
//! - Refuses: a ledger that is damaged, cut short, in use by another program or of another version. It says which part.
//! - Promise: an entry never changes, and each holds the hash of the one before; entries and their bytes appear together
//!   or not at all, whenever the program is stopped; a number is given once and none is left out.
//!
//! In the folder: `ledger.sqlite` (the ledger itself), `ledger.seal` (what the file looked like after the last entry),
//! `lock`, and `documents/YYYY-MM/NUMBER/…`, which can be written again from the ledger.

mod book;
mod documents;
mod entry;
mod error;
mod event;
mod hash;
mod is_there;
mod lock;
mod numbers;
mod objects;
mod seal;
mod snapshot;
mod store;
#[cfg(test)]
mod tests;
mod verify;

pub use book::{Book, BookedDocument, Chain};
pub use documents::document_folder;
pub use entry::{Artefact, CarriedEntry, CarryEntry, DocumentEntry, DrawEntry, Entry, InputEntry, InputsEntry};
pub use error::LedgerError;
pub use event::Event;
pub use hash::sha256;
pub use numbers::{corrected_number, invoice_number, return_number};
pub use snapshot::Snapshot;
pub use store::{Ledger, NewEntries};
pub use verify::{Finding, Verification, verify};
