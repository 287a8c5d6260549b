//! The map `discount` of a CUR 2.0 export, and that of a FOCUS export.
//!
//! Costs are before the discounts of the map. Nothing that is billed depends on private ones, so they stay where they
//! are. A bundled discount is public, and a customer's where its source is: it must be a row.

use super::json_maps::Entries;
use crate::money::parse_grid_rounded;

/// A part of the names under which bundled discounts stand.
const BUNDLED: &[u8] = b"bundled";

/// Whether a map has a bundled discount. Hardly ever, so most maps are not read for it.
pub(super) fn has_bundled(text: &[u8]) -> Result<bool, String> {
    if memchr::memmem::find(text, BUNDLED).is_none() {
        return check_shape(text).map(|()| false);
    }
    let is_bundled = |(name, value): &(String, String)| name.contains("bundled") && !is_zero(value);
    Ok(Entries::parse(text)?.0.iter().any(is_bundled))
}

/// Whether a map has any discount.
pub(super) fn has_any(text: &[u8]) -> Result<bool, String> {
    Ok(Entries::parse(text)?.0.iter().any(|(_, value)| !is_zero(value)))
}

/// Values that are no numbers say something else about a discount; only a number that is 0 is none.
fn is_zero(value: &str) -> bool {
    value.trim().is_empty()
        || parse_grid_rounded(value.trim().as_bytes())
            .is_some_and(|number| number.is_ok_and(|parsed| parsed.units == 0))
}

/// Reads what is plainly no map, so that it is refused with its reason.
fn check_shape(text: &[u8]) -> Result<(), String> {
    let text = text.trim_ascii();
    if text.is_empty() || text.starts_with(b"{") && text.ends_with(b"}") {
        return Ok(());
    }
    Entries::parse(text).map(drop)
}
