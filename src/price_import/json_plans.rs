//! The terms of a Savings Plan offer, rate by rate; and entries that are only counted.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json_text::RateText;
use super::plan_rates::PlanRates;

/// Passes over a value.
pub(super) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// One term of a Savings Plan: it can have a hundred thousand rates.
pub(super) struct PlanTerm<'p>(pub(super) &'p mut PlanRates);

impl<'de> DeserializeSeed<'de> for PlanTerm<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PlanTerm<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a term of a Savings Plan")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut sku, mut date) = (String::new(), String::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "sku" => sku = map.next_value()?,
                "effectiveDate" => date = map.next_value()?,
                "rates" => map.next_value_seed(Rates(self.0))?,
                _ => skip(&mut map)?,
            }
        }
        self.0.end_term(sku, date);
        Ok(())
    }
}

struct Rates<'p>(&'p mut PlanRates);

impl<'de> DeserializeSeed<'de> for Rates<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rates<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rates")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(rate) = list.next_element::<RateText>()? {
            self.0.add_rate(&rate);
        }
        Ok(())
    }
}

/// How many entries an object has.
pub(super) struct EntryCount(pub(super) u64);

impl<'de> serde::Deserialize<'de> for EntryCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counter;
        impl<'de> Visitor<'de> for Counter {
            type Value = EntryCount;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("terms by SKU")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EntryCount, A::Error> {
                let mut count = 0;
                while map.next_key::<IgnoredAny>()?.is_some() {
                    skip(&mut map)?;
                    count += 1;
                }
                Ok(EntryCount(count))
            }
        }
        deserializer.deserialize_map(Counter)
    }
}
