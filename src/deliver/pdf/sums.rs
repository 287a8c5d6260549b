//! The parts of the first page that add up: groups, tax by rate, total, where to pay, notes.

use super::block::{Align, Block, Room};
use super::flow::{CONTENT_WIDTH, MARGIN};
use super::font::{Ink, Style};
use super::front::{ALL, pairs};
use super::table::{Cell, Column, Table};
use crate::deliver::{DeliverError, labels};
use crate::invoice::{Hold, Invoice};
use crate::money::Yen;

const GROUPS: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new("区分", 179.28, Align::Left),
        Column::new("行数", 56.0, Align::Right),
        Column::new("定価", 88.0, Align::Right),
        Column::new("割引", 84.0, Align::Right),
        Column::new("金額(税抜)", 92.0, Align::Right),
    ],
};
const TAXES: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new("税率別合計", 100.0, Align::Left),
        Column::new("対象額(税抜)", 92.0, Align::Right),
        Column::new("消費税", 84.0, Align::Right),
    ],
};
const HOLDS: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new("保留の理由", 130.0, Align::Left),
        Column::new("内容", 199.28, Align::Left),
        Column::new("解除の方法", 170.0, Align::Left),
    ],
};

/// The lines summed by group, for an invoice whose lines stand on later pages.
pub(super) fn groups(invoice: &Invoice) -> Result<Block, DeliverError> {
    let mut groups: Vec<(&str, u32, [Yen; 3])> = Vec::new(); // In the order of the lines.
    for line in &invoice.lines {
        let name = labels::line_group(line);
        let place = groups.iter().position(|group| group.0 == name).unwrap_or_else(|| {
            groups.push((name, 0, [Yen::ZERO; 3]));
            groups.len() - 1
        });
        groups[place].1 += 1;
        for (sum, part) in groups[place].2.iter_mut().zip([line.gross_jpy, line.discount_jpy, line.net_jpy]) {
            *sum += part;
        }
    }
    let style = Style::regular(9.0);
    let mut block = GROUPS.head()?;
    for (name, lines, sums) in groups {
        let [gross, discount, net] = sums.map(|sum| Cell::new(labels::yen(sum), style));
        let row = [Cell::new(name, style), Cell::new(lines.to_string(), style), gross, discount, net];
        block = block.stack(GROUPS.row(&row)?);
    }
    block.height += 2.0;
    block.add_paragraph("明細は次ページ以降にあります。", Style::regular(7.5).with_ink(Ink::Grey), ALL)?;
    Ok(block)
}

/// Tax by rate on the left, the totals on the right.
pub(super) fn totals(invoice: &Invoice) -> Result<Block, DeliverError> {
    let style = Style::regular(9.0);
    let mut taxes = TAXES.head()?;
    for tax in &invoice.taxes {
        let amount = if tax.is_taxed { labels::yen(tax.tax_jpy) } else { "―".to_owned() };
        let row = [labels::tax_bucket(tax), labels::yen(tax.base_jpy), amount].map(|text| Cell::new(text, style));
        taxes = taxes.stack(TAXES.row(&row)?);
    }
    let mut totals = Block::default();
    let sums = [
        ("小計(税抜)", invoice.subtotal_jpy, style),
        ("消費税", invoice.tax_jpy, style),
        ("合計(税込)", invoice.total_jpy, Style::bold(10.5)),
    ];
    for (name, amount, style) in sums {
        totals = totals.stack(total(name, amount, style)?);
    }
    Ok(taxes.beside(totals))
}

fn total(name: &str, amount: Yen, style: Style) -> Result<Block, DeliverError> {
    let room = Room { x: MARGIN + 306.0, width: CONTENT_WIDTH - 306.0, align: Align::Right };
    let names = Room { x: room.x + 4.0, width: 80.0, align: Align::Left };
    let amounts = Room { x: room.x + 84.0, width: room.width - 88.0, ..room };
    let mut left = Block::space(2.5);
    left.add_line(name.to_owned(), style, names)?;
    let mut right = Block::space(2.5);
    right.add_line(labels::yen(amount), style, amounts)?;
    right.height += 2.5;
    let mut block = left.beside(right);
    block.add_rule(room.x, room.width, 0.5, Ink::Black);
    Ok(block)
}

/// 振込先, or how else it is paid; nothing where the payment is not known.
pub(super) fn payment(invoice: &Invoice) -> Result<Block, DeliverError> {
    let is_transfer = matches!(invoice.payment.as_str(), "bank_transfer" | "invoice");
    let Some(bank) = invoice.issuer.bank.as_ref().filter(|_| is_transfer) else {
        return Ok(Block::default()); // The facts above name the payment.
    };
    let account = format!("{} {} {} {}", bank.bank_name, bank.branch_name, bank.account_type, bank.account_number);
    pairs(&[("振込先", account), ("口座名義", bank.account_holder.clone())])
}

/// 備考.
pub(super) fn notes(invoice: &Invoice) -> Result<Block, DeliverError> {
    let mut notes = vec!["この書類は発行前の下書きです。請求書番号と発行日はありません。".to_owned()];
    if let Some(fx) = &invoice.fx {
        notes.push(format!("換算レートの出典: {}", fx.source));
        notes.push("円の金額は、米ドルの金額に換算レートを乗じ、明細行ごとに1円未満を切り捨てたものです。".to_owned());
    }
    notes.push("ご利用月は協定世界時(UTC)の暦月です。".to_owned());
    if invoice.taxes.iter().any(|tax| tax.is_taxed) {
        notes.push("消費税は税率ごとに1回計算しています。".to_owned());
    }
    if invoice.taxes.iter().any(|tax| tax.is_taxed && tax.tax_category == "reduced") {
        notes.push("※は軽減税率対象です。".to_owned());
    }
    let mut block = Block::paragraph("備考", Style::bold(9.0), ALL)?;
    for note in notes {
        block.add_paragraph(&format!("・{note}"), Style::regular(8.0), ALL)?;
    }
    Ok(block)
}

/// Title, head and rows of what holds the invoice; absent where nothing does.
pub(super) fn holds(invoice: &Invoice) -> Result<Option<(Block, Block, Vec<Block>)>, DeliverError> {
    if invoice.holds.is_empty() {
        return Ok(None);
    }
    let title = Block::paragraph("発行を保留している理由", Style::bold(10.0).with_ink(Ink::Red), ALL)?;
    let rows = invoice.holds.iter().map(hold_row).collect::<Result<_, _>>()?;
    Ok(Some((title.stack(Block::space(3.0)), HOLDS.head()?, rows)))
}

fn hold_row(hold: &Hold) -> Result<Block, DeliverError> {
    let style = Style::regular(8.0);
    let grey = Style::regular(7.0).with_ink(Ink::Grey);
    let label = labels::hold_reason(hold.reason);
    let name = if label == hold.reason { "" } else { hold.reason };
    HOLDS.row(&[
        Cell::new(label, style).with(name, grey).with(&hold.account_id, grey),
        Cell::new(&hold.detail, style),
        Cell::new(&hold.remedy, style),
    ])
}
