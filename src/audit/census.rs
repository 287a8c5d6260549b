use std::collections::BTreeMap;

use crate::alone::{ListCharges, RowClass};
use crate::money::Usd;
use crate::usage::{FactRun, Facts, LineType, Sym, SymbolTable};

/// One line of `census.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CensusRow {
    /// Twelve digits.
    pub payer_id: String,
    /// As spelled in the report.
    pub line_type: String,
    /// The class's name.
    pub class: &'static str,
    /// How many rows.
    pub rows: u64,
    /// Their unblended cost.
    pub unblended: Usd,
}

/// The facts of a run by class: neighbours mostly share it too, and then its sums are theirs. Rows and dollars.
pub(super) fn by_class(facts: &Facts, run: &FactRun, classes: &[RowClass]) -> Vec<(RowClass, u64, Usd)> {
    let classes = &classes[run.places.clone()];
    let mut of_run = facts.facts[run.places.clone()].iter();
    let sums = classes.chunk_by(PartialEq::eq).map(|of_class| {
        if of_class.len() == classes.len() {
            return (of_class[0], run.rows, run.unblended);
        }
        let (mut rows, mut unblended) = (0, Usd::ZERO);
        for fact in of_run.by_ref().take(of_class.len()) {
            rows += fact.measures.rows;
            unblended += fact.measures.unblended;
        }
        (of_class[0], rows, unblended)
    });
    sums.collect()
}

/// Every row of the month, by payer, line type and class.
pub struct Census;

impl Census {
    /// The rows of `census.csv`, sorted.
    pub fn rows(facts: &Facts, list: &ListCharges) -> Vec<CensusRow> {
        let mut sums: BTreeMap<_, (u64, Usd)> = BTreeMap::new();
        for run in &list.runs {
            for (class, of_class, dollars) in by_class(facts, run, &list.classes) {
                let (rows, unblended) = sums.entry((run.payer, run.line_type_text, class.name())).or_default();
                *rows += of_class;
                *unblended += dollars;
            }
        }
        let row = |((payer, line_type, class), (rows, unblended))| CensusRow {
            payer_id: facts.text(payer).to_owned(),
            line_type: facts.text(line_type).to_owned(),
            class,
            rows,
            unblended,
        };
        sums.into_iter().map(row).collect()
    }
}

/// One line of `aws_invoices.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AwsInvoiceRow {
    /// Twelve digits.
    pub payer_id: String,
    /// Empty where the bill is not final.
    pub invoice_id: String,
    /// The AWS company that invoices.
    pub invoicing_entity: String,
    /// `Anniversary`, `Purchase`, `Refund`.
    pub bill_type: String,
    /// How many rows.
    pub rows: u64,
    /// Their unblended cost, tax included.
    pub unblended: Usd,
    /// The tax in it.
    pub tax: Usd,
}

/// The month by AWS's own invoices: do they tie?
#[derive(Debug, Default)]
pub struct AwsInvoices {
    sums: BTreeMap<[Sym; 4], (u64, Usd, Usd)>,
}

impl AwsInvoices {
    /// Adds some of the facts of a month.
    pub fn add(&mut self, runs: &[FactRun]) {
        for run in runs {
            let invoice = [run.payer, run.invoice_id, run.invoicing_entity, run.bill_type];
            let (rows, unblended, tax) = self.sums.entry(invoice).or_default();
            *rows += run.rows;
            *unblended += run.unblended;
            if run.line_type == LineType::Tax {
                *tax += run.unblended;
            }
        }
    }

    /// The rows of `aws_invoices.csv`, sorted, once all facts were added.
    pub fn into_rows(self, symbols: &SymbolTable) -> Vec<AwsInvoiceRow> {
        let row = |([payer, invoice_id, entity, bill_type], (rows, unblended, tax)): ([Sym; 4], _)| AwsInvoiceRow {
            payer_id: symbols.text(payer).to_owned(),
            invoice_id: symbols.text(invoice_id).to_owned(),
            invoicing_entity: symbols.text(entity).to_owned(),
            bill_type: symbols.text(bill_type).to_owned(),
            rows,
            unblended,
            tax,
        };
        self.sums.into_iter().map(row).collect()
    }
}
