//! The month's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::table::WrittenTable;
use super::{ReadBackError, read_account_sums, read_fact_sums};
use crate::money::{FxRate, Usd, Yen};
use crate::period::BillingPeriod;
use crate::reconcile::{AwsLine, FeeLine, OwnRow};

/// What a run wrote.
#[derive(Clone, Debug)]
pub struct FinishedMonth {
    /// The facts, summed by names.
    pub own: Vec<OwnRow>,
    /// `bridge.csv` by account and cause, over payers.
    pub bridge: BTreeMap<String, BTreeMap<String, Usd>>,
    /// `summary.csv` by project.
    pub aws_lines: BTreeMap<String, Vec<AwsLine>>,
    /// Fees and adjustments of `invoice_lines.csv` by project.
    pub fees: BTreeMap<String, Vec<FeeLine>>,
    /// `invoices.csv`.
    pub invoices: Vec<InvoiceRow>,
}

/// A row of `invoices.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRow {
    /// Key.
    pub project_id: String,
    /// `draft`, `held`, `issued`.
    pub status: String,
    /// Without tax.
    pub subtotal: Yen,
    /// Tax.
    pub tax: Yen,
    /// With tax.
    pub total: Yen,
}

/// Reads a month's folder, and checks its files against each other: the facts and charges against the bridge.
pub fn read_month(dir: &Path, period: BillingPeriod) -> Result<FinishedMonth, ReadBackError> {
    for missing in ["run.json", "facts.parquet", "charges.parquet"] {
        if !dir.join(missing).is_file() {
            return Err(ReadBackError::NoMonth { dir: dir.display().to_string(), missing });
        }
    }
    let facts = read_fact_sums(&dir.join("facts.parquet"))?;
    let wrong = |file: &str, found: String| {
        let file = dir.join(file).display().to_string();
        ReadBackError::NotAsWritten { file, found }
    };
    if facts.period != period {
        return Err(wrong("facts.parquet", format!("holds the facts of {}", facts.period)));
    }
    let bridge = read_bridge(dir)?;
    for sums in read_account_sums(&dir.join("charges.parquet"), &facts.rows)? {
        let of_bridge = |cause: &str| {
            bridge.get(&sums.account_id).and_then(|causes| causes.get(cause)).copied().unwrap_or_default()
        };
        let pairs = [
            ("aws_unblended", sums.unblended),
            ("list_total", sums.list),
            ("plan_discount", sums.discount),
            ("net_total", sums.net),
        ];
        for (cause, found) in pairs {
            if of_bridge(cause) != found {
                let says = of_bridge(cause);
                let found = format!("{cause} of account {} is {says}, its rows sum to {found}", sums.account_id);
                return Err(wrong("bridge.csv", found));
            }
        }
    }
    Ok(FinishedMonth {
        own: facts.rows,
        bridge,
        aws_lines: read_aws_lines(dir)?,
        fees: read_fees(dir)?,
        invoices: read_invoices(dir)?,
    })
}

impl FinishedMonth {
    /// The payers of the month.
    pub fn payers(&self) -> BTreeSet<&str> {
        self.own.iter().map(|row| row.payer_id.as_str()).collect()
    }

    /// The bridge of several accounts together.
    pub fn bridge_of(&self, accounts: &BTreeSet<String>) -> BTreeMap<String, Usd> {
        let mut sums: BTreeMap<String, Usd> = BTreeMap::new();
        for (cause, amount) in accounts.iter().filter_map(|account| self.bridge.get(account)).flatten() {
            *sums.entry(cause.clone()).or_default() += *amount;
        }
        sums
    }
}

fn read_bridge(dir: &Path) -> Result<BTreeMap<String, BTreeMap<String, Usd>>, ReadBackError> {
    let mut bridge: BTreeMap<String, BTreeMap<String, Usd>> = BTreeMap::new();
    for row in WrittenTable::read(dir, "bridge.csv")?.rows() {
        let causes = bridge.entry(row.text("account_id")?.to_owned()).or_default();
        *causes.entry(row.text("cause")?.to_owned()).or_default() += row.usd("amount_usd")?;
    }
    Ok(bridge)
}

fn read_aws_lines(dir: &Path) -> Result<BTreeMap<String, Vec<AwsLine>>, ReadBackError> {
    let mut lines: BTreeMap<String, Vec<AwsLine>> = BTreeMap::new();
    for row in WrittenTable::read(dir, "summary.csv")?.rows() {
        lines.entry(row.text("project_id")?.to_owned()).or_default().push(AwsLine {
            account_id: row.text("account_id")?.to_owned(),
            net_usd: row.usd("net_usd")?,
            rate: row.parsed("fx_rate", |text| FxRate::parse(text).ok())?,
            net_jpy: row.yen("net_jpy")?,
        });
    }
    Ok(lines)
}

fn read_fees(dir: &Path) -> Result<BTreeMap<String, Vec<FeeLine>>, ReadBackError> {
    let mut fees: BTreeMap<String, Vec<FeeLine>> = BTreeMap::new();
    for row in WrittenTable::read(dir, "invoice_lines.csv")?.rows() {
        let is_adjustment = row.text("section")? == "adjustment";
        if row.text("fee_id")?.is_empty() && !is_adjustment {
            continue; // A line of AWS charges: summary.csv has its dollars.
        }
        let description = row.unguarded("description")?.to_owned();
        let fee = FeeLine { is_adjustment, description, net_jpy: row.yen("net_jpy")? };
        fees.entry(row.unguarded("project_id")?.to_owned()).or_default().push(fee);
    }
    Ok(fees)
}

fn read_invoices(dir: &Path) -> Result<Vec<InvoiceRow>, ReadBackError> {
    let mut invoices = Vec::new();
    for row in WrittenTable::read(dir, "invoices.csv")?.rows() {
        invoices.push(InvoiceRow {
            project_id: row.text("project_id")?.to_owned(),
            status: row.text("status")?.to_owned(),
            subtotal: row.yen("subtotal_jpy")?,
            tax: row.yen("tax_jpy")?,
            total: row.yen("total_jpy")?,
        });
    }
    Ok(invoices)
}
