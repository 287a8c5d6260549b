use regex::Regex;

/// Which usage must be in the group for a bundled discount to be kept.
#[derive(Clone, Debug)]
pub struct BundledSource {
    /// Product code of the discounted row.
    pub product_code: String,
    /// Pattern searched in its usage type; matches all where empty.
    pub usage_type: Regex,
    /// Product code of the source usage.
    pub source_product_code: String,
}

/// Lists by which rows are told apart: data files with defaults.
#[derive(Clone, Debug)]
pub struct RowLists {
    /// Product codes of AWS support, on `Fee` and `Usage` rows.
    pub support_products: Vec<Regex>,
    /// Sources of bundled discounts.
    pub bundled_sources: Vec<BundledSource>,
    /// Whole words, in any case, that mark a refund as a private discount.
    pub private_refund_words: Vec<Regex>,
}

impl RowLists {
    /// Whether a product is AWS support.
    pub fn is_support(&self, product_code: &str) -> bool {
        self.support_products.iter().any(|pattern| pattern.is_match(product_code))
    }

    /// Whether a description names a private discount.
    pub fn names_private_discount(&self, description: &str) -> bool {
        self.private_refund_words.iter().any(|pattern| pattern.is_match(description))
    }
}
