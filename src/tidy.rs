//! Tests of the source itself: the direction of imports, the headers, the sizes, what the core may not know.

use std::fs;
use std::path::{Path, PathBuf};

/// The pure stages, in the order the data flows.
const STAGES: [&str; 5] = ["alone", "discount", "convert", "invoice", "correct"];
/// The vocabulary: knows no stage.
const VOCABULARY: [&str; 4] = ["money", "period", "usage", "terms"];
/// Folders that touch the world, or join everything.
const EDGES: [&str; 10] =
    ["ingest", "reference", "price_import", "remote", "rows", "read_back", "deliver", "ledger", "run", "command_line"];

fn source_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file below a folder, without tests: its path and its text.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" && name != "testing" {
            found.extend(sources(&path));
        } else if name.ends_with(".rs") && !matches!(name.as_str(), "tests.rs" | "tidy.rs" | "samples.rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

fn assert_without(folder: &str, barred: &[&str]) {
    let found = sources(&source_dir().join(folder));
    assert!(!found.is_empty(), "{folder} has no sources");
    for (file, text) in found {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for word in barred {
            assert!(!code.contains(&format!("crate::{word}")), "{file} must not know {word}");
        }
    }
}

#[test]
fn data_flows_one_way() {
    for (place, stage) in STAGES.iter().enumerate() {
        assert_without(stage, &STAGES[place + 1..]);
        assert_without(stage, &EDGES);
        assert_without(stage, &["audit", "pipeline", "fold"]);
    }
    for folder in VOCABULARY {
        assert_without(folder, &STAGES);
        assert_without(folder, &EDGES);
        assert_without(folder, &["audit", "pipeline", "fold"]);
    }
    assert_without("audit", &EDGES);
    assert_without("explain", &EDGES);
    for edge in ["ingest", "reference", "price_import"] {
        assert_without(edge, &STAGES);
        assert_without(edge, &["deliver", "pipeline", "audit", "run", "command_line"]);
    }
    // Only `run` knows that there are stores beyond this machine.
    for folder in ["ingest", "reference", "price_import", "fold", "rows", "read_back", "deliver", "ledger"] {
        assert_without(folder, &["remote"]);
    }
    assert_without("remote", &STAGES);
    assert_without("remote", &["price_import", "fold", "rows", "read_back", "deliver", "ledger", "pipeline", "audit"]);
    assert_without("remote", &["run", "command_line"]);
    assert_without("ledger", &STAGES);
    assert_without("ledger", &["ingest", "reference", "fold", "pipeline", "audit", "run", "command_line"]);
    assert_without("price_import", &["fold"]);
    assert_without("reference", &["price_import", "ingest"]);
    assert_without("ingest", &["price_import", "reference"]);
    assert_without("rows", &["reference", "deliver", "pipeline", "run", "command_line"]);
    assert_without("deliver", &["ingest", "reference", "read_back", "run", "command_line"]);
    assert_without("reconcile", &EDGES);
    assert_without("reconcile", &["alone", "discount", "convert", "audit", "pipeline", "fold"]);
    assert_without("read_back", &["alone", "discount", "deliver", "pipeline", "audit", "run", "command_line"]);
}

#[test]
fn every_folder_says_what_flows_in_and_out() {
    const OTHERS: [&str; 12] = [
        "ingest",
        "remote",
        "reference",
        "price_import",
        "read_back",
        "deliver",
        "ledger",
        "fold",
        "audit",
        "reconcile",
        "rows",
        "explain",
    ];
    for folder in STAGES.iter().chain(&VOCABULARY).chain(&OTHERS) {
        let text = fs::read_to_string(source_dir().join(folder).join("mod.rs")).unwrap();
        for part in ["//! - In: ", "//! - Out: ", "//! - Refuses: ", "//! - Promise: "] {
            assert!(text.contains(part), "{folder}/mod.rs lacks {part}");
        }
    }
}

#[test]
fn the_core_knows_no_file_clock_float_or_unordered_map() {
    const BARRED: [&str; 8] = ["std::fs", "std::net", "SystemTime", "Instant::now", "HashMap", "HashSet", "f32", "f64"];
    for folder in STAGES.iter().chain(&VOCABULARY).chain(&["audit", "explain", "reconcile"]) {
        for (file, text) in sources(&source_dir().join(folder)) {
            for word in BARRED {
                assert!(!text.contains(word), "{file} must not use {word}");
            }
        }
    }
}

#[test]
fn files_stay_small() {
    for (file, text) in sources(&source_dir()) {
        let lines = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().count();
        assert!(lines <= 320, "{file} has {lines} lines; split it");
    }
}

#[test]
fn only_one_folder_knows_the_sdk() {
    for (file, text) in sources(&source_dir()) {
        let is_there = ["aws_sdk_s3", "aws_config", "tokio::"].iter().any(|name| text.contains(name));
        assert!(!is_there || file.contains("/remote/"), "{file} must not know the SDK");
    }
}
