use unicode_normalization::UnicodeNormalization;

/// Whether a text is a registration number (登録番号): `T` and 13 digits of which the first is a check digit.
///
/// ```
/// use seikyu::reference::is_valid_registration_number;
/// assert!(is_valid_registration_number("T7123456789012"));
/// assert!(!is_valid_registration_number("T1234567890123")); // Its first digit should be 9.
/// ```
pub fn is_valid_registration_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('T') else { return false };
    if digits.len() != 13 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let digits: Vec<u32> = digits.bytes().map(|byte| u32::from(byte - b'0')).collect();
    // From the right: the first digit counts once, the second twice, and so on in turn.
    let weighted = digits[1..].iter().rev().zip([1, 2].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
    digits[0] == 9 - sum % 9
}

/// As people write it (full width, hyphens, blanks, small `t`) to as it is stored.
pub(super) fn normalized(text: &str) -> String {
    let plain = text.nfkc().filter(|letter| !letter.is_whitespace() && *letter != '-');
    plain.map(|letter| letter.to_ascii_uppercase()).collect()
}
