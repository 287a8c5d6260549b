//! A document has the same bytes whichever documents are drawn with it, and whether its fonts were cut before or not.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::drawable;
use crate::deliver::pdf::batch::{draw_all, draw_together, groups};
use crate::deliver::pdf::block::Mark;
use crate::deliver::pdf::cut::Faces;
use crate::deliver::pdf::font::{Face, Style};
use crate::deliver::pdf::laid_out::{LaidOut, Properties};
use crate::deliver::pdf::render::lay_out;
use crate::deliver::pdf::save::save;
use crate::deliver::samples::{self, pictured, sample_invoices};
use crate::deliver::{DeliverError, render_covers, render_files, render_json, render_pdf};
use crate::invoice::{Correction, CorrectionKind, DocumentReference, Invoice, Issue};
use crate::period::Day;

/// A page with a line of text for each pair.
fn document(lines: &[(Face, &str)]) -> LaidOut {
    let mark = |(number, (face, text)): (u8, &(Face, &str))| {
        let style = Style { face: *face, ..Style::regular(9.0) };
        Mark::Text { x: 50.0, y: 50.0 + f32::from(number), style, text: (*text).to_owned() }
    };
    let properties = Properties { title: "見本".to_owned(), author: "見本".to_owned(), file_id: "0123".to_owned() };
    LaidOut::new(vec![(0..).zip(lines).map(mark).collect()], properties).unwrap()
}

/// Draws the documents together from cut faces, and each alone from whole ones. The faces that could be cut come back.
fn assert_same_bytes(documents: &[LaidOut]) -> [bool; 2] {
    let together = draw_together(documents.iter().cloned().map(Ok).collect());
    assert_eq!(together.len(), documents.len());
    for (number, (document, drawn)) in documents.iter().zip(together).enumerate() {
        let alone = save(document.clone(), &Faces::whole()).unwrap();
        assert!(drawn.unwrap() == alone, "document {number} of {}", documents.len());
    }
    Faces::cut_for(&documents.iter().collect::<Vec<_>>()).are_cut()
}

fn corrected(kind: CorrectionKind) -> Invoice {
    let mut invoice = samples::invoice(2);
    let on: Day = "2025-06-20".parse().unwrap();
    let original = DocumentReference { number: "INV-202505-000001".to_owned(), on };
    invoice.issue = Some(Issue { number: "INV-202505-000002".to_owned(), on });
    invoice.correction = Some(Correction {
        kind,
        predecessor: original.clone(),
        original,
        reason: "単価の誤り".to_owned(),
        before: invoice.taxes.clone(),
        before_total_jpy: invoice.total_jpy,
        paid_jpy: invoice.total_jpy,
    });
    invoice
}

fn all_samples() -> Vec<Invoice> {
    let named = sample_invoices().into_iter().chain(pictured());
    let mut invoices: Vec<Invoice> = named.map(|(_, invoice)| invoice).collect();
    invoices.extend([corrected(CorrectionKind::Replace), corrected(CorrectionKind::Return), samples::invoice(300)]);
    invoices
}

#[test]
fn invoices_drawn_together_are_those_drawn_alone() {
    let invoices = all_samples();
    let laid_out: Vec<LaidOut> =
        invoices.iter().map(|invoice| lay_out(invoice, &render_json(invoice)).unwrap()).collect();
    assert_eq!(assert_same_bytes(&laid_out), [true, true]);
    // Enough of them for several cuts, none of the same documents.
    let many: Vec<&Invoice> = (0..9).flat_map(|_| &invoices).collect();
    for (invoice, files) in many.iter().zip(render_files(&many)) {
        let files = files.unwrap();
        assert!(files.pdf == render_pdf(invoice).unwrap());
        assert_eq!(files.json, render_json(invoice));
    }
}

#[test]
fn documents_with_little_in_them_are_the_same_too() {
    let (regular, bold) = (Face::Regular, Face::Bold);
    let latin = document(&[(regular, "Invoice No. 12"), (bold, "Total")]);
    let one_face = document(&[(regular, "請求書"), (regular, "\u{798F}\u{FA1B}\u{20BB7}")]);
    let other_face = document(&[(bold, "合計 \u{20B9F}")]);
    let empty = document(&[]);
    assert_eq!(assert_same_bytes(std::slice::from_ref(&empty)), [false, false]);
    assert_eq!(assert_same_bytes(&[one_face.clone(), empty.clone()]), [true, false]);
    assert_eq!(assert_same_bytes(&[latin, one_face, other_face, empty]), [true, true]);
}

#[test]
fn every_glyph_is_the_same_from_a_cut_face() {
    for face in [Face::Regular, Face::Bold] {
        // In an order that mixes scripts and planes, so that each document has glyphs from all over the font.
        let mut characters = drawable(face);
        characters.sort_by_key(|character| u32::from(*character).wrapping_mul(2_654_435_761));
        let texts: Vec<String> = characters.chunks(900).map(|some| some.iter().collect()).collect();
        let documents: Vec<LaidOut> = texts.iter().map(|text| document(&[(face, text)])).collect();
        assert!(documents.len() > 15, "{}", documents.len());
        assert_eq!(assert_same_bytes(&documents), [face == Face::Regular, face == Face::Bold]);
    }
}

#[test]
fn a_cut_that_would_lead_elsewhere_is_not_used() {
    let right = document(&[(Face::Regular, "請求書"), (Face::Bold, "請求書")]);
    let of_another = Face::Regular.glyph('書', "").unwrap();
    let beyond_the_font = 65_000;
    for glyph in [of_another, beyond_the_font] {
        let mut wrong = right.clone();
        wrong.characters.push((Face::Regular, glyph, '請'));
        assert_eq!(Faces::cut_for(&[&right, &wrong]).are_cut(), [false, true]);
    }
    assert_eq!(Faces::cut_for(&[&right]).are_cut(), [true, true]);
}

#[test]
fn characters_that_share_a_glyph_keep_their_copies() {
    let mut by_glyph: BTreeMap<u16, String> = BTreeMap::new();
    for character in drawable(Face::Regular) {
        by_glyph.entry(Face::Regular.glyph(character, "").unwrap()).or_default().push(character);
    }
    let shared: Vec<&String> = by_glyph.values().filter(|characters| characters.chars().nth(1).is_some()).collect();
    assert!(shared.len() > 50, "{}", shared.len());
    // Both characters in one document, each in one of its own, and only the other in the cut.
    for pair in shared.iter().step_by(5).take(20) {
        let each: Vec<String> = pair.chars().map(String::from).collect();
        let mut documents = vec![document(&[(Face::Regular, pair)])];
        documents.extend(each.iter().map(|one| document(&[(Face::Regular, one)])));
        assert_same_bytes(&documents);
        assert_same_bytes(&documents[1..]);
        assert_same_bytes(&documents[1..2]);
    }
}

#[test]
fn long_documents_share_a_cut_with_fewer() {
    let sizes = |lines: &[usize]| -> Vec<usize> {
        let groups = groups(lines, |lines| *lines);
        assert_eq!(groups.concat(), lines);
        groups.iter().map(|group| group.len()).collect()
    };
    assert_eq!(sizes(&[]), [0; 0]);
    assert_eq!(sizes(&[3; 200]), [64, 64, 64, 8]);
    assert_eq!(sizes(&[300; 9]), [4, 4, 1]);
    assert_eq!(sizes(&[9_000, 9_000, 1, 1, 9_000, 1]), [1, 1, 3, 1]);
}

#[test]
fn what_cannot_be_drawn_fails_alone_and_in_its_place() {
    let mut bad = samples::invoice(1);
    bad.project.customer_name = "見本\u{1F600}".to_owned();
    let good = samples::invoice(2);
    let files = render_files(&[&good, &bad, &good]);
    assert_eq!(files.len(), 3);
    assert!(matches!(files[1], Err(DeliverError::MissingGlyph { character: '\u{1F600}', .. })));
    for made in [&files[0], &files[2]] {
        assert!(made.as_ref().unwrap().pdf == render_pdf(&good).unwrap());
    }
    let covers = render_covers(&[("C-1", vec![&good, &good]), ("C-2", vec![&bad]), ("C-3", vec![&good])]);
    assert_eq!(covers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    let alone = render_covers(&[("C-3", vec![&good])]);
    assert!(covers[2] == alone[0] && covers[2] != covers[0]);
    assert!(draw_all(&[(); 0], |()| 1, |()| Ok(document(&[]))).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_documents_are_the_same_together(
        texts in prop::collection::vec(
            (prop::collection::vec(any::<prop::sample::Index>(), 0..60), any::<bool>()),
            1..6,
        ),
    ) {
        let characters = drawable(Face::Regular);
        let texts: Vec<(Face, String)> = texts
            .into_iter()
            .map(|(places, is_bold)| {
                let face = if is_bold { Face::Bold } else { Face::Regular };
                (face, places.iter().map(|place| *place.get(&characters)).collect())
            })
            .collect();
        let mut documents: Vec<LaidOut> = texts.iter().map(|(face, text)| document(&[(*face, text)])).collect();
        documents.push(document(&texts.iter().map(|(face, text)| (*face, text.as_str())).collect::<Vec<_>>()));
        assert_same_bytes(&documents);
    }
}
