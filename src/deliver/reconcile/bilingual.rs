//! Words of the page, in Japanese and English, and text that is safe inside HTML.

/// Japanese and English.
pub(super) type Phrase = (&'static str, &'static str);

/// Text as HTML shows it.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// Both languages; the switch of the page shows one of them.
pub(super) fn both((japanese, english): Phrase) -> String {
    let (japanese, english) = (escaped(japanese), escaped(english));
    format!("<span class=\"ja\" lang=\"ja\">{japanese}</span><span class=\"en\" lang=\"en\">{english}</span>")
}

/// What an item of the way or a cause is called; its name where it is a new one.
pub(super) fn item_words(name: &'static str) -> Phrase {
    match name {
        "console" => ("コンソールの金額", "Console"),
        "tax_not_shown" => ("AWS の税(コンソールに含まれない)", "AWS tax, not in the console's figures"),
        "refunds_not_shown" => ("返金(コンソールに含まれない)", "Refunds, not in the console's figures"),
        "credits_not_shown" => ("クレジット(コンソールに含まれない)", "Credits, not in the console's figures"),
        "marketplace_not_shown" => {
            ("AWS Marketplace(コンソールに含まれない)", "AWS Marketplace, not in the console's figures")
        }
        "data_transfer_apart" => ("データ転送の計上先", "Data transfer booked as its own service"),
        "rounding" => ("端数処理", "Rounding of printed figures"),
        "unexplained" => ("原因不明", "Unexplained"),
        "other_payers" => ("別の支払アカウント分", "Other payers, not in the file"),
        "aws_unblended" => ("AWS の請求額(非ブレンド)", "AWS unblended cost"),
        "foreign_ri_removed" => ("他者の RI の適用を取り消し", "Others' reservations taken out"),
        "foreign_sp_removed" => ("他者の Savings Plans の適用を取り消し", "Others' Savings Plans taken out"),
        "own_commitment_reapplied" => ("自己の RI・Savings Plans を適用し直し", "Own commitments given back"),
        "tier_rerated" => ("段階料金の計算し直し", "Tiers of the account alone"),
        "free_tier_rerated" => ("無料枠の計算し直し", "Free tier of the account alone"),
        "list_rate_difference" => ("定価との差", "Difference to list price"),
        "private_discounts_removed" => ("個別割引の取り消し", "Private discounts taken out"),
        "bundled_discounts_removed" => ("バンドル割引の取り消し", "Bundled discounts taken out"),
        "credits_removed" => ("クレジットの取り消し", "Credits taken out"),
        "refunds_removed" => ("返金の取り消し", "Refunds taken out"),
        "tax_removed" => ("AWS の税の取り消し", "AWS tax taken out"),
        "support_removed" => ("AWS サポートの取り消し", "AWS support taken out"),
        "list_total" => ("定価の合計", "List total"),
        "plan_discount" => ("プラン割引", "Plan discount"),
        "net_total" => ("割引後の合計", "Net total"),
        "yen_cut_off" => ("1円未満の切り捨て(行ごと)", "Fractions of a yen cut off, line by line"),
        "aws_lines" => ("請求書の AWS 明細行", "AWS lines of the invoice"),
        "fee" => ("手数料", "Fee"),
        "adjustment" => ("過去の請求の調整", "Adjustment of an earlier document"),
        "subtotal" => ("小計(税抜)", "Subtotal without tax"),
        "tax" => ("消費税", "Consumption tax"),
        "invoice_total" => ("請求金額(税込)", "Invoice total with tax"),
        other => (other, other),
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_stays_text() {
        #[rustfmt::skip] // A table reads best as a table.
        let cases = [
            ("見本物産 & Sons",           "見本物産 &amp; Sons"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload='x'",             "&quot; onload=&#39;x&#39;"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text), expected);
        }
    }
}
