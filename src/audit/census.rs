use std::collections::BTreeMap;

use crate::alone::RowClass;
use crate::money::Usd;
use crate::usage::{Fact, Facts, LineType, Sym, SymbolTable};

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

/// Every row of the month, by payer, line type and class.
pub struct Census;

impl Census {
    /// The rows of `census.csv`, sorted.
    pub fn rows(facts: &Facts, classes: &[RowClass]) -> Vec<CensusRow> {
        let mut sums: BTreeMap<_, (u64, Usd)> = BTreeMap::new();
        for (fact, class) in facts.facts.iter().zip(classes) {
            let (rows, unblended) = sums.entry((fact.key.payer, fact.key.line_type_text, class.name())).or_default();
            *rows += fact.measures.rows;
            *unblended += fact.measures.unblended;
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
    /// The rows of `aws_invoices.csv`, sorted.
    pub fn rows(facts: &Facts) -> Vec<AwsInvoiceRow> {
        let mut invoices = Self::default();
        invoices.add(&facts.facts);
        invoices.into_rows(&facts.symbols)
    }

    /// Adds some of the facts of a month.
    pub fn add(&mut self, facts: &[Fact]) {
        for fact in facts {
            let key = &fact.key;
            let invoice = [key.payer, key.invoice_id, key.invoicing_entity, key.bill_type];
            let (rows, unblended, tax) = self.sums.entry(invoice).or_default();
            *rows += fact.measures.rows;
            *unblended += fact.measures.unblended;
            if key.line_type == LineType::Tax {
                *tax += fact.measures.unblended;
            }
        }
    }

    /// The rows, once all facts were added.
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
