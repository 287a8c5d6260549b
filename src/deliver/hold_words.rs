//! What the reasons of holds mean and what lifts them, in Japanese: a draft in Japanese says so before the program's own
//! English detail, which names the rows.

/// What was found and what to do, for each reason of a hold; nothing for a reason that has no words here yet.
///
/// The reasons are those of the contract, section 3, and `voucher_review`.
pub(super) fn in_japanese(reason: &str) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        "unknown_line_type" => {
            ("扱いの決まっていない種別の明細があります。", "明細の扱いを決めてから再実行してください。")
        }
        "unknown_account" => {
            ("この月に契約のないアカウントの明細があります。", "accounts.csv にアカウントを追加してください。")
        }
        "unresolved_owner" => (
            "RI・Savings Plans の所有者を特定できません。",
            "所有者を accounts.csv に登録するか、レポートを取り直してください。",
        ),
        "tiered_without_list_price" => (
            "段階料金の商品ですが、定価表に価格がありません。",
            "rates/list_prices に段階ごとの価格を追加してください。",
        ),
        "assumed_rate" => {
            ("出典が確認されていないレート・単価・税率を使っています。", "値を確認し、出典を記入してください。")
        }
        "assumed_plan" => (
            "確認されていないプランの割引率・単価を使っています。",
            "値を確認し、プランのファイルに confirmed を記入してください。",
        ),
        "not_final" => ("AWS の請求が確定していません。", "確定後のレポートを取得し、再実行してください。"),
        "unknown_tax_treatment" => {
            ("消費税の区分が決まっていない明細があります。", "tax_treatments.csv で区分を決めてください。")
        }
        "credit_held" => ("クレジットを誰に帰属させるか決まっていません。", "credits.csv で決めてください。"),
        "sp_negation_unmatched" => (
            "Savings Plans の対象利用と相殺の明細が一致しません。",
            "レポートを取り直し、解消しない場合は AWS に確認してください。",
        ),
        "list_price_suspect" => {
            ("定価と AWS の価格に疑わしい差があります。", "定価表の版・リージョン・単位を確認してください。")
        }
        "refund_review" => {
            ("返金に適用すべき割引を判断できません。", "元の明細を確認し、credits.csv で決めてください。")
        }
        "voucher_review" => (
            "記録されたバウチャーの充当額が、この下書きと一致しません。",
            "vouchers.csv の充当記録を確認してください。",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use regex::Regex;

    use super::in_japanese;
    use crate::deliver::labels::hold_reason;
    use crate::invoice::Language;

    /// Every reason that the stages give, as it stands in their source.
    fn reasons() -> BTreeSet<String> {
        let given = Regex::new(r#"(?s)(?:reason: |\.hold\([^;"]*?)"([a-z_]+)""#).unwrap();
        let mut found = BTreeSet::new();
        for stage in ["alone", "discount", "convert", "invoice"] {
            for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(stage)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    found.extend(given.captures_iter(&text).map(|capture| capture[1].to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn every_reason_has_words_in_both_languages() {
        let reasons = reasons();
        assert_eq!(reasons.len(), 13, "{reasons:?}"); // The twelve of the contract, and voucher_review.
        let is_kanji = |letter: char| ('\u{4E00}'..='\u{9FFF}').contains(&letter);
        for reason in &reasons {
            assert!(hold_reason(Language::Japanese, reason).contains(is_kanji), "{reason} has no Japanese label");
            assert_ne!(hold_reason(Language::English, reason), reason, "{reason} has no English label");
            let (found, to_do) = in_japanese(reason).unwrap_or_else(|| panic!("{reason} has no Japanese sentence"));
            assert!(found.ends_with('。') && to_do.ends_with("ください。"), "{reason}");
        }
        assert_eq!(in_japanese("new_reason"), None);
    }
}
