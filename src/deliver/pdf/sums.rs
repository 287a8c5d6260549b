//! The parts of the first page that add up: groups, tax by rate, total, where to pay, notes.

use super::block::{Align, Block, Room};
use super::flow::{CONTENT_WIDTH, MARGIN};
use super::font::{Ink, Style};
use super::front::{ALL, pairs};
use super::table::{Cell, Column, Table};
use crate::deliver::labels::{self, Phrase};
use crate::deliver::{DeliverError, hold_words};
use crate::invoice::{Hold, Invoice, Language};
use crate::money::Yen;

const GROUPS: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("区分", "Kind"), 179.28, Align::Left),
        Column::new(("行数", "Lines"), 56.0, Align::Right),
        Column::new(("定価", "List (JPY)"), 88.0, Align::Right),
        Column::new(("割引", "Discount (JPY)"), 84.0, Align::Right),
        Column::new(("金額(税抜)", "Excl. tax (JPY)"), 92.0, Align::Right),
    ],
};
const TAXES: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("税率別合計", "By tax rate"), 100.0, Align::Left),
        Column::new(("対象額(税抜)", "Excl. tax (JPY)"), 92.0, Align::Right),
        Column::new(("消費税", "Tax (JPY)"), 84.0, Align::Right),
    ],
};
const UNREGISTERED_TAXES: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("税率別合計", "By tax rate"), 100.0, Align::Left),
        Column::new(("対象額(税込)", "Incl. tax (JPY)"), 92.0, Align::Right),
        Column::new(("うち消費税相当額", "Tax equiv. (JPY)"), 84.0, Align::Right),
    ],
};
const HOLDS: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("保留の理由", "Held because"), 130.0, Align::Left),
        Column::new(("内容", "Found"), 199.28, Align::Left),
        Column::new(("解除の方法", "Remedy"), 170.0, Align::Left),
    ],
};

/// The lines summed by group, for an invoice whose lines stand on later pages.
pub(super) fn groups(invoice: &Invoice) -> Result<Block, DeliverError> {
    let language = invoice.language();
    let mut groups: Vec<(&str, u32, [Yen; 3])> = Vec::new(); // In the order of the lines.
    for line in &invoice.lines {
        let name = labels::line_group(language, line);
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
    let mut block = GROUPS.head(language)?;
    for (name, lines, sums) in groups {
        let [gross, discount, net] = sums.map(|sum| Cell::new(labels::yen(language, sum), style));
        let row = [Cell::new(name, style), Cell::new(lines.to_string(), style), gross, discount, net];
        block = block.stack(GROUPS.row(&row)?);
    }
    block.height += 2.0;
    let below = language.pick(("明細は次ページ以降にあります。", "The lines follow on the next pages."));
    block.add_paragraph(below, Style::regular(7.5).with_ink(Ink::Grey), ALL)?;
    Ok(block)
}

/// Tax by rate on the left, the totals on the right.
///
/// Of an issuer who is not registered the buyer can deduct by the amounts with tax of each rate, so those are shown.
pub(super) fn totals(invoice: &Invoice) -> Result<Block, DeliverError> {
    let language = invoice.language();
    let style = Style::regular(9.0);
    let table = if invoice.issuer_is_registered { TAXES } else { UNREGISTERED_TAXES };
    let mut taxes = table.head(language)?;
    for tax in &invoice.taxes {
        let amount = if tax.is_taxed { labels::yen(language, tax.tax_jpy) } else { "―".to_owned() };
        let base = if invoice.issuer_is_registered { tax.base_jpy } else { tax.base_jpy + tax.tax_jpy };
        let row = [labels::tax_bucket(language, tax), labels::yen(language, base), amount];
        taxes = taxes.stack(table.row(&row.map(|text| Cell::new(text, style)))?);
    }
    let mut totals = Block::default();
    let tax_name = if invoice.issuer_is_registered {
        ("消費税", "Consumption tax")
    } else {
        ("消費税相当額", "Tax equivalent")
    };
    let sums = [
        (("小計(税抜)", "Subtotal excl. tax"), invoice.subtotal_jpy, style),
        (tax_name, invoice.tax_jpy, style),
        (("合計(税込)", "Total incl. tax"), invoice.total_jpy, Style::bold(10.5)),
    ];
    for (name, amount, style) in sums {
        totals = totals.stack(total(language, name, amount, style)?);
    }
    Ok(taxes.beside(totals))
}

fn total(language: Language, name: Phrase, amount: Yen, style: Style) -> Result<Block, DeliverError> {
    let room = Room { x: MARGIN + 306.0, width: CONTENT_WIDTH - 306.0, align: Align::Right };
    let names = Room { x: room.x + 4.0, width: 80.0, align: Align::Left };
    let amounts = Room { x: room.x + 84.0, width: room.width - 88.0, ..room };
    let mut left = Block::space(2.5);
    left.add_line(language.pick(name).to_owned(), style, names)?;
    let mut right = Block::space(2.5);
    right.add_line(labels::sum(language, amount), style, amounts)?;
    right.height += 2.5;
    let mut block = left.beside(right);
    block.add_rule(room.x, room.width, 0.5, Ink::Black);
    Ok(block)
}

/// The balance of vouchers, and 振込先 where something is to be transferred; nothing where the facts above say all.
pub(super) fn payment(invoice: &Invoice) -> Result<Block, DeliverError> {
    let (language, settlement) = (invoice.language(), &invoice.settlement);
    if invoice.is_return() {
        return Ok(Block::default()); // How it is returned is agreed elsewhere.
    }
    let mut told: Vec<(Phrase, String)> = Vec::new();
    if let Some(vouchers) = &settlement.vouchers {
        let sums = [
            (("充当前残高", "Voucher had"), vouchers.before_jpy),
            (("今回充当額", "Used now"), vouchers.used_jpy),
            (("充当後残高", "Voucher left"), vouchers.left_jpy),
            (("お振込額", "To transfer"), invoice.total_jpy - settlement.by_voucher_jpy),
        ];
        told.extend(sums.map(|(name, amount)| (name, labels::sum(language, amount))));
    }
    if let Some(correction) = invoice.correction.as_ref().filter(|correction| !correction.paid_jpy.is_zero()) {
        let left = invoice.left_jpy();
        let left = if left < Yen::ZERO {
            (("ご返金額", "To be refunded"), Yen::ZERO - left)
        } else {
            (("差引お支払額", "Left to pay"), left)
        };
        let sums = [(("入金済み額", "Already paid"), correction.paid_jpy), left];
        told.extend(sums.map(|(name, amount)| (name, labels::sum(language, amount))));
    }
    let is_transfer = matches!(invoice.payment.as_str(), "bank_transfer" | "invoice");
    let is_short = settlement.vouchers.is_some() && settlement.due_jpy > Yen::ZERO;
    if let Some(bank) = invoice.issuer.bank.as_ref().filter(|_| (is_transfer || is_short) && invoice.asks_for_money()) {
        let account = format!("{} {} {} {}", bank.bank_name, bank.branch_name, bank.account_type, bank.account_number);
        told.extend([(("振込先", "Pay to"), account), (("口座名義", "Holder"), bank.account_holder.clone())]);
    }
    if told.is_empty() { Ok(Block::default()) } else { pairs(language, &told) }
}

/// 備考.
pub(super) fn notes(invoice: &Invoice) -> Result<Block, DeliverError> {
    let language = invoice.language();
    let mut notes = Vec::new();
    if invoice.issue.is_none() {
        notes.push((
            "この書類は発行前の下書きです。請求書番号と発行日はありません。",
            "This is a draft, not issued. It has no invoice number and no date of issue.",
        ));
    }
    if !invoice.issuer_is_registered {
        notes.push((
            "登録番号のない発行者による区分記載の請求書であり、仕入税額控除の要件を満たす適格請求書ではありません。",
            "The issuer was not registered on the date of supply: this is not a qualified invoice.",
        ));
    }
    if invoice.fx.is_some() {
        notes.push((
            "円の金額は、米ドルの金額に換算レートを乗じ、明細行ごとに1円未満を切り捨てたものです。",
            "Yen are dollars times the rate, cut off below one yen, line by line.",
        ));
    }
    notes.push(("ご利用月は協定世界時(UTC)の暦月です。", "The month is a calendar month in UTC."));
    if invoice.taxes.iter().any(|tax| tax.is_taxed) {
        notes.push(("消費税は税率ごとに1回計算しています。", "Consumption tax is calculated once per rate."));
    }
    if invoice.taxes.iter().any(|tax| tax.is_taxed && tax.tax_category == "reduced") {
        notes.push(("※は軽減税率対象です。", "※: taxed at the reduced rate."));
    }
    let mut texts: Vec<String> = notes.into_iter().map(|note| language.pick(note).to_owned()).collect();
    if let Some(fx) = &invoice.fx {
        let place = usize::from(invoice.issue.is_none()); // A draft says first that it is one.
        texts.insert(place, format!("{}: {}", language.pick(("換算レートの出典", "Source of the rate")), fx.source));
    }
    let mut block = Block::paragraph(language.pick(("備考", "Notes")), Style::bold(9.0), ALL)?;
    for text in texts {
        block.add_paragraph(&format!("・{text}"), Style::regular(8.0), ALL)?;
    }
    Ok(block)
}

/// Title, head and rows of what holds the invoice; absent where nothing does.
pub(super) fn holds(invoice: &Invoice) -> Result<Option<(Block, Block, Vec<Block>)>, DeliverError> {
    if invoice.holds.is_empty() {
        return Ok(None);
    }
    let language = invoice.language();
    let title = language.pick(("発行を保留している理由", "Why this invoice is held"));
    let title = Block::paragraph(title, Style::bold(10.0).with_ink(Ink::Red), ALL)?;
    let rows = invoice.holds.iter().map(|hold| hold_row(language, hold)).collect::<Result<_, _>>()?;
    Ok(Some((title.stack(Block::space(3.0)), HOLDS.head(language)?, rows)))
}

fn hold_row(language: Language, hold: &Hold) -> Result<Block, DeliverError> {
    let style = Style::regular(8.0);
    let grey = Style::regular(7.0).with_ink(Ink::Grey);
    let label = labels::hold_reason(language, hold.reason);
    let name = if label == hold.reason { "" } else { hold.reason };
    let (detail, remedy) = match hold_words::in_japanese(hold.reason).filter(|_| language == Language::Japanese) {
        Some((found, to_do)) => {
            (Cell::new(found, style).with(&hold.detail, grey), Cell::new(to_do, style).with(&hold.remedy, grey))
        }
        None => (Cell::new(&hold.detail, style), Cell::new(&hold.remedy, style)),
    };
    HOLDS.row(&[Cell::new(label, style).with(name, grey).with(&hold.account_id, grey), detail, remedy])
}
