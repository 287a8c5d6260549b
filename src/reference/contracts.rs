use super::Intake;
use super::csv_table::read_csv;
use super::table::{Columns, Row, Rows};
use super::{Fault, Place, ReferenceError};
use crate::terms::{AccountContract, BorneBy, DueRule, Project};
use std::path::Path;

const ACCOUNT_COLUMNS: Columns = Columns {
    needed: &[
        "account_id",
        "account_name",
        "project_id",
        "plan_id",
        "valid_from",
        "valid_to",
        "organization_id",
        "borne_by",
    ],
    optional: &[],
};

const PROJECT_COLUMNS: Columns = Columns {
    needed: &["project_id", "customer_name", "postal_code", "address", "email", "payment_terms"],
    optional: &["customer_id", "payment", "language", "due_rule"],
};

/// The words for a payment method, in plans and projects.
pub(super) const PAYMENTS: [&str; 4] = ["bank_transfer", "credit_card", "voucher", "invoice"];

/// Reads `accounts.csv`.
pub(super) fn read_accounts(intake: &mut Intake, dir: &Path) -> Result<Rows<AccountContract>, ReferenceError> {
    let path = dir.join("accounts.csv");
    let Some((file, text)) = intake.needed_text(&path, "the accounts and their plans, accounts.csv")? else {
        return Ok(Rows { rows: Vec::new(), is_whole: false });
    };
    let faults_before = intake.faults.len();
    let faults = &mut intake.faults;
    let table = read_csv(&file, &text, &ACCOUNT_COLUMNS, faults);
    let rows = table.map(|table| table.read_rows(faults, read_account)).unwrap_or_default();
    Ok(Rows { rows, is_whole: faults.len() == faults_before })
}

fn read_account(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<AccountContract> {
    let account_id = row.account_id("account_id", faults);
    let validity = row.validity(faults);
    let organization_id = row.optional_key("organization_id", faults);
    let borne_by = row.choice("borne_by", &[("customer", BorneBy::Customer), ("reseller", BorneBy::Reseller)], faults);
    let is_reseller = borne_by == Some(BorneBy::Reseller);
    let mut reference = |column| match is_reseller {
        true => row.optional_key(column, faults),
        false => row.key(column, faults),
    };
    let (project_id, plan_id) = (reference("project_id"), reference("plan_id"));
    // The name is printed on the invoice; the reseller's own accounts are on none.
    let account_name = match is_reseller {
        true => Some(row.cell("account_name").to_owned()),
        false => row.needed_text("account_name", faults),
    };
    let (valid_from, valid_to) = validity?;
    Some(AccountContract {
        account_id: account_id?,
        account_name: account_name?,
        project_id: project_id?,
        plan_id: plan_id?,
        valid_from,
        valid_to,
        organization_id: organization_id?,
        borne_by: borne_by?,
    })
}

/// Reads `projects.csv`.
pub(super) fn read_projects(intake: &mut Intake, dir: &Path) -> Result<Rows<Project>, ReferenceError> {
    let path = dir.join("projects.csv");
    let Some((file, text)) = intake.needed_text(&path, "the projects that get an invoice, projects.csv")? else {
        return Ok(Rows { rows: Vec::new(), is_whole: false });
    };
    let faults_before = intake.faults.len();
    let faults = &mut intake.faults;
    let table = read_csv(&file, &text, &PROJECT_COLUMNS, faults);
    let rows = table.map(|table| table.read_rows(faults, read_project)).unwrap_or_default();
    for (index, row) in rows.iter().enumerate() {
        let earlier = rows[..index].iter().find(|other| other.value.project_id == row.value.project_id);
        if let Some(earlier) = earlier {
            faults.push(twice(&row.at, "project_id", &row.value.project_id, &earlier.at));
        }
    }
    Ok(Rows { rows, is_whole: faults.len() == faults_before })
}

fn read_project(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Project> {
    let project_id = row.key("project_id", faults).filter(|id| {
        // The id names the folder of the invoice.
        let is_file_name =
            id.len() <= 100 && !id.contains(['/', '\\', ':', '\0', '\n', '\r', '\t']) && !id.starts_with('.');
        if !is_file_name {
            faults.push(row.fault(
                "project_id",
                "an id that can name a folder",
                "at most 100 bytes, without / \\ : and a leading dot",
            ));
        }
        is_file_name
    });
    let customer_name = row.needed_text("customer_name", faults);
    let payments = PAYMENTS.map(|word| (word, word));
    let payment = row.choice("payment", &[&[("", "")], payments.as_slice()].concat(), faults);
    let language = row.choice("language", &[("", ""), ("ja", "ja"), ("en", "en")], faults);
    let customer_id = row.optional_key("customer_id", faults);
    let due_rule = read_due_rule(row, faults);
    let text = |column| row.cell(column).to_owned();
    Some(Project {
        project_id: project_id?,
        customer_name: customer_name?,
        postal_code: text("postal_code"),
        address: text("address"),
        email: text("email"),
        payment_terms: text("payment_terms"),
        customer_id: customer_id?,
        payment: payment?.to_owned(),
        language: language?.to_owned(),
        due_rule: due_rule?,
    })
}

fn read_due_rule(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Option<DueRule>> {
    let text = row.cell("due_rule");
    let rule = text.parse().ok();
    if rule.is_none() && !text.is_empty() {
        faults.push(row.fault("due_rule", DueRule::ACCEPTED, "words as printed go into payment_terms"));
        return None;
    }
    Some(rule)
}

/// A key that another row has already.
pub(super) fn twice(at: &Place, column: &str, key: &str, earlier: &Place) -> Fault {
    Fault {
        at: at.clone(),
        column: column.to_owned(),
        found: format!("{key:?}, which {earlier} has already"),
        accepted: String::from("each key once"),
        remedy: String::from("remove one of the two rows"),
    }
}
