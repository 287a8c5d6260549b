//! FOCUS exports: which of their columns stand for which of ours, and which rows say enough to be billed.
//!
//! A FOCUS row has no line item type, and its cost is net of private discounts. So usage at public rates, tax, credits
//! and one-off fees of AWS can be billed as the rows they were made of; rows of commitments, corrections, discounted
//! rows and those of other sellers cannot, and are refused by name.

use std::borrow::Cow;

use super::columns::{COLUMN_COUNT, Column};
use super::error::FaultList;
use super::fault_kind::FaultKind;
use super::report_kind::FocusVersion;

/// Our columns by the names of FOCUS. The first that a file has is taken; `true`: a file without any is refused.
const SAME: [(Column, &[&str], bool); 20] = [
    (Column::PayerAccountId, &["BillingAccountId"], true),
    (Column::BillingPeriodStartDate, &["BillingPeriodStart"], true),
    (Column::InvoiceId, &["InvoiceId"], false), // Since 1.2: rows of older versions are never final.
    (Column::InvoicingEntity, &["InvoiceIssuerName"], true),
    (Column::UsageAccountId, &["SubAccountId"], true),
    (Column::UsageStartDate, &["ChargePeriodStart"], true),
    (Column::UsageEndDate, &["ChargePeriodEnd"], true),
    (Column::ProductCode, &["x_ServiceCode"], true),
    (Column::UsageType, &["x_UsageType", "SkuMeter"], true), // With 1.2 the one became the other.
    (Column::Operation, &["x_Operation"], true),
    (Column::AvailabilityZone, &["AvailabilityZone"], false),
    (Column::UsageAmount, &["PricingQuantity"], true),
    (Column::CurrencyCode, &["BillingCurrency"], true),
    (Column::UnblendedCost, &["BilledCost"], true),
    (Column::LineItemDescription, &["ChargeDescription"], true),
    (Column::RegionCode, &["RegionId"], false),
    (Column::Sku, &["SkuId"], true),
    (Column::RateCode, &["SkuPriceId"], true),
    (Column::PublicOnDemandCost, &["ListCost"], true),
    (Column::Unit, &["PricingUnit"], true),
];

/// The columns by which a row is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judge {
    Category,
    Class,
    Frequency,
    CommitmentId,
    CommitmentStatus,
    PricingCategory,
    Provider,
    Publisher,
    Discounts,
}

const JUDGES: [(Judge, &str); 9] = [
    (Judge::Category, "ChargeCategory"),
    (Judge::Class, "ChargeClass"),
    (Judge::Frequency, "ChargeFrequency"),
    (Judge::CommitmentId, "CommitmentDiscountId"),
    (Judge::CommitmentStatus, "CommitmentDiscountStatus"),
    (Judge::PricingCategory, "PricingCategory"),
    (Judge::Provider, "ProviderName"),
    (Judge::Publisher, "PublisherName"),
    (Judge::Discounts, "x_Discounts"),
];

/// Traffic is a service of its own there, and does not say which service caused it.
const TRAFFIC: &[u8] = b"AWSDataTransfer";

/// Where the columns of FOCUS are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Focus {
    judges: [usize; JUDGES.len()],
    /// Its map of discounts.
    pub(super) discounts: usize,
}

/// Why a row cannot be billed, and by which column.
pub(super) struct Unbillable {
    pub(super) column: &'static str,
    pub(super) found: Vec<u8>,
    pub(super) why: &'static str,
}

impl Focus {
    /// Finds the columns; pushes a fault for each that is missing.
    pub(super) fn resolve(
        names: &[String],
        version: FocusVersion,
        places: &mut [Option<usize>; COLUMN_COUNT],
        faults: &mut FaultList,
    ) -> Self {
        let find = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let missing = |name: &str, faults: &mut FaultList| {
            faults.push(None, Some(name), b"", FaultKind::NotInFocus { version: version.name() });
        };
        for (column, spellings, is_needed) in SAME {
            let place = spellings.iter().find_map(|name| find(name));
            places[column.index()] = place;
            if place.is_none() && is_needed {
                missing(spellings[0], faults);
            }
        }
        let mut judges = [0; JUDGES.len()];
        for (place, (_, name)) in judges.iter_mut().zip(JUDGES) {
            match find(name) {
                Some(found) => *place = found,
                None => missing(name, faults),
            }
        }
        Self { judges, discounts: judges[Judge::Discounts as usize] }
    }

    /// The places of the columns beside the used ones.
    pub(super) fn beside(&self) -> impl Iterator<Item = usize> + '_ {
        self.judges.iter().copied()
    }

    /// The line type of a row, or why it cannot be billed. `has_discounts`: whether its map of discounts has any.
    pub(super) fn line_type<'f>(
        &self,
        text: &dyn Fn(Column) -> &'f [u8],
        field: &dyn Fn(usize) -> Cow<'f, [u8]>,
        has_discounts: bool,
    ) -> Result<&'static [u8], Unbillable> {
        let judge = |judge: Judge| field(self.judges[judge as usize]);
        let refuse = |column: Judge, why: &'static str| {
            Err(Unbillable { column: JUDGES[column as usize].1, found: judge(column).into_owned(), why })
        };
        if !is_aws(&judge(Judge::Provider)) {
            return refuse(Judge::Provider, "it is no charge of AWS");
        }
        for column in [Judge::CommitmentId, Judge::CommitmentStatus] {
            if !judge(column).is_empty() {
                return refuse(column, "the hours, sizes and rates of a reservation or Savings Plan are not in it");
            }
        }
        if *judge(Judge::PricingCategory) == *b"Committed" {
            return refuse(Judge::PricingCategory, "whose commitment covers it is not in it");
        }
        if has_discounts {
            return refuse(
                Judge::Discounts,
                "BilledCost is after private discounts, the cost before them is not in it",
            );
        }
        if !judge(Judge::Class).is_empty() {
            return refuse(Judge::Class, "whether it is a refund or corrected usage is not in it");
        }
        let category = judge(Judge::Category);
        let line_type: &'static [u8] = match &*category {
            b"Tax" => return Ok(b"Tax"),
            b"Credit" => b"Credit",
            b"Usage" => b"Usage",
            b"Purchase" if *judge(Judge::Frequency) == *b"One-Time" => b"Fee",
            b"Purchase" => {
                return refuse(Judge::Frequency, "whether it is a fee, a subscription or support is not in it");
            }
            b"Adjustment" => return refuse(Judge::Category, "what is adjusted is not in it"),
            _ => return refuse(Judge::Category, "accepted are Usage, Purchase, Tax and Credit"),
        };
        if line_type != b"Credit" && !is_aws(&judge(Judge::Publisher)) {
            return refuse(Judge::Publisher, "only what AWS sells itself is told from AWS Marketplace");
        }
        let service = text(Column::ProductCode);
        if service == TRAFFIC {
            return Err(Unbillable { column: "x_ServiceCode", found: service.to_vec(), why: CAUSE_UNKNOWN });
        }
        if line_type == b"Usage" {
            for (column, name, why) in NEEDED_OF_USAGE {
                if text(column).is_empty() {
                    return Err(Unbillable { column: name, found: Vec::new(), why });
                }
            }
        }
        Ok(line_type)
    }
}

const CAUSE_UNKNOWN: &str = "which service caused the traffic is not in it";

const NEEDED_OF_USAGE: [(Column, &str, &str); 4] = [
    (Column::ProductCode, "x_ServiceCode", "the service is not in it"),
    (Column::UsageType, "x_UsageType", "the usage type is not in it"),
    (Column::UsageAmount, "PricingQuantity", "the quantity is not in it"),
    (Column::Sku, "SkuId", "the SKU is not in it"),
];

/// Whether a provider or publisher is AWS.
fn is_aws(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
    name == "aws" || name.starts_with("amazon")
}
