use crate::money::{Usd, Yen};

/// The part of a line that one AWS service has; the parts sum to the line exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePart {
    /// Product code of the consuming service, as in Cost Explorer.
    pub product_code: String,
    /// Name of the product, on AWS Marketplace; else empty.
    pub product_name: String,
    /// List dollars.
    pub gross_usd: Usd,
    /// Discount dollars.
    pub discount_usd: Usd,
    /// Net dollars.
    pub net_usd: Usd,
    /// List yen.
    pub gross_jpy: Yen,
    /// Discount yen.
    pub discount_jpy: Yen,
    /// Net yen.
    pub net_jpy: Yen,
}

impl ServicePart {
    /// As printed: the product's name where its code says nothing to people.
    pub fn name(&self) -> &str {
        if self.product_name.is_empty() { &self.product_code } else { &self.product_name }
    }
}
