//! Annex: what each line is made of, by AWS service.

use super::block::{Align, Block, Room};
use super::flow::{CONTENT_WIDTH, Flow, MARGIN};
use super::font::{Ink, Style};
use super::table::{Cell, Column, Table};
use crate::deliver::{DeliverError, labels};
use crate::invoice::{Invoice, InvoiceLine, Language, LineKind, ServicePart};

const TABLE: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("サービス", "Service"), 157.28, Align::Left),
        Column::new(("定価 USD(参考)", "List (USD, for ref.)"), 96.0, Align::Right),
        Column::new(("定価", "List (JPY)"), 84.0, Align::Right),
        Column::new(("割引", "Discount (JPY)"), 78.0, Align::Right),
        Column::new(("金額(税抜)", "Excl. tax (JPY)"), 84.0, Align::Right),
    ],
};
const ALL: Room = Room { x: MARGIN, width: CONTENT_WIDTH, align: Align::Left };
const INSET: Room = Room { x: MARGIN + 4.0, width: CONTENT_WIDTH - 8.0, align: Align::Left };

/// Places the annex on pages of its own; nothing where no line is of AWS.
pub(super) fn place(flow: &mut Flow, invoice: &Invoice) -> Result<(), DeliverError> {
    let language = invoice.language();
    let mut rows = Vec::new();
    for line in &invoice.lines {
        match &line.kind {
            LineKind::Aws { services, .. } if !services.is_empty() => rows.extend(line_rows(language, line, services)?),
            LineKind::Aws { .. } | LineKind::Fee { .. } | LineKind::Adjustment { .. } => {}
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let mut title = Block::paragraph(
        language.pick(("別紙 アカウント・サービス別内訳", "Annex: accounts by service")),
        Style::bold(12.0),
        ALL,
    )?;
    let note = language.pick((
        "円の金額は明細行の金額を按分したもので、合計は明細行と一致します。定価 USD は参考です。",
        "Yen are the line's yen divided among its services and sum to the line. List prices in USD are for reference.",
    ));
    title.add_paragraph(note, Style::regular(7.5).with_ink(Ink::Grey), ALL)?;
    flow.new_page();
    flow.table(title.stack(Block::space(6.0)), &TABLE.head(language)?, rows);
    Ok(())
}

/// The line's name, its services, its sum. Name and sum never stand alone on a page.
fn line_rows(language: Language, line: &InvoiceLine, services: &[ServicePart]) -> Result<Vec<Block>, DeliverError> {
    let mut rows = services.iter().map(|part| service_row(language, part)).collect::<Result<Vec<_>, _>>()?;
    if let Some(first) = rows.first_mut() {
        *first = title(language, line)?.stack(std::mem::take(first));
    }
    if let Some(last) = rows.last_mut() {
        *last = std::mem::take(last).stack(sum_row(language, line)?).stack(Block::space(7.0));
    }
    Ok(rows)
}

fn title(language: Language, line: &InvoiceLine) -> Result<Block, DeliverError> {
    let mut text = format!("No. {}", line.line_no);
    if let LineKind::Aws { account_id, account_name, section, .. } = &line.kind {
        text = format!("{text} {account_id} {account_name} / {}", language.section(*section));
    }
    let mut block = Block::space(3.0);
    block.add_paragraph(&text, Style::bold(8.5), INSET)?;
    block.add_rule(MARGIN, CONTENT_WIDTH, 0.4, Ink::Pale);
    Ok(block)
}

fn service_row(language: Language, part: &ServicePart) -> Result<Block, DeliverError> {
    let style = Style::regular(8.0);
    TABLE.row(&[
        Cell::new(part.name(), style),
        Cell::new(labels::cents(part.gross_usd), style.with_ink(Ink::Grey)),
        Cell::new(labels::yen(language, part.gross_jpy), style),
        Cell::new(labels::yen(language, part.discount_jpy), style),
        Cell::new(labels::yen(language, part.net_jpy), style),
    ])
}

fn sum_row(language: Language, line: &InvoiceLine) -> Result<Block, DeliverError> {
    let style = Style::bold(8.0);
    let gross_usd = match &line.kind {
        LineKind::Aws { gross_usd, .. } => labels::cents(*gross_usd),
        LineKind::Fee { .. } | LineKind::Adjustment { .. } => String::new(),
    };
    TABLE.row(&[
        Cell::new(format!("{} (No. {})", language.pick(("計", "Sum")), line.line_no), style),
        Cell::new(gross_usd, style.with_ink(Ink::Grey)),
        Cell::new(labels::yen(language, line.gross_jpy), style),
        Cell::new(labels::yen(language, line.discount_jpy), style),
        Cell::new(labels::yen(language, line.net_jpy), style),
    ])
}
