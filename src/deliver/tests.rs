//! What all three documents of an invoice promise.

use std::env;
use std::fs;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use rayon::prelude::*;

use super::samples::{self, sample_invoices};
use super::{DeliverError, hold_words, labels, render_csv, render_files, render_json};
use crate::invoice::{Invoice, Language, LineKind};
use crate::money::Yen;

/// The PDF of an invoice.
pub(super) fn render_pdf(invoice: &Invoice) -> Result<Vec<u8>, DeliverError> {
    render_files(invoice).map(|files| files.pdf)
}

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
        let is_asked = invoice.payment == "bank_transfer" && invoice.total_jpy >= Yen::ZERO;
        assert_eq!(whole.contains("0012345"), is_asked, "{name}: 振込先");
    }
}

/// The items of invoice_jp.md 1.1 as far as a draft has them, every amount, and what people ask about.
fn expected_texts(invoice: &Invoice) -> Vec<String> {
    let language = invoice.language();
    let yen = |amount| labels::yen(language, amount);
    let project = &invoice.project;
    let mut texts = match language {
        Language::Japanese => vec![
            "請求書(下書き)".to_owned(),
            format!("{} 御中", project.customer_name),
            "2025年5月1日〜2025年5月31日 (UTC)".to_owned(),
            if invoice.total_jpy < Yen::ZERO {
                format!("ご返金額(税込){}", yen(Yen::ZERO - invoice.total_jpy))
            } else {
                format!("ご請求金額(税込){}", yen(invoice.total_jpy))
            },
            format!("合計(税込){}", yen(invoice.total_jpy)),
            format!("小計(税抜){}", yen(invoice.subtotal_jpy)),
        ],
        Language::English => vec![
            "Invoice (draft)".to_owned(),
            project.customer_name.clone(),
            "1 May 2025 to 31 May 2025 (UTC)".to_owned(),
            format!("Total due incl. tax JPY {}", yen(invoice.total_jpy)),
            format!("Total incl. tax JPY {}", yen(invoice.total_jpy)),
            format!("Subtotal excl. tax JPY {}", yen(invoice.subtotal_jpy)),
        ],
    };
    texts.push(invoice.issuer.name.clone());
    let tax_name = match (language, invoice.issuer_is_registered) {
        (Language::Japanese, true) => "消費税",
        (Language::Japanese, false) => "消費税相当額",
        (Language::English, true) => "Consumption tax",
        (Language::English, false) => "Tax equivalent",
    };
    texts.push(format!("{tax_name}{}", labels::sum(language, invoice.tax_jpy)));
    if invoice.issuer_is_registered {
        texts.push(language.pick(("登録番号 T7123456789012", "Registration number T7123456789012")).to_owned());
    }
    if let Some(fx) = &invoice.fx {
        let rate = fx.rate;
        texts.push(language.pick((
            format!("1 USD = {rate} 円(2025年5月 月中平均 TTS)"),
            format!("1 USD = {rate} JPY (monthly average TTS, May 2025)"),
        )));
        texts.push(fx.source.clone());
    }
    for tax in &invoice.taxes {
        let amount = if tax.is_taxed { yen(tax.tax_jpy) } else { "―".to_owned() };
        let base = if invoice.issuer_is_registered { tax.base_jpy } else { tax.base_jpy + tax.tax_jpy };
        texts.push(format!("{}{}{amount}", labels::tax_bucket(language, tax), yen(base)));
    }
    for hold in invoice.holds.iter().filter(|hold| hold.detail.len() < 1_000) {
        texts.extend([hold.detail.clone(), hold.remedy.clone(), hold.account_id.clone()]);
        let japanese = hold_words::in_japanese(hold.reason).filter(|_| language == Language::Japanese);
        texts.extend(japanese.into_iter().flat_map(|(found, to_do)| [found.to_owned(), to_do.to_owned()]));
    }
    for line in &invoice.lines {
        let amounts = [line.gross_jpy, line.discount_jpy, line.net_jpy].map(yen).concat();
        texts.extend([line.description.clone(), amounts]);
        if let LineKind::Aws { account_id, account_name, services, .. } = &line.kind {
            texts.push(format!("No. {} {account_id} {account_name}", line.line_no));
            texts.extend(services.iter().map(|part| {
                let yen = [part.gross_jpy, part.discount_jpy, part.net_jpy].map(yen).concat();
                format!("{}{}{yen}", part.product_code, labels::cents(part.gross_usd))
            }));
        }
    }
    texts
}

#[test]
fn the_due_day_is_printed_as_planned() {
    let calendar = crate::reference::shipped_calendar();
    #[rustfmt::skip] // A table reads best as a table.
    let cases = [
        ("end_of_next_month",                "ja", "支払期限 2025年6月30日(予定)"),
        ("end_of_next_month",                "en", "Due 30 June 2025 (planned)"),
        ("days_30",                          "ja", "支払期限 発行日から30日以内(銀行休業日の場合は翌営業日)(予定)"),
        ("days_45/previous",                 "en", "Due 45 days after issue (previous business day if banks are closed) (planned)"),
        ("day_10_of_month_after_next/none",  "ja", "支払期限 2025年7月10日(予定)"),
    ];
    for (rule, code, expected) in cases {
        let mut invoice = samples::invoice(1);
        invoice.project.language = code.to_owned();
        invoice.due = Some(crate::invoice::planned_due(rule.parse().unwrap(), invoice.period, &calendar));
        let Some(text) = extracted(&render_pdf(&invoice).unwrap()) else { return };
        assert!(squeezed(&text).contains(&squeezed(expected)), "{rule}: {expected} is not in {text}");
        let json: serde_json::Value = serde_json::from_slice(&render_json(&invoice)).unwrap();
        assert_eq!(json["due"]["rule"], rule);
        assert_eq!(json["due"]["date"].is_null(), rule.starts_with("days_"), "{rule}");
    }
}

/// No Japanese is left of the program's own words; what was given stays as given.
#[test]
fn the_english_edition_is_english() {
    let mut invoice = english();
    invoice.project.customer_name = "Sample Trading Co., Ltd.".to_owned();
    invoice.project.address = "1-2-3 Toranomon, Minato-ku, Tokyo".to_owned();
    invoice.issuer.name = "Seikyu Test K.K.".to_owned();
    invoice.issuer.address = "1-1 Chiyoda, Tokyo".to_owned();
    invoice.issuer.bank = None;
    invoice.project.payment_terms = String::new();
    invoice.holds = vec![samples::hold("not_final", "", "12 rows without an invoice id", "run again")];
    invoice.fx.as_mut().unwrap().source = "MURC".to_owned();
    for line in &mut invoice.lines {
        line.description = "Fee".to_owned();
        if let LineKind::Aws { account_name, plan_name, .. } = &mut line.kind {
            (*account_name, *plan_name) = ("production".to_owned(), "Flat v2".to_owned());
        }
    }
    let is_japanese =
        |letter: char| matches!(letter, '\u{3000}'..='\u{30FA}' | '\u{30FC}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}');
    let csv = String::from_utf8(render_csv(&invoice)).unwrap();
    let pdf = extracted(&render_pdf(&invoice).unwrap()).unwrap_or_default();
    for text in [csv.trim_start_matches('\u{feff}'), &pdf] {
        let found: Vec<&str> = text.lines().filter(|line| line.contains(is_japanese)).collect();
        assert!(found.is_empty(), "{found:?}");
    }
}

fn english() -> Invoice {
    sample_invoices().into_iter().find(|(name, _)| *name == "English").expect("there is one").1
}

/// The vectors of invoice_jp.md 1.1 and 8, R4: an issuer is registered by the last day of the month, and only then is the
/// number printed.
#[test]
fn an_issuer_without_registration_gets_the_other_template() {
    for registered in [true, false] {
        let mut invoice = samples::invoice(2);
        invoice.issuer_is_registered = registered;
        let Some(text) = extracted(&render_pdf(&invoice).unwrap()) else { return };
        let text = squeezed(&text);
        assert_eq!(text.contains("T7123456789012"), registered);
        assert_eq!(text.contains("登録番号T"), registered);
        assert_eq!(text.contains("適格請求書発行事業者の登録なし"), !registered);
        assert_eq!(text.contains("適格請求書ではありません"), !registered);
        assert_eq!(text.contains("対象額(税込)うち消費税相当額"), !registered);
        let with_tax = labels::yen(Language::Japanese, invoice.taxes[0].base_jpy + invoice.taxes[0].tax_jpy);
        assert_eq!(text.contains(&format!("10%対象{with_tax}")), !registered);
    }
}

#[test]
fn every_page_is_a_draft_and_numbered() {
    for (name, invoice) in sample_invoices() {
        let language = invoice.language();
        let Some(text) = extracted(&render_pdf(&invoice).unwrap()) else { return };
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        let total =
            language.pick(("合計(税込)", "Total incl. tax")).to_owned() + &labels::sum(language, invoice.total_jpy);
        assert!(squeezed(pages[0]).contains(&squeezed(&total)), "{name}: the total stands on the first page");
        let count = pages.len();
        for (number, page) in (1..).zip(&pages) {
            let page = squeezed(page);
            assert!(page.contains(language.pick(("下書き", "DRAFT"))), "{name}, page {number}");
            let place = language.pick((format!("{number}/{count}ページ"), format!("Page{number}of{count}")));
            assert!(page.contains(&place), "{name}, page {number}: {page}");
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
fn a_voucher_invoice_tells_its_balance_and_where_to_pay_the_rest() {
    let (_, short) = samples::pictured().into_iter().find(|(name, _)| *name == "voucher").unwrap();
    let Some(text) = extracted(&render_pdf(&short).unwrap()) else { return };
    // 1,355,378 yen in all, 1,000,000 of them from the voucher.
    for told in ["充当前残高", "1,000,000円", "充当後残高", "お振込額", "355,378円", "見本銀行"] {
        assert!(squeezed(&text).contains(told), "{told} is not in {text}");
    }
    let mut covered = short;
    covered.settlement.due_jpy = crate::money::Yen::ZERO;
    let text = extracted(&render_pdf(&covered).unwrap()).unwrap();
    assert!(!text.contains("見本銀行"), "nothing is to be transferred");
}

#[test]
fn a_long_invoice_is_quick() {
    let invoice = samples::invoice(500);
    let start = Instant::now();
    let bytes = render_pdf(&invoice).unwrap().len();
    let took = start.elapsed();
    println!("500 accounts: {took:?}, {bytes} bytes");
    assert!(took.as_secs() < 5, "{took:?}");
}

/// For `docs/make_pictures.sh`, which names the folder: one PDF for each picture.
#[test]
#[ignore = "writes files; see docs/make_pictures.sh"]
fn write_the_invoices_of_the_pictures() {
    let folder = env::var_os("SEIKYU_PICTURES").expect("SEIKYU_PICTURES names a folder");
    for (name, invoice) in samples::pictured() {
        fs::write(std::path::Path::new(&folder).join(format!("{name}.pdf")), render_pdf(&invoice).unwrap()).unwrap();
    }
}

/// How long 1,000 invoices of ordinary size take, and one of 500 accounts: `-- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn a_thousand_invoices() {
    let invoices: Vec<Invoice> = (0..1_000).map(|number| samples::invoice(1 + number % 5)).collect();
    let start = Instant::now();
    let bytes: usize = invoices.par_iter().map(|invoice| render_pdf(invoice).unwrap().len()).sum();
    println!("1,000 invoices of 1 to 5 accounts: {:?}, {bytes} bytes of PDF", start.elapsed());
    let start = Instant::now();
    let bytes = render_pdf(&samples::invoice(500)).unwrap().len();
    println!("500 accounts: {:?}, {bytes} bytes", start.elapsed());
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
