use std::collections::{BTreeMap, BTreeSet};

use super::{PageFacts, reconcile_page};
use crate::invoice::Language;
use crate::money::{FxRate, Usd, Yen};
use crate::reconcile::{
    AwsLine, Comparison, ConsoleFile, Dimension, FeeLine, Figure, Key, OwnRow, ProjectMonth, compare, walk,
};
use crate::reference::shipped_console_services;
use crate::testing::{A, PAYER, may, usd};
use crate::usage::LineType;

const HOSTILE: &str = "<b>\"&'";

fn page(language: Language, dimension: Dimension) -> String {
    let own = [OwnRow {
        payer_id: PAYER.to_owned(),
        account_id: A.to_owned(),
        invoice_id: String::new(),
        is_marketplace: false,
        line_type: LineType::Usage,
        product_code: HOSTILE.to_owned(),
        service_code: String::new(),
        usage_type: String::new(),
        product_name: String::new(),
        amount: usd("10"),
        rows: 1,
    }];
    let key = Key { account_id: A.to_owned(), service: HOSTILE.to_owned(), ..Key::default() };
    let key = if dimension.has_accounts() { key } else { Key::default() };
    let figures = vec![Figure { key, amount: usd("9"), tax: None, printed: 1, own_rounding: Usd::ZERO }];
    let (format, rounding) = ("plain table", usd("0.005"));
    let file = ConsoleFile { format, dimension, figures, rounding, payers: BTreeSet::new(), notes: Vec::new() };
    let comparison: Comparison = compare(&own, &file, &shipped_console_services());
    let rate = FxRate::parse("100").unwrap();
    let amounts = ["aws_unblended", "list_total", "net_total"].map(|cause| (cause.to_owned(), usd("10")));
    let project = ProjectMonth {
        project_id: String::from("P-1"),
        customer_name: HOSTILE.to_owned(),
        language,
        status: String::from("draft"),
        accounts: [A.to_owned()].into(),
        bridge: BTreeMap::<String, Usd>::from(amounts),
        aws_lines: vec![AwsLine { account_id: A.to_owned(), net_usd: usd("10"), rate, net_jpy: Yen::new(1_000) }],
        fees: vec![FeeLine { is_adjustment: false, description: HOSTILE.to_owned(), net_jpy: Yen::new(-500) }],
        subtotal: Yen::new(500),
        tax: Yen::new(50),
        total: Yen::new(550),
    };
    let way = walk(project, rate, &comparison, &own, &[]).unwrap();
    let facts =
        PageFacts { period: may(), against: HOSTILE, format: "plain table", sha256: "00", comparison: &comparison };
    String::from_utf8(reconcile_page(&facts, &way)).unwrap()
}

#[test]
fn text_of_others_stays_text() {
    let page = page(Language::Japanese, Dimension::AccountAndService);
    assert!(!page.contains("<b>") && page.contains("&lt;b&gt;&quot;&amp;&#39;"));
    // Customer (title and heading), file, fee (table and two labels), product.
    assert_eq!(page.matches("&lt;b&gt;&quot;&amp;&#39;").count(), 7, "{page}");
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let page = page(Language::Japanese, Dimension::AccountAndService);
    for barred in ["http:", "https:", "<script", "url(", "@import", "<img", " src="] {
        assert!(!page.contains(barred), "{barred}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_language_of_the_project_is_shown_first() {
    let japanese = page(Language::Japanese, Dimension::AccountAndService);
    assert!(japanese.contains("<html lang=\"ja\">") && japanese.contains("id=\"ja\" checked"));
    let english = page(Language::English, Dimension::AccountAndService);
    assert!(english.contains("<html lang=\"en\">") && english.contains("id=\"en\" checked"));
}

#[test]
fn a_file_without_accounts_says_nothing_of_the_project() {
    let page = page(Language::English, Dimension::Month);
    assert!(page.contains("does not tell accounts apart") && !page.contains("data-item=\"console\""));
}

#[test]
fn bars_go_down_below_and_up_above() {
    let page = page(Language::English, Dimension::AccountAndService);
    // Console 900 yen, 100 unexplained, AWS 1,000, list and net 1,000, lines 1,000, fee -500, 500, tax 50, 550.
    for (class, count) in [("level", 7), ("up", 2), ("down", 1)] {
        assert_eq!(page.matches(&format!("<rect class=\"{class}\"")).count(), count, "{class}");
    }
    assert!(page.contains(">+100<") && page.contains(">-500<") && page.contains(">1,000<"));
}
