//! From the texts of a row to the numbers of its key's parts, mostly without a look-up: texts repeat from row to row.

use super::key_parts::{KeyParts, PARTS, Part, TEXT_PARTS};
use super::key_texts::{TEXT_COUNT, Text};
use super::row_fields::BadField;
use super::row_key::{COLUMN_OF_TEXT, account_text};
use super::tables::Interner;
use crate::ingest::{Column, FaultKind};
use crate::usage::Sym;

/// A text that was checked, and its symbol.
#[derive(Debug, Default)]
struct Known {
    text: Vec<u8>,
    symbol: Sym,
}

/// Remembers the texts and parts of the previous row.
#[derive(Debug)]
pub(super) struct RowTexts {
    known: [Known; TEXT_COUNT],
    parts: [(Part, u32); TEXT_PARTS],
    /// The number of a last part without text.
    without_covered: Option<u32>,
}

impl RowTexts {
    pub(super) fn new() -> Self {
        // No text has the last symbol, so that the first row is not taken for a repeated one.
        Self {
            known: std::array::from_fn(|_| Known::default()),
            parts: [([Sym(u32::MAX); 11], 0); TEXT_PARTS],
            without_covered: None,
        }
    }

    /// The numbers of the parts of a row's texts. Checks the texts that it has not just seen. The last part is not
    /// looked at where it is known to be empty.
    #[inline]
    pub(super) fn numbers_of(
        &mut self,
        texts: &[&[u8]; TEXT_COUNT],
        has_covered_part: bool,
        interner: &mut Interner,
        parts: &mut KeyParts,
    ) -> Result<[u32; TEXT_PARTS], BadField> {
        let mut numbers = [0; TEXT_PARTS];
        let looked_at = if has_covered_part { TEXT_PARTS } else { TEXT_PARTS - 1 };
        for (group, number) in numbers[..looked_at].iter_mut().enumerate() {
            let mut part: Part = [Sym::EMPTY; 11];
            for (symbol, place) in part.iter_mut().zip(PARTS[group].clone()) {
                let (known, text) = (&self.known[place], texts[place]);
                let is_known = if text.is_empty() { !is_checked(place) } else { known.text == text };
                *symbol = match (is_known, text) {
                    (true, []) => Sym::EMPTY,
                    (true, _) => known.symbol,
                    (false, _) => self.learn(place, text, interner)?,
                };
            }
            if self.parts[group].0 != part {
                self.parts[group] = (part, parts.texts[group].number_of(&part));
            }
            *number = self.parts[group].1;
        }
        if !has_covered_part {
            let empty = || parts.texts[TEXT_PARTS - 1].number_of(&[Sym::EMPTY; 11]);
            numbers[TEXT_PARTS - 1] = *self.without_covered.get_or_insert_with(empty);
        }
        Ok(numbers)
    }

    fn learn(&mut self, place: usize, text: &[u8], interner: &mut Interner) -> Result<Sym, BadField> {
        let column = COLUMN_OF_TEXT[place];
        if matches!(column, Column::PayerAccountId | Column::UsageAccountId) && account_text(text).is_none() {
            return Err(BadField(column, FaultKind::BadAccount));
        }
        if column == Column::CurrencyCode && text != b"USD" {
            return Err(BadField(column, FaultKind::Currency));
        }
        let symbol = interner.intern(text).ok_or(BadField(column, FaultKind::NotUtf8))?;
        let known = &mut self.known[place];
        known.text.clear();
        known.text.extend_from_slice(text);
        known.symbol = symbol;
        Ok(symbol)
    }
}

/// Whether a text may not be empty: accounts and the currency.
const fn is_checked(place: usize) -> bool {
    place == Text::payer as usize || place == Text::account as usize || place == Text::currency as usize
}
