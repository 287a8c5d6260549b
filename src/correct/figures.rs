use std::collections::BTreeMap;

use crate::invoice::{Invoice, InvoiceLine, LineKind, TaxTotal};
use crate::money::Yen;

/// Which line of an invoice, whatever its number there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineKey {
    /// Twelve digits; empty where the line is not of one account.
    pub account_id: String,
    /// `aws_usage`, `commitment_fees`, `marketplace`, `credits`, `fee` or `adjustment`.
    pub section: String,
    /// Of a fee its id, of an adjustment the document and line that it adjusts; else empty.
    pub id: String,
    /// Such as `standard`.
    pub tax_category: String,
}

/// What a line charges, and how it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// As printed; empty where the line is not of one account.
    pub account_name: String,
    /// As printed.
    pub description: String,
    /// Before discount.
    pub gross_jpy: Yen,
    /// Net less gross.
    pub discount_jpy: Yen,
    /// What counts.
    pub net_jpy: Yen,
}

/// The yen of an invoice: what two versions of it are compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// By line.
    pub lines: BTreeMap<LineKey, Amounts>,
    /// By category and rate.
    pub taxes: Vec<TaxTotal>,
    /// Sum of the taxes.
    pub tax_jpy: Yen,
    /// With tax.
    pub total_jpy: Yen,
}

impl Figures {
    /// Those of an invoice.
    pub fn of(invoice: &Invoice) -> Self {
        let mut figures = Self {
            lines: BTreeMap::new(),
            taxes: invoice.taxes.clone(),
            tax_jpy: invoice.tax_jpy,
            total_jpy: invoice.total_jpy,
        };
        for line in &invoice.lines {
            let (key, account_name) = key_of(line);
            figures.add_line(
                key,
                &account_name,
                line.description.clone(),
                [line.gross_jpy, line.discount_jpy, line.net_jpy],
            );
        }
        figures
    }

    /// Adds to a line: gross, discount and net.
    pub fn add_line(&mut self, key: LineKey, account_name: &str, description: String, amounts: [Yen; 3]) {
        let line = self.lines.entry(key).or_default();
        let [gross, discount, net] = amounts;
        line.gross_jpy += gross;
        line.discount_jpy += discount;
        line.net_jpy += net;
        if line.description.is_empty() {
            (line.account_name, line.description) = (account_name.to_owned(), description);
        }
    }

    /// The sum of the lines.
    pub fn subtotal(&self) -> Yen {
        self.lines.values().map(|line| line.net_jpy).sum()
    }

    /// Whether every line and every tax is the same. Names of accounts and texts do not count.
    pub fn charges_the_same_as(&self, other: &Self) -> bool {
        let amounts = |line: &Amounts| [line.gross_jpy, line.discount_jpy, line.net_jpy];
        let lines = |figures: &Self| -> Vec<(LineKey, [Yen; 3])> {
            let lines = figures.lines.iter().map(|(key, line)| (key.clone(), amounts(line)));
            lines.filter(|(_, amounts)| amounts.iter().any(|yen| !yen.is_zero())).collect()
        };
        lines(self) == lines(other) && (self.tax_jpy, self.total_jpy) == (other.tax_jpy, other.total_jpy)
    }
}

fn key_of(line: &InvoiceLine) -> (LineKey, String) {
    let (account_id, section, id, name) = match &line.kind {
        LineKind::Aws { account_id, account_name, section, .. } => {
            (account_id.as_str(), section.name(), String::new(), account_name.as_str())
        }
        LineKind::Fee { fee_id, .. } => ("", "fee", fee_id.clone(), ""),
        LineKind::Adjustment { of, account_id, account_name } => {
            let id = format!("{}: {}", of.number, line.description);
            (account_id.as_str(), "adjustment", id, account_name.as_str())
        }
    };
    let key = LineKey {
        account_id: account_id.to_owned(),
        section: section.to_owned(),
        id,
        tax_category: line.tax_category.clone(),
    };
    (key, name.to_owned())
}
