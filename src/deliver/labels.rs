//! The Japanese words on documents for people.

use crate::invoice::{Invoice, InvoiceLine, LineKind, TaxTotal};
use crate::money::{Percent, Usd, Yen};
use crate::period::BillingPeriod;
use crate::terms::Section;

/// A group of lines in the summary.
pub(super) const FEES: &str = "手数料・オプション";

/// The section of AWS charges.
pub(super) const fn section(section: Section) -> &'static str {
    match section {
        Section::AwsUsage => "AWS利用料",
        Section::CommitmentFees => "RI・Savings Plans 料金",
        Section::Marketplace => "AWS Marketplace",
        Section::Credits => "クレジット・返金",
    }
}

/// The group a line belongs to.
pub(super) const fn line_group(line: &InvoiceLine) -> &'static str {
    match &line.kind {
        LineKind::Aws { section: part, .. } => section(*part),
        LineKind::Fee { .. } => FEES,
    }
}

/// `2025年5月`.
pub(super) fn month(period: BillingPeriod) -> String {
    format!("{}年{}月", period.year(), period.month())
}

/// `2025年5月1日〜2025年5月31日 (UTC)`.
pub(super) fn days(period: BillingPeriod) -> String {
    let month = month(period);
    format!("{month}1日〜{month}{}日 (UTC)", period.last_day())
}

/// `1,234,567円`.
pub(super) fn yen(amount: Yen) -> String {
    format!("{}円", amount.with_commas())
}

/// Dollars to the cent, half away from zero: for reference beside the yen, never calculated with.
pub(super) fn cents(amount: Usd) -> String {
    const UNITS_PER_CENT: u128 = 10_u128.pow(16);
    let cents = (amount.units().unsigned_abs() + UNITS_PER_CENT / 2) / UNITS_PER_CENT;
    let sign = if amount.units() < 0 && cents > 0 { "-" } else { "" };
    let dollars = Yen::new(i128::try_from(cents / 100).unwrap_or(i128::MAX)).with_commas();
    format!("{sign}{dollars}.{:02}", cents % 100)
}

/// `10%`, without needless zeros.
pub(super) fn percent(percent: Percent) -> String {
    let text = percent.to_string();
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}%")
}

/// What a tax bucket is called: `10%対象`, `対象外`.
pub(super) fn tax_bucket(tax: &TaxTotal) -> String {
    if tax.is_taxed {
        let mark = if tax.tax_category == "reduced" { "(軽減税率)" } else { "" };
        format!("{}対象{mark}", percent(tax.percent))
    } else {
        untaxed(&tax.tax_category)
    }
}

/// The tax mark of a line: `10%`, `8%※` where reduced, `対象外`.
pub(super) fn line_tax(invoice: &Invoice, line: &InvoiceLine) -> String {
    match invoice.taxes.iter().find(|tax| tax.tax_category == line.tax_category) {
        Some(tax) if tax.is_taxed && tax.tax_category == "reduced" => format!("{}※", percent(tax.percent)),
        Some(tax) if tax.is_taxed => percent(tax.percent),
        _ => untaxed(&line.tax_category),
    }
}

fn untaxed(category: &str) -> String {
    match category {
        "out_of_scope" => "対象外".to_owned(),
        "exempt" => "非課税".to_owned(),
        "export" | "zero_rated" => "輸出免税".to_owned(),
        "" => "未定".to_owned(),
        other => other.to_owned(),
    }
}

/// How it is paid.
pub(super) fn payment(payment: &str) -> &str {
    match payment {
        "bank_transfer" => "銀行振込",
        "invoice" => "請求書払い(銀行振込)",
        "credit_card" => "クレジットカード決済",
        "voucher" => "バウチャーより充当",
        other => other,
    }
}

/// A hold's reason in words; its name where it is a new one.
pub(super) fn hold_reason(reason: &str) -> &str {
    match reason {
        "unknown_line_type" => "未知の明細種別",
        "unknown_account" => "契約のないアカウント",
        "unresolved_owner" => "RI・Savings Plans の所有者が不明",
        "tiered_without_list_price" => "段階料金の定価が不明",
        "assumed_rate" => "仮の換算レート",
        "assumed_plan" => "仮のプラン条件",
        "not_final" => "AWS の請求が未確定",
        "unknown_tax_treatment" => "税区分が未定",
        "credit_held" => "クレジットの扱いが未定",
        "sp_negation_unmatched" => "Savings Plans の相殺が不一致",
        "list_price_suspect" => "定価に疑義",
        "refund_review" => "返金の確認が必要",
        "voucher_review" => "バウチャーの充当額の確認が必要",
        other => other,
    }
}
