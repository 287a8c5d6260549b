//! Reads the yen of an issued `invoice.json` back: what a later version of the month is compared with.

use serde_json::Value;

use crate::correct::{Figures, LineKey};
use crate::invoice::TaxTotal;
use crate::money::{Percent, Yen};

/// The figures of an `invoice.json`, as [`render_json`](super::render_json) wrote it; `None` where it is something else.
pub fn read_figures(json: &[u8]) -> Option<Figures> {
    let document: Value = serde_json::from_slice(json).ok()?;
    if document["format"].as_str()? != "seikyu-invoice" || document["version"].as_u64()? != 1 {
        return None;
    }
    let mut figures =
        Figures { tax_jpy: yen(&document["tax_jpy"])?, total_jpy: yen(&document["total_jpy"])?, ..Figures::default() };
    for line in document["lines"].as_array()? {
        let (key, name) = key_of(line)?;
        let amounts = [yen(&line["gross_jpy"])?, yen(&line["discount_jpy"])?, yen(&line["net_jpy"])?];
        figures.add_line(key, name, line["description"].as_str()?.to_owned(), amounts);
    }
    figures.taxes = document["taxes"].as_array()?.iter().map(tax_of).collect::<Option<_>>()?;
    Some(figures)
}

fn key_of(line: &Value) -> Option<(LineKey, &str)> {
    let text = |name: &str| line[name].as_str();
    let tax_category = text("tax_category")?.to_owned();
    let account_id = text("account_id").unwrap_or_default().to_owned();
    let (section, id) = match text("kind")? {
        "aws" => (text("section")?, String::new()),
        "fee" => ("fee", text("fee_id")?.to_owned()),
        "adjustment" => ("adjustment", format!("{}: {}", line["adjusts"]["number"].as_str()?, text("description")?)),
        _ => return None,
    };
    let section = section.to_owned();
    Some((LineKey { account_id, section, id, tax_category }, text("account_name").unwrap_or_default()))
}

fn tax_of(tax: &Value) -> Option<TaxTotal> {
    Some(TaxTotal {
        tax_category: tax["tax_category"].as_str()?.to_owned(),
        percent: Percent::parse(tax["percent"].as_str()?).ok()?,
        is_taxed: tax["is_taxed"].as_bool()?,
        base_jpy: yen(&tax["base_jpy"])?,
        tax_jpy: yen(&tax["tax_jpy"])?,
    })
}

/// Whole yen; beyond the range of a JSON number it was written as one all the same.
fn yen(value: &Value) -> Option<Yen> {
    value.to_string().parse().ok().map(Yen::new)
}
