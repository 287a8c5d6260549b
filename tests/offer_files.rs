//! Offer files as AWS published them: which are imported with how many rows, which are refused and why.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, seikyu, shared_data};

/// A workspace that holds nothing but its settings.
fn workspace() -> TempFolder {
    let folder = TempFolder::new("offers");
    fs::write(folder.path().join("seikyu.toml"), "[issuer]\nname = \"X\"\n[billing]\nmode = \"strip_only\"\n")
        .expect("a file can be written");
    folder
}

fn import(workspace: &Path, files: &[&Path], options: &[&str]) -> Outcome {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().expect("a path of a test is UTF-8")).collect();
    let arguments = [&["rates", "import-prices", "--quiet"], options, &files].concat();
    seikyu(&arguments, &[("--workspace", workspace)])
}

/// The tables of a folder of rates, by name.
fn tables(workspace: &Path, folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace.join("rates").join(folder)).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    paths
}

/// The rows of a compiled table without the source, which is the last column.
fn rows_but_source(table: &Path) -> BTreeSet<Vec<String>> {
    let mut reader = csv::Reader::from_path(table).expect("a table can be read");
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.expect("a row can be read");
        row.iter().take(row.len() - 1).map(str::to_owned).collect()
    };
    reader.records().map(row).collect()
}

const S3_2017: &str = "pricelist-offers-2017-eu-west-1/service-offers-AmazonS3-eu-west-1";

/// Files that are imported, and their rows as counted in the files themselves: on-demand dimensions in USD.
#[rustfmt::skip]
const IMPORTED: [(&str, usize); 12] = [
    ("offers-2016/AmazonS3_offer-index.json", 530),
    ("offers-2016/awskms_offer-index.json", 24),
    ("pricelist-ligoj/index-duplicate-price.csv", 1), // Two rows that say the same.
    ("pricelist-ligoj/index-ec2-small-compute.csv", 2),
    ("pricelist-ligoj/offers/v1.0/aws/AWSLambda/current/eu-west-1/index-v2.csv", 8),
    ("pricelist-ligoj/offers/v1.0/aws/AWSLambda/current/eu-west-1/index.csv", 8),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index-v2.csv", 90),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonEFS/current/index-v2.csv", 9),
    ("pricelist-ligoj/savingsPlan/v1.0/aws/AWSDatabaseSavingsPlans/current/eu-west-1/index.json", 3),
    ("pricelist-offers-2017-eu-west-1/service-offers-AmazonS3-eu-west-1.csv", 257),
    ("pricelist-offers-2017-eu-west-1/service-offers-AmazonS3-eu-west-1.json", 257),
    ("pricelist-offers-2017-eu-west-1/service-offers-AmazonVPC.csv", 374),
];

const NO_LINE_END: &str = "found no line end after the last row";
const NO_PRICES: &str = "found no on-demand price and no rate of a Savings Plan";
const TORN_ROW: &str = "TermType: found nothing";
const OTHER_SKU: &str = "accepted: a rate code of SKU ";

/// Files that are refused, and a part of what is said. All others are indexes and are refused as such.
#[rustfmt::skip]
const REFUSED: [(&str, &str); 24] = [
    ("pricelist-ligoj/index-ec2-small-dedicated-host.csv", NO_LINE_END),
    ("pricelist-ligoj/index-ec2-small-not-compute.csv", NO_LINE_END),
    ("pricelist-ligoj/index-ec2-small-ok.csv", NO_LINE_END),
    ("pricelist-ligoj/index-ec2-small-too-few.csv", NO_LINE_END),
    ("pricelist-ligoj/index-error.csv", "found no header"),
    ("pricelist-ligoj/index-header-not-found.csv", "PricePerUnit: found no such column"),
    ("pricelist-ligoj/offers/v1.0/aws/AWSLambda/current/default/empty.csv", NO_PRICES),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonEC2/current/default/empty.csv", NO_PRICES),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv", TORN_ROW),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonECS/current/default/empty.csv", NO_PRICES),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonECS/current/eu-west-1/index-v2.csv", NO_LINE_END),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonECS/current/eu-west-1/index.csv", TORN_ROW),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonEFS/current/empty.csv", NO_PRICES),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonEFS/current/index.csv", "found a quote inside a cell without quotes"),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonRDS/current/default/empty.csv", NO_PRICES),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonRDS/current/eu-west-1/index-v2.csv", TORN_ROW),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonRDS/current/eu-west-1/index-vs.csv", TORN_ROW),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonRDS/current/eu-west-1/index.csv", TORN_ROW),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonS3/current/empty.csv", NO_PRICES),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonS3/current/index-v2.csv", NO_LINE_END),
    ("pricelist-ligoj/offers/v1.0/aws/AmazonS3/current/index.csv", OTHER_SKU),
    ("pricelist-ligoj/savingsPlan/v1.0/aws/AWSComputeSavingsPlan/current/default/empty.json", NO_PRICES),
    ("pricelist-ligoj/savingsPlan/v1.0/aws/AWSComputeSavingsPlan/current/eu-west-1/index.json",
     "found another rate for SKU HB5V2X8TXQUTDZBV than 8GU23DFTKP2N43SD.29QDFBY626457QNP"),
    ("pricelist-offers-2017-eu-west-1/service-offers-AmazonS3.json", "found no terms, so no prices"),
];

#[test]
fn every_real_offer_is_imported_whole_or_refused_with_a_reason() {
    let Some(root) = shared_data("price_lists") else { return };
    let mut files = Vec::new();
    offer_files(&root, &mut files);
    let mut seen = 0;
    for file in files {
        let name = file.strip_prefix(&root).expect("it is below").to_str().expect("a path of a test is UTF-8");
        let folder = workspace();
        let Outcome { code, stdout, stderr } = import(folder.path(), &[&file], &["--json"]);
        let imported = IMPORTED.iter().find(|(path, _)| *path == name);
        let refused = REFUSED.iter().find(|(path, _)| *path == name);
        seen += usize::from(imported.is_some() || refused.is_some());
        if let Some((_, rows)) = imported {
            assert_eq!(code, 0, "{name}: {stderr}");
            let summary: serde_json::Value = serde_json::from_str(&stdout).expect("a summary is JSON");
            assert_eq!(summary["files"][0]["rows"], *rows, "{name}");
            let written = [tables(folder.path(), "list_prices"), tables(folder.path(), "savings_plans")].concat();
            assert_eq!(written.len(), 1, "{name}");
            assert_eq!(csv::Reader::from_path(&written[0]).expect("a table").records().count(), *rows, "{name}");
        } else {
            let reason = refused.map_or("found an index of ", |(_, reason)| reason);
            assert_eq!((code, stdout.as_str()), (2, ""), "{name}");
            assert!(stderr.contains(reason), "{name}: {stderr}");
            assert!(tables(folder.path(), "list_prices").is_empty(), "{name}");
        }
    }
    assert_eq!(seen, IMPORTED.len() + REFUSED.len(), "a file of the tables is missing");
}

fn offer_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            offer_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json" || ending == "csv") {
            found.push(path);
        }
    }
}

#[test]
fn json_csv_gzip_and_parquet_give_the_same_rows() {
    let Some(root) = shared_data("price_lists") else { return };
    let (json, csv_file) = (root.join(format!("{S3_2017}.json")), root.join(format!("{S3_2017}.csv")));
    let of = |file: &Path| {
        let folder = workspace();
        assert_eq!(import(folder.path(), &[file], &[]).code, 0);
        rows_but_source(&tables(folder.path(), "list_prices")[0])
    };
    let from_json = of(&json);
    assert_eq!(from_json.len(), 257);
    assert_eq!(from_json, of(&csv_file));

    // Together they are one price list: the same row in two files says nothing new.
    let both = workspace();
    assert_eq!(import(both.path(), &[&json, &csv_file], &[]).code, 0);
    let packed = both.path().join("packed.json.gz");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, &fs::read(&json).expect("it can be read")).expect("memory takes it");
    fs::write(&packed, packer.finish().expect("memory takes it")).expect("a file can be written");
    assert_eq!(import(both.path(), &[&packed], &["--format", "parquet"]).code, 0);
    assert_eq!(tables(both.path(), "list_prices").len(), 3);

    // S3 Standard of Ireland: 0.023 up to 50 TB = 51,200 GB, 0.022 up to 500 TB = 512,000 GB, 0.021 above.
    let shown = seikyu(&["rates", "show", "4AJHPB29ZPVFADXP", "--json"], &[("--workspace", both.path())]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).expect("a summary is JSON");
    let versions = shown["list_prices"].as_array().expect("a list");
    assert_eq!((versions.len(), &versions[0]["unit"]), (1, &"GB-Mo".into()));
    let ranges = versions[0]["ranges"].as_array().expect("a list").iter();
    let ranges: Vec<[&str; 3]> = ranges
        .map(|range| ["begin_range", "end_range", "price_per_unit"].map(|name| range[name].as_str().expect("text")))
        .collect();
    assert_eq!(ranges, [["0.0", "51200.0", "0.023"], ["51200.0", "512000.0", "0.022"], ["512000.0", "Inf", "0.021"]]);
}

#[test]
fn the_same_offer_gives_the_same_bytes_and_nothing_is_left_behind() {
    let Some(root) = shared_data("price_lists") else { return };
    let files = [root.join("offers-2016/AmazonS3_offer-index.json"), root.join(format!("{S3_2017}.json"))];
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let (one, other) = (workspace(), workspace());
    assert_eq!(import(one.path(), &files, &[]).code, 0);
    let reversed: Vec<&Path> = files.iter().rev().copied().collect();
    assert_eq!(import(other.path(), &reversed, &[]).code, 0);
    assert_eq!(import(other.path(), &files, &[]).code, 0); // Once more changes nothing.
    assert_eq!(one.files_but_run_json(), other.files_but_run_json());
    let entries = fs::read_dir(one.path().join("rates")).expect("the folder can be listed");
    let names: Vec<_> = entries.map(|entry| entry.expect("it can be read").file_name()).collect();
    assert_eq!(names, ["list_prices"]);
}

#[test]
fn one_refused_file_keeps_all_from_being_written() {
    let Some(root) = shared_data("price_lists") else { return };
    let good = root.join("offers-2016/AmazonS3_offer-index.json");
    let bad = root.join("pricelist-offers-2017-eu-west-1/offers.json");
    let folder = workspace();
    let Outcome { code, stderr, .. } = import(folder.path(), &[&good, &bad], &[]);
    assert_eq!(code, 2, "{stderr}");
    assert!(tables(folder.path(), "list_prices").is_empty());
}

/// One on-demand dimension as AWS writes it.
fn dimension(sku: &str, number: u32, [begin, end, price]: [&str; 3], applies_to: &[&str]) -> String {
    let rate_code = format!("{sku}.T.D{number}");
    let applies_to: Vec<String> = applies_to.iter().map(|other| format!("\"{other}\"")).collect();
    let applies_to = applies_to.join(",");
    format!(
        "\"{rate_code}\":{{\"rateCode\":\"{rate_code}\",\"beginRange\":\"{begin}\",\"endRange\":\"{end}\",\"unit\":\"GB\",\
         \"pricePerUnit\":{{\"USD\":\"{price}\"}},\"appliesTo\":[{applies_to}]}}"
    )
}

/// Imports an offer of the terms of some SKUs; its rows but for the source, and what was told.
fn import_terms(terms: &[(&str, String)]) -> (Vec<String>, String) {
    let folder = workspace();
    let of_sku = |(sku, dimensions): &(&str, String)| {
        let term = format!("{{\"effectiveDate\":\"2025-05-01T00:00:00Z\",\"priceDimensions\":{{{dimensions}}}}}");
        format!("\"{sku}\":{{\"{sku}.T\":{term}}}")
    };
    let terms: Vec<String> = terms.iter().map(of_sku).collect();
    let text = format!("{{\"offerCode\":\"X\",\"version\":\"1\",\"terms\":{{\"OnDemand\":{{{}}}}}}}", terms.join(","));
    let file = folder.path().join("offer.json");
    fs::write(&file, text).expect("a file can be written");
    let file = file.to_str().expect("a path of a test is UTF-8");
    let outcome = seikyu(&["rates", "import-prices", file], &[("--workspace", folder.path())]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let rows = rows_but_source(&tables(folder.path(), "list_prices")[0]);
    (rows.into_iter().map(|row| row.join(" ")).collect(), outcome.stderr)
}

#[test]
fn free_offers_are_taken_where_they_are_offers_and_the_rest_is_told() {
    let price = |sku: &str| (["0", "Inf", "1.0E-1"], sku.to_owned());
    let paid = |sku: &'static str| (sku, dimension(sku, 0, price(sku).0, &[]));
    let two = |one: String, other: String| format!("{one},{other}");

    // A plain offer; its own SKU and repeats among the SKUs say nothing.
    let offer = dimension("G", 0, ["0", "100", "0.0000000000"], &["B", "A", "A", "G"]);
    let (rows, told) = import_terms(&[("G", offer), paid("A"), paid("B")]);
    assert_eq!(rows, ["A 0 Inf 0.1 GB 2025-05-01 ", "B 0 Inf 0.1 GB 2025-05-01 ", "G 0 100 0 GB 2025-05-01 A;B"]);
    assert!(!told.contains("warning"), "{told}");

    // An offer with a price of its own above the allowance keeps the allowance.
    let free = dimension("G", 0, ["0", "100", "0"], &["A"]);
    let (rows, told) = import_terms(&[("G", two(free, dimension("G", 1, ["100", "Inf", "0.2"], &[]))), paid("A")]);
    assert_eq!(rows, ["A 0 Inf 0.1 GB 2025-05-01 ", "G 0 100 0 GB 2025-05-01 A"]);
    assert!(
        told.contains("free offers for other SKUs have prices of their own, which were left out")
            && told.contains(": G\n"),
        "{told}"
    );

    // What costs or has no bound is no allowance, whatever it applies to.
    let (rows, told) = import_terms(&[("G", dimension("G", 0, ["0", "Inf", "0"], &["A"])), paid("A")]);
    assert_eq!(rows, ["A 0 Inf 0.1 GB 2025-05-01 ", "G 0 Inf 0 GB 2025-05-01 "]);
    assert!(told.contains("appliesTo stands at something that is charged or has no bound"), "{told}");

    // A free range within the SKU is a range; an allowance that no SKU shares is left out.
    let first = dimension("G", 0, ["0", "100", "0"], &["G"]);
    let (rows, told) = import_terms(&[
        ("G", two(first, dimension("G", 1, ["100", "Inf", "0.2"], &[]))),
        ("L", dimension("L", 0, ["0", "5", "0"], &[])),
    ]);
    assert_eq!(rows, ["G 0 100 0 GB 2025-05-01 ", "G 100 Inf 0.2 GB 2025-05-01 "]);
    assert!(told.contains("allowances that apply to no SKU of this file were left out: L\n"), "{told}");
}
