//! A JSON offer, piece by piece: `products` and `terms` in any order, no more of it in memory than one term.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::{Faults, Spot};
use super::json_plans::{EntryCount, PlanTerm, skip};
use super::json_text::{PlanText, ProductText, TermText};
use super::offer::{Head, Notes, PriceLine, Texts};
use super::plan_rates::PlanRates;
use super::values::{PriceTexts, price_values};
use crate::ingest::Progress;

const OFFER_FILE: &str = "an offer file of a service or of Savings Plans (JSON with `products` and `terms`)";
const TERMS_BETWEEN_PROGRESS: u64 = 10_000;

/// What a JSON file says.
pub(super) struct JsonOffer<'a> {
    pub(super) head: Head,
    pub(super) lines: Vec<PriceLine>,
    /// Present where the file is an offer of Savings Plans.
    pub(super) plans: Option<PlanRates>,
    units: Texts,
    terms: u64,
    has_terms: bool,
    /// The list of an index file.
    index: Option<&'static str>,
    other_currencies: Vec<String>,
    progress: &'a dyn Progress,
    notes: &'a mut Notes,
    faults: &'a mut Faults,
}

/// What is kept of a file that was read whole.
pub(super) struct JsonRows {
    pub(super) head: Head,
    pub(super) lines: Vec<PriceLine>,
    pub(super) plans: Option<PlanRates>,
}

/// Reads an offer. `None` where it is none; then there is a fault.
pub(super) fn read_json_offer(
    text: &mut dyn BufRead,
    progress: &dyn Progress,
    notes: &mut Notes,
    faults: &mut Faults,
) -> io::Result<Option<JsonRows>> {
    let mut offer = JsonOffer {
        head: Head::default(),
        lines: Vec::new(),
        plans: None,
        units: Texts::default(),
        terms: 0,
        has_terms: false,
        index: None,
        other_currencies: Vec::new(),
        progress,
        notes,
        faults,
    };
    let mut reader = serde_json::Deserializer::from_reader(text);
    if let Err(error) = Top(&mut offer).deserialize(&mut reader).and_then(|()| reader.end()) {
        if error.is_io() {
            return Err(io::Error::from(error));
        }
        let line = u32::try_from(error.line()).unwrap_or(0);
        let remedy = if error.is_eof() { "the file is cut off: download it again" } else { "download it again" };
        offer.faults.push(Spot { row: 0, line }, "", error, OFFER_FILE, remedy);
        return Ok(None);
    }
    offer.close()
}

impl JsonOffer<'_> {
    fn close(self) -> io::Result<Option<JsonRows>> {
        if let Some(index) = self.index {
            let found = format!("an index of {index}, which has no prices");
            self.faults.of_file(found, OFFER_FILE, "download the files that it names");
            return Ok(None);
        }
        if !self.has_terms {
            self.faults.of_file("no terms, so no prices", OFFER_FILE, "take the file of the whole offer");
            return Ok(None);
        }
        if !self.other_currencies.is_empty() {
            let currencies = self.other_currencies.join(", ");
            if self.lines.is_empty() {
                let found = format!("prices in {currencies} only");
                self.faults.of_file(found, "prices in USD", "offers of China are not billed here");
            } else {
                self.notes.warnings.push(format!("some prices are in {currencies} only and were left out"));
            }
        }
        Ok(Some(JsonRows { head: self.head, lines: self.lines, plans: self.plans }))
    }

    fn add_term(&mut self, sku: &str, code: &str, term: &TermText) {
        self.terms += 1;
        if self.terms.is_multiple_of(TERMS_BETWEEN_PROGRESS) {
            self.progress.on_rows(TERMS_BETWEEN_PROGRESS);
        }
        if term.dimensions.is_empty() {
            let place = format!("terms.OnDemand.{sku}.{code}");
            self.faults.push(Spot::default(), place, "no priceDimensions", "one or more", "");
        }
        for (key, dimension) in &term.dimensions {
            let rate_code = if dimension.rate_code.is_empty() { key } else { &dimension.rate_code };
            if rate_code.strip_prefix(sku).is_none_or(|rest| !rest.starts_with('.')) {
                let accepted = format!("a rate code of SKU {sku}");
                self.faults.push(Spot::default(), "rateCode", format!("{rate_code:?}"), &accepted, "");
                continue;
            }
            let Some(price) = dimension.price.get("USD") else {
                self.leave_out_currency(dimension.price.keys());
                continue;
            };
            let texts =
                PriceTexts { begin: &dimension.begin, end: &dimension.end, price, effective: &term.effective_date };
            let names = ["beginRange", "endRange", "pricePerUnit.USD", "effectiveDate"];
            let place = (Spot::default(), rate_code.as_str());
            let Some(values) = price_values(&texts, names, place, self.faults) else { continue };
            self.lines.push(PriceLine {
                sku: Box::from(sku),
                effective_from: values.effective_from,
                begin: values.begin,
                end: values.end,
                price: values.price,
                unit: self.units.of(dimension.unit.trim()),
                applies_to: applies_to(dimension.applies_to.as_deref().unwrap_or_default(), sku),
                rate_code: Box::from(rate_code.as_str()),
                spot: Spot::default(),
            });
        }
    }

    fn leave_out_currency<'k>(&mut self, currencies: impl Iterator<Item = &'k String>) {
        self.notes.leave_out("prices in another currency than USD");
        for currency in currencies {
            if !self.other_currencies.contains(currency) && self.other_currencies.len() < 10 {
                self.other_currencies.push(currency.clone());
            }
        }
    }
}

/// The SKUs an allowance is for, without repeats and without its own.
fn applies_to(skus: &[String], own: &str) -> Vec<Box<str>> {
    let skus = skus.iter().map(|sku| sku.trim()).filter(|sku| !sku.is_empty() && *sku != own);
    let mut skus: Vec<Box<str>> = skus.map(Box::from).collect();
    skus.sort();
    skus.dedup();
    skus
}

/// Makes a part of the file readable into the offer.
macro_rules! part {
    ($($name:ident)*) => {$(
        struct $name<'o, 'a>(&'o mut JsonOffer<'a>);

        impl<'de> DeserializeSeed<'de> for $name<'_, '_> {
            type Value = ();
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_any(self)
            }
        }
    )*};
}

part!(Top Products Terms OnDemand Plans);

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with products and terms")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let offer = self.0;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "offerCode" => offer.head.offer_code = map.next_value()?,
                "version" => offer.head.version = map.next_value()?,
                "publicationDate" => offer.head.publication_date = map.next_value()?,
                "regionCode" => offer.head.note_region(&map.next_value::<String>()?),
                "products" => map.next_value_seed(Products(offer))?,
                "terms" => map.next_value_seed(Terms(offer))?,
                "offers" | "regions" | "versions" => {
                    offer.index = ["offers", "regions", "versions"].into_iter().find(|name| *name == key);
                    skip(&mut map)?;
                }
                _ => skip(&mut map)?,
            }
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Products<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("products by SKU, or a list of Savings Plans")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            let product: ProductText = map.next_value()?;
            self.0.head.note_region(product.attributes.region.trim());
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(product) = list.next_element::<PlanText>()? {
            if self.0.head.offer_code.is_empty() {
                product.service.clone_into(&mut self.0.head.offer_code);
            }
            self.0.plans.get_or_insert_default().add_product(product);
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Terms<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms by kind")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let offer = self.0;
        offer.has_terms = true;
        while let Some(kind) = map.next_key::<String>()? {
            match kind.as_str() {
                "OnDemand" => map.next_value_seed(OnDemand(offer))?,
                "savingsPlan" => map.next_value_seed(Plans(offer))?,
                "Reserved" => {
                    let count = map.next_value::<EntryCount>()?.0;
                    *offer.notes.left_out.entry("SKUs with terms of reservations (Reserved)").or_default() += count;
                }
                _ => {
                    skip(&mut map)?;
                    offer
                        .notes
                        .warnings
                        .push(format!("terms of the kind {kind:?} are no list prices and were left out"));
                }
            }
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for OnDemand<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms by SKU")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(sku) = map.next_key::<String>()? {
            for (code, term) in map.next_value::<BTreeMap<String, TermText>>()? {
                self.0.add_term(sku.trim(), &code, &term);
            }
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Plans<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of Savings Plan terms")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let plans = self.0.plans.get_or_insert_default();
        while list.next_element_seed(PlanTerm(plans))?.is_some() {}
        Ok(())
    }
}
