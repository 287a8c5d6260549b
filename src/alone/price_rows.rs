//! Which rows of a price list a charge was made by.

use super::PriceRows;
use crate::terms::{FreeOffer, PriceVersion};

/// Names ranges of versions of a SKU, and the free offers that took part.
pub(super) fn price_rows(
    sku: &str,
    is_tiered: bool,
    used: &[(&PriceVersion, usize)],
    offers: &[&FreeOffer],
) -> PriceRows {
    let mut rows = Vec::new();
    let mut sources: Vec<&str> = Vec::new();
    let mut cite = |row: String, source| {
        rows.push(row);
        if !sources.contains(&source) {
            sources.push(source);
        }
    };
    for offer in offers {
        cite(format!("{} {} 0.0", offer.sku, offer.effective_from), &offer.source);
    }
    for (version, place) in used {
        let Some((range, source)) = version.ranges().nth(*place) else { continue };
        cite(format!("{sku} {} {}", version.effective_from, range.begin), source);
    }
    PriceRows { is_tiered, rows: rows.join("; "), sources: sources.join("; ") }
}
