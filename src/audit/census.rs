use std::collections::BTreeMap;

use crate::alone::RowClass;
use crate::money::Usd;
use crate::usage::{Fact, FactKey, Facts, LineType, Sym, SymbolTable};

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

/// Neighbours that share a part of their key, each with its class: they mostly do, and what they share is looked up once.
pub(super) fn runs<'a, K: PartialEq>(
    facts: &'a Facts,
    classes: &'a [RowClass],
    shared: impl Fn(&FactKey) -> K + 'a,
) -> impl Iterator<Item = (&'a [Fact], &'a [RowClass])> {
    let mut rest = classes;
    facts.facts.chunk_by(move |one, next| shared(&one.key) == shared(&next.key)).map(move |run| {
        let (own, later) = rest.split_at(run.len());
        rest = later;
        (run, own)
    })
}

/// Every row of the month, by payer, line type and class.
pub struct Census;

impl Census {
    /// The rows of `census.csv`, sorted.
    pub fn rows(facts: &Facts, classes: &[RowClass]) -> Vec<CensusRow> {
        let mut sums: BTreeMap<_, (u64, Usd)> = BTreeMap::new();
        for (of_type, classes) in runs(facts, classes, |key| (key.payer, key.line_type_text)) {
            let FactKey { payer, line_type_text, .. } = of_type[0].key;
            let mut of_type = of_type.iter();
            for of_class in classes.chunk_by(PartialEq::eq) {
                let (rows, unblended) = sums.entry((payer, line_type_text, of_class[0].name())).or_default();
                for fact in of_type.by_ref().take(of_class.len()) {
                    *rows += fact.measures.rows;
                    *unblended += fact.measures.unblended;
                }
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
    pub fn add(&mut self, facts: &[Fact]) {
        let invoice =
            |fact: &Fact| [fact.key.payer, fact.key.invoice_id, fact.key.invoicing_entity, fact.key.bill_type];
        // Neighbours mostly share it.
        for facts in facts.chunk_by(|one, next| invoice(one) == invoice(next)) {
            let (rows, unblended, tax) = self.sums.entry(invoice(&facts[0])).or_default();
            for fact in facts {
                *rows += fact.measures.rows;
                *unblended += fact.measures.unblended;
                if fact.key.line_type == LineType::Tax {
                    *tax += fact.measures.unblended;
                }
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
