//! Data exports: which execution of a month is read.

use super::*;

const HOME: &str = "p/exports/cur2";
const OLD: &str = "2025-06-01T01:02:03.004Z-a";
const NEW: &str = "2025-06-02T01:02:03.004Z-b";
const ARN: &str = "arn:aws:bcm-data-exports:us-east-1:001234567892:export/cur2-0";

fn plan_of(folder: &TestFolder) -> Result<ReportPlan, String> {
    find_reports(folder.path(), "2025-05".parse().unwrap(), &[]).map_err(|error| error.to_string())
}

fn names(folder: &TestFolder) -> Result<Vec<String>, String> {
    plan_of(folder).map(|plan| plan.files.into_iter().map(|file| file.name).collect())
}

/// A manifest without a month, as exports have it.
fn export_manifest(files: &[String]) -> String {
    let files: Vec<String> = files.iter().map(|file| format!("s3://bucket/x/cur2/data/{file}")).collect();
    serde_json::json!({ "executionId": "b", "exportArn": ARN, "columns": [], "dataFiles": files }).to_string()
}

/// Puts a file below `data/` of the export.
fn data(folder: &TestFolder, name: &str) {
    folder.write(&format!("{HOME}/data/{name}"), csv(&[]));
}

fn metadata(folder: &TestFolder, name: &str, files: &[&str]) {
    let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
    folder.write(&format!("{HOME}/metadata/{name}"), export_manifest(&files));
}

#[test]
fn an_export_that_overwrites_is_what_its_manifest_names() {
    // FOCUS exports write the month in small letters, and some manifests have no name of their own.
    for (month, manifest) in
        [("BILLING_PERIOD=2025-05", "cur2-Manifest.json"), ("billing_period=2025-05", "Manifest.json")]
    {
        let folder = TestFolder::new();
        data(&folder, &format!("{month}/cur2-00001.csv"));
        data(&folder, &format!("{month}/cur2-00002.csv")); // Left over from a longer refresh.
        metadata(&folder, &format!("{month}/{manifest}"), &[&format!("{month}/cur2-00001.csv")]);
        let plan = plan_of(&folder).unwrap();
        assert_eq!(plan.files.len(), 1);
        assert_eq!(plan.files[0].name, format!("{HOME}/data/{month}/cur2-00001.csv"));
        assert_eq!(plan.deliveries[0].account, "001234567892", "the account of the export's name");
        assert_eq!(plan.deliveries[0].report_folder(), HOME);
    }
}

#[test]
fn the_newest_execution_is_the_one_beside_the_others() {
    let month = "BILLING_PERIOD=2025-05";
    let folder = TestFolder::new();
    for execution in [OLD, NEW] {
        let file = format!("{month}/{execution}/cur2-00001.csv");
        data(&folder, &file);
        metadata(&folder, &format!("{month}/{execution}/cur2-Manifest.json"), &[&file]);
        let found = names(&folder);
        match execution {
            OLD => assert_eq!(found.unwrap(), [format!("{HOME}/data/{file}")], "one execution needs no chooser"),
            _ => {
                let error = found.unwrap_err();
                let place = format!("{HOME}/metadata/{month}: \"{OLD}, {NEW}\" has two or more executions");
                assert!(error.contains(&place), "{error}");
            }
        }
    }
    let newest = format!("{month}/{NEW}/cur2-00001.csv");
    metadata(&folder, &format!("{month}/cur2-Manifest.json"), &[&newest]);
    let plan = plan_of(&folder).unwrap();
    assert_eq!(plan.files.len(), 1, "{:?}", plan.files);
    assert_eq!(plan.files[0].name, format!("{HOME}/data/{newest}"));
    assert_eq!(plan.files[0].made_on().unwrap().to_string(), "2025-06-02");
    // A manifest of the month that was fetched before the newest execution.
    let older = format!("{month}/{OLD}/cur2-00001.csv");
    metadata(&folder, &format!("{month}/cur2-Manifest.json"), &[&older]);
    let error = names(&folder).unwrap_err();
    assert!(error.contains(&format!("\"{NEW}\" is a newer execution")), "{error}");
}

#[test]
fn executions_without_any_manifest_are_not_read_as_loose_files() {
    let folder = TestFolder::new();
    for execution in [OLD, NEW] {
        data(&folder, &format!("BILLING_PERIOD=2025-05/{execution}/cur2-00001.csv"));
    }
    assert!(names(&folder).unwrap_err().contains("two or more executions"));
}

#[test]
fn files_side_by_side_are_found_by_their_names() {
    let folder = TestFolder::new();
    folder.write("flat/cur2-00001.csv", csv(&[]));
    let file = format!("BILLING_PERIOD=2025-05/{NEW}/cur2-00001.csv");
    folder.write("flat/cur2-Manifest.json", export_manifest(&[file]));
    assert_eq!(names(&folder).unwrap(), ["flat/cur2-00001.csv"]);
}

#[test]
fn exports_that_contradict_themselves_are_refused() {
    let month = "BILLING_PERIOD=2025-05";
    let (one, two) = (format!("{month}/{OLD}/1.csv"), format!("{month}/{NEW}/2.csv"));
    #[rustfmt::skip]
    let cases: [(&str, &[&str], &str); 5] = [
        ("BILLING_PERIOD=2025-05", &["BILLING_PERIOD=2025-06/1.csv"],     "is the month of the manifest, and 2025-05 that of its folder"),
        ("BILLING_PERIOD=2025-05", &[&one, "BILLING_PERIOD=2025-06/1.csv"], "lies in the folder of another month"),
        ("BILLING_PERIOD=2025-05", &[&one, &two],                         "two assemblies"),
        ("BILLING_PERIOD=2025-05", &["BILLING_PERIOD=2025-05/gone.csv"],  "is not there"),
        ("BILLING_PERIOD=2025-05", &["BILLING_PERIOD=2025-05/../../1.csv"], "leads out"),
    ];
    for (own, files, expected) in cases {
        let folder = TestFolder::new();
        data(&folder, &one);
        data(&folder, &two);
        data(&folder, "BILLING_PERIOD=2025-06/1.csv");
        metadata(&folder, &format!("{own}/cur2-Manifest.json"), files);
        let error = names(&folder).unwrap_err();
        assert!(error.contains(expected) && error.contains("cur2-Manifest.json"), "{files:?}: {error}");
    }
}

#[test]
fn a_billing_view_that_is_not_the_payers_is_refused() {
    #[rustfmt::skip]
    let cases = [
        ("arn:aws:billing::001234567892:billingview/primary",                    true),
        ("arn:aws:billing::001234567892:billingview/billing-group-000000000104", false),
        ("arn:aws:billing::001234567892:billingview/custom-0f0f",                false),
        ("arn:aws-cn:billing::001234567892:billingview/billing-group-1",         false),
        ("arn:aws:billing::001234567892:billingview/primary-looking",            false),
    ];
    for (view, is_accepted) in cases {
        let folder = TestFolder::new();
        let mut text: serde_json::Value =
            serde_json::from_str(&manifest("001234567892", "202505", &["1.csv"])).unwrap();
        text["billingViewArn"] = view.into();
        folder.write("p/20250501-20250601/cur-Manifest.json", text.to_string());
        folder.write("p/1.csv", csv(&[]));
        match names(&folder) {
            Ok(_) => assert!(is_accepted, "{view}"),
            Err(error) => assert!(!is_accepted && error.contains("pro forma"), "{view}: {error}"),
        }
    }
}
