//! The texts of a row's key, and what is read out of them.

use std::borrow::Cow;

use super::key_parts::COVERED_PART;
use super::key_texts::{TEXT_COUNT, Text};
use crate::ingest::Column;
use crate::period::{BillingPeriod, Instant};
use crate::usage::{DescriptionClass, FactKey, LineType, Sym};

/// The billing entity whose rows keep their product name.
pub(super) const MARKETPLACE: &[u8] = b"AWS Marketplace";

/// A key without texts.
pub(super) const EMPTY_KEY: FactKey = FactKey {
    payer: Sym::EMPTY,
    account: Sym::EMPTY,
    bill_type: Sym::EMPTY,
    invoice_id: Sym::EMPTY,
    billing_entity: Sym::EMPTY,
    invoicing_entity: Sym::EMPTY,
    legal_entity: Sym::EMPTY,
    currency: Sym::EMPTY,
    line_type_text: Sym::EMPTY,
    line_type: LineType::Unknown,
    tax_type: Sym::EMPTY,
    product_code: Sym::EMPTY,
    service_code: Sym::EMPTY,
    usage_type: Sym::EMPTY,
    operation: Sym::EMPTY,
    region: Sym::EMPTY,
    sku: Sym::EMPTY,
    rate_code: Sym::EMPTY,
    pricing_term: Sym::EMPTY,
    unit: Sym::EMPTY,
    commitment_arn: Sym::EMPTY,
    subscription_id: Sym::EMPTY,
    price_instant: Instant::from_seconds(0),
    interval_start: None,
    availability_zone: Sym::EMPTY,
    sp_offering: Sym::EMPTY,
    sp_payment_option: Sym::EMPTY,
    sp_term: Sym::EMPTY,
    sp_rate: Sym::EMPTY,
    normalization_factor: Sym::EMPTY,
    instance_type: Sym::EMPTY,
    operating_system: Sym::EMPTY,
    tenancy: Sym::EMPTY,
    database_engine: Sym::EMPTY,
    deployment_option: Sym::EMPTY,
    license_model: Sym::EMPTY,
    commitment_units: Sym::EMPTY,
    commitment_start: Sym::EMPTY,
    commitment_end: Sym::EMPTY,
    sp_region: Sym::EMPTY,
    sp_family: Sym::EMPTY,
    usage_month: BillingPeriod::from_number(0),
    is_cost_zero: false,
    has_public_cost: false,
    product_name: Sym::EMPTY,
    description: Sym::EMPTY,
    description_class: DescriptionClass::Plain,
    dimensions: Sym::EMPTY,
};

/// The column to name when a text of the key is wrong, by the order of [`Text`].
pub(super) const COLUMN_OF_TEXT: [Column; TEXT_COUNT] = [
    Column::PayerAccountId,
    Column::UsageAccountId,
    Column::BillType,
    Column::InvoiceId,
    Column::BillingEntity,
    Column::InvoicingEntity,
    Column::LegalEntity,
    Column::CurrencyCode,
    Column::LineItemType,
    Column::TaxType,
    Column::ProductCode,
    Column::ServiceCode,
    Column::UsageType,
    Column::Operation,
    Column::Region,
    Column::Sku,
    Column::RateCode,
    Column::Term,
    Column::Unit,
    Column::ReservationArn,
    Column::SubscriptionId,
    Column::AvailabilityZone,
    Column::SavingsPlanOffering,
    Column::SavingsPlanPayment,
    Column::SavingsPlanTerm,
    Column::SavingsPlanRate,
    Column::NormalizationFactor,
    Column::ProductName,
    Column::LineItemDescription,
    Column::LineItemDescription, // Tags have no column of their own yet.
    Column::InstanceType,
    Column::OperatingSystem,
    Column::Tenancy,
    Column::DatabaseEngine,
    Column::DeploymentOption,
    Column::LicenseModel,
    Column::NumberOfReservations,
    Column::ReservationStartTime,
    Column::ReservationEndTime,
    Column::SavingsPlanRegion,
    Column::SavingsPlanFamily,
];

/// Texts that say which product a commitment covers.
const PRODUCT_TEXTS: [Text; 7] = [
    Text::normalization_factor,
    Text::instance_type,
    Text::operating_system,
    Text::tenancy,
    Text::database_engine,
    Text::deployment_option,
    Text::license_model,
];

/// Twelve digits.
pub(super) fn account_text(text: &[u8]) -> Option<&str> {
    let is_account = text.len() == 12 && text.iter().all(u8::is_ascii_digit);
    if is_account { std::str::from_utf8(text).ok() } else { None }
}

/// A text without its blanks: how the ARN of a commitment is kept.
pub(super) fn without_blanks(text: &[u8]) -> Cow<'_, [u8]> {
    if text.iter().any(u8::is_ascii_whitespace) {
        Cow::Owned(text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether rows of a type have a text in the last part of a key: what their commitment covers.
pub(super) const fn has_covered_part(line_type: LineType) -> bool {
    line_type.keeps_product() || line_type.keeps_commitment_terms()
}

/// Per text of the key the columns that it is taken from, for rows of a type: the first that is not blank. None for a text
/// that rows of this type do not have.
pub(super) fn columns_of_texts(line_type: LineType) -> [[Option<Column>; 2]; TEXT_COUNT] {
    let mut columns = COLUMN_OF_TEXT.map(|column| [Some(column), None]);
    let mut set = |place: Text, taken| columns[place as usize] = taken;
    let nothing = [None, None];
    set(Text::commitment_arn, [Some(Column::ReservationArn), Some(Column::SavingsPlanArn)]);
    set(Text::dimensions, nothing);
    set(Text::region, [Some(Column::Region), Some(Column::RegionCode)]);
    if line_type == LineType::RiFee {
        set(Text::availability_zone, [Some(Column::ReservationZone), None]);
    } else if !line_type.keeps_hour() {
        set(Text::availability_zone, nothing);
    }
    if !line_type.keeps_offering() {
        for place in [Text::sp_offering, Text::sp_payment_option, Text::sp_term] {
            set(place, nothing);
        }
    }
    if line_type != LineType::SavingsPlanCoveredUsage {
        set(Text::sp_rate, nothing);
    }
    if !line_type.keeps_product() {
        for place in PRODUCT_TEXTS {
            set(place, nothing);
        }
    }
    if line_type == LineType::SavingsPlanRecurringFee {
        set(Text::commitment_units, nothing);
        set(Text::commitment_start, [Some(Column::SavingsPlanStartTime), None]);
        set(Text::commitment_end, [Some(Column::SavingsPlanEndTime), None]);
    } else {
        set(Text::sp_region, nothing);
        set(Text::sp_family, nothing);
        if line_type != LineType::RiFee {
            for place in [Text::commitment_units, Text::commitment_start, Text::commitment_end] {
                set(place, nothing);
            }
        }
    }
    if line_type.keeps_description_class_only() {
        set(Text::description, nothing);
    }
    if !has_covered_part(line_type) {
        columns[COVERED_PART..].fill(nothing);
    }
    columns
}

/// What a description of usage says.
pub(super) fn description_class(description: &str) -> DescriptionClass {
    let text = description.to_ascii_lowercase();
    if text.contains("savings bundle") {
        DescriptionClass::SavingsBundle
    } else if text.contains("flat-rate") || text.contains("flat rate") {
        DescriptionClass::FlatRate
    } else if has_word(&text, "free") {
        DescriptionClass::Free
    } else {
        DescriptionClass::Plain
    }
}

/// Whether a word stands in a text with no letter or digit beside it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    text.match_indices(word).any(|(start, _)| {
        !is_part(start.checked_sub(1).and_then(|before| bytes.get(before))) && !is_part(bytes.get(start + word.len()))
    })
}
