//! Everything that a run writes.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;

use super::read::Inputs;
use super::{RunError, RunReport, RunRequest, millis};
use crate::audit::AwsInvoiceRow;
use crate::deliver::{
    InvoiceFiles, PendingFolder, folder_name, month_tables, render_cover, render_files, write_charges, write_file_aside,
};
use crate::fold::{KeyColumns, write_facts};
use crate::invoice::Invoice;
use crate::pipeline::Bill;
use crate::usage::Facts;

/// `facts.parquet` in memory.
pub(super) struct FactsFile {
    /// Some forty a fact, a tenth of what the facts themselves take.
    bytes: Vec<u8>,
    /// For `charges.parquet`: less than that where neighbours share most texts.
    keys: Vec<KeyColumns>,
}

pub(super) fn encode_facts(facts: &Facts) -> Result<FactsFile, RunError> {
    let mut bytes = Vec::new();
    let keys = write_facts(facts, &mut bytes)?;
    Ok(FactsFile { bytes, keys })
}

/// Draws the documents and writes the month beside its place; nothing is visible before the folder is published.
pub(super) fn write_month(
    request: &RunRequest,
    inputs: &Inputs,
    bill: &Bill,
    facts_file: &FactsFile,
    report: &mut RunReport,
    start: Instant,
) -> Result<PendingFolder, RunError> {
    let place = inputs.output_dir(request).join(request.period.to_string());
    let pending = PendingFolder::begin(&place)?;
    // Documents are many files: they go through to the disk while the tables, which are few, are made.
    write_documents(bill, &pending)?;
    pending.sync_beside(|| write_tables(inputs, bill, &report.aws_invoices, facts_file, &pending))??;
    report.output = Some(place);
    report.timings.write_ms = millis(start) - report.timings.read_ms - report.timings.bill_ms;
    pending.write("run.json", &report.to_json())?;
    Ok(pending)
}

fn write_tables(
    inputs: &Inputs,
    bill: &Bill,
    from_aws: &[AwsInvoiceRow],
    facts_file: &FactsFile,
    pending: &PendingFolder,
) -> Result<(), RunError> {
    pending.write("facts.parquet", &facts_file.bytes)?;
    let charges = || {
        let (facts, keys, charges) = (&inputs.facts, &facts_file.keys, &bill.discounted.charges);
        pending.write_with("charges.parquet", |file| write_charges(facts, keys, &bill.list, charges, file))
    };
    let tables = || {
        let tables = month_tables(&inputs.facts, bill, from_aws, &inputs.issued_as_drafted(bill));
        tables.into_iter().try_for_each(|(name, bytes)| pending.write(name, &bytes))
    };
    let (charges, tables) = rayon::join(charges, tables);
    Ok(charges.and(tables)?)
}

fn write_documents(bill: &Bill, pending: &PendingFolder) -> Result<(), RunError> {
    // Written as soon as they are drawn: the disk takes the first while the last are being drawn.
    draw_all(&bill.invoices, |project_id, documents| {
        let folder = folder_name(project_id);
        pending.write(&format!("invoices/{folder}/invoice.json"), &documents.json)?;
        pending.write(&format!("invoices/{folder}/invoice.csv"), &documents.csv)?;
        pending.write(&format!("invoices/{folder}/invoice.pdf"), &documents.pdf)?;
        Ok(())
    })?;
    first_error(customers_with_several(bill).into_par_iter().map(|(customer_id, invoices)| {
        let project_id = || invoices[0].project.project_id.clone();
        let pdf = render_cover(customer_id, &invoices)
            .map_err(|source| RunError::Document { project_id: project_id(), source })?;
        Ok(pending.write(&format!("covers/{}/cover.pdf", folder_name(customer_id)), &pdf)?)
    }))
}

/// Draws every invoice, and hands each with its project to `take` as soon as it is there.
pub(super) fn draw_all(
    invoices: &[Invoice],
    take: impl Fn(&str, InvoiceFiles) -> Result<(), RunError> + Sync,
) -> Result<(), RunError> {
    first_error(invoices.par_iter().map(|invoice| {
        let project_id = &invoice.project.project_id;
        let files = render_files(invoice);
        take(project_id, files.map_err(|source| RunError::Document { project_id: project_id.clone(), source })?)
    }))
}

/// Does all, and tells the first error in their order: which one is met first hangs on the threads. A text that cannot be
/// drawn comes before all others: it is what somebody can mend.
fn first_error(results: impl IndexedParallelIterator<Item = Result<(), RunError>>) -> Result<(), RunError> {
    let mut errors = results.filter_map(Result::err).collect::<Vec<_>>();
    let first = errors.iter().position(|error| matches!(error, RunError::Document { .. })).unwrap_or(0);
    if errors.is_empty() { Ok(()) } else { Err(errors.swap_remove(first)) }
}

/// Who gets a list: every customer with more than one invoice.
fn customers_with_several(bill: &Bill) -> Vec<(&str, Vec<&Invoice>)> {
    let mut customers: BTreeMap<&str, Vec<&Invoice>> = BTreeMap::new();
    for invoice in bill.invoices.iter().filter(|invoice| !invoice.project.customer_id.is_empty()) {
        customers.entry(&invoice.project.customer_id).or_default().push(invoice);
    }
    customers.into_iter().filter(|(_, invoices)| invoices.len() > 1).collect()
}

/// Writes facts alone, beside their place, and renames them.
pub(super) fn write_facts_file(facts: &Facts, place: &Path) -> Result<(), RunError> {
    Ok(write_file_aside(place, |file| write_facts(facts, file).map(drop).map_err(io::Error::other))?)
}
