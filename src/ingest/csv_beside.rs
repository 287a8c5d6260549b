use std::borrow::Cow;

use super::export_rows::BesideColumns;

/// The fields of a CSV record: where it begins, and where each of its fields ends.
pub(super) struct RecordFields<'t> {
    pub(super) buffer: &'t [u8],
    pub(super) start: usize,
    pub(super) ends: &'t [usize],
}

impl<'t> BesideColumns<'t> for RecordFields<'t> {
    fn bytes(&self, place: usize) -> Cow<'t, [u8]> {
        let from = if place == 0 { self.start } else { self.ends[place - 1] + 1 };
        Cow::Borrowed(&self.buffer[from..self.ends[place]])
    }
}
