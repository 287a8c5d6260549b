use crate::deliver::{DeliverError, WriteError};
use crate::explain::ExplainError;
use crate::fold::{FactsFileError, FoldError, PartsError};
use crate::ingest::{IngestError, StoreError, StoreFault};
use crate::ledger::LedgerError;
use crate::pipeline::BillError;
use crate::read_back::ReadBackError;
use crate::reconcile::ReconcileError;
use crate::reference::ReferenceError;
use crate::rows::RowsError;

/// Why a run stopped. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The workspace was refused.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The reports were refused.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The reports could not be summed.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// The parts could not be added up.
    #[error(transparent)]
    Parts(#[from] PartsError),
    /// The facts file was refused.
    #[error(transparent)]
    FactsFile(#[from] FactsFileError),
    /// The facts are of another month.
    #[error(
        "{file} holds the facts of {found}, not of {expected}; give the facts of that month, or run from the reports"
    )]
    OtherMonth {
        /// The facts file.
        file: String,
        /// Its month.
        found: String,
        /// The wanted month.
        expected: String,
    },
    /// The reports have no row of the month: an invoice of nothing but fees would look like a quiet month.
    #[error(
        "the reports have no row of {period} ({other} rows of other months); \
         fetch the reports of the month, or correct --period"
    )]
    NoRows {
        /// The wanted month.
        period: String,
        /// Rows of other months.
        other: u64,
    },
    /// An account that is asked for has no row.
    #[error(
        "account {account_id} has no row in the reports of {period}; give an account of usage as twelve digits, \
         such as one of summary.csv"
    )]
    NoSuchAccount {
        /// What was asked for.
        account_id: String,
        /// The month.
        period: String,
    },
    /// A project that is asked for has no account in the month.
    #[error("project {project_id} has no account in {period}; those that have: {known}")]
    NoSuchProject {
        /// What was asked for.
        project_id: String,
        /// The month.
        period: String,
        /// The projects that there are.
        known: String,
    },
    /// An invoice could not be explained.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// More rows are asked for than anybody reads.
    #[error("{rows} rows belong to what is asked for, at most {most} are told; ask for one --account or --service")]
    TooManyRows {
        /// How many there are.
        rows: u64,
        /// How many are told.
        most: u64,
    },
    /// The rows of the reports could not be joined to their facts.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The month could not be billed.
    #[error(transparent)]
    Bill(#[from] BillError),
    /// A document could not be made.
    #[error("invoice of project {project_id}: {source}")]
    Document {
        /// Which invoice.
        project_id: String,
        /// Why.
        source: DeliverError,
    },
    /// The ledger could not be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There are no drafts to issue.
    #[error("no drafts in {dir}: {found}; make them with `seikyu run`, look at them, then issue")]
    NoDrafts {
        /// The month's folder.
        dir: String,
        /// What is missing.
        found: String,
    },
    /// The drafts are older than what they were made from.
    #[error(
        "the drafts are not of today's data: {}; run `seikyu run` again and look at the new drafts before they are \
         issued; nothing was issued",
        changed.join("; ")
    )]
    StaleDrafts {
        /// What has changed.
        changed: Vec<String>,
    },
    /// A project that is asked for has no draft and no document.
    #[error("--project {projects}: no such project in {period}; give one of invoices.csv; nothing was recorded")]
    UnknownProjects {
        /// What was asked for.
        projects: String,
        /// The month.
        period: String,
    },
    /// A document cannot be older than what it charges for.
    #[error("--date {date} is before the end of {period}; give the last day of the month or a later one")]
    TooEarly {
        /// The date.
        date: String,
        /// The month.
        period: String,
    },
    /// A date that nobody can mean.
    #[error("--date {date} is too far ahead; give a day up to {latest}; nothing was recorded")]
    TooLate {
        /// The date.
        date: String,
        /// The latest that is accepted.
        latest: String,
    },
    /// Nothing was ever issued.
    #[error("nothing was issued yet: there is no ledger in {ledger}; issue a month first, with `seikyu issue`")]
    NothingIssued {
        /// Where it was looked for.
        ledger: String,
    },
    /// The ledger and the workspace say different things of a voucher.
    #[error(
        "voucher {voucher_id}: the ledger says that {recorded}, vouchers.csv has {found}; correct vouchers.csv, the \
         ledger does not change"
    )]
    VoucherContradiction {
        /// Which voucher.
        voucher_id: String,
        /// What vouchers.csv has.
        found: String,
        /// What the ledger says.
        recorded: String,
    },
    /// A number that was never given.
    #[error("{number}: no such document in the ledger; `seikyu ledger list` names them all")]
    NoSuchDocument {
        /// What was asked for.
        number: String,
    },
    /// A credit note has differences and no charges of its own.
    #[error(
        "{number} is a credit note: its lines are differences, explained in its correction.csv; ask for the invoice that \
         it corrects, which `seikyu ledger show {number}` names"
    )]
    OnlyDifferences {
        /// Which.
        number: String,
    },
    /// The reports have changed since a document was made from them.
    #[error(
        "{number} was made from other reports than those that are there now: put back the files that `seikyu ledger show \
         {number}` lists with their SHA-256, or ask without --rows. In detail: {source}"
    )]
    OtherReports {
        /// Which document.
        number: String,
        /// What differs.
        source: RowsError,
    },
    /// This version of the program does not come to what was issued.
    #[error(
        "{number} was made by version {version}, and this version comes to another total; explain it with that version; \
         `seikyu correct` says by how much they differ"
    )]
    OtherFigures {
        /// Which.
        number: String,
        /// What made it.
        version: String,
    },
    /// Something that the ledger recorded cannot be read again.
    #[error("the ledger's record cannot be used again: {found}; see `seikyu ledger verify`")]
    Unreplayable {
        /// What.
        found: String,
    },
    /// A document does not say what it should when it is read back.
    #[error(
        "{number}: invoice.json does not give back the figures it was made of; nothing was recorded; this is a bug"
    )]
    NotReadBack {
        /// Which.
        number: String,
    },
    /// Differences that cannot be settled in the way that was asked for.
    #[error("not settled: {}; nothing was recorded", refusals.join("; "))]
    NotSettled {
        /// By project.
        refusals: Vec<String>,
    },
    /// An issued project is in no contract any more.
    #[error("project {project_id} was issued and is not in projects.csv any more; put its row back: it is corrected")]
    ProjectGone {
        /// Which.
        project_id: String,
    },
    /// The finished month, or the console's file, was refused.
    #[error(transparent)]
    ReadBack(#[from] ReadBackError),
    /// The month could not be reconciled: its files do not fit each other.
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    /// A store beyond this machine did not do what was asked of it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The month is finished, and its copy is not.
    #[error("the month is finished in {place}, but was not copied to S3: {source}; the same command copies it again")]
    NotCopied {
        /// Where the month is.
        place: String,
        /// Why.
        source: StoreError,
    },
    /// A damaged ledger is no backup.
    #[error("the ledger in {ledger} is damaged and was not backed up: {}; see `seikyu ledger verify`", found.join("; "))]
    NotBackedUp {
        /// Where the ledger is.
        ledger: String,
        /// What is wrong.
        found: Vec<String>,
    },
    /// The output could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl RunError {
    /// The exit code: 2 where the input must be mended, 3 where the machine or the program must.
    pub fn exit_code(&self) -> u8 {
        let is_machine_fault = match self {
            Self::Reference(error) => error.is_machine_fault(),
            Self::Ingest(error) => error.is_machine_fault(),
            Self::Fold(error) => error.is_machine_fault(),
            Self::Parts(error) => error.is_machine_fault(),
            Self::FactsFile(error) => error.is_machine_fault(),
            Self::OtherMonth { .. }
            | Self::NoRows { .. }
            | Self::NoSuchAccount { .. }
            | Self::NoDrafts { .. }
            | Self::StaleDrafts { .. }
            | Self::UnknownProjects { .. }
            | Self::TooEarly { .. }
            | Self::TooLate { .. }
            | Self::NothingIssued { .. }
            | Self::VoucherContradiction { .. }
            | Self::NotSettled { .. }
            | Self::NoSuchDocument { .. }
            | Self::OnlyDifferences { .. }
            | Self::OtherFigures { .. }
            | Self::OtherReports { .. }
            | Self::ProjectGone { .. }
            | Self::NoSuchProject { .. }
            | Self::TooManyRows { .. } => false,
            Self::Ledger(_) | Self::Unreplayable { .. } | Self::NotReadBack { .. } => true,
            Self::Explain(error) => error.is_machine_fault(),
            Self::Rows(error) => error.is_machine_fault(),
            Self::Bill(error) => match error {
                BillError::Audit(_) => true, // A sum that does not agree is a bug.
                BillError::Facts(_)
                | BillError::Alone(_)
                | BillError::Discount(_)
                | BillError::Convert(_)
                | BillError::Invoice(_) => false,
            },
            Self::Document { source, .. } => match source {
                DeliverError::MissingGlyph { .. } | DeliverError::CombiningMark { .. } => false,
                DeliverError::Font { .. } | DeliverError::Writer { .. } => true,
            },
            Self::ReadBack(error) => error.is_machine_fault(),
            Self::Reconcile(_) => false,
            Self::Store(error) | Self::NotCopied { source: error, .. } => matches!(error.fault, StoreFault::Failed),
            Self::NotBackedUp { .. } => true,
            Self::Write(_) => true,
        };
        if is_machine_fault { 3 } else { 2 }
    }
}
