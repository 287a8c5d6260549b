use std::borrow::Cow;

use super::csv_fields::Fields;
use super::export_rows::BesideColumns;

/// The fields of a CSV record that are no used columns.
pub(super) struct RecordFields<'t>(pub(super) Fields<'t>);

impl<'t> BesideColumns<'t> for RecordFields<'t> {
    fn bytes(&self, place: usize) -> Cow<'t, [u8]> {
        Cow::Borrowed(self.0.get(place))
    }
}
