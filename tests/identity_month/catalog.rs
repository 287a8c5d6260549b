//! What AWS sells in the generated months: SKUs with their price ladders, and free offers over several SKUs.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::decimal::{parse, text};
use super::random::Random;
use super::report::hour_text;

/// The prices of a SKU from an hour of the month on; below 0 is before the month.
pub struct Version {
    pub from_hour: i64,
    /// The end of each range, `None` for no end, and its price.
    pub ranges: Vec<(Option<i128>, i128)>,
}

pub struct Sku {
    pub unit: &'static str,
    pub versions: Vec<Version>,
}

/// A free allowance over one or several SKUs.
pub struct Offer {
    pub sku: &'static str,
    pub allowance: i128,
    pub applies_to: Vec<&'static str>,
}

#[derive(Default)]
pub struct Catalog {
    pub skus: BTreeMap<&'static str, Sku>,
    pub offers: Vec<Offer>,
    /// What is left out of the price lists.
    pub unlisted: Option<&'static str>,
}

impl Catalog {
    pub fn version(&self, sku: &str, hour: i64) -> &Version {
        let versions = &self.skus[sku].versions;
        versions.iter().rfind(|version| version.from_hour <= hour).expect("a price before the month")
    }

    /// The only price of a single-price SKU.
    pub fn price(&self, sku: &str, hour: i64) -> i128 {
        self.version(sku, hour).ranges[0].1
    }

    /// Two or more ranges, or a free offer.
    pub fn is_tiered(&self, sku: &str) -> bool {
        let has_offer = self.offers.iter().any(|offer| offer.applies_to.contains(&sku));
        has_offer || self.skus.get(sku).is_some_and(|sku| sku.versions.iter().any(|version| version.ranges.len() > 1))
    }

    pub fn add(&mut self, sku: &'static str, unit: &'static str, ranges: &[(&str, &str)]) {
        let versions = vec![Version { from_hour: -1, ranges: ranges_of(ranges) }];
        self.skus.insert(sku, Sku { unit, versions });
    }

    pub fn change(&mut self, sku: &str, from_hour: i64, ranges: &[(&str, &str)]) {
        let version = Version { from_hour, ranges: ranges_of(ranges) };
        self.skus.get_mut(sku).expect("the SKU is sold").versions.push(version);
    }

    pub fn offer(&mut self, sku: &'static str, allowance: &str, applies_to: &[&'static str]) {
        self.offers.push(Offer { sku, allowance: parse(allowance), applies_to: applies_to.to_vec() });
    }

    /// The price lists, as two files with their rows in any order.
    pub fn price_lists(&self, random: &mut Random) -> [String; 2] {
        let mut rows = Vec::new();
        for (name, sku) in self.skus.iter().filter(|(name, _)| Some(**name) != self.unlisted) {
            for version in &sku.versions {
                let from = match version.from_hour {
                    ..0 => String::from("2025-01-01"),
                    hour if hour % 24 == 0 => hour_text(hour)[..10].to_owned(),
                    hour => hour_text(hour),
                };
                let mut begin = String::from("0");
                for &(end, price) in &version.ranges {
                    let end = end.map_or_else(|| String::from("Inf"), text);
                    rows.push(format!("{name},{begin},{end},{},{},{from},,offer file", text(price), sku.unit));
                    begin = end;
                }
                // The price of the next month is in the list already, and must not count.
                if version.from_hour < 0 {
                    rows.push(format!("{name},0,Inf,77.7,{},2025-06-01,,offer file", sku.unit));
                }
            }
        }
        for Offer { sku, allowance, applies_to } in &self.offers {
            let unit = self.skus[applies_to[0]].unit;
            let (allowance, skus) = (text(*allowance), applies_to.join(";"));
            rows.push(format!("{sku},0,{allowance},0,{unit},2025-01-01,{skus},offer file"));
        }
        random.shuffle(&mut rows);
        let half = random.between(0, rows.len() + 1);
        [&rows[..half], &rows[half..]].map(|rows| {
            let mut file =
                String::from("sku,begin_range,end_range,price_per_unit,unit,effective_from,applies_to,source\n");
            rows.iter().for_each(|row| writeln!(file, "{row}").expect("text can be written"));
            file
        })
    }
}

fn ranges_of(ranges: &[(&str, &str)]) -> Vec<(Option<i128>, i128)> {
    let end = |text: &str| (text != "Inf").then(|| parse(text));
    ranges.iter().map(|(last, price)| (end(last), parse(price))).collect()
}
