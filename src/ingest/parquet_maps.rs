//! The columns of a Parquet batch that only data exports have: maps, whatever their inner fields are called, and texts.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use super::columns::COLUMN_COUNT;
use super::export_header::ExportHeader;
use super::export_rows::BesideColumns;
use super::fault_kind::FaultKind;
use super::filled::Completable;
use super::parquet_cells::Cells;
use super::product_map::{ProductKeys, two_values};

/// A map column: where the entries of each row lie, and all names and values.
struct MapCells<'a> {
    array: &'a dyn Array,
    offsets: &'a [i32],
    names: Cells<'a>,
    values: Cells<'a>,
}

impl<'a> MapCells<'a> {
    /// A map, or a list of structs with two fields, as some writers leave a map.
    fn of(array: &'a dyn Array) -> Option<Self> {
        if let Some(map) = array.as_map_opt() {
            let (names, values) = (Cells::of(map.keys())?, Cells::of(map.values())?);
            return Some(Self { array, offsets: map.value_offsets(), names, values });
        }
        let list = array.as_list_opt::<i32>()?;
        let [names, values] = list.values().as_struct_opt()?.columns() else { return None };
        let (names, values) = (Cells::of(names)?, Cells::of(values)?);
        Some(Self { array, offsets: list.value_offsets(), names, values })
    }

    fn entries(&self, row: usize) -> std::ops::Range<usize> {
        let at = |place: usize| usize::try_from(self.offsets[place]).unwrap_or(0);
        if self.array.is_valid(row) { at(row)..at(row + 1) } else { 0..0 }
    }

    /// The map of a row as JSON.
    fn json(&self, row: usize) -> Vec<u8> {
        let entries = self.entries(row);
        if entries.is_empty() {
            return Vec::new();
        }
        let mut text = vec![b'{'];
        for entry in entries {
            if text.len() > 1 {
                text.push(b',');
            }
            write_json(&self.names, entry, &mut text);
            text.push(b':');
            write_json(&self.values, entry, &mut text);
        }
        text.push(b'}');
        text
    }
}

/// A name or value as a JSON string. Numbers become strings too: what is read of a map is text.
fn write_json(cells: &Cells<'_>, entry: usize, text: &mut Vec<u8>) {
    let mut value = Cow::Borrowed(cells.bytes(entry));
    if !cells.is_text() {
        cells.write_text(entry, value.to_mut());
    }
    // Writing a text to a vector cannot fail.
    let _ = serde_json::to_writer(text, &String::from_utf8_lossy(&value));
}

/// A column beside the used ones.
enum Cell<'a> {
    Map(MapCells<'a>),
    Plain(Cells<'a>),
}

/// Those of a batch.
pub(super) struct ExportColumns<'a> {
    cells: Vec<(usize, Cell<'a>)>,
    product: Option<usize>,
}

/// Whether a column beside the used ones can be read.
#[allow(clippy::wildcard_enum_match_arm, reason = "the types of Arrow are not ours; others are refused")]
pub(super) fn is_readable(kind: &DataType) -> bool {
    match kind {
        DataType::Map(entries, _) | DataType::List(entries) => match entries.data_type() {
            DataType::Struct(fields) => {
                fields.len() == 2 && fields.iter().all(|field| Cells::is_readable(field.data_type()))
            }
            _ => false,
        },
        plain => Cells::is_readable(plain),
    }
}

impl<'a> ExportColumns<'a> {
    pub(super) fn of(
        batch: &'a RecordBatch,
        header: &ExportHeader,
        names: &[String],
        with_tags: bool,
    ) -> Result<Self, String> {
        let mut cells = Vec::new();
        for place in header.beside(with_tags) {
            let name = &names[place];
            let array = batch.column_by_name(name).ok_or_else(|| format!("column {name} was not decoded"))?;
            let cell = match MapCells::of(array.as_ref()) {
                Some(map) => Cell::Map(map),
                None => {
                    Cell::Plain(Cells::of(array.as_ref()).ok_or_else(|| format!("column {name} changed its type"))?)
                }
            };
            cells.push((place, cell));
        }
        Ok(Self { cells, product: header.product })
    }

    /// Whether any text that a row may get from here may have a NUL.
    pub(super) fn may_have_nul(&self) -> bool {
        self.cells.iter().any(|(_, cell)| match cell {
            Cell::Map(map) => map.values.may_have_nul(),
            Cell::Plain(cells) => cells.may_have_nul(),
        })
    }

    pub(super) fn at(&self, row: usize) -> RowBeside<'_, 'a> {
        RowBeside { columns: self, row }
    }

    fn cell(&self, place: usize) -> Option<&Cell<'a>> {
        self.cells.iter().find(|(known, _)| *known == place).map(|(_, cell)| cell)
    }
}

/// Those of a row.
pub(super) struct RowBeside<'b, 'a> {
    columns: &'b ExportColumns<'a>,
    row: usize,
}

impl<'t, 'a: 't> BesideColumns<'t> for RowBeside<'_, 'a> {
    fn bytes(&self, place: usize) -> Cow<'t, [u8]> {
        match self.columns.cell(place) {
            Some(Cell::Map(map)) => Cow::Owned(map.json(self.row)),
            Some(Cell::Plain(cells)) if cells.is_text() => Cow::Borrowed(cells.bytes(self.row)),
            Some(Cell::Plain(cells)) => {
                let mut text = Vec::new();
                cells.write_text(self.row, &mut text);
                Cow::Owned(text)
            }
            None => Cow::Borrowed(b""),
        }
    }

    fn fill_product(&self, keys: &ProductKeys, texts: &mut dyn Completable<'t>) -> Option<Result<(), FaultKind>> {
        let Cell::Map(map) = self.columns.cell(self.columns.product?)? else { return None };
        if !map.values.is_text() {
            return None;
        }
        let mut filled = [false; COLUMN_COUNT];
        for entry in map.entries(self.row) {
            let Some(column) = keys.column_of(map.names.bytes(entry)) else { continue };
            let text = map.values.bytes(entry);
            let known = texts.text(column);
            if filled[column] && known != text {
                return Some(Err(FaultKind::BadMap { why: two_values(column) }));
            }
            if known.is_empty() {
                texts.put(column, text);
                filled[column] = true;
            }
        }
        Some(Ok(()))
    }
}
