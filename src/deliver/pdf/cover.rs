//! `cover.pdf`: a list of the invoices of one customer with several projects. Not an invoice itself.
//!
//! Each project's invoice is a document of its own with its own tax, rounded once. A cover that summed these taxes up
//! and looked like an invoice would be none that the law knows, so it says what it is, calculates no tax, and does not
//! name the issuer's registration number: what may be taken for a qualified invoice must be one (消費税法 第57条の5).

use super::block::{Align, Block};
use super::flow::{Flow, MARGIN};
use super::font::Style;
use super::front::{ALL, pairs, parties_of_a_list};
use super::laid_out::{LaidOut, Properties};
use super::render::{file_id, with_furniture};
use super::save::save;
use super::table::{Cell, Column, Table};
use crate::deliver::{DeliverError, labels, render_json};
use crate::invoice::{Invoice, Language, Status};
use crate::money::Yen;

const TABLE: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("プロジェクト", "Project"), 209.28, Align::Left),
        Column::new(("金額(税抜)", "Excl. tax (JPY)"), 84.0, Align::Right),
        Column::new(("消費税", "Tax (JPY)"), 76.0, Align::Right),
        Column::new(("合計(税込)", "Total (JPY)"), 84.0, Align::Right),
        Column::new(("状態", "Status"), 46.0, Align::Centre),
    ],
};

/// Makes `cover.pdf` for a customer with the invoices of one month, at least one.
pub fn render_cover(customer_id: &str, invoices: &[&Invoice]) -> Result<Vec<u8>, DeliverError> {
    save(&lay_out(customer_id, invoices)?)
}

fn lay_out(customer_id: &str, invoices: &[&Invoice]) -> Result<LaidOut, DeliverError> {
    let first = invoices.first().expect("a list has an invoice");
    let language = first.language();
    let gap = || Block::space(12.0);
    let title = language.pick(("ご請求一覧(下書き)", "List of invoices (draft)"));
    let centred = super::block::Room { align: Align::Centre, ..ALL };
    let mut flow = Flow::new();
    flow.place(Block::paragraph(title, Style::bold(20.0), centred)?.stack(gap()));
    flow.place(parties_of_a_list(first)?.stack(gap()));
    let total: Yen = invoices.iter().map(|invoice| invoice.total_jpy).sum();
    let facts = [
        (("ご利用月", "Month"), language.month(first.period)),
        (("請求書", "Invoices"), invoices.len().to_string() + language.pick(("通", ""))),
        (("合計(税込)", "Total"), labels::sum(language, total)),
    ];
    flow.place(pairs(language, &facts)?.stack(gap()));
    let mut rows = invoices.iter().map(|invoice| row(language, invoice)).collect::<Result<Vec<_>, _>>()?;
    rows.push(sum_row(language, invoices, total)?);
    flow.table(Block::default(), &TABLE.head(language)?, rows);
    flow.place(gap().stack(notes(language)?));

    let name = format!("{} {customer_id} {}", language.month(first.period), first.project.customer_name);
    let pages = with_furniture(flow.pages, language, &name, None)?;
    let content: Vec<u8> = invoices.iter().flat_map(|invoice| render_json(invoice)).collect();
    let title = format!("{title} {} {customer_id} {}", first.project.customer_name, first.period);
    let author = first.issuer.name.clone();
    LaidOut::new(pages, Properties { title, author, language, file_id: file_id(&content) })
}

fn row(language: Language, invoice: &Invoice) -> Result<Block, DeliverError> {
    let style = Style::regular(8.5);
    let project = &invoice.project;
    let status = language.pick(match invoice.status {
        Status::Draft => ("下書き", "Draft"),
        Status::Held => ("保留", "Held"),
        Status::Issued => ("発行済み", "Issued"),
    });
    TABLE.row(&[
        Cell::new(&project.project_id, style).with(&project.customer_name, Style::regular(7.0)),
        Cell::new(labels::yen(language, invoice.subtotal_jpy), style),
        Cell::new(labels::yen(language, invoice.tax_jpy), style),
        Cell::new(labels::yen(language, invoice.total_jpy), style),
        Cell::new(status, style),
    ])
}

/// The taxes are not summed: they were calculated invoice by invoice.
fn sum_row(language: Language, invoices: &[&Invoice], total: Yen) -> Result<Block, DeliverError> {
    let style = Style::bold(8.5);
    let subtotal: Yen = invoices.iter().map(|invoice| invoice.subtotal_jpy).sum();
    TABLE.row(&[
        Cell::new(language.pick(("計", "Sum")), style),
        Cell::new(labels::yen(language, subtotal), style),
        Cell::new("", style),
        Cell::new(labels::yen(language, total), style),
        Cell::new("", style),
    ])
}

fn notes(language: Language) -> Result<Block, DeliverError> {
    let notes = [
        (
            "この書類は請求書の一覧です。請求書でも適格請求書でもありません。",
            "This is a list of invoices. It is neither an invoice nor a qualified invoice.",
        ),
        (
            "消費税は、各プロジェクトの請求書ごとに計算しています。",
            "Consumption tax is calculated in the invoice of each project.",
        ),
        (
            "仕入税額控除には、各プロジェクトの請求書をご使用ください。",
            "To deduct tax, please use the invoices of the projects.",
        ),
    ];
    let mut block = Block::default();
    for note in notes {
        block.add_paragraph(&format!("・{}", language.pick(note)), Style::regular(8.0), ALL)?;
    }
    Ok(block)
}
