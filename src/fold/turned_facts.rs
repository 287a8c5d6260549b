//! Facts turned into columns.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Int32Array, Int64Array, UInt64Array};
use arrow_schema::{DataType, Field};
use rayon::prelude::*;

use super::coded::Coded;
use super::facts_columns::{DIGITS, PLACES, class_name};
use super::key_columns::KeyColumns;
use super::partial::{AMOUNT_COUNT, amounts_of};
use super::side_by_side::{Column, MakeColumn};
use crate::period::Instant;
use crate::usage::{Fact, Facts};

/// Facts of which amounts are turned at once: few enough that their columns stay in the processor's cache.
const BLOCK: usize = 2_048;

/// Facts of a row group, column by column.
pub struct TurnedFacts<'a> {
    facts: &'a Facts,
    rows: &'a [&'a Fact],
    texts: KeyColumns,
    /// None where keys alone are turned.
    amounts: Vec<[Vec<i128>; AMOUNT_COUNT]>,
}

impl<'a> TurnedFacts<'a> {
    /// Turns facts; `facts` has their texts.
    pub(super) fn of(facts: &'a Facts, rows: &'a [&'a Fact]) -> Self {
        let amounts = rows.par_chunks(BLOCK).map(turned_amounts).collect();
        Self { facts, rows, texts: KeyColumns::of(&facts.symbols, rows), amounts }
    }

    /// Keys alone, whose texts are turned already.
    pub const fn of_keys(facts: &'a Facts, rows: &'a [&'a Fact], texts: KeyColumns) -> Self {
        Self { facts, rows, texts, amounts: Vec::new() }
    }

    /// The texts of its keys.
    pub(super) fn into_texts(self) -> KeyColumns {
        self.texts
    }

    /// The columns of `facts.parquet`: see [`write_facts`](super::write_facts).
    pub(super) fn columns(&self) -> Vec<MakeColumn<'_>> {
        let mut columns = self.key_columns();
        columns.extend(self.measure_columns());
        columns
    }

    /// The first of them, which are the key: see [`key_fields`](super::key_fields).
    pub fn key_columns(&self) -> Vec<MakeColumn<'_>> {
        let mut columns: Vec<MakeColumn<'_>> = Vec::new();
        for texts in self.texts.columns() {
            columns.push(Box::new(move || Ok(Column::Coded(Coded::of_numbered(&self.facts.symbols, texts)))));
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

    fn measure_columns(&self) -> Vec<MakeColumn<'_>> {
        let mut columns = vec![
            self.array(|rows| Arc::new(UInt64Array::from_iter_values(rows.map(|fact| fact.measures.rows)))),
            self.array(|rows| Arc::new(UInt64Array::from_iter_values(rows.map(|fact| fact.measures.net_rows)))),
            self.seconds(|fact| fact.measures.first_start),
            self.seconds(|fact| fact.measures.last_end),
        ];
        for place in 0..AMOUNT_COUNT {
            let amounts = self.amounts.iter().flat_map(move |block| block[place].iter().copied());
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

fn turned_amounts(rows: &[&Fact]) -> [Vec<i128>; AMOUNT_COUNT] {
    let mut amounts = std::array::from_fn(|_| Vec::with_capacity(rows.len()));
    for fact in rows {
        for (column, units) in amounts.iter_mut().zip(amounts_of(&fact.measures)) {
            column.push(units);
        }
    }
    amounts
}

/// A column of texts that can never be null.
pub fn text_field(name: &str) -> Arc<Field> {
    Arc::new(Field::new(name, DataType::Utf8, false))
}

/// A column of exact sums, units of 10^-18, that can never be null.
pub fn amount_field(name: &str) -> Arc<Field> {
    Arc::new(Field::new(name, DataType::Decimal128(DIGITS, PLACES), false))
}
