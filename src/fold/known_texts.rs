//! The symbols of texts that were just seen: by the text itself, or by its place in a dictionary of the file.

use super::key_texts::{TEXT_COUNT, Text};
use super::row_fields::BadField;
use super::row_key::{COLUMN_OF_TEXT, account_text, without_blanks};
use super::tables::Interner;
use crate::ingest::{COLUMN_COUNT, Code, Column, FaultKind, Row};
use crate::usage::Sym;

/// Symbols of texts that were checked.
#[derive(Debug)]
pub(super) struct KnownTexts {
    /// Per text of the key the last one, as the row spells it.
    last: Vec<(Vec<u8>, Sym)>,
    /// Per column the symbols of its dictionary's texts.
    coded: Vec<ByCode<Sym>>,
}

/// What is known of the texts of a column's dictionary.
#[derive(Clone, Debug)]
pub(super) struct ByCode<T> {
    /// Which dictionary.
    dictionary: u64,
    values: Vec<Option<T>>,
}

impl<T> Default for ByCode<T> {
    fn default() -> Self {
        Self { dictionary: 0, values: Vec::new() }
    }
}

impl<T: Copy> ByCode<T> {
    #[inline]
    pub(super) fn get(&self, code: Code) -> Option<T> {
        if self.dictionary == code.dictionary { *self.values.get(code.place as usize)? } else { None }
    }

    /// Of another dictionary than the last one everything is forgotten. Blanks have no place.
    pub(super) fn set(&mut self, code: Code, value: T) {
        if code.place == Code::BLANK {
            return;
        }
        if self.dictionary != code.dictionary {
            self.dictionary = code.dictionary;
            self.values.clear();
        }
        let at = code.place as usize;
        if self.values.len() <= at {
            self.values.resize(at + 1, None);
        }
        self.values[at] = Some(value);
    }
}

impl KnownTexts {
    pub(super) fn new() -> Self {
        Self { last: vec![Default::default(); TEXT_COUNT], coded: vec![ByCode::default(); COLUMN_COUNT] }
    }

    /// The symbol of the text that a row has in a column, where it stands for a text of the key. Checks what it has not
    /// just seen.
    #[inline]
    pub(super) fn symbol_of(
        &mut self,
        row: &Row<'_>,
        place: usize,
        column: Column,
        interner: &mut Interner,
    ) -> Result<Sym, BadField> {
        if let Some(code) = row.code(column) {
            if code.place == Code::BLANK && !must_be_given(place) {
                return Ok(Sym::EMPTY);
            }
            if let Some(symbol) = self.coded[column.index()].get(code) {
                return Ok(symbol);
            }
            return self.learn_code(code, row.text(column), place, column, interner);
        }
        let text = row.text(column);
        if text.is_empty() && !must_be_given(place) {
            return Ok(Sym::EMPTY);
        }
        let (last, symbol) = &self.last[place];
        if is_same(last, text) && !text.is_empty() {
            return Ok(*symbol);
        }
        let symbol = symbol_of_text(text, place, column, interner)?;
        let (last, known) = &mut self.last[place];
        last.clear();
        last.extend_from_slice(text);
        *known = symbol;
        Ok(symbol)
    }

    #[inline(never)]
    fn learn_code(
        &mut self,
        code: Code,
        text: &[u8],
        place: usize,
        column: Column,
        interner: &mut Interner,
    ) -> Result<Sym, BadField> {
        if text.is_empty() && !must_be_given(place) {
            return Ok(Sym::EMPTY);
        }
        let symbol = symbol_of_text(text, place, column, interner)?;
        self.coded[column.index()].set(code, symbol);
        Ok(symbol)
    }
}

/// Whether two texts are the same. Most are short: words are compared here, without a call.
#[inline(always)]
pub(super) fn is_same(left: &[u8], right: &[u8]) -> bool {
    const SHORT: usize = 32;
    if left.len() != right.len() {
        return false;
    }
    if let (Some(left_end), Some(right_end)) = (left.last_chunk::<8>(), right.last_chunk::<8>()) {
        if left.len() > SHORT {
            return left == right;
        }
        let mut words = left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0);
        return left_end == right_end && words.all(|(left, right)| left == right);
    }
    left.iter().zip(right).all(|(left, right)| left == right)
}

fn symbol_of_text(text: &[u8], place: usize, column: Column, interner: &mut Interner) -> Result<Sym, BadField> {
    if matches!(column, Column::PayerAccountId | Column::UsageAccountId) && account_text(text).is_none() {
        return Err(BadField(column, FaultKind::BadAccount));
    }
    if column == Column::CurrencyCode && text != b"USD" {
        return Err(BadField(column, FaultKind::Currency));
    }
    let told = COLUMN_OF_TEXT[place];
    let symbol = if place == Text::commitment_arn as usize {
        interner.intern(&without_blanks(text))
    } else {
        interner.intern(text)
    };
    symbol.ok_or(BadField(told, FaultKind::NotUtf8))
}

/// Whether a text may not be empty: accounts and the currency.
const fn must_be_given(place: usize) -> bool {
    place == Text::payer as usize || place == Text::account as usize || place == Text::currency as usize
}
