//! A project's folder: its id, made safe as a file name.

/// The name of a folder for a project. Distinct ids have distinct names.
///
/// Letters, digits, `_`, `-` and inner dots stand as they are; everything else, a leading dot included,
/// is written as `%` and the hexadecimal of its UTF-8 bytes.
pub fn folder_name(project_id: &str) -> String {
    let mut name = String::new();
    for (place, letter) in project_id.char_indices() {
        let is_plain = letter.is_alphanumeric() || matches!(letter, '_' | '-') || (letter == '.' && place > 0);
        if is_plain {
            name.push(letter);
        } else {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                name.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::folder_name;

    #[test]
    fn no_project_id_leaves_the_folder() {
        #[rustfmt::skip]
        let cases = [
            ("P-0001",     "P-0001"),
            ("営業部_1.2",  "営業部_1.2"),
            ("..",         "%2E."),
            ("../../etc",  "%2E.%2F..%2Fetc"),
            ("a/b\\c",     "a%2Fb%5Cc"),
            ("a%2Fb",      "a%252Fb"), // No two ids share a folder.
            ("C:",         "C%3A"),
            ("a\0b",       "a%00b"),
        ];
        for (id, name) in cases {
            assert_eq!(folder_name(id), name, "{id:?}");
        }
    }
}
