//! Control figures of delivered months.

use super::*;

/// A path of the shared data; nothing if this machine does not have it.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "{} is not there", path.display());
    println!("skipped: {} is not there", path.display());
    None
}

/// A folder with one shared file in it.
fn folder_with(file: &Path, name: &str) -> TestFolder {
    let folder = TestFolder::new();
    std::fs::copy(file, folder.path().join(name)).unwrap();
    folder
}

#[test]
fn the_month_of_two_payers_gives_its_census() {
    let Some(month) = shared("month_2025-05") else { return };
    let folded = fold_folder(&month.join("reports"), "2025-05", &["late/late-adjustments.csv"]).unwrap();
    let facts = &folded.facts;
    let mut found: BTreeMap<(String, String), (u64, Usd)> = BTreeMap::new();
    for fact in &facts.facts {
        let key = (facts.text(fact.key.payer).to_owned(), facts.text(fact.key.line_type_text).to_owned());
        let sum = found.entry(key).or_default();
        sum.0 += fact.measures.rows;
        sum.1 += fact.measures.unblended;
    }
    let mut expected: BTreeMap<(String, String), (u64, Usd)> = BTreeMap::new();
    let census = std::fs::read_to_string(month.join("expected/strip_only/census.csv")).unwrap();
    for line in census.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let sum = expected.entry((cells[0].to_owned(), cells[1].to_owned())).or_default();
        sum.0 += cells[3].parse::<u64>().unwrap();
        sum.1 += Usd::parse(cells[4]).unwrap();
    }
    assert_eq!(found, expected);
    assert_eq!(facts.totals.other_month_rows, 1); // In the adjustments.
    assert_eq!(folded.inputs.len(), 6);
}

#[test]
fn a_real_month_of_one_account_gives_its_sum() {
    let Some(file) = shared("cur/anonymised_2023-11_1281rows.csv") else { return };
    let folder = folder_with(&file, "report.csv");
    let facts = fold_folder(folder.path(), "2023-11", &[]).unwrap().facts;
    assert_eq!((facts.totals.rows, facts.totals.unblended.to_string().as_str()), (1_281, "1.6823086974"));
}

#[test]
fn a_real_parquet_month_gives_its_rows() {
    let Some(file) = shared("cur/Oct2018-WorkshopCUR-00001.snappy.parquet") else { return };
    let folder = folder_with(&file, "report.parquet");
    let facts = fold_folder(folder.path(), "2018-10", &[]).unwrap().facts;
    assert_eq!(facts.totals.rows, 119_307);
    assert!(facts.totals.unblended.to_string().starts_with("4064.483"), "{}", facts.totals.unblended);
}

#[test]
fn a_manifest_that_differs_from_its_files_is_told_column_by_column() {
    let Some(folder) = shared("cur/nise") else { return };
    let error = fold_folder(&folder, "2025-05", &[]).unwrap_err().to_string();
    assert!(error.contains("only in the header: ") && error.contains("lineItem/ResourceId"), "{error}");
    assert!(error.contains("header and manifest do not agree"), "{error}");
}
