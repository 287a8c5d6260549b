use std::collections::BTreeMap;

use super::block::Mark;
use super::common::words;
use super::font::{Face, Style};
use super::laid_out::{LaidOut, Properties};
use super::save::save;
use super::wrap::wrap;
use crate::deliver::DeliverError;
use crate::deliver::samples;
use crate::deliver::tests::{extracted, render_pdf, squeezed};
use crate::invoice::Language;

/// All that a face can draw.
fn drawable(face: Face) -> Vec<char> {
    ('\u{0}'..'\u{30000}').filter(|character| face.glyph(*character, "").is_ok()).collect()
}

#[test]
fn what_the_font_cannot_draw_is_refused_by_name() {
    #[rustfmt::skip] // A table reads best as a table.
    let cases = [
        ("見本\u{1F600}", "the PDF font has no glyph for '😀' (U+1F600) in \"見本😀 御中\"; expected characters of Noto Sans JP"),
        ("見本\u{7}",     "the PDF font has no glyph for '\\u{7}' (U+0007) in \"見本\\u{7} 御中\"; expected characters of Noto Sans JP"),
        ("見本\n物産",     "the PDF font has no glyph for '\\n' (U+000A) in \"見本\\n物産 御中\"; expected characters of Noto Sans JP"),
        ("葛\u{E0100}城", "\"葛\\u{e0100}城 御中\" holds the combining mark U+E0100; expected composed characters (NFC)"),
        ("か\u{3099}",    "\"か\\u{3099} 御中\" holds the combining mark U+3099; expected composed characters (NFC)"),
    ];
    for (name, expected) in cases {
        let mut invoice = samples::invoice(1);
        invoice.project.customer_name = name.to_owned();
        let error = render_pdf(&invoice).unwrap_err();
        let is_glyph = matches!(error, DeliverError::MissingGlyph { .. } | DeliverError::CombiningMark { .. });
        assert!(is_glyph, "{error:?}");
        assert_eq!(error.to_string(), expected, "{name:?}");
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|some| some == text.as_bytes())
}

fn document(lines: &[(Face, String)]) -> Vec<u8> {
    document_in(Language::Japanese, lines)
}

/// Pages of forty lines, each of one face.
fn document_in(language: Language, lines: &[(Face, String)]) -> Vec<u8> {
    let mark = |(number, (face, text)): (u8, &(Face, String))| {
        let style = Style { face: *face, ..Style::regular(5.0) };
        Mark::Text { x: 20.0, y: 50.0 + f32::from(number) * 15.0, style, text: text.clone() }
    };
    let pages = lines.chunks(40).map(|lines| (0..).zip(lines).map(mark).collect()).collect();
    let author = "見本".to_owned();
    let properties = Properties { title: "見本".to_owned(), author, language, file_id: [7; 16] };
    save(&LaidOut::new(pages, properties).unwrap()).unwrap()
}

#[test]
fn every_character_of_both_faces_comes_back_as_it_was() {
    let is_text = |character: &char| {
        let is_private = ('\u{E000}'..='\u{F8FF}').contains(character);
        !character.is_whitespace() && !is_private
    };
    for face in [Face::Regular, Face::Bold] {
        let mut characters: Vec<char> = drawable(face).into_iter().filter(is_text).collect();
        assert!(characters.len() > 15_000, "{}", characters.len());
        // In an order that mixes scripts and planes, so that each document has glyphs from all over the font.
        characters.sort_by_key(|character| u32::from(*character).wrapping_mul(2_654_435_761));
        let lines: Vec<(Face, String)> = characters.chunks(60).map(|some| (face, some.iter().collect())).collect();
        // All of them in one document, and in many small ones.
        for lines in std::iter::once(lines.as_slice()).chain(lines.chunks(20)) {
            let Some(text) = extracted(&document(lines)) else { return };
            let read: Vec<&str> = text.split(['\n', '\u{c}']).filter(|line| !line.is_empty()).collect();
            // A reader may put right-to-left letters into another order, so lines are compared by what is in them.
            let sorted = |text: &str| {
                let mut characters: Vec<char> = text.chars().filter(|character| !character.is_whitespace()).collect();
                characters.sort_unstable();
                characters
            };
            assert_eq!(read.len(), lines.len(), "{face:?}");
            for ((_, line), read) in lines.iter().zip(read) {
                assert_eq!(sorted(read), sorted(line), "{face:?}");
            }
        }
    }
}

/// An ideograph and its compatibility form look alike, and each is extracted as itself, alone and beside the other.
#[test]
fn characters_that_share_a_glyph_come_back_as_they_were() {
    let mut by_glyph: BTreeMap<u16, String> = BTreeMap::new();
    for character in drawable(Face::Regular).into_iter().filter(|character| !character.is_whitespace()) {
        by_glyph.entry(Face::Regular.glyph(character, "").unwrap()).or_default().push(character);
    }
    let shared: Vec<&String> = by_glyph.values().filter(|characters| characters.chars().nth(1).is_some()).collect();
    assert!(shared.len() > 50, "{}", shared.len());
    for alike in shared.iter().step_by(7) {
        let each = alike.chars().map(String::from);
        for shown in each.chain([(*alike).clone(), alike.chars().rev().collect()]) {
            let bytes = document(&[(Face::Regular, format!("請{shown}求"))]);
            let Some(text) = extracted(&bytes) else { return };
            assert_eq!(text.trim_end(), format!("請{shown}求"));
        }
    }
}

/// What ordinary documents share is a font of its own: a line goes from one to the other and back.
#[test]
fn a_line_of_common_characters_and_others_comes_back_as_it_was() {
    let line = "株式会社請求𠮷野 ABC・髙橋(税込)1,234円 ﾃｽﾄ 見積";
    for language in [Language::Japanese, Language::English] {
        for face in [Face::Regular, Face::Bold] {
            let words = words(face, language);
            let most: String = words.chars().take(100).collect(); // What fits a line.
            let bytes = document_in(language, &[(face, most.clone()), (face, line.to_owned())]);
            assert!(holds(&bytes, "CA+NotoSansJP") && holds(&bytes, "AA+NotoSansJP"), "{face:?}: both fonts are there");
            let Some(text) = extracted(&bytes) else { return };
            assert_eq!(text.trim_end(), format!("{most}\n{line}"), "{face:?}");
            // A document that is no ordinary one has none of them for nothing.
            let few: String = words.chars().take(words.chars().count() / 2 - 1).collect();
            let bytes = document_in(language, &[(face, few.clone()), (face, "𠮷野".to_owned())]);
            assert!(!holds(&bytes, "CA+NotoSansJP"), "{face:?}");
            assert_eq!(extracted(&bytes).unwrap().trim_end(), format!("{few}\n𠮷野"), "{face:?}");
        }
    }
}

/// What a document does not show is not in it: neither the other face nor other characters.
#[test]
fn a_document_holds_only_what_it_shows() {
    let regular = document(&[(Face::Regular, "請求書".to_owned())]);
    assert!(holds(&regular, "NotoSansJP-Regular") && !holds(&regular, "NotoSansJP-Bold"));
    assert!(holds(&regular, "/CIDToGIDMap/Identity"));
    let both = document(&[(Face::Regular, "請求書".to_owned()), (Face::Bold, "合計".to_owned())]);
    assert!(holds(&both, "NotoSansJP-Regular") && holds(&both, "NotoSansJP-Bold"));
    assert!(regular.len() < 5_000, "{}", regular.len());
    let empty = document(&[]);
    assert!(!holds(&empty, "NotoSansJP"));
    let repeated: Vec<(Face, String)> = (0..40).map(|_| (Face::Regular, "請求書".repeat(30))).collect();
    let packed = document(&repeated).len();
    assert!(packed < regular.len() + 1_000, "{packed}: 3,600 characters of text are packed");
}

#[test]
fn lines_break_where_japanese_lets_them() {
    let style = Style::regular(10.0);
    #[rustfmt::skip] // A table reads best as a table.
    let cases: [(&str, f32, &[&str]); 8] = [
        ("",                      50.0, &[""]),
        ("株式会社見本物産",         50.0, &["株式会社見", "本物産"]),
        ("株式会社見、本物産",       50.0, &["株式会社", "見、本物産"]),   // No comma begins a line,
        ("株式会社「見本」",         50.0, &["株式会社", "「見本」"]),     // no bracket ends one.
        ("Amazon EC2 Linux",      60.0, &["Amazon EC2 ", "Linux"]), // Words stay whole,
        ("arn:aws:ec2:ap",        40.0, &["arn:aws:", "ec2:ap"]), // but one that cannot.
        ("A01 本番環境",            45.0, &["A01 本番", "環境"]),
        ("12",                     1.0, &["1", "2"]),
    ];
    for (text, limit, expected) in cases {
        let lines = wrap(text, style, limit).unwrap();
        assert_eq!(lines.concat(), text);
        assert_eq!(lines, expected, "{text:?} in {limit}");
    }
}

#[test]
fn a_text_longer_than_a_page_goes_on() {
    let mut invoice = samples::invoice(1);
    let words: Vec<String> = (1..=2_000).map(|number| format!("理由{number}。")).collect();
    invoice.holds = vec![samples::hold("not_final", "", &words.concat(), "")];
    let Some(text) = extracted(&render_pdf(&invoice).unwrap()) else { return };
    let remedy = "確定後のレポートを取得し、再実行してください。"; // Beside it on the first page.
    let furniture = ["下書き", "2025年5月分P-0001見本物産株式会社", remedy];
    let mut text = squeezed(&text.replace('\u{c}', ""));
    for piece in furniture {
        text = text.replace(piece, "");
    }
    for page in 1..20 {
        for pages in 1..20 {
            text = text.replace(&format!("{page}/{pages}ページ"), "");
        }
    }
    let lost: Vec<_> = words.iter().filter(|word| !text.contains(word.as_str())).collect();
    assert!(lost.is_empty(), "{lost:?}");
}
