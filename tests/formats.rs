//! The same month in legacy CSV, legacy Parquet, CUR 2.0 CSV and CUR 2.0 Parquet gives the same bytes.

#![allow(clippy::unwrap_used, reason = "a helper of a test may stop like the test itself")]

mod common;
mod report_forms;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, copy_folder, lay, seikyu, shared_data};
use report_forms::{Cell, Form, Source, csv_text, deliver, gzip, write_parquet};

const FORMS: [Form; 3] = [Form::LegacyParquet, Form::ExportCsv, Form::ExportParquet];
/// Everything that says figures, and nothing that says files.
const FIGURES: [&str; 12] = [
    "bridge.csv",
    "summary.csv",
    "invoices.csv",
    "invoice_lines.csv",
    "invoice_taxes.csv",
    "census.csv",
    "border.csv",
    "holds.csv",
    "margin.csv",
    "payments.csv",
    "voucher_draws.csv",
    "aws_invoices.csv",
];

/// A workspace whose deliveries of May can be laid down in another form.
struct Month {
    workspace: TempFolder,
    /// Manifests of the deliveries of May.
    manifests: Vec<PathBuf>,
}

impl Month {
    /// A copy of a workspace, with its billing mode changed.
    fn of(workspace: &Path, mode: Option<&str>) -> Self {
        let copy = TempFolder::new("forms");
        copy_folder(workspace, copy.path());
        let settings = copy.path().join("seikyu.toml");
        let mut text = fs::read_to_string(&settings).unwrap();
        if let Some(mode) = mode {
            assert!(text.contains("mode = \"strip_only\""));
            text = text.replace("mode = \"strip_only\"", &format!("mode = \"{mode}\""));
            fs::write(&settings, text).unwrap();
        }
        let mut manifests = Vec::new();
        choosers(&copy.path().join("reports"), &mut manifests);
        Self { workspace: copy, manifests }
    }

    /// Puts every delivery of May into another form, in the place of the old one.
    fn become_form(&self, form: Form) {
        for manifest in &self.manifests {
            let source = Source::of_manifest(manifest);
            let report = manifest.parent().unwrap().parent().unwrap();
            fs::remove_dir_all(report).unwrap();
            deliver(form, &source, &self.workspace.path().join("reports"));
        }
    }

    /// The figures of a run, by file.
    fn figures(&self) -> Vec<(&'static str, String)> {
        let out = TempFolder::new("forms-out");
        let paths = [("--workspace", self.workspace.path()), ("--output", out.path())];
        let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &paths);
        assert!(outcome.code < 2, "{}", outcome.stderr);
        let read = |name: &'static str| (name, fs::read_to_string(out.path().join("2025-05").join(name)).unwrap());
        FIGURES.into_iter().map(read).collect()
    }
}

/// Manifests of May that lie in their date folder.
fn choosers(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_manifest = path.to_str().unwrap().ends_with("-Manifest.json");
        if path.is_dir() {
            choosers(&path, found);
        } else if is_manifest && folder.ends_with("20250501-20250601") {
            found.push(path);
        }
    }
}

fn assert_same_figures(workspace: &Path, mode: Option<&str>, has: &[&str]) {
    let expected = Month::of(workspace, mode).figures();
    for cause in has {
        let is_there = expected[..2].iter().any(|(_, text)| text.contains(cause));
        assert!(is_there, "the month has no {cause}: it proves too little");
    }
    for form in FORMS {
        let month = Month::of(workspace, mode);
        assert!(!month.manifests.is_empty());
        month.become_form(form);
        for ((name, expected), (_, found)) in expected.iter().zip(month.figures()) {
            assert_eq!(found, *expected, "{name} of {form:?}");
        }
    }
}

#[test]
fn the_quickstart_gives_the_same_bytes_in_every_form() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart");
    assert_same_figures(&workspace, None, &["foreign_ri_removed", "free_tier_rerated", "tax_removed"]);
}

#[test]
fn the_shared_month_gives_the_same_bytes_in_every_form() {
    let Some(month) = shared_data("month_2025-05") else { return };
    #[rustfmt::skip]
    let causes = [
        "foreign_ri_removed", "foreign_sp_removed", "tier_rerated", "free_tier_rerated", "private_discounts_removed",
        "bundled_discounts_removed", "credits_removed", "refunds_removed", "tax_removed", "support_removed",
        ",marketplace,", ",commitment_fees,",
    ];
    assert_same_figures(&month, None, &causes);
    assert_same_figures(&month, Some("strip_and_reapply"), &["own_commitment_reapplied"]);
}

#[test]
fn detail_lines_are_the_same_from_json_and_from_maps() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart");
    let lines = [Form::ExportCsv, Form::ExportParquet].map(|form| {
        let month = Month::of(&workspace, None);
        month.become_form(form);
        let out = TempFolder::new("forms-detail");
        let paths = [("--workspace", month.workspace.path()), ("--output", out.path())];
        let outcome = seikyu(&["detail", "--quiet", "--period", "2025-05", "--project", "P-001"], &paths);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        fs::read_to_string(out.path().join("detail/2025-05/P-001/detail.csv")).unwrap()
    });
    assert!(lines[0].contains("user_name="), "tags of the map `resource_tags`");
    assert_eq!(lines[0], lines[1]);
}

const PAYER: &str = "090000000019";
const ACCOUNT: &str = "010000000011";

/// The workspace of the error gallery with one loose report in the place of its delivery.
fn small_month(report: &str, bytes: impl AsRef<[u8]>) -> (TempFolder, Outcome) {
    let folder = TempFolder::new("small");
    lay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/errors/base"), folder.path());
    fs::remove_dir_all(folder.path().join("reports")).unwrap();
    fs::create_dir_all(folder.path().join("reports")).unwrap();
    fs::write(folder.path().join("reports").join(report), bytes).unwrap();
    let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &[("--workspace", folder.path())]);
    (folder, outcome)
}

fn output(folder: &TempFolder, name: &str) -> String {
    fs::read_to_string(folder.path().join("output/2025-05").join(name)).unwrap()
}

/// A row of CUR 2.0: usage of the account, 24 h at 0.248 USD, with some columns changed.
fn export_row(changes: &[(&str, Cell)]) -> Vec<(String, Cell)> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let number = |text: &str| Cell::Double(text.to_owned());
    let time = |text: &str| Cell::Time(text.to_owned());
    #[rustfmt::skip]
    let columns = [
        ("bill_invoice_id",                text("EXAMPLE-2025-05")),
        ("bill_invoicing_entity",          text("Amazon Web Services Japan G.K.")),
        ("bill_billing_entity",            text("AWS")),
        ("bill_payer_account_id",          text(PAYER)),
        ("bill_billing_period_start_date", time("2025-05-01T00:00:00Z")),
        ("line_item_usage_account_id",     text(ACCOUNT)),
        ("line_item_line_item_type",       text("Usage")),
        ("line_item_usage_start_date",     time("2025-05-01T00:00:00Z")),
        ("line_item_usage_end_date",       time("2025-05-02T00:00:00Z")),
        ("line_item_product_code",         text("AmazonEC2")),
        ("line_item_usage_type",           text("APN1-BoxUsage:m5.xlarge")),
        ("line_item_operation",            text("RunInstances")),
        ("line_item_usage_amount",         number("24")),
        ("line_item_currency_code",        text("USD")),
        ("line_item_unblended_cost",       number("5.952")),
        ("line_item_net_unblended_cost",   number("")),
        ("line_item_line_item_description", text("$0.248 per On Demand Linux m5.xlarge Instance Hour")),
        ("reservation_reservation_a_r_n",  text("")),
        ("product_region_code",            text("ap-northeast-1")),
        ("product_sku",                    text("TITWTHJIGASHCQVC")),
        ("pricing_rate_code",              text("TITWTHJIGASHCQVC.JRTCKXETXF.6YS6EN2CT7")),
        ("pricing_public_on_demand_cost",  number("5.952")),
        ("pricing_unit",                   text("Hrs")),
        ("product",                        Cell::Map(vec![(String::from("region"), String::from("ap-northeast-1"))])),
    ];
    change(columns.map(|(name, cell)| (name.to_owned(), cell)).to_vec(), changes)
}

/// Replaces cells, and adds the columns that are new.
fn change(mut row: Vec<(String, Cell)>, changes: &[(&str, Cell)]) -> Vec<(String, Cell)> {
    for (name, cell) in changes {
        match row.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = cell.clone(),
            None => row.push(((*name).to_owned(), cell.clone())),
        }
    }
    row
}

/// Runs the month of these rows, as CSV.gz and as Parquet: both must end alike. Returns bridge, summary and invoices.
fn figures_of(rows: &[Vec<(String, Cell)>], code: i32) -> ([String; 3], String) {
    let names: Vec<String> = rows[0].iter().map(|(name, _)| name.clone()).collect();
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(|(_, cell)| cell.clone()).collect()).collect();
    let files = [("r.csv.gz", gzip(&csv_text(&names, &rows))), ("r.parquet", write_parquet(&names, &rows))];
    let found = files.map(|(name, bytes)| {
        let (folder, outcome) = small_month(name, bytes);
        assert_eq!(outcome.code, code, "{name}: {}", outcome.stderr);
        let record: serde_json::Value = serde_json::from_str(&output(&folder, "run.json")).unwrap();
        let figures = ["bridge.csv", "summary.csv", "invoices.csv"].map(|file| output(&folder, file));
        (figures, record["warnings"].to_string())
    });
    let [csv, parquet] = found;
    assert_eq!(csv, parquet);
    csv
}

/// The rows of a bridge that are about the account: cause and amount.
fn causes(bridge: &str) -> Vec<&str> {
    let start = format!("2025-05,{PAYER},{ACCOUNT},");
    bridge.lines().filter_map(|line| line.strip_prefix(start.as_str())).collect()
}

/// By hand: list 24 x 0.248 = 5.952, 7 % off 0.41664, net 5.53536. AWS took 5 % off: 0.2976.
#[test]
fn discounts_in_the_map_and_as_rows_change_nothing_that_is_billed() {
    let map = |value: &str| {
        let entries = [("edp_discount", value), ("total_discount", value)];
        Cell::Map(entries.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec())
    };
    let number = |text: &str| Cell::Double(text.to_owned());
    // Manual discount compatibility is off: no row of its own, the cost is before the discount.
    let net = ("line_item_net_unblended_cost", number("5.6544"));
    let (off, warnings) = figures_of(&[export_row(&[net, ("discount", map("-0.2976"))])], 0);
    let billed = ["list_total,5.952", "net_total,5.53536", "plan_discount,-0.41664"];
    assert_eq!(causes(&off[0]), [&["aws_unblended,5.952"][..], &billed].concat());
    assert!(warnings.contains("-0.2976 USD between cost and net cost"), "{warnings}");
    // It is on: a row, and no map.
    let discount = export_row(&[
        ("line_item_line_item_type", Cell::Text(String::from("EdpDiscount"))),
        ("line_item_unblended_cost", number("-0.2976")),
        ("line_item_usage_amount", number("")),
        ("pricing_public_on_demand_cost", number("")),
    ]);
    let (on, warnings) = figures_of(&[export_row(&[]), discount], 0);
    let removed = ["private_discounts_removed,0.2976"];
    assert_eq!(causes(&on[0]), [&["aws_unblended,5.6544"][..], &billed, &removed].concat());
    assert!(!warnings.contains("between cost and net cost"), "{warnings}");
    assert_eq!(on[1..], off[1..], "summary and invoices");
    // 5.53536 x 145.75 = 806.77872, cut off; 10 % of 806 is 80.6, cut off.
    assert!(on[2].contains("2025-05,P-0001,draft,806,80,886,"), "{}", on[2]);
}

/// A FOCUS row with the content of [`export_row`].
fn focus_row(changes: &[(&str, Cell)]) -> Vec<(String, Cell)> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let number = |text: &str| Cell::Double(text.to_owned());
    let time = |text: &str| Cell::Time(text.to_owned());
    #[rustfmt::skip]
    let columns = [
        ("BilledCost",               number("5.952")),
        ("BillingAccountId",         text(PAYER)),
        ("BillingCurrency",          text("USD")),
        ("BillingPeriodStart",       time("2025-05-01T00:00:00Z")),
        ("ChargeCategory",           text("Usage")),
        ("ChargeClass",              text("")),
        ("ChargeDescription",        text("$0.248 per On Demand Linux m5.xlarge Instance Hour")),
        ("ChargeFrequency",          text("Usage-Based")),
        ("ChargePeriodEnd",          time("2025-05-02T00:00:00Z")),
        ("ChargePeriodStart",        time("2025-05-01T00:00:00Z")),
        ("CommitmentDiscountId",     text("")),
        ("CommitmentDiscountStatus", text("")),
        ("InvoiceId",                text("EXAMPLE-2025-05")),
        ("InvoiceIssuerName",        text("Amazon Web Services Japan G.K.")),
        ("ListCost",                 number("5.952")),
        ("PricingCategory",          text("Standard")),
        ("PricingQuantity",          number("24")),
        ("PricingUnit",              text("Hrs")),
        ("ProviderName",             text("AWS")),
        ("PublisherName",            text("AWS")),
        ("RegionId",                 text("ap-northeast-1")),
        ("SkuId",                    text("TITWTHJIGASHCQVC")),
        ("SkuMeter",                 text("APN1-BoxUsage:m5.xlarge")),
        ("SkuPriceId",               text("TITWTHJIGASHCQVC.JRTCKXETXF.6YS6EN2CT7")),
        ("SubAccountId",             text(ACCOUNT)),
        ("Tags",                     Cell::Map(vec![(String::from("user:team"), String::from("web"))])),
        ("x_Discounts",              Cell::Map(Vec::new())),
        ("x_Operation",              text("RunInstances")),
        ("x_ServiceCode",            text("AmazonEC2")),
    ];
    change(columns.map(|(name, cell)| (name.to_owned(), cell)).to_vec(), changes)
}

#[test]
fn a_month_without_commitments_is_billed_by_focus_as_by_cur() {
    let text = |text: &str| Cell::Text(text.to_owned());
    let number = |text: &str| Cell::Double(text.to_owned());
    let kinds = [("Tax", "Tax", "4.28"), ("Credit", "Credit", "-2"), ("Fee", "Purchase", "14")];
    let mut by_cur = vec![export_row(&[])];
    let mut by_focus = vec![focus_row(&[])];
    for (line_type, category, cost) in kinds {
        by_cur.push(export_row(&[
            ("line_item_line_item_type", text(line_type)),
            ("line_item_unblended_cost", number(cost)),
            ("line_item_line_item_description", text(category)),
        ]));
        by_focus.push(focus_row(&[
            ("ChargeCategory", text(category)),
            ("ChargeFrequency", text(if category == "Purchase" { "One-Time" } else { "" })),
            ("BilledCost", number(cost)),
            ("ChargeDescription", text(category)),
        ]));
    }
    let (cur, _) = figures_of(&by_cur, 0);
    let (focus, _) = figures_of(&by_focus, 0);
    assert_eq!(focus, cur);
    // By hand: 5.952 + 4.28 - 2 + 14 = 22.232; tax and the reseller's credit go: 19.952; 7 % of it are 1.39664.
    #[rustfmt::skip]
    let expected = [
        "aws_unblended,22.232", "credits_removed,2.0", "list_total,19.952", "net_total,18.55536",
        "plan_discount,-1.39664", "tax_removed,-4.28",
    ];
    assert_eq!(causes(&cur[0]), expected);
    // 1.0 and 1.1 have no invoice id: the same figures, held.
    let older: Vec<_> =
        by_focus.iter().map(|row| row.iter().filter(|(name, _)| name != "InvoiceId").cloned().collect()).collect();
    let (held, warnings) = figures_of(&older, 1);
    assert_eq!(held[..2], cur[..2]);
    assert!(held[2].contains(",held,") && held[2].contains("not_final"), "{}", held[2]);
    assert!(warnings.contains("FOCUS 1.0 or 1.1"), "{warnings}");
}

#[test]
fn an_export_of_others_is_refused_with_the_names_of_what_it_lacks() {
    let Some(mock) = shared_data("cur/keboola-cur-mocks/cur_2_0") else { return };
    let folder = TempFolder::new("mock");
    lay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/errors/base"), folder.path());
    let rates = folder.path().join("rates/fx/usd_jpy_tts.csv");
    fs::write(&rates, "billing_period,rate,source\n2024-09,145.00,example\n").unwrap();
    let reports = folder.path().join("reports");
    fs::remove_dir_all(&reports).unwrap();
    let place = |name: &str| {
        let path = reports.join("cur2").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    let file = "MockTestReportV2-00001.csv.gz";
    fs::copy(mock.join(file), place(&format!("data/BILLING_PERIOD=2024-09/{file}"))).unwrap();
    let manifest = place("metadata/BILLING_PERIOD=2024-09/MockTestReportV2-Manifest.json");
    fs::copy(mock.join("cur2_manifest.json"), manifest).unwrap();
    let outcome = seikyu(&["run", "--quiet", "--period", "2024-09"], &[("--workspace", folder.path())]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    for column in ["product_sku", "pricing_public_on_demand_cost", "pricing_rate_code", "bill_invoicing_entity"] {
        assert!(outcome.stderr.contains(&format!("{column}: is not in the header")), "{column}: {}", outcome.stderr);
    }
}
