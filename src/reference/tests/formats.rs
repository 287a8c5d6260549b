//! The shapes a file may come in, and those it may not.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Date32Array, Decimal128Array, Float64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use super::*;
use crate::terms::PriceList;

#[test]
fn columns_are_found_by_name_in_any_order_with_mark_and_line_ends_of_windows() {
    let folder = Folder::sound();
    let text = "\u{feff}rate,source,billing_period\r\n\r\n145.75,\"MURC, \"\"TTS\"\"\",2025-05\r\n";
    folder.write("rates/fx/usd_jpy_tts.csv", text);
    let workspace = folder.read().unwrap();
    assert_eq!(workspace.reference.fx_rates[&may()].source.text, "MURC, \"TTS\"");
}

#[test]
fn what_is_no_table_is_refused() {
    let file = "rates/fx/usd_jpy_tts.csv";
    #[rustfmt::skip]
    let cases: [(&[u8], &[&str]); 9] = [
        (b"billing_period,rate,source,note\n2025-05,145.75,x,\n",   &["the file | header \"note\" | an unknown column"]),
        (b"billing_period,rate,source,rate\n2025-05,145.75,x,1\n",  &["the file | rate | the column twice"]),
        (b"billing_period,rate\n2025-05,145.75\n",                  &["the file | source | no such column"]),
        (b"Billing_period,rate,source\n",                           &["the file | header \"Billing_period\" | an unknown column", "the file | billing_period | no such column"]),
        (b"",                                                       &["the file | billing_period | no such column", "the file | rate | no such column", "the file | source | no such column"]),
        (b"billing_period,rate,source\n2025-05,145.75,\x82\xa0\n",  &["line 2 |  | byte 0x82, which is not UTF-8"]),
        (b"billing_period,rate,source\n2025-05,145.75,\"x\n2025-06,1,x\n", &["line 2 |  | a quote that is never closed"]),
        (b"billing_period,rate,source\n2025-05,145.75,x\"y\n",      &["line 2 |  | a quote inside a cell without quotes"]),
        (b"billing_period,rate,source\n2025-05,\"145\".75,x\n",     &["line 2 |  | text after a closing quote"]),
    ];
    for (text, expected) in cases {
        let folder = Folder::sound();
        folder.write(file, text);
        let expected: Vec<String> = expected.iter().map(|fault| format!("{file} | {fault}")).collect();
        assert_eq!(folder.faults(), expected, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn rows_and_lines_are_counted_across_quoted_line_ends_and_blank_lines() {
    let folder = Folder::sound();
    let text = format!("{FX}2025-05,145.75,\"two\nlines\"\n\n\n2025-06,x,y\n");
    folder.write("rates/fx/usd_jpy_tts.csv", text);
    assert_eq!(folder.faults(), ["rates/fx/usd_jpy_tts.csv | row 2 (line 6) | rate | \"x\""]);
}

const ROWS: &str = "S,10,Inf,0.0000166667,GB,2025-05-15,,x\nS,0,10,0.5,GB,2025-05-15,,x\nS,0,Inf,0.5,GB,2025-01-01,,x\n\
                    S,0,Inf,0.50,GB,2025-03-01,,y\nO,0,100,0,GB,2025-01-01,S;T,x\nO,0,100,0,GB,2025-01-01,T;S,z\n";

fn list_of(folder: &Folder) -> PriceList {
    folder.read().unwrap_or_else(|error| panic!("{error}")).reference.price_list
}

#[test]
fn ladders_are_put_together_and_equal_versions_are_one() {
    let folder = Folder::sound();
    folder.write("rates/list_prices/b.csv", format!("{PRICES}{ROWS}"));
    folder.write("rates/list_prices/c.CSV", format!("{PRICES}S,0,Inf,0.5,GB,2025-01-01,,again\n"));
    folder.write("rates/list_prices/README.md", "notes");
    let list = list_of(&folder);
    let starts: Vec<String> = list.versions["S"].iter().map(|version| version.effective_from.to_string()).collect();
    assert_eq!(starts, ["2025-01-01T00:00:00Z", "2025-05-15T00:00:00Z"]);
    let ranges = &list.versions["S"][1].ladder.ranges;
    assert_eq!(ranges[1].price, UnitPrice::parse("0.0000166667").unwrap());
    assert_eq!((ranges[0].end, ranges[1].end), (Some(ranges[1].begin), None));
    assert_eq!(list.free_offers["O"].len(), 1);
    assert_eq!(list.free_offers["O"][0].applies_to, ["S", "T"]);
    let instants = list.price_instants(may());
    assert_eq!(instants.into_iter().collect::<Vec<_>>(), [(String::from("S"), vec![Instant::from_date(2025, 5, 15)])]);
    assert!(list.price_instants("2025-01".parse().unwrap()).is_empty()); // A change at the start is not inside.
}

fn write_parquet(folder: &Folder, name: &str, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    folder.write(name, bytes);
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn columns_of_text() -> Vec<(&'static str, ArrayRef)> {
    let rows: Vec<Vec<&str>> = ROWS.lines().map(|line| line.split(',').collect()).collect();
    let names = PRICES.trim_end().split(',');
    names
        .enumerate()
        .map(|(place, name)| (name, texts(&rows.iter().map(|row| row[place]).collect::<Vec<_>>())))
        .collect()
}

#[test]
fn parquet_says_the_same_as_csv() {
    let csv = Folder::sound();
    csv.write("rates/list_prices/b.csv", format!("{PRICES}{ROWS}"));
    let expected = format!("{:?}", list_of(&csv));

    let folder = Folder::sound();
    write_parquet(&folder, "rates/list_prices/b.parquet", columns_of_text());
    assert_eq!(format!("{:?}", list_of(&folder)), expected);

    // The same with typed columns: doubles by their shortest text, decimals, dates.
    let days = |date: &str| {
        i32::try_from(crate::period::parse_instant(format!("{date}T00:00:00Z").as_bytes()).unwrap().seconds() / 86_400)
            .unwrap()
    };
    let mut columns = columns_of_text();
    let doubles: Float64Array = vec![0.000_016_666_7, 0.5, 0.5, 0.5, 0.0, 0.0].into();
    let ends: Float64Array = vec![f64::INFINITY, 10.0, f64::INFINITY, f64::INFINITY, 100.0, 100.0].into();
    let begins = Decimal128Array::from(vec![1000_i128, 0, 0, 0, 0, 0]).with_precision_and_scale(10, 2).unwrap();
    let dates: Date32Array =
        ["2025-05-15", "2025-05-15", "2025-01-01", "2025-03-01", "2025-01-01", "2025-01-01"].map(days).to_vec().into();
    for (name, column) in &mut columns {
        match *name {
            "price_per_unit" => *column = Arc::new(doubles.clone()),
            "end_range" => *column = Arc::new(ends.clone()),
            "begin_range" => *column = Arc::new(begins.clone()),
            "effective_from" => *column = Arc::new(dates.clone()),
            _ => assert!(!column.is_empty()),
        }
    }
    write_parquet(&folder, "rates/list_prices/b.parquet", columns);
    assert_eq!(format!("{:?}", list_of(&folder)), expected);
}

#[test]
fn broken_parquet_is_refused() {
    let folder = Folder::sound();
    write_parquet(&folder, "rates/list_prices/b.parquet", columns_of_text());
    let whole = fs::read(folder.dir.join("rates/list_prices/b.parquet")).unwrap();
    for size in [0, 4, whole.len() / 2, whole.len() - 1] {
        folder.write("rates/list_prices/b.parquet", &whole[..size]);
        let faults = folder.faults();
        assert!(faults[0].starts_with("rates/list_prices/b.parquet | the file |  | "), "{faults:?}");
    }
    write_parquet(&folder, "rates/list_prices/b.parquet", columns_of_text()[1..].to_vec());
    assert_eq!(folder.faults(), ["rates/list_prices/b.parquet | the file | sku | no such column"]);
    let mut columns = columns_of_text();
    columns[3].1 = texts(&["0.1", "0.5", "0.5", "0.5", "0", "x"]);
    write_parquet(&folder, "rates/list_prices/b.parquet", columns);
    assert_eq!(folder.faults(), ["rates/list_prices/b.parquet | row 6 | price_per_unit | \"x\""]);
}

#[test]
fn row_lists_can_be_replaced_and_words_are_whole() {
    let folder = Folder::sound();
    let lists = folder.read().unwrap().reference.row_lists;
    #[rustfmt::skip]
    let cases = [
        ("SPP discount true-up",             true),
        ("edp",                              true),
        ("solution \t provider refund",      true),
        ("SPPの返金",                        true), // Japanese is written without blanks.
        ("SPPX",                             false),
        ("Redistributor",                    false),
        ("Refund of a billing error",        false),
        ("Private\u{a0}Pricing",             true),
    ];
    for (text, expected) in cases {
        assert_eq!(lists.names_private_discount(text), expected, "{text}");
    }
    assert!(lists.is_support("AWSDeveloperSupport") && lists.is_support("OCBPremiumSupport"));
    assert!(!lists.is_support("AmazonEC2") && !lists.is_support("MyAWSSupport"));
    let sources: Vec<&str> = lists.bundled_sources.iter().map(|source| source.source_product_code.as_str()).collect();
    assert_eq!(sources, ["AWSShield", "AWSNetworkFirewall", "AmazonIVS"]);
    assert!(lists.bundled_sources[1].usage_type.is_match("APN1-NatGateway-Hours"));

    folder.write("rates/row_lists/private_refund_words.csv", "words,source\nGift,contract\n");
    let lists = folder.read().unwrap().reference.row_lists;
    assert!(lists.names_private_discount("a gift") && !lists.names_private_discount("SPP"));
    assert!(lists.is_support("AWSSupportBusiness"));
}
