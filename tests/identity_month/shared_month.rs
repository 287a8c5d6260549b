//! AWS's side of the shared month, read from its reports, and every difference to the list prices by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::decimal::{TENTH_DECIMAL, parse_short, times};
use super::outputs::table;

/// A row of the month, as far as it matters here.
pub struct AwsRow {
    pub account: String,
    pub line_type: String,
    pub product: String,
    pub usage_type: String,
    pub operation: String,
    pub entity: String,
    pub start: String,
    pub description: String,
    pub sku: String,
    pub rate_code: String,
    pub quantity: i128,
    pub cost: i128,
    pub public_cost: i128,
}

impl AwsRow {
    /// On-demand usage that is priced from a list: not Marketplace, support, split cost.
    pub fn is_usage(&self) -> bool {
        let is_split = matches!(self.operation.as_str(), "ECSTask-EC2" | "EKSPod-EC2");
        self.line_type == "Usage" && self.entity == "AWS" && !is_split && !self.product.contains("Support")
    }

    /// The line of the bridge that takes the row out.
    pub fn removed_as(&self) -> Option<&'static str> {
        let says = |word: &str| self.description.contains(word);
        match self.line_type.as_str() {
            "Tax" => Some("tax_removed"),
            "BundledDiscount" => None, // Its source usage is in the group.
            kind if kind.ends_with("Discount") => Some("private_discounts_removed"),
            "Credit" => Some("credits_removed"),
            "Refund" if says("Solution Provider") || says("EDP") => Some("refunds_removed"),
            "Fee" | "Usage" if self.product.contains("Support") => Some("support_removed"),
            _ => None,
        }
    }
}

/// The rows of the billing period in the CSV files below a folder that are named, or end in `.csv`.
pub fn rows_of(folder: &Path, files: &[&str]) -> Vec<AwsRow> {
    let mut rows = Vec::new();
    for name in files {
        let file = File::open(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let bytes: Box<dyn Read> =
            if name.ends_with(".gz") { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut records = csv::Reader::from_reader(bytes);
        let header: Vec<String> = records.headers().expect("there is a header").iter().map(snake).collect();
        let place = |name: &str| header.iter().position(|column| column == name);
        for record in records.records() {
            let record = record.expect("the record is whole");
            let text = |name: &str| place(name).map(|place| record[place].to_owned()).unwrap_or_default();
            let amount = |name: &str| parse_short(&text(name));
            if !text("bill_billing_period_start_date").starts_with("2025-05") {
                continue;
            }
            rows.push(AwsRow {
                account: text("line_item_usage_account_id"),
                line_type: text("line_item_line_item_type"),
                product: text("line_item_product_code"),
                usage_type: text("line_item_usage_type"),
                operation: text("line_item_operation"),
                entity: text("bill_billing_entity"),
                start: text("line_item_usage_start_date"),
                description: text("line_item_line_item_description"),
                sku: text("product_sku"),
                rate_code: text("pricing_rate_code"),
                quantity: amount("line_item_usage_amount"),
                cost: amount("line_item_unblended_cost"),
                public_cost: amount("pricing_public_on_demand_cost"),
            });
        }
    }
    rows
}

/// `lineItem/UsageType` as `line_item_usage_type`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.trim_start_matches('\u{feff}').chars() {
        if letter.is_ascii_uppercase() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(if letter == '/' { '_' } else { letter.to_ascii_lowercase() });
    }
    snake
}

/// A price of a list: when it begins to count, and dollars for a unit.
type Price = (String, i128);

/// The price lists of the month, without looking at the bounds of ranges.
#[derive(Default)]
pub struct Prices {
    prices: BTreeMap<String, Vec<Price>>,
    /// The SKUs of each free offer, and its allowance.
    pub offers: Vec<(BTreeSet<String>, i128)>,
}

impl Prices {
    pub fn read(folder: &Path) -> Self {
        let mut lists = Self::default();
        for entry in fs::read_dir(folder).expect("there are price lists") {
            for row in table(&entry.expect("the entry can be read").path()) {
                if row["applies_to"].is_empty() {
                    let price = (row["effective_from"].clone(), parse_short(&row["price_per_unit"]));
                    lists.prices.entry(row["sku"].clone()).or_default().push(price);
                } else {
                    let skus = row["applies_to"].split(';').map(String::from).collect();
                    lists.offers.push((skus, parse_short(&row["end_range"])));
                }
            }
        }
        lists
    }

    pub fn is_listed(&self, sku: &str) -> bool {
        self.prices.contains_key(sku)
    }

    /// The prices of all ranges in force at an instant.
    fn at(&self, sku: &str, start: &str) -> Vec<i128> {
        let in_force = |price: &&Price| price.0.as_str() <= start;
        let prices = self.prices.get(sku).into_iter().flatten();
        let newest = prices.clone().filter(in_force).map(|price| &price.0).max();
        prices.filter(|price| Some(&price.0) == newest).map(|price| price.1).collect()
    }

    /// Two or more ranges, or a free offer.
    pub fn is_tiered(&self, sku: &str) -> bool {
        self.at(sku, "2025-05-01").len() > 1 || self.offers.iter().any(|(skus, _)| skus.contains(sku))
    }

    /// How far the prices of some SKUs are apart.
    fn width<'a>(&self, skus: impl Iterator<Item = &'a String>) -> i128 {
        let prices: Vec<_> = skus.flat_map(|sku| self.at(sku, "2025-05-01")).collect();
        prices.iter().max().expect("a price") - prices.iter().min().expect("a price")
    }
}

/// Why the list side of a row differs from AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    PrivateRate,
    RowRounding,
    Unlisted,
    Spot,
}

/// List less AWS's charge for a row, if it is named; a tiered row counts at the price of the range AWS put it in.
pub fn difference(prices: &Prices, row: &AwsRow) -> (Cause, i128) {
    if row.usage_type.contains("SpotUsage") {
        return (Cause::Spot, 0);
    }
    if !prices.is_listed(&row.sku) {
        return (Cause::Unlisted, row.public_cost - row.cost);
    }
    let mut candidates = prices.at(&row.sku, &row.start);
    if prices.is_tiered(&row.sku) {
        candidates.push(0); // Under a free offer.
    }
    let residuals = candidates.into_iter().map(|price| times(row.quantity, price) - row.cost);
    let residual = residuals.min_by_key(|residual| residual.abs()).expect("a listed SKU has a price");
    let term = row.rate_code.split('.').nth(1).unwrap_or_default();
    let is_private = !term.is_empty() && term != "JRTCKXETXF";
    (if is_private { Cause::PrivateRate } else { Cause::RowRounding }, residual)
}

/// What AWS's order of time can move for some SKUs: a shared allowance, and corrections taken back at another range.
pub fn moved_at_most<'a>(prices: &Prices, skus: &BTreeSet<String>, rows: impl Iterator<Item = &'a AwsRow>) -> i128 {
    let width = prices.width(skus.iter());
    let shared = prices.offers.iter().filter(|offer| offer.0.len() > 1 && offer.0 == *skus);
    let allowance: i128 = shared.map(|offer| times(offer.1, width)).sum();
    let corrected: i128 = rows.map(|row| times((-row.quantity).max(0), width)).sum();
    allowance + corrected
}

/// The most that AWS's rounding of rows comes to.
pub fn rounding(rows: usize) -> i128 {
    TENTH_DECIMAL / 2 * i128::try_from(rows).expect("small")
}
