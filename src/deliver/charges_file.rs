//! `charges.parquet`: what every charged fact became.

use std::io::Write;
use std::sync::Arc;

use arrow_array::UInt64Array;
use arrow_schema::{DataType, Field, Schema};
use parquet::errors::ParquetError;

use crate::alone::{ListCharges, PriceReasons};
use crate::discount::FactCharge;
use crate::fold::{
    CHUNK, Coded, Column, MakeColumn, SideBySide, TurnedFacts, amount_field, parquet_properties, text_field,
};
use crate::money::Quantity;
use crate::usage::{Fact, Facts};

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
    let nothing = TurnedFacts::of_keys(facts, &[]);
    let fields: Vec<Arc<Field>> = columns(facts, &reasons, &[], &nothing).into_iter().map(|(field, _)| field).collect();
    let properties = parquet_properties(String::from("seikyu charges 2")).build();
    let mut writer = SideBySide::begin(out, Arc::new(Schema::new(fields)), properties)?;
    for part in charges.chunks(CHUNK) {
        let rows: Vec<&Fact> = part.iter().map(|charge| &facts.facts[charge.fact]).collect();
        let turned = TurnedFacts::of_keys(facts, &rows);
        let columns: Vec<_> = columns(facts, &reasons, part, &turned).into_iter().map(|(_, column)| column).collect();
        writer.write(&columns)?;
    }
    writer.close()?;
    Ok(())
}

/// The columns of a row group; `turned` are the facts of its charges.
fn columns<'a>(
    facts: &'a Facts,
    reasons: &'a PriceReasons<'a>,
    charges: &'a [FactCharge],
    turned: &'a TurnedFacts<'a>,
) -> Vec<(Arc<Field>, MakeColumn<'a>)> {
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
    turned.key_columns().into_iter().chain(own).collect()
}

fn texts<'a>(charges: &'a [FactCharge], text: impl Fn(&'a FactCharge) -> &'a str + Send + Sync + 'a) -> MakeColumn<'a> {
    Box::new(move || Ok(Column::Coded(Coded::of_texts(charges.iter().map(&text)))))
}

/// Units of 10^-18.
fn units<'a>(charges: &'a [FactCharge], units: impl Fn(&FactCharge) -> i128 + Send + Sync + 'a) -> MakeColumn<'a> {
    Box::new(move || Ok(Column::Coded(Coded::of_units(charges.iter().map(&units)))))
}
