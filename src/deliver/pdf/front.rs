//! The parts of the first page, from the title to the amount.

use super::block::{Align, Block, Room};
use super::flow::{CONTENT_WIDTH, MARGIN};
use super::font::{Ink, Style};
use crate::deliver::{DeliverError, labels};
use crate::invoice::{Invoice, Status};
use crate::terms::{Issuer, Project};

pub(super) const ALL: Room = Room { x: MARGIN, width: CONTENT_WIDTH, align: Align::Left };
const LEFT: Room = Room { x: MARGIN, width: 262.0, align: Align::Left };
const RIGHT: Room = Room { x: MARGIN + 302.0, width: CONTENT_WIDTH - 302.0, align: Align::Left };

/// Title, parties, facts and the amount box.
pub(super) fn head(invoice: &Invoice) -> Result<Block, DeliverError> {
    let parties = recipient(&invoice.project)?.beside(issuer(&invoice.issuer, invoice.issuer_is_registered)?);
    let blocks = [title(invoice)?, parties, facts(invoice)?, amount_box(invoice)?];
    Ok(blocks.into_iter().fold(Block::default(), |page, block| page.stack(block).stack(Block::space(12.0))))
}

/// Not 適格請求書: a draft has no number and no date of issue.
fn title(invoice: &Invoice) -> Result<Block, DeliverError> {
    let centred = Room { align: Align::Centre, ..ALL };
    let mut block = Block::paragraph("請求書(下書き)", Style::bold(20.0), centred)?;
    if invoice.status == Status::Held {
        let text = format!("発行保留中({}件)", invoice.holds.len());
        block.add_paragraph(&text, Style::bold(9.0).with_ink(Ink::Red), centred)?;
    }
    Ok(block)
}

fn recipient(project: &Project) -> Result<Block, DeliverError> {
    let small = Style::regular(9.0);
    let mut block = Block::default();
    if !project.postal_code.is_empty() {
        block.add_paragraph(&format!("〒{}", project.postal_code), small, LEFT)?;
    }
    if !project.address.is_empty() {
        block.add_paragraph(&project.address, small, LEFT)?;
    }
    block.height += 5.0;
    block.add_paragraph(&format!("{} 御中", project.customer_name), Style::bold(13.0), LEFT)?;
    block.height += 2.0;
    block.add_rule(LEFT.x, LEFT.width, 0.8, Ink::Black);
    block.height += 5.0;
    block.add_paragraph("下記のとおりご請求申し上げる予定です。", small, LEFT)?;
    Ok(block)
}

fn issuer(issuer: &Issuer, is_registered: bool) -> Result<Block, DeliverError> {
    let small = Style::regular(8.5);
    let mut block = Block::default();
    block.add_paragraph(&issuer.name, Style::bold(11.0), RIGHT)?;
    if is_registered {
        block.add_paragraph(&format!("登録番号 {}", issuer.registration_number), small, RIGHT)?;
    } else {
        block.add_paragraph("適格請求書発行事業者の登録なし", small, RIGHT)?;
    }
    let said = [("〒", &issuer.postal_code), ("", &issuer.address), ("TEL ", &issuer.phone), ("", &issuer.email)];
    for (name, text) in said {
        if !text.is_empty() {
            block.add_paragraph(&format!("{name}{text}"), small, RIGHT)?;
        }
    }
    Ok(block)
}

/// 件名, 利用期間, 換算レート, 支払.
fn facts(invoice: &Invoice) -> Result<Block, DeliverError> {
    let month = labels::month(invoice.period);
    let mut facts = vec![
        ("件名", format!("AWSご利用料金 {month}分(プロジェクト {})", invoice.project.project_id)),
        ("利用期間", labels::days(invoice.period)),
    ];
    if let Some(fx) = &invoice.fx {
        facts.push(("換算レート", format!("1 USD = {} 円({month} 月中平均 TTS)", fx.rate)));
    }
    if !invoice.project.payment_terms.is_empty() {
        facts.push(("支払条件", invoice.project.payment_terms.clone()));
    }
    if !invoice.payment.is_empty() {
        facts.push(("支払方法", labels::payment(&invoice.payment).to_owned()));
    }
    pairs(&facts)
}

/// Names in grey on the left, what they mean beside them.
pub(super) fn pairs(pairs: &[(&str, String)]) -> Result<Block, DeliverError> {
    let names = Room { width: 62.0, ..ALL };
    let texts = Room { x: MARGIN + 66.0, width: CONTENT_WIDTH - 66.0, align: Align::Left };
    let style = Style::regular(9.0);
    let mut block = Block::default();
    for (name, text) in pairs {
        let name = Block::paragraph(name, style.with_ink(Ink::Grey), names)?;
        block = block.stack(name.beside(Block::paragraph(text, style, texts)?)).stack(Block::space(1.0));
    }
    Ok(block)
}

fn amount_box(invoice: &Invoice) -> Result<Block, DeliverError> {
    const WIDTH: f32 = 320.0;
    let name = Room { x: MARGIN + 12.0, width: 110.0, align: Align::Left };
    let amount = Room { x: MARGIN + 122.0, width: WIDTH - 134.0, align: Align::Right };
    let mut left = Block::space(13.0); // Sets both on about one line.
    left.add_line("ご請求金額(税込)".to_owned(), Style::bold(10.5), name)?;
    let mut right = Block::space(5.0);
    right.add_line(labels::yen(invoice.total_jpy), Style::bold(20.0), amount)?;
    right.height += 5.0;
    let mut block = left.beside(right).shaded(MARGIN, WIDTH);
    block.add_rule(MARGIN, WIDTH, 1.0, Ink::Black);
    Ok(block)
}
