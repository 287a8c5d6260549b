//! From what documents were made from to what counts now, one thing after the other: why a difference arose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::RunError;
use super::ledger_terms::add_carried;
use super::material::Material;
use crate::alone::RowClass;
use crate::correct::Figures;
use crate::fold::mix_facts;
use crate::ledger::Book;
use crate::pipeline::{Bill, bill};
use crate::reference::{KeptFiles, read_kept};
use crate::terms::ReferenceData;
use crate::usage::{Fact, Facts};

/// A cause and what every project would owe with it.
pub(super) type PricedStep = (String, BTreeMap<String, Figures>);

/// What AWS may change in a closed month, in the order in which it is taken over.
const OF_AWS: [&str; 7] =
    ["AWS: account gone", "AWS: account new", "AWS: usage", "AWS: refund", "AWS: credit", "AWS: support", "AWS: tax"];

/// The steps; the first is what the program of today makes of what was recorded, the last is what counts now.
///
/// A step that cannot be priced alone (a new contract needs its new plan) goes together with the next one.
pub(super) fn steps_between(base: &Material, now: &Material, book: &Book) -> Result<Vec<PricedStep>, RunError> {
    let with_ledger = |reference: &ReferenceData| {
        let mut reference = reference.clone();
        add_carried(&mut reference, book);
        reference
    };
    let old_reference = with_ledger(&base.workspace.reference);
    let new_reference = with_ledger(&now.workspace.reference);
    let first = bill(&base.facts, &old_reference)?;
    let mut walk = Walk { steps: vec![("program version".to_owned(), figures(&first))], waiting: Vec::new() };

    // What AWS changed, with all that was agreed as it was.
    let can_be_mixed = base.facts.price_instants == now.facts.price_instants;
    if base.facts != now.facts {
        if can_be_mixed {
            let new_classes = bill(&now.facts, &old_reference).map(|bill| bill.list.classes);
            let classes = [first.list.classes, new_classes.unwrap_or_default()];
            let parts = Parts::of([&base.facts, &now.facts], classes);
            for (count, name) in (1..).zip(OF_AWS) {
                if parts.differ(count) {
                    walk.try_step(name, parts.mixed(count).ok().and_then(|facts| bill(&facts, &old_reference).ok()));
                }
            }
        } else {
            walk.waiting.push("AWS".to_owned()); // Prices that change on other days make other keys.
        }
    }

    // What was agreed, file by file, with AWS's rows as they are now.
    let mut kept = (*base.kept).clone();
    for group in groups_that_differ(&base.kept, &now.kept) {
        replace_group(&mut kept, &now.kept, group);
        let reference = read_kept(&Arc::new(kept.clone()), Some(now.period)).ok();
        let reference = reference.map(|workspace| with_ledger(&workspace.reference));
        walk.try_step(group, reference.and_then(|reference| bill(&now.facts, &reference).ok()));
    }
    walk.finish(figures(&bill(&now.facts, &new_reference)?));
    Ok(walk.steps)
}

struct Walk {
    steps: Vec<PricedStep>,
    /// Causes that could not be priced without the next one.
    waiting: Vec<String>,
}

impl Walk {
    fn try_step(&mut self, cause: &str, priced: Option<Bill>) {
        self.waiting.push(cause.to_owned());
        if let Some(bill) = priced {
            let cause = std::mem::take(&mut self.waiting).join(" + ");
            self.steps.push((cause, figures(&bill)));
        }
    }

    /// What counts now ends the walk, under the causes that could not be priced before it.
    fn finish(&mut self, now: BTreeMap<String, Figures>) {
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() || self.steps.last().is_none_or(|(_, last)| *last != now) {
            let cause = if waiting.is_empty() { "other".to_owned() } else { waiting.join(" + ") };
            self.steps.push((cause, now));
        }
    }
}

fn figures(bill: &Bill) -> BTreeMap<String, Figures> {
    bill.invoices.iter().map(|invoice| (invoice.project.project_id.clone(), Figures::of(invoice))).collect()
}

/// The facts of both versions, each with the number of the step of [`OF_AWS`] that it belongs to.
struct Parts<'a> {
    facts: [&'a Facts; 2],
    step_of: [Vec<usize>; 2],
}

impl<'a> Parts<'a> {
    fn of(facts: [&'a Facts; 2], classes: [Vec<RowClass>; 2]) -> Self {
        let accounts = facts
            .map(|facts| -> BTreeSet<&str> { facts.facts.iter().map(|fact| facts.text(fact.key.account)).collect() });
        let step_of = |side: usize| {
            let account_step = |fact: &Fact| {
                let is_there = accounts[1 - side].contains(facts[side].text(fact.key.account));
                (!is_there).then_some(if side == 0 { 1 } else { 2 })
            };
            let class_step = |place: usize| classes[side].get(place).map_or(3, |class| step_of_class(*class));
            let places = facts[side].facts.iter().enumerate();
            places.map(|(place, fact)| account_step(fact).unwrap_or_else(|| class_step(place))).collect()
        };
        Self { facts, step_of: [step_of(0), step_of(1)] }
    }

    /// The first `count` steps as they are now, the others as they were.
    fn mixed(&self, count: usize) -> Result<Facts, crate::fold::SumTooLarge> {
        mix_facts(self.facts, |side, place, _| {
            let step = self.step_of[side][place];
            if side == 0 { step > count } else { step <= count }
        })
    }

    /// Whether the two versions have other facts in a step.
    fn differ(&self, step: usize) -> bool {
        let of_step = |side: usize| {
            mix_facts(self.facts, |other, place, _| other == side && self.step_of[side][place] == step)
                .map(|facts| facts.facts)
        };
        of_step(0) != of_step(1)
    }
}

/// Rows that only make sense together are one step: usage with what covers it, its fees and its discounts.
const fn step_of_class(class: RowClass) -> usize {
    match class {
        RowClass::Refund => 4,
        RowClass::Credit => 5,
        RowClass::Support => 6,
        RowClass::Tax => 7,
        RowClass::Usage
        | RowClass::RiCovered
        | RowClass::SpCovered
        | RowClass::SpNegation
        | RowClass::CommitmentFee
        | RowClass::OneOffFee
        | RowClass::PrivateDiscount
        | RowClass::BundledDiscount
        | RowClass::Marketplace
        | RowClass::SplitCost
        | RowClass::Unknown => 3,
    }
}

/// The groups of files in the order in which they are taken over; what others refer to comes first.
const GROUPS: [&str; 10] = [
    "settings",
    "exchange rate",
    "list prices",
    "tax rules",
    "row lists",
    "plan",
    "contract",
    "fees",
    "credit rules",
    "other files",
];

/// What a file of a workspace is about.
fn group_of(path: &str) -> &'static str {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = folder.rsplit('/').next().unwrap_or_default();
    match (folder, name) {
        (_, "seikyu.toml") => "settings",
        ("fx", _) => "exchange rate",
        ("list_prices" | "savings_plans" | "commitments", _) => "list prices",
        ("tax", _) | (_, "tax_treatments.csv") => "tax rules",
        ("row_lists", _) => "row lists",
        (_, "accounts.csv" | "projects.csv") => "contract",
        (_, "fees.csv" | "fee_tiers.csv") => "fees",
        (_, "credits.csv") => "credit rules",
        (_, name) if name.ends_with(".toml") => "plan",
        _ => "other files",
    }
}

fn groups_that_differ(old: &KeptFiles, new: &KeptFiles) -> Vec<&'static str> {
    let differs = |group: &&str| {
        let own = |files: &KeptFiles| -> Vec<(String, Arc<[u8]>)> {
            let own = files.iter().filter(|(path, _)| group_of(path) == *group);
            own.map(|(path, bytes)| (path.to_owned(), Arc::clone(bytes))).collect()
        };
        own(old) != own(new)
    };
    GROUPS.into_iter().filter(differs).collect()
}

fn replace_group(kept: &mut KeptFiles, new: &KeptFiles, group: &str) {
    let old: Vec<String> =
        kept.iter().filter(|(path, _)| group_of(path) == group).map(|(path, _)| path.to_owned()).collect();
    for path in old {
        kept.remove(&path);
    }
    for (path, bytes) in new.iter().filter(|(path, _)| group_of(path) == group) {
        kept.insert(path.to_owned(), Arc::clone(bytes));
    }
}
