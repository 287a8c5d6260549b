//! What the program wrote, read back.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use arrow_array::{Array, Decimal128Array, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::decimal::parse;

/// The records of a CSV file, by the names of their columns.
pub fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut file = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    file.deserialize().map(|record| record.expect("the file is well formed")).collect()
}

/// Amounts by cause.
pub type Causes = BTreeMap<String, i128>;

/// The bridge: amounts by payer, account and cause.
pub struct Bridge(pub BTreeMap<(String, String), Causes>);

impl Bridge {
    pub fn read(month: &Path) -> Self {
        let mut bridge: BTreeMap<_, Causes> = BTreeMap::new();
        for row in table(&month.join("bridge.csv")) {
            let causes = bridge.entry((row["payer_id"].clone(), row["account_id"].clone())).or_default();
            let before = causes.insert(row["cause"].clone(), parse(&row["amount_usd"]));
            assert_eq!(before, None, "one row for each payer, account and cause");
        }
        Self(bridge)
    }

    /// The amounts of each account, under whichever payer they stand.
    pub fn by_account(&self) -> BTreeMap<&str, Causes> {
        let mut accounts: BTreeMap<&str, Causes> = BTreeMap::new();
        for ((_, account), causes) in &self.0 {
            let sums = accounts.entry(account).or_default();
            causes.iter().for_each(|(cause, amount)| *sums.entry(cause.clone()).or_default() += amount);
        }
        accounts
    }
}

/// A cause's amount, 0 where it does not stand.
pub fn amount(causes: &Causes, cause: &str) -> i128 {
    causes.get(cause).copied().unwrap_or_default()
}

/// Asserts that every account's lines add up: AWS's charge and its adjustments to list, list and discount to net.
pub fn assert_closes(bridge: &Bridge) {
    for (account, causes) in bridge.by_account() {
        const TOTALS: [&str; 3] = ["list_total", "plan_discount", "net_total"];
        let adjusted: i128 =
            causes.iter().filter(|(cause, _)| !TOTALS.contains(&cause.as_str())).map(|(_, amount)| amount).sum();
        let [list, discount, net] = TOTALS.map(|cause| amount(&causes, cause));
        assert_eq!(adjusted, list, "the list total of {account}");
        assert_eq!(list + discount, net, "the net total of {account}");
    }
}

/// A row of `charges.parquet`.
#[derive(Debug)]
pub struct Charge {
    pub account: String,
    pub line_type: String,
    pub sku: String,
    pub commitment: String,
    pub source: String,
    pub quantity: i128,
    pub list: i128,
}

pub fn charges(month: &Path) -> Vec<Charge> {
    let file = File::open(month.join("charges.parquet")).expect("there are charges");
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).expect("it is Parquet").build().expect("it can be read");
    let mut charges = Vec::new();
    for batch in reader {
        let batch = batch.expect("the charges are whole");
        let text = |name: &str| column::<StringArray>(&batch, name);
        let amounts = |name: &str| column::<Decimal128Array>(&batch, name);
        for row in 0..batch.num_rows() {
            charges.push(Charge {
                account: text("charged_account").value(row).to_owned(),
                line_type: text("line_type_text").value(row).to_owned(),
                sku: text("sku").value(row).to_owned(),
                commitment: text("commitment_arn").value(row).to_owned(),
                source: text("list_source").value(row).to_owned(),
                quantity: amounts("quantity").value(row),
                list: amounts("list_usd").value(row),
            });
        }
    }
    charges
}

fn column<'a, T: Array + 'static>(batch: &'a RecordBatch, name: &str) -> &'a T {
    let array = batch.column_by_name(name).unwrap_or_else(|| panic!("charges have {name}"));
    array.as_any().downcast_ref().unwrap_or_else(|| panic!("{name} has its type"))
}

pub fn run_record(month: &Path) -> serde_json::Value {
    let text = fs::read_to_string(month.join("run.json")).expect("there is a record of the run");
    serde_json::from_str(&text).expect("the record is JSON")
}
