//! Makes issued documents again from what the ledger keeps.

use std::path::Path;

use super::RunError;
use super::ledger_terms::open_ledger;
use super::make::{Order, make};
use super::material::Material;
use crate::ledger::{Entry, sha256};
use crate::period::BillingPeriod;

/// A document made again from what was recorded.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Its number.
    pub number: String,
    /// The version of the program that made it.
    pub program_version: String,
    /// Files that differ from what was issued; empty where every byte is the same.
    pub differing: Vec<String>,
}

/// Makes documents again from the inputs that the ledger keeps, and compares every byte.
pub fn replay(ledger_dir: &Path, period: Option<BillingPeriod>) -> Result<Vec<Replayed>, RunError> {
    let ledger = open_ledger(ledger_dir)?;
    let mut replayed = Vec::new();
    for (number, entry) in ledger.book().entries() {
        let Entry::Inputs(inputs) = entry else { continue };
        if period.is_some_and(|period| period.to_string() != inputs.billing_period) {
            continue;
        }
        let material = Material::of_ledger(&ledger, inputs)?;
        let book = ledger.book().before(number);
        let made = make(&ledger, &book, &material, &Order::of_entry(inputs)?)?;
        for (_, entry) in ledger.book().entries() {
            let Entry::Carry(carry) = entry else { continue };
            if carry.inputs == number {
                let is_same = made.carries.iter().any(|made| made.entry == *carry);
                let differing = if is_same { Vec::new() } else { vec!["the entry of the ledger".to_owned()] };
                let number = format!("{} carried into {}", carry.predecessor, carry.into);
                replayed.push(Replayed { number, program_version: inputs.program_version.clone(), differing });
            }
        }
        let recorded = ledger.book().documents().filter(|booked| booked.document.inputs == number);
        for booked in recorded {
            let document = booked.document;
            let again = made.documents.iter().find(|made| made.entry.number == document.number);
            let hash = |name: &str| {
                let made = again?;
                let place = made.entry.artefacts.iter().position(|artefact| artefact.name == name)?;
                Some(sha256(&made.files[place]))
            };
            let differs =
                document.artefacts.iter().filter(|artefact| hash(&artefact.name).as_ref() != Some(&artefact.sha256));
            let mut differing: Vec<String> = differs.map(|artefact| artefact.name.clone()).collect();
            if again.is_some_and(|made| made.entry != *document) {
                differing.push("the entry of the ledger".to_owned());
            }
            let program_version = inputs.program_version.clone();
            replayed.push(Replayed { number: document.number.clone(), program_version, differing });
        }
    }
    Ok(replayed)
}
