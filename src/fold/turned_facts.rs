//! Facts turned into columns.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Int32Array, Int64Array, UInt64Array};
use arrow_schema::{DataType, Field};
use rayon::prelude::*;

use super::coded::Coded;
use super::facts_columns::{DIGITS, PLACES, class_name, schema};
use super::key_texts::{TEXT_COUNT, texts_of};
use super::partial::{AMOUNT_COUNT, amounts_of};
use super::side_by_side::{Column, MakeColumn};
use crate::period::Instant;
use crate::usage::{Fact, Facts, Sym};

/// Facts that are turned at once: few enough that their columns stay in the processor's cache.
const BLOCK: usize = 2_048;

/// Facts of a row group, column by column.
pub struct TurnedFacts<'a> {
    facts: &'a Facts,
    rows: &'a [&'a Fact],
    blocks: Vec<Block>,
}

/// The texts and amounts of a few facts; no amounts where keys alone are turned.
struct Block {
    texts: [Vec<Sym>; TEXT_COUNT],
    amounts: [Vec<i128>; AMOUNT_COUNT],
}

impl<'a> TurnedFacts<'a> {
    /// Turns facts; `facts` has their texts.
    pub fn of(facts: &'a Facts, rows: &'a [&'a Fact]) -> Self {
        Self {
            facts,
            rows,
            blocks: rows.par_chunks(BLOCK).map(|rows| Block::of_keys(rows).with_amounts(rows)).collect(),
        }
    }

    /// Turns keys alone.
    pub fn of_keys(facts: &'a Facts, rows: &'a [&'a Fact]) -> Self {
        Self { facts, rows, blocks: rows.par_chunks(BLOCK).map(Block::of_keys).collect() }
    }

    /// The columns of `facts.parquet`: see [`write_facts`](super::write_facts).
    pub(super) fn columns(&self) -> Vec<(Arc<Field>, MakeColumn<'_>)> {
        let mut columns = self.makers_of_keys();
        columns.extend(self.makers_of_measures());
        schema().fields().iter().cloned().zip(columns).collect()
    }

    /// The first of them, which are the key.
    pub fn key_columns(&self) -> Vec<(Arc<Field>, MakeColumn<'_>)> {
        schema().fields().iter().cloned().zip(self.makers_of_keys()).collect()
    }

    fn makers_of_keys(&self) -> Vec<MakeColumn<'_>> {
        let mut columns: Vec<MakeColumn<'_>> = Vec::new();
        for place in 0..TEXT_COUNT {
            let texts = self.blocks.iter().flat_map(move |block| block.texts[place].iter().copied());
            columns.push(Box::new(move || Ok(Column::Coded(Coded::of_symbols(&self.facts.symbols, texts.clone())))));
        }
        columns.push(self.seconds(|fact| fact.key.price_instant));
        columns.push(self.array(|rows| {
            let starts: Int64Array = rows.map(|fact| fact.key.interval_start.map(Instant::seconds)).collect();
            Arc::new(starts)
        }));
        columns.push(
            self.array(|rows| {
                Arc::new(Int32Array::from_iter_values(rows.map(|fact| fact.key.usage_month.to_number())))
            }),
        );
        columns
            .push(self.array(|rows| Arc::new(rows.map(|fact| Some(fact.key.is_cost_zero)).collect::<BooleanArray>())));
        columns.push(
            self.array(|rows| Arc::new(rows.map(|fact| Some(fact.key.has_public_cost)).collect::<BooleanArray>())),
        );
        columns.push(Box::new(|| {
            let names = self.rows.iter().map(|fact| class_name(fact.key.description_class));
            Ok(Column::Coded(Coded::of_texts(names)))
        }));
        columns
    }

    fn makers_of_measures(&self) -> Vec<MakeColumn<'_>> {
        let mut columns = vec![
            self.array(|rows| Arc::new(UInt64Array::from_iter_values(rows.map(|fact| fact.measures.rows)))),
            self.array(|rows| Arc::new(UInt64Array::from_iter_values(rows.map(|fact| fact.measures.net_rows)))),
            self.seconds(|fact| fact.measures.first_start),
            self.seconds(|fact| fact.measures.last_end),
        ];
        for place in 0..AMOUNT_COUNT {
            let amounts = self.blocks.iter().flat_map(move |block| block.amounts[place].iter().copied());
            columns.push(Box::new(move || Ok(Column::Coded(Coded::of_units(amounts.clone())))));
        }
        columns
    }

    fn seconds(&self, instant: fn(&Fact) -> Instant) -> MakeColumn<'_> {
        self.array(move |rows| Arc::new(Int64Array::from_iter_values(rows.map(|fact| instant(fact).seconds()))))
    }

    fn array(
        &self,
        make: impl Fn(std::iter::Copied<std::slice::Iter<'_, &Fact>>) -> ArrayRef + Send + Sync + 'a,
    ) -> MakeColumn<'_> {
        Box::new(move || Ok(Column::Array(make(self.rows.iter().copied()))))
    }
}

impl Block {
    fn of_keys(rows: &[&Fact]) -> Self {
        let mut texts = std::array::from_fn(|_| Vec::with_capacity(rows.len()));
        for fact in rows {
            for (column, text) in texts.iter_mut().zip(texts_of(&fact.key)) {
                column.push(text);
            }
        }
        Self { texts, amounts: std::array::from_fn(|_| Vec::new()) }
    }

    fn with_amounts(mut self, rows: &[&Fact]) -> Self {
        self.amounts = std::array::from_fn(|_| Vec::with_capacity(rows.len()));
        for fact in rows {
            for (column, units) in self.amounts.iter_mut().zip(amounts_of(&fact.measures)) {
                column.push(units);
            }
        }
        self
    }
}

/// A column of texts that can never be null.
pub fn text_field(name: &str) -> Arc<Field> {
    Arc::new(Field::new(name, DataType::Utf8, false))
}

/// A column of exact sums, units of 10^-18, that can never be null.
pub fn amount_field(name: &str) -> Arc<Field> {
    Arc::new(Field::new(name, DataType::Decimal128(DIGITS, PLACES), false))
}
