//! How fast a wide month is folded: `cargo bench --bench fold -- [rows] [--folder DIR]`.
//!
//! Makes the same rows (2,000,000 if not told) as gzip CSV and as Parquet, folds each in a process of its own and
//! prints what that cost: time, processor time of the fold and the peak of memory from the start of that process to the
//! written `facts.parquet`. Both must give the same facts, byte for byte. `--folder` keeps the made reports there, with
//! a workspace around them, and takes them from there the next time; `--only-make` measures nothing. `RAYON_NUM_THREADS` sets the threads. Under `--test` the report is
//! small and only the checks count.

use std::fmt::Write;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use seikyu::fold::{fold_reports, write_facts};
use seikyu::ingest::{Limits, Silent, find_reports};
use seikyu::usage::PriceInstants;
use sha2::{Digest, Sha256};

use made_report::workspace::make_workspaces;
use made_report::{COLUMNS, Made, make_reports};
use measured::{Told, peak_memory, processor_ticks};

mod made_report;
#[allow(dead_code, reason = "each benchmark uses its part")]
mod measured;

/// Rows without a word about them.
const ROWS: u64 = 2_000_000;
/// Rows of a test: several batches of each file.
const TEST_ROWS: u64 = 80_003;
/// The word after which nothing is measured.
const ONLY_MAKE: &str = "--only-make";
/// The word that makes this program the measured one.
const FOLD: &str = "--fold-and-tell";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| words.iter().position(|known| known == word).and_then(|place| words.get(place + 1));
    if let Some(folder) = after(FOLD) {
        return fold_and_tell(Path::new(folder));
    }
    let is_test = words.iter().any(|word| word == "--test");
    let default = if is_test { TEST_ROWS } else { ROWS };
    let rows = words.iter().find_map(|word| word.parse().ok()).unwrap_or(default);
    let kept = after("--folder").map(PathBuf::from);
    let passing = std::env::temp_dir().join(format!("seikyu-bench-{}", std::process::id()));
    let folder = kept.clone().unwrap_or_else(|| passing.clone());
    let made = made_in(&folder, rows);
    let bytes = made.text_bytes / made.rows.max(1);
    println!("{} rows of {COLUMNS} columns and {bytes} bytes of CSV text each", made.rows);
    if words.iter().any(|word| word == ONLY_MAKE) {
        return;
    }
    let checksums = ["csv", "parquet"].map(|format| measure(&folder, format, &made));
    assert_eq!(checksums[0], checksums[1], "both formats give the same facts");
    println!("facts.parquet of both: SHA-256 {}", checksums[0]);
    if kept.is_none() {
        std::fs::remove_dir_all(&passing).ok();
    }
}

/// The reports of a folder: made now, or as an earlier run left them.
fn made_in(folder: &Path, rows: u64) -> Made {
    let note = folder.join("made");
    let noted = std::fs::read_to_string(&note).unwrap_or_default();
    let numbers: Vec<u64> = noted.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    if let [asked, rows_made, text_bytes, cost] = numbers[..]
        && asked == rows
    {
        let cost = i64::try_from(cost).expect("as it was written");
        return Made { rows: rows_made, text_bytes, cost };
    }
    std::fs::create_dir_all(folder).expect("the folder can be written");
    let made = make_reports(folder, rows);
    make_workspaces(folder).expect("the folder can be written");
    let noted = format!("{rows} {} {} {}", made.rows, made.text_bytes, made.cost);
    std::fs::write(note, noted).expect("the disk has room");
    made
}

/// Folds in a process of its own, prints what it cost, and returns the hash of the facts file.
fn measure(folder: &Path, format: &str, made: &Made) -> String {
    let told = Told::by_another_process(&[FOLD.as_ref(), folder.join(format).as_os_str()]);
    let (value, number) = (|name| told.value(name), |name| told.number(name));
    assert_eq!(number("rows"), made.rows);
    assert_eq!(value("cost_units"), (i128::from(made.cost) * 100_000_000).to_string());
    let (packed, microseconds) = (number("packed"), number("fold_us").max(1));
    let per_second = |count: u64| u128::from(count) * 1_000_000 / u128::from(microseconds);
    let mut line = format!("{format:8}");
    let ratio = made.text_bytes * 10 / packed.max(1); // CSV text to bytes on disk, in tenths.
    write!(line, "{} MB on disk (text : disk = {}.{})", packed / 1_000_000, ratio / 10, ratio % 10)
        .and_then(|()| {
            write!(line, ", {} rows/s, {} MB/s of text", per_second(made.rows), per_second(made.text_bytes) / 1_000_000)
        })
        .and_then(|()| write!(line, ", fold {} ms on {} threads", microseconds / 1_000, value("threads")))
        .and_then(|()| write!(line, ", {} facts written in {} ms", value("facts"), number("write_us") / 1_000))
        .and_then(|()| write!(line, ", processor {} ms user {} ms system", value("user_ms"), value("system_ms")))
        .and_then(|()| write!(line, ", peak memory {} MB", value("peak_kb").parse::<u64>().unwrap_or(0) / 1_000))
        .expect("a text grows as it must");
    println!("{line}");
    value("sha256").to_owned()
}

/// The measured process: folds the reports of a folder, writes the facts beside it and tells what that took.
fn fold_and_tell(reports: &Path) {
    let started = Instant::now();
    let plan = find_reports(reports, "2025-05".parse().expect("a month"), &[]).expect("the report is sound");
    let folded = fold_reports(&plan, &Limits::default(), &PriceInstants::new(), &Silent).expect("the report is sound");
    let fold_time = started.elapsed();
    let (user, system) = processor_ticks();
    let path = reports.with_extension("facts.parquet");
    let file = BufWriter::new(File::create(&path).expect("the folder can be written"));
    write_facts(&folded.facts, file).expect("the disk has room");
    let write_time = started.elapsed() - fold_time;
    println!("packed {}\nthreads {}", plan.total_bytes(), rayon::current_num_threads());
    println!("fold_us {}\nwrite_us {}", fold_time.as_micros(), write_time.as_micros());
    println!("user_ms {}\nsystem_ms {}\npeak_kb {}", user * 10, system * 10, peak_memory());
    println!("rows {}\nfacts {}", folded.facts.totals.rows, folded.facts.facts.len());
    println!("cost_units {}", folded.facts.totals.unblended.units());
    let hash = Sha256::digest(std::fs::read(&path).expect("it was just written"));
    println!("sha256 {}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
}
