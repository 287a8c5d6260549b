use crate::period::BillingPeriod;

/// A rule of the input that was broken. Each says what would have been accepted and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// A manifest that cannot be understood.
    #[error("is no manifest of a report; accepted: JSON with account, billingPeriod and reportKeys; fetch it again")]
    BadManifest,
    /// Two manifests deliver the same payer and month.
    #[error("delivers the same payer and month as {other}; keep one of the two deliveries in the reports folder")]
    TwoManifests {
        /// The other manifest.
        other: String,
    },
    /// Rows of a payer and month come from two deliveries.
    #[error("holds rows of a payer and month that the delivery of {other} holds too; keep one of the two")]
    TwoDeliveries {
        /// The other manifest.
        other: String,
    },
    /// Several assemblies and nothing that says which is the newest.
    #[error("has two or more assemblies and no manifest beside them; fetch the manifest of the date folder")]
    NoChooser,
    /// The keys of a manifest lie in more than one assembly.
    #[error("names report keys of two assemblies; fetch the manifest and its report files again")]
    MixedAssemblies,
    /// A manifest without report keys.
    #[error("names no report file; wait for the delivery to be complete, then fetch it again")]
    NoKeys,
    /// The same key twice.
    #[error("names a report key twice; fetch the manifest again")]
    KeyTwice,
    /// A key or path that leads elsewhere.
    #[error("leads out of its folder; accepted: a relative path without `..`")]
    UnsafePath,
    /// A key of another month's folder.
    #[error("belongs to another date folder than its manifest's, {expected}; fetch the manifest again")]
    OtherDateFolder {
        /// The manifest's date folder.
        expected: String,
    },
    /// A key without its file.
    #[error("is named by the manifest, but is not there; fetch the whole delivery again")]
    MissingFile,
    /// A link that leads out of the reports folder.
    #[error("is a link that leads out of the reports folder; copy the file or folder into it")]
    OutsideLink,
    /// An adjustment that is no report file of the folder.
    #[error("is listed in [reports] adjustments, but is no report file of the reports folder")]
    MissingAdjustment,
    /// An adjustment listed twice.
    #[error("is listed twice in [reports] adjustments; list it once")]
    AdjustmentTwice,
    /// An adjustment that a manifest delivers, or that lies in its folder.
    #[error(
        "is listed in [reports] adjustments, but lies in the delivery of {manifest}; put it in a folder of its own"
    )]
    AdjustmentInDelivery {
        /// The manifest.
        manifest: String,
    },
    /// A loose file beside a delivery.
    #[error(
        "is a loose file with rows of a payer and month that {manifest} delivers; \
         list it in [reports] adjustments if it adds to the delivery, else take it away"
    )]
    LooseBesideDelivery {
        /// The manifest.
        manifest: String,
    },
    /// A loose file or adjustment with the rows of another file, packed or ordered otherwise or not.
    #[error("has the same content as {other}; take one of the two away")]
    SameContent {
        /// The other file.
        other: String,
    },
    /// A manifest of another month than its folder.
    #[error("is the month of the manifest, and {folder} that of its folder; fetch the delivery again")]
    OtherMonth {
        /// The month of the folder.
        folder: BillingPeriod,
    },
    /// A manifest of another payer than its place is for.
    #[error(
        "is the payer of the manifest, and the source is for {expected}; correct payer_id or reports in seikyu.toml"
    )]
    OtherPayer {
        /// The payer of the source.
        expected: String,
    },
    /// Rows of a payer that no source is for.
    #[error(
        "has rows there, and the sources are for {expected}; add a [[reports.source]] for the payer, or take a payer_id \
         out of seikyu.toml"
    )]
    UnexpectedPayer {
        /// The payers of the sources.
        expected: String,
    },
    /// A file that two places hold.
    #[error("lies in two of the places that seikyu.toml names; let no place be inside of another")]
    TwoPlaces,
    /// Several executions of an export, and nothing that says which is the newest.
    #[error(
        "has two or more executions of an export and no manifest beside them; \
         fetch the manifest of the folder metadata/BILLING_PERIOD=…"
    )]
    NoExecutionChooser,
    /// The manifest of a month is older than an execution beside it.
    #[error("is a newer execution of the export than the manifest of the month names; fetch that manifest again")]
    StaleChooser,
    /// A data file of another month's folder.
    #[error("lies in the folder of another month than its manifest's, {period}; fetch the delivery again")]
    OtherPartition {
        /// The manifest's month.
        period: BillingPeriod,
    },
    /// A report of a billing group, told by its manifest.
    #[error(
        "is not the bill of AWS: the report was made of a pro forma billing view (AWS Billing Conductor) or of a part \
         of the bill; accepted: reports of the primary billing view; fetch the payer's own report"
    )]
    ProForma,
    /// A report of a month that is long closed, in which no row has an invoice.
    #[error(
        "has no invoice id on any row, and {evidence}: AWS has closed the month long ago, so this is a pro forma \
         report (AWS Billing Conductor), or a stale one; fetch the payer's own report of the month"
    )]
    NeverInvoiced {
        /// Why the month must be closed.
        evidence: String,
    },
    /// Nothing to read.
    #[error(
        "has no report of {period} ({delivered}); accepted: *.csv, *.csv.gz, *.zip, *.parquet; \
         fetch the delivery of the month, or correct --period"
    )]
    NoReports {
        /// The wanted month.
        period: BillingPeriod,
        /// What there is instead.
        delivered: String,
    },
    /// The reports folder is not there.
    #[error(
        "is not there; accepted: a folder of reports; correct [paths] reports in seikyu.toml, or fetch the reports"
    )]
    NoFolder,
    /// A plain text that ends inside a line.
    #[error(
        "ends without a line end, so the file may be torn; accepted: a line end after every row; fetch the file again"
    )]
    OpenEnd,
    /// A stream that does not unpack or decode.
    #[error("is damaged or not complete; fetch the file again")]
    Damaged,
    /// A stream that unpacks to far more than a report.
    #[error("unpacks beyond {bytes} bytes and {ratio} times its size; refused as a bomb (both limits can be set)")]
    Bomb {
        /// The limit in bytes.
        bytes: u64,
        /// The limit as a multiple.
        ratio: u64,
    },
    /// An entry of a ZIP file that is no CSV file.
    #[error("is no plain CSV entry; accepted in a ZIP file: *.csv with a relative name, not encrypted")]
    BadEntry,
    /// A file without a header.
    #[error("has no header; accepted: a first line with the column names; fetch the file again")]
    Empty,
    /// A header text twice.
    #[error("stands twice in the header; accepted: every column once")]
    ColumnTwice,
    /// Two spellings of one used column.
    #[error("and {other} are the same column; accepted: one of them")]
    SameColumn {
        /// The other spelling.
        other: String,
    },
    /// A needed column is not there.
    #[error("is not in the header, but is needed; make the report again with it")]
    MissingColumn,
    /// The same of a data export, whose columns its owner chose.
    #[error(
        "is not in the header, but is needed: the query of the export leaves it out; \
         add it to the SELECT of the export and let AWS deliver the month again"
    )]
    NotSelected,
    /// A column of a data export that rows of some kind cannot do without.
    #[error(
        "rows need this column, and the query of the export leaves it out; \
         add it to the SELECT of the export and let AWS deliver the month again"
    )]
    NotSelectedForRows,
    /// A column of a FOCUS file that is needed.
    #[error(
        "is not in the header, but is needed to bill by {version}; \
         accepted: FOCUS with AWS columns, all of them; better: the CUR 2.0 export of the same payer"
    )]
    NotInFocus {
        /// `FOCUS 1.0` and so on.
        version: &'static str,
    },
    /// A row of a FOCUS file that does not say enough to be billed.
    #[error("cannot be billed by FOCUS: {why}; use the CUR 2.0 export of the same payer instead")]
    FocusRow {
        /// What is missing.
        why: &'static str,
    },
    /// A map column without a map.
    #[error(
        "is no map of names to values ({why}); accepted: a JSON object of texts such as \
         {{\"product_name\":\"…\"}}, or an empty field; fetch the file again"
    )]
    BadMap {
        /// What is wrong.
        why: String,
    },
    /// A bundled discount that is no row.
    #[error(
        "has a bundled discount, which belongs to whoever has its source and must be a row of its own to be billed; \
         make the export with INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY"
    )]
    BundledInMap,
    /// The header and the manifest name different columns.
    #[error("header and manifest do not agree ({difference}); fetch the manifest and its report files again")]
    OtherColumns {
        /// Names on one side only.
        difference: String,
    },
    /// A Parquet column of a type that cannot stand for its content.
    #[error("has a type that cannot be read here; accepted: text, numbers, decimals, dates and timestamps")]
    ColumnType,
    /// A row with more or fewer fields than the header.
    #[error("fields in the row; accepted: {expected}, as in the header; fetch the file again")]
    FieldCount {
        /// Fields of the header.
        expected: usize,
    },
    /// Text after a closing quote, or a quote that is never closed.
    #[error("breaks the quoting of CSV; accepted: quotes around a whole field, quotes inside doubled")]
    Quoting,
    /// A record beyond any sense.
    #[error("is longer than {limit} bytes; is a quote not closed? Fetch the file again")]
    LongRecord {
        /// The limit.
        limit: usize,
    },
    /// A zero byte.
    #[error("holds a NUL byte; accepted: text; fetch the file again")]
    Nul,
    /// Bytes that are no text.
    #[error("is not UTF-8 text; fetch the file again")]
    NotUtf8,
    /// An account id of another shape.
    #[error("is no account id; accepted: twelve digits, as text")]
    BadAccount,
    /// A time of another shape.
    #[error("is no time; accepted: YYYY-MM-DDTHH:MM:SSZ")]
    BadTime,
    /// A number of another shape.
    #[error("is no decimal number; accepted: 12, -0.5, 4.4E-7")]
    BadNumber,
    /// A number beyond the grid, alone or in a sum.
    #[error("is beyond the largest amount that can be held or summed (1.7 * 10^20)")]
    TooLarge,
    /// A row without its cost.
    #[error("is blank; accepted: a number (0 for a row without cost)")]
    BlankCost,
    /// Another currency.
    #[error("is another currency; accepted: USD on every row")]
    Currency,
}
