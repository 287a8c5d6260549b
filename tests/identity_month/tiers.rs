//! AWS's tier counters: the organization's usage in order of time, each row in exactly one range.

use std::collections::BTreeMap;

use super::catalog::Catalog;

/// A part of a use that falls into one range.
pub struct Part {
    pub quantity: i128,
    pub price: i128,
    /// Which range of the SKU, or none under a global offer.
    pub range: Option<usize>,
}

#[derive(Default)]
struct Counter {
    free: i128,
    paid: i128,
}

/// The counters of one payer in one month.
#[derive(Default)]
pub struct Counters(BTreeMap<String, Counter>);

impl Counters {
    /// Counts a use and says what it is charged at; a correction goes back the way the counter came.
    pub fn count(&mut self, catalog: &Catalog, sku: &str, hour: i64, quantity: i128) -> Vec<Part> {
        let mut parts = Vec::new();
        let offer = catalog.offers.iter().find(|offer| offer.applies_to.contains(&sku));
        let left = offer.map_or(0, |offer| {
            let used: i128 = offer.applies_to.iter().filter_map(|sku| self.0.get(*sku)).map(|one| one.free).sum();
            offer.allowance - used
        });
        let counter = self.0.entry(sku.to_owned()).or_default();
        let free = if quantity > 0 { quantity.min(left) } else { (quantity + counter.paid).min(0) };
        assert!(counter.free + free >= 0, "{sku}: more is taken back than was used");
        counter.free += free;
        if free != 0 {
            parts.push(Part { quantity: free, price: 0, range: None });
        }
        let (from, to) = (counter.paid, counter.paid + quantity - free);
        counter.paid = to;
        let mut begin = 0;
        for (place, &(end, price)) in catalog.version(sku, hour).ranges.iter().enumerate() {
            let end = end.unwrap_or(i128::MAX);
            let inside = to.clamp(begin, end) - from.clamp(begin, end);
            if inside != 0 {
                parts.push(Part { quantity: inside, price, range: Some(place) });
            }
            begin = end;
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::super::decimal::{ONE, times};
    use super::*;

    /// Bob and Susan of AWS's own example, with 100 GB free: 8,192 GB and 4,096 GB, then 2,148 GB taken back.
    #[test]
    fn ranges_fill_in_order_of_time_and_empty_backwards() {
        let mut catalog = Catalog::default();
        catalog.add("OUT", "GB", &[("10240", "0.17"), ("Inf", "0.13")]);
        catalog.offer("FREE", "100", &["OUT"]);
        let mut counters = Counters::default();
        let mut charge = |quantity: i128| -> i128 {
            let parts = counters.count(&catalog, "OUT", 0, quantity * ONE);
            parts.iter().map(|part| times(part.quantity, part.price)).sum()
        };
        assert_eq!(charge(8192), 137_564 * ONE / 100); // 8,092 x 0.17
        assert_eq!(charge(4096), 61_840 * ONE / 100); // 2,148 x 0.17 + 1,948 x 0.13
        assert_eq!(charge(-2148), -28_724 * ONE / 100); // 1,948 x 0.13 + 200 x 0.17
        assert_eq!(charge(-10_140), -170_680 * ONE / 100); // 10,040 x 0.17, and 100 free
    }
}
