//! The picture of a way: one bar per step, drawn in whole numbers.

use std::fmt::Write;

use super::bilingual::{Phrase, escaped, item_words};
use crate::money::Yen;
use crate::reconcile::{Item, ItemKind};

const LEFT: i128 = 300;
const WIDTH: i128 = 560;
const RIGHT: i128 = 1010;
const STEP: i128 = 28;
const BAR: i128 = 16;

/// A bar: from where to where, in whole yen.
struct Bar<'a> {
    item: &'a Item,
    from: i128,
    to: i128,
}

/// The steps of a way from top to bottom. Labels are whole yen, the nearest; the table beside it has every digit.
pub(super) fn waterfall(items: &[Item]) -> String {
    let bars = bars(items);
    let least = bars.iter().map(|bar| bar.from.min(bar.to)).min().unwrap_or(0).min(0);
    let most = bars.iter().map(|bar| bar.from.max(bar.to)).max().unwrap_or(0).max(0);
    let span = (most - least).max(1);
    let x = |yen: i128| LEFT + (yen - least).saturating_mul(WIDTH) / span;
    let height = STEP * i128::try_from(bars.len()).expect("a way has few steps") + 12;
    let mut svg = format!("<svg viewBox=\"0 0 {} {height}\" role=\"img\" id=\"waterfall\">", RIGHT + 10);
    put(&mut svg, format_args!("<line class=\"axis\" x1=\"{0}\" y1=\"0\" x2=\"{0}\" y2=\"{height}\"/>", x(0)));
    let mut top = 6;
    for (place, bar) in bars.iter().enumerate() {
        let (start, end) = (x(bar.from.min(bar.to)), x(bar.from.max(bar.to)));
        let class = match bar.item.kind {
            ItemKind::Start | ItemKind::Level => "level",
            ItemKind::Change if bar.to < bar.from => "down",
            ItemKind::Change => "up",
        };
        let width = (end - start).max(1);
        let base = top + BAR - 3;
        for (language, text) in labels(bar.item) {
            let text = escaped(&text);
            put(&mut svg, format_args!("<text class=\"{language}\" x=\"0\" y=\"{base}\">{text}</text>"));
        }
        put(
            &mut svg,
            format_args!("<rect class=\"{class}\" x=\"{start}\" y=\"{top}\" width=\"{width}\" height=\"{BAR}\"/>"),
        );
        let amount = amount(bar.item);
        put(&mut svg, format_args!("<text x=\"{RIGHT}\" y=\"{base}\" text-anchor=\"end\">{amount}</text>"));
        if place + 1 < bars.len() {
            let (x, y1, y2) = (x(bar.to), top + BAR, top + STEP);
            put(&mut svg, format_args!("<line class=\"link\" x1=\"{x}\" y1=\"{y1}\" x2=\"{x}\" y2=\"{y2}\"/>"));
        }
        top += STEP;
    }
    svg.push_str("</svg>");
    svg
}

fn bars(items: &[Item]) -> Vec<Bar<'_>> {
    let mut reached = items.first().map(|item| item.jpy).unwrap_or_default();
    let mut bars = Vec::new();
    for item in items {
        match item.kind {
            ItemKind::Start | ItemKind::Level => {
                reached = item.jpy;
                bars.push(Bar { item, from: 0, to: reached.nearest().count() });
            }
            ItemKind::Change => {
                let from = reached.nearest().count();
                reached += item.jpy;
                bars.push(Bar { item, from, to: reached.nearest().count() });
            }
        }
    }
    bars
}

/// What fits before the bars, in half widths: a long description must not run into them.
const LABEL: usize = 44;

fn labels(item: &Item) -> [(&'static str, String); 2] {
    let (japanese, english): Phrase = item_words(item.name);
    [("ja", label(japanese, &item.detail)), ("en", label(english, &item.detail))]
}

fn label(words: &str, detail: &str) -> String {
    let text = if detail.is_empty() { words.to_owned() } else { format!("{words}: {detail}") };
    let width = |letter: char| if letter.is_ascii() { 1 } else { 2 };
    if text.chars().map(width).sum::<usize>() <= LABEL {
        return text;
    }
    let (mut cut, mut taken) = (String::new(), 0);
    for letter in text.chars() {
        taken += width(letter);
        if taken > LABEL - 2 {
            break;
        }
        cut.push(letter);
    }
    cut + "…"
}

fn amount(item: &Item) -> String {
    let yen: Yen = item.jpy.nearest();
    let sign = if item.kind == ItemKind::Change && yen.count() > 0 { "+" } else { "" };
    format!("{sign}{}", yen.with_commas())
}

fn put(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("text in memory takes anything");
}
