//! What giving own commitments back costs: `cargo bench --bench reapply -- [rows] [--folder DIR]`.
//!
//! Makes a month of covered usage (1,000,000 rows if not told), every row a fact with its hour, folds it, and prices
//! the same facts without and with re-application, each in a process of its own. Prints time and peak of memory of
//! all three. Re-application must take less time than the fold (asked of large months only: a small one is over
//! before a clock can tell), must change list totals by exactly what the bridge says, and the bill must close.
//! `--folder` keeps the made month there and takes it from there the next time; `RAYON_NUM_THREADS` sets the
//! threads. Under `--test` the month is small and only the checks count.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use seikyu::alone::{Cause, ListCharges, price_alone};
use seikyu::fold::{fold_reports, read_facts, write_facts};
use seikyu::ingest::{Limits, Silent, find_reports};
use seikyu::money::Usd;
use seikyu::period::BillingPeriod;
use seikyu::pipeline::bill;
use seikyu::reference::{Workspace, read_workspace};
use seikyu::terms::Mode;
use seikyu::usage::Facts;

use made_month::make_month;
use measured::{Told, forget_peak, held_memory, peak_memory, processor_ticks};

mod made_month;
#[allow(dead_code, reason = "each benchmark uses its part")]
mod made_report;
#[allow(dead_code, reason = "each benchmark uses its part")]
mod measured;

/// Rows without a word about them.
const ROWS: u64 = 1_000_000;
/// Rows of a test.
const TEST_ROWS: u64 = 4_001;
/// From so many rows on, re-application must take less time than the fold.
const CLOCK_ROWS: u64 = 1_000_000;
/// How often a large month is priced; the median counts.
const TIMES: usize = 3;
/// The words that make this program the measured one.
const FOLD: &str = "--fold-and-tell";
const STRIP_ONLY: &str = "--strip-and-tell";
const REAPPLY: &str = "--reapply-and-tell";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| words.iter().position(|known| known == word).and_then(|place| words.get(place + 1));
    if let Some(folder) = after(FOLD) {
        return fold_and_tell(Path::new(folder));
    }
    for (word, mode) in [(STRIP_ONLY, Mode::StripOnly), (REAPPLY, Mode::StripAndReapply)] {
        if let Some(folder) = after(word) {
            return price_and_tell(Path::new(folder), mode);
        }
    }
    let is_test = words.iter().any(|word| word == "--test");
    let default = if is_test { TEST_ROWS } else { ROWS };
    let rows = words.iter().find_map(|word| word.parse().ok()).unwrap_or(default);
    let kept = after("--folder").map(PathBuf::from);
    let passing = std::env::temp_dir().join(format!("seikyu-bench-{}", std::process::id()));
    let folder = kept.clone().unwrap_or_else(|| passing.clone());
    let text_bytes = made_in(&folder, rows);
    println!("{rows} rows of {} columns and {} bytes of CSV text each", made_report::COLUMNS, text_bytes / rows.max(1));
    measure(&folder, rows);
    if kept.is_none() {
        std::fs::remove_dir_all(&passing).ok();
    }
}

/// The month of a folder: made now, or as an earlier run left it. Returns the bytes of its text.
fn made_in(folder: &Path, rows: u64) -> u64 {
    let note = folder.join("made");
    let noted = std::fs::read_to_string(&note).unwrap_or_default();
    let numbers: Vec<u64> = noted.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    if let [noted_rows, text_bytes] = numbers[..]
        && noted_rows == rows
    {
        return text_bytes;
    }
    let text_bytes = make_month(folder, rows);
    std::fs::write(note, format!("{rows} {text_bytes}")).expect("the disk has room");
    text_bytes
}

/// Folds and prices in processes of their own, prints what that cost and compares.
fn measure(folder: &Path, rows: u64) {
    let run = |word: &str| Told::by_another_process(&[word.as_ref(), folder.as_os_str()]);
    let fold = run(FOLD);
    assert_eq!((fold.number("rows"), fold.number("facts")), (rows, rows), "every row is a fact");
    tell("fold", &fold);
    let (strip_only, reapply) = (run(STRIP_ONLY), run(REAPPLY));
    tell("strip_only", &strip_only);
    tell("strip_and_reapply", &reapply);
    let more = |name| reapply.number(name).saturating_sub(strip_only.number(name));
    println!(
        "re-application: {} quantities of {} USD given back in {} ms, {} MB of memory; fold took {} ms",
        reapply.value("given"),
        reapply.value("reapplied"),
        more("us") / 1_000,
        more("peak_kb") / 1_000,
        fold.number("us") / 1_000,
    );
    println!("result: {}", reapply.value("result"));
    assert_eq!(strip_only.number("given"), 0);
    assert!(reapply.number("given") > rows / 100, "the month has much to give back");
    assert_eq!(strip_only.value("without"), reapply.value("without"), "only the bridge's cause differs, per account");
    assert!(rows < CLOCK_ROWS || more("us") < fold.number("us"), "re-application takes less time than the fold");
}

fn tell(name: &str, told: &Told) {
    println!(
        "{name:18}{} ms on {} threads, processor {} ms user {} ms system, peak memory {} MB, of which facts {} MB",
        told.number("us") / 1_000,
        told.value("threads"),
        told.value("user_ms"),
        told.value("system_ms"),
        told.number("peak_kb") / 1_000,
        told.number("held_kb") / 1_000,
    );
}

fn workspace_of(folder: &Path) -> (Workspace, BillingPeriod) {
    let period = "2025-05".parse().expect("a month");
    (read_workspace(folder, Some(period)).expect("the workspace is sound"), period)
}

fn facts_of(folder: &Path) -> PathBuf {
    folder.join("facts.parquet")
}

/// The measured process: folds the reports of a folder, writes the facts beside them and tells what folding took.
fn fold_and_tell(folder: &Path) {
    let (workspace, period) = workspace_of(folder);
    let instants = workspace.reference.price_list.price_instants(period);
    let started = Instant::now();
    let plan = find_reports(&folder.join("reports"), period, &[]).expect("the report is sound");
    let folded = fold_reports(&plan, &Limits::default(), &instants, &Silent).expect("the report is sound");
    tell_cost(started.elapsed(), processor_ticks(), (0, 0), held_memory());
    println!("rows {}\nfacts {}", folded.facts.totals.rows, folded.facts.facts.len());
    let file = BufWriter::new(File::create(facts_of(folder)).expect("the folder can be written"));
    write_facts(&folded.facts, file).expect("the disk has room");
}

fn tell_cost(time: Duration, ticks: (u64, u64), before: (u64, u64), held: u64) {
    println!("us {}\nthreads {}", time.as_micros(), rayon::current_num_threads());
    println!("user_ms {}\nsystem_ms {}", (ticks.0 - before.0) * 10, (ticks.1 - before.1) * 10);
    println!("peak_kb {}\nheld_kb {held}", peak_memory());
}

/// The measured process: prices the facts of a folder, bills them with every check, and tells what pricing took.
fn price_and_tell(folder: &Path, mode: Mode) {
    let (mut workspace, _) = workspace_of(folder);
    workspace.reference.mode = mode;
    let facts = read_facts(&facts_of(folder)).expect("it was just written");
    let held = held_memory();
    forget_peak();
    let times = if facts.facts.len() as u64 >= CLOCK_ROWS { TIMES } else { 1 };
    let mut costs: Vec<(Duration, (u64, u64))> = Vec::new();
    for _ in 0..times {
        let (before, started) = (processor_ticks(), Instant::now());
        let list = price_alone(&facts, &workspace.reference).expect("the month can be priced");
        let (time, ticks) = (started.elapsed(), processor_ticks());
        drop(list);
        costs.push((time, (ticks.0 - before.0, ticks.1 - before.1)));
    }
    costs.sort_unstable();
    let (time, ticks) = costs[times / 2];
    tell_cost(time, ticks, (0, 0), held);
    let billed = bill(&facts, &workspace.reference).expect("the bill closes");
    let list = billed.list;
    println!("given {}\nresult {:016x}", list.given_back.len(), hash_of(&list));
    let (mut totals, mut reapplied) = (totals_of(&facts, &list), Usd::ZERO);
    for (account, _, cause, amount) in list.adjustments.iter() {
        if cause == Cause::OwnCommitmentReapplied {
            reapplied += amount;
            *totals.entry(facts.text(account)).or_default() += -amount;
        }
    }
    let mut hasher = DefaultHasher::new();
    totals.iter().for_each(|(account, total)| (account, total.units()).hash(&mut hasher));
    println!("reapplied {reapplied}\nwithout {:016x}", hasher.finish());
}

/// The list total of every account.
fn totals_of<'a>(facts: &'a Facts, list: &ListCharges) -> BTreeMap<&'a str, Usd> {
    let mut totals: BTreeMap<&str, Usd> = BTreeMap::new();
    for charge in &list.sku_charges {
        let total = totals.entry(facts.text(charge.account)).or_default();
        *total += charge.parts.iter().map(|part| part.list).sum::<Usd>();
    }
    for passed in &list.passed {
        *totals.entry(facts.text(passed.account)).or_default() += facts.facts[passed.fact].measures.unblended;
    }
    totals
}

/// A number that says whether another version of the program gives the same result.
fn hash_of(list: &ListCharges) -> u64 {
    let mut hasher = DefaultHasher::new();
    for charge in &list.sku_charges {
        (charge.account, charge.sku, charge.quantity.units(), charge.free_quantity.units()).hash(&mut hasher);
        for part in &charge.parts {
            (part.list.units(), &part.facts).hash(&mut hasher);
        }
    }
    for given in &list.given_back {
        (given.fact, given.arn, given.quantity.units()).hash(&mut hasher);
    }
    for (account, payer, cause, amount) in list.adjustments.iter() {
        (account, payer, cause.name(), amount.units()).hash(&mut hasher);
    }
    list.passed.iter().for_each(|passed| (passed.fact, passed.account).hash(&mut hasher));
    format!("{:?} {:?} {:?} {:?}", list.border, list.holds, list.notes, list.groups).hash(&mut hasher);
    hasher.finish()
}
