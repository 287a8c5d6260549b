use super::columns::{COLUMN_COUNT, Column};
use super::error::FaultList;

/// One row of a report: the texts of the used columns, borrowed from the reader's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) number: u64,
    pub(super) texts: &'a [&'a [u8]; COLUMN_COUNT],
}

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
}

/// Takes the rows of one file, in their order.
pub trait RowSink {
    /// Takes a row, or says what is wrong with it.
    fn take(&mut self, row: &Row<'_>, faults: &mut FaultList);
}
