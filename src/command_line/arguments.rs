use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};

use super::arguments_issued::{Correct, Issue, LedgerCommand};
use crate::period::{BillingPeriod, Instant, parse_instant};

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
        /// Which month.
        #[command(flatten)]
        month: Month,
        /// Copy the finished month there [default: [upload] to of seikyu.toml, if any].
        #[arg(long, value_name = "s3://BUCKET/PREFIX")]
        upload: Option<String>,
    },
    /// Read the reports of a month into facts, and nothing else.
    Fold(Month),
    /// Take invoices apart: from the printed yen to charges, rules and price-list rows; writes nothing.
    Explain {
        /// An issued document, such as INV-202505-000001: from what the ledger recorded. Without it, the drafts of a month.
        invoice: Option<String>,
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// The billing month (UTC) of the drafts.
        #[arg(long, value_name = "YYYY-MM", required_unless_present = "invoice", conflicts_with = "invoice")]
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
        #[arg(long, value_name = "YYYY-MM")]
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
        /// The billing month; without it, the reports are not read.
        #[arg(long, value_name = "YYYY-MM")]
        period: Option<BillingPeriod>,
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

/// A month of a workspace.
#[derive(Debug, Args)]
pub struct Month {
    /// The folder of the workspace.
    #[arg(long, value_name = "DIR")]
    pub workspace: PathBuf,
    /// The billing month (UTC).
    #[arg(long, value_name = "YYYY-MM")]
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
