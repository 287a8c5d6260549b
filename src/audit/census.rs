use std::collections::BTreeMap;

use crate::alone::RowClass;
use crate::money::Usd;
use crate::usage::{Facts, LineType};

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
pub struct AwsInvoices;

impl AwsInvoices {
    /// The rows of `aws_invoices.csv`, sorted.
    pub fn rows(facts: &Facts) -> Vec<AwsInvoiceRow> {
        let mut sums: BTreeMap<_, (u64, Usd, Usd)> = BTreeMap::new();
        for fact in &facts.facts {
            let key = &fact.key;
            let invoice = (key.payer, key.invoice_id, key.invoicing_entity, key.bill_type);
            let (rows, unblended, tax) = sums.entry(invoice).or_default();
            *rows += fact.measures.rows;
            *unblended += fact.measures.unblended;
            if key.line_type == LineType::Tax {
                *tax += fact.measures.unblended;
            }
        }
        let row = |((payer, invoice_id, entity, bill_type), (rows, unblended, tax))| AwsInvoiceRow {
            payer_id: facts.text(payer).to_owned(),
            invoice_id: facts.text(invoice_id).to_owned(),
            invoicing_entity: facts.text(entity).to_owned(),
            bill_type: facts.text(bill_type).to_owned(),
            rows,
            unblended,
            tax,
        };
        sums.into_iter().map(row).collect()
    }
}
