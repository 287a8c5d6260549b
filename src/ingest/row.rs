use std::borrow::Cow;

use super::columns::{COLUMN_COUNT, Column};
use super::error::FaultList;

/// One row of a report: the texts of the used columns, borrowed from the reader's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) number: u64,
    pub(super) texts: &'a [&'a [u8]; COLUMN_COUNT],
    pub(super) detail: &'a RowDetail<'a>,
}

/// What money does not depend on: given to sinks that [want](RowSink::wants_detail) it, else empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowDetail<'a> {
    /// The line of the unpacked text on which the row begins, from 1, the header counted; 0 in Parquet.
    pub line: u64,
    /// The text inside a ZIP file; else empty.
    pub entry: &'a str,
    /// `lineItem/ResourceId`.
    pub resource_id: &'a [u8],
    /// The columns `resourceTags/…` that are not blank: what follows the `/` in the header, and the value; by column.
    pub tags: &'a [Tag<'a>],
}

/// For sinks that do not want any.
pub(super) const NO_DETAIL: &RowDetail<'static> = &RowDetail { line: 0, entry: "", resource_id: b"", tags: &[] };

/// The name of a tag and its value.
pub type Tag<'a> = (&'a str, Cow<'a, [u8]>);

impl<'a> Row<'a> {
    /// The place in its file, from 1; the header does not count.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The text of a column as delivered; empty where the file has no such column.
    #[inline]
    pub const fn text(&self, column: Column) -> &'a [u8] {
        self.texts[column.index()]
    }

    /// Where the row stands and what it is about.
    pub const fn detail(&self) -> RowDetail<'a> {
        *self.detail
    }
}

/// Takes the rows of one file, in their order.
pub trait RowSink {
    /// Takes a row, or says what is wrong with it.
    fn take(&mut self, row: &Row<'_>, faults: &mut FaultList);

    /// Whether rows come with their [`RowDetail`], which costs more columns to read.
    fn wants_detail(&self) -> bool {
        false
    }
}
