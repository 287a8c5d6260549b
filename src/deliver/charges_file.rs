//! `charges.parquet`: what every charged fact became.

use std::io::Write;
use std::sync::Arc;

use arrow_array::UInt64Array;
use arrow_schema::{DataType, Field, Schema};
use parquet::errors::ParquetError;

use crate::alone::{ListCharges, PriceReasons};
use crate::discount::FactCharge;
use crate::fold::{
    CHUNK, Coded, Column, KeyColumns, MakeColumn, SideBySide, TurnedFacts, amount_field, key_fields,
    parquet_properties, text_field,
};
use crate::money::Quantity;
use crate::usage::{Fact, Facts};

/// Writes one row per charged fact, in order of the facts; the same charges give the same bytes.
///
/// Columns: the key of the fact as in `facts.parquet`, `rows`, `quantity`; `charged_account`, `section`;
/// `aws_unblended_usd`, `list_usd`, `discount_usd`, `net_usd` as decimal128(38, 18); `list_source`; `price_rule`
/// (`single_price`, `tiers`, else why it is passed on), `price_rows` and `price_sources` (see [`PriceRows`](crate::alone::PriceRows));
/// `given_back_quantity` and `given_back_by` (ARNs, separated by `; `): what own commitments cover after all.
///
/// `keys`: the texts of the facts' keys, as [`write_facts`](crate::fold::write_facts) returns them. Row groups are those of
/// `facts.parquet`, without the facts that are not charged.
pub fn write_charges(
    facts: &Facts,
    keys: &[KeyColumns],
    list: &ListCharges,
    charges: &[FactCharge],
    out: impl Write + Send,
) -> Result<(), ParquetError> {
    let reasons = PriceReasons::of(facts, list);
    let fields: Vec<Arc<Field>> =
        key_fields().chain(own_columns(facts, &reasons, &[]).map(|(field, _)| field)).collect();
    let properties = parquet_properties(String::from("seikyu charges 2")).build();
    let mut writer = SideBySide::begin(out, Arc::new(Schema::new(fields)), properties)?;
    for of_group in charges.chunk_by(|one, other| one.fact / CHUNK == other.fact / CHUNK) {
        let group = of_group[0].fact / CHUNK;
        let places: Vec<usize> = of_group.iter().map(|charge| charge.fact % CHUNK).collect();
        let rows: Vec<&Fact> = of_group.iter().map(|charge| &facts.facts[charge.fact]).collect();
        let turned = TurnedFacts::of_keys(facts, &rows, keys[group].of_some(&places));
        let own = own_columns(facts, &reasons, of_group).map(|(_, column)| column);
        writer.write(&turned.key_columns().into_iter().chain(own).collect::<Vec<_>>())?;
    }
    writer.close()?;
    Ok(())
}

/// The columns of a row group that follow those of the key.
fn own_columns<'a>(
    facts: &'a Facts,
    reasons: &'a PriceReasons<'a>,
    charges: &'a [FactCharge],
) -> impl Iterator<Item = (Arc<Field>, MakeColumn<'a>)> {
    let fact = |charge: &FactCharge| &facts.facts[charge.fact];
    let covered = |charge: &FactCharge| {
        reasons.given_back(charge.fact).iter().map(|given| given.quantity).sum::<Quantity>().units()
    };
    let givers = |charge: &FactCharge| {
        let given = reasons.given_back(charge.fact).iter();
        given.map(|given| facts.text(given.arn)).collect::<Vec<_>>().join("; ")
    };
    let own: [(Arc<Field>, MakeColumn<'a>); 14] = [
        (
            Arc::new(Field::new("rows", DataType::UInt64, false)),
            Box::new(move || {
                let rows = charges.iter().map(|charge| fact(charge).measures.rows);
                Ok(Column::Array(Arc::new(UInt64Array::from_iter_values(rows))))
            }),
        ),
        (amount_field("quantity"), units(charges, move |charge| fact(charge).measures.quantity.units())),
        (
            text_field("charged_account"),
            Box::new(|| {
                let accounts = charges.iter().map(|charge| charge.account);
                Ok(Column::Coded(Coded::of_symbols(&facts.symbols, accounts)))
            }),
        ),
        (text_field("section"), texts(charges, |charge| charge.section.name())),
        (text_field("list_source"), texts(charges, |charge| charge.source.name())),
        (amount_field("aws_unblended_usd"), units(charges, move |charge| fact(charge).measures.unblended.units())),
        (amount_field("list_usd"), units(charges, |charge| charge.list.units())),
        (amount_field("discount_usd"), units(charges, |charge| charge.discount.units())),
        (amount_field("net_usd"), units(charges, |charge| charge.net().units())),
        (text_field("price_rule"), texts(charges, |charge| reasons.rule(charge.fact))),
        (text_field("price_rows"), texts(charges, |charge| reasons.rows(charge.fact))),
        (text_field("price_sources"), texts(charges, |charge| reasons.sources(charge.fact))),
        (amount_field("given_back_quantity"), units(charges, covered)),
        (
            text_field("given_back_by"),
            Box::new(move || {
                let givers: Vec<String> = charges.iter().map(givers).collect();
                Ok(Column::Coded(Coded::of_texts(givers.iter().map(String::as_str))))
            }),
        ),
    ];
    own.into_iter()
}

fn texts<'a>(charges: &'a [FactCharge], text: impl Fn(&'a FactCharge) -> &'a str + Send + Sync + 'a) -> MakeColumn<'a> {
    Box::new(move || Ok(Column::Coded(Coded::of_texts(charges.iter().map(&text)))))
}

/// Units of 10^-18.
fn units<'a>(charges: &'a [FactCharge], units: impl Fn(&FactCharge) -> i128 + Send + Sync + 'a) -> MakeColumn<'a> {
    Box::new(move || Ok(Column::Coded(Coded::of_units(charges.iter().map(&units)))))
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Decimal128Type;
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;
    use crate::fold::write_facts;
    use crate::testing::*;

    /// More facts than a row group has, every third of them tax, which is charged to nobody.
    #[test]
    fn charges_stand_beside_the_keys_of_their_own_facts() {
        let row = |number: usize| Row {
            usage_type: kept(format!("type-{number:06}")),
            line_type: if number.is_multiple_of(3) { "Tax" } else { "Usage" },
            quantity: if number < 70_000 { "1" } else { "2" },
            ..Row::default()
        };
        let rows: Vec<Row> = (0..140_000).map(row).collect();
        let Billed { facts, bill } = World::new().price("M5", "0.124").bill(&rows);
        let mut file = Vec::new();
        let keys = write_facts(&facts, std::io::sink()).unwrap();
        write_charges(&facts, &keys, &bill.list, &bill.discounted.charges, &mut file).unwrap();

        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 3);
        let mut found = Vec::new();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let text = |name| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
            let (kind, usage_type) = (text("line_type_text"), text("usage_type"));
            let list = batch.column_by_name("list_usd").unwrap().as_primitive::<Decimal128Type>().clone();
            for row in 0..batch.num_rows() {
                assert_eq!(kind.value(row), "Usage");
                found.push((usage_type.value(row).to_owned(), list.value(row)));
            }
        }
        let expected = rows.iter().filter(|row| row.line_type == "Usage").map(|row| {
            let thousandths = if row.quantity == "1" { 124 } else { 248 };
            (row.usage_type.to_owned(), thousandths * 10_i128.pow(15))
        });
        let mut expected: Vec<(String, i128)> = expected.collect();
        expected.sort();
        found.sort();
        assert!(found == expected, "{} charges, {} expected", found.len(), expected.len());
    }
}
