//! The order of the pages.

use sha2::{Digest, Sha256};

use super::block::{Align, Block, Mark, Room};
use super::flow::{CONTENT_WIDTH, Flow, MARGIN, PAGE_HEIGHT};
use super::font::{Ink, Style};
use super::laid_out::{LaidOut, Properties};
use super::save::save;
use super::{annex, correction, front, line_table, sums};
use crate::deliver::{DeliverError, labels};
use crate::invoice::{Invoice, Language};

/// Makes `invoice.pdf`, the draft invoice, or the document where it is issued; `json` are the bytes of its `invoice.json`.
pub(in crate::deliver) fn render_pdf(invoice: &Invoice, json: &[u8]) -> Result<Vec<u8>, DeliverError> {
    save(&lay_out(invoice, json)?)
}

/// Page 1 has the totals. The lines stand there too where they all fit, else below a summary by group.
pub(super) fn lay_out(invoice: &Invoice, json: &[u8]) -> Result<LaidOut, DeliverError> {
    let mut flow = Flow::new();
    flow.place(front::head(invoice)?);
    place_sums(&mut flow, invoice)?;
    annex::place(&mut flow, invoice)?;
    let (language, project) = (invoice.language(), &invoice.project);
    let month = language.month(invoice.period) + language.pick(("分", ""));
    let name = format!("{month} {} {}", project.project_id, project.customer_name);
    let number = invoice.issue.as_ref().map(|issue| issue.number.as_str());
    let pages = with_furniture(flow.pages, language, &name, number)?;
    let kind = labels::title(invoice);
    let of = format!("{} {} {}", invoice.project.customer_name, invoice.project.project_id, invoice.period);
    let title = number.map_or_else(|| format!("{kind} {of}"), |number| format!("{kind} {number} {of}"));
    let author = invoice.issuer.name.clone();
    LaidOut::new(pages, Properties { title, author, language, file_id: file_id(json) })
}

/// The first half of the SHA-256 of all that the invoice knows.
pub(super) fn file_id(content: &[u8]) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&Sha256::digest(content)[..16]);
    id
}

fn place_sums(flow: &mut Flow, invoice: &Invoice) -> Result<(), DeliverError> {
    let gap = || Block::space(12.0);
    let payment = sums::payment(invoice)?;
    let payment = if payment.height > 0.0 { payment.stack(gap()) } else { payment };
    let corrected = correction::block(invoice)?;
    let corrected = if corrected.height > 0.0 { corrected.stack(gap()) } else { corrected };
    let below = [gap().stack(sums::totals(invoice)?).stack(gap()), corrected, payment, sums::notes(invoice)?];

    let head = line_table::head(invoice.language())?;
    let rows = line_table::rows(invoice)?;
    let needed = head.height + rows.iter().chain(&below).map(|block| block.height).sum::<f32>();
    let lines_fit = needed <= flow.room();
    if lines_fit {
        flow.table(Block::default(), &head, rows.clone());
    } else {
        flow.place(sums::groups(invoice)?);
    }
    for block in below {
        flow.place(block);
    }
    if let Some((title, head, rows)) = sums::holds(invoice)? {
        flow.table(gap().stack(title), &head, rows);
    }
    if !lines_fit {
        flow.new_page();
        let title =
            Block::paragraph(invoice.language().pick(("ご請求明細", "Invoice lines")), Style::bold(12.0), front::ALL)?;
        flow.table(title.stack(Block::space(4.0)), &head, rows);
    }
    Ok(())
}

/// Puts onto every page: that it is a draft or the document's number, whose it is, the page's number.
pub(super) fn with_furniture(
    mut pages: Vec<Vec<Mark>>,
    language: Language,
    name: &str,
    number_of_document: Option<&str>,
) -> Result<Vec<Vec<Mark>>, DeliverError> {
    let all = Room { x: MARGIN, width: CONTENT_WIDTH, align: Align::Right };
    let left = Room { width: 400.0, align: Align::Left, ..all };
    let small = Style::regular(7.5).with_ink(Ink::Grey);
    let count = pages.len();
    for (number, page) in (1..).zip(&mut pages) {
        let mut top = Block::default();
        match number_of_document {
            Some(number) => top.add_line(number.to_owned(), small, all)?,
            None => {
                let draft = language.pick(("下書き", "DRAFT")).to_owned();
                top.add_line(draft, Style::bold(11.0).with_ink(Ink::Red), all)?;
            }
        }
        page.extend(top.marks.into_iter().map(|mark| mark.moved(0.0, 26.0)));
        let mut whose = Block::default();
        whose.add_line(name.to_owned(), small, left)?;
        let mut place = Block::default();
        let pages = language.pick((format!("{number}/{count}ページ"), format!("Page {number} of {count}")));
        place.add_line(pages, small, all)?;
        let bottom = whose.beside(place).marks;
        page.extend(bottom.into_iter().map(|mark| mark.moved(0.0, PAGE_HEIGHT - 36.0)));
    }
    Ok(pages)
}
