//! `charges.parquet`: what every charged fact became.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::alone::{GivenBack, ListCharges, PriceReasons};
use crate::discount::FactCharge;
use crate::fold::{SideBySide, facts_batch, without_amount_statistics};
use crate::money::{Quantity, Usd};
use crate::usage::{Fact, Facts};

/// Charges in a row group, and in a batch.
const GROUP_ROWS: usize = 65_536;

/// Sums of a fact that say nothing about its charge; `facts.parquet` has them.
const LEFT_OUT: [&str; 12] = [
    "public_cost_usd",
    "net_unblended_usd",
    "net_rows",
    "normalized_quantity",
    "sp_effective_cost_usd",
    "ri_effective_cost_usd",
    "total_commitment_usd",
    "used_commitment_usd",
    "amortized_upfront_usd",
    "first_start",
    "last_end",
    "unblended_usd",
];

/// Writes one row per charged fact, in order of the facts; the same charges give the same bytes.
///
/// Columns: the key of the fact as in `facts.parquet`, `rows`, `quantity`; `charged_account`, `section`;
/// `aws_unblended_usd`, `list_usd`, `discount_usd`, `net_usd` as decimal128(38, 18); `list_source`; `price_rule`
/// (`single_price`, `tiers`, else why it is passed on), `price_rows` and `price_sources` (see [`PriceRows`](crate::alone::PriceRows));
/// `given_back_quantity` and `given_back_by` (ARNs, separated by `; `): what own commitments cover after all.
pub fn write_charges(
    facts: &Facts,
    list: &ListCharges,
    charges: &[FactCharge],
    out: impl Write + Send,
) -> Result<(), ParquetError> {
    let reasons = PriceReasons::of(facts, list);
    let schema = to_batch(facts, &reasons, &[])?.schema();
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_created_by(String::from("seikyu charges 2"));
    let properties = without_amount_statistics(properties, &schema).build();
    let mut writer = SideBySide::begin(out, schema, properties)?;
    for part in charges.chunks(GROUP_ROWS) {
        writer.write(&to_batch(facts, &reasons, part)?)?;
    }
    writer.close()?;
    Ok(())
}

fn to_batch(facts: &Facts, reasons: &PriceReasons<'_>, charges: &[FactCharge]) -> Result<RecordBatch, ArrowError> {
    let charged: Vec<Fact> = charges.iter().map(|charge| facts.facts[charge.fact]).collect();
    let batch = facts_batch(facts, &charged)?;
    let mut fields: Vec<Arc<Field>> = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        if !LEFT_OUT.contains(&field.name().as_str()) {
            fields.push(Arc::clone(field));
            arrays.push(Arc::clone(array));
        }
    }
    let mut add = |name: &str, array: ArrayRef| {
        fields.push(Arc::new(Field::new(name, array.data_type().clone(), false)));
        arrays.push(array);
    };
    let texts = |text: &dyn Fn(&FactCharge) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(charges.iter().map(text)))
    };
    add("charged_account", texts(&|charge| facts.text(charge.account).to_owned()));
    add("section", texts(&|charge| charge.section.name().to_owned()));
    add("list_source", texts(&|charge| charge.source.name().to_owned()));
    let unblended = charged.iter().map(|fact| fact.measures.unblended);
    add("aws_unblended_usd", dollars(unblended)?);
    add("list_usd", dollars(charges.iter().map(|charge| charge.list))?);
    add("discount_usd", dollars(charges.iter().map(|charge| charge.discount))?);
    add("net_usd", dollars(charges.iter().map(FactCharge::net))?);
    add("price_rule", texts(&|charge| reasons.rule(charge.fact).to_owned()));
    add("price_rows", texts(&|charge| reasons.rows(charge.fact).to_owned()));
    add("price_sources", texts(&|charge| reasons.sources(charge.fact).to_owned()));
    let covered =
        |charge: &FactCharge| reasons.given_back(charge.fact).iter().map(|given| given.quantity).sum::<Quantity>();
    add("given_back_quantity", exact(charges.iter().map(|charge| covered(charge).units()))?);
    let givers = |given: &[GivenBack]| given.iter().map(|given| facts.text(given.arn)).collect::<Vec<_>>().join("; ");
    add("given_back_by", texts(&|charge| givers(reasons.given_back(charge.fact))));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

fn dollars(amounts: impl Iterator<Item = Usd>) -> Result<ArrayRef, ArrowError> {
    exact(amounts.map(Usd::units))
}

/// Units of 10^-18.
fn exact(units: impl Iterator<Item = i128>) -> Result<ArrayRef, ArrowError> {
    const EXACT: DataType = DataType::Decimal128(38, 18);
    let units = Decimal128Array::from_iter_values(units);
    Ok(Arc::new(units.with_data_type(EXACT)))
}
