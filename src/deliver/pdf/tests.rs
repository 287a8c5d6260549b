mod together;

use super::font::{Face, Style};
use super::render_pdf;
use super::wrap::wrap;
use crate::deliver::DeliverError;
use crate::deliver::samples::{self, fee_line, totalled};
use crate::deliver::tests::{extracted, squeezed};
use crate::money::FxRate;

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

#[test]
fn every_character_of_the_font_comes_back_as_it_was() {
    let is_text = |character: &char| {
        let is_private = ('\u{E000}'..='\u{F8FF}').contains(character);
        !character.is_whitespace() && !is_private
    };
    let characters: Vec<char> = drawable(Face::Regular).into_iter().filter(is_text).collect();
    assert!(characters.len() > 15_000, "{}", characters.len());
    let lines = characters.chunks(100).map(|some| fee_line(&some.iter().collect::<String>(), 1, "standard"));
    let invoice = totalled(lines.collect(), FxRate::parse("145.75").unwrap());
    let Some(text) = extracted(&render_pdf(&invoice).unwrap()) else { return };
    let text = squeezed(&text);
    let missing: Vec<_> = characters.iter().filter(|character| !text.contains(**character)).collect();
    assert!(missing.is_empty(), "{} of {}: {missing:?}", missing.len(), characters.len());
    let torn: Vec<_> = invoice.lines.iter().filter(|line| !text.contains(&line.description)).collect();
    assert!(torn.is_empty(), "{}: {:?}", torn.len(), torn.first());
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
