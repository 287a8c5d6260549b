//! What is known of a SKU, as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::arguments::Day;
use crate::period::Instant;
use crate::reference::Rates;
use crate::terms::{FreeOffer, PriceVersion, SavingsPlanKind, SavingsPlanRate};

const SECONDS_OF_DAY: i64 = 86_400;

/// Everything that is shown.
pub(super) struct Shown<'a> {
    sku: &'a str,
    /// Versions with the instant at which the next one begins.
    versions: Vec<(&'a PriceVersion, Option<Instant>)>,
    /// Free offers that apply to the SKU, and those that it is.
    offers: Vec<(&'a FreeOffer, Option<Instant>)>,
    plan_rates: Vec<(&'a SavingsPlanKind, &'a SavingsPlanRate, Option<Instant>)>,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShowError {
    /// Nobody knows the SKU.
    #[error(
        "SKU {sku}: found in no list price, free offer or Savings Plan rate of the workspace ({known} SKUs have prices); \
         accepted: a SKU as in product/sku of a report; import the offer file of its service with `seikyu rates \
         import-prices`"
    )]
    Unknown {
        /// Which.
        sku: String,
        /// How many SKUs have list prices.
        known: usize,
    },
    /// All that is known of it begins later.
    #[error("SKU {sku}: found no price in force on {day}; accepted: a day from {first} on; leave out --on to see all")]
    Later {
        /// Which.
        sku: String,
        /// The day that was asked for.
        day: String,
        /// When the first price begins.
        first: Instant,
    },
}

impl<'a> Shown<'a> {
    pub(super) fn of(rates: &'a Rates, sku: &'a str, on: Option<Day>) -> Result<Self, ShowError> {
        let list = &rates.price_list;
        let versions = list.versions.get(sku).map(Vec::as_slice).unwrap_or_default();
        let concerns = |offer: &FreeOffer| offer.sku == sku || offer.applies_to.iter().any(|other| other == sku);
        let offers: Vec<&[FreeOffer]> =
            list.free_offers.values().filter(|versions| versions.iter().any(concerns)).map(Vec::as_slice).collect();
        let plans: Vec<_> = rates.savings_plan_rates.of_sku(sku).collect();
        let starts = versions.iter().map(|version| version.effective_from);
        let starts = starts.chain(offers.iter().flat_map(|offer| offer.iter().map(|offer| offer.effective_from)));
        let plan_starts = plans.iter().flat_map(|(_, rates)| rates.iter().map(|rate| rate.effective_from));
        let Some(first) = starts.chain(plan_starts).min() else {
            return Err(ShowError::Unknown { sku: sku.to_owned(), known: list.versions.len() });
        };
        let shown = Self {
            sku,
            versions: in_force(versions, |version| version.effective_from, on),
            offers: offers
                .into_iter()
                .flat_map(|offer| in_force(offer, |offer| offer.effective_from, on))
                .filter(|(offer, _)| concerns(offer))
                .collect(),
            plan_rates: plans
                .into_iter()
                .flat_map(|(kind, rates)| {
                    let rates = in_force(rates, |rate| rate.effective_from, on);
                    rates.into_iter().map(move |(rate, until)| (kind, rate, until))
                })
                .collect(),
        };
        match on {
            Some(day) if shown.versions.is_empty() && shown.offers.is_empty() && shown.plan_rates.is_empty() => {
                let day = day.start.to_string()[..10].to_owned();
                Err(ShowError::Later { sku: sku.to_owned(), day, first })
            }
            _ => Ok(shown),
        }
    }
}

/// The versions that were in force at some time of the day, each with the start of the next one.
fn in_force<T>(versions: &[T], start: impl Fn(&T) -> Instant, on: Option<Day>) -> Vec<(&T, Option<Instant>)> {
    let nexts = versions.iter().skip(1).map(|version| Some(start(version))).chain([None]);
    let is_shown = |(version, until): &(&T, Option<Instant>)| {
        on.is_none_or(|day| {
            let end = Instant::from_seconds(day.start.seconds() + SECONDS_OF_DAY);
            start(version) < end && until.is_none_or(|until| day.start < until)
        })
    };
    versions.iter().zip(nexts).filter(is_shown).collect()
}

fn span(from: Instant, until: Option<Instant>) -> String {
    until.map_or_else(|| format!("from {from}"), |until| format!("from {from} until {until}"))
}

pub(super) fn show_text(shown: &Shown<'_>) -> String {
    let mut out = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| writeln!(out, "{text}").expect("text in memory takes any line");
    line(format_args!("{}", shown.sku));
    for (version, until) in &shown.versions {
        let unit = if version.unit.is_empty() { "unit" } else { &version.unit };
        line(format_args!("list price {}, USD per {unit}:", span(version.effective_from, *until)));
        for (range, source) in version.ranges() {
            let end = range.end.map_or_else(|| String::from("Inf"), |end| end.to_string());
            line(format_args!("  above {} up to {end}: {}   ({source})", range.begin, range.price));
        }
    }
    for (offer, until) in &shown.offers {
        let whose = match offer.sku == shown.sku {
            true => format!("shared by {}", offer.applies_to.join(", ")),
            false => format!("by free offer {}, shared by {} SKUs", offer.sku, offer.applies_to.len()),
        };
        let span = span(offer.effective_from, *until);
        line(format_args!("free {span}: {} a month, {whose}   ({})", offer.allowance, offer.source));
    }
    for (kind, rate, until) in &shown.plan_rates {
        let kind = format!("{} {} {}", kind.offering(), kind.payment_option(), kind.term());
        let unit = if rate.unit.is_empty() { "unit" } else { &rate.unit };
        let span = span(rate.effective_from, *until);
        line(format_args!("Savings Plan {kind} {span}: {} USD per {unit}   ({})", rate.rate, rate.source));
    }
    out
}

pub(super) fn show_json(shown: &Shown<'_>) -> Value {
    let instant = |instant: &Option<Instant>| instant.map(|instant| instant.to_string());
    let version = |(version, until): &(&PriceVersion, Option<Instant>)| {
        let ranges = version.ranges().map(|(range, source)| {
            json!({
                "begin_range": range.begin.to_string(),
                "end_range": range.end.map_or_else(|| String::from("Inf"), |end| end.to_string()),
                "price_per_unit": range.price.to_string(),
                "source": source.as_ref(),
            })
        });
        json!({
            "effective_from": version.effective_from.to_string(),
            "until": instant(until),
            "unit": version.unit,
            "ranges": ranges.collect::<Vec<_>>(),
        })
    };
    let offer = |(offer, until): &(&FreeOffer, Option<Instant>)| {
        json!({
            "sku": offer.sku,
            "effective_from": offer.effective_from.to_string(),
            "until": instant(until),
            "allowance": offer.allowance.to_string(),
            "applies_to": offer.applies_to,
            "source": offer.source,
        })
    };
    let rate = |(kind, rate, until): &(&SavingsPlanKind, &SavingsPlanRate, Option<Instant>)| {
        json!({
            "offering": kind.offering(),
            "payment_option": kind.payment_option(),
            "term": kind.term(),
            "effective_from": rate.effective_from.to_string(),
            "until": instant(until),
            "rate": rate.rate.to_string(),
            "unit": rate.unit,
            "source": rate.source,
        })
    };
    json!({
        "sku": shown.sku,
        "list_prices": shown.versions.iter().map(version).collect::<Vec<_>>(),
        "free_offers": shown.offers.iter().map(offer).collect::<Vec<_>>(),
        "savings_plan_rates": shown.plan_rates.iter().map(rate).collect::<Vec<_>>(),
    })
}
