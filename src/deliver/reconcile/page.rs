//! The page of a project: it opens from disk and loads nothing.

use super::bilingual::{Phrase, both, escaped, item_words};
use super::page_style::STYLE;
use super::waterfall::waterfall;
use crate::invoice::Language;
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::reconcile::{Comparison, DifferenceCause, Item, Way};

/// What a page says besides the way.
pub struct PageFacts<'a> {
    /// The billing month.
    pub period: BillingPeriod,
    /// The name of the file that was compared with.
    pub against: &'a str,
    /// Its form.
    pub format: &'a str,
    /// Its SHA-256.
    pub sha256: &'a str,
    /// What it was compared with.
    pub comparison: &'a Comparison,
}

/// The page of one project, in both languages; the project's own is shown first.
pub fn reconcile_page(facts: &PageFacts<'_>, way: &Way) -> Vec<u8> {
    let project = &way.project;
    let is_english = project.language == Language::English;
    let (ja, en) = if is_english { ("", " checked") } else { (" checked", "") };
    let title = format!("{} {} {}", project.project_id, project.customer_name, facts.period);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n\
         <input type=\"radio\" name=\"lang\" id=\"ja\"{ja}><label class=\"switch\" for=\"ja\">日本語</label>\n\
         <input type=\"radio\" name=\"lang\" id=\"en\"{en}><label class=\"switch\" for=\"en\">English</label>\n<main>\n",
        if is_english { "en" } else { "ja" },
        escaped(&title),
    );
    page.push_str(&head(facts, way));
    page.push_str(&format!("<h2>{}</h2>\n", both(("コンソールから請求書まで", "From the console to the invoice"))));
    page.push_str(&waterfall(&way.items));
    page.push_str(&format!(
        "\n<p class=\"note\">{}</p>\n",
        both((
            "図の数字は最も近い円。下の表はすべての桁を示し、way.csv と同じです。始点と変動の合計が各到達点になります。",
            "Numbers in the picture are the nearest yen. The table has every digit, as way.csv does: the start and all \
             changes sum to each level.",
        ))
    ));
    page.push_str(&way_rows(&way.items));
    page.push_str(&compared_rows(facts, way));
    page.push_str("</main>\n</body>\n</html>\n");
    page.into_bytes()
}

fn head(facts: &PageFacts<'_>, way: &Way) -> String {
    let project = &way.project;
    let unexplained = facts.comparison.unexplained().count();
    let state = if unexplained == 0 {
        format!(
            "<p>{}</p>\n",
            both(("ファイル全体で原因不明の差はありません。", "Every difference of the file is explained."))
        )
    } else {
        format!(
            "<p class=\"bad\">{} ({unexplained})</p>\n",
            both(("ファイルに原因不明の差があります", "Some differences of the file are unexplained"))
        )
    };
    format!(
        "<h1>{} {} {}</h1>\n<p><span class=\"mark\">{}</span></p>\n\
         <p class=\"note\">{} {} ({}), SHA-256 <code>{}</code><br>{} <span id=\"rate\">{}</span>, {} {}</p>\n{state}",
        both(("突合", "Reconciliation")),
        escaped(&project.customer_name),
        escaped(&format!("{} {}", project.project_id, facts.period)),
        both(("社内用: お客様に渡さないこと", "For the reseller only: not for customers")),
        both(("比較したファイル", "Compared with")),
        escaped(facts.against),
        escaped(facts.format),
        escaped(facts.sha256),
        both(("1ドルの円換算レート", "Yen for one dollar")),
        way.rate,
        both(("請求書の状態", "state of the invoice")),
        escaped(&project.status),
    )
}

fn way_rows(items: &[Item]) -> String {
    let mut out = format!(
        "<div class=\"scroll\"><table id=\"way\"><thead><tr><th>#</th><th>{}</th><th class=\"n\">USD</th>\
         <th class=\"n\">JPY</th></tr></thead>\n<tbody>\n",
        both(("項目", "Item"))
    );
    for (place, item) in items.iter().enumerate() {
        let detail = if item.detail.is_empty() { String::new() } else { format!(": {}", escaped(&item.detail)) };
        out.push_str(&format!(
            "<tr class=\"{}\" data-item=\"{}\"><td>{}</td><td>{}{detail}</td><td class=\"n usd\">{}</td>\
             <td class=\"n jpy\">{}</td></tr>\n",
            item.kind.name(),
            item.name,
            place + 1,
            both(item_words(item.name)),
            item.usd.map(|usd| usd.to_string()).unwrap_or_default(),
            item.jpy,
        ));
    }
    out.push_str("</tbody></table></div>\n");
    out
}

/// The figures of the project's accounts; a file without accounts has none.
fn compared_rows(facts: &PageFacts<'_>, way: &Way) -> String {
    let heading = both(("アカウントとサービスごとの比較", "By account and service"));
    if !facts.comparison.dimension.has_accounts() {
        let words: Phrase = (
            "比較したファイルはアカウントを区別しないため、このプロジェクトの分は分かりません。全体の比較は reconcile.csv にあります。",
            "The file does not tell accounts apart, so nothing of it can be said for this project; reconcile.csv has the \
             whole comparison.",
        );
        return format!("<h2>{heading}</h2>\n<p class=\"note\">{}</p>\n", both(words));
    }
    let mut out = format!(
        "<h2>{heading}</h2>\n<div class=\"scroll\"><table id=\"compared\"><thead><tr><th>{}</th><th>{}</th>\
         <th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th>{}</th></tr></thead>\n<tbody>\n",
        both(("アカウント", "Account")),
        both(("サービス", "Service")),
        both(("当方 USD", "Ours USD")),
        both(("コンソール USD", "Console USD")),
        both(("差 USD", "Difference USD")),
        both(("原因", "Cause")),
    );
    for row in facts.comparison.rows.iter().filter(|row| way.project.accounts.contains(&row.key.account_id)) {
        let cause = |(cause, amount): (&DifferenceCause, &Usd)| {
            let class = if *cause == DifferenceCause::Unexplained { " class=\"bad\"" } else { "" };
            format!("<span{class}>{} {amount}</span>", both(item_words(cause.name())))
        };
        let causes: Vec<String> = row.causes.iter().map(cause).collect();
        out.push_str(&format!(
            "<tr><td class=\"account\">{}</td><td class=\"service\">{}</td><td class=\"n ours\">{}</td>\
             <td class=\"n theirs\">{}</td><td class=\"n difference\">{}</td><td>{}</td></tr>\n",
            escaped(&row.key.account_id),
            escaped(&row.key.service),
            row.ours,
            row.theirs,
            row.difference(),
            causes.join("<br>"),
        ));
    }
    out.push_str("</tbody></table></div>\n");
    out
}
