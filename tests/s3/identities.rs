//! Who asks: the SDK's chain, profiles, roles; and what is said where none of them works.

use std::fs;

use crate::scene::*;
use crate::server::{Server, Tokens};

const OTHER: &str = "080000000028";

/// Two payers in buckets of the same name at two services, each with an identity of its own.
#[test]
fn every_payer_has_its_own_service_profile_and_role() {
    let rows_of = |payer: &str, account: &str, seed: u32| gzip(&csv(&rows(payer, account, 300, seed)));
    let expected = from_disk(|root| {
        deliver(root, "a", PAYER, "x", &[("a.csv.gz", rows_of(PAYER, ACCOUNT, 50))]);
        deliver(root, "b", OTHER, "y", &[("a.csv.gz", rows_of(OTHER, ACCOUNT, 51))]);
        deliver(root, "c", "070000000037", "z", &[("a.csv.gz", rows_of("070000000037", ACCOUNT, 52))]);
    });
    let of_environment = Server::start(&[(ACCESS, SECRET)]);
    let of_profile = Server::start(&[(PROFILE_ACCESS, PROFILE_SECRET)]);
    let of_role = Server::start(&[(ROLE_ACCESS, ROLE_SECRET)]);
    let tokens = Tokens::start(ROLE_ACCESS, ROLE_SECRET, ROLE_TOKEN);
    deliver(&of_environment.bucket(BUCKET), "a", PAYER, "x", &[("a.csv.gz", rows_of(PAYER, ACCOUNT, 50))]);
    deliver(&of_profile.bucket(BUCKET), "b", OTHER, "y", &[("a.csv.gz", rows_of(OTHER, ACCOUNT, 51))]);
    deliver(
        &of_role.bucket("other-reports"),
        "c",
        "070000000037",
        "z",
        &[("a.csv.gz", rows_of("070000000037", ACCOUNT, 52))],
    );
    let settings = format!(
        "[s3]\n{HASTE}\
         [[reports.source]]\nreports = \"s3://{BUCKET}/a\"\nendpoint_url = \"{}\"\n\
         [[reports.source]]\nreports = \"s3://{BUCKET}/b\"\nendpoint_url = \"{}\"\nprofile = \"payer-b\"\n\
         [[reports.source]]\nreports = \"s3://other-reports/c\"\nendpoint_url = \"{}\"\nprofile = \"payer-b\"\n\
         region = \"eu-west-3\"\nrole_arn = \"arn:aws:iam::070000000037:role/reports\"\nrole_external_id = \"ours\"\n",
        of_environment.url(),
        of_profile.url(),
        of_role.url(),
    );
    let mut scene = Scene::new(&settings);
    scene.sts = Some(format!("http://{}", tokens.address));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(scene.sums(), expected);
    for (server, key) in [(&of_environment, ACCESS), (&of_profile, PROFILE_ACCESS), (&of_role, ROLE_ACCESS)] {
        let seen = server.seen();
        assert!(!seen.is_empty() && seen.iter().all(|seen| seen.access_key == key), "{key}: {seen:?}");
    }
    let asked = tokens.asked.lock().unwrap().join("\n");
    for word in ["role%2Freports", "ExternalId=ours", "RoleSessionName=seikyu"] {
        assert!(asked.contains(word), "{word} is not in {asked}");
    }
}

#[test]
fn an_identity_that_does_not_work_is_named_and_not_shown() {
    let server = Server::start(&[(PROFILE_ACCESS, PROFILE_SECRET)]);
    deliver(&server.bucket(BUCKET), "cur", PAYER, "one", &[("a.csv.gz", gzip(&csv(&rows(PAYER, ACCOUNT, 10, 6))))]);
    let with = |key: &str| format!("{}{key}", settings(&server, "/cur"));
    let cases = [
        (with(""), 2, "access denied (403 NotSignedUp)"),
        (with("profile = \"missing\"\n"), 2, "profile \"missing\" gives none"),
        (with("profile = \"broken\"\n"), 2, "profile \"broken\" gives none"),
        (with("profile = \"wrong\"\n"), 2, "does not know the credentials (403 SignatureDoesNotMatch)"),
        (with("role_arn = \"arn:aws:iam::070000000037:role/gone\"\n"), 3, "role/gone cannot be assumed"),
    ];
    for (settings, code, words) in cases {
        let mut scene = Scene::new(&settings);
        scene.sts = Some("http://127.0.0.1:1".to_owned()); // Nobody listens there.
        let outcome = scene.month(&[]);
        assert!(outcome.stderr.contains(words), "{words:?} is not in {}", outcome.stderr);
        assert_eq!(outcome.code, code, "{}", outcome.stderr);
        scene.assert_nothing_written();
    }
    // No identity at all.
    let scene = Scene::new(&settings(&server, "/cur"));
    let mut command = scene.command(&["run", "--period", "2025-05"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let outcome = scene.finish(command);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("no credentials: the SDK's chain"), "{}", outcome.stderr);
    // A file that is none: a parser would quote it.
    fs::write(scene.folder.path().join("credentials"), format!("[payer-b\n{PROFILE_SECRET}\n= {ROLE_TOKEN}")).unwrap();
    let outcome = scene.set(&with("profile = \"payer-b\"\n")).month(&[]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("profile \"payer-b\" gives none"), "{}", outcome.stderr);
    // Without a region AWS itself cannot be asked.
    let scene = Scene::new("[paths]\nreports = \"s3://some-bucket\"\n");
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("no region is known"), "{}", outcome.stderr);
}

#[test]
fn settings_are_checked_and_never_hold_a_secret() {
    let cases = [
        ("[paths]\nreports = \"s3://b\"\n", "paths.reports"),
        ("[paths]\nreports = \"s3://bucket//x\"\n", "paths.reports"),
        ("[s3]\naws_secret_access_key = \"SEIKYU-CANARY\"\n", "s3.aws_secret_access_key"),
        ("[s3]\nendpoint_url = \"https://me:SEIKYU-CANARY@host\"\n", "s3.endpoint_url"),
        ("[s3]\nendpoint_url = \"https://host/?token=SEIKYU-CANARY\"\n", "s3.endpoint_url"),
        ("[s3]\nendpoint_url = \"host\"\n", "s3.endpoint_url"),
        ("[s3]\nregion = \"Tokyo 1\"\n", "s3.region"),
        ("[s3]\nrole_arn = \"reports\"\n", "s3.role_arn"),
        ("[s3]\nattempts = 21\n", "s3.attempts"),
        ("[s3]\npath_style = \"yes\"\n", "s3.path_style"),
        ("[backup]\nto = \"/disk\"\n", "backup.to"),
        ("[upload]\nregion = \"eu-west-3\"\n", "upload.to"),
        ("[[reports.source]]\npayer_id = \"12\"\nreports = \"a\"\n", "reports.source[1].payer_id"),
        ("[[reports.source]]\npayer = \"12\"\nreports = \"a\"\n", "reports.source[1].payer"),
        ("[[reports.source]]\nreports = \"a\"\n[[reports.source]]\nreports = \"./a\"\n", "reports.source[2].reports"),
        ("[paths]\nreports = \"a\"\n[[reports.source]]\nreports = \"b\"\n", "reports.source"),
    ];
    for (settings, key) in cases {
        let scene = Scene::new(settings);
        let outcome = scene.run(&["check"]);
        assert_eq!(outcome.code, 2, "{settings}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(key), "{settings}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("SEIKYU-CANARY"), "{}", outcome.stderr);
    }
}
