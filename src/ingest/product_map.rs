//! The attributes of a product that are used, in the map `product`.

use super::columns::{Column, canonical_name};
use super::filled::Completable;
use super::json_maps::Entries;

/// The columns of a map's attributes, in both spellings: `databaseEngine` and `database_engine`.
#[derive(Debug)]
pub(super) struct ProductKeys {
    /// By their length: most keys of a map are not used, and are told by it.
    by_length: Vec<Vec<(Box<[u8]>, usize)>>,
}

/// A product's attributes that are used: the place of the column and the text.
pub(super) type Product = Vec<(usize, Box<[u8]>)>;

impl ProductKeys {
    pub(super) fn new() -> Self {
        let mut by_length: Vec<Vec<(Box<[u8]>, usize)>> = Vec::new();
        for column in Column::ALL {
            let Some(spelled) = column.name().strip_prefix("product/") else { continue };
            let canonical = canonical_name(column.name());
            let short = |name: &str| name.strip_prefix("product_").unwrap_or(name).to_owned();
            let mut spellings = vec![spelled.to_owned(), short(&canonical)];
            spellings.extend(column.aliases().iter().map(|alias| short(alias)));
            spellings.sort();
            spellings.dedup();
            for key in spellings {
                by_length.resize_with(by_length.len().max(key.len() + 1), Vec::new);
                by_length[key.len()].push((key.into_bytes().into_boxed_slice(), column.index()));
            }
        }
        Self { by_length }
    }

    /// The place of the column that a key stands for.
    #[inline]
    pub(super) fn column_of(&self, key: &[u8]) -> Option<usize> {
        self.by_length.get(key.len())?.iter().find(|(known, _)| **known == *key).map(|(_, column)| *column)
    }

    /// The used attributes of a map. Two spellings of one attribute must agree.
    pub(super) fn product_of(&self, entries: &Entries) -> Result<Product, String> {
        let mut product = Product::new();
        for (key, text) in &entries.0 {
            let Some(column) = self.column_of(key.as_bytes()) else { continue };
            match product.iter().find(|(known, _)| *known == column) {
                Some((_, other)) if **other != *text.as_bytes() => return Err(two_values(column)),
                Some(_) => {}
                None => product.push((column, text.as_bytes().into())),
            }
        }
        Ok(product)
    }
}

/// What is wrong where two keys of a map are one attribute.
pub(super) fn two_values(column: usize) -> String {
    format!("two spellings of {} have different values", canonical_name(Column::ALL[column].name()))
}

/// Fills the columns that the row has no text of its own for.
#[inline]
pub(super) fn fill<'t>(product: &'t Product, texts: &mut dyn Completable<'t>) {
    for (column, text) in product {
        if texts.text(*column).is_empty() {
            texts.put(*column, text);
        }
    }
}
