//! The texts of a fact's key as a list, so that interning, storing and hashing are written once.

use crate::usage::{FactKey, Sym};

/// How many fields of a key are text.
pub(super) const TEXT_COUNT: usize = 41;

/// Defines the order of the texts: names for storage, and both ways between key and list.
macro_rules! key_texts {
    ($($field:ident),* $(,)?) => {
        /// Names of the text fields, in their order.
        pub(super) const TEXT_NAMES: [&str; TEXT_COUNT] = [$(stringify!($field)),*];

        /// The place of each text field in the list.
        #[derive(Clone, Copy)]
        #[allow(non_camel_case_types, reason = "the variants are named as the fields that they stand for")]
        #[allow(dead_code, reason = "places are needed of some fields only, but the list must be whole")]
        pub(super) enum Text { $($field),* }

        /// The texts of a key.
        pub(super) fn texts_of(key: &FactKey) -> [Sym; TEXT_COUNT] {
            [$(key.$field),*]
        }

        /// The key with other texts.
        pub(super) fn with_texts(key: &FactKey, texts: [Sym; TEXT_COUNT]) -> FactKey {
            let [$($field),*] = texts;
            FactKey { $($field,)* ..*key }
        }
    };
}

key_texts! {
    payer, account, bill_type, invoice_id, billing_entity, invoicing_entity, legal_entity, currency,
    line_type_text, tax_type, product_code, service_code, usage_type, operation, region, sku, rate_code,
    pricing_term, unit, commitment_arn, subscription_id, availability_zone, sp_offering, sp_payment_option,
    sp_term, sp_rate, normalization_factor, product_name, description, dimensions,
    instance_type, operating_system, tenancy, database_engine, deployment_option, license_model,
    commitment_units, commitment_start, commitment_end, sp_region, sp_family,
}
