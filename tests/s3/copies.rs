//! Copies in S3: finished months and backups of the ledger. What is there is never overwritten.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use crate::scene::*;
use crate::server::{Action, Seen, Server};

const COPIES: &str = "our-copies";

fn is_put(seen: &Seen) -> bool {
    seen.method == "PUT"
}

/// A workspace with reports on disk and a bucket for copies.
fn start(more: &str) -> (Server, Scene) {
    let server = Server::start(&[(ACCESS, SECRET)]);
    server.bucket(COPIES);
    let scene = Scene::new(&format!("{}{more}", way(&server)));
    deliver(
        &scene.workspace().join("reports"),
        "cur",
        PAYER,
        "one",
        &[("a.csv.gz", gzip(&csv(&rows(PAYER, ACCOUNT, 200, 60))))],
    );
    (server, scene)
}

/// Objects by what follows the folder of the run.
fn of_month(objects: &BTreeMap<String, Vec<u8>>, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let own = objects.iter().filter_map(|(key, bytes)| Some((key.strip_prefix(folder)?.to_owned(), bytes.clone())));
    own.collect()
}

#[test]
fn a_finished_month_is_copied_whole_and_once() {
    let (server, scene) = start(&format!("[upload]\nto = \"s3://{COPIES}/months of 請求\"\n"));
    // Some of it fails at first.
    server.when(is_put, 3, 2, Action::Answer(503, "SlowDown", vec![]));
    server.when(is_put, 5, 1, Action::Close);
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let newest: serde_json::Value =
        serde_json::from_slice(&server.objects(COPIES)["months of 請求/2025-05/newest.json"]).unwrap();
    let folder = format!("months of 請求/2025-05/{}/", newest["folder"].as_str().unwrap());
    assert!(
        outcome.stderr.contains(&format!("copied: s3://{COPIES}/{}", folder.trim_end_matches('/'))),
        "{}",
        outcome.stderr
    );
    let written: BTreeMap<String, Vec<u8>> = files_below(&scene.output().join("2025-05"))
        .into_iter()
        .map(|(path, bytes)| (path.to_str().unwrap().to_owned(), bytes))
        .collect();
    assert!(written.contains_key("run.json") && written.len() > 10);
    assert_eq!(of_month(&server.objects(COPIES), &folder), written);
    let puts: Vec<String> = server.seen().into_iter().filter(is_put).map(|seen| seen.path).collect();
    assert!(puts[puts.len() - 2].ends_with("/run.json"), "what says that all is there comes after all: {puts:?}");
    assert!(puts[puts.len() - 1].ends_with("/newest.json"));

    // The same again: nothing is sent.
    server.reset();
    let again = scene.month(&["--json"]);
    assert_eq!(again.code, 0);
    let told: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(told["copied_to"], format!("s3://{COPIES}/{}", folder.trim_end_matches('/')));
    assert_eq!(server.count(is_put), 0);
    // Another month's content: beside the first, which stays.
    fs::write(scene.workspace().join("fees.csv"), "project_id,fee_id,description,basis,amount,quantity,tax_category,valid_from,valid_to\nP-0001,f,fee,fixed_jpy,100,,standard,2025-05,\n").unwrap();
    let outcome = scene.month(&[]);
    assert!(outcome.code < 2, "{}", outcome.stderr);
    assert_eq!(of_month(&server.objects(COPIES), &folder), written);
    let newest: serde_json::Value =
        serde_json::from_slice(&server.objects(COPIES)["months of 請求/2025-05/newest.json"]).unwrap();
    assert!(!folder.contains(newest["folder"].as_str().unwrap()));
}

#[test]
fn a_copy_that_fails_leaves_the_month_and_says_so() {
    let (server, scene) = start("");
    let refused = scene.month(&["--upload", "our-copies"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--upload \"our-copies\": accepted: s3://bucket/prefix"), "{}", refused.stderr);
    scene.assert_nothing_written();
    for (action, code, words) in [
        (Action::Answer(403, "AccessDenied", vec![]), 2, "s3:PutObject"),
        (Action::Answer(500, "InternalError", vec![]), 3, "tried 4 times"),
    ] {
        server.reset();
        server.when(is_put, 1, usize::MAX, action);
        let outcome = scene.month(&["--upload", "s3://our-copies/x"]);
        assert_eq!(outcome.code, code, "{}", outcome.stderr);
        for words in ["the month is finished in ", "was not copied to S3", words] {
            assert!(outcome.stderr.contains(words), "{words}: {}", outcome.stderr);
        }
        assert!(scene.output().join("2025-05/run.json").exists());
        assert!(server.objects(COPIES).keys().all(|key| !key.ends_with("run.json") && !key.ends_with("newest.json")));
    }
    server.reset();
    assert_eq!(scene.month(&["--upload", "s3://our-copies/x"]).code, 0);
    // What somebody else put is not touched.
    let key = server.objects(COPIES).into_keys().find(|key| key.ends_with("bridge.csv")).unwrap();
    fs::write(server.bucket(COPIES).join(&key), "another file").unwrap();
    let outcome = scene.month(&["--upload", "s3://our-copies/x"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("is there already with other bytes; nothing was overwritten"),
        "{}",
        outcome.stderr
    );
    assert_eq!(server.objects(COPIES)[&key], b"another file");
    fs::write(server.bucket(COPIES).join("newest.json"), "{}").unwrap();
}

fn issue(scene: &Scene) {
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let outcome = scene.run(&["issue", "--period", "2025-05", "--date", "2025-06-05"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
}

#[test]
fn the_ledger_is_backed_up_fetched_back_and_never_overwritten() {
    let backup = format!("[backup]\nto = \"s3://{COPIES}/ledger\"\n");
    let (server, scene) = start(&backup);
    let nothing = scene.run(&["ledger", "backup"]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.stderr.contains("nothing was issued yet"), "{}", nothing.stderr);
    // So much that it needs several parts: the ledger keeps the settings, and chance cannot be packed.
    let mut noise = String::from("#");
    let mut state = 1_u64;
    for _ in 0..700_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(noise, "{:08x}", state >> 32).unwrap();
    }
    scene.set(&format!("{}{backup}{noise}\n", way(&server)));
    issue(&scene);
    let database = fs::read(scene.workspace().join("ledger/ledger.sqlite")).unwrap();
    assert!(database.len() > 5 << 20, "{} bytes", database.len());
    server.reset();
    server.when(|seen| seen.query.contains("partNumber=2"), 0, 2, Action::Close);
    let outcome = scene.run(&["ledger", "backup", "--json"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let told: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert!(told["entries"].as_u64().unwrap() >= 2 && told["kept"] == 0, "{told}");
    assert!(server.count(|seen| seen.query.contains("partNumber=")) > 2);
    let first = server.objects(COPIES);
    assert!(first.values().any(|bytes| *bytes == database));
    let last = server.seen().into_iter().rfind(is_put).unwrap().path;
    assert!(last.ends_with("/backup.json"), "{last}");

    // Again: nothing is sent.
    server.reset();
    assert_eq!(scene.run(&["ledger", "backup"]).code, 0);
    assert_eq!(server.count(|seen| is_put(seen) || seen.method == "POST"), 0);

    // Back into a folder of its own, where it is the same and whole.
    let fetched = scene.folder.path().join("fetched");
    let outcome = scene.run(&["ledger", "restore", fetched.to_str().unwrap()]);
    assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stdout.contains("everything is as recorded"), "{}", outcome.stdout);
    let of = |folder: &std::path::Path| -> BTreeMap<_, _> {
        files_below(folder).into_iter().filter(|(path, _)| path.file_name().unwrap() != "lock").collect()
    };
    assert_eq!(of(&fetched), of(&scene.workspace().join("ledger")));
    let outcome = scene.run(&["ledger", "restore", fetched.to_str().unwrap()]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("is not empty"), "{}", outcome.stderr);

    // Another ledger goes beside it.
    let (_, other) = start("");
    other.set(&format!("{}{backup}", way(&server)));
    issue(&other);
    assert_eq!(other.run(&["ledger", "backup"]).code, 0);
    let both = server.objects(COPIES);
    assert!(first.iter().all(|(key, bytes)| both[key] == *bytes) && both.len() > first.len());
    let again = scene.folder.path().join("again");
    let outcome = scene.run(&["ledger", "restore", again.to_str().unwrap()]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("has backups of several ledgers"), "{}", outcome.stderr);

    // A backup that is not what was put is found out, and nothing of it stays.
    let key = both.keys().find(|key| first.contains_key(*key) && key.ends_with("invoice.json")).unwrap();
    fs::write(server.bucket(COPIES).join(key), "{}").unwrap();
    let ledger = key.split('/').nth(1).unwrap();
    let from = format!("s3://{COPIES}/ledger/{ledger}");
    let outcome = scene.run(&["ledger", "restore", again.to_str().unwrap(), "--from", &from]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("is not what was backed up (another SHA-256)"), "{}", outcome.stderr);
    assert!(!again.exists());
}

#[test]
fn a_damaged_ledger_is_no_backup() {
    let (server, scene) = start(&format!("[backup]\nto = \"s3://{COPIES}\"\n"));
    issue(&scene);
    let place = scene.workspace().join("ledger/ledger.sqlite");
    let mut bytes = fs::read(&place).unwrap();
    let last = bytes.len() - 100;
    bytes[last] ^= 1;
    fs::write(&place, bytes).unwrap();
    let outcome = scene.run(&["ledger", "backup"]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("damaged"), "{}", outcome.stderr);
    assert!(server.objects(COPIES).is_empty());
}
