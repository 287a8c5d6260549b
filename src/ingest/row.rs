use super::columns::{COLUMN_COUNT, Column};
use super::error::FaultList;

/// Where the text of a field lies.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    /// First byte.
    pub(super) start: usize,
    /// After the last byte.
    pub(super) end: usize,
    /// Whether the text was rewritten and lies in the scratch buffer.
    pub(super) is_rewritten: bool,
}

/// One row of a report: the texts of the used columns, borrowed from the reader's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) number: u64,
    pub(super) buffer: &'a [u8],
    pub(super) scratch: &'a [u8],
    pub(super) spans: &'a [Span; COLUMN_COUNT],
}

impl<'a> Row<'a> {
    /// The place in its file, from 1; the header does not count.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The text of a column as delivered; empty where the file has no such column.
    #[inline]
    pub fn text(&self, column: Column) -> &'a [u8] {
        let span = self.spans[column.index()];
        let source = if span.is_rewritten { self.scratch } else { self.buffer };
        &source[span.start..span.end]
    }
}

/// Takes the rows of one file, in their order.
pub trait RowSink {
    /// Takes a row, or says what is wrong with it.
    fn take(&mut self, row: &Row<'_>, faults: &mut FaultList);
}
