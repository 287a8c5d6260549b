use super::columns::{COLUMN_COUNT, Column, canonical_name};
use super::error::FaultList;
use super::export_columns::{Need, is_in_product_map, need_in_export};
use super::fault_kind::FaultKind;
use super::focus::Focus;
use super::report_kind::ReportKind;
use crate::usage::LineType;

/// Where the columns are that only data exports have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExportHeader {
    pub(super) kind: ReportKind,
    /// The maps `product`, `resource_tags` or `Tags`, and `discount`.
    pub(super) product: Option<usize>,
    pub(super) tags: Option<usize>,
    pub(super) discount: Option<usize>,
    pub(super) focus: Option<Focus>,
    /// Columns that the file has not, and rows of which types cannot do without.
    pub(super) lacks: Vec<(Column, &'static [LineType])>,
}

impl ExportHeader {
    /// Finds them; nothing for a report of old. Pushes a fault for each needed column that is missing.
    pub(super) fn resolve(
        kind: ReportKind,
        names: &[String],
        places: &mut [Option<usize>; COLUMN_COUNT],
        faults: &mut FaultList,
    ) -> Option<Self> {
        let find = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        match kind {
            ReportKind::Legacy => None,
            ReportKind::Focus(version) => {
                let focus = Focus::resolve(names, version, places, faults);
                let (tags, discount) = (find("Tags"), Some(focus.discounts));
                Some(Self { kind, product: None, tags, discount, focus: Some(focus), lacks: Vec::new() })
            }
            ReportKind::Export => {
                let product = find("product");
                let lacks = lacking(places, product.is_some(), faults);
                let (tags, discount) = (find("resource_tags"), find("discount"));
                Some(Self { kind, product, tags, discount, focus: None, lacks })
            }
        }
    }

    /// The places that are read beside the used columns; tags only where somebody wants them.
    pub(super) fn beside(&self, with_tags: bool) -> impl Iterator<Item = usize> + '_ {
        let maps = [self.product, self.discount, self.tags.filter(|_| with_tags)];
        maps.into_iter().flatten().chain(self.focus.iter().flat_map(Focus::beside))
    }
}

/// What a CUR 2.0 export lacks. Columns that every file needs are told at once.
fn lacking(
    places: &[Option<usize>; COLUMN_COUNT],
    has_product_map: bool,
    faults: &mut FaultList,
) -> Vec<(Column, &'static [LineType])> {
    let mut lacks = Vec::new();
    for column in Column::ALL {
        let has = |column: Column| places[column.index()].is_some() || has_product_map && is_in_product_map(column);
        if has(column) || column == Column::RegionCode && has(Column::Region) {
            continue; // The Region stands in either column.
        }
        match need_in_export(column) {
            Need::Always => faults.push(None, Some(&spelled(column)), b"", FaultKind::NotSelected),
            Need::For(types) => lacks.push((column, types)),
            Need::Nobody => {}
        }
    }
    lacks
}

/// How a column, or the map that it is in, is called in a SELECT.
pub(super) fn spelled(column: Column) -> String {
    if is_in_product_map(column) { String::from("product") } else { canonical_name(column.name()) }
}
