use super::csv_index::FieldIndex;
use super::csv_records::{Scan, scan_record};
use super::test_support::{TestFolder, TestRow, csv, csv_of, gzip, manifest};
use super::*;
use proptest::prelude::*;

mod deliveries;
mod executions;
mod stores;
mod streams;

#[test]
fn a_column_has_one_name_in_all_formats() {
    #[rustfmt::skip]
    let cases = [
        ("lineItem/UsageAmount",                  "line_item_usage_amount"),
        ("line_item_usage_amount",                "line_item_usage_amount"),
        ("savingsPlan/SavingsPlanARN",            "savings_plan_savings_plan_a_r_n"),
        ("product/SKU",                           "product_s_k_u"),
        ("resourceTags/user:Name",                "resource_tags_user_name"),
        ("resourceTags/user:name",                "resource_tags_user_name"),
        ("resourceTags/user:部門",                "resource_tags_user"),
        ("costCategory/Charge type",              "cost_category_charge_type"),
        ("pricing/publicOnDemandCost",            "pricing_public_on_demand_cost"),
    ];
    for (header, expected) in cases {
        assert_eq!(canonical_name(header), expected);
    }
    for column in Column::ALL {
        assert_eq!(Column::of_canonical(&canonical_name(column.name())), Some(column));
    }
    let arn = Some(Column::SavingsPlanArn);
    assert_eq!(Column::of_canonical(&canonical_name("savingsPlan/SavingsPlanArn")), arn);
    assert_eq!(Column::of_canonical("savings_plan_savings_plan_arn"), arn);
    assert_eq!(Column::of_canonical("product_s_k_u"), Some(Column::Sku));
}

/// The fields of every record by a reader that looks at one byte at a time.
fn slow_records(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
}

/// Compares the index of a text with the scan of its records. Returns how many it knows, and whether it knows all.
fn indexed_like_scanned(text: &[u8]) -> (usize, bool) {
    let mut index = FieldIndex::default();
    index.read(b"\"another\"\",\n"); // What it said of another text is forgotten.
    index.read(text);
    let (mut start, mut ends) = (0, Vec::new());
    for place in 0..index.len() {
        let scan = scan_record(&text[start..], 0, false, &mut ends);
        let (found, next) = index.record(place);
        let found: Vec<u32> = found.iter().map(|end| end - start as u32).collect();
        assert_eq!((Scan::Record(next - start), &found), (scan, &ends), "record {place}");
        start = next;
    }
    if index.is_whole() {
        assert_eq!(scan_record(text, start, false, &mut ends), Scan::Incomplete, "what is left is no whole record");
    }
    (index.len(), index.is_whole())
}

proptest! {
    #[test]
    fn fields_are_those_of_a_plain_reader(
        records in prop::collection::vec(prop::collection::vec("[a-c,\"\n\r 請]{0,12}", 2..9), 1..9),
        with_return in any::<bool>(),
    ) {
        let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
        let plain = |field: &String| if field.contains([',', '"', '\n', '\r']) { quote(field) } else { field.clone() };
        let end = if with_return { "\r\n" } else { "\n" };
        let lines: Vec<String> =
            records.iter().map(|record| record.iter().map(plain).collect::<Vec<_>>().join(",") + end).collect();
        let text = lines.concat().into_bytes();
        let mut found = Vec::new();
        let (mut start, mut ends) = (0, Vec::new());
        while start < text.len() {
            let Scan::Record(next) = scan_record(&text, start, true, &mut ends) else { panic!("no record") };
            let mut fields = Vec::new();
            let mut from = start;
            for &end in &ends {
                let end = end as usize;
                let field = std::str::from_utf8(&text[from..end]).unwrap();
                let inner = field.strip_prefix('"').and_then(|field| field.strip_suffix('"'));
                fields.push(inner.map_or(field.to_owned(), |inner| inner.replace("\"\"", "\"")).into_bytes());
                from = end + 1;
            }
            found.push(fields);
            start = next;
        }
        prop_assert_eq!(&found, &slow_records(&text));
        prop_assert_eq!(indexed_like_scanned(&text), (found.len(), true));
    }

    /// Sound records in which some bytes are others.
    #[test]
    fn the_index_stops_at_the_first_odd_quote(
        fields in prop::collection::vec("[a-c,\"\r ]{0,9}", 20..90),
        flips in prop::collection::vec((0_usize..900, prop::sample::select(b"a,\"\n\r".to_vec())), 0..3),
    ) {
        let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
        let lines = fields.chunks(5).map(|record| record.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
        let mut text = lines.collect::<String>().into_bytes();
        for (place, byte) in flips {
            let length = text.len();
            text[place % length] = byte;
        }
        indexed_like_scanned(&text);
    }

    #[test]
    fn the_index_says_what_the_scan_says(
        text in prop::collection::vec(prop::sample::select(b"aaaa,,\"\n\r".to_vec()), 0..400),
    ) {
        indexed_like_scanned(&text);
    }

    #[test]
    fn a_scan_never_stops_the_program(text in prop::collection::vec(prop::sample::select(b"a,\"\n\r".to_vec()), 0..64)) {
        let mut ends = Vec::new();
        let mut start = 0;
        while start < text.len() {
            match scan_record(&text, start, true, &mut ends) {
                Scan::Record(next) | Scan::BadQuote(next) => {
                    prop_assert!(next > start);
                    start = next;
                }
                Scan::Incomplete => panic!("nothing follows"),
            }
        }
    }
}
