use std::path::Path;
use std::sync::Arc;

use super::contracts::{PAYMENTS, twice};
use super::plan_discounts::read_discount;
use super::settings::check_date;
use super::table::{Located, Rows};
use super::toml_keys::{Keys, TomlFile};
use super::{Fault, Intake, ReferenceError};
use crate::period::BillingPeriod;
use crate::terms::{Confirmation, FreeTierPolicy, Plan, Sharing, Source};

const SHARINGS: [(&str, Sharing); 2] = [("account", Sharing::Account), ("organization", Sharing::Organization)];

const FREE_TIERS: [(&str, FreeTierPolicy); 3] = [
    ("always_free_per_group", FreeTierPolicy::AlwaysFreePerGroup),
    ("none", FreeTierPolicy::None),
    ("as_billed", FreeTierPolicy::AsBilled),
];

/// Reads every `*.toml` of the plans folder.
pub(super) fn read_plans(intake: &mut Intake, folder: &Path) -> Result<Rows<Plan>, ReferenceError> {
    let faults_before = intake.faults.len();
    let mut rows: Vec<Located<Plan>> = Vec::new();
    let Some(paths) = intake.folder(folder)? else {
        intake.missing(folder, "a folder with one TOML file for each plan");
        return Ok(Rows { rows, is_whole: false });
    };
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        let Some((file, text)) = intake.text(path)? else { continue };
        let Some(plan) = read_plan(&file, &text, &mut intake.faults) else { continue };
        if let Some(earlier) = rows.iter().find(|earlier| earlier.value.id == plan.value.id) {
            intake.faults.push(twice(&plan.at, "id", &plan.value.id, &earlier.at));
            continue;
        }
        rows.push(plan);
    }
    Ok(Rows { rows, is_whole: intake.faults.len() == faults_before })
}

/// Reads one plan file.
pub(super) fn read_plan(file: &Arc<str>, text: &str, faults: &mut Vec<Fault>) -> Option<Located<Plan>> {
    let file_of_keys = TomlFile::parse(file, text, faults)?;
    let faults_before = faults.len();
    let mut keys = file_of_keys.keys();
    let id = keys.needed_text("id", faults);
    if let Some(id) = id.as_ref().filter(|id| id.trim() != id.as_str()) {
        faults.push(keys.fault("id", &format!("{id:?}"), "an id without blanks around it", ""));
    }
    let name = keys.needed_text("name", faults);
    let valid_from = read_month(&mut keys, "valid_from", faults);
    let valid_to = read_month(&mut keys, "valid_to", faults);
    if valid_from == Some(None) {
        faults.push(keys.fault("valid_from", "no month", "the first month in which an account may start", "add it"));
    }
    if let (Some(Some(first)), Some(Some(last))) = (valid_from, valid_to)
        && last < first
    {
        faults.push(keys.fault("valid_to", &last.to_string(), &format!("a month from {first} on, or nothing"), ""));
    }
    let sharing = keys.choice("sharing", &SHARINGS, None, faults);
    let free_tier = keys.choice("free_tier", &FREE_TIERS, Some(FreeTierPolicy::AlwaysFreePerGroup), faults);
    let commitment_fees = keys.boolean("commitment_fees", faults);
    let payment = keys.choice("payment", &PAYMENTS.map(|word| (word, word)), None, faults);
    let source = read_source(&mut keys, faults);
    let assumptions = keys.section("assumptions", faults).map(|keys| keys.all_texts(faults)).unwrap_or_default();
    let discount = read_discount(&mut keys, faults);
    let at = keys.place("id");
    keys.finish(faults);
    if faults.len() > faults_before {
        return None;
    }
    let plan = Plan {
        id: id?,
        name: name?,
        valid_from: valid_from??,
        valid_to: valid_to?,
        sharing: sharing?,
        free_tier: free_tier?,
        commitment_fees: commitment_fees?,
        payment: payment?.to_owned(),
        source: source?,
        assumptions,
        discount: discount?,
    };
    Some(Located { value: plan, at })
}

/// A month, or nothing where the key is not there or empty; `None` after a fault.
pub(super) fn read_month(
    keys: &mut Keys<'_>,
    key: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<Option<BillingPeriod>> {
    let text = keys.text(key, faults)?;
    if text.is_empty() {
        return Some(None);
    }
    let month = text.parse().ok();
    if month.is_none() {
        faults.push(keys.fault(key, &format!("{text:?}"), "a month \"YYYY-MM\", such as \"2025-05\"", ""));
    }
    month.map(Some)
}

/// `source` and, for an assumed number, who vouches for it.
pub(super) fn read_source(keys: &mut Keys<'_>, faults: &mut Vec<Fault>) -> Option<Source> {
    let text = keys.needed_text("source", faults);
    let confirmed = keys.section("confirmed", faults).map(|keys| read_confirmation(keys, faults));
    Some(Source { text: text?.trim().to_owned(), confirmed })
}

fn read_confirmation(mut keys: Keys<'_>, faults: &mut Vec<Fault>) -> Confirmation {
    let by = keys.needed_text("by", faults).unwrap_or_default();
    let on = keys.needed_text("on", faults).unwrap_or_default();
    check_date(&keys, "on", &on, faults);
    let what = keys.needed_text("what", faults).unwrap_or_default();
    keys.finish(faults);
    Confirmation { by, on, what }
}
