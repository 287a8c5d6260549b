//! What a run did: `run.json`, `--json`, and the table at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::RunRequest;
use super::contracts::contract_warnings;
use super::facts_summary::FactsSummary;
use super::read::Inputs;
use super::reports::ObjectVersion;
use super::warnings::warnings;
use crate::audit::AwsInvoiceRow;
use crate::fold::InputFile;
use crate::invoice::{Hold, Invoice, Status};
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::pipeline::Bill;
use crate::reference::Workspace;
use crate::terms::{AccountTimeline, Discount, Mode, Plan, ReferenceData, Source, timelines};

/// How long the parts took. The only thing in the output that depends on the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Reading and folding.
    pub read_ms: u64,
    /// Pricing to invoices.
    pub bill_ms: u64,
    /// Documents and files.
    pub write_ms: u64,
}

/// What was done, for people and programs.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The billing month.
    pub period: String,
    /// Where the output is; absent where nothing was written.
    pub output: Option<PathBuf>,
    /// The invoices; empty after a fold.
    pub invoices: Vec<Invoice>,
    /// Everything that is held.
    pub holds: BTreeSet<Hold>,
    /// Told, counted, does not stop.
    pub warnings: Vec<String>,
    /// The month by AWS's own invoices.
    pub aws_invoices: Vec<AwsInvoiceRow>,
    /// Rows of the month.
    pub rows: u64,
    /// Their unblended cost.
    pub unblended: Usd,
    /// The contracts of every account.
    pub timelines: Vec<AccountTimeline>,
    /// Under which payers accounts have rows.
    pub payers_seen: BTreeMap<String, BTreeSet<String>>,
    /// How long it took.
    pub timings: Timings,
    /// Where the month was copied to.
    pub copy: Option<String>,
    details: Value,
}

impl RunReport {
    /// After a fold of these files.
    pub(super) fn of_facts(
        request: &RunRequest,
        workspace: &Workspace,
        files: Vec<Value>,
        summary: FactsSummary,
        timings: Timings,
    ) -> Self {
        let FactsSummary { totals, facts, aws_invoices, payers_seen } = summary;
        let of_workspace = workspace
            .files
            .iter()
            .map(|file| json!({ "kind": "workspace", "path": file.path, "bytes": file.bytes, "sha256": file.sha256 }));
        let files: Vec<Value> = of_workspace.chain(files).collect();
        let counts = json!({
            "rows": totals.rows, "other_month_rows": totals.other_month_rows, "rounded_inputs": totals.rounded_inputs,
            "facts": facts,
        });
        Self {
            period: request.period.to_string(),
            output: None,
            invoices: Vec::new(),
            holds: BTreeSet::new(),
            warnings: workspace.warnings.clone(),
            aws_invoices,
            rows: totals.rows,
            unblended: totals.unblended,
            timelines: timelines(&workspace.reference.accounts),
            payers_seen,
            timings,
            copy: None,
            details: json!({ "inputs": files, "counts": counts }),
        }
    }

    /// After a month was billed.
    pub(super) fn of_bill(request: &RunRequest, inputs: &Inputs, bill: &Bill, timings: Timings) -> Self {
        let summary = FactsSummary::of(&inputs.facts, &bill.list.runs);
        let mut files = report_files(&inputs.reports, &inputs.versions);
        files.extend(inputs.facts_file.as_deref().map(facts_entry));
        let mut report = Self::of_facts(request, &inputs.workspace, files, summary, timings);
        report.invoices.clone_from(&bill.invoices);
        report.holds.clone_from(&bill.holds);
        report.warnings.extend(inputs.notices.iter().cloned());
        report.warnings.extend(warnings(inputs, bill));
        report.warnings.extend(contract_warnings(&inputs.workspace.reference, &inputs.facts, &report.payers_seen));
        report.warnings.sort();
        report.warnings.dedup();
        let usd = |(name, amount): (&String, &Usd)| (name.clone(), Value::String(amount.to_string()));
        report.details["public_on_demand_fallback"] =
            bill.list.notes.public_on_demand_fallback.iter().map(usd).collect::<serde_json::Map<_, _>>().into();
        report.details["mode"] = mode_name(inputs.workspace.reference.mode).into();
        report.details["rates"] = rates(request, &inputs.workspace.reference);
        report.details["plans"] = plans(bill, &inputs.workspace.reference);
        report
    }

    /// Whether anything is held: exit code 1.
    pub fn has_holds(&self) -> bool {
        !self.holds.is_empty()
    }

    /// As JSON text.
    pub fn to_json(&self) -> Vec<u8> {
        let invoice = |invoice: &Invoice| {
            json!({
                "project_id": invoice.project.project_id,
                "status": invoice.status.name(),
                "subtotal_jpy": yen(invoice.subtotal_jpy.count()),
                "tax_jpy": yen(invoice.tax_jpy.count()),
                "total_jpy": yen(invoice.total_jpy.count()),
            })
        };
        let hold = |hold: &Hold| {
            json!({
                "project_id": hold.project_id,
                "account_id": hold.account_id,
                "reason": hold.reason,
                "detail": hold.detail,
                "remedy": hold.remedy,
            })
        };
        let mut record = json!({
            "program": "seikyu",
            "version": env!("CARGO_PKG_VERSION"),
            "billing_period": self.period,
            "rows": self.rows,
            "aws_unblended_usd": self.unblended.to_string(),
            "invoices": self.invoices.iter().map(invoice).collect::<Vec<_>>(),
            "held_projects": self.invoices.iter().filter(|invoice| invoice.status == Status::Held).count(),
            "holds": self.holds.iter().map(hold).collect::<Vec<_>>(),
            "warnings": self.warnings,
            "timings_ms": {
                "read": self.timings.read_ms, "bill": self.timings.bill_ms, "write": self.timings.write_ms,
            },
        });
        if let Some(copy) = &self.copy {
            record["copied_to"] = copy.clone().into(); // Known after `run.json` was written.
        }
        if let (Value::Object(record), Value::Object(details)) = (&mut record, &self.details) {
            record.extend(details.clone());
        }
        let mut text = serde_json::to_vec_pretty(&record).expect("a tree of texts and numbers is JSON");
        text.push(b'\n');
        text
    }
}

/// The mode as `seikyu.toml` writes it; what counts where it says nothing.
const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::StripOnly => "strip_only",
        Mode::StripAndReapply => "strip_and_reapply",
        Mode::ReapplyWhereHourly => "strip_and_reapply where hourly",
    }
}

/// Whole yen as a JSON number; as text beyond what a JSON number holds.
fn yen(count: i128) -> Value {
    i64::try_from(count).map_or_else(|_| Value::String(count.to_string()), Value::from)
}

/// A facts file, as `run.json` lists it.
pub(super) fn facts_entry(file: &Path) -> Value {
    json!({ "kind": "facts", "path": file.display().to_string() })
}

/// Report files, as `run.json` lists them.
///
/// `versions`: which version of an object it was, where it lay in a store.
pub(super) fn report_files(reports: &[InputFile], versions: &BTreeMap<String, ObjectVersion>) -> Vec<Value> {
    let file = |file: &InputFile| {
        let mut entry = json!({
            "kind": "report", "path": file.path, "bytes": file.bytes, "sha256": file.sha256,
            "rows": file.rows, "other_month_rows": file.other_month_rows,
            "rounded_inputs": file.rounded_inputs, "unblended_usd": file.unblended.to_string(),
        });
        if let Some(version) = versions.get(&file.path) {
            entry["etag"] = version.e_tag.clone().into();
            entry["version_id"] = version.version_id.clone().into();
        }
        entry
    };
    reports.iter().map(file).collect()
}

fn rates(request: &RunRequest, reference: &ReferenceData) -> Value {
    let fx = reference.fx_rates.get(&request.period);
    json!({ "fx": fx.map(|entry| json!({ "rate": entry.rate.to_string(), "source": source(&entry.source) })) })
}

fn source(source: &Source) -> Value {
    let confirmed = source.confirmed.as_ref();
    json!({
        "source": source.text,
        "confirmed": confirmed.map(|by| json!({ "by": by.by, "on": by.on, "what": by.what })),
    })
}

fn plans(bill: &Bill, reference: &ReferenceData) -> Value {
    let rules = &bill.discounted.rules_used;
    let used: BTreeSet<&str> = rules.iter().map(|rule| rule.plan_id.as_str()).collect();
    let month = |month: Option<BillingPeriod>| month.map(|month| month.to_string());
    let plan = |plan: &Plan| {
        let categories = match &plan.discount {
            Discount::Percent { .. } => Vec::new(),
            Discount::Category(categories) => categories
                .iter()
                .enumerate()
                .map(|(place, category)| {
                    json!({
                        "name": category.name,
                        "valid_from": month(category.valid_from),
                        "valid_to": month(category.valid_to),
                        "is_used": rules.iter().any(|rule| rule.plan_id == plan.id && rule.category == Some(place)),
                        "source": source(&category.source),
                    })
                })
                .collect(),
        };
        json!({
            "id": plan.id, "name": plan.name, "source": source(&plan.source), "categories": categories,
            "assumptions": plan.assumptions.iter().map(|(what, why)| format!("{what}: {why}")).collect::<Vec<_>>(),
        })
    };
    used.into_iter().filter_map(|id| reference.plans.get(id)).map(plan).collect::<Vec<_>>().into()
}
