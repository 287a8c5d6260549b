//! How fast a wide month is folded: `cargo bench --bench fold -- [rows]`.
//!
//! Makes a report of 110 columns from a fixed seed (several files, at most 500,000 rows each), folds it in this
//! process, and prints rows and text per second, facts and the peak of memory. Making the report is not measured,
//! but its memory is in the peak: it streams, so that is a few megabytes. Without a number of rows, or under
//! `--test`, the report is small and only the sums are checked.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use seikyu::fold::fold_reports;
use seikyu::ingest::{Column, Limits, Silent, find_reports};
use seikyu::usage::PriceInstants;

/// Columns of a row, the used ones included.
const WIDTH: usize = 110;
/// Rows of a file.
const FILE_ROWS: u64 = 500_000;
/// Unblended cost of a row, in units of 10^-10 dollars, is a number below this.
const COST_LIMIT: u64 = 5_000_000_000;

fn main() {
    let rows = std::env::args().find_map(|argument| argument.parse::<u64>().ok()).unwrap_or(2_000);
    let folder = std::env::temp_dir().join(format!("seikyu-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let made = make_reports(&folder, rows);
    let started = Instant::now();
    let plan = find_reports(&folder, "2025-05".parse().expect("a month"), &[]).expect("the report is sound");
    let folded = fold_reports(&plan, &Limits::default(), &PriceInstants::new(), &Silent).expect("the report is sound");
    let nanoseconds = started.elapsed().as_nanos().max(1);
    assert_eq!(folded.facts.totals.rows, rows);
    assert_eq!(folded.facts.totals.unblended.units(), i128::from(made.cost) * 100_000_000);
    let per_second = |count: u64| u128::from(count) * 1_000_000_000 / nanoseconds;
    println!("rows {rows}, text {} MB, packed {} MB", made.text_bytes / 1_000_000, plan.total_bytes() / 1_000_000);
    println!("time {} ms on {} threads", nanoseconds / 1_000_000, rayon::current_num_threads());
    println!("{} rows/s, {} MB/s of text", per_second(rows), per_second(made.text_bytes) / 1_000_000);
    println!("facts {}, peak memory {}", folded.facts.facts.len(), peak_memory());
    std::fs::remove_dir_all(&folder).ok();
}

/// What was made.
#[derive(Default)]
struct Made {
    text_bytes: u64,
    cost: u64,
}

fn make_reports(folder: &Path, rows: u64) -> Made {
    let mut made = Made::default();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut first = 0;
    while first < rows {
        let count = FILE_ROWS.min(rows - first).min(rows / 4 + 1);
        let path: PathBuf = folder.join(format!("report-{first:09}.csv.gz"));
        let file = BufWriter::new(File::create(path).expect("the temporary folder can be written"));
        let mut out = GzEncoder::new(file, Compression::new(4));
        let mut text = header();
        for _ in 0..count {
            row(&mut random, &mut text, &mut made.cost);
            if text.len() > 1 << 20 {
                made.text_bytes += text.len() as u64;
                out.write_all(text.as_bytes()).expect("the disk has room");
                text.clear();
            }
        }
        made.text_bytes += text.len() as u64;
        out.write_all(text.as_bytes()).and_then(|()| out.finish().map(drop)).expect("the disk has room");
        first += count;
    }
    made
}

fn header() -> String {
    let used = Column::ALL.iter().map(|column| column.name().to_owned());
    let unused = (Column::ALL.len()..WIDTH).map(|place| format!("product/attribute{place}"));
    used.chain(unused).collect::<Vec<_>>().join(",") + "\n"
}

/// A small generator of numbers: the same ones on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// Appends a row: one of 150,000 keys, mostly usage.
fn row(random: &mut Random, text: &mut String, cost: &mut u64) {
    let key = random.below(150_000);
    let (account, sku) = (key % 300, key / 300);
    let hour = random.below(744);
    let (day, hour) = (hour / 24 + 1, hour % 24);
    let amount = random.below(COST_LIMIT);
    *cost += amount;
    for (place, column) in Column::ALL.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let field = match column {
            Column::PayerAccountId => "001234567892".to_owned(),
            Column::BillingPeriodStartDate => "2025-05-01T00:00:00.000Z".to_owned(),
            Column::BillType => "Anniversary".to_owned(),
            Column::InvoiceId => "EUINJP25-799308".to_owned(),
            Column::BillingEntity => "AWS".to_owned(),
            Column::InvoicingEntity | Column::LegalEntity => "\"Amazon Web Services Japan, G.K.\"".to_owned(),
            Column::UsageAccountId => format!("{account:012}"),
            Column::LineItemType => "Usage".to_owned(),
            Column::UsageStartDate => format!("2025-05-{day:02}T{hour:02}:00:00Z"),
            Column::UsageEndDate => format!("2025-05-{day:02}T{hour:02}:59:59Z"),
            Column::ProductCode | Column::ServiceCode => "AmazonEC2".to_owned(),
            Column::UsageType => format!("APN1-BoxUsage:type{sku}.large"),
            Column::Operation => "RunInstances".to_owned(),
            Column::AvailabilityZone => "ap-northeast-1a".to_owned(),
            Column::UsageAmount => "1.0000000000".to_owned(),
            Column::CurrencyCode => "USD".to_owned(),
            Column::UnblendedCost | Column::PublicOnDemandCost => {
                format!("{}.{:010}", amount / 10_000_000_000, amount % 10_000_000_000)
            }
            Column::LineItemDescription => format!("\"$0.124 per On Demand Linux, type{sku}.large Instance Hour\""),
            Column::Region => "ap-northeast-1".to_owned(),
            Column::Sku => format!("SKU{sku:013}"),
            Column::RateCode => format!("SKU{sku:013}.JRTCKXETXF.6YS6EN2CT7"),
            Column::Term => "OnDemand".to_owned(),
            Column::Unit => "Hrs".to_owned(),
            _ => String::new(),
        };
        text.push_str(&field);
    }
    for place in Column::ALL.len()..WIDTH {
        match place % 4 {
            0 => text.push_str(&format!(",attribute {}", sku % 50)),
            1 => text.push_str(",Asia Pacific (Tokyo)"),
            _ => text.push(','),
        }
    }
    text.push('\n');
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "not known on this system".to_owned(), |peak| peak.trim().to_owned())
}
