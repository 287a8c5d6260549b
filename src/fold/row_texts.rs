//! From the texts of a row to the numbers of its key's parts, mostly without a look-up: texts repeat from row to row.

use super::key_parts::{KeyParts, PARTS, Part, TEXT_PARTS};
use super::key_texts::Text;
use super::known_texts::KnownTexts;
use super::row_fields::BadField;
use super::row_key::{MARKETPLACE, columns_of_texts};
use super::tables::Interner;
use crate::ingest::{Column, Row};
use crate::usage::{LineType, Sym};

/// The texts that rows of one type have in one part of their key: the place in the part, the text, its columns.
type PartPlan = Vec<(usize, usize, Column, Option<Column>)>;

/// Remembers the texts and parts of the previous rows.
#[derive(Debug)]
pub(super) struct RowTexts {
    plans: Vec<(LineType, [PartPlan; TEXT_PARTS])>,
    known: KnownTexts,
    parts: [(Part, u32); TEXT_PARTS],
}

impl RowTexts {
    pub(super) fn new() -> Self {
        Self {
            plans: Vec::new(),
            known: KnownTexts::new(),
            // No text has the last symbol, so that the first row is not taken for a repeated one.
            parts: [([Sym(u32::MAX); 11], 0); TEXT_PARTS],
        }
    }

    /// The numbers of the parts of a row's texts. Checks the texts that it has not just seen.
    #[inline]
    pub(super) fn numbers_of(
        &mut self,
        row: &Row<'_>,
        line_type: LineType,
        interner: &mut Interner,
        parts: &mut KeyParts,
    ) -> Result<[u32; TEXT_PARTS], BadField> {
        let mut numbers = [0; TEXT_PARTS];
        let plan = self.plan_of(line_type);
        let plan = &self.plans[plan].1;
        for (group, number) in numbers.iter_mut().enumerate() {
            let mut part: Part = [Sym::EMPTY; 11];
            for &(in_part, text, first, second) in &plan[group] {
                if text == Text::product_name as usize && row.text(Column::BillingEntity) != MARKETPLACE {
                    continue;
                }
                let mut symbol = self.known.symbol_of(row, text, first, interner)?;
                if let (Sym::EMPTY, Some(second)) = (symbol, second) {
                    symbol = self.known.symbol_of(row, text, second, interner)?;
                }
                part[in_part] = symbol;
            }
            if self.parts[group].0 != part {
                self.parts[group] = (part, parts.texts[group].number_of(&part));
            }
            *number = self.parts[group].1;
        }
        Ok(numbers)
    }

    /// The place of the plan of a type: there are few.
    #[inline]
    fn plan_of(&mut self, line_type: LineType) -> usize {
        if let Some(place) = self.plans.iter().position(|(known, _)| *known == line_type) {
            return place;
        }
        let columns = columns_of_texts(line_type);
        let plan = |group: usize| {
            let range = PARTS[group].clone();
            let start = range.start;
            let texts = range.map(|text| (text, columns[text]));
            texts.filter_map(|(text, [first, second])| Some((text - start, text, first?, second))).collect()
        };
        self.plans.push((line_type, std::array::from_fn(plan)));
        self.plans.len() - 1
    }
}
