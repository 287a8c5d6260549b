//! The words on documents for people, in Japanese and English.

use crate::invoice::{CorrectionKind, Due, Invoice, InvoiceLine, Language, LineKind, TaxTotal, month_name};
use crate::money::{Percent, Usd, Yen};
use crate::period::{BillingPeriod, Day};
use crate::terms::{DueBase, HolidayRule};

/// The same said in Japanese and in English.
pub(super) type Phrase = (&'static str, &'static str);

/// The group a line belongs to.
pub(super) fn line_group(language: Language, line: &InvoiceLine) -> &'static str {
    match &line.kind {
        LineKind::Aws { section, .. } => language.section(*section),
        LineKind::Fee { .. } => language.pick(("手数料・オプション", "Fees and options")),
        LineKind::Adjustment { .. } => language.pick(("調整", "Adjustments")),
    }
}

/// What the document is called. A draft is not called 適格請求書, and a return of an unregistered issuer not 適格.
pub(super) fn title(invoice: &Invoice) -> &'static str {
    let kind = invoice.correction.as_ref().map(|correction| correction.kind);
    let words = match (invoice.issue.is_some(), kind) {
        (false, _) => ("請求書(下書き)", "Invoice (draft)"),
        (true, None) => ("請求書", "Invoice"),
        (true, Some(CorrectionKind::Replace)) => ("請求書(修正)", "Corrected invoice"),
        (true, Some(CorrectionKind::Return)) if invoice.issuer_is_registered => ("適格返還請求書", "Credit note"),
        (true, Some(CorrectionKind::Return)) => ("返還請求書", "Credit note"),
    };
    invoice.language().pick(words)
}

/// `2025年5月31日`, `31 May 2025`.
pub(super) fn day(language: Language, day: Day) -> String {
    let (year, month, day) = day.date();
    language.pick((format!("{year}年{month}月{day}日"), format!("{day} {} {year}", month_name(month))))
}

/// `2025年5月1日〜2025年5月31日 (UTC)`.
pub(super) fn days(language: Language, period: BillingPeriod) -> String {
    let last = Day::last_of(period);
    let first = last.plus(1 - i64::from(period.last_day()));
    let to = language.pick(("〜", " to "));
    format!("{}{to}{} (UTC)", day(language, first), day(language, last))
}

/// When it is to be paid: the day, or the rule where the day is not known yet.
pub(super) fn due(language: Language, due: &Due) -> String {
    let Some(known) = due.day else { return due_rule(language, due) };
    day(language, known)
}

fn due_rule(language: Language, due: &Due) -> String {
    let later = |months: u32| {
        language.pick(if months == 1 { ("翌月", "next month") } else { ("翌々月", "the month after next") })
    };
    let base = match due.rule.base {
        DueBase::EndOfMonth { months } => {
            language.pick((format!("{}末日", later(months)), format!("end of {}", later(months))))
        }
        DueBase::DayOfMonth { day, months } => {
            language.pick((format!("{}{day}日", later(months)), format!("day {day} of {}", later(months))))
        }
        DueBase::DaysAfterMonthEnd(days) => {
            language.pick((format!("月末締め後{days}日以内"), format!("{days} days after the end of the month")))
        }
        DueBase::DaysAfterIssue(days) => {
            language.pick((format!("発行日から{days}日以内"), format!("{days} days after issue")))
        }
    };
    let closed = language.pick(match due.rule.holiday_rule {
        HolidayRule::Next => ("(銀行休業日の場合は翌営業日)", " (next business day if banks are closed)"),
        HolidayRule::Previous => ("(銀行休業日の場合は前営業日)", " (previous business day if banks are closed)"),
        HolidayRule::None => ("", ""),
    });
    base + closed
}

/// In tables: `1,234,567円`; in English without the unit, which the head of the column names.
pub(super) fn yen(language: Language, amount: Yen) -> String {
    language.pick((sum(language, amount), amount.with_commas()))
}

/// Standing alone: `1,234,567円`, `JPY 1,234,567`.
pub(super) fn sum(language: Language, amount: Yen) -> String {
    let amount = amount.with_commas();
    language.pick((format!("{amount}円"), format!("JPY {amount}")))
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
pub(super) fn tax_bucket(language: Language, tax: &TaxTotal) -> String {
    if !tax.is_taxed {
        return untaxed(language, &tax.tax_category);
    }
    let percent = percent(tax.percent);
    let mark = language.pick(if tax.tax_category == "reduced" { ("(軽減税率)", " (reduced)") } else { ("", "") });
    language.pick((format!("{percent}対象{mark}"), format!("Taxed at {percent}{mark}")))
}

/// The tax mark of a line: `10%`, `8%※` where reduced, `対象外`.
pub(super) fn line_tax(language: Language, invoice: &Invoice, line: &InvoiceLine) -> String {
    match invoice.taxes.iter().find(|tax| tax.tax_category == line.tax_category) {
        Some(tax) if tax.is_taxed && tax.tax_category == "reduced" => format!("{}※", percent(tax.percent)),
        Some(tax) if tax.is_taxed => percent(tax.percent),
        _ => untaxed(language, &line.tax_category),
    }
}

fn untaxed(language: Language, category: &str) -> String {
    let words = match category {
        "out_of_scope" => ("対象外", "Out of scope"),
        "foreign" => ("国外取引", "Outside Japan"),
        "exempt" => ("非課税", "Exempt"),
        "export" | "export_free" | "zero_rated" => ("輸出免税", "Export"),
        "" => ("未定", "Undecided"),
        other => return other.to_owned(),
    };
    language.pick(words).to_owned()
}

/// How it is paid.
pub(super) fn payment(language: Language, payment: &str) -> &str {
    language.pick(match payment {
        "bank_transfer" => ("銀行振込", "Bank transfer"),
        "invoice" => ("請求書払い(銀行振込)", "On invoice (bank transfer)"),
        "credit_card" => ("クレジットカード決済", "Credit card"),
        "voucher" => ("バウチャーより充当", "From voucher"),
        other => (other, other),
    })
}

/// A hold's reason in words; its name where it is a new one.
pub(super) fn hold_reason(language: Language, reason: &str) -> &str {
    language.pick(match reason {
        "unknown_line_type" => ("未知の明細種別", "Unknown line type"),
        "unknown_account" => ("契約のないアカウント", "Account without a contract"),
        "unresolved_owner" => ("RI・Savings Plans の所有者が不明", "Owner of a commitment not known"),
        "tiered_without_list_price" => ("段階料金の定価が不明", "Tiered price without a list"),
        "assumed_rate" => ("仮のレート・単価・税率", "Assumed rate or price"),
        "assumed_plan" => ("仮のプラン条件", "Assumed plan"),
        "not_final" => ("AWS の請求が未確定", "AWS's bill is not final"),
        "unknown_tax_treatment" => ("税区分が未定", "Tax treatment undecided"),
        "credit_held" => ("クレジットの扱いが未定", "Credit undecided"),
        "sp_negation_unmatched" => ("Savings Plans の相殺が不一致", "Savings Plan rows do not match"),
        "list_price_suspect" => ("定価に疑義", "List price in doubt"),
        "refund_review" => ("返金の確認が必要", "Refund to be reviewed"),
        "voucher_review" => ("バウチャーの充当額の確認が必要", "Voucher draw to be reviewed"),
        other => (other, other),
    })
}
