//! Whose a credit or refund is (billing rules, section 4).

use super::RowClass;
use crate::terms::{CreditRule, CreditTreatment, RowLists};
use crate::usage::{Fact, Facts};

/// What becomes of a credit or refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CreditDecision {
    /// The reseller's.
    Reseller,
    /// The customer's, by default.
    Customer,
    /// The customer's, because `credits.csv` says so.
    CustomerByRule,
    /// The customer's, and of a commitment: it goes to the owner.
    Commitment,
    /// Left out until somebody decides.
    Hold,
}

/// Decides by the workspace's rules, first match, then by the defaults.
pub(super) fn decide(
    facts: &Facts,
    fact: &Fact,
    class: RowClass,
    rules: &[CreditRule],
    lists: &RowLists,
) -> CreditDecision {
    let is_refund = class == RowClass::Refund;
    let of_commitment = is_refund && is_of_commitment(facts, fact);
    let passed_on = if of_commitment { CreditDecision::Commitment } else { CreditDecision::Customer };
    if let Some(rule) = rules.iter().find(|rule| matches(rule, facts, fact, is_refund)) {
        return match rule.treatment {
            CreditTreatment::Reseller => CreditDecision::Reseller,
            CreditTreatment::Customer if of_commitment => passed_on,
            CreditTreatment::Customer => CreditDecision::CustomerByRule,
            CreditTreatment::Hold => CreditDecision::Hold,
        };
    }
    let description = facts.text(fact.key.description);
    let is_reseller_s = !is_refund
        || lists.names_private_discount(description)
        || lists.is_support(facts.text(fact.key.product_code))
        || is_of_tax(facts, fact, description);
    if is_reseller_s { CreditDecision::Reseller } else { passed_on }
}

fn matches(rule: &CreditRule, facts: &Facts, fact: &Fact, is_refund: bool) -> bool {
    let line_type = if is_refund { "refund" } else { "credit" };
    let fits = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
    let description = facts.text(fact.key.description).to_lowercase();
    (rule.line_type.is_empty() || rule.line_type.eq_ignore_ascii_case(line_type))
        && fits(&rule.product_code, facts.text(fact.key.product_code))
        && fits(&rule.account_id, facts.text(fact.key.account))
        && description.contains(&rule.description_contains.to_lowercase())
}

/// Whether a refund is of a reservation or Savings Plan.
fn is_of_commitment(facts: &Facts, fact: &Fact) -> bool {
    !fact.key.commitment_arn.is_empty() || facts.text(fact.key.product_code).contains("SavingsPlan")
}

/// Whether a refund gives tax back: the row says a tax type, or its text names a tax.
fn is_of_tax(facts: &Facts, fact: &Fact, description: &str) -> bool {
    let is_tax_word = |word: &str| ["tax", "vat", "jct", "gst"].iter().any(|tax| word.eq_ignore_ascii_case(tax));
    let names_tax = description.split(|letter: char| !letter.is_alphanumeric()).any(is_tax_word);
    !facts.text(fact.key.tax_type).is_empty() || names_tax || description.contains("消費税")
}
