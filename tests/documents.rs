//! The three documents of every fixture's invoices: JSON as the published schema says, and one total in all of them.

mod common;
mod json_schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{TempFolder, copy_folder, lay, seikyu};
use serde_json::Value;

/// Every workspace of the fixtures that drafts invoices, with its month.
fn workspaces() -> Vec<(PathBuf, &'static str)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = vec![(fixtures.join("quickstart"), "2025-05")];
    found.extend(folders(&fixtures.join("cases")).into_iter().map(|case| (case.join("input"), "2025-05")));
    found
}

fn folders(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).expect("the folder can be listed");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn parsed(file: &Path) -> Value {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn the_documents_of_every_fixture_agree_and_are_as_the_schema_says() {
    let schema = parsed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/invoice.schema.json"));
    let mut count = 0;
    for (workspace, month) in workspaces() {
        let out = TempFolder::new("documents");
        let arguments = ["run", "--quiet", "--period", month];
        let outcome = seikyu(&arguments, &[("--workspace", &workspace), ("--output", out.path())]);
        assert!(outcome.code <= 1, "{}: {}", workspace.display(), outcome.stderr);
        count += agreeing_invoices(&out.path().join(month), &schema, &workspace.display().to_string());
    }
    assert!(count > 50, "only {count} invoices");
}

/// The month whose prices are imported from offer files.
#[test]
fn the_documents_of_the_imported_month_agree() {
    let schema = parsed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/invoice.schema.json"));
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imported_month");
    let workspace = TempFolder::new("documents-imported");
    copy_folder(&place.join("input"), workspace.path());
    let entries = fs::read_dir(place.join("offers")).expect("the folder can be listed");
    let offers: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    let offers = offers.iter().map(|offer| offer.to_str().expect("names of fixtures are plain"));
    let arguments: Vec<&str> = ["rates", "import-prices", "--quiet"].into_iter().chain(offers).collect();
    assert_eq!(seikyu(&arguments, &[("--workspace", workspace.path())]).code, 0);
    let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &[("--workspace", workspace.path())]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(agreeing_invoices(&workspace.path().join("output/2025-05"), &schema, "imported_month"), 1);
}

/// The cases of the error gallery that are not refused: what is held is drafted too.
#[test]
fn the_documents_of_the_error_gallery_agree() {
    let schema = parsed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/invoice.schema.json"));
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/errors");
    let mut count = 0;
    for case in folders(&gallery) {
        let code = fs::read_to_string(case.join("expected/exit_code")).unwrap_or_else(|_| String::from("0"));
        let commands = fs::read_to_string(case.join("commands")).unwrap_or_default();
        if !matches!(code.trim(), "0" | "1") || commands.lines().count() > 1 {
            continue; // Refused, or made by more than a run.
        }
        let workspace = TempFolder::new("documents-gallery");
        lay(&gallery.join("base"), workspace.path());
        lay(&case.join("input"), workspace.path());
        for removed in fs::read_to_string(case.join("remove")).unwrap_or_default().lines() {
            let path = workspace.path().join(removed);
            let outcome = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            outcome.expect("what a case removes is there");
        }
        let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &[("--workspace", workspace.path())]);
        assert!(outcome.code <= 1, "{}: {}", case.display(), outcome.stderr);
        let month = workspace.path().join("output/2025-05");
        count += agreeing_invoices(&month, &schema, &case.display().to_string());
    }
    assert!(count > 20, "only {count} invoices");
}

/// The bands of graded fees stand below their names.
#[test]
fn graded_fees_say_how_they_came_about() {
    let out = TempFolder::new("graded");
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases/fees_graded_by_units/input");
    let paths = [("--workspace", case.as_path()), ("--output", out.path())];
    assert_eq!(seikyu(&["run", "--quiet", "--period", "2025-05"], &paths).code, 0);
    let folder = out.path().join("2025-05/invoices/P-2");
    let json = parsed(&folder.join("invoice.json"));
    let fee = &json["lines"][0]["fee"];
    assert_eq!((&fee["quantity"], &fee["unit_price_jpy"]), (&Value::from("125.5"), &Value::Null));
    let last = serde_json::json!({ "above_quantity": "100.0", "quantity": "25.5", "unit_price_jpy": "300.25" });
    assert_eq!((fee["unit_bands"].as_array().map(Vec::len), &fee["unit_bands"][2]), (Some(3), &last));
    let Some(text) = pdf_text(&folder.join("invoice.pdf")) else { return };
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    for told in ["10×500円+90×450.5円+25.5×300.25円", "10×500円、最低額6,000円"] {
        assert!(text.contains(told), "{told} is not in {text}");
    }
}

/// Compares the documents of every invoice of a month; how many there are.
fn agreeing_invoices(month: &Path, schema: &Value, name: &str) -> usize {
    let folders = folders(&month.join("invoices"));
    for folder in &folders {
        let json = parsed(&folder.join("invoice.json"));
        let name = format!("{name}: {}", json["project"]["project_id"]);
        let faults = json_schema::faults(schema, &json);
        assert!(faults.is_empty(), "{name}\n{}", faults.join("\n"));
        csv_agrees(&json, &folder.join("invoice.csv"), &name);
        pdf_agrees(&json, &folder.join("invoice.pdf"), &name);
    }
    folders.len()
}

#[test]
fn a_project_may_ask_for_english_and_for_a_due_day() {
    let workspace = TempFolder::new("english");
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart"), workspace.path());
    let projects = "project_id,customer_name,postal_code,address,email,payment_terms,customer_id,language,due_rule\n\
                    P-001,𠮷野商店株式会社,,,,,C-1,en,end_of_next_month\n\
                    P-002,髙橋製作所株式会社,,,,,C-2,ja,end_of_month_after_next/previous\n";
    fs::write(workspace.path().join("projects.csv"), projects).expect("the file can be written");
    let out = TempFolder::new("english-out");
    let paths = [("--workspace", workspace.path()), ("--output", out.path())];
    let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &paths);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let month = out.path().join("2025-05");
    assert!(!month.join("covers").exists(), "each customer has one invoice");
    let schema = parsed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/invoice.schema.json"));
    assert_eq!(agreeing_invoices(&month, &schema, "english"), 2);
    let english = parsed(&month.join("invoices/P-001/invoice.json"));
    assert_eq!(english["lines"][0]["description"], "AWS usage, May 2025");
    assert_eq!(english["due"]["date"], "2025-06-30");
    assert_eq!(parsed(&month.join("invoices/P-002/invoice.json"))["due"]["date"], "2025-07-31");
    for (project, texts) in
        [("P-001", ["𠮷野商店株式会社", "30 June 2025"]), ("P-002", ["髙橋製作所株式会社 御中", "2025年7月31日"])]
    {
        let Some(text) = pdf_text(&month.join("invoices").join(project).join("invoice.pdf")) else { return };
        assert!(texts.iter().all(|expected| text.contains(expected)), "{texts:?} is not in {text}");
    }

    fs::write(workspace.path().join("projects.csv"), projects.replace("end_of_next_month", "翌月末")).expect("written");
    let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &paths);
    assert_eq!(outcome.code, 2);
    for part in ["projects.csv", "due_rule", "翌月末", "end_of_next_month", "payment_terms"] {
        assert!(outcome.stderr.contains(part), "{part} is not in {}", outcome.stderr);
    }
}

#[test]
fn a_customer_with_several_projects_gets_a_list_of_its_invoices() {
    let workspace = TempFolder::new("cover");
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart"), workspace.path());
    let projects = "project_id,customer_name,postal_code,address,email,payment_terms,customer_id\n\
                    P-001,𠮷野商店株式会社,,,,,C/1\nP-002,𠮷野商店株式会社,,,,,C/1\n";
    fs::write(workspace.path().join("projects.csv"), projects).expect("the file can be written");
    let out = TempFolder::new("cover-out");
    let paths = [("--workspace", workspace.path()), ("--output", out.path())];
    let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &paths);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let Some(text) = pdf_text(&out.path().join("2025-05/covers/C%2F1/cover.pdf")) else { return };
    // 241,765 + 72,635; the taxes, 21,978 and 6,603, are not summed.
    let expected = [
        "ご請求一覧(下書き)",
        "𠮷野商店株式会社 御中",
        "この書類は請求書の一覧です。請求書でも適格請求書でもありません。",
        "219,787円 21,978円 241,765円",
        "66,032円 6,603円 72,635円",
        "計 285,819円 314,400円",
        "1/1ページ",
    ];
    for piece in expected {
        assert!(text.contains(piece), "{piece} is not in {text}");
    }
    // What could be taken for a qualified invoice: a sum of taxes, the number of the issuer. The invoices have it.
    for barred in ["28,581", "登録番号", "T7123456789012", "適格請求書発行事業者"] {
        assert!(!text.contains(barred), "{barred} is in {text}");
    }
    let invoice = pdf_text(&out.path().join("2025-05/invoices/P-001/invoice.pdf")).expect("it was read above");
    assert!(invoice.contains("登録番号 T7123456789012"), "{invoice}");
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let schema = parsed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/invoice.schema.json"));
    let out = TempFolder::new("schema");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart");
    let paths = [("--workspace", workspace.as_path()), ("--output", out.path())];
    assert_eq!(seikyu(&["run", "--quiet", "--period", "2025-05"], &paths).code, 0);
    let good = parsed(&out.path().join("2025-05/invoices/P-001/invoice.json"));
    #[rustfmt::skip] // A table reads best as a table.
    let cases: [(&str, Value); 9] = [
        ("/version",                     Value::from(2)),
        ("/total_jpy",                   Value::from("241765")),
        ("/total_jpy",                   Value::from(241_765.5)),
        ("/lines/0/net_usd",             Value::from(1408.5)),
        ("/lines/0/net_usd",             Value::from("1,408.0")),
        ("/lines/0/account_id",          Value::from("10000000101")),
        ("/lines/0/section",             Value::from("other")),
        ("/period_end",                  Value::from("2025-05-32")),
        ("/issuer/registration_number",  Value::from("7123456789012")),
    ];
    for (place, wrong) in cases {
        let mut document = good.clone();
        *document.pointer_mut(place).expect("the place is in the document") = wrong.clone();
        assert!(!json_schema::faults(&schema, &document).is_empty(), "{place} = {wrong} passes");
    }
    for key in good.as_object().expect("an object").keys() {
        let mut document = good.clone();
        document.as_object_mut().expect("an object").remove(key);
        assert!(!json_schema::faults(&schema, &document).is_empty(), "without {key} it passes");
        document[format!("{key}_new")] = Value::Null;
        assert!(json_schema::faults(&schema, &document).len() > 1, "an unknown key passes");
    }
}

fn amount(json: &Value) -> i64 {
    json.as_i64().expect("an integer")
}

/// The rows sum to the subtotal, and the totals are those of the JSON document.
fn csv_agrees(json: &Value, file: &Path, name: &str) {
    let text = fs::read_to_string(file).expect("the CSV file is UTF-8");
    let text = text.strip_prefix('\u{feff}').expect("it begins with a BOM");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
    let (lines, totals): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| !record[2].is_empty());
    let net = |record: &csv::StringRecord| record[11].parse::<i64>().expect("yen");
    assert_eq!(lines.iter().map(net).sum::<i64>(), amount(&json["subtotal_jpy"]), "{name}: rows of the CSV");
    let found: Vec<i64> = totals.iter().map(net).collect();
    let taxes = json["taxes"].as_array().expect("a list").iter().map(|tax| amount(&tax["tax_jpy"]));
    let mut expected = vec![amount(&json["subtotal_jpy"])];
    expected.extend(taxes);
    expected.push(amount(&json["total_jpy"]));
    assert_eq!(found, expected, "{name}: totals of the CSV");
    assert_eq!(expected.iter().rev().skip(1).sum::<i64>(), amount(&json["total_jpy"]), "{name}: the sum");
}

/// The pages, read by another program, name the same totals, lines and taxes.
fn pdf_agrees(json: &Value, file: &Path, name: &str) {
    let Some(text) = pdf_text(file) else { return };
    let squeezed: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (subtotal, tax, total) = (yen(&json["subtotal_jpy"]), yen(&json["tax_jpy"]), yen(&json["total_jpy"]));
    let is_english = json["project"]["language"] == "en";
    let is_registered = json["issuer"]["is_registered"] == true;
    let unit = if is_english { "" } else { "円" };
    let mut expected = match is_english {
        true => vec![
            format!("Subtotalexcl.taxJPY{subtotal}"),
            format!("Totalincl.taxJPY{total}"),
            format!("Totaldueincl.taxJPY{total}"),
        ],
        false => vec![
            format!("小計(税抜){subtotal}円"),
            format!("合計(税込){total}円"),
            format!("ご請求金額(税込){total}円"),
        ],
    };
    expected.push(match (is_english, is_registered) {
        (true, true) => format!("ConsumptiontaxJPY{tax}"),
        (true, false) => format!("TaxequivalentJPY{tax}"),
        (false, true) => format!("消費税{tax}円"),
        (false, false) => format!("消費税相当額{tax}円"),
    });
    for line in json["lines"].as_array().expect("a list") {
        let amounts = [&line["gross_jpy"], &line["discount_jpy"], &line["net_jpy"]];
        expected.push(amounts.map(|amount| yen(amount) + unit).concat());
    }
    for tax in json["taxes"].as_array().expect("a list").iter().filter(|tax| tax["is_taxed"] == true) {
        let with_tax = Value::from(amount(&tax["base_jpy"]) + amount(&tax["tax_jpy"]));
        let base = if is_registered { &tax["base_jpy"] } else { &with_tax };
        expected.push(format!("{}{unit}{}{unit}", yen(base), yen(&tax["tax_jpy"])));
    }
    for piece in expected {
        assert!(squeezed.contains(&piece), "{name}: {piece} is not in {text}");
    }
}

/// `1,234`.
fn yen(json: &Value) -> String {
    let amount = amount(json);
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{}{text}", if amount < 0 { "-" } else { "" })
}

fn pdf_text(file: &Path) -> Option<String> {
    match Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(file).arg("-").output() {
        Ok(output) => {
            assert!(output.status.success(), "{}: {output:?}", file.display());
            Some(String::from_utf8(output.stdout).expect("UTF-8 was asked for"))
        }
        Err(error) => {
            assert!(std::env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "pdftotext is required: {error}");
            None
        }
    }
}
