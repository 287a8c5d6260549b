//! What holds on compiled price lists holds on imported ones.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, copy_folder, seikyu};
use serde_json::{Value, json};

fn fixtures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn import(workspace: &Path, files: &[PathBuf]) -> Outcome {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    seikyu(&[&["rates", "import-prices", "--quiet"], files.as_slice()].concat(), &[("--workspace", workspace)])
}

fn run(workspace: &Path) -> Outcome {
    seikyu(&["run", "--quiet", "--period", "2025-05"], &[("--workspace", workspace)])
}

/// The cells of a row of a table, by column.
fn row(file: &Path, number: usize) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().nth(number).unwrap().unwrap()
}

#[test]
fn a_month_on_imported_offers_is_the_one_added_up_by_hand() {
    let folder = TempFolder::new("imported");
    let workspace = folder.path();
    copy_folder(&fixtures("imported_month/input"), workspace);
    let imported = import(workspace, &entries(&fixtures("imported_month/offers")));
    assert_eq!((imported.code, imported.stderr.as_str()), (0, ""));
    let outcome = run(workspace);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));

    let month = workspace.join("output/2025-05");
    let summary = row(&month.join("summary.csv"), 0);
    assert_eq!(summary["gross_usd"], "2842.55948");
    assert_eq!(summary["net_usd"], "2842.55948");
    assert_eq!(summary["net_jpy"], "414303");
    let invoice = row(&month.join("invoices.csv"), 0);
    assert_eq!([&invoice["status"], &invoice["tax_jpy"], &invoice["total_jpy"]], ["draft", "41430", "455733"]);
    let readme = fs::read_to_string(fixtures("imported_month/README.md")).unwrap();
    for figure in ["2,842.55948", "414,303", "455,733"] {
        assert!(readme.contains(figure), "{figure}");
    }
}

#[test]
fn what_is_known_of_a_sku_is_shown_with_its_sources() {
    let folder = TempFolder::new("shown");
    let workspace = folder.path();
    copy_folder(&fixtures("imported_month/input"), workspace);
    assert_eq!(import(workspace, &entries(&fixtures("imported_month/offers"))).code, 0);
    let show = |arguments: &[&str]| seikyu(&[&["rates", "show"], arguments].concat(), &[("--workspace", workspace)]);

    let writes = show(&["DEMOWRITEREQUEST"]).stdout;
    let first = "list price from 2025-04-01T00:00:00Z until 2025-05-15T00:00:00Z, USD per WriteRequestUnits:\n  above 0.0 up \
                 to Inf: 0.0000014269   (AmazonDynamoDB 20250402000000, rate DEMOWRITEREQUEST.JRTCKXETXF.DIM0000001, \
                 AmazonDynamoDB-20250402.json (sha256 ";
    assert!(writes.contains(first), "{writes}");
    assert_eq!(writes.matches("list price from").count(), 2, "{writes}");
    // On the 14th one price, on the 15th the other.
    for (day, price, other) in
        [("2025-05-14", "0.0000014269", "0.000000715"), ("2025-05-15", "0.000000715", "0.0000014269")]
    {
        let shown = show(&["DEMOWRITEREQUEST", "--on", day]).stdout;
        assert!(shown.contains(price) && !shown.contains(other), "{day}: {shown}");
    }
    let lambda = show(&["DEMOLAMBDASECOND", "--json"]).stdout;
    let lambda: Value = serde_json::from_str(&lambda).unwrap();
    assert_eq!(lambda["free_offers"][0]["allowance"], "400000.0");
    assert_eq!(lambda["free_offers"][0]["applies_to"], json!(["DEMOLAMBDASECOND", "DEMOLAMBDAVIRGIN"]));
    let instance = show(&["DEMOM5LARGELINUX"]).stdout;
    for rate in ["Savings Plan compute noupfront 1yr from 2025-04-20", "0.09 USD per Hrs", "ec2instance allupfront 3yr"]
    {
        assert!(instance.contains(rate), "{rate}: {instance}");
    }

    for (arguments, reason) in [
        (["NOSUCHSKU", "--json"].as_slice(), "SKU NOSUCHSKU: found in no list price"),
        (
            &["DEMOWRITEREQUEST", "--on", "2025-03-31"],
            "found no price in force on 2025-03-31; accepted: a day from 2025-04-01",
        ),
        (&["DEMOWRITEREQUEST", "--on", "31 March"], "a date is written YYYY-MM-DD"),
    ] {
        let Outcome { code, stdout, stderr } = show(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(stderr.contains(reason), "{stderr}");
    }
}

/// Compiled rows as the offer files from which they could have come: the same content, AWS's shape.
struct Rows(Vec<BTreeMap<String, String>>);

impl Rows {
    fn of(table: &Path) -> Self {
        Self(csv::Reader::from_path(table).unwrap().deserialize().map(Result::unwrap).collect())
    }

    fn rate_code(&self, place: usize) -> String {
        format!("{}.JRTCKXETXF.ROW{place}", self.0[place]["sku"])
    }

    fn as_json(&self) -> String {
        let mut terms = json!({});
        for (place, row) in self.0.iter().enumerate() {
            let (sku, from) = (&row["sku"], &row["effective_from"]);
            let rate_code = self.rate_code(place);
            let applies_to: Vec<&str> = row["applies_to"].split(';').filter(|sku| !sku.is_empty()).collect();
            let term = &mut terms[sku][format!("{sku}.TERM{}", from.replace('-', ""))];
            term["effectiveDate"] = json!(format!("{from}T00:00:00Z"));
            term["priceDimensions"][&rate_code] = json!({
                "rateCode": rate_code, "unit": row["unit"], "beginRange": row["begin_range"],
                "endRange": row["end_range"], "pricePerUnit": { "USD": row["price_per_unit"] }, "appliesTo": applies_to,
            });
        }
        json!({ "offerCode": "Case", "version": "1", "products": {}, "terms": { "OnDemand": terms } }).to_string()
    }

    fn as_csv(&self) -> String {
        let mut text = String::from(
            "sep=;\n\"FormatVersion\";\"v1.0\";;;\n\"Version\";\"1\"\n\"OfferCode\";\"Case\"\nSKU;OfferTermCode;RateCode;TermType;\
             PriceDescription;EffectiveDate;StartingRange;EndingRange;Unit;PricePerUnit;Currency;RelatedTo;serviceCode\n",
        );
        for (place, row) in self.0.iter().enumerate() {
            let offers = self.0.iter().filter(|offer| offer["applies_to"].split(';').any(|sku| *sku == row["sku"]));
            let offers: Vec<&str> = offers.map(|offer| offer["sku"].as_str()).collect();
            let [sku, from, begin, end, unit, price] =
                ["sku", "effective_from", "begin_range", "end_range", "unit", "price_per_unit"].map(|name| &row[name]);
            let rate_code = self.rate_code(place);
            text.push_str(&format!(
                "{sku};X;{rate_code};OnDemand;\"a; b\";{from};{begin};{end};{unit};{price};USD;{}\r\n",
                offers.join(" ")
            ));
        }
        text
    }
}

#[test]
fn every_golden_case_holds_on_imported_offers_of_either_format() {
    let mut compared = 0;
    for case in entries(&fixtures("cases")).into_iter().filter(|path| path.is_dir()) {
        for format in ["json", "csv"] {
            let folder = TempFolder::new("imported-case");
            let workspace = folder.path();
            copy_folder(&case.join("input"), workspace);
            let list = workspace.join("rates/list_prices/prices.csv");
            let rows = Rows::of(&list);
            fs::remove_file(&list).unwrap();
            let offer = workspace.join(format!("offer.{format}"));
            fs::write(&offer, if format == "json" { rows.as_json() } else { rows.as_csv() }).unwrap();
            let name = format!("{} from {format}", case.display());
            let imported = import(workspace, &[offer]);
            assert_eq!((imported.code, imported.stderr.as_str()), (0, ""), "{name}");
            let outcome = run(workspace);
            assert!(outcome.code < 2, "{name}: {}", outcome.stderr);
            for expected in entries(&case.join("expected")) {
                let found = workspace.join("output/2025-05").join(expected.file_name().unwrap());
                let (expected, found) = (fs::read_to_string(expected).unwrap(), fs::read_to_string(found).unwrap());
                assert_eq!(found, expected, "{name}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 2 * 17 * 3, "only {compared} files were compared");
}
