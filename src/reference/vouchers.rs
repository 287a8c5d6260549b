use std::collections::BTreeMap;
use std::path::Path;

use super::contracts::twice;
use super::csv_table::read_csv;
use super::fees::{GRID, MOST};
use super::table::{Columns, Located, Row, Rows};
use super::{Fault, Intake, Place, ReferenceError};
use crate::money::Yen;
use crate::period::BillingPeriod;
use crate::terms::{Project, RecordedDraw, Voucher, VoucherOwner};

const COLUMNS: Columns = Columns {
    needed: &["voucher_id", "entry", "billing_period", "amount_jpy", "customer_id", "project_id", "valid_to"],
    optional: &["note"],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Bought,
    Draw,
}

struct Line {
    voucher_id: String,
    entry: Entry,
    period: BillingPeriod,
    amount: Yen,
    customer_id: String,
    project_id: String,
    valid_to: Option<BillingPeriod>,
}

/// Reads `vouchers.csv`, which may be missing: the vouchers, oldest first, each with its draws.
pub(super) fn read_vouchers(
    intake: &mut Intake,
    dir: &Path,
    projects: &Rows<Project>,
) -> Result<Vec<Voucher>, ReferenceError> {
    let Some((file, text)) = intake.text(&dir.join("vouchers.csv"))? else { return Ok(Vec::new()) };
    let faults_before = intake.faults.len();
    let faults = &mut intake.faults;
    let table = read_csv(&file, &text, &COLUMNS, faults);
    let lines = table.map(|table| table.read_rows(faults, read_line)).unwrap_or_default();
    if faults.len() > faults_before {
        return Ok(Vec::new()); // A row that could not be read may be the one that another one names.
    }
    let mut vouchers: BTreeMap<&str, Located<Voucher>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.value.entry == Entry::Bought) {
        let Line { voucher_id, period, amount, valid_to, .. } = &line.value;
        let Some(owner) = read_owner(line, projects, faults) else { continue };
        let (id, draws) = (voucher_id.clone(), Vec::new());
        let value = Voucher { voucher_id: id, owner, bought: *period, valid_to: *valid_to, amount: *amount, draws };
        if let Some(earlier) = vouchers.get(voucher_id.as_str()) {
            faults.push(twice(&line.at, "voucher_id", voucher_id, &earlier.at));
        } else {
            vouchers.insert(voucher_id, Located { value, at: line.at.clone() });
        }
    }
    if faults.len() > faults_before {
        return Ok(Vec::new());
    }
    let mut seen: BTreeMap<(&str, BillingPeriod, &str), &Place> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.value.entry == Entry::Draw) {
        let Line { voucher_id, period, project_id, .. } = &line.value;
        if let Some(earlier) = seen.insert((voucher_id, *period, project_id), &line.at) {
            let found = format!("a draw of {project_id} in {period}, which {} has already", earlier.within_file());
            let remedy = "remove one of the two rows: an invoice draws from a voucher once";
            faults.push(fault(&line.at, "voucher_id", found, "a draw once for each project and month", remedy));
        } else {
            take_draw(line, vouchers.get_mut(voucher_id.as_str()), projects, faults);
        }
    }
    let mut vouchers: Vec<Voucher> = vouchers.into_values().map(|row| row.value).collect();
    let expires = |voucher: &Voucher| (voucher.valid_to.is_none(), voucher.valid_to);
    vouchers.sort_by_key(|voucher| (voucher.bought, expires(voucher), voucher.voucher_id.clone()));
    Ok(vouchers)
}

fn read_line(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Line> {
    const AMOUNT: &str = "whole yen above 0, such as 1000000";
    let voucher_id = row.key("voucher_id", faults);
    let entry = row.choice("entry", &[("bought", Entry::Bought), ("draw", Entry::Draw)], faults);
    let period = row.month("billing_period", faults);
    let units = row.decimal("amount_jpy", (1, MOST), AMOUNT, faults).filter(|units| {
        if units % GRID != 0 {
            faults.push(row.fault("amount_jpy", AMOUNT, "an amount has no fraction of a yen"));
        }
        units % GRID == 0
    });
    let customer_id = row.optional_key("customer_id", faults);
    let project_id = row.optional_key("project_id", faults);
    let valid_to = match row.cell("valid_to") {
        "" => Some(None),
        _ => row.month("valid_to", faults).map(Some),
    };
    let (entry, period, customer_id, project_id, valid_to) = (entry?, period?, customer_id?, project_id?, valid_to?);
    let faults_before = faults.len();
    match entry {
        Entry::Bought if valid_to.is_some_and(|last| last < period) => {
            let accepted = format!("a month from {period} on, or nothing");
            faults.push(row.fault("valid_to", &accepted, "valid_to is the last billing month that it pays"));
        }
        Entry::Bought if customer_id.is_empty() == project_id.is_empty() => {
            let accepted = "one of customer_id and project_id for what was bought";
            faults.push(row.fault("project_id", accepted, "say whose it is: all projects of a customer, or one"));
        }
        Entry::Draw if project_id.is_empty() => {
            faults.push(row.fault("project_id", "the project whose invoice drew", "fill it in"));
        }
        Entry::Draw if !customer_id.is_empty() => {
            faults.push(row.fault("customer_id", "nothing for a draw", "leave it empty"));
        }
        Entry::Draw if valid_to.is_some() => {
            faults.push(row.fault("valid_to", "nothing for a draw", "leave it empty"));
        }
        Entry::Bought | Entry::Draw => {}
    }
    let amount = Yen::new(units? / GRID);
    let line = Line { voucher_id: voucher_id?, entry, period, amount, customer_id, project_id, valid_to };
    (faults.len() == faults_before).then_some(line)
}

fn fault(at: &Place, column: &str, found: String, accepted: &str, remedy: &str) -> Fault {
    let (accepted, remedy) = (accepted.to_owned(), remedy.to_owned());
    Fault { at: at.clone(), column: column.to_owned(), found, accepted, remedy }
}

fn read_owner(line: &Located<Line>, projects: &Rows<Project>, faults: &mut Vec<Fault>) -> Option<VoucherOwner> {
    let Line { customer_id, project_id, .. } = &line.value;
    let (column, id, owner) = if project_id.is_empty() {
        ("customer_id", customer_id, VoucherOwner::Customer(customer_id.clone()))
    } else {
        ("project_id", project_id, VoucherOwner::Project(project_id.clone()))
    };
    let is_known = projects.rows.iter().any(|project| match &owner {
        VoucherOwner::Customer(id) => project.value.customer_id == *id,
        VoucherOwner::Project(id) => project.value.project_id == *id,
    });
    if !is_known && projects.is_whole {
        let accepted = format!("a {column} of projects.csv");
        faults.push(fault(&line.at, column, format!("{id:?}"), &accepted, "correct it, or add it to projects.csv"));
        return None;
    }
    Some(owner)
}

/// Adds a draw to its voucher, unless the two contradict each other.
fn take_draw(
    line: &Located<Line>,
    voucher: Option<&mut Located<Voucher>>,
    projects: &Rows<Project>,
    faults: &mut Vec<Fault>,
) {
    let Line { voucher_id, period, project_id, amount, .. } = &line.value;
    let Some(voucher) = voucher.map(|row| &mut row.value) else {
        let accepted = "a voucher that a row with entry bought names";
        let remedy = "correct the id, or add the row of its purchase";
        faults.push(fault(&line.at, "voucher_id", format!("{voucher_id:?}"), accepted, remedy));
        return;
    };
    if !voucher.holds_in(*period) {
        let last = voucher.valid_to.map_or_else(|| String::from("on"), |last| format!("to {last}"));
        let accepted = format!("a month that the voucher may pay: from {} {last}", voucher.bought);
        faults.push(fault(
            &line.at,
            "billing_period",
            period.to_string(),
            &accepted,
            "correct the month or the voucher",
        ));
    }
    let project = projects.rows.iter().map(|row| &row.value).find(|project| project.project_id == *project_id);
    if projects.is_whole && !project.is_some_and(|project| voucher.is_open_to(project)) {
        let accepted = "a project whose invoices the voucher may pay";
        let remedy = "correct the project, or the owner of the voucher";
        faults.push(fault(&line.at, "project_id", format!("{project_id:?}"), accepted, remedy));
    }
    if *amount > voucher.never_drawn() {
        let accepted = format!("at most {} yen, which other draws have left of {voucher_id}", voucher.never_drawn());
        let remedy = "correct the amounts: a voucher is never overdrawn";
        faults.push(fault(&line.at, "amount_jpy", amount.to_string(), &accepted, remedy));
        return;
    }
    voucher.draws.push(RecordedDraw {
        period: *period,
        project_id: project_id.clone(),
        amount: *amount,
        is_issued: false,
    });
}
