//! How a fee came about, in `invoice.json`.

use serde::Serialize;

use crate::invoice::{FeeBand, FeeCalculation, FeeRule, UnitBand};

/// Every key is there for every basis; what a basis does not have is `null`.
#[derive(Serialize)]
pub(super) struct FeeEntry {
    basis: &'static str,
    quantity: Option<String>,
    unit_price_jpy: Option<String>,
    base_jpy: Option<i128>,
    bands: Vec<BandEntry>,
    unit_bands: Vec<UnitBandEntry>,
    minimum_jpy: Option<i128>,
    is_minimum: bool,
}

#[derive(Serialize)]
struct BandEntry {
    above_jpy: i128,
    base_jpy: i128,
    percent: String,
}

#[derive(Serialize)]
struct UnitBandEntry {
    above_quantity: String,
    quantity: String,
    unit_price_jpy: String,
}

impl FeeEntry {
    pub(super) fn of(calculation: &FeeCalculation) -> Self {
        let mut entry = Self {
            basis: "fixed_jpy",
            quantity: None,
            unit_price_jpy: None,
            base_jpy: None,
            bands: Vec::new(),
            unit_bands: Vec::new(),
            minimum_jpy: calculation.minimum_jpy.map(|yen| yen.count()),
            is_minimum: calculation.is_minimum,
        };
        match &calculation.rule {
            FeeRule::Fixed => {}
            FeeRule::PerUnit { quantity, bands } => {
                entry.basis = "per_unit_jpy";
                entry.quantity = Some(quantity.to_string());
                entry.unit_price_jpy = match bands.as_slice() {
                    [only] => Some(only.unit_price.to_string()),
                    _ => None, // Several prices: they stand in the bands.
                };
                entry.unit_bands = bands.iter().map(UnitBandEntry::of).collect();
            }
            FeeRule::Percent { of, base_jpy, bands } => {
                entry.basis = of.basis_name();
                entry.base_jpy = Some(base_jpy.count());
                entry.bands = bands.iter().map(BandEntry::of).collect();
            }
        }
        entry
    }
}

impl BandEntry {
    fn of(band: &FeeBand) -> Self {
        Self { above_jpy: band.above_jpy.count(), base_jpy: band.base_jpy.count(), percent: band.percent.to_string() }
    }
}

impl UnitBandEntry {
    fn of(band: &UnitBand) -> Self {
        Self {
            above_quantity: band.above.to_string(),
            quantity: band.quantity.to_string(),
            unit_price_jpy: band.unit_price.to_string(),
        }
    }
}
