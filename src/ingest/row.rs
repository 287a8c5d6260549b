use std::borrow::Cow;

use super::columns::{COLUMN_COUNT, Column};
use super::csv_fields::Fields;
use super::csv_header::Header;
use super::error::FaultList;
use super::filled::Filled;
use super::parquet_batch::Batch;
use crate::money::Parsed;
use crate::period::{BillingPeriod, Instant};

/// One row of a report: the values of the used columns, borrowed from the reader's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) number: u64,
    pub(super) values: Values<'a>,
    pub(super) detail: &'a RowDetail<'a>,
}

/// Where the values of a row are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Values<'a> {
    /// All texts, found already.
    Texts(&'a [&'a [u8]; COLUMN_COUNT]),
    /// Fields of a CSV record without doubled quotes: most columns are never asked for.
    Fields(Fields<'a>, &'a Header),
    /// A row of decoded columns.
    Batch(&'a Batch<'a>, usize),
    /// The same, with texts that its columns have not.
    Completed(&'a Batch<'a>, usize, &'a Filled<'a>),
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

/// A text by its place in a dictionary: equal codes are equal texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Which dictionary: no two have the same number, of whatever file and column they are. 0 is none.
    pub dictionary: u64,
    /// The place in it, or [`BLANK`](Self::BLANK).
    pub place: u32,
}

impl Code {
    /// The place of a value that is not there.
    pub const BLANK: u32 = u32::MAX;
}

impl<'a> Row<'a> {
    /// The place in its file, from 1; the header does not count.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The text of a column as delivered; empty where the file has no such column.
    #[inline(always)]
    pub fn text(&self, column: Column) -> &'a [u8] {
        match self.values {
            Values::Texts(texts) => texts[column.index()],
            Values::Fields(fields, header) => header.places[column.index()].map_or(b"", |place| fields.text(place)),
            Values::Batch(batch, row) => batch.text(column, row),
            Values::Completed(batch, row, filled) => filled.get(column).unwrap_or_else(|| batch.text(column, row)),
        }
    }

    /// The number of a column whose values are numbers already, where it is on the grid: nothing where the text must
    /// be asked. A blank is [`Some(None)`].
    #[inline]
    pub fn number_of(&self, column: Column) -> Option<Option<Parsed>> {
        let (batch, row) = self.decoded(column)?;
        batch.number(column, row)
    }

    /// The time of a column whose values are times already: nothing where the text must be asked.
    #[inline]
    pub fn time_of(&self, column: Column) -> Option<Instant> {
        let (batch, row) = self.decoded(column)?;
        batch.time(column, row)
    }

    /// The text of a column by its place in a dictionary: nothing where it has none.
    #[inline]
    pub fn code(&self, column: Column) -> Option<Code> {
        let (batch, row) = self.decoded(column)?;
        batch.code(column, row)
    }

    /// Whether a column is blank, or the file has none.
    #[inline]
    pub fn is_blank(&self, column: Column) -> bool {
        match self.decoded(column) {
            Some((batch, row)) => batch.is_blank(column, row),
            None => self.text(column).is_empty(),
        }
    }

    /// Where the value of a column lies decoded: nowhere if the row has only its text.
    #[inline]
    fn decoded(&self, column: Column) -> Option<(&'a Batch<'a>, usize)> {
        match self.values {
            Values::Texts(_) | Values::Fields(..) => None,
            Values::Batch(batch, row) => Some((batch, row)),
            Values::Completed(batch, row, filled) => filled.get(column).is_none().then_some((batch, row)),
        }
    }

    /// Whether any text of the row has a NUL.
    pub(super) fn has_nul(&self) -> bool {
        Column::ALL.iter().any(|column| memchr::memchr(0, self.text(*column)).is_some())
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

    /// The month whose rows are taken, where rows of others are only counted.
    fn wanted_month(&self) -> Option<BillingPeriod> {
        None
    }

    /// Counts rows of another month that need not be read. `false`: they must be read.
    fn skip(&mut self, _payer: &str, _period: BillingPeriod, _rows: u64) -> bool {
        false
    }
}
