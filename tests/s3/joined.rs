//! S3 together with what else a month can be: data exports, parts, ranges of months. What comes of it is compared with what
//! the same bytes come to on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use crate::common::{Outcome, TempFolder, copy_folder};
use crate::report_forms::{Form, Source, deliver};
use crate::scene::{ACCESS, BUCKET, SECRET, Scene, files_below, gzip, put, way};
use crate::server::{Action, Seen, Server, after};

const MAY: [&str; 2] = ["--period", "2025-05"];
const EXPORTS: [Form; 2] = [Form::ExportCsv, Form::ExportParquet];
const PAYER: &str = "090000000909";

fn quickstart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart")
}

/// The quickstart without reports; they lie in a bucket where a server is given, else in its folder `reports`.
fn workspace(server: Option<&Server>) -> Scene {
    let scene = Scene::new("");
    fs::remove_dir_all(scene.workspace()).unwrap();
    copy_folder(&quickstart(), &scene.workspace());
    for folder in ["output", "reports"] {
        let _ = fs::remove_dir_all(scene.workspace().join(folder)); // Somebody may have tried the quickstart.
    }
    let settings = scene.workspace().join("seikyu.toml");
    let mut text = fs::read_to_string(&settings).unwrap();
    if let Some(server) = server {
        assert!(text.contains("reports = \"reports\""));
        text = text.replace("reports = \"reports\"", &format!("reports = \"s3://{BUCKET}\"")) + &way(server);
    }
    fs::write(settings, text).unwrap();
    let rates = "billing_period,rate,source\n2025-05,145.75,bank\n2025-07,147.5,bank\n";
    fs::write(scene.workspace().join("rates/fx/usd_jpy_tts.csv"), rates).unwrap();
    scene
}

/// The quickstart's month of May, as AWS delivers it in a form.
fn month(form: Form) -> TempFolder {
    let folder = TempFolder::new("s3-form");
    let manifest = format!("reports/{PAYER}/cur/daily/20250501-20250601/daily-Manifest.json");
    deliver(form, &Source::of_manifest(&quickstart().join(manifest)), folder.path());
    folder
}

fn on_disk(reports: &Path) -> Scene {
    let scene = workspace(None);
    copy_folder(reports, &scene.workspace().join("reports"));
    scene
}

fn in_s3(reports: &Path) -> (Server, Scene) {
    let server = Server::start(&[(ACCESS, SECRET)]);
    copy_folder(reports, &server.bucket(BUCKET));
    let scene = workspace(Some(&server));
    (server, scene)
}

/// Whatever was written, but for `run.json`, which has times in it.
fn written(scene: &Scene) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files: BTreeMap<_, _> = files_below(&scene.output()).into_iter().collect();
    files.retain(|path, _| !path.ends_with("run.json") && !path.ends_with(".lock"));
    assert!(!files.is_empty(), "nothing was written");
    files
}

fn assert_same(found: &Scene, expected: &Scene, case: &str) {
    let (found, expected) = (written(found), written(expected));
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{case}");
    for (path, bytes) in &found {
        assert!(*bytes == expected[path], "{case}: {} has other bytes than from disk", path.display());
    }
}

fn done(scene: &Scene, words: &[&str]) -> Outcome {
    let outcome = scene.run(words);
    assert!(outcome.code < 2, "{words:?}: {}", outcome.stderr);
    outcome
}

fn is_data(seen: &Seen) -> bool {
    seen.is_get_of(".csv.gz") || seen.is_get_of(".parquet")
}

/// Everything that reads reports: documents and tables, rows of projects, places of rows.
fn read_all(scene: &Scene, more: &[&str]) -> String {
    for command in ["run", "detail"] {
        done(scene, &[&[command, "--quiet"], &MAY[..], more].concat());
    }
    let explained = done(scene, &[&["explain", "--quiet", "--rows", "--json"], &MAY[..], more].concat());
    explained.stdout.replace(&format!("s3://{BUCKET}/"), "")
}

#[test]
fn data_exports_in_s3_give_the_bytes_that_they_give_on_disk() {
    for form in [Form::LegacyParquet, Form::ExportCsv, Form::ExportParquet] {
        let reports = month(form);
        let disk = on_disk(reports.path());
        let explained = read_all(&disk, &[]);
        assert!(explained.contains(".parquet\"") || explained.contains(".csv.gz\""), "rows name their files");
        for with_cache in [false, true] {
            let (server, scene) = in_s3(reports.path());
            let cache = scene.cache();
            let more = if with_cache { vec!["--cache", cache.to_str().unwrap()] } else { vec![] };
            let case = format!("{form:?}, {more:?}");
            assert!(read_all(&scene, &more) == explained, "{case}: other rows than from disk");
            assert_same(&scene, &disk, &case);
            let is_older = |seen: &Seen| is_data(seen) && seen.path.contains(&OLDER[..11]);
            assert_eq!(server.count(is_older), 0, "an older execution is not read");
        }
    }
}

/// What a bucket has before a delivery, and how the delivery is finished.
fn half_delivered(form: Form, root: &Path) -> Box<dyn Fn() + Send> {
    let home = root.join(PAYER).join("exports/cur2");
    match form {
        // The newest execution has its data already, and no manifest yet.
        Form::ExportCsv => {
            let metadata = home.join("metadata/BILLING_PERIOD=2025-05");
            let place = metadata.join("cur2-Manifest.json");
            let own = |execution: &str| metadata.join(execution).join("cur2-Manifest.json");
            let (own_place, newest) = (own(NEWEST), fs::read(own(NEWEST)).unwrap());
            fs::remove_dir_all(metadata.join(NEWEST)).unwrap();
            put(&place, &fs::read(own(OLDER)).unwrap());
            Box::new(move || {
                fs::create_dir_all(own_place.parent().unwrap()).unwrap();
                put(&own_place, &newest);
                put(&place, &newest);
            })
        }
        // The second file of an overwriting export is still empty.
        Form::ExportParquet | Form::LegacyParquet => {
            let data = home.join("data/BILLING_PERIOD=2025-05");
            let file = |number: u32| data.join(format!("cur2-0000{number}.snappy.parquet"));
            let (place, whole) = (file(2), fs::read(file(2)).unwrap());
            put(&place, &fs::read(file(3)).unwrap());
            Box::new(move || put(&place, &whole))
        }
    }
}

const NEWEST: &str = "2025-06-07T04:05:06.789Z-aaaaaaaa-1111-4222-8333-000000000002";
const OLDER: &str = "2025-06-02T04:05:06.789Z-aaaaaaaa-1111-4222-8333-000000000001";

#[test]
fn an_export_that_is_delivered_anew_is_read_again() {
    for form in EXPORTS {
        let reports = month(form);
        let disk = on_disk(reports.path());
        for command in ["run", "fold", "detail"] {
            let (server, scene) = in_s3(reports.path());
            let finish = half_delivered(form, &server.bucket(BUCKET));
            server.when(after(1, is_data, is_data), 0, 1, Action::First(finish));
            let outcome = done(&scene, &[&[command], &MAY[..]].concat());
            let case = format!("{form:?}, {command}");
            assert!(outcome.stderr.contains("were read again: "), "{case}: {}", outcome.stderr);
            let _ = fs::remove_dir_all(disk.output());
            done(&disk, &[&[command], &MAY[..]].concat());
            assert_same(&scene, &disk, &case);
        }
    }
}

/// The report files of the month, as the program names them.
fn names(scene: &Scene) -> Vec<String> {
    let outcome = scene.run(&[&["fold", "--quiet", "--part", "?"], &MAY[..]].concat());
    assert_eq!(outcome.code, 2);
    let accepted = outcome.stderr.trim_end().split_once("accepted: ").unwrap().1;
    accepted.split(", ").map(str::to_owned).collect()
}

fn facts(scene: &Scene) -> Vec<u8> {
    fs::read(scene.output().join("2025-05/facts.parquet")).unwrap()
}

fn fold_parts(scene: &Scene, names: &[String], more: &[&str]) {
    for name in names {
        done(scene, &[&["fold", "--quiet", "--part", name], &MAY[..], more].concat());
    }
}

fn merge(scene: &Scene, more: &[&str]) -> Outcome {
    let parts = scene.output().join("parts/2025-05");
    scene.run(&[&["fold", "--merge", parts.to_str().unwrap()], &MAY[..], more].concat())
}

#[test]
fn parts_of_reports_in_s3_are_the_fold_of_the_same_reports_on_disk() {
    let mut cases: Vec<(String, PathBuf, Option<TempFolder>)> = vec![];
    cases.push(("CUR".to_owned(), quickstart().join("reports"), None));
    for form in EXPORTS {
        let reports = month(form);
        cases.push((format!("{form:?}"), reports.path().to_owned(), Some(reports)));
    }
    for (case, reports, _folder) in &cases {
        let disk = on_disk(reports);
        done(&disk, &[&["fold", "--quiet"], &MAY[..]].concat());
        let expected = facts(&disk);
        for with_cache in [false, true] {
            let (server, scene) = in_s3(reports);
            let cache = scene.cache();
            let more = if with_cache { vec!["--cache", cache.to_str().unwrap()] } else { vec![] };
            let names = names(&scene);
            assert_eq!(names.len(), 2, "{names:?}");
            fold_parts(&scene, &names[1..], &more);
            let file = |name: &str| name.rsplit('/').next().unwrap().to_owned();
            let first = file(&names[0]);
            assert_eq!(server.count(|seen| seen.is_get_of(&first)), 0, "{case}: a part needs its own file alone");
            let missing = merge(&scene, &more);
            assert_eq!(missing.code, 2, "{}", missing.stderr);
            assert!(missing.stderr.contains(&format!("holds no part of {};", names[0])), "{}", missing.stderr);
            fold_parts(&scene, &names[..1], &more);
            let merged = merge(&scene, &more);
            assert_eq!(merged.code, 0, "{}", merged.stderr);
            assert!(facts(&scene) == expected, "{case}, {more:?}: other facts than from disk");
        }
    }
}

/// A merge is of one state, and a part is of the state of its file: where the file changes, the merge says which part.
#[test]
fn a_merge_refuses_parts_of_a_file_that_changes_meanwhile() {
    let reports = month(Form::ExportParquet);
    let disk = on_disk(reports.path());
    done(&disk, &[&["fold", "--quiet"], &MAY[..]].concat());
    let (server, scene) = in_s3(reports.path());
    let finish = half_delivered(Form::ExportParquet, &server.bucket(BUCKET));
    let names = names(&scene);
    fold_parts(&scene, &names, &[]);
    server.when(after(1, is_data, is_data), 0, 1, Action::First(finish));
    let outcome = merge(&scene, &[]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains(&names[1]) && !outcome.stderr.contains(&names[0]), "{}", outcome.stderr);
    assert!(!scene.output().join("2025-05").exists(), "something was written");
    // With a part of the file as it is now all is well.
    fold_parts(&scene, &names[1..], &[]);
    let outcome = merge(&scene, &[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(facts(&scene) == facts(&disk));
}

/// The same reports in July beside those of May.
fn with_july(reports: &Path) -> TempFolder {
    let later = |text: &str| {
        let text = text.replace("2025-06", "2025-08").replace("2025-05", "2025-07");
        text.replace("20250601", "20250801").replace("20250501", "20250701")
    };
    let both = TempFolder::new("s3-months");
    copy_folder(reports, both.path());
    for (path, bytes) in files_below(reports) {
        let place = both.path().join(later(path.to_str().unwrap()));
        assert_ne!(place, both.path().join(&path), "a month's files lie in folders that say it");
        let is_packed = place.to_str().unwrap().ends_with(".gz");
        let mut text = String::new();
        if is_packed {
            MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        let bytes = if is_packed { gzip(later(&text).as_bytes()) } else { later(&text).into_bytes() };
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }
    both
}

/// Per month its exit code and rows, where it has any.
fn told(outcome: &Outcome) -> Vec<(String, u64, Option<u64>)> {
    let line = |line: &str| {
        let told: Value = serde_json::from_str(line).unwrap();
        let month = told["billing_period"].as_str().unwrap().to_owned();
        (month, told["exit_code"].as_u64().unwrap(), told["rows"].as_u64())
    };
    outcome.stdout.lines().map(line).collect()
}

const RANGE: [&str; 3] = ["--json", "--period", "2025-05..2025-07"];

#[test]
fn a_range_of_months_in_s3_is_the_same_range_on_disk() {
    let export = month(Form::ExportCsv);
    for reports in [with_july(&quickstart().join("reports")), with_july(export.path())] {
        for command in ["run", "fold"] {
            let (together, alone) = (on_disk(reports.path()), on_disk(reports.path()));
            let expected = together.run(&[&[command], &RANGE[..]].concat());
            let expected = (expected.code, told(&expected));
            assert_eq!(expected.0, 2, "there is no June");
            assert!(expected.1[0].2 > Some(0) && expected.1[2].2 == expected.1[0].2, "{expected:?}");
            for month in ["2025-05", "2025-07"] {
                done(&alone, &[command, "--quiet", "--period", month]);
            }
            for with_cache in [false, true] {
                let (server, scene) = in_s3(reports.path());
                let cache = scene.cache();
                let more = if with_cache { vec!["--cache", cache.to_str().unwrap()] } else { vec![] };
                let outcome = scene.run(&[&[command], &RANGE[..], &more].concat());
                let case = format!("{command}, {more:?}");
                assert_eq!((outcome.code, told(&outcome)), expected, "{case}: {}", outcome.stderr);
                assert_same(&scene, &together, &case);
                assert_same(&scene, &alone, &case);
                assert!(server.count(is_data) > 0);
            }
        }
    }
}

/// A month that changes while it is read is read again by itself.
#[test]
fn of_a_range_only_the_month_that_changes_is_read_again() {
    let is_may = |seen: &Seen| is_data(seen) && seen.path.contains("20250501-");
    let is_july = |seen: &Seen| is_data(seen) && seen.path.contains("20250701-");
    let reports = with_july(&quickstart().join("reports"));
    let disk = on_disk(reports.path());
    disk.run(&[&["run"], &RANGE[..]].concat());
    let (server, scene) = in_s3(reports.path());
    scene.run(&[&["run"], &RANGE[..]].concat());
    let (may, july) = (server.count(is_may), server.count(is_july));
    assert!(may > 1 && july > 1);
    fs::remove_dir_all(scene.output()).unwrap();
    server.reset();
    // July is there without one of its rows, until it is read.
    let folder = server.bucket(BUCKET).join(PAYER).join("cur/daily/20250701-20250801");
    let place = files_below(&folder).into_iter().find(|(path, _)| path.ends_with("daily-00001.csv.gz")).unwrap();
    let (place, whole) = (folder.join(place.0), place.1);
    let mut text = String::new();
    MultiGzDecoder::new(&whole[..]).read_to_string(&mut text).unwrap();
    let end = text.trim_end().rfind('\n').unwrap();
    put(&place, &gzip(&text.as_bytes()[..=end]));
    server.when(after(1, is_july, is_july), 0, 1, Action::First(Box::new(move || put(&place, &whole))));
    let outcome = scene.run(&[&["run"], &RANGE[..]].concat());
    assert_same(&scene, &disk, "July was read again");
    assert_eq!(outcome.stderr.matches("were read again: ").count(), 1, "{}", outcome.stderr);
    assert_eq!(server.count(is_may), may, "May was read once");
    assert!(server.count(is_july) > july);
}
