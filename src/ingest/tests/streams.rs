//! What is read from a file, whatever it is packed in.

use std::io::Write;

use super::*;

/// Collects the descriptions and costs of the rows.
#[derive(Default)]
struct Collected(Vec<(String, String)>);

impl RowSink for Collected {
    fn take(&mut self, row: &Row<'_>, _faults: &mut FaultList) {
        let text = |column| String::from_utf8_lossy(row.text(column)).into_owned();
        self.0.push((text(Column::LineItemDescription), text(Column::UnblendedCost)));
    }
}

/// The rows of a file, with and without a second thread, or its faults.
fn read(name: &str, content: &[u8], limits: &Limits) -> Result<Vec<(String, String)>, String> {
    let folder = TestFolder::new();
    folder.write(name, content);
    let plan = find_reports(folder.path(), "2025-05".parse().unwrap(), &[]).unwrap();
    let [alone, aside] = [false, true].map(|with_second_thread| {
        let (mut rows, mut faults) = (Collected::default(), FaultList::new(name));
        let seal = read_report(&plan.files[0], limits, &Silent, with_second_thread, &mut rows, &mut faults).unwrap();
        let (faults, _) = faults.into_parts();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        if told.is_empty() {
            assert_eq!((seal.bytes, seal.rows), (content.len() as u64, rows.0.len() as u64));
            Ok(rows.0)
        } else {
            Err(told.join("\n"))
        }
    });
    assert_eq!(alone, aside);
    alone
}

fn many_rows(count: usize) -> Vec<TestRow> {
    let row = |place: usize| {
        let description = format!("row \"{place}\", 東京\nsecond line");
        TestRow::new().with(Column::LineItemDescription, &description).with(Column::UnblendedCost, &format!("{place}"))
    };
    (0..count).map(row).collect()
}

#[test]
fn gzip_is_read_whole_or_refused() {
    let text = csv(&many_rows(4_000));
    let half = text.len() / 2;
    let good = gzip(&text);
    let two = [gzip(&text[..half]), gzip(&text[half..])].concat();
    let mut wrong_sum = good.clone();
    let sum_place = good.len() - 8;
    wrong_sum[sum_place] ^= 1;
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    let cut = |bytes: usize| good[..bytes].to_vec();
    #[rustfmt::skip]
    let cases = [
        ("good",                good.clone(),              true),
        ("two members",         two,                       true), // A reader of one member loses the rest.
        ("cut at 60 %",         cut(good.len() * 6 / 10),  false),
        ("last 8 bytes gone",   cut(good.len() - 8),       false),
        ("wrong check sum",     wrong_sum,                 false),
        ("one byte flipped",    flipped,                   false),
        ("bytes after the end", [good.as_slice(), b"more"].concat(), false),
        ("nothing",             Vec::new(),                false),
    ];
    for (case, bytes, is_good) in cases {
        let found = read("r.csv.gz", &bytes, &Limits::default());
        assert_eq!(found.as_ref().map(Vec::len).ok(), is_good.then_some(4_000), "{case}: {found:?}");
    }
}

#[test]
fn a_field_may_lie_across_pieces_of_the_stream() {
    let rows = many_rows(9_000); // About 2 MB: eight pieces.
    let found = read("r.csv", csv(&rows).as_bytes(), &Limits::default()).unwrap();
    for (row, (description, cost)) in rows.iter().zip(&found) {
        assert_eq!((row.text(Column::LineItemDescription), row.text(Column::UnblendedCost)), (&**description, &**cost));
    }
    assert_eq!(found.len(), rows.len());
}

#[test]
fn a_bomb_is_refused_and_a_large_report_is_not() {
    let text = csv(&many_rows(4_000));
    let limits = |unpacked_bytes, unpack_ratio| Limits { unpacked_bytes, unpack_ratio, ..Limits::default() };
    assert!(read("r.csv.gz", &gzip(&text), &limits(1_000, 2)).unwrap_err().contains("bomb"));
    assert!(read("r.csv.gz", &gzip(&text), &limits(1_000, 1_100)).is_ok());
    assert!(read("r.csv.gz", &gzip(&text), &limits(1 << 30, 2)).is_ok());
}

fn zip_of(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn zip_entries_are_read_one_after_the_other() {
    let text = csv(&many_rows(2_000));
    let two = zip_of(&[("a.csv", &text), ("b/c.csv", &csv(&many_rows(3)))]);
    assert_eq!(read("r.zip", &two, &Limits::default()).unwrap().len(), 2_003);
    let mut flipped = zip_of(&[("a.csv", &text)]);
    let place = flipped.len() / 3;
    flipped[place] ^= 4;
    #[rustfmt::skip]
    let cases = [
        (zip_of(&[("../a.csv", &text)]),  "is no plain CSV entry"),
        (zip_of(&[("a.txt", &text)]),     "is no plain CSV entry"),
        (zip_of(&[]),                     "no CSV entry"),
        (flipped,                         "is damaged"),
        (two[..two.len() / 2].to_vec(),   "is damaged"),
    ];
    for (bytes, expected) in cases {
        let error = read("r.zip", &bytes, &Limits::default()).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn headers_are_found_by_name_or_refused() {
    let rows = many_rows(2);
    let names: Vec<String> = Column::ALL.iter().map(|column| canonical_name(column.name())).collect();
    let snake: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = csv_of(&snake, &Column::ALL, &rows);
    let legacy = csv(&rows);
    let needed: Vec<Column> = Column::ALL.into_iter().filter(|column| column.is_needed()).collect();
    let few: Vec<&str> = needed.iter().map(|column| column.name()).collect();
    let without_sku = &needed[..needed.len() - 1];
    #[rustfmt::skip]
    let cases = [
        (text.clone(),                                                 None),
        (text.replace("savings_plan_savings_plan_a_r_n", "savings_plan_savings_plan_arn"), None),
        (format!("\u{feff}{legacy}"),                                  None),
        (legacy.replace('\n', "\r\n").replace("\r\nsecond", "\nsecond"), None),
        (format!("{legacy}\n\n"),                                      None), // Blank lines at the end are no rows.
        (csv_of(&few, &needed, &rows),                                 None),
        (csv_of(&few[..few.len() - 1], without_sku, &rows),            Some("product/sku: is not in the header")),
        (legacy.replacen("bill/InvoiceId", "bill/BillType", 1),        Some("bill/BillType: stands twice")),
        (legacy.replacen("bill/InvoiceId", "bill_bill_type", 1),       Some("are the same column")),
        (String::new(),                                                Some("has no header")),
        (legacy.replacen("\n", "\n\n", 1),                             Some("row 1: \"0\" fields in the row")),
        (legacy.replacen("row", "row\0", 1),                           Some("NUL byte")),
        (format!("{legacy}a,b\n"),                                     Some("row 3: \"2\" fields in the row")),
        (legacy.replacen("\"row", "\"r\"ow", 1),                       Some("row 1")),
        (format!("{legacy}\"never closed"),                            Some("breaks the quoting")),
    ];
    for (text, expected) in cases {
        let found = read("r.csv", text.as_bytes(), &Limits::default());
        match expected {
            None => assert_eq!(found.map(|rows| rows.len()), Ok(2), "{text}"),
            Some(expected) => {
                let error = found.unwrap_err();
                assert!(error.contains(expected), "{expected}: {error}");
            }
        }
    }
}

#[test]
fn a_record_without_end_is_refused() {
    let text = csv(&many_rows(1)) + "\"" + &"a".repeat(400_000);
    let limits = Limits { record_bytes: 100_000, ..Limits::default() };
    assert!(read("r.csv", text.as_bytes(), &limits).unwrap_err().contains("longer than 100000 bytes"));
}
