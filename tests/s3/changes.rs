//! Reports that are delivered anew while they are read: never a mixture, and never without end.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::scene::*;
use crate::server::{Action, Seen, Server};

const DATA: &str = "a.csv.gz";

fn bytes(seed: u32) -> Vec<u8> {
    gzip(&csv(&rows(PAYER, ACCOUNT, 800, seed)))
}

fn expected(seed: u32) -> BTreeMap<&'static str, String> {
    from_disk(|root| drop(deliver(root, "cur", PAYER, "one", &[(DATA, bytes(seed))])))
}

#[test]
fn the_versions_of_these_tests_come_to_different_sums() {
    let sums: Vec<_> = (11..=14).map(expected).collect();
    for (place, sum) in sums.iter().enumerate() {
        assert!(sums[..place].iter().all(|other| other["bridge.csv"] != sum["bridge.csv"]), "{place}");
    }
}

fn is_data(seen: &Seen) -> bool {
    seen.is_get_of(DATA)
}

/// The object of an overwriting delivery is replaced between two of its ranges.
#[test]
fn an_object_that_is_replaced_between_ranges_is_read_anew() {
    let expected = expected(12);
    for more in [vec![], vec!["--cache"]] {
        let server = Server::start(&[(ACCESS, SECRET)]);
        let place = deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes(11))]).join(DATA);
        server.when(is_data, 4, 1, Action::First(Box::new(move || put(&place, &bytes(12)))));
        let scene = Scene::new(&settings(&server, "/cur"));
        let cache = scene.cache();
        let mut arguments: Vec<&str> = more;
        if !arguments.is_empty() {
            arguments.push(cache.to_str().unwrap());
        }
        let outcome = scene.month(&arguments);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert_eq!(scene.sums(), expected);
        assert!(outcome.stderr.contains("was replaced while it was read (412"), "{}", outcome.stderr);
    }
}

/// A server that does not know `If-Match` is found out by the ETag of its answer.
#[test]
fn another_etag_in_an_answer_is_a_change() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes(11))]);
    server.when(is_data, 2, 1, Action::Header("etag", "\"0123456789abcdef0123456789abcdef\""));
    let scene = Scene::new(&settings(&server, "/cur"));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("(another ETag)"), "{}", outcome.stderr);
    assert_eq!(scene.sums(), expected(11));
}

/// Another assembly is delivered while the old one, which stays, is read: at the moments that matter.
#[test]
fn a_manifest_that_is_replaced_is_followed() {
    let expected = expected(14);
    let is_manifest = |seen: &Seen| seen.is_get_of("Manifest");
    type Moment = (&'static str, fn(&Seen) -> bool, usize);
    let moments: [Moment; 4] = [
        ("before the manifest is read", is_manifest, 0),
        ("before the first byte of the data", is_data, 0),
        ("between two ranges", is_data, 3),
        ("after the data, before the second look", |seen| seen.is_listing(), 5),
    ];
    for (name, matches, skip) in moments {
        let server = Server::start(&[(ACCESS, SECRET)]);
        let root = server.bucket(BUCKET);
        deliver(&root, "cur", PAYER, "one", &[(DATA, bytes(13))]);
        server.when(
            matches,
            skip,
            1,
            Action::First(Box::new(move || {
                deliver(&root, "cur", PAYER, "two", &[(DATA, bytes(14))]);
            })),
        );
        let scene = Scene::new(&settings(&server, "/cur"));
        let outcome = scene.month(&[]);
        assert_eq!(outcome.code, 0, "{name}: {}", outcome.stderr);
        assert_eq!(scene.sums(), expected, "{name}");
        assert!(outcome.stderr.contains("were read again"), "{name}: {}", outcome.stderr);
    }
}

/// Data comes before its manifest, or the manifest before its data: only what is whole at one moment counts.
#[test]
fn a_delivery_that_is_half_there_is_waited_out_or_refused() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let root = server.bucket(BUCKET);
    let folder = deliver(&root, "cur", PAYER, "two", &[(DATA, bytes(14))]);
    let (there, away) = (folder.join(DATA), root.join("away"));
    fs::rename(&there, &away).unwrap();
    let scene = Scene::new(&settings(&server, "/cur"));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("is named by the manifest, but is not there"), "{}", outcome.stderr);
    scene.assert_nothing_written();
    // The data arrives after the listing in which it was missing.
    server.reset();
    server.when(
        |seen| seen.is_get_of("Manifest"),
        0,
        1,
        Action::First(Box::new(move || {
            fs::rename(&away, &there).unwrap();
        })),
    );
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(scene.sums(), expected(14));
}

#[test]
fn reports_that_never_stay_as_they_are_end_in_a_refusal() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let place: PathBuf = deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes(20))]).join(DATA);
    let count = AtomicU32::new(21);
    server.when(
        is_data,
        0,
        usize::MAX,
        Action::First(Box::new(move || {
            put(&place, &bytes(count.fetch_add(1, Ordering::Relaxed)));
        })),
    );
    let scene = Scene::new(&settings(&server, "/cur"));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    for word in ["changed while they were read, 3 times in a row", "wait until AWS has delivered"] {
        assert!(outcome.stderr.contains(word), "{}", outcome.stderr);
    }
    scene.assert_nothing_written();
}

/// What was read cannot be vouched for where the second look fails: that is told as what it is.
#[test]
fn a_second_look_that_fails_is_no_change() {
    let cases = [(500, "InternalError", 3, "tried 4 times"), (403, "AccessDenied", 2, "s3:ListBucket")];
    for (status, answer, code, words) in cases {
        let server = Server::start(&[(ACCESS, SECRET)]);
        deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes(13))]);
        // The first look has three folders: cur, monthly, the dates.
        server.when(Seen::is_listing, 3, usize::MAX, Action::Answer(status, answer, vec![]));
        let scene = Scene::new(&settings(&server, "/cur"));
        let outcome = scene.month(&[]);
        assert_eq!(outcome.code, code, "{}", outcome.stderr);
        assert!(server.count(is_data) > 1, "the first look was answered");
        assert!(outcome.stderr.contains(words) && !outcome.stderr.contains("changed"), "{}", outcome.stderr);
        scene.assert_nothing_written();
    }
}

/// What changes in another month, or beside the delivery, is no reason to read again.
#[test]
fn other_changes_do_not_matter() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let root = server.bucket(BUCKET);
    deliver(&root, "cur", PAYER, "one", &[(DATA, bytes(13))]);
    let april = root.join("cur/monthly/20250401-20250501");
    fs::create_dir_all(&april).unwrap();
    let text =
        "{\"account\": \"090000000019\", \"billingPeriod\": {\"start\": \"20250401T000000.000Z\"}, \"reportKeys\": []}";
    fs::write(april.join("monthly-Manifest.json"), text).unwrap();
    server.when(
        is_data,
        1,
        1,
        Action::First(Box::new(move || {
            put(&april.join("monthly-Manifest.json"), format!("{text} ").as_bytes());
            fs::write(root.join("cur/monthly/20250501-20250601/note.txt"), "new").unwrap();
        })),
    );
    let scene = Scene::new(&settings(&server, "/cur"));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("read again"), "{}", outcome.stderr);
}
