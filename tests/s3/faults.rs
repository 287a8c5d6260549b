//! Answers that are broken: either the bytes are the same as from disk, or there is a clear word and nothing is written.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::scene::*;
use crate::server::{Action, Seen, Server};

const DATA: &str = "a.csv.gz";

fn is_data(seen: &Seen) -> bool {
    seen.is_get_of(DATA)
}

fn is_manifest(seen: &Seen) -> bool {
    seen.is_get_of("Manifest")
}

fn is_listing(seen: &Seen) -> bool {
    seen.is_listing()
}

#[test]
fn what_passes_is_tried_again_and_the_sums_are_the_same() {
    let bytes = gzip(&csv(&rows(PAYER, ACCOUNT, 1_000, 6)));
    let write = |root: &Path| drop(deliver(root, "cur", PAYER, "one", &[(DATA, bytes.clone())]));
    let expected = from_disk(write);
    let server = Server::start(&[(ACCESS, SECRET)]);
    write(&server.bucket(BUCKET));
    type Case = (&'static str, fn(&Seen) -> bool, usize, usize, Action);
    let cases: Vec<Case> = vec![
        ("a connection that breaks off in a body", is_data, 1, 2, Action::Break(1_234)),
        ("a connection that breaks off at once", is_data, 0, 3, Action::Break(0)),
        ("a connection without an answer", is_data, 2, 3, Action::Close),
        ("500", is_data, 0, 3, Action::Answer(500, "InternalError", vec![])),
        ("503", is_data, 3, 2, Action::Answer(503, "SlowDown", vec![])),
        ("429", is_data, 3, 2, Action::Answer(429, "TooManyRequests", vec![])),
        ("502 of a proxy that speaks no XML", is_data, 3, 2, Action::Answer(502, "<html>", vec![])),
        ("a body that stalls", is_data, 1, 1, Action::Stall(2_000)),
        ("a body that is too short", is_data, 1, 3, Action::Shorten(700)),
        ("a body without a byte", is_data, 1, 1, Action::Shorten(1_000_000)),
        ("a body that is too long", is_data, 1, 2, Action::Lengthen(5)),
        ("another range", is_data, 1, 2, Action::Header("content-range", "bytes 1-4000/99999999")),
        ("no answer to a listing", is_listing, 0, 3, Action::Close),
        ("500 for a listing", is_listing, 1, 2, Action::Answer(500, "InternalError", vec![])),
        ("a listing that breaks off", is_listing, 0, 1, Action::Break(40)),
        ("a manifest that breaks off", is_manifest, 0, 2, Action::Break(10)),
        ("503 for a manifest", is_manifest, 0, 3, Action::Answer(503, "SlowDown", vec![])),
    ];
    let scene = Scene::new(&settings(&server, "/cur"));
    for (name, matches, skip, times, action) in cases {
        server.reset();
        let seen_before = server.count(matches);
        assert_eq!(seen_before, 0);
        server.when(matches, skip, times, action);
        let outcome = scene.month(&[]);
        assert_eq!(outcome.code, 0, "{name}: {}", outcome.stderr);
        assert_eq!(scene.sums(), expected, "{name}");
        std::fs::remove_dir_all(scene.output()).unwrap();
    }
}

/// An attempt goes on at the byte where the last one stopped.
#[test]
fn a_broken_range_is_gone_on_with_where_it_stopped() {
    let bytes = gzip(&csv(&rows(PAYER, ACCOUNT, 500, 6)));
    let server = Server::start(&[(ACCESS, SECRET)]);
    deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes.clone())]);
    server.when(is_data, 0, 1, Action::Break(1_500));
    let scene = Scene::new(&settings(&server, "/cur").replace("requests_per_object = 3", "requests_per_object = 1"));
    assert_eq!(scene.month(&[]).code, 0);
    let ranges: Vec<String> = server.seen().into_iter().filter(is_data).filter_map(|seen| seen.range).collect();
    assert_eq!(ranges[..3], ["bytes=0-3999", "bytes=1500-3999", "bytes=4000-7999"]);
}

#[test]
fn what_does_not_pass_is_said_with_what_to_do_and_nothing_is_written() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let bytes = gzip(&csv(&rows(PAYER, ACCOUNT, 500, 6)));
    deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes)]);
    let answer = |status, code| Action::Answer(status, code, vec![]);
    let other_region = || vec![("x-amz-bucket-region", "eu-west-3")];
    type Case = (&'static str, fn(&Seen) -> bool, Action, i32, &'static [&'static str]);
    let cases: Vec<Case> = vec![
        (
            "403 listing",
            is_listing,
            answer(403, "AccessDenied"),
            2,
            &["s3:ListBucket", BUCKET, "s3://payer-reports/cur/"],
        ),
        ("403 data", is_data, answer(403, "AccessDenied"), 2, &["s3:GetObject", "kms:Decrypt", "one/a.csv.gz"]),
        ("403 manifest", is_manifest, answer(403, "AccessDenied"), 2, &["s3:GetObject", "Manifest.json"]),
        ("no bucket", is_listing, answer(404, "NoSuchBucket"), 2, &["there is no bucket payer-reports"]),
        (
            "another region",
            is_listing,
            Action::Answer(301, "PermanentRedirect", other_region()),
            2,
            &["region = \"eu-west-3\""],
        ),
        ("expired", is_listing, answer(400, "ExpiredToken"), 2, &["have expired", "aws sso login"]),
        ("unknown key", is_data, answer(403, "InvalidAccessKeyId"), 2, &["does not know the credentials"]),
        ("clock", is_listing, answer(403, "RequestTimeTooSkewed"), 2, &["clock of this machine"]),
        ("archived", is_data, answer(403, "InvalidObjectState"), 2, &["is archived", "restore"]),
        ("always 500", is_data, answer(500, "InternalError"), 3, &["tried 4 times", "500 InternalError"]),
        ("always 503 listing", is_listing, answer(503, "SlowDown"), 3, &["tried 4 times", "503 SlowDown"]),
        ("always closed", is_data, Action::Close, 3, &["tried 4 times", "check the network"]),
        ("always too short", is_data, Action::Shorten(3_999), 3, &["ended too early", "tried 4 times"]),
        ("always gone", is_data, answer(404, "NoSuchKey"), 2, &["3 times in a row", "is gone (404 NoSuchKey)"]),
        ("an odd refusal", is_data, answer(418, "IAmA Teapot<>"), 2, &["the store refused the request (418)"]),
    ];
    let scene = Scene::new(&settings(&server, "/cur"));
    for (name, matches, action, code, words) in cases {
        server.reset();
        server.when(matches, 0, usize::MAX, action);
        for more in [vec![], vec!["--cache"]] {
            let cache = scene.cache();
            let mut arguments: Vec<&str> = more;
            if !arguments.is_empty() {
                arguments.push(cache.to_str().unwrap());
            }
            let outcome = scene.month(&arguments);
            assert_eq!(outcome.code, code, "{name}: {}", outcome.stderr);
            for word in words {
                assert!(outcome.stderr.contains(word), "{name}: {word:?} is not in {}", outcome.stderr);
            }
            scene.assert_nothing_written();
        }
    }
}

#[test]
fn bytes_that_come_too_slowly_end_in_a_clear_word() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let bytes = gzip(&csv(&rows(PAYER, ACCOUNT, 100, 6)));
    deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes)]);
    server.when(is_data, 0, usize::MAX, Action::Stall(10));
    let scene = Scene::new(&settings(&server, "/cur").replace("attempts = 4", "attempts = 2"));
    let begin = Instant::now();
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("no byte came for 1 s; tried 2 times"), "{}", outcome.stderr);
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    scene.assert_nothing_written();

    // Slow, but not too slow: a byte comes again and again.
    server.reset();
    server.when(is_manifest, 0, 1, Action::Drip(Duration::from_millis(2)));
    assert_eq!(scene.month(&[]).code, 0);
}

#[test]
fn bytes_that_are_spoiled_on_their_way_are_refused() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let bytes = gzip(&csv(&rows(PAYER, ACCOUNT, 100, 6)));
    deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[(DATA, bytes)]);
    let scene = Scene::new(&settings(&server, "/cur"));
    server.when(is_data, 0, usize::MAX, Action::Spoil);
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("is damaged or not complete"), "{}", outcome.stderr);
    scene.assert_nothing_written();
    // The cache knows it by the MD5 that an ETag is.
    let cache = scene.cache();
    let outcome = scene.month(&["--cache", cache.to_str().unwrap()]);
    assert_eq!(outcome.code, 3);
    assert!(outcome.stderr.contains("is not what the store says it is (MD5 "), "{}", outcome.stderr);
    scene.assert_nothing_written();
}

#[test]
fn nobody_listens_there() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let settings = settings(&server, "/cur");
    drop(server);
    let scene = Scene::new(&settings);
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("the connection failed; tried 4 times"), "{}", outcome.stderr);
    scene.assert_nothing_written();
}
