//! The printed lines: one row each.

use super::block::{Align, Block};
use super::flow::MARGIN;
use super::font::{Ink, Style};
use super::table::{Cell, Column, Table};
use crate::deliver::fee_words::fee_words;
use crate::deliver::{DeliverError, labels};
use crate::invoice::{Invoice, InvoiceLine, Language, LineKind};

const TABLE: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("No.", "No."), 28.0, Align::Right),
        Column::new(("内容", "Description"), 197.28, Align::Left),
        Column::new(("税率", "Tax"), 38.0, Align::Centre),
        Column::new(("定価", "List (JPY)"), 78.0, Align::Right),
        Column::new(("割引", "Discount (JPY)"), 76.0, Align::Right),
        Column::new(("金額(税抜)", "Excl. tax (JPY)"), 82.0, Align::Right),
    ],
};

/// The head of the table.
pub(super) fn head(language: Language) -> Result<Block, DeliverError> {
    TABLE.head(language)
}

/// All lines, in their order.
pub(super) fn rows(invoice: &Invoice) -> Result<Vec<Block>, DeliverError> {
    invoice.lines.iter().map(|line| row(invoice, line)).collect()
}

fn row(invoice: &Invoice, line: &InvoiceLine) -> Result<Block, DeliverError> {
    let style = Style::regular(8.5);
    let language = invoice.language();
    TABLE.row(&[
        Cell::new(line.line_no.to_string(), style),
        Cell::new(&line.description, style).with(account(language, line), Style::regular(7.0).with_ink(Ink::Grey)),
        Cell::new(labels::line_tax(language, invoice, line), style),
        Cell::new(labels::yen(language, line.gross_jpy), style),
        Cell::new(labels::yen(language, line.discount_jpy), style),
        Cell::new(labels::yen(language, line.net_jpy), style),
    ])
}

/// Account and plan, as far as the description does not say them already; of a fee, how it came about.
fn account(language: Language, line: &InvoiceLine) -> String {
    let words = match &line.kind {
        LineKind::Fee { calculation, .. } => return fee_words(language, calculation),
        LineKind::Aws { account_id, account_name, section, plan_name, .. } => {
            [account_id.as_str(), account_name, language.section(*section), plan_name]
        }
        LineKind::Adjustment { of, account_id, account_name } => {
            [account_id.as_str(), account_name, language.pick(("調整", "Adjusts")), of.number.as_str()]
        }
    };
    let unsaid = words.into_iter().filter(|word| !word.is_empty() && !line.description.contains(word));
    unsaid.collect::<Vec<_>>().join(" / ")
}
