//! Text cells of files for people.

use std::borrow::Cow;

/// Puts `'` before text that a spreadsheet would take for a formula.
///
/// For text only: a negative number stays a number.
///
/// ```
/// # use seikyu::deliver::guard;
/// assert_eq!(guard("=1+1"), "'=1+1");
/// assert_eq!(guard("見本物産"), "見本物産");
/// ```
pub fn guard(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_never_begins_a_formula() {
        #[rustfmt::skip] // A table reads best as a table.
        let cases = [
            ("",                 ""),
            ("A01 株式会社",      "A01 株式会社"),
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+81-3-0000-0000",  "'+81-3-0000-0000"),
            ("-1",               "'-1"),
            ("@SUM(A1)",         "'@SUM(A1)"),
            ("\t=1",             "'\t=1"),
            ("\r=1",             "'\r=1"),
            ("'=1",              "'=1"),   // Already text.
            ("a=1",              "a=1"),
            ("\u{FF1D}1",         "\u{FF1D}1"), // Full width: no formula.
            (" =1",              " =1"),   // A blank before it makes it text.
        ];
        for (text, expected) in cases {
            assert_eq!(guard(text), expected, "{text:?}");
        }
    }
}
