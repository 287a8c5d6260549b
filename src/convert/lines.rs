use std::collections::{BTreeMap, BTreeSet};

use super::{ConvertError, ServicePart};
use crate::alone::AccountHold;
use crate::discount::{DiscountedCharges, FactCharge};
use crate::money::{FxRate, Rounding, Usd, Yen, split_yen_line};
use crate::terms::{AccountContract, BorneBy, ReferenceData, Section, TaxDecision, TaxTreatment};
use crate::usage::{Facts, Sym};

/// What one account owes in one section at one tax category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YenLine {
    /// The account's project.
    pub project_id: String,
    /// Twelve digits.
    pub account_id: String,
    /// As printed.
    pub account_name: String,
    /// The account's plan in the billing month.
    pub plan_id: String,
    /// Part of the account's charges.
    pub section: Section,
    /// Such as `standard`.
    pub tax_category: String,
    /// List dollars.
    pub gross_usd: Usd,
    /// Discount dollars.
    pub discount_usd: Usd,
    /// Net dollars.
    pub net_usd: Usd,
    /// List yen.
    pub gross_jpy: Yen,
    /// Net less gross.
    pub discount_jpy: Yen,
    /// Net yen.
    pub net_jpy: Yen,
    /// What the cut took off the net, in units of 10^-18 yen.
    pub remainder: i128,
    /// By product code.
    pub services: Vec<ServicePart>,
}

/// The lines of a month.
#[derive(Clone, Debug, Default)]
pub struct YenLines {
    /// Sorted by project, account, section, tax category.
    pub lines: Vec<YenLine>,
    /// Lines whose tax treatment nobody stated.
    pub holds: BTreeSet<AccountHold>,
}

/// Gross and discount dollars by product code and product name.
type Services = BTreeMap<(Sym, Sym), (Usd, Usd)>;

type LineKey<'a> = (&'a str, &'a str, Section, String);

/// What decides on the line and the service of a charge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    account: Sym,
    section: Section,
    billing_entity: Sym,
    invoicing_entity: Sym,
    product_code: Sym,
    product_name: Sym,
}

/// The sums of the charges of a place.
#[derive(Default)]
struct Sums {
    gross: Usd,
    discount: Usd,
    /// Whether any charge is of more than nothing.
    counts: bool,
}

/// Sums charges by what decides on their line: neighbours mostly share it.
fn sum_by_place(facts: &Facts, charges: &[FactCharge]) -> BTreeMap<Place, Sums> {
    let mut sums: BTreeMap<Place, Sums> = BTreeMap::new();
    let place_of = |charge: &FactCharge| Place::of(facts, charge);
    for charges in charges.chunk_by(|one, other| place_of(one) == place_of(other)) {
        let sum = sums.entry(place_of(&charges[0])).or_default();
        for charge in charges {
            sum.gross += charge.list;
            sum.discount += charge.discount;
            sum.counts |= !(charge.list.is_zero() && charge.discount.is_zero());
        }
    }
    sums
}

impl Place {
    fn of(facts: &Facts, charge: &FactCharge) -> Self {
        let key = &facts.facts[charge.fact].key;
        Self {
            account: charge.account,
            section: charge.section,
            billing_entity: key.billing_entity,
            invoicing_entity: key.invoicing_entity,
            product_code: key.product_code,
            product_name: key.product_name,
        }
    }
}

/// Converts the charges of all accounts that are on an invoice.
pub fn to_yen(
    facts: &Facts,
    reference: &ReferenceData,
    discounted: &DiscountedCharges,
) -> Result<YenLines, ConvertError> {
    let mut lines: BTreeMap<LineKey<'_>, (&AccountContract, Services)> = BTreeMap::new();
    let mut holds = BTreeSet::new();
    for (place, sums) in sum_by_place(facts, &discounted.charges) {
        let account_id = facts.text(place.account);
        let Some(contract) = reference.contract(account_id, facts.period) else { continue };
        if contract.borne_by == BorneBy::Reseller || contract.project_id.is_empty() {
            continue;
        }
        let (category, undecided) = tax_category(facts, reference, contract, place);
        holds.extend(undecided.filter(|_| sums.counts));
        let key = (contract.project_id.as_str(), account_id, place.section, category);
        let (_, services) = lines.entry(key).or_insert((contract, BTreeMap::new()));
        let (gross, discount) = services.entry((place.product_code, place.product_name)).or_default();
        *gross += sums.gross;
        *discount += sums.discount;
    }
    let quote = reference.fx_rates.get(&facts.period);
    let mut out = YenLines { lines: Vec::new(), holds };
    for ((_, _, section, tax_category), (contract, services)) in lines {
        let rate = quote.ok_or(ConvertError::NoRate(facts.period))?.rate;
        let line = convert_line(facts, contract, section, tax_category, &services, rate)?;
        if !(line.gross_usd.is_zero() && line.discount_usd.is_zero()) {
            out.lines.push(line);
        }
    }
    Ok(out)
}

/// The tax category of the line that a charge is in; empty where its account has no contract.
pub fn category_of(facts: &Facts, reference: &ReferenceData, charge: &FactCharge) -> String {
    let contract = reference.contract(facts.text(charge.account), facts.period);
    let category = |contract| tax_category(facts, reference, contract, Place::of(facts, charge)).0;
    contract.map(category).unwrap_or_default()
}

/// The category of the first treatment that fits; without a file everything is `standard`. What nobody has decided is
/// drafted as `standard`, and held where it is charged for.
fn tax_category(
    facts: &Facts,
    reference: &ReferenceData,
    contract: &AccountContract,
    place: Place,
) -> (String, Option<AccountHold>) {
    const UNDECIDED: &str = TaxDecision::UNDECIDED;
    let Some(treatments) = &reference.tax_treatments else { return (UNDECIDED.to_owned(), None) };
    let texts = [
        place.section.name(),
        facts.text(place.billing_entity),
        facts.text(place.invoicing_entity),
        facts.text(place.product_code),
        &contract.project_id,
    ];
    let fits = |treatment: &&TaxTreatment| {
        let wanted = [
            &treatment.section,
            &treatment.billing_entity,
            &treatment.invoicing_entity,
            &treatment.product_code,
            &treatment.project_id,
        ];
        treatment.holds_in(facts.period)
            && wanted.iter().zip(texts).all(|(wanted, found)| wanted.is_empty() || wanted.as_str() == found)
    };
    let (why, remedy) = match treatments.iter().find(fits).map(|treatment| &treatment.decision) {
        Some(TaxDecision::Category(category)) => return (category.clone(), None),
        Some(TaxDecision::Review) => {
            ("review: ", "put the category that the contract says into tax_treatments.csv, above the row with review")
        }
        None => ("", "add a row that fits to tax_treatments.csv"),
    };
    let [section, billing_entity, invoicing_entity, product_code, _] = texts;
    let hold = AccountHold {
        account_id: facts.text(place.account).to_owned(),
        reason: "unknown_tax_treatment",
        detail: format!(
            "{why}section {section}, billing entity {billing_entity:?}, invoicing entity {invoicing_entity:?}, \
             product {product_code}; drafted as {UNDECIDED}"
        ),
        remedy: remedy.to_owned(),
        spreads_to_group: false,
    };
    (UNDECIDED.to_owned(), Some(hold))
}

fn convert_line(
    facts: &Facts,
    contract: &AccountContract,
    section: Section,
    tax_category: String,
    services: &Services,
    rate: FxRate,
) -> Result<YenLine, ConvertError> {
    let gross_parts: Vec<Usd> = services.values().map(|(gross, _)| *gross).collect();
    let net_parts: Vec<Usd> = services.values().map(|(gross, discount)| *gross + *discount).collect();
    let gross_usd: Usd = gross_parts.iter().copied().sum();
    let net_usd: Usd = net_parts.iter().copied().sum();
    let gross_jpy = rate.convert(gross_usd, Rounding::TowardZero)?;
    let (net_jpy, remainder) = rate.convert_with_remainder(net_usd, Rounding::TowardZero)?;
    let gross_yen = split_yen_line(gross_jpy, &gross_parts, rate)?;
    let net_yen = split_yen_line(net_jpy, &net_parts, rate)?;
    let parts = services.iter().zip(gross_yen).zip(net_yen).map(
        |((((product, name), (gross, discount)), gross_jpy), net_jpy)| ServicePart {
            product_code: facts.text(*product).to_owned(),
            product_name: facts.text(*name).to_owned(),
            gross_usd: *gross,
            discount_usd: *discount,
            net_usd: *gross + *discount,
            gross_jpy,
            discount_jpy: net_jpy - gross_jpy,
            net_jpy,
        },
    );
    Ok(YenLine {
        project_id: contract.project_id.clone(),
        account_id: contract.account_id.clone(),
        account_name: contract.account_name.clone(),
        plan_id: contract.plan_id.clone(),
        section,
        tax_category,
        gross_usd,
        discount_usd: net_usd - gross_usd,
        net_usd,
        gross_jpy,
        discount_jpy: net_jpy - gross_jpy,
        net_jpy,
        remainder,
        services: parts.collect(),
    })
}
