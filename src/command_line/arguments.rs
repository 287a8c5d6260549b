use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};

use super::arguments_issued::{Correct, Issue, LedgerCommand};
use crate::period::{BillingPeriod, Instant, MonthRange, parse_instant};
use crate::reference::LEAST_MEMORY;

const EXIT_CODES: &str = "Exit codes: 0 done; 1 done, but something is held or unexplained; 2 refused: bad input or \
                          usage; 3 failed: the machine's fault (disk, network, bug)";

/// Re-billing engine for AWS resellers: Cost and Usage Reports in, one yen invoice per project out.
#[derive(Debug, Parser)]
#[command(name = "seikyu", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Only errors on standard error.
    #[arg(long, global = true)]
    pub quiet: bool,
    /// A machine-readable summary on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// How many threads work [default: one per processor].
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a new workspace that runs at once, with commented files.
    Init {
        /// A folder that does not exist yet, or is empty.
        dir: PathBuf,
    },
    /// Draft a month: facts, charges, bridge, draft invoices.
    Run {
        /// Which month, or months.
        #[command(flatten)]
        months: Months,
        /// Copy the finished month there [default: [upload] to of seikyu.toml, if any].
        #[arg(long, value_name = "s3://BUCKET/PREFIX")]
        upload: Option<String>,
    },
    /// Read the reports of a month into facts, and nothing else.
    Fold(Fold),
    /// Take invoices apart: from the printed yen to charges, rules and price-list rows; writes nothing.
    Explain {
        /// An issued document, such as INV-202505-000001: from what the ledger recorded. Without it, the drafts of a month.
        invoice: Option<String>,
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// The billing month (UTC) of the drafts.
        #[arg(long, value_name = "YYYY-MM", value_parser = one_month, required_unless_present = "invoice", conflicts_with = "invoice")]
        period: Option<BillingPeriod>,
        /// Taken like everywhere; nothing is written.
        #[arg(long, value_name = "DIR", hide = true)]
        output: Option<PathBuf>,
        /// Start from facts instead of the reports.
        #[arg(long, value_name = "FILE", conflicts_with = "invoice")]
        facts: Option<PathBuf>,
        /// The invoice of this project.
        #[arg(long, value_name = "ID", conflicts_with = "invoice")]
        project: Option<String>,
        /// Only lines of this account, twelve digits.
        #[arg(long, value_name = "ID")]
        account: Option<String>,
        /// Only charges of this product code, such as AmazonEC2.
        #[arg(long, value_name = "CODE")]
        service: Option<String>,
        /// Read the reports again, and tell file and line of each row.
        #[arg(long)]
        rows: bool,
        /// Keep objects of S3 there, and read them from there.
        #[arg(long, value_name = "DIR")]
        cache: Option<PathBuf>,
    },
    /// Write the usage of projects row by row, by reading the reports of the month again.
    Detail {
        /// Which month.
        #[command(flatten)]
        month: Month,
        /// Only this project; may be given more than once.
        #[arg(long = "project", value_name = "ID")]
        projects: Vec<String>,
    },
    /// Show what commitments covered inside and outside their owner's group, and what accounts received from outside.
    Border(Month),
    /// Compare a finished month with Cost Explorer, a bill or invoices, and walk the way from there to each invoice.
    Reconcile {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR")]
        workspace: PathBuf,
        /// The billing month, which `run` has finished.
        #[arg(long, value_name = "YYYY-MM", value_parser = one_month)]
        period: BillingPeriod,
        /// A CSV file of Cost Explorer (by linked account, by service, by month) or of the Bills page, a plain table
        /// (account_id, service, amount_usd), or invoices (payer_id, invoice_id, amount_usd, tax_usd).
        #[arg(long, value_name = "FILE")]
        against: PathBuf,
        /// The payer that the file speaks of, where the month has several and the file names none.
        #[arg(long, value_name = "ID")]
        payer: Option<String>,
        /// Where the month's folder is [default: the workspace's output].
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// Validate contracts, plans, rates and reports without billing.
    Check {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR")]
        workspace: PathBuf,
        /// The billing month, or several, such as 2025-01..2025-12; without it, the reports are not read.
        #[arg(long, value_name = "YYYY-MM")]
        period: Option<MonthRange>,
        /// Compare the reports of issued months with those they were billed from, and list the accounts that moved.
        #[arg(long, conflicts_with = "timeline")]
        issued: bool,
        /// Print the contracts of every account, month after month.
        #[arg(long)]
        timeline: bool,
        /// Start from facts instead of the reports.
        #[arg(long, value_name = "FILE", requires = "period")]
        facts: Option<PathBuf>,
        /// Keep objects of S3 there, and read them from there.
        #[arg(long, value_name = "DIR")]
        cache: Option<PathBuf>,
        /// Taken like everywhere; a check writes nothing.
        #[arg(long, value_name = "DIR", hide = true)]
        output: Option<PathBuf>,
    },
    /// Number, freeze and record the drafts of a month that are not held; the last run's drafts are taken.
    Issue(Issue),
    /// Compare a month with what was issued for it, and settle the differences where --as is given.
    Correct(Correct),
    /// Check, search and export what was issued.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Show what plans do.
    #[command(subcommand)]
    Plans(PlansCommand),
    /// Import and show list prices.
    #[command(subcommand)]
    Rates(RatesCommand),
}

/// What is asked of plans.
#[derive(Debug, Subcommand)]
pub enum PlansCommand {
    /// Print which rule of its plan each usage type of an account fell under, or why none; writes nothing.
    Explain {
        /// Which month.
        #[command(flatten)]
        month: Month,
        /// The account, twelve digits.
        #[arg(long, value_name = "ID")]
        account: String,
    },
}

/// What is done with rates.
#[derive(Debug, Subcommand)]
pub enum RatesCommand {
    /// Compile AWS price-list offer files (JSON or CSV, also packed by gzip) into the workspace's rates.
    ImportPrices {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// The rates folder to write into [default: the workspace's].
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
        /// How the compiled tables are written.
        #[arg(long, value_name = "FORMAT", value_parser = ["csv", "parquet"], default_value = "csv")]
        format: String,
        /// Offer files of services or of Savings Plans.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print what the workspace knows of the prices of a SKU.
    Show {
        /// As in `product/sku` of the report.
        sku: String,
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// Only what was in force on this day (UTC).
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<Day>,
    },
}

/// A day in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    /// Its midnight.
    pub start: Instant,
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let start = parse_instant(format!("{text}T00:00:00Z").as_bytes()).filter(|_| text.len() == 10);
        start.map(|start| Self { start }).ok_or("a date is written YYYY-MM-DD")
    }
}

/// For commands that take one month only.
pub(super) fn one_month(text: &str) -> Result<BillingPeriod, String> {
    if text.contains("..") {
        return Err(format!(
            "{text:?} are several months, and this command takes one, such as 2025-05; run, fold and check take several"
        ));
    }
    text.parse()
}

/// Bytes, or KiB, MiB, GiB with K, M, G behind the number.
fn bytes_of_memory(text: &str) -> Result<u64, String> {
    let shifts = [('K', 10), ('M', 20), ('G', 30)];
    let shift = shifts.into_iter().find(|(unit, _)| text.ends_with(*unit));
    let (digits, shift) = shift.map_or((text, 0), |(_, shift)| (&text[..text.len() - 1], shift));
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
    let bytes = digits.parse::<u64>().ok().filter(|_| is_number).and_then(|count| count.checked_mul(1 << shift));
    bytes.filter(|bytes| *bytes >= LEAST_MEMORY).ok_or_else(|| {
        format!("{text:?} is no amount of memory; expected bytes such as 4294967296, 512M or 4G, 1M or more")
    })
}

/// Months of a workspace, one after the other.
#[derive(Debug, Args)]
pub struct Months {
    /// The folder of the workspace.
    #[arg(long, value_name = "DIR")]
    pub workspace: PathBuf,
    /// The billing month (UTC), or several, such as 2025-01..2025-12.
    #[arg(long, value_name = "YYYY-MM")]
    pub period: MonthRange,
    /// Where the months' folders are written [default: the workspace's output].
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Start from facts instead of the reports.
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// Keep objects of S3 there, and read them from there.
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// About how much of the sums is kept in memory, the rest on disk [default: max_memory_bytes of the workspace].
    #[arg(long, value_name = "BYTES", value_parser = bytes_of_memory)]
    pub memory: Option<u64>,
}

/// What is folded.
#[derive(Debug, Args)]
pub struct Fold {
    /// Which months.
    #[command(flatten)]
    pub months: Months,
    /// Only this report file, named as below the reports folder, into a part: DIR/parts/YYYY-MM/FILE.part.parquet.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["facts", "merge"])]
    pub part: Option<String>,
    /// Add the parts of a folder, one for each report file, instead of reading the files.
    #[arg(long, value_name = "DIR", conflicts_with = "facts")]
    pub merge: Option<PathBuf>,
}

/// A month of a workspace.
#[derive(Debug, Args)]
pub struct Month {
    /// The folder of the workspace.
    #[arg(long, value_name = "DIR")]
    pub workspace: PathBuf,
    /// The billing month (UTC).
    #[arg(long, value_name = "YYYY-MM", value_parser = one_month)]
    pub period: BillingPeriod,
    /// Where the month's folder is written [default: the workspace's output].
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Start from facts instead of the reports.
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// Keep objects of S3 there, and read them from there.
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
}
