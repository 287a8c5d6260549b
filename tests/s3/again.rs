//! Second readings (`detail`, `explain --rows`) and parts, of reports that are delivered anew meanwhile: as one state of
//! the reports gives them, from the first reading to the last, or nothing at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::common::Outcome;
use crate::scene::*;
use crate::server::{Action, Seen, Server, after};

const DATA: &str = "a.csv.gz";
const OTHER: &str = "b.csv.gz";
const MONTH: [&str; 2] = ["--period", "2025-05"];
const DETAIL: [&str; 2] = ["detail", "--json"];
const EXPLAIN: [&str; 3] = ["explain", "--rows", "--json"];

fn bytes(seed: u32) -> Vec<u8> {
    gzip(&csv(&rows(PAYER, ACCOUNT, 800, seed)))
}

fn is_data(seen: &Seen) -> bool {
    seen.is_get_of(DATA)
}

/// Data of another seed under the same name, or an assembly beside the old one.
#[derive(Clone, Copy, Debug)]
enum Way {
    Overwritten,
    NewAssembly,
}

const WAYS: [Way; 2] = [Way::Overwritten, Way::NewAssembly];

/// Delivers below a folder. Returns where the data lies.
fn first(root: &Path, seed: u32) -> PathBuf {
    deliver(root, "cur", PAYER, "one", &[(DATA, bytes(seed))]).join(DATA)
}

fn deliver_anew(root: &Path, way: Way, seed: u32) {
    match way {
        Way::Overwritten => put(&root.join("cur/monthly/20250501-20250601/one").join(DATA), &bytes(seed)),
        Way::NewAssembly => drop(deliver(root, "cur", PAYER, "two", &[(DATA, bytes(seed))])),
    }
}

/// What a command gave: its answer, and the files below `output`, all with names of files as on a disk.
type Given = (String, Vec<(PathBuf, Vec<u8>)>);

fn given(scene: &Scene, outcome: &Outcome) -> Given {
    let own = scene.workspace().display().to_string();
    let answer = outcome.stdout.replace(&format!("s3://{BUCKET}/"), "").replace(&own, "");
    (answer, files_below(&scene.output()))
}

/// The same command over the same delivery on disk.
fn from_disk(command: &[&str], write: impl Fn(&Path)) -> Given {
    let scene = Scene::new("");
    write(&scene.workspace().join("reports"));
    let outcome = scene.run(&[command, &MONTH].concat());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let given = given(&scene, &outcome);
    assert!(!given.0.is_empty(), "the command answers");
    given
}

/// How many requests one reading of the data takes.
fn requests_of_one_reading() -> usize {
    let server = Server::start(&[(ACCESS, SECRET)]);
    first(&server.bucket(BUCKET), 11);
    let outcome = Scene::new(&settings(&server, "/cur")).run(&[&["fold"], &MONTH[..]].concat());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let count = server.count(is_data);
    assert!(count > 4, "the data has many ranges: {count}");
    count
}

#[test]
fn a_second_reading_never_meets_another_state_than_the_first() {
    let one = requests_of_one_reading();
    type Moment = (&'static str, usize, fn(&Seen) -> bool);
    let moments: [Moment; 5] = [
        ("in the first reading", one / 2, is_data),
        ("after the first reading", one, |_| true),
        ("when the second reading begins", one, is_data),
        ("in the second reading", one + one / 2, is_data),
        ("after the second reading", 2 * one, Seen::is_listing),
    ];
    for command in [&DETAIL[..], &EXPLAIN] {
        for way in WAYS {
            let expected = from_disk(command, |root| {
                first(root, 11);
                deliver_anew(root, way, 12);
            });
            assert_ne!(expected, from_disk(command, |root| drop(first(root, 11))), "the states differ");
            for (name, data, matches) in moments {
                let server = Server::start(&[(ACCESS, SECRET)]);
                let root = server.bucket(BUCKET);
                first(&root, 11);
                server.when(
                    after(data, is_data, matches),
                    0,
                    1,
                    Action::First(Box::new(move || deliver_anew(&root, way, 12))),
                );
                let scene = Scene::new(&settings(&server, "/cur"));
                let outcome = scene.run(&[command, &MONTH].concat());
                let case = format!("{command:?}, {way:?}, {name}");
                assert_eq!(outcome.code, 0, "{case}: {}", outcome.stderr);
                assert!(outcome.stderr.contains("were read again: "), "{case}: {}", outcome.stderr);
                let found = given(&scene, &outcome);
                assert_eq!(without_warnings(&found.0), without_warnings(&expected.0), "{case}");
                assert_eq!(found.1, expected.1, "{case}");
            }
        }
    }
}

/// An answer but for its warnings, among which is that the reports changed.
fn without_warnings(answer: &str) -> serde_json::Value {
    let mut answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    answer.as_object_mut().unwrap().remove("warnings");
    answer
}

/// With a cache the second reading needs no store, and still counts only where the store stayed as it was.
#[test]
fn a_second_reading_out_of_the_cache_is_of_the_state_of_the_first() {
    let one = requests_of_one_reading();
    for command in [&DETAIL[..], &EXPLAIN] {
        let expected = from_disk(command, |root| drop(first(root, 12)));
        for (data, matches) in [(one / 2, is_data as fn(&Seen) -> bool), (one, Seen::is_listing)] {
            let server = Server::start(&[(ACCESS, SECRET)]);
            let root = server.bucket(BUCKET);
            first(&root, 11);
            server.when(after(data, is_data, matches), 0, 1, Action::First(Box::new(move || drop(first(&root, 12)))));
            let scene = Scene::new(&settings(&server, "/cur"));
            let cache = scene.cache();
            let outcome = scene.run(&[command, &MONTH, &["--cache", cache.to_str().unwrap()]].concat());
            assert_eq!(outcome.code, 0, "{}", outcome.stderr);
            assert!(outcome.stderr.contains("were read again: "), "{}", outcome.stderr);
            let found = given(&scene, &outcome);
            assert_eq!(without_warnings(&found.0), without_warnings(&expected.0), "{command:?}");
            assert_eq!(found.1, expected.1, "{command:?}");
        }
    }
}

/// Facts of a file are of one state: the rows must be of that one, whatever the reports were when the reading began.
#[test]
fn rows_of_facts_out_of_a_file_are_looked_for_again_in_reports_that_change() {
    let facts_of = |seed| {
        let scene = Scene::new("");
        first(&scene.workspace().join("reports"), seed);
        assert_eq!(scene.run(&[&["fold"], &MONTH[..]].concat()).code, 0);
        fs::read(scene.output().join("2025-05/facts.parquet")).unwrap()
    };
    let facts = facts_of(12);
    for command in [&DETAIL[..], &EXPLAIN] {
        let expected = from_disk(command, |root| drop(first(root, 12)));
        for (before, now, code) in [(11, 12, 0), (12, 13, 2)] {
            let server = Server::start(&[(ACCESS, SECRET)]);
            let root = server.bucket(BUCKET);
            first(&root, before);
            server.when(is_data, 3, 1, Action::First(Box::new(move || drop(first(&root, now)))));
            let scene = Scene::new(&settings(&server, "/cur"));
            let file = scene.folder.path().join("kept.parquet");
            fs::write(&file, &facts).unwrap();
            let outcome = scene.run(&[command, &MONTH, &["--facts", file.to_str().unwrap()]].concat());
            assert_eq!(outcome.code, code, "{command:?}, {before}: {}", outcome.stderr);
            if code == 0 {
                assert!(outcome.stderr.contains("were read again: "), "{}", outcome.stderr);
                let found = given(&scene, &outcome);
                assert_eq!(without_warnings(&found.0), without_warnings(&expected.0), "{command:?}");
                assert_eq!(found.1, expected.1, "{command:?}");
            } else {
                let is_told = outcome.stderr.contains("are not those that the facts were folded from");
                assert!(is_told, "{}", outcome.stderr);
                assert_nothing_seen(&scene, &outcome);
            }
        }
    }
}

#[test]
fn rows_of_an_issued_document_are_looked_for_again_in_reports_that_change() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let root = server.bucket(BUCKET);
    first(&root, 12);
    let scene = Scene::new(&settings(&server, "/cur"));
    assert_eq!(scene.month(&[]).code, 0);
    let issued = scene.run(&["issue", "--period", "2025-05", "--date", "2025-06-05"]);
    assert_eq!(issued.code, 0, "{}", issued.stderr);
    let words = ["explain", "INV-202505-000001", "--rows", "--json"];
    let expected = scene.run(&words);
    assert_eq!(expected.code, 0, "{}", expected.stderr);
    first(&root, 11);
    server.when(is_data, 3, 1, Action::First(Box::new(move || drop(first(&root, 12)))));
    let outcome = scene.run(&words);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("were read again: "), "{}", outcome.stderr);
    assert_eq!(without_warnings(&outcome.stdout), without_warnings(&expected.stdout));
}

fn assert_nothing_seen(scene: &Scene, outcome: &Outcome) {
    assert_eq!(outcome.stdout, "");
    let left: Vec<PathBuf> = files_below(&scene.output()).into_iter().map(|(path, _)| path).collect();
    assert!(left.iter().all(|path| path.ends_with(".lock")), "{left:?}");
}

#[test]
fn second_readings_and_parts_end_where_reports_never_stay_as_they_are() {
    let one = requests_of_one_reading();
    let part = ["fold", "--json", "--part", "s3://payer-reports/cur/monthly/20250501-20250601/one/a.csv.gz"];
    // Only the second reading of each attempt is disturbed, where there is one.
    for (command, data) in [(&DETAIL[..], one + 2), (&EXPLAIN, one + 2), (&part, 2)] {
        let server = Server::start(&[(ACCESS, SECRET)]);
        let root = server.bucket(BUCKET);
        first(&root, 20);
        let (seed, count) = (AtomicU32::new(21), AtomicUsize::new(0));
        let matches = move |seen: &Seen| {
            if seen.is_listing() {
                count.store(0, Ordering::Relaxed); // A new attempt, or a second look.
            }
            is_data(seen) && count.fetch_add(1, Ordering::Relaxed) == data
        };
        let change = move || drop(first(&root, seed.fetch_add(1, Ordering::Relaxed)));
        server.when(matches, 0, usize::MAX, Action::First(Box::new(change)));
        let scene = Scene::new(&settings(&server, "/cur"));
        let outcome = scene.run(&[command, &MONTH].concat());
        assert_eq!(outcome.code, 2, "{command:?}: {}", outcome.stderr);
        for word in ["changed while they were read, 3 times in a row", "wait until AWS has delivered"] {
            assert!(outcome.stderr.contains(word), "{command:?}: {}", outcome.stderr);
        }
        assert_nothing_seen(&scene, &outcome);
    }
}

/// Two files of one delivery; a part is made of the first one.
fn two_files(root: &Path, seed: u32) {
    let other = gzip(&csv(&rows(PAYER, ACCOUNT, 300, 77)));
    deliver(root, "cur", PAYER, "one", &[(DATA, bytes(seed)), (OTHER, other)]);
}

/// The part of the first file: what is told of it, and all files of the output.
fn part_of(scene: &Scene, file: &str, more: &[&str]) -> (Outcome, serde_json::Value) {
    let outcome = scene.run(&[&["fold", "--json", "--part", file], &MONTH[..], more].concat());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let mut told: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    for name in ["part", "file", "warnings"] {
        told.as_object_mut().unwrap().remove(name);
    }
    (outcome, told)
}

const ON_DISK: &str = "monthly/20250501-20250601/one/a.csv.gz";

#[test]
fn a_part_is_made_again_where_its_file_changes() {
    let scene = Scene::new("");
    two_files(&scene.workspace().join("reports"), 12);
    let (_, expected) = part_of(&scene, &format!("cur/{ON_DISK}"), &[]);
    assert_eq!(expected["rows"], 800);
    for more in [false, true] {
        for matches in [is_data as fn(&Seen) -> bool, Seen::is_listing] {
            let server = Server::start(&[(ACCESS, SECRET)]);
            let root = server.bucket(BUCKET);
            two_files(&root, 11);
            let change = Action::First(Box::new(move || two_files(&root, 12)));
            server.when(after(3, is_data, matches), 0, 1, change);
            let scene = Scene::new(&settings(&server, "/cur"));
            let cache = scene.cache();
            let more = if more { vec!["--cache", cache.to_str().unwrap()] } else { vec![] };
            let (outcome, told) = part_of(&scene, &format!("s3://{BUCKET}/cur/{ON_DISK}"), &more);
            assert_eq!(told, expected);
            let told: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
            assert!(told["warnings"].to_string().contains("were read again: "), "{told}");
            assert!(outcome.stderr.contains("warning: the reports changed"), "{}", outcome.stderr);
        }
    }
}

/// What is another file's is no reason, and is not fetched: neither through the cache nor without.
#[test]
fn a_part_needs_the_manifests_and_its_own_file_alone() {
    let scene = Scene::new("");
    two_files(&scene.workspace().join("reports"), 12);
    let (_, expected) = part_of(&scene, &format!("cur/{ON_DISK}"), &[]);
    for with_cache in [false, true] {
        let server = Server::start(&[(ACCESS, SECRET)]);
        let root = server.bucket(BUCKET);
        two_files(&root, 12);
        let other = root.join("cur/monthly/20250501-20250601/one").join(OTHER);
        server.when(is_data, 3, 1, Action::First(Box::new(move || put(&other, &bytes(5)))));
        let scene = Scene::new(&settings(&server, "/cur"));
        let cache = scene.cache();
        let more = if with_cache { vec!["--cache", cache.to_str().unwrap()] } else { vec![] };
        let (outcome, told) = part_of(&scene, &format!("s3://{BUCKET}/cur/{ON_DISK}"), &more);
        assert_eq!(told, expected);
        assert!(!outcome.stderr.contains("read again"), "{}", outcome.stderr);
        assert_eq!(server.count(|seen| seen.is_get_of(OTHER)), 0);
        let kept = files_below(&scene.cache()).into_iter().filter(|(path, _)| path.to_str().unwrap().ends_with(".gz"));
        assert_eq!(kept.count(), usize::from(with_cache));
        // A wrong name is told before anything is fetched.
        server.reset();
        let wrong = scene.run(&[&["fold", "--part", "c.csv.gz"], &MONTH[..], &more].concat());
        assert_eq!(wrong.code, 2, "{}", wrong.stderr);
        assert!(wrong.stderr.contains("one/b.csv.gz"), "all names are told: {}", wrong.stderr);
        assert_eq!(server.count(|seen| seen.is_get_of(".csv.gz")), 0);
    }
}
