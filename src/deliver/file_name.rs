//! The name of an issued document's file: date, customer, amount, number.

use unicode_normalization::UnicodeNormalization;

use crate::money::Yen;
use crate::period::Day;

/// What a name may take, in bytes: common systems end at 255, and copies get longer names.
const MOST_BYTES: usize = 120;

/// `yyyymmdd_取引先_税込金額_番号.pdf`: the three things by which such files are searched (電子帳簿保存法), and the number.
///
/// What no file system may hold is left out, the name is composed (NFC) and a long customer's name is cut.
/// For documents that have a number and a date of issue; drafts are called `invoice.pdf`.
///
/// ```
/// # use seikyu::{deliver::issued_file_name, money::Yen};
/// let name = issued_file_name("2025-06-05".parse().unwrap(), "見本物産株式会社", Yen::new(241_765), "INV-202505-000001");
/// assert_eq!(name, "20250605_見本物産株式会社_241765_INV-202505-000001.pdf");
/// ```
pub fn issued_file_name(issued: Day, customer: &str, total: Yen, number: &str) -> String {
    let date = issued.to_string().replace('-', "");
    let rest = format!("_{total}_{}.pdf", plain(number));
    let mut customer = plain(customer);
    while date.len() + 1 + customer.len() + rest.len() > MOST_BYTES && customer.pop().is_some() {}
    format!("{date}_{}{rest}", customer.trim_end())
}

fn plain(text: &str) -> String {
    let is_barred = |letter: char| letter.is_control() || r#"\/:*?"<>|"#.contains(letter);
    let text: String = text.nfc().filter(|letter| !is_barred(*letter)).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::issued_file_name;
    use crate::money::Yen;

    #[test]
    fn names_can_be_searched_and_stored_anywhere() {
        let long = "特定非営利活動法人アジア太平洋地域クラウド基盤相互運用推進協議会連合会東京本部";
        #[rustfmt::skip] // A table reads best as a table.
        let cases = [
            ("見本物産株式会社",        110_000, "INV-1", "20221031_見本物産株式会社_110000_INV-1.pdf"),
            ("𠮷野髙橋商店",            110_000, "INV-1", "20221031_𠮷野髙橋商店_110000_INV-1.pdf"),
            ("(株)国税/商事: \"東京\"\t", -35_360, "CRN/2", "20221031_(株)国税商事 東京_-35360_CRN2.pdf"),
            ("カ\u{3099}ラス工業",             0, "INV-1", "20221031_ガラス工業_0_INV-1.pdf"),
            (long,                   1_312_960, "INV-1", "20221031_特定非営利活動法人アジア太平洋地域クラウド基盤相互運用推進協議_1312960_INV-1.pdf"),
        ];
        for (customer, total, number, expected) in cases {
            let name = issued_file_name("2022-10-31".parse().unwrap(), customer, Yen::new(total), number);
            assert_eq!(name, expected);
            assert!(name.len() <= 120, "{} bytes", name.len());
        }
    }
}
