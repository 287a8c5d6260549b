//! Many payers in one month: `cargo bench --bench payers -- [payers] [accounts of each] [--folder DIR]`.
//!
//! Makes a workspace (50 payers with 40 accounts each if not told, a project for every four accounts) and its reports:
//! for each payer a manifest and many small gzip files, daily usage on demand and covered by a reservation of the
//! payer's own. Runs the month in a process of its own, prints time and peak of memory, and checks that AWS unblended,
//! payer by payer, is what was made, to the last digit, that every project has its invoice and none is held.
//! `--folder` keeps the made workspace there. Under `--test` the month is small and only the checks count.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use seikyu::ingest::Progress;
use seikyu::money::Usd;
use seikyu::run::{RunRequest, Watcher, run};

use measured::{Told, peak_memory};

#[allow(dead_code, reason = "each benchmark uses its part")]
mod measured;

/// Payers and accounts of each, without a word about them, and of a test.
const SIZE: [u64; 2] = [50, 40];
const TEST_SIZE: [u64; 2] = [5, 8];
/// Report files of a payer.
const FILES: u64 = 20;
/// Accounts of a project.
const TOGETHER: u64 = 4;
/// The word that makes this program the measured one.
const RUN: &str = "--run-and-tell";

const COLUMNS: [&str; 21] = [
    "bill/InvoiceId",
    "bill/InvoicingEntity",
    "bill/BillingEntity",
    "bill/BillType",
    "bill/PayerAccountId",
    "bill/BillingPeriodStartDate",
    "lineItem/UsageAccountId",
    "lineItem/LineItemType",
    "lineItem/UsageStartDate",
    "lineItem/UsageEndDate",
    "lineItem/ProductCode",
    "lineItem/UsageType",
    "lineItem/Operation",
    "lineItem/UsageAmount",
    "lineItem/CurrencyCode",
    "lineItem/UnblendedCost",
    "lineItem/LineItemDescription",
    "product/sku",
    "pricing/publicOnDemandCost",
    "pricing/unit",
    "reservation/ReservationARN",
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| words.iter().position(|known| known == word).and_then(|place| words.get(place + 1));
    if let Some(folder) = after(RUN) {
        return run_and_tell(Path::new(folder));
    }
    let is_test = words.iter().any(|word| word == "--test");
    let [payers, accounts] = if is_test { TEST_SIZE } else { SIZE };
    let mut numbers = words.iter().filter_map(|word| word.parse::<u64>().ok());
    let (payers, accounts) = (numbers.next().unwrap_or(payers), numbers.next().unwrap_or(accounts));
    let kept = after("--folder").map(PathBuf::from);
    let passing = std::env::temp_dir().join(format!("seikyu-payers-{}", std::process::id()));
    let folder = kept.clone().unwrap_or_else(|| passing.clone());
    let made = make(&folder, payers, accounts);
    let told = Told::by_another_process(&[RUN.as_ref(), folder.as_os_str()]);
    println!(
        "{payers} payers, {} accounts, {} projects, {} rows in {} files: run in {} ms on {} threads (read {}, price {}, \
         draw and write {}), {} facts, peak memory {} MB",
        payers * accounts,
        projects(payers, accounts),
        told.number("rows"),
        payers * FILES,
        told.number("ms"),
        told.value("threads"),
        told.number("read_ms"),
        told.number("bill_ms"),
        told.number("write_ms"),
        told.number("facts"),
        told.number("peak_kb") / 1_000,
    );
    check(&folder.join("output/2025-05"), &made, projects(payers, accounts));
    if kept.is_none() {
        fs::remove_dir_all(&passing).ok();
    }
}

fn projects(payers: u64, accounts: u64) -> u64 {
    payers * accounts.div_ceil(TOGETHER)
}

fn payer_id(payer: u64) -> String {
    format!("09{payer:010}")
}

fn account_id(payer: u64, account: u64) -> String {
    format!("01{payer:04}{account:06}")
}

/// Makes the workspace; returns what each payer is charged, in 10^-10 dollars.
fn make(folder: &Path, payers: u64, accounts: u64) -> BTreeMap<String, u128> {
    fs::create_dir_all(folder.join("plans")).expect("the folder can be written");
    let write = |name: &str, text: &str| {
        let place = folder.join(name);
        fs::create_dir_all(place.parent().expect("it is below the folder")).expect("the folder can be written");
        fs::write(place, text).expect("the disk has room");
    };
    write("seikyu.toml", "[issuer]\nname = \"見本請求株式会社\"\nregistration_number = \"T7123456789012\"\n");
    write("rates/fx/usd_jpy_tts.csv", "billing_period,rate,source\n2025-05,145.75,bank\n");
    let prices = "sku,begin_range,end_range,price_per_unit,unit,effective_from,applies_to,source\n\
                  SKUEC2,0,Inf,0.1240000000,Hrs,2025-01-01,,offer\nSKUS3,0,51200,0.0250000000,GB-Mo,2025-01-01,,offer\n\
                  SKUS3,51200,Inf,0.0240000000,GB-Mo,2025-01-01,,offer\n";
    write("rates/list_prices/prices.csv", prices);
    let plan = "id = \"flat\"\nname = \"割引プラン\"\nvalid_from = \"2024-04\"\nsharing = \"account\"\n\
                free_tier = \"always_free_per_group\"\ncommitment_fees = true\npayment = \"bank_transfer\"\n\
                source = \"contract\"\n\n[discount]\nkind = \"percent\"\npercent = \"7\"\nservices = [\"AmazonEC2\"]\n";
    write("plans/flat.toml", plan);
    let mut contracts =
        String::from("account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by\n");
    let mut projects = String::from("project_id,customer_name,postal_code,address,email,payment_terms\n");
    for payer in 0..payers {
        writeln!(contracts, "{},管理,,,2025-01,,,reseller", payer_id(payer)).expect("a text grows as it must");
        for account in 0..accounts {
            let (id, project) = (account_id(payer, account), format!("P-{payer}-{}", account / TOGETHER));
            writeln!(contracts, "{id},口座 {account},{project},flat,2025-01,,,customer").expect("a text grows");
            if account % TOGETHER == 0 {
                writeln!(projects, "{project},見本株式会社,100-0001,東京都千代田区千代田 1-1,a@example.com,翌月末")
                    .expect("a text grows as it must");
            }
        }
    }
    write("accounts.csv", &contracts);
    write("projects.csv", &projects);
    (0..payers).map(|payer| (payer_id(payer), make_reports(folder, payer, accounts))).collect()
}

/// A manifest and its files.
fn make_reports(folder: &Path, payer: u64, accounts: u64) -> u128 {
    let delivery = folder.join(format!("reports/{}/cur/daily/20250501-20250601", payer_id(payer)));
    fs::create_dir_all(delivery.join("assembly")).expect("the folder can be written");
    let mut charged = 0;
    let mut keys = Vec::new();
    for file in 0..FILES {
        let name = format!("daily-{:05}.csv.gz", file + 1);
        let out = fs::File::create(delivery.join("assembly").join(&name)).expect("the folder can be written");
        let mut packed = GzEncoder::new(out, Compression::fast());
        writeln!(packed, "{}", COLUMNS.join(",")).expect("the disk has room");
        for number in (0..accounts * 31).filter(|number| number % FILES == file) {
            charged += write_day(&mut packed, payer, number / 31, number % 31 + 1);
        }
        packed.finish().expect("the disk has room");
        keys.push(format!("cur/daily/20250501-20250601/assembly/{name}"));
    }
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter_map(|column| column.split_once('/'))
        .map(|(category, name)| serde_json::json!({ "category": category, "name": name }))
        .collect();
    let manifest = serde_json::json!({
        "assemblyId": "assembly", "account": payer_id(payer), "columns": columns, "reportKeys": keys,
        "billingPeriod": { "start": "20250501T000000.000Z", "end": "20250601T000000.000Z" },
    });
    fs::write(delivery.join("daily-Manifest.json"), manifest.to_string()).expect("the disk has room");
    charged
}

/// The rows of an account's day; returns their unblended cost in 10^-10 dollars.
fn write_day(out: &mut impl std::io::Write, payer: u64, account: u64, day: u64) -> u128 {
    let (payer_id, id) = (payer_id(payer), account_id(payer, account));
    let (from, to) = (format!("2025-05-{day:02}T00:00:00Z"), format!("2025-05-{day:02}T23:00:00Z"));
    let head = format!("I-{payer},Amazon Web Services Japan G.K.,AWS,Anniversary,{payer_id},2025-05-01T00:00:00Z,{id}");
    let arn = format!("arn:aws:ec2:ap-northeast-1:{}:reserved-instances/r-{payer}", account_id(payer, 0));
    let instances = (account + day) % 5 + 1;
    let gigabytes = (account * 37 + day) % 900;
    let ec2 = u128::from(24 * instances) * 1_240_000_000;
    let s3 = u128::from(gigabytes) * 250_000_000;
    let dollars = |units: u128| format!("{}.{:010}", units / 10_000_000_000, units % 10_000_000_000);
    for (line_type, product, usage, operation, amount, cost, text, sku, public, unit, arn) in [
        (
            "Usage",
            "AmazonEC2",
            "APN1-BoxUsage:m5.large",
            "RunInstances",
            24 * instances,
            ec2,
            "on demand",
            "SKUEC2",
            ec2,
            "Hrs",
            "",
        ),
        (
            "DiscountedUsage",
            "AmazonEC2",
            "APN1-BoxUsage:m5.large",
            "RunInstances",
            24,
            0,
            "reserved",
            "SKUEC2",
            29_760_000_000,
            "Hrs",
            &*arn,
        ),
        (
            "Usage",
            "AmazonS3",
            "APN1-TimedStorage-ByteHrs",
            "StandardStorage",
            gigabytes,
            s3,
            "storage",
            "SKUS3",
            s3,
            "GB-Mo",
            "",
        ),
    ] {
        let (cost, public) = (dollars(cost), dollars(public));
        writeln!(
            out,
            "{head},{line_type},{from},{to},{product},{usage},{operation},{amount},USD,{cost},{text},{sku},{public},{unit},{arn}"
        )
        .expect("the disk has room");
    }
    ec2 + s3
}

/// Nobody looks on.
struct Nobody;

impl Progress for Nobody {
    fn on_bytes(&self, _bytes: u64) {}
    fn on_rows(&self, _rows: u64) {}
}

impl Watcher for Nobody {
    fn on_step(&self, _name: &str, _bytes: Option<u64>) {}
    fn on_step_end(&self) {}
}

/// The measured process: runs the month and tells what that took.
fn run_and_tell(folder: &Path) {
    let period = "2025-05".parse().expect("a month");
    let request = RunRequest::of(folder.to_owned(), period);
    let started = Instant::now();
    let report = run(&request, &Nobody).expect("the month is sound");
    let record: serde_json::Value = serde_json::from_slice(&report.to_json()).expect("a record is JSON");
    println!(
        "ms {}\nthreads {}\npeak_kb {}",
        started.elapsed().as_millis(),
        rayon::current_num_threads(),
        peak_memory()
    );
    println!(
        "read_ms {}\nbill_ms {}\nwrite_ms {}",
        report.timings.read_ms, report.timings.bill_ms, report.timings.write_ms
    );
    println!("rows {}\nfacts {}", report.rows, record["counts"]["facts"]);
}

/// AWS unblended of each payer is what was made; each project has an invoice, and none is held.
fn check(output: &Path, made: &BTreeMap<String, u128>, projects: u64) {
    let read = |name: &str| fs::read_to_string(output.join(name)).expect("the run wrote it");
    let mut found: BTreeMap<String, Usd> = BTreeMap::new();
    for line in read("bridge.csv").lines() {
        let cells: Vec<&str> = line.split(',').collect();
        if let [_, payer, _, "aws_unblended", amount] = cells[..] {
            *found.entry(payer.to_owned()).or_default() += Usd::parse(amount).expect("it is an amount");
        }
    }
    let units = |units: &u128| Usd::from_units(i128::try_from(*units).expect("it is small") * 100_000_000);
    let expected: BTreeMap<String, Usd> = made.iter().map(|(payer, charged)| (payer.clone(), units(charged))).collect();
    assert_eq!(found, expected, "AWS unblended by payer");
    let invoices = read("invoices.csv");
    let count = u64::try_from(invoices.lines().count() - 1).expect("it is small");
    assert_eq!(count, projects, "an invoice for each project");
    assert_eq!(read("holds.csv").lines().count(), 1, "nothing is held");
}
