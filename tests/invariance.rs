//! The same rows give the same bytes, however they are split, ordered and packed.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use common::{TempFolder, copy_folder, seikyu, shared_data};

/// The records of a gzip CSV: its header line and its records, quoted newlines kept inside.
fn records_of(path: &Path) -> (String, Vec<String>) {
    let mut text = String::new();
    let file = fs::File::open(path).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (mut records, mut start, mut is_quoted) = (Vec::new(), 0, false);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => {
                records.push(text[start..=place].trim_end_matches(['\r', '\n']).to_owned());
                start = place + 1;
            }
            _ => {}
        }
    }
    let header = records.remove(0);
    (header, records)
}

fn write_gzip(path: &Path, header: &str, records: &[String]) {
    let file = fs::File::create(path).unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    writeln!(packed, "{header}").unwrap();
    for record in records {
        writeln!(packed, "{record}").unwrap();
    }
    packed.finish().unwrap();
}

/// A small generator of its own, so that the order of a seed never changes.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for place in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(place, usize::try_from(seed >> 33).unwrap() % (place + 1));
    }
}

fn run(workspace: &Path) -> TempFolder {
    let out = TempFolder::new("invariance");
    let outcome =
        seikyu(&["run", "--quiet", "--period", "2025-05"], &[("--workspace", workspace), ("--output", out.path())]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    out
}

#[test]
fn another_order_and_another_split_of_the_rows_change_no_byte() {
    let Some(month) = shared_data("month_2025-05") else { return };
    let expected = run(&month).files_but_run_json();
    for seed in 1..=3 {
        let copy = TempFolder::new("shuffled");
        copy_folder(&month, copy.path());
        let folder =
            copy.path().join("reports/001234567892/cur/hourly/20250501-20250601/pnwcib2u-1111-2222-3333-nym6nqlhjbgt");
        let files = [1, 2, 3].map(|number| folder.join(format!("hourly-0000{number}.csv.gz")));
        let (header, mut all) = records_of(&files[0]);
        all.extend(files[1..].iter().flat_map(|file| records_of(file).1));
        shuffle(&mut all, seed);
        let cut = all.len() / (usize::try_from(seed).unwrap() + 1);
        write_gzip(&files[0], &header, &all[..cut]);
        write_gzip(&files[1], &header, &all[cut..]);
        write_gzip(&files[2], &header, &[]);
        assert_eq!(run(copy.path()).files_but_run_json(), expected, "seed {seed}");
    }
}

#[test]
fn a_run_that_is_refused_leaves_the_previous_output_whole() {
    let Some(month) = shared_data("month_2025-05") else { return };
    let copy = TempFolder::new("refused");
    copy_folder(&month, copy.path());
    let out = TempFolder::new("refused-out");
    let go = || {
        seikyu(&["run", "--quiet", "--period", "2025-05"], &[("--workspace", copy.path()), ("--output", out.path())])
    };
    assert_eq!(go().code, 0);
    let before = out.files_but_run_json();
    fs::remove_file(copy.path().join("rates/fx/usd_jpy_tts.csv")).unwrap();
    assert_eq!(go().code, 2);
    assert_eq!(out.files_but_run_json(), before);
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1, "nothing is left beside it");
}
