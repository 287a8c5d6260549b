//! Every format, streamed and through the cache; keys with odd letters; long listings; several payers.

use std::fs;
use std::path::Path;

use crate::scene::*;
use crate::server::Server;

#[test]
fn every_format_gives_the_same_bytes_as_from_disk() {
    let rows = rows(PAYER, ACCOUNT, 2_000, 1);
    let (text, table) = (csv(&rows), parquet(&rows));
    let formats: [(&str, Vec<u8>); 4] =
        [("a.csv.gz", gzip(&text)), ("a.csv", text.clone()), ("a.zip", zipped(&text)), ("a.parquet", table)];
    let server = Server::start(&[(ACCESS, SECRET)]);
    for (name, bytes) in formats {
        assert!(bytes.len() > 20_000, "{name} has more parts than requests run ahead: {} bytes", bytes.len());
        let write = |root: &Path| drop(deliver(root, "cur", PAYER, "one", &[(name, bytes.clone())]));
        let expected = from_disk(write);
        let root = server.bucket(BUCKET);
        fs::remove_dir_all(&root).unwrap();
        write(&server.bucket(BUCKET));
        let scene = Scene::new(&settings(&server, "/cur"));
        server.reset();
        let outcome = scene.month(&[]);
        assert_eq!(outcome.code, 0, "{name}: {}", outcome.stderr);
        assert_eq!(scene.sums(), expected, "{name}, streamed");
        let is_data = |seen: &crate::server::Seen| seen.is_get_of(name) && seen.range.is_some();
        assert!(server.count(is_data) > 3, "{name} was read in ranges");
        let record: serde_json::Value =
            serde_json::from_slice(&fs::read(scene.output().join("2025-05/run.json")).unwrap()).unwrap();
        let report = record["inputs"].as_array().unwrap().iter().find(|input| input["kind"] == "report").unwrap();
        let key = format!("cur/monthly/20250501-20250601/one/{name}");
        assert_eq!(report["path"], format!("s3://{BUCKET}/{key}"));
        assert_eq!(report["bytes"], bytes.len());
        assert_eq!(report["version_id"], "version-of-test");
        assert_eq!(report["etag"].as_str().unwrap().len(), 34, "an MD5 in quotes");
        let has_hash = report["sha256"].as_str().unwrap().len() == 64;
        assert_eq!(has_hash, name.ends_with("csv") || name.ends_with("gz"), "{name}: {report}");

        let cached = Scene::new(&settings(&server, "/cur/"));
        let cache = cached.cache();
        let outcome = cached.month(&["--cache", cache.to_str().unwrap()]);
        assert_eq!(outcome.code, 0, "{name}: {}", outcome.stderr);
        assert_eq!(cached.sums(), expected, "{name}, through the cache");
    }
}

/// Neither has a hash, and they are no twins for that.
#[test]
fn several_parquet_objects_of_a_delivery_are_all_read() {
    let files: [(&str, Vec<u8>); 2] =
        [("a.parquet", parquet(&rows(PAYER, ACCOUNT, 300, 1))), ("b.parquet", parquet(&rows(PAYER, ACCOUNT, 300, 2)))];
    let write = |root: &Path| drop(deliver(root, "cur", PAYER, "one", &files));
    let expected = from_disk(write);
    let server = Server::start(&[(ACCESS, SECRET)]);
    write(&server.bucket(BUCKET));
    let scene = Scene::new(&settings(&server, "/cur"));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(scene.sums(), expected);
}

/// A column chunk is asked for once, whatever pages are in it, and columns that nobody wants are not.
#[test]
fn of_parquet_only_the_used_columns_are_carried() {
    let table = parquet(&rows(PAYER, ACCOUNT, 2_000, 1));
    let size = table.len();
    let server = Server::start(&[(ACCESS, SECRET)]);
    deliver(&server.bucket(BUCKET), "", PAYER, "one", &[("a.parquet", table)]);
    let scene = Scene::new(&settings(&server, ""));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let ranges = server.seen().into_iter().filter(|seen| seen.is_get_of("parquet")).filter_map(|seen| seen.range);
    let length = |range: String| -> usize {
        let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        last.parse::<usize>().unwrap() + 1 - first.parse::<usize>().unwrap()
    };
    let carried: usize = ranges.map(length).sum();
    // The resource ids are half of the file and no part of a fact.
    assert!(carried < size * 7 / 10, "{carried} of {size} bytes were carried");
}

#[test]
fn keys_with_odd_letters_and_long_listings_are_read() {
    let rows = rows(PAYER, ACCOUNT, 300, 2);
    let prefix = "請求 書+100%/BILLING_PERIOD=2025-05 & more";
    let write = |root: &Path| {
        let folder = deliver(root, prefix, PAYER, "one", &[("a b+c%20é=1.csv.gz", gzip(&csv(&rows)))]);
        // More than a listing tells at once, before and after the report.
        for number in 0..1_100 {
            fs::write(folder.join(format!("{}-{number}.txt", if number % 2 == 0 { "A" } else { "z" })), "x").unwrap();
        }
    };
    let expected = from_disk(write);
    let server = Server::start(&[(ACCESS, SECRET)]);
    write(&server.bucket(BUCKET));
    for (place, more) in [("", vec![]), (prefix, vec!["--cache"])] {
        let scene = Scene::new(&settings(&server, &format!("/{place}")));
        let cache = scene.cache();
        let mut arguments: Vec<&str> = more;
        if !arguments.is_empty() {
            arguments.push(cache.to_str().unwrap());
        }
        let outcome = scene.month(&arguments);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert_eq!(scene.sums(), expected);
    }
    assert!(server.count(|seen| seen.query.contains("continuation-token")) >= 2, "the listing had pages");
}

/// Report files of other months are not even listed; their manifests are, to say who has not delivered.
#[test]
fn folders_of_other_months_are_looked_into_for_manifests_only() {
    let server = Server::start(&[(ACCESS, SECRET)]);
    let root = server.bucket(BUCKET);
    deliver(&root, "cur", PAYER, "one", &[("a.csv.gz", gzip(&csv(&rows(PAYER, ACCOUNT, 100, 3))))]);
    let other = root.join("cur/monthly/20250401-20250501");
    fs::create_dir_all(other.join("old")).unwrap();
    fs::write(other.join("old/a.csv"), "not a report").unwrap();
    let text = "{\"account\": \"020000000027\", \"billingPeriod\": {\"start\": \"20250401T000000.000Z\"}, \
                \"reportKeys\": [\"cur/monthly/20250401-20250501/old/a.csv\"]}";
    fs::write(other.join("monthly-Manifest.json"), text).unwrap();
    fs::create_dir_all(root.join("cur/monthly/year=2025/month=4")).unwrap();
    fs::write(root.join("cur/monthly/year=2025/month=4/b.parquet"), "not a report").unwrap();
    let scene = Scene::new(&settings(&server, "/cur"));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("payer 020000000027 has deliveries of other months"), "{}", outcome.stderr);
    assert_eq!(server.count(|seen| seen.is_listing() && seen.query.contains("old")), 0);
    assert_eq!(server.count(|seen| seen.is_listing() && seen.query.contains("month%3D4")), 0);
}

#[test]
fn folders_and_buckets_lie_side_by_side_each_with_its_payer() {
    const OTHER: &str = "080000000028";
    let (one, two) = (csv(&rows(PAYER, ACCOUNT, 400, 4)), csv(&rows(OTHER, "020000000012", 500, 5)));
    let expected = from_disk(|root| {
        deliver(root, "a", PAYER, "x", &[("a.csv.gz", gzip(&one))]);
        deliver(root, "b", OTHER, "y", &[("a.csv.gz", gzip(&two))]);
    });
    let server = Server::start(&[(ACCESS, SECRET)]);
    deliver(&server.bucket(BUCKET), "b", OTHER, "y", &[("a.csv.gz", gzip(&two))]);
    let sources = |payer: &str| {
        format!(
            "[[reports.source]]\nreports = \"mine\"\npayer_id = \"{PAYER}\"\n[[reports.source]]\nreports = \
             \"s3://{BUCKET}/b\"\npayer_id = \"{payer}\"\n{}",
            way(&server)
        )
    };
    let scene = Scene::new(&sources(OTHER));
    deliver(&scene.workspace().join("mine"), "a", PAYER, "x", &[("a.csv.gz", gzip(&one))]);
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(scene.sums(), expected);
    // Rows are found again where they lie.
    let outcome = scene.run(&["explain", "--period", "2025-05", "--project", "P-0002", "--rows"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains(&format!("s3://{BUCKET}/b/monthly/")), "{}", outcome.stdout);

    let scene = Scene::new(&sources("070000000037"));
    deliver(&scene.workspace().join("mine"), "a", PAYER, "x", &[("a.csv.gz", gzip(&one))]);
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.stderr.contains("is the payer of the manifest, and the source is for 070000000037"),
        "{}",
        outcome.stderr
    );
    scene.assert_nothing_written();
}
