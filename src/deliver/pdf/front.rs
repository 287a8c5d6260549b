//! The parts of the first page, from the title to the amount.

use super::block::{Align, Block, Room};
use super::correction;
use super::flow::{CONTENT_WIDTH, MARGIN};
use super::font::{Ink, Style};
use crate::deliver::DeliverError;
use crate::deliver::labels::{self, Phrase};
use crate::invoice::{Invoice, Language, Status};
use crate::money::Yen;
use crate::terms::Issuer;

pub(super) const ALL: Room = Room { x: MARGIN, width: CONTENT_WIDTH, align: Align::Left };
const LEFT: Room = Room { x: MARGIN, width: 262.0, align: Align::Left };
const RIGHT: Room = Room { x: MARGIN + 302.0, width: CONTENT_WIDTH - 302.0, align: Align::Left };

/// Title, parties, facts and the amount box.
pub(super) fn head(invoice: &Invoice) -> Result<Block, DeliverError> {
    let blocks = [title(invoice)?, parties(invoice)?, facts(invoice)?, amount_box(invoice)?];
    Ok(blocks.into_iter().fold(Block::default(), |page, block| page.stack(block).stack(Block::space(12.0))))
}

/// The recipient on the left, the issuer on the right.
pub(super) fn parties(invoice: &Invoice) -> Result<Block, DeliverError> {
    let language = invoice.language();
    let issuer = issuer(language, &invoice.issuer, registration(language, invoice))?;
    Ok(recipient(invoice)?.beside(issuer))
}

/// The same without a word on registration: for what is no invoice and must not be taken for one.
pub(super) fn parties_of_a_list(invoice: &Invoice) -> Result<Block, DeliverError> {
    let language = invoice.language();
    Ok(recipient(invoice)?.beside(issuer(language, &invoice.issuer, String::new())?))
}

/// The number, or that there is none on the supply date.
fn registration(language: Language, invoice: &Invoice) -> String {
    if invoice.issuer_is_registered {
        let name = language.pick(("登録番号", "Registration number"));
        return format!("{name} {}", invoice.issuer.registration_number);
    }
    language.pick(("適格請求書発行事業者の登録なし", "Not registered as an issuer of qualified invoices")).to_owned()
}

fn title(invoice: &Invoice) -> Result<Block, DeliverError> {
    let language = invoice.language();
    let centred = Room { align: Align::Centre, ..ALL };
    let mut block = Block::paragraph(labels::title(invoice), Style::bold(20.0), centred)?;
    if invoice.status == Status::Held {
        let count = invoice.holds.len();
        let text =
            language.pick((format!("発行保留中({count}件)"), format!("Held: must not be issued ({count} reasons)")));
        block.add_paragraph(&text, Style::bold(9.0).with_ink(Ink::Red), centred)?;
    }
    Ok(block)
}

fn recipient(invoice: &Invoice) -> Result<Block, DeliverError> {
    let (language, project) = (invoice.language(), &invoice.project);
    let small = Style::regular(9.0);
    let mut block = Block::default();
    if !project.postal_code.is_empty() {
        block.add_paragraph(&format!("{}{}", language.pick(("〒", "")), project.postal_code), small, LEFT)?;
    }
    if !project.address.is_empty() {
        block.add_paragraph(&project.address, small, LEFT)?;
    }
    block.height += 5.0;
    let name = format!("{}{}", project.customer_name, language.pick((" 御中", "")));
    block.add_paragraph(&name, Style::bold(13.0), LEFT)?;
    block.height += 2.0;
    block.add_rule(LEFT.x, LEFT.width, 0.8, Ink::Black);
    block.height += 5.0;
    let words = if invoice.issue.is_none() {
        ("下記のとおりご請求申し上げる予定です。", "We intend to invoice you as follows.")
    } else if invoice.is_return() {
        ("下記のとおり対価を返還いたします。", "We return to you as follows.")
    } else if !invoice.asks_for_money() {
        ("下記のとおりご精算申し上げます。", "We settle with you as follows.")
    } else {
        ("下記のとおりご請求申し上げます。", "We invoice you as follows.")
    };
    block.add_paragraph(language.pick(words), small, LEFT)?;
    Ok(block)
}

fn issuer(language: Language, issuer: &Issuer, registration: String) -> Result<Block, DeliverError> {
    let small = Style::regular(8.5);
    let mut block = Block::default();
    block.add_paragraph(&issuer.name, Style::bold(11.0), RIGHT)?;
    let said = [
        ("", &registration),
        (language.pick(("〒", "")), &issuer.postal_code),
        ("", &issuer.address),
        ("TEL ", &issuer.phone),
        ("", &issuer.email),
    ];
    for (name, text) in said {
        if !text.is_empty() {
            block.add_paragraph(&format!("{name}{text}"), small, RIGHT)?;
        }
    }
    Ok(block)
}

/// 件名, 利用期間, 換算レート, 支払.
fn facts(invoice: &Invoice) -> Result<Block, DeliverError> {
    let language = invoice.language();
    let (month, project) = (language.month(invoice.period), &invoice.project);
    let id = &project.project_id;
    let subject =
        (format!("AWSご利用料金 {month}分(プロジェクト {id})"), format!("AWS charges, {month} (project {id})"));
    let mut facts = Vec::new();
    if let Some(issue) = &invoice.issue {
        let number = if invoice.is_return() { ("番号", "Number") } else { ("請求書番号", "Number") };
        facts.extend([(number, issue.number.clone()), (("発行日", "Issued"), labels::day(language, issue.on))]);
    }
    if let Some(correction) = &invoice.correction {
        facts.push((("元の請求書", "Corrects"), correction::references(language, correction)));
    }
    facts.extend([
        (("件名", "Subject"), language.pick(subject)),
        (("利用期間", "Period"), labels::days(language, invoice.period)),
    ]);
    if let Some(fx) = &invoice.fx {
        let kind = language.pick(("円", " JPY"));
        let of = language.pick((format!("({month} 月中平均 TTS)"), format!(" (monthly average TTS, {month})")));
        let space = language.pick((" ", ""));
        facts.push((("換算レート", "Rate"), format!("1 USD = {}{space}{kind}{of}", fx.rate)));
    }
    if !project.payment_terms.is_empty() {
        facts.push((("支払条件", "Terms"), project.payment_terms.clone()));
    }
    if let Some(due) = invoice.due.as_ref().filter(|_| invoice.asks_for_money()) {
        let planned = if invoice.issue.is_some() { "" } else { language.pick(("(予定)", " (planned)")) };
        facts.push((("支払期限", "Due"), labels::due(language, due) + planned));
    }
    if !invoice.payment.is_empty() {
        facts.push((("支払方法", "Payment"), labels::payment(language, &invoice.payment).to_owned()));
    }
    pairs(language, &facts)
}

/// Names in grey on the left, what they mean beside them.
pub(super) fn pairs(language: Language, pairs: &[(Phrase, String)]) -> Result<Block, DeliverError> {
    let names = Room { width: 62.0, ..ALL };
    let texts = Room { x: MARGIN + 66.0, width: CONTENT_WIDTH - 66.0, align: Align::Left };
    let style = Style::regular(9.0);
    let mut block = Block::default();
    for (name, text) in pairs {
        let name = Block::paragraph(language.pick(*name), style.with_ink(Ink::Grey), names)?;
        block = block.stack(name.beside(Block::paragraph(text, style, texts)?)).stack(Block::space(1.0));
    }
    Ok(block)
}

fn amount_box(invoice: &Invoice) -> Result<Block, DeliverError> {
    const WIDTH: f32 = 320.0;
    let language = invoice.language();
    let name = Room { x: MARGIN + 12.0, width: 110.0, align: Align::Left };
    let amount = Room { x: MARGIN + 122.0, width: WIDTH - 134.0, align: Align::Right };
    let mut left = Block::space(13.0); // Sets both on about one line.
    let still = invoice.left_jpy();
    let (words, total) = if invoice.is_return() {
        (("返還金額(税込)", "Returned incl. tax"), Yen::ZERO - invoice.total_jpy)
    } else if still < Yen::ZERO {
        (("ご返金額(税込)", "To be refunded incl. tax"), Yen::ZERO - still)
    } else if still != invoice.total_jpy {
        (("差引請求額(税込)", "Left to pay incl. tax"), still)
    } else {
        (("ご請求金額(税込)", "Total due incl. tax"), invoice.total_jpy)
    };
    left.add_line(language.pick(words).to_owned(), Style::bold(10.5), name)?;
    let mut right = Block::space(5.0);
    right.add_line(labels::sum(language, total), Style::bold(20.0), amount)?;
    right.height += 5.0;
    let mut block = left.beside(right).shaded(MARGIN, WIDTH);
    block.add_rule(MARGIN, WIDTH, 1.0, Ink::Black);
    Ok(block)
}
