//! The same month in legacy CSV, legacy Parquet, CUR 2.0 CSV and CUR 2.0 Parquet gives the same bytes.

#![allow(clippy::unwrap_used, reason = "a helper of a test may stop like the test itself")]

mod common;
mod report_forms;

use std::fs;
use std::path::{Path, PathBuf};

use common::{TempFolder, copy_folder, seikyu, shared_data};
use report_forms::{Form, Source, deliver};

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
    let bridge = &expected[0].1;
    for cause in has {
        assert!(bridge.contains(cause), "the month has no {cause}: it proves too little");
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
    ];
    assert_same_figures(&month, None, &causes);
    assert_same_figures(&month, Some("strip_and_reapply"), &["own_commitment_reapplied"]);
}
