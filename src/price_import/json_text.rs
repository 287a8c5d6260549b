//! The parts of a JSON offer that are read whole; everything around them is read piece by piece.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A term of an on-demand SKU.
#[derive(Debug, Deserialize)]
pub(super) struct TermText {
    #[serde(default, rename = "effectiveDate")]
    pub(super) effective_date: String,
    #[serde(default, rename = "priceDimensions")]
    pub(super) dimensions: BTreeMap<String, DimensionText>,
}

/// A price dimension. Numbers are texts in AWS's files: a JSON number, which may pass through a float, is refused.
#[derive(Debug, Deserialize)]
pub(super) struct DimensionText {
    #[serde(default, rename = "rateCode")]
    pub(super) rate_code: String,
    #[serde(default, rename = "beginRange")]
    pub(super) begin: String,
    #[serde(default, rename = "endRange")]
    pub(super) end: String,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default, rename = "pricePerUnit")]
    pub(super) price: BTreeMap<String, String>,
    #[serde(default, rename = "appliesTo")]
    pub(super) applies_to: Option<Vec<String>>,
}

/// A product of a service's offer.
#[derive(Debug, Deserialize)]
pub(super) struct ProductText {
    #[serde(default)]
    pub(super) attributes: ProductAttributes,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ProductAttributes {
    #[serde(default, rename = "regionCode")]
    pub(super) region: String,
}

/// A product of a Savings Plan offer.
#[derive(Debug, Deserialize)]
pub(super) struct PlanText {
    #[serde(default)]
    pub(super) sku: String,
    #[serde(default, rename = "productFamily")]
    pub(super) offering: String,
    #[serde(default, rename = "serviceCode")]
    pub(super) service: String,
    #[serde(default)]
    pub(super) attributes: PlanAttributes,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PlanAttributes {
    #[serde(default, rename = "purchaseOption")]
    pub(super) payment_option: String,
    #[serde(default, rename = "purchaseTerm")]
    pub(super) term: String,
    #[serde(default, rename = "instanceType")]
    pub(super) instance_family: String,
    #[serde(default)]
    pub(super) location: String,
    #[serde(default, rename = "regionCode")]
    pub(super) region: String,
}

/// A rate of a Savings Plan.
#[derive(Debug, Deserialize)]
pub(super) struct RateText {
    #[serde(default, rename = "discountedSku")]
    pub(super) sku: String,
    #[serde(default, rename = "rateCode")]
    pub(super) rate_code: String,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default, rename = "discountedRate")]
    pub(super) rate: RateAmount,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RateAmount {
    #[serde(default)]
    pub(super) price: String,
    pub(super) currency: Option<String>,
}
