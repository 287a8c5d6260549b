//! The columns of a facts file, and facts read from them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use super::key_texts::{TEXT_COUNT, TEXT_NAMES, Text, with_texts};
use super::partial::{AMOUNT_COUNT, measures_of};
use super::row_key::EMPTY_KEY;
use super::tables::Interner;
use super::turned_facts::{amount_field, text_field};
use crate::period::{BillingPeriod, Instant};
use crate::usage::{DescriptionClass, Fact, FactKey, LineType, Sym};

/// Digits of an amount: more than any sum of the grid has.
pub(super) const DIGITS: u8 = 38;
/// Decimals of an amount.
pub(super) const PLACES: i8 = 18;

/// Amounts and quantities, in their order.
const AMOUNTS: [&str; AMOUNT_COUNT] = [
    "quantity",
    "unblended_usd",
    "public_cost_usd",
    "net_unblended_usd",
    "normalized_quantity",
    "sp_effective_cost_usd",
    "ri_effective_cost_usd",
    "total_commitment_usd",
    "used_commitment_usd",
    "amortized_upfront_usd",
];

/// The columns of the key: see [`write_facts`](super::write_facts).
pub fn key_fields() -> impl Iterator<Item = Arc<Field>> {
    let others = [
        Field::new("price_instant", DataType::Int64, false),
        Field::new("interval_start", DataType::Int64, true),
        Field::new("usage_month", DataType::Int32, false),
        Field::new("is_cost_zero", DataType::Boolean, false),
        Field::new("has_public_cost", DataType::Boolean, false),
        Field::new("description_class", DataType::Utf8, false),
    ];
    TEXT_NAMES.iter().map(|name| text_field(name)).chain(others.map(Arc::new))
}

/// The written schema: the key, then the measures.
pub(super) fn schema() -> Arc<Schema> {
    let others = [
        Field::new("rows", DataType::UInt64, false),
        Field::new("net_rows", DataType::UInt64, false),
        Field::new("first_start", DataType::Int64, false),
        Field::new("last_end", DataType::Int64, false),
    ];
    let amounts = AMOUNTS.iter().map(|name| amount_field(name));
    Arc::new(Schema::new(key_fields().chain(others.map(Arc::new)).chain(amounts).collect::<Vec<_>>()))
}

/// The facts of a batch, with symbols of `texts`. The batch has the schema of [`schema`].
pub(super) fn from_batch(batch: &RecordBatch, texts: &mut Interner) -> Result<Vec<Fact>, String> {
    let mut columns = Columns { batch, next: 0 };
    let text: Vec<&StringArray> =
        (0..TEXT_COUNT).map(|_| columns.take(|array| array.as_string_opt())).collect::<Result<_, _>>()?;
    let price_instant = columns.take(|array| array.as_primitive_opt::<Int64Type>())?;
    let interval_start = columns.take(|array| array.as_primitive_opt::<Int64Type>())?;
    let usage_month = columns.take(|array| array.as_primitive_opt::<Int32Type>())?;
    let is_cost_zero = columns.take(|array| array.as_boolean_opt())?;
    let has_public_cost = columns.take(|array| array.as_boolean_opt())?;
    let class: &StringArray = columns.take(|array| array.as_string_opt())?;
    let rows = columns.take(|array| array.as_primitive_opt::<UInt64Type>())?;
    let net_rows = columns.take(|array| array.as_primitive_opt::<UInt64Type>())?;
    let first_start = columns.take(|array| array.as_primitive_opt::<Int64Type>())?;
    let last_end = columns.take(|array| array.as_primitive_opt::<Int64Type>())?;
    let mut amounts = Vec::new();
    for _ in AMOUNTS {
        amounts.push(columns.take(|array| array.as_primitive_opt::<Decimal128Type>())?);
    }
    let mut facts = Vec::with_capacity(batch.num_rows());
    // Facts are sorted: most texts are those of the fact before.
    let mut last = [("", Sym::EMPTY); TEXT_COUNT];
    let mut line_type = ("", LineType::parse(""));
    for row in 0..batch.num_rows() {
        let mut symbols = [Sym::EMPTY; TEXT_COUNT];
        for ((symbol, last), column) in symbols.iter_mut().zip(&mut last).zip(&text) {
            let text = column.value(row);
            if text != last.0 {
                *last = (text, texts.intern(text.as_bytes()).expect("it is text"));
            }
            *symbol = last.1;
        }
        let spelled = text[Text::line_type_text as usize].value(row);
        if spelled != line_type.0 {
            line_type = (spelled, LineType::parse(spelled));
        }
        let key = FactKey {
            line_type: line_type.1,
            price_instant: Instant::from_seconds(price_instant.value(row)),
            interval_start: interval_start.is_valid(row).then(|| Instant::from_seconds(interval_start.value(row))),
            usage_month: BillingPeriod::from_number(usage_month.value(row)),
            is_cost_zero: is_cost_zero.value(row),
            has_public_cost: has_public_cost.value(row),
            description_class: class_of(class.value(row)).ok_or("an unknown description class")?,
            ..EMPTY_KEY
        };
        let measures = measures_of(
            [rows.value(row), net_rows.value(row)],
            std::array::from_fn(|place| amounts[place].value(row)),
            [first_start.value(row), last_end.value(row)].map(Instant::from_seconds),
        );
        facts.push(Fact { key: with_texts(&key, symbols), measures });
    }
    Ok(facts)
}

/// The columns of a batch one after the other.
struct Columns<'a> {
    batch: &'a RecordBatch,
    next: usize,
}

impl<'a> Columns<'a> {
    fn take<T>(&mut self, read: impl Fn(&'a dyn Array) -> Option<&'a T>) -> Result<&'a T, String> {
        let array: &'a ArrayRef = self.batch.columns().get(self.next).ok_or("a column is missing")?;
        self.next += 1;
        read(array.as_ref()).ok_or_else(|| format!("column {} has another type", self.next))
    }
}

pub(super) fn class_name(class: DescriptionClass) -> &'static str {
    match class {
        DescriptionClass::Plain => "none",
        DescriptionClass::Free => "free",
        DescriptionClass::FlatRate => "flat_rate",
        DescriptionClass::SavingsBundle => "savings_bundle",
    }
}

fn class_of(name: &str) -> Option<DescriptionClass> {
    use DescriptionClass::{FlatRate, Free, Plain, SavingsBundle};
    [Plain, Free, FlatRate, SavingsBundle].into_iter().find(|class| class_name(*class) == name)
}
