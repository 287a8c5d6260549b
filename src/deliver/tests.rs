//! What all three documents of an invoice promise.

use std::env;
use std::fs;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use super::samples::{self, sample_invoices};
use super::{labels, render_csv, render_json, render_pdf};
use crate::invoice::{Invoice, LineKind};

/// The text of a PDF as another program reads it; absent where that program is missing.
pub(super) fn extracted(pdf: &[u8]) -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("seikyu-test-{}-{}.pdf", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let file = env::temp_dir().join(name);
    fs::write(&file, pdf).unwrap();
    let found = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(&file).arg("-").output();
    fs::remove_file(&file).unwrap();
    match found {
        Ok(output) => {
            assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) => {
            assert!(env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "pdftotext is required: {error}");
            println!("skipped: pdftotext cannot be run: {error}");
            None
        }
    }
}

/// Without white space: where a line wraps is no part of its text.
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

#[test]
fn the_pdf_says_what_the_invoice_says() {
    for (name, invoice) in sample_invoices() {
        let Some(text) = extracted(&render_pdf(&invoice).unwrap()) else { return };
        let whole = squeezed(&text);
        for expected in expected_texts(&invoice) {
            assert!(whole.contains(&squeezed(&expected)), "{name}: {expected:?} is missing in {text}");
        }
        assert!(!invoice.issuer_is_registered || !whole.contains("適格請求書"), "{name}: a draft is none");
        assert_eq!(whole.contains("T7123456789012"), invoice.issuer_is_registered, "{name}");
        assert_eq!(whole.contains("0012345"), invoice.payment == "bank_transfer", "{name}: 振込先");
    }
}

fn expected_texts(invoice: &Invoice) -> Vec<String> {
    let mut texts = vec![
        "請求書(下書き)".to_owned(),
        format!("{} 御中", invoice.project.customer_name),
        invoice.issuer.name.clone(),
        "2025年5月1日〜2025年5月31日 (UTC)".to_owned(),
        format!("ご請求金額(税込){}", labels::yen(invoice.total_jpy)),
        format!("合計(税込){}", labels::yen(invoice.total_jpy)),
        format!("小計(税抜){}", labels::yen(invoice.subtotal_jpy)),
        format!("消費税{}", labels::yen(invoice.tax_jpy)),
    ];
    if let Some(fx) = &invoice.fx {
        texts.push(format!("1 USD = {} 円(2025年5月 月中平均 TTS)", fx.rate));
        texts.push(format!("換算レートの出典: {}", fx.source));
    }
    for tax in &invoice.taxes {
        let amount = if tax.is_taxed { labels::yen(tax.tax_jpy) } else { "―".to_owned() };
        texts.push(format!("{}{}{amount}", labels::tax_bucket(tax), labels::yen(tax.base_jpy)));
    }
    for hold in invoice.holds.iter().filter(|hold| hold.detail.len() < 1_000) {
        texts.extend([hold.detail.clone(), hold.remedy.clone(), hold.account_id.clone()]);
    }
    for line in &invoice.lines {
        let amounts = [line.gross_jpy, line.discount_jpy, line.net_jpy].map(labels::yen).concat();
        texts.extend([line.description.clone(), amounts]);
        if let LineKind::Aws { account_id, account_name, services, .. } = &line.kind {
            texts.push(format!("No. {} {account_id} {account_name}", line.line_no));
            texts.extend(services.iter().map(|part| {
                let yen = [part.gross_jpy, part.discount_jpy, part.net_jpy].map(labels::yen).concat();
                format!("{}{}{yen}", part.product_code, labels::cents(part.gross_usd))
            }));
        }
    }
    texts
}

#[test]
fn every_page_is_a_draft_and_numbered() {
    for (name, invoice) in sample_invoices() {
        let Some(text) = extracted(&render_pdf(&invoice).unwrap()) else { return };
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        let total = format!("合計(税込){}", labels::yen(invoice.total_jpy));
        assert!(squeezed(pages[0]).contains(&total), "{name}: the total stands on the first page");
        for (number, page) in (1..).zip(&pages) {
            let page = squeezed(page);
            assert!(page.contains("下書き"), "{name}, page {number}");
            assert!(page.contains(&format!("{number}/{}ページ", pages.len())), "{name}, page {number}: {page}");
            assert!(page.contains(&squeezed(&invoice.project.customer_name)), "{name}, page {number}");
        }
    }
}

#[test]
fn the_sums_of_all_documents_agree() {
    for (name, invoice) in sample_invoices() {
        let json: serde_json::Value = serde_json::from_slice(&render_json(&invoice)).unwrap();
        let total = invoice.total_jpy.count();
        let net_of = |line: &serde_json::Value| i128::from(line["net_jpy"].as_i64().unwrap());
        let lines = json["lines"].as_array().unwrap();
        let taxes = json["taxes"].as_array().unwrap();
        let tax: i128 = taxes.iter().map(|tax| i128::from(tax["tax_jpy"].as_i64().unwrap())).sum();
        assert_eq!(lines.iter().map(net_of).sum::<i128>() + tax, total, "{name}: JSON lines");
        for line in lines.iter().filter(|line| line["kind"] == "aws") {
            let parts = line["services"].as_array().unwrap().iter().map(net_of).sum::<i128>();
            assert_eq!(parts, net_of(line), "{name}: JSON services");
        }

        let (lines, totals): (Vec<_>, Vec<_>) = csv_rows(&invoice).into_iter().partition(|row| !row[2].is_empty());
        let sum_of = |rows: &[csv::StringRecord], column: usize| -> i128 {
            rows.iter().map(|row| row[column].parse::<i128>().unwrap()).sum()
        };
        assert_eq!(sum_of(&lines, 11), invoice.subtotal_jpy.count(), "{name}: CSV lines");
        assert_eq!(sum_of(&lines, 9) + sum_of(&lines, 10), sum_of(&lines, 11), "{name}: CSV columns");
        assert_eq!(totals.first().unwrap()[11], invoice.subtotal_jpy.to_string(), "{name}");
        assert_eq!(totals.last().unwrap()[11], total.to_string(), "{name}");
        let taxes = &totals[1..totals.len() - 1];
        assert_eq!(sum_of(&lines, 11) + sum_of(taxes, 11), total, "{name}: CSV taxes");
    }
}

fn csv_rows(invoice: &Invoice) -> Vec<csv::StringRecord> {
    let bytes = render_csv(invoice);
    let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{feff}').unwrap();
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

#[test]
fn csv_is_for_spreadsheets_and_json_for_programs() {
    let mut invoice = samples::invoice(1);
    if let LineKind::Aws { account_name, .. } = &mut invoice.lines[0].kind {
        *account_name = "=cmd|' /C calc'!A0, \"本番\"".to_owned();
    }
    let csv = String::from_utf8(render_csv(&invoice)).unwrap();
    assert!(csv.starts_with("\u{feff}請求月,") && csv.ends_with("\r\n"));
    assert_eq!(csv.matches('\n').count(), csv.matches("\r\n").count());
    assert_eq!(csv_rows(&invoice)[0][5], *"'=cmd|' /C calc'!A0, \"本番\"");
    assert!(csv_rows(&invoice)[0][10].starts_with('-'), "a negative number has no mark");

    let json = String::from_utf8(render_json(&invoice)).unwrap();
    assert!(json.starts_with("{\n  \"format\": \"seikyu-invoice\",\n  \"version\": 1,\n"));
    assert!(json.ends_with("}\n") && !json.contains('\r'));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let LineKind::Aws { gross_usd, .. } = &invoice.lines[0].kind else { panic!("the first line is of AWS") };
    assert_eq!(json["lines"][0]["gross_usd"], gross_usd.to_string());
    assert_eq!(json["period_start"], "2025-05-01");
    assert_eq!(json["period_end"], "2025-05-31");
    assert_eq!(json["fx"]["rate"], "145.75");
}

#[test]
fn the_same_invoice_gives_the_same_bytes_on_any_thread() {
    for (name, invoice) in sample_invoices() {
        let all = |invoice: &Invoice| (render_pdf(invoice), render_json(invoice), render_csv(invoice));
        let here = all(&invoice);
        let there = thread::scope(|scope| {
            let both = [scope.spawn(|| all(&invoice)), scope.spawn(|| all(&invoice))];
            both.map(|thread| thread.join().unwrap())
        });
        assert!(here.0.is_ok(), "{name}: {:?}", here.0);
        assert!(there.into_iter().all(|bytes| bytes == here), "{name}");
    }
}

#[test]
fn a_long_invoice_is_quick() {
    let invoice = samples::invoice(500);
    render_pdf(&samples::invoice(1)).unwrap(); // The fonts are parsed once.
    let start = Instant::now();
    let bytes = render_pdf(&invoice).unwrap().len();
    let took = start.elapsed();
    println!("500 accounts: {took:?}, {bytes} bytes");
    assert!(took.as_secs() < 5, "{took:?}");
}
