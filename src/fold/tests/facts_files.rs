//! Facts on disk.

use super::*;

fn some_facts() -> crate::usage::Facts {
    let rows: Vec<TestRow> = (0..40)
        .map(|place| {
            let row = TestRow::new().with(Column::Sku, &format!("S{}", place % 7));
            row.with(Column::LineItemType, ["Usage", "DiscountedUsage", "Tax"][place % 3])
                .with(Column::UnblendedCost, &format!("-{place}.000000000000000001"))
        })
        .collect();
    let mut facts = fold_rows(&rows).facts;
    facts.price_instants = PriceInstants::from([("S1".to_owned(), vec![facts.period.start()])]);
    facts
}

#[test]
fn facts_come_back_as_they_were_written() {
    let (facts, folder) = (some_facts(), TestFolder::new());
    let mut bytes = Vec::new();
    write_facts(&facts, &mut bytes).unwrap();
    folder.write("facts.parquet", &bytes);
    assert_eq!(read_facts(&folder.path().join("facts.parquet")).unwrap(), facts);
    let mut none = facts.clone();
    none.facts.clear();
    none.symbols = Default::default();
    none.totals = Default::default();
    let mut bytes = Vec::new();
    write_facts(&none, &mut bytes).unwrap();
    folder.write("none.parquet", &bytes);
    assert_eq!(read_facts(&folder.path().join("none.parquet")).unwrap(), none);
}

#[test]
fn a_damaged_or_foreign_file_is_refused_and_never_stops_the_program() {
    let (facts, folder) = (some_facts(), TestFolder::new());
    let mut bytes = Vec::new();
    write_facts(&facts, &mut bytes).unwrap();
    let path = folder.path().join("facts.parquet");
    assert!(!read_facts(&path).unwrap_err().is_machine_fault()); // A wrong name is usage.
    for place in (0..bytes.len()).step_by(37) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x15;
        folder.write("facts.parquet", &damaged);
        match read_facts(&path) {
            Ok(found) => assert_eq!(found, facts, "byte {place}"), // A byte that says nothing of the facts.
            Err(error) => assert!(!error.is_machine_fault(), "byte {place}: {error}"),
        }
    }
    for length in [0, 4, bytes.len() / 2, bytes.len() - 1] {
        folder.write("facts.parquet", &bytes[..length]);
        assert!(matches!(read_facts(&path), Err(FactsFileError::NotFacts { .. })), "{length}");
    }
}

#[test]
fn facts_that_do_not_add_up_are_refused() {
    let (mut facts, folder) = (some_facts(), TestFolder::new());
    facts.totals.rows += 1;
    let mut bytes = Vec::new();
    write_facts(&facts, &mut bytes).unwrap();
    folder.write("facts.parquet", &bytes);
    let error = read_facts(&folder.path().join("facts.parquet")).unwrap_err().to_string();
    assert!(error.contains("is damaged") && error.contains("fold"), "{error}");
}
