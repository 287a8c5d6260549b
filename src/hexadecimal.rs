//! Bytes as hexadecimal digits: how hashes are told.

/// Two lower-case digits a byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::hexadecimal;

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hexadecimal(&[0, 1, 0xab, 0xff]), "0001abff");
        assert_eq!(hexadecimal(&[]), "");
    }
}
