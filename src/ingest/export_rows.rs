//! What rows of data exports need beside their columns: attributes out of maps, the line type of a FOCUS row. Files of
//! old have none of it and never come here.

use std::borrow::Cow;

use super::columns::Column;
use super::discount_map::{has_any, has_bundled};
use super::error::FaultList;
use super::export_header::{ExportHeader, spelled};
use super::fault_kind::FaultKind;
use super::filled::Completable;
use super::focus::Unbillable;
use super::json_maps::{Entries, KnownMaps};
use super::product_map::{Product, ProductKeys, fill};
use crate::usage::LineType;

/// The columns beside the used ones, of one row.
pub(super) trait BesideColumns<'t> {
    /// The bytes of a column as they stand in the file: in CSV with their quotes, a map as JSON.
    fn bytes(&self, place: usize) -> Cow<'t, [u8]>;

    /// Fills attributes of the product map into the texts that are blank, where the map is no JSON.
    fn fill_product(&self, _keys: &ProductKeys, _texts: &mut dyn Completable<'t>) -> Option<Result<(), FaultKind>> {
        None
    }
}

/// What is wrong with a row: the column, what was found, the rule.
pub(super) struct Wrong(pub(super) String, pub(super) Vec<u8>, pub(super) FaultKind);

impl Wrong {
    pub(super) fn tell(self, row: u64, faults: &mut FaultList) {
        faults.push(Some(row), Some(&self.0), &self.1, self.2);
    }
}

/// Completes the rows of a file.
#[derive(Debug)]
pub(super) struct ExportRows {
    header: ExportHeader,
    keys: ProductKeys,
    products: KnownMaps<Product>,
    tags: KnownMaps<Vec<(String, String)>>,
    /// The line type of the last row that was looked at: rows of a type stand together.
    last_type: Vec<u8>,
    /// Columns whose absence was told.
    told: Vec<Column>,
}

/// The tags of a row, by name, where somebody wants them.
pub(super) type MapTags<'t> = &'t [(String, String)];

impl ExportRows {
    pub(super) fn new(header: ExportHeader) -> Self {
        Self {
            header,
            keys: ProductKeys::new(),
            products: KnownMaps::new(),
            tags: KnownMaps::new(),
            last_type: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Fills in what the maps hold, and says what is wrong. A fault about the file is pushed, and the row goes on.
    pub(super) fn complete<'t>(
        &'t mut self,
        texts: &mut dyn Completable<'t>,
        beside: &dyn BesideColumns<'t>,
        with_tags: bool,
        number: u64,
        faults: &mut FaultList,
    ) -> Result<MapTags<'t>, Wrong> {
        let product = self.product(texts, beside)?;
        let tags = match self.header.tags.filter(|_| with_tags) {
            Some(place) => {
                let name = if self.header.focus.is_some() { "Tags" } else { "resource_tags" };
                let bytes = beside.bytes(place);
                Some(self.tags.place_of(&bytes, || Ok(sorted(read_map(name, &bytes, Entries::parse)?)))?)
            }
            None => None,
        };
        let discounts = self.header.discount.map(|place| beside.bytes(place));
        let discounts = discounts.as_deref().unwrap_or_default();
        if let Some(focus) = &self.header.focus {
            let has_discounts = read_map("x_Discounts", discounts, has_any)?;
            let field = |place| unquoted(beside.bytes(place));
            let line_type = focus.line_type(&|column| texts.text(column.index()), &field, has_discounts);
            let refuse =
                |Unbillable { column, found, why }| Wrong(column.to_owned(), found, FaultKind::FocusRow { why });
            texts.put(Column::LineItemType.index(), line_type.map_err(refuse)?);
        } else {
            self.check_type(texts, number, faults);
            if !discounts.is_empty() && read_map("discount", discounts, has_bundled)? {
                return Err(Wrong("discount".to_owned(), plain(discounts), FaultKind::BundledInMap));
            }
        }
        let known = &*self;
        if let Some(place) = product {
            fill(known.products.at(place), texts);
        }
        Ok(tags.map_or(&[], |place| known.tags.at(place)))
    }

    /// The place of the row's product, or nothing where it is filled in already.
    fn product<'t>(
        &mut self,
        texts: &mut dyn Completable<'t>,
        beside: &dyn BesideColumns<'t>,
    ) -> Result<Option<usize>, Wrong> {
        let Some(place) = self.header.product else { return Ok(None) };
        if let Some(filled) = beside.fill_product(&self.keys, texts) {
            return filled.map(|()| None).map_err(|kind| Wrong("product".to_owned(), Vec::new(), kind));
        }
        let bytes = beside.bytes(place);
        let keys = &self.keys;
        let read = || {
            let product = |text: &[u8]| keys.product_of(&Entries::parse(text)?);
            read_map("product", &bytes, product)
        };
        self.products.place_of(&bytes, read).map(Some)
    }

    /// Tells the columns that rows of this type cannot do without: each once.
    fn check_type(&mut self, texts: &dyn Completable<'_>, number: u64, faults: &mut FaultList) {
        if self.header.lacks.is_empty() {
            return;
        }
        let text = texts.text(Column::LineItemType.index());
        if self.last_type == text {
            return;
        }
        self.last_type = text.to_owned();
        let line_type = LineType::parse(&String::from_utf8_lossy(text));
        for (column, types) in &self.header.lacks {
            if types.contains(&line_type) && !self.told.contains(column) {
                self.told.push(*column);
                faults.push(Some(number), Some(&spelled(*column)), text, FaultKind::NotSelectedForRows);
            }
        }
    }
}

fn sorted(Entries(mut entries): Entries) -> Vec<(String, String)> {
    entries.retain(|(_, value)| !value.is_empty());
    entries.sort();
    entries
}

/// Reads a map that stands in the file as these bytes.
fn read_map<T>(column: &str, bytes: &[u8], read: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, Wrong> {
    let text = plain(bytes);
    read(&text).map_err(|why| Wrong(column.to_owned(), text, FaultKind::BadMap { why }))
}

/// The text of a field of a CSV record, or of a Parquet value, which has no quotes around it.
fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    super::csv_fields::write_text(bytes, &mut text);
    text
}

/// The same, copied only where quotes are doubled in it.
fn unquoted(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match bytes {
        Cow::Borrowed([b'"', inner @ .., b'"']) if memchr::memchr(b'"', inner).is_none() => Cow::Borrowed(inner),
        Cow::Borrowed(quoted @ [b'"', ..]) => Cow::Owned(plain(quoted)),
        plain @ (Cow::Borrowed(_) | Cow::Owned(_)) => plain,
    }
}
