use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::contracts::twice;
use super::csv_table::read_csv;
use super::fees::GRID;
use super::table::{Columns, Located, Row, Rows};
use super::{Fault, Intake, Place, ReferenceError};
use crate::money::Percent;
use crate::period::BillingPeriod;
use crate::terms::{Section, Source, TaxDecision, TaxRate, TaxTreatment};

const RATE_COLUMNS: Columns = Columns { needed: &["tax_category", "percent", "valid_from", "source"], optional: &[] };

const TREATMENT_COLUMNS: Columns = Columns {
    needed: &[
        "section",
        "billing_entity",
        "invoicing_entity",
        "product_code",
        "tax_category",
        "valid_from",
        "valid_to",
    ],
    optional: &["project_id"],
};

const SHIPPED_RATES: &str = include_str!("../../rates/tax/consumption_tax.csv");

/// Reads `rates/tax/consumption_tax.csv`, or the shipped table where there is no such file.
pub(super) fn read_tax_rates(intake: &mut Intake, rates: &Path) -> Result<Rows<TaxRate>, ReferenceError> {
    let faults_before = intake.faults.len();
    let path = rates.join("tax").join("consumption_tax.csv");
    let (file, text) = match intake.text(&path)? {
        Some(found) => found,
        None if intake.faults.len() > faults_before => return Ok(Rows { rows: Vec::new(), is_whole: false }),
        None => {
            intake.shipped(&path, SHIPPED_RATES);
            (Arc::from("shipped rates/tax/consumption_tax.csv"), SHIPPED_RATES.to_owned())
        }
    };
    let faults = &mut intake.faults;
    let table = read_csv(&file, &text, &RATE_COLUMNS, faults);
    let mut rows = table.map(|table| table.read_rows(faults, read_rate)).unwrap_or_default();
    let mut places: BTreeMap<(&str, BillingPeriod), &Place> = BTreeMap::new();
    for row in &rows {
        let key = (row.value.tax_category.as_str(), row.value.valid_from);
        if let Some(earlier) = places.insert(key, &row.at) {
            faults.push(twice(&row.at, "valid_from", &format!("{} from {}", key.0, key.1), earlier));
        }
    }
    rows.sort_by(|a, b| (&a.value.tax_category, a.value.valid_from).cmp(&(&b.value.tax_category, b.value.valid_from)));
    Ok(Rows { rows, is_whole: faults.len() == faults_before })
}

fn read_rate(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<TaxRate> {
    let tax_category = row.key("tax_category", faults).filter(|category| {
        let is_category = category != TaxDecision::REVIEW;
        if !is_category {
            let remedy = "in tax_treatments.csv review means that somebody has to decide; choose another name";
            faults.push(row.fault("tax_category", "the name of a category", remedy));
        }
        is_category
    });
    let percent = row.decimal("percent", (0, 100 * GRID), "a percentage from 0 to 100, such as 10", faults);
    let valid_from = row.month("valid_from", faults);
    let source = row.needed_text("source", faults);
    Some(TaxRate {
        tax_category: tax_category?,
        percent: Percent::from_units(percent?),
        valid_from: valid_from?,
        source: Source { text: source?.trim().to_owned(), confirmed: None },
    })
}

/// Reads `tax_treatments.csv`; `None` where there is no such file: then everything is `standard`.
pub(super) fn read_tax_treatments(
    intake: &mut Intake,
    dir: &Path,
) -> Result<Option<Vec<Located<TaxTreatment>>>, ReferenceError> {
    let Some((file, text)) = intake.text(&dir.join("tax_treatments.csv"))? else { return Ok(None) };
    let faults = &mut intake.faults;
    let table = read_csv(&file, &text, &TREATMENT_COLUMNS, faults);
    Ok(Some(table.map(|table| table.read_rows(faults, read_treatment)).unwrap_or_default()))
}

fn read_treatment(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<TaxTreatment> {
    let names = Section::ALL.map(|section| (section.name(), section.name()));
    let section = row.choice("section", &[&[("", "")], names.as_slice()].concat(), faults);
    let mut key = |column| row.optional_key(column, faults);
    let [billing_entity, invoicing_entity, product_code, project_id] =
        ["billing_entity", "invoicing_entity", "product_code", "project_id"].map(&mut key);
    let decision = row.key("tax_category", faults).map(|word| match word.as_str() {
        TaxDecision::REVIEW => TaxDecision::Review,
        _ => TaxDecision::Category(word),
    });
    let (valid_from, valid_to) = row.validity(faults)?;
    Some(TaxTreatment {
        section: section?.to_owned(),
        billing_entity: billing_entity?,
        invoicing_entity: invoicing_entity?,
        product_code: product_code?,
        project_id: project_id?,
        decision: decision?,
        valid_from,
        valid_to,
    })
}
