use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::{Month, one_month};
use crate::period::{BillingPeriod, Day};

/// Which drafts are issued.
#[derive(Debug, Args)]
pub struct Issue {
    /// The folder of the workspace.
    #[arg(long, value_name = "DIR")]
    pub workspace: PathBuf,
    /// The billing month (UTC).
    #[arg(long, value_name = "YYYY-MM", value_parser = one_month)]
    pub period: BillingPeriod,
    /// Where the drafts are [default: the workspace's output].
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Only this project; may be given several times.
    #[arg(long = "project", value_name = "ID")]
    pub projects: Vec<String>,
    /// The printed date of issue [default: today in Japan].
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<Day>,
}

/// Which month is corrected, and how.
#[derive(Debug, Args)]
pub struct Correct {
    /// Which month.
    #[command(flatten)]
    pub month: Month,
    /// Only this project; may be given several times.
    #[arg(long = "project", value_name = "ID")]
    pub projects: Vec<String>,
    /// How differences are settled; without it they are only shown.
    #[arg(long = "as", value_name = "HOW", value_enum)]
    pub settle: Option<SettlingName>,
    /// The month whose invoice takes the difference along, with --as carry [default: the next month].
    #[arg(long, value_name = "YYYY-MM")]
    pub into: Option<BillingPeriod>,
    /// Why, as printed on the document.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The documents that are replaced were paid: the new ones ask for the difference.
    #[arg(long)]
    pub paid: bool,
    /// The printed date of issue [default: today in Japan].
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<Day>,
}

/// How differences are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SettlingName {
    /// 修正: a new document in the place of the old, numbered -R1, -R2 ...
    Replace,
    /// 返還: a credit note over the difference, numbered CRN-...
    Return,
    /// 翌月調整: lines on a later month's invoice.
    Carry,
}

/// What is asked of the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Calculate every hash again and check the sequence, the numbers and the files of all documents.
    Verify {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
    },
    /// Find documents by date, amount and counterparty, and any combination of them.
    List {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// Which documents.
        #[command(flatten)]
        filter: LedgerFilter,
    },
    /// Show what a document is, what it was made from and what became of it.
    Show {
        /// The document's number.
        number: String,
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// Write its files there, from the ledger.
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// Write the index of documents as CSV: date, amount, counterparty, number, hash.
    Export {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// Which documents.
        #[command(flatten)]
        filter: LedgerFilter,
        /// The file to write [default: standard output].
        #[arg(long = "output", value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Put a copy of the whole ledger into S3; nothing that is there is overwritten or deleted.
    Backup {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// The address [default: [backup] to of seikyu.toml].
        #[arg(long, value_name = "s3://BUCKET/PREFIX")]
        to: Option<String>,
    },
    /// Fetch the newest backup into a new folder, and check every byte of it.
    Restore {
        /// The folder, which is not there yet; the ledger of the workspace is not touched.
        dir: PathBuf,
        /// The folder of the workspace, whose settings say how buckets are reached.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// The address [default: [backup] to of seikyu.toml].
        #[arg(long, value_name = "s3://BUCKET/PREFIX")]
        from: Option<String>,
    },
    /// Make the documents again from the inputs that were recorded, and compare every byte.
    Replay {
        /// The folder of the workspace.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: PathBuf,
        /// Only this month.
        #[arg(long, value_name = "YYYY-MM", value_parser = one_month)]
        period: Option<BillingPeriod>,
    },
}

/// Which documents: those that fit every key that is given.
#[derive(Debug, Args)]
pub struct LedgerFilter {
    /// Issued on this day or later.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<Day>,
    /// Issued on this day or earlier.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<Day>,
    /// At least so many yen, with tax.
    #[arg(long, value_name = "YEN", allow_hyphen_values = true)]
    pub min: Option<i64>,
    /// At most so many yen, with tax.
    #[arg(long, value_name = "YEN", allow_hyphen_values = true)]
    pub max: Option<i64>,
    /// A part of the customer's name, or the customer id.
    #[arg(long, value_name = "TEXT")]
    pub customer: Option<String>,
    /// Of this project.
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,
    /// Of this billing month.
    #[arg(long, value_name = "YYYY-MM", value_parser = one_month)]
    pub period: Option<BillingPeriod>,
}
