//! Annex: what each line is made of, by AWS service.

use super::block::{Align, Block, Room};
use super::flow::{CONTENT_WIDTH, Flow, MARGIN};
use super::font::{Ink, Style};
use super::table::{Cell, Column, Table};
use crate::deliver::{DeliverError, labels};
use crate::invoice::{Invoice, InvoiceLine, LineKind, ServicePart};

const TABLE: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new("サービス", 157.28, Align::Left),
        Column::new("定価 USD(参考)", 96.0, Align::Right),
        Column::new("定価", 84.0, Align::Right),
        Column::new("割引", 78.0, Align::Right),
        Column::new("金額(税抜)", 84.0, Align::Right),
    ],
};
const ALL: Room = Room { x: MARGIN, width: CONTENT_WIDTH, align: Align::Left };
const INSET: Room = Room { x: MARGIN + 4.0, width: CONTENT_WIDTH - 8.0, align: Align::Left };

/// Places the annex on pages of its own; nothing where no line is of AWS.
pub(super) fn place(flow: &mut Flow, invoice: &Invoice) -> Result<(), DeliverError> {
    let mut rows = Vec::new();
    for line in &invoice.lines {
        match &line.kind {
            LineKind::Aws { services, .. } if !services.is_empty() => rows.extend(line_rows(line, services)?),
            LineKind::Aws { .. } | LineKind::Fee { .. } => {}
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let mut title = Block::paragraph("別紙 アカウント・サービス別内訳", Style::bold(12.0), ALL)?;
    let note = "円の金額は明細行の金額を按分したもので、合計は明細行と一致します。定価 USD は参考です。";
    title.add_paragraph(note, Style::regular(7.5).with_ink(Ink::Grey), ALL)?;
    flow.new_page();
    flow.table(title.stack(Block::space(6.0)), &TABLE.head()?, rows);
    Ok(())
}

/// The line's name, its services, its sum. Name and sum never stand alone on a page.
fn line_rows(line: &InvoiceLine, services: &[ServicePart]) -> Result<Vec<Block>, DeliverError> {
    let mut rows = services.iter().map(service_row).collect::<Result<Vec<_>, _>>()?;
    if let Some(first) = rows.first_mut() {
        *first = title(line)?.stack(std::mem::take(first));
    }
    if let Some(last) = rows.last_mut() {
        *last = std::mem::take(last).stack(sum_row(line)?).stack(Block::space(7.0));
    }
    Ok(rows)
}

fn title(line: &InvoiceLine) -> Result<Block, DeliverError> {
    let mut text = format!("No. {}", line.line_no);
    if let LineKind::Aws { account_id, account_name, section, .. } = &line.kind {
        text = format!("{text} {account_id} {account_name} / {}", labels::section(*section));
    }
    let mut block = Block::space(3.0);
    block.add_paragraph(&text, Style::bold(8.5), INSET)?;
    block.add_rule(MARGIN, CONTENT_WIDTH, 0.4, Ink::Pale);
    Ok(block)
}

fn service_row(part: &ServicePart) -> Result<Block, DeliverError> {
    let style = Style::regular(8.0);
    TABLE.row(&[
        Cell::new(part.name(), style),
        Cell::new(labels::cents(part.gross_usd), style.with_ink(Ink::Grey)),
        Cell::new(labels::yen(part.gross_jpy), style),
        Cell::new(labels::yen(part.discount_jpy), style),
        Cell::new(labels::yen(part.net_jpy), style),
    ])
}

fn sum_row(line: &InvoiceLine) -> Result<Block, DeliverError> {
    let style = Style::bold(8.0);
    let gross_usd = match &line.kind {
        LineKind::Aws { gross_usd, .. } => labels::cents(*gross_usd),
        LineKind::Fee { .. } => String::new(),
    };
    TABLE.row(&[
        Cell::new(format!("計(No. {})", line.line_no), style),
        Cell::new(gross_usd, style.with_ink(Ink::Grey)),
        Cell::new(labels::yen(line.gross_jpy), style),
        Cell::new(labels::yen(line.discount_jpy), style),
        Cell::new(labels::yen(line.net_jpy), style),
    ])
}
