//! What a correcting document says of the one before: which it was, and the amounts before and after by tax rate.

use std::collections::BTreeMap;

use super::block::{Align, Block};
use super::flow::MARGIN;
use super::font::Style;
use super::front::ALL;
use super::table::{Cell, Column, Table};
use crate::deliver::{DeliverError, labels};
use crate::invoice::{Correction, CorrectionKind, DocumentReference, Invoice, Language, TaxTotal};
use crate::money::Yen;

const TABLE: Table = Table {
    x: MARGIN,
    columns: &[
        Column::new(("訂正の内訳", "Correction"), 139.28, Align::Left),
        Column::new(("修正前", "Before (JPY)"), 120.0, Align::Right),
        Column::new(("修正後", "After (JPY)"), 120.0, Align::Right),
        Column::new(("差額", "Difference (JPY)"), 120.0, Align::Right),
    ],
};

/// `INV-202505-000001(2025年6月5日発行)`, and the predecessor where that is another one.
pub(super) fn references(language: Language, correction: &Correction) -> String {
    let one = |document: &DocumentReference| {
        let day = labels::day(language, document.on);
        language.pick((format!("{}({day}発行)", document.number), format!("{} (issued {day})", document.number)))
    };
    let original = one(&correction.original);
    if correction.original == correction.predecessor {
        return original;
    }
    let last = one(&correction.predecessor);
    language.pick((format!("{original}、直前の書類 {last}"), format!("{original}, last document {last}")))
}

/// Nothing where nothing is corrected.
pub(super) fn block(invoice: &Invoice) -> Result<Block, DeliverError> {
    let Some(correction) = &invoice.correction else { return Ok(Block::default()) };
    let language = invoice.language();
    let number = &correction.predecessor.number;
    let words = match correction.kind {
        CorrectionKind::Replace => (
            format!("請求書番号 {number} の誤りを修正し、この書類に差し替えるものです。"),
            format!("This document corrects and replaces {number}."),
        ),
        CorrectionKind::Return => (
            format!("請求書番号 {number} による対価の一部を返還するものです。"),
            format!("This document returns a part of what {number} charged."),
        ),
    };
    let mut block = Block::paragraph(&language.pick(words), Style::regular(9.0), ALL)?;
    if !correction.reason.is_empty() {
        let reason = format!("{}: {}", language.pick(("理由", "Reason")), correction.reason);
        block.add_paragraph(&reason, Style::regular(9.0), ALL)?;
    }
    if correction.kind == CorrectionKind::Return {
        return Ok(block);
    }
    block.height += 4.0;
    block = block.stack(TABLE.head(language)?);
    for (name, before, after) in rows(language, invoice, correction) {
        let style = Style::regular(8.5);
        let [before, after, difference] =
            [before, after, after - before].map(|amount| Cell::new(labels::yen(language, amount), style));
        block = block.stack(TABLE.row(&[Cell::new(name, style), before, after, difference])?);
    }
    Ok(block)
}

/// Base and tax of each rate, then the totals.
fn rows(language: Language, invoice: &Invoice, correction: &Correction) -> Vec<(String, Yen, Yen)> {
    let mut by_bucket: BTreeMap<(bool, String), [Option<&TaxTotal>; 2]> = BTreeMap::new();
    for (side, taxes) in [&correction.before, &invoice.taxes].into_iter().enumerate() {
        for tax in taxes {
            by_bucket.entry((!tax.is_taxed, labels::tax_bucket(language, tax))).or_default()[side] = Some(tax);
        }
    }
    let mut rows = Vec::new();
    for ((is_untaxed, name), sides) in by_bucket {
        let [before, after] = sides.map(|tax| tax.map_or(Yen::ZERO, |tax| tax.base_jpy));
        rows.push((name.clone(), before, after));
        if !is_untaxed {
            let [before, after] = sides.map(|tax| tax.map_or(Yen::ZERO, |tax| tax.tax_jpy));
            rows.push((format!("{name} {}", language.pick(("消費税", "tax"))), before, after));
        }
    }
    let total = language.pick(("合計(税込)", "Total incl. tax")).to_owned();
    rows.push((total, correction.before_total_jpy, invoice.total_jpy));
    rows
}
