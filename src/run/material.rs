//! What documents are made from, with the bytes that the ledger keeps of it.

use std::sync::Arc;

use super::RunError;
use super::ledger_terms::apply_ledger;
use super::read::Inputs;
use crate::fold::{read_kept_facts, write_facts};
use crate::ledger::{Book, InputEntry, InputsEntry, Ledger, sha256};
use crate::period::BillingPeriod;
use crate::pipeline::{Bill, bill};
use crate::reference::{KeptFiles, Workspace, read_kept};
use crate::terms::ReferenceData;
use crate::usage::Facts;

const FACTS: &str = "facts.parquet";

/// A month's facts and everything that was agreed, with their bytes.
pub(super) struct Material {
    pub(super) period: BillingPeriod,
    pub(super) facts: Facts,
    pub(super) facts_bytes: Arc<[u8]>,
    /// Before the ledger adds to it.
    pub(super) workspace: Workspace,
    pub(super) kept: Arc<KeptFiles>,
    /// Report files, whose bytes are not kept.
    pub(super) reports: Vec<InputEntry>,
}

impl Material {
    /// A month that was just read.
    pub(super) fn of_facts(
        facts: Facts,
        workspace: Workspace,
        kept: Arc<KeptFiles>,
        reports: Vec<InputEntry>,
    ) -> Result<Self, RunError> {
        let mut bytes = Vec::new();
        write_facts(&facts, &mut bytes)?;
        Ok(Self { period: facts.period, facts, facts_bytes: Arc::from(bytes), workspace, kept, reports })
    }

    /// What the entry of a number says that documents were made from.
    pub(super) fn of_entry(ledger: &Ledger, number: u64) -> Result<Self, RunError> {
        let entry = ledger.book().inputs(number).ok_or_else(|| RunError::Unreplayable {
            found: format!("entry {number}, which should say what documents were made from"),
        })?;
        Self::of_ledger(ledger, entry)
    }

    /// What an entry of the ledger was made from.
    pub(super) fn of_ledger(ledger: &Ledger, inputs: &InputsEntry) -> Result<Self, RunError> {
        let period: BillingPeriod = inputs
            .billing_period
            .parse()
            .map_err(|_| RunError::Unreplayable { found: format!("the month {:?}", inputs.billing_period) })?;
        let mut kept = KeptFiles::default();
        let mut facts_bytes: Arc<[u8]> = Arc::from([]);
        let mut reports = Vec::new();
        for file in &inputs.files {
            match file.kind.as_str() {
                "facts" => facts_bytes = Arc::from(ledger.object(&file.sha256)?),
                "workspace" => kept.insert(file.path.clone(), Arc::from(ledger.object(&file.sha256)?)),
                _ => reports.push(file.clone()),
            }
        }
        let facts = read_kept_facts("the ledger's facts.parquet", facts_bytes.to_vec())?;
        let kept = Arc::new(kept);
        let workspace = read_kept(&kept, Some(period))?;
        Ok(Self { period, facts, facts_bytes, workspace, kept, reports })
    }

    /// Prices the month with what the ledger adds. See [`apply_ledger`] for `redrawn`.
    pub(super) fn bill(&self, book: &Book, redrawn: &[&str]) -> Result<(Bill, ReferenceData), RunError> {
        let reference = self.reference_with(book, redrawn)?;
        Ok((bill(&self.facts, &reference)?, reference))
    }

    pub(super) fn reference_with(&self, book: &Book, redrawn: &[&str]) -> Result<ReferenceData, RunError> {
        let mut reference = self.workspace.reference.clone();
        apply_ledger(&mut reference, book, self.period, redrawn)?;
        Ok(reference)
    }

    /// As if it had just been read, with what the ledger added.
    pub(super) fn into_inputs(self, reference: ReferenceData) -> Inputs {
        Inputs::of_facts(Workspace { reference, ..self.workspace }, self.facts)
    }

    /// As the ledger lists it.
    pub(super) fn files(&self) -> Vec<InputEntry> {
        let kept = |kind: &str, path: &str, bytes: &[u8]| InputEntry {
            kind: kind.to_owned(),
            path: path.to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
            version: String::new(),
            is_kept: true,
        };
        let mut files = vec![kept("facts", FACTS, &self.facts_bytes)];
        files.extend(self.kept.iter().map(|(path, bytes)| kept("workspace", path, bytes)));
        files.extend(self.reports.iter().cloned());
        files
    }

    /// The bytes that the ledger keeps, by their hash.
    pub(super) fn objects(&self) -> Vec<(String, &[u8])> {
        let facts: &[u8] = &self.facts_bytes;
        let files = self.kept.iter().map(|(_, bytes)| &**bytes);
        std::iter::once(facts).chain(files).map(|bytes| (sha256(bytes), bytes)).collect()
    }
}
