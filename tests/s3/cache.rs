//! `--cache`: nothing is fetched twice, nothing damaged is read, and what was stopped goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::scene::*;
use crate::server::{Action, Seen, Server};

const DATA: &str = "a.csv.gz";

fn is_data(seen: &Seen) -> bool {
    seen.is_get_of(DATA)
}

fn start(count: u32) -> (Server, Scene, PathBuf) {
    start_with(gzip(&csv(&rows(PAYER, ACCOUNT, count, 30))))
}

fn start_with(bytes: Vec<u8>) -> (Server, Scene, PathBuf) {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let folder = deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes)]);
    let scene = Scene::new(&settings(&server, "/cur"));
    (server, scene, folder.join(DATA))
}

fn run(scene: &Scene) -> crate::common::Outcome {
    let cache = scene.cache();
    scene.month(&["--cache", cache.to_str().unwrap()])
}

/// The files of the cache that end so.
fn files(scene: &Scene, end: &str) -> Vec<PathBuf> {
    let found = files_below(&scene.cache()).into_iter().map(|(path, _)| scene.cache().join(path));
    found.filter(|path| path.to_string_lossy().ends_with(end)).collect()
}

#[test]
fn what_is_whole_in_the_cache_is_not_fetched_again() {
    let (server, scene, place) = start(500);
    assert_eq!(run(&scene).code, 0);
    let sums = scene.sums();
    assert!(server.count(is_data) > 1);
    assert_eq!(files(&scene, DATA).len(), 1);
    assert_eq!(fs::read(&files(&scene, DATA)[0]).unwrap(), fs::read(&place).unwrap());
    server.reset();
    for command in ["run", "fold", "check", "detail", "border"] {
        let cache = scene.cache();
        let outcome = scene.run(&[command, "--period", "2025-05", "--cache", cache.to_str().unwrap()]);
        assert_eq!(outcome.code, 0, "{command}: {}", outcome.stderr);
    }
    assert_eq!(server.count(is_data), 0, "all of it came from the cache");
    assert_eq!(scene.sums(), sums);

    // Another version: the old one gives way.
    fs::write(&place, gzip(&csv(&rows(PAYER, ACCOUNT, 500, 31)))).unwrap();
    assert_eq!(run(&scene).code, 0);
    assert!(server.count(is_data) > 1);
    assert_ne!(scene.sums(), sums);
    assert_eq!(files(&scene, DATA).len(), 1);
    assert_eq!(files(&scene, ".part").len(), 0);
}

#[test]
fn a_damaged_file_is_noticed_and_fetched_again() {
    let (server, scene, _) = start(500);
    assert_eq!(run(&scene).code, 0);
    let sums = scene.sums();
    let file = files(&scene, DATA).remove(0);
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let longer = [whole.clone(), vec![0]].concat();
    for (name, damaged) in [("a bit", flipped), ("cut short", whole[..100].to_vec()), ("longer", longer)] {
        fs::write(&file, damaged).unwrap();
        server.reset();
        let outcome = run(&scene);
        assert_eq!(outcome.code, 0, "{name}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("the file in the cache was damaged (another "), "{name}: {}", outcome.stderr);
        assert_eq!(scene.sums(), sums, "{name}");
        assert!(server.count(is_data) > 1, "{name}");
        assert_eq!(fs::read(&file).unwrap(), whole, "{name}");
    }
    // A note that is gone or is none: what it would prove is proved by fetching.
    for text in [None, Some("{}")] {
        let note = files(&scene, ".json").remove(0);
        match text {
            None => fs::remove_file(&note).unwrap(),
            Some(text) => fs::write(&note, text).unwrap(),
        }
        server.reset();
        assert_eq!(run(&scene).code, 0);
        assert!(server.count(is_data) > 1);
    }
}

/// Not every ETag is an MD5: of parts, or of what a key has encrypted, it is none, and must not be taken for one.
#[test]
fn an_etag_that_is_no_md5_is_not_taken_for_one() {
    let cases = [
        ("\"d41d8cd98f00b204e9800998ecf8427e-3\"", None, 0),
        ("\"d41d8cd98f00b204e9800998ecf8427e\"", Some("aws:kms"), 0),
        ("\"d41d8cd98f00b204e9800998ecf8427e\"", Some("AES256"), 3),
        ("\"d41d8cd98f00b204e9800998ecf8427e\"", None, 3),
    ];
    for (tag, encryption, code) in cases {
        let (server, scene, _) = start(300);
        server.set_etag(DATA, tag);
        if let Some(encryption) = encryption {
            server.when(is_data, 0, usize::MAX, Action::Header("x-amz-server-side-encryption", encryption));
        }
        let outcome = run(&scene);
        assert_eq!(outcome.code, code, "{tag}, {encryption:?}: {}", outcome.stderr);
        if code == 0 {
            server.reset();
            assert_eq!(run(&scene).code, 0);
            assert_eq!(server.count(is_data), 0, "{tag}: it is kept by its ETag and its own SHA-256");
        }
    }
}

/// Killed in the middle of a download, it goes on from what is on the disk for certain.
#[test]
fn a_stopped_download_goes_on() {
    let (server, scene, place) = start_with(hardly_packed(&csv(&rows(PAYER, ACCOUNT, 30_000, 30))));
    let size = fs::metadata(&place).unwrap().len();
    assert!(size > 5 << 20, "{size} bytes are more than are made certain of at once");
    let larger = settings(&server, "/cur").replace("part_bytes = 4000", "part_bytes = 500000");
    scene.set(&larger.replace("timeout_seconds = 1", "timeout_seconds = 60"));
    server.when(is_data, 9, usize::MAX, Action::Stall(0));
    let cache = scene.cache();
    let mut child = scene.spawn(&["run", "--period", "2025-05", "--cache", cache.to_str().unwrap()]);
    let begin = Instant::now();
    while files(&scene, ".synced").is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(20), "nothing was made certain of");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let synced: u64 = fs::read_to_string(&files(&scene, ".synced")[0]).unwrap().parse().unwrap();
    assert!(synced >= 4 << 20 && synced < size, "{synced} of {size}");
    // What came after that may be anything.
    let part = files(&scene, ".part").remove(0);
    let mut bytes = fs::read(&part).unwrap();
    bytes.truncate(usize::try_from(synced).unwrap());
    bytes.extend([0; 1_000]);
    fs::write(&part, bytes).unwrap();

    server.reset();
    let outcome = run(&scene);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let first = server.seen().into_iter().filter(is_data).filter_map(|seen| seen.range).min_by_key(|range| range.len());
    let starts: Vec<u64> = server
        .seen()
        .into_iter()
        .filter(is_data)
        .filter_map(|seen| seen.range)
        .map(|range| range["bytes=".len()..].split('-').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(starts.iter().min(), Some(&synced), "{first:?}");
    assert_eq!(fs::read(&files(&scene, DATA)[0]).unwrap(), fs::read(&place).unwrap());
    assert!(files(&scene, ".part").is_empty() && files(&scene, ".synced").is_empty());
}

/// Keys become names that no disk minds, whatever is in them.
#[test]
fn no_key_leads_out_of_the_cache() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let long = format!("{}.csv.gz", "長".repeat(60));
    let reports: Vec<(String, Vec<u8>)> = ["CON.csv.gz", "con.csv.gz", ".hidden.csv.gz", "a:b\\c.csv.gz", &long]
        .iter()
        .zip(40..)
        .map(|(name, seed)| ((*name).to_owned(), gzip(&csv(&rows(PAYER, ACCOUNT, 50, seed)))))
        .collect();
    let files: Vec<(&str, Vec<u8>)> = reports.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let is_told = |name: &&(&str, Vec<u8>)| !name.0.contains('\\'); // A manifest must not name such a key.
    let told: Vec<(&str, Vec<u8>)> = files.iter().filter(is_told).cloned().collect();
    let write = |root: &Path| drop(deliver(root, "cur", PAYER, "one", &told));
    let expected = from_disk(write);
    write(&server.bucket(BUCKET));
    let scene = Scene::new(&settings(&server, "/cur"));
    let outcome = run(&scene);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(scene.sums(), expected);
    let names: Vec<PathBuf> = files_below(&scene.cache()).into_iter().map(|(path, _)| path).collect();
    let mut lower: Vec<String> = names.iter().map(|name| name.to_str().unwrap().to_lowercase()).collect();
    lower.sort();
    lower.dedup();
    assert_eq!((names.len(), lower.len()), (2 * told.len() + 1, 2 * told.len() + 1), "{names:?}");
    for name in names {
        let name = name.to_str().unwrap();
        assert!(
            name.len() < 120 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)),
            "{name}"
        );
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_said() {
    let (_server, scene, _) = start(100);
    fs::write(scene.cache(), "a file").unwrap();
    let outcome = run(&scene);
    assert_eq!(outcome.code, 3);
    assert!(outcome.stderr.contains("cannot use the cache at "), "{}", outcome.stderr);
    scene.assert_nothing_written();
}
