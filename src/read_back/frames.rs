//! `facts.parquet` and `charges.parquet` as frames: selected, grouped, joined, summed; never multiplied or rounded.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::*;

use super::ReadBackError;
use crate::fold::{FACTS_FORMAT, FACTS_VERSION};
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::reconcile::OwnRow;
use crate::usage::{LineType, is_split_cost};

/// By what rows are told apart.
const NAMES: [&str; 10] = [
    "payer",
    "account",
    "invoice_id",
    "billing_entity",
    "line_type_text",
    "product_code",
    "service_code",
    "usage_type",
    "operation",
    "product_name",
];

/// The facts of a month, summed.
#[derive(Clone, Debug)]
pub struct FactSums {
    /// The month of the file.
    pub period: BillingPeriod,
    /// Sorted by names; split cost rows are left out.
    pub rows: Vec<OwnRow>,
}

/// What the charges of an account sum to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSums {
    /// Twelve digits.
    pub account_id: String,
    /// Its AWS unblended cost, of facts.
    pub unblended: Usd,
    /// List dollars, of charges.
    pub list: Usd,
    /// Discount dollars, of charges.
    pub discount: Usd,
    /// Net dollars, of charges.
    pub net: Usd,
}

/// Sums `facts.parquet` by account, service and kind of row, and checks the sums against its control totals.
pub fn read_fact_sums(path: &Path) -> Result<FactSums, ReadBackError> {
    guarded(path, || {
        let mut reader = ParquetReader::new(open(path)?);
        let pairs = reader.get_metadata().map_err(fault)?.key_value_metadata.clone().unwrap_or_default();
        let value = |key: &str| {
            let pair = pairs.iter().find(|pair| pair.key == key);
            pair.and_then(|pair| pair.value.as_deref()).unwrap_or_default()
        };
        if (value("seikyu.format"), value("seikyu.version")) != (FACTS_FORMAT, FACTS_VERSION) {
            return Err(Trouble::Found(String::from("is no facts file of this version")));
        }
        let period = value("seikyu.period").parse().map_err(Trouble::Found)?;
        let columns = NAMES.iter().chain(&["rows", "unblended_usd"]).map(|name| (*name).to_owned()).collect();
        let frame = reader.with_columns(Some(columns)).finish().map_err(fault)?;
        check_range(&frame, "unblended_usd")?;
        let sums = sums_by(&frame, &NAMES, &["rows", "unblended_usd"])?;
        let rows = own_rows(&sums)?;
        let control = (value("seikyu.rows").to_owned(), value("seikyu.unblended_usd").to_owned());
        let count = rows.iter().map(|(_, row)| row.rows).sum::<u64>();
        let dollars = rows.iter().map(|(_, row)| row.amount).sum::<Usd>();
        if (count.to_string(), dollars.to_string()) != control {
            let (rows, usd) = control;
            let found = format!("holds {count} rows and {dollars} USD, but says {rows} and {usd}");
            return Err(Trouble::Found(found));
        }
        let mut rows: Vec<OwnRow> =
            rows.into_iter().filter(|(operation, _)| !is_split_cost(operation)).map(|(_, row)| row).collect();
        rows.sort_by(|one, other| order(one).cmp(&order(other)));
        Ok(FactSums { period, rows })
    })
}

/// Sums `charges.parquet` by charged account, beside what AWS charged the account.
pub fn read_account_sums(path: &Path, own: &[OwnRow]) -> Result<Vec<AccountSums>, ReadBackError> {
    const AMOUNTS: [&str; 3] = ["list_usd", "discount_usd", "net_usd"];
    guarded(path, || {
        let columns = ["charged_account"].iter().chain(&AMOUNTS).map(|name| (*name).to_owned()).collect();
        let frame = ParquetReader::new(open(path)?).with_columns(Some(columns)).finish().map_err(fault)?;
        for name in AMOUNTS {
            check_range(&frame, name)?;
        }
        let charges = sums_by(&frame, &["charged_account"], &AMOUNTS)?;
        let accounts: Vec<&str> = own.iter().map(|row| row.account_id.as_str()).collect();
        let units: Vec<i128> = own.iter().map(|row| row.amount.units()).collect();
        let units = Int128Chunked::from_vec("unblended_usd".into(), units).into_series();
        let facts = df!("account" => accounts).map_err(fault)?;
        let facts = facts.hstack(&[units.into_column()]).map_err(fault)?;
        let facts = sums_by(&facts, &["account"], &["unblended_usd"])?;
        let how = JoinArgs::new(JoinType::Full).with_coalesce(JoinCoalesce::CoalesceColumns);
        let joined = facts.join(&charges, ["account"], ["charged_account"], how, None).map_err(fault)?;
        let accounts = joined.column("account").and_then(|column| column.str().cloned()).map_err(fault)?;
        let unblended = joined.column("unblended_usd_sum").and_then(|column| column.i128().cloned()).map_err(fault)?;
        let [list, discount, net] = AMOUNTS.map(|name| amounts(&joined, &format!("{name}_sum")));
        let (list, discount, net) = (list?, discount?, net?);
        let mut sums: Vec<AccountSums> = (0..joined.height())
            .map(|place| AccountSums {
                account_id: accounts.get(place).unwrap_or_default().to_owned(),
                unblended: Usd::from_units(unblended.get(place).unwrap_or_default()),
                list: list[place],
                discount: discount[place],
                net: net[place],
            })
            .collect();
        sums.sort_by(|one, other| one.account_id.cmp(&other.account_id));
        Ok(sums)
    })
}

/// What goes wrong while a file is read.
enum Trouble {
    Found(String),
    Machine(std::io::Error),
}

fn fault(error: PolarsError) -> Trouble {
    Trouble::Found(error.to_string())
}

fn open(path: &Path) -> Result<File, Trouble> {
    File::open(path).map_err(Trouble::Machine)
}

/// The decoder is not ours and may not have met every damage there is.
fn guarded<T>(path: &Path, read: impl FnOnce() -> Result<T, Trouble>) -> Result<T, ReadBackError> {
    let file = path.display().to_string();
    let read = catch_unwind(AssertUnwindSafe(read));
    match read.unwrap_or_else(|_| Err(Trouble::Found(String::from("cannot be decoded")))) {
        Ok(read) => Ok(read),
        Err(Trouble::Found(found)) => Err(ReadBackError::NotAsWritten { file, found }),
        Err(Trouble::Machine(source)) => Err(ReadBackError::Machine { file, source }),
    }
}

/// Sums of whole numbers wrap without a word in a frame: no sum may come near the end of the range.
fn check_range(frame: &DataFrame, name: &str) -> Result<(), Trouble> {
    let column = frame.column(name).and_then(|column| column.decimal().cloned()).map_err(fault)?;
    let units = column.physical();
    if units.null_count() > 0 || column.scale() != 18 {
        return Err(Trouble::Found(format!("column {name} has empty cells or another scale")));
    }
    let size = |edge: Option<i128>| edge.unwrap_or_default().unsigned_abs();
    let largest = size(units.min()).max(size(units.max()));
    let sum = largest.checked_mul(u128::try_from(frame.height()).unwrap_or(u128::MAX));
    let fits = sum.is_some_and(|sum| sum <= i128::MAX.unsigned_abs());
    if fits { Ok(()) } else { Err(Trouble::Found(format!("the sums of column {name} are too large"))) }
}

/// Sums by names; the columns of sums are called `…_sum`.
fn sums_by(frame: &DataFrame, names: &[&str], sums: &[&str]) -> Result<DataFrame, Trouble> {
    let groups = frame.group_by(names.iter().copied()).map_err(fault)?;
    #[allow(deprecated, reason = "the lazy frames that replace it would double what is built of this dependency")]
    groups.select(sums.iter().copied()).sum().map_err(fault)
}

fn amounts(frame: &DataFrame, name: &str) -> Result<Vec<Usd>, Trouble> {
    let column = frame.column(name).and_then(|column| column.decimal().cloned()).map_err(fault)?;
    let units = column.physical();
    Ok((0..frame.height()).map(|place| Usd::from_units(units.get(place).unwrap_or_default())).collect())
}

/// The rows of a frame of sums, each with its operation.
fn own_rows(sums: &DataFrame) -> Result<Vec<(String, OwnRow)>, Trouble> {
    let mut texts = Vec::new();
    for name in NAMES {
        texts.push(sums.column(name).and_then(|column| column.str().cloned()).map_err(fault)?);
    }
    let counts = sums.column("rows_sum").and_then(|column| column.u64().cloned()).map_err(fault)?;
    let amounts = amounts(sums, "unblended_usd_sum")?;
    let row = |place: usize| {
        let text = |name: &str| {
            let column = NAMES.iter().position(|known| *known == name).expect("it is one of the names");
            texts[column].get(place).unwrap_or_default().to_owned()
        };
        let row = OwnRow {
            payer_id: text("payer"),
            account_id: text("account"),
            invoice_id: text("invoice_id"),
            is_marketplace: text("billing_entity").trim().eq_ignore_ascii_case("AWS Marketplace"),
            line_type: LineType::parse(&text("line_type_text")),
            product_code: text("product_code"),
            service_code: text("service_code"),
            usage_type: text("usage_type"),
            product_name: text("product_name"),
            amount: amounts[place],
            rows: counts.get(place).unwrap_or_default(),
        };
        (text("operation"), row)
    };
    Ok((0..sums.height()).map(row).collect())
}

fn order(row: &OwnRow) -> impl Ord + '_ {
    let names = (&row.payer_id, &row.account_id, &row.invoice_id, &row.product_code, &row.usage_type);
    (names, row.line_type, &row.service_code, &row.product_name, row.is_marketplace, row.amount, row.rows)
}
