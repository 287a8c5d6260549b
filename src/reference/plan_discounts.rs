use regex::Regex;

use super::fees::GRID;
use super::plans::{read_month, read_source};
use super::table::number_hint;
use super::toml_keys::Keys;
use super::{Fault, Place};
use crate::money::{Percent, UnitPrice, parse_grid};
use crate::period::BillingPeriod;
use crate::terms::{Category, CategoryRule, Discount};

/// Dollars for one unit; a price above this is a slip of the keyboard.
const DEAREST: i128 = 1_000_000 * GRID;

#[derive(Clone, Copy)]
enum Kind {
    Percent,
    Category,
}

#[derive(Clone, Copy)]
enum Rule {
    PercentOff,
    UnitPrice,
}

/// Reads `[discount]`; `None` after a fault.
pub(super) fn read_discount(plan: &mut Keys<'_>, faults: &mut Vec<Fault>) -> Option<Discount> {
    let faults_before = faults.len();
    let Some(mut keys) = plan.section("discount", faults) else {
        if faults.len() == faults_before {
            faults.push(plan.fault("discount", "no such section", "[discount] with a kind", "add it"));
        }
        return None;
    };
    let kind = keys.choice("kind", &[("percent", Kind::Percent), ("category", Kind::Category)], None, faults)?;
    let discount = match kind {
        Kind::Percent => read_percent_discount(&mut keys, faults),
        Kind::Category => read_categories(&mut keys, faults).map(Discount::Category),
    };
    keys.finish(faults);
    discount
}

fn read_percent_discount(keys: &mut Keys<'_>, faults: &mut Vec<Fault>) -> Option<Discount> {
    let percent = read_percent(keys, "percent", faults);
    let services = keys.texts("services", faults);
    if services.as_ref().is_some_and(Vec::is_empty) {
        let accepted = "the product codes that are discounted";
        faults.push(keys.fault("services", "nothing", accepted, "list them as in lineItem/ProductCode"));
    }
    Some(Discount::Percent { percent: percent?, services: without_repeats(keys, "services", services?, faults)? })
}

fn without_repeats(
    keys: &Keys<'_>,
    key: &'static str,
    texts: Vec<String>,
    faults: &mut Vec<Fault>,
) -> Option<Vec<String>> {
    let mut sorted: Vec<&String> = texts.iter().collect();
    sorted.sort();
    let repeated = sorted.windows(2).find(|pair| pair[0] == pair[1]);
    if let Some(pair) = repeated {
        faults.push(keys.fault(key, &format!("{:?} twice", pair[0]), "each product code once", "remove one"));
        return None;
    }
    Some(texts)
}

fn read_categories(keys: &mut Keys<'_>, faults: &mut Vec<Fault>) -> Option<Vec<Category>> {
    let faults_before = faults.len();
    let sections = keys.sections("category", faults);
    if sections.is_empty() && faults.len() == faults_before {
        faults.push(keys.fault("category", "nothing", "sections [[discount.category]]", "add one for each category"));
    }
    let mut categories: Vec<(Category, Place)> = Vec::new();
    for mut section in sections {
        let category = read_category(&mut section, faults);
        if let Some(category) = category {
            let same = |(earlier, _): &&(Category, Place)| earlier.name == category.name && earlier.overlaps(&category);
            if let Some((earlier, at)) = categories.iter().find(same) {
                let found = format!(
                    "{:?}, which is in force in months of {:?} in {}",
                    category.full_name(),
                    earlier.full_name(),
                    at.within_file()
                );
                let remedy = "end the earlier one with valid_to and begin the later one after it, or rename one";
                faults.push(section.fault("name", &found, "a name once in any month", remedy));
            }
            categories.push((category, section.place("name")));
        }
        section.finish(faults);
    }
    (faults.len() == faults_before).then(|| categories.into_iter().map(|(category, _)| category).collect())
}

fn read_category(keys: &mut Keys<'_>, faults: &mut Vec<Fault>) -> Option<Category> {
    let name = keys.needed_text("name", faults);
    let rules = [("percent_off", Rule::PercentOff), ("unit_price", Rule::UnitPrice)];
    let rule = match keys.choice("rule", &rules, None, faults) {
        Some(Rule::PercentOff) => read_percent(keys, "value", faults).map(CategoryRule::PercentOff),
        Some(Rule::UnitPrice) => read_price(keys, "value", faults).map(CategoryRule::UnitPrice),
        None => keys.text("value", faults).and(None),
    };
    // A forgotten key would claim every row.
    let has_both = keys.must_have("product_codes", "a list of product codes; [] means any product", faults)
        & keys.must_have("usage_type", "a pattern; '' means any usage type", faults);
    let product_codes = keys.texts("product_codes", faults).filter(|_| has_both);
    let product_codes = product_codes.and_then(|codes| without_repeats(keys, "product_codes", codes, faults));
    let usage_type = keys.text("usage_type", faults).and_then(|pattern| match Regex::new(&pattern) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let reason = error.to_string().lines().last().unwrap_or_default().to_owned();
            let accepted = "a regular expression that is searched in the usage type";
            faults.push(keys.fault("usage_type", &format!("{pattern:?}"), accepted, &reason));
            None
        }
    });
    let (valid_from, valid_to) = read_months(keys, faults);
    let source = read_source(keys, faults);
    Some(Category {
        name: name?,
        rule: rule?,
        product_codes: product_codes?,
        usage_type: usage_type?,
        valid_from: valid_from?,
        valid_to: valid_to?,
        source: source?,
    })
}

/// The months of a category, both of which may be left out.
fn read_months(
    keys: &mut Keys<'_>,
    faults: &mut Vec<Fault>,
) -> (Option<Option<BillingPeriod>>, Option<Option<BillingPeriod>>) {
    let first = read_month(keys, "valid_from", faults);
    let last = read_month(keys, "valid_to", faults);
    if let (Some(Some(first)), Some(Some(last))) = (first, last)
        && last < first
    {
        faults.push(keys.fault("valid_to", &last.to_string(), &format!("a month from {first} on, or nothing"), ""));
    }
    (first, last)
}

fn read_percent(keys: &mut Keys<'_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<Percent> {
    let accepted = "a percentage from 0 to 100 as text, such as \"7\" or \"3.5\"";
    read_number(keys, key, 100 * GRID, accepted, faults).map(Percent::from_units)
}

fn read_price(keys: &mut Keys<'_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<UnitPrice> {
    let accepted = "dollars for one unit, 0 or more, as text, such as \"0.051\"";
    read_number(keys, key, DEAREST, accepted, faults).map(UnitPrice::from_units)
}

fn read_number(
    keys: &mut Keys<'_>,
    key: &'static str,
    most: i128,
    accepted: &str,
    faults: &mut Vec<Fault>,
) -> Option<i128> {
    let faults_before = faults.len();
    let text = keys.text(key, faults)?;
    let (units, hint) = match parse_grid(&text) {
        Ok(units) => (Some(units), String::new()),
        Err(error) => (None, number_hint(&error)),
    };
    let units = units.filter(|units| (0..=most).contains(units));
    if units.is_none() && faults.len() == faults_before {
        let shown = if text.is_empty() { String::from("nothing") } else { format!("{text:?}") };
        faults.push(keys.fault(key, &shown, accepted, &hint));
    }
    units
}
