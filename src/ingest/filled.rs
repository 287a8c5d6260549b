//! Texts of a row that are filled in beside its columns: out of maps, or said by other columns.

use super::columns::{COLUMN_COUNT, Column};
use super::parquet_batch::Batch;

/// A row that is being completed: it is asked for texts, by the places of their columns, and others are put in their place.
pub(super) trait Completable<'t> {
    fn text(&self, column: usize) -> &'t [u8];
    fn put(&mut self, column: usize, text: &'t [u8]);
}

impl<'t> Completable<'t> for [&'t [u8]; COLUMN_COUNT] {
    #[inline]
    fn text(&self, column: usize) -> &'t [u8] {
        self[column]
    }

    #[inline]
    fn put(&mut self, column: usize, text: &'t [u8]) {
        self[column] = text;
    }
}

/// The texts that were put, by column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filled<'t> {
    texts: [&'t [u8]; COLUMN_COUNT],
    /// A bit for each column that has one.
    columns: u64,
}

const _: () = assert!(COLUMN_COUNT <= 64, "a bit for each column");

impl<'t> Filled<'t> {
    #[inline]
    pub(super) const fn get(&self, column: Column) -> Option<&'t [u8]> {
        let place = column.index();
        if self.columns & 1 << place == 0 { None } else { Some(self.texts[place]) }
    }
}

/// A row of decoded columns that is being completed. Its columns stay what they are: numbers, and places in dictionaries.
pub(super) struct Completing<'t> {
    pub(super) batch: &'t Batch<'t>,
    pub(super) row: usize,
    pub(super) filled: Filled<'t>,
}

impl<'t> Completing<'t> {
    pub(super) const fn new(batch: &'t Batch<'t>, row: usize) -> Self {
        Self { batch, row, filled: Filled { texts: [b""; COLUMN_COUNT], columns: 0 } }
    }
}

impl<'t> Completable<'t> for Completing<'t> {
    #[inline]
    fn text(&self, column: usize) -> &'t [u8] {
        let column = Column::ALL[column];
        self.filled.get(column).unwrap_or_else(|| self.batch.text(column, self.row))
    }

    #[inline]
    fn put(&mut self, column: usize, text: &'t [u8]) {
        self.filled.texts[column] = text;
        self.filled.columns |= 1 << column;
    }
}
