//! Which files are read.

use super::*;

const PAYER: &str = "001234567892";
const DATES: &str = "p/cur/20250501-20250601";

fn plan_of(folder: &TestFolder, adjustments: &[&str]) -> Result<Vec<String>, String> {
    let adjustments: Vec<String> = adjustments.iter().map(|name| (*name).to_owned()).collect();
    let plan = find_reports(folder.path(), "2025-05".parse().unwrap(), &adjustments);
    plan.map(|plan| plan.files.into_iter().map(|file| file.name).collect()).map_err(|error| error.to_string())
}

/// A date folder with a chooser that names the keys, and these files below.
fn delivery(keys: &[&str], files: &[&str]) -> TestFolder {
    let folder = TestFolder::new();
    folder.write(&format!("{DATES}/cur-Manifest.json"), manifest(PAYER, "202505", keys));
    for file in files {
        folder.write(&format!("{DATES}/{file}"), csv(&[]));
    }
    folder
}

#[test]
fn the_chooser_names_what_is_read() {
    let folder = delivery(&["x/cur/20250501-20250601/new/1.csv"], &["new/1.csv", "old/1.csv", "stray.csv"]);
    folder.write(
        &format!("{DATES}/old/cur-Manifest.json"),
        manifest(PAYER, "202505", &["x/20250501-20250601/old/1.csv"]),
    );
    assert_eq!(plan_of(&folder, &[]).unwrap(), [format!("{DATES}/new/1.csv")]);
}

#[test]
fn keys_that_cannot_be_trusted_are_refused() {
    #[rustfmt::skip]
    let cases: [(&[&str], &str); 8] = [
        (&["x/20250501-20250601/a/9.csv"],                               "is not there"),
        (&["x/20250501-20250601/a/1.csv", "x/20250501-20250601/a/1.csv"], "twice"),
        (&["x/20250501-20250601/a/1.csv", "y/20250501-20250601/a/1.csv"], "twice"), // One file, two spellings.
        (&["x/20250501-20250601/a/1.csv", "x/20250501-20250601/b/1.csv"], "two assemblies"),
        (&["x/20250501-20250601/../../../1.csv"],                        "leads out"),
        (&["/x/20250501-20250601/a/1.csv"],                              "leads out"),
        (&["x/20250401-20250501/a/1.csv"],                               "another date folder"),
        (&[],                                                            "names no report file"),
    ];
    for (keys, expected) in cases {
        let error = plan_of(&delivery(keys, &["a/1.csv", "b/1.csv"]), &[]).unwrap_err();
        assert!(error.contains(expected) && error.contains("cur-Manifest.json"), "{keys:?}: {error}");
    }
}

#[test]
fn one_assembly_needs_no_chooser_and_two_do() {
    let folder = TestFolder::new();
    for (count, assembly) in ["a", "b"].into_iter().enumerate() {
        let key = format!("x/20250501-20250601/{assembly}/1.csv");
        folder.write(&format!("{DATES}/{assembly}/cur-Manifest.json"), manifest(PAYER, "202505", &[&key]));
        folder.write(&format!("{DATES}/{assembly}/1.csv"), csv(&[]));
        let found = plan_of(&folder, &[]);
        match count {
            0 => assert_eq!(found.unwrap(), [format!("{DATES}/a/1.csv")]),
            _ => assert!(found.unwrap_err().contains("no manifest beside them")),
        }
    }
}

#[test]
fn two_manifests_of_one_payer_and_month_are_refused_by_name() {
    let folder = delivery(&["x/20250501-20250601/1.csv"], &["1.csv"]);
    folder.write("copy/20250501-20250601/cur-Manifest.json", manifest(PAYER, "202505", &["x/20250501-20250601/1.csv"]));
    folder.write("copy/20250501-20250601/1.csv", csv(&[]));
    let error = plan_of(&folder, &[]).unwrap_err();
    assert!(error.contains("copy/20250501-20250601/cur-Manifest.json") && error.contains(DATES), "{error}");
}

#[test]
fn another_month_is_neither_read_nor_loose() {
    let folder = delivery(&["x/20250501-20250601/1.csv"], &["1.csv"]);
    let other = manifest(PAYER, "202504", &["x/20250401-20250501/gone.csv"]);
    folder.write("p/cur/20250401-20250501/cur-Manifest.json", other);
    folder.write("p/cur/20250401-20250501/left-over.csv", csv(&[]));
    assert_eq!(plan_of(&folder, &[]).unwrap(), [format!("{DATES}/1.csv")]);
}

#[test]
fn a_key_without_date_folder_is_found_by_its_end() {
    let key = "prefix/cur/cur/year=2025/month=5/cur-1.snappy.parquet";
    let folder = delivery(&[key], &[]);
    folder.write("p/cur/cur/year=2025/month=5/cur-1.snappy.parquet", "");
    folder.write("p/cur/cur/year=2025/month=5/left-over.snappy.parquet", "");
    assert_eq!(plan_of(&folder, &[]).unwrap(), ["p/cur/cur/year=2025/month=5/cur-1.snappy.parquet"]);
}

#[test]
fn adjustments_are_report_files_outside_of_deliveries() {
    let folder = delivery(&["x/20250501-20250601/1.csv"], &["1.csv", "2.csv"]);
    folder.write("late/a.csv", csv(&[]));
    assert_eq!(plan_of(&folder, &["late/a.csv"]).unwrap().len(), 2);
    #[rustfmt::skip]
    let cases: [(&[&str], &str); 5] = [
        (&["late/b.csv"],                             "is no report file"),
        (&["../late/a.csv"],                          "leads out"),
        (&["late/a.csv", "late/a.csv"],               "listed twice"),
        (&["p/cur/20250501-20250601/1.csv"],          "lies in the delivery"),
        (&["p/cur/20250501-20250601/2.csv"],          "lies in the delivery"),
    ];
    for (adjustments, expected) in cases {
        let error = plan_of(&folder, adjustments).unwrap_err();
        assert!(error.contains(expected), "{adjustments:?}: {error}");
    }
}

#[test]
fn an_empty_folder_and_a_broken_manifest_are_refused() {
    let folder = TestFolder::new();
    assert!(
        plan_of(&folder, &[])
            .unwrap_err()
            .contains("has no report of 2025-05 (there is no manifest and no report file)")
    );
    folder.write("x-Manifest.json", "{");
    assert!(plan_of(&folder, &[]).unwrap_err().contains("x-Manifest.json"));
    let missing = find_reports(&folder.path().join("gone"), "2025-05".parse().unwrap(), &[]).unwrap_err();
    assert!(!missing.is_machine_fault() && missing.to_string().contains("is not there")); // A wrong path is usage.
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_refused() {
    let (folder, outside) = (TestFolder::new(), TestFolder::new());
    outside.write("a.csv", csv(&[]));
    std::os::unix::fs::symlink(outside.path().join("a.csv"), folder.path().join("a.csv")).unwrap();
    assert!(plan_of(&folder, &[]).unwrap_err().contains("a link that leads out"));
}
