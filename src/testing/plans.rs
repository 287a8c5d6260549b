use std::sync::LazyLock;

use regex::Regex;

use super::month;
use crate::money::{Percent, UnitPrice};
use crate::terms::*;

pub(crate) fn source(text: &str) -> Source {
    Source { text: text.to_owned(), confirmed: None }
}

/// A plan that takes a percentage of the listed services off, shares nothing, and discounts commitment fees.
pub(crate) fn percent_plan(id: &str, percent: &str, services: &[&str]) -> Plan {
    let services = services.iter().map(|&code| code.to_owned()).collect();
    Plan {
        id: id.to_owned(),
        name: id.to_owned(),
        valid_from: month("2024-04"),
        valid_to: None,
        sharing: Sharing::Account,
        free_tier: FreeTierPolicy::AlwaysFreePerGroup,
        commitment_fees: true,
        payment: String::from("bank_transfer"),
        source: source("contract"),
        assumptions: Vec::new(),
        discount: Discount::Percent { percent: Percent::parse(percent).unwrap(), services },
    }
}

/// A plan by category: name, rule, product codes, pattern of the usage type.
pub(crate) fn category_plan(id: &str, categories: &[(&str, CategoryRule, &[&str], &str)]) -> Plan {
    let category = |&(name, rule, products, pattern): &(&str, CategoryRule, &[&str], &str)| Category {
        name: name.to_owned(),
        rule,
        product_codes: products.iter().map(|&code| code.to_owned()).collect(),
        usage_type: Regex::new(pattern).unwrap(),
        valid_from: None,
        valid_to: None,
        source: source("contract"),
    };
    Plan { discount: Discount::Category(categories.iter().map(category).collect()), ..percent_plan(id, "0", &[]) }
}

pub(crate) fn off(percent: &str) -> CategoryRule {
    CategoryRule::PercentOff(Percent::parse(percent).unwrap())
}

pub(crate) fn flat(price: &str) -> CategoryRule {
    CategoryRule::UnitPrice(UnitPrice::parse(price).unwrap())
}

/// The lists that a workspace has by default.
pub(super) static ROW_LISTS: LazyLock<RowLists> = LazyLock::new(|| {
    let words = "SPP|EDP|PPA|Solution\\s+Provider|Enterprise\\s+Discount|Private\\s+Pricing|Private\\s+Rate|\
                 Distributor|Partner\\s+Discount";
    RowLists {
        support_products: vec![Regex::new("^(AWS|OCB).*Support").unwrap()],
        bundled_sources: vec![BundledSource {
            product_code: String::from("AmazonEC2"),
            usage_type: Regex::new("NatGateway").unwrap(),
            source_product_code: String::from("AWSNetworkFirewall"),
        }],
        private_refund_words: vec![Regex::new(&format!("(?i)\\b({words})\\b")).unwrap()],
    }
});
