use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::money::{Percent, UnitPrice};
use crate::period::{BillingPeriod, Instant};
use crate::terms::{CategoryRule, Discount, FeeBasis, Mode, Plan};

mod bad_input;
mod dated_categories;
mod formats;
mod free_offers;
mod savings_plans;
mod shipped;

/// A workspace in a folder of its own, removed at the end.
struct Folder {
    dir: PathBuf,
}

const SEIKYU: &str = "[issuer]\nname = \"X\"\nregistration_number = \"T7123456789012\"\n";
const ACCOUNTS: &str = "account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by\n";
const PROJECTS: &str = "project_id,customer_name,postal_code,address,email,payment_terms,payment\n";
const FEES: &str = "project_id,fee_id,description,basis,amount,quantity,tax_category,valid_from,valid_to\n";
const FX: &str = "billing_period,rate,source\n";
const PRICES: &str = "sku,begin_range,end_range,price_per_unit,unit,effective_from,applies_to,source\n";
const TREATMENTS: &str = "section,billing_entity,invoicing_entity,product_code,tax_category,valid_from,valid_to\n";

impl Folder {
    fn empty() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("seikyu-reference-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = std::env::temp_dir().join(name);
        fs::create_dir_all(&dir).unwrap();
        Self { dir }
    }

    /// A small workspace without faults: one account, one project, one plan.
    fn sound() -> Self {
        let folder = Self::empty();
        folder.write("seikyu.toml", SEIKYU);
        folder.write("accounts.csv", format!("{ACCOUNTS}000000000001,A,P-1,flat,2025-01,,,customer\n"));
        folder.write("projects.csv", format!("{PROJECTS}P-1,Customer,1,2,3,4,\n"));
        folder.write("plans/flat.toml", plan("flat", ""));
        folder.write("rates/fx/usd_jpy_tts.csv", format!("{FX}2025-05,145.75,MURC\n"));
        folder.write("rates/list_prices/a.csv", format!("{PRICES}SKU1,0,Inf,0.1,Hrs,2025-01-01,,offer\n"));
        folder
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self) -> Result<Workspace, ReferenceError> {
        read_workspace(&self.dir, Some(may()))
    }

    /// The only fault, as `file | place | column | found`.
    fn faults(&self) -> Vec<String> {
        let error = self.read().map(|_| ()).unwrap_err();
        assert!(!error.is_machine_fault(), "{error}");
        let short = |fault: &Fault| {
            assert!(!fault.accepted.is_empty(), "{fault}");
            format!("{} | {} | {} | {}", fault.at.file, fault.at.within_file(), fault.column, fault.found)
        };
        error.faults().iter().map(short).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn may() -> BillingPeriod {
    "2025-05".parse().unwrap()
}

/// A plan file of 7 % with more keys before `[discount]`.
fn plan(id: &str, more: &str) -> String {
    let sharing = if more.contains("sharing") { "" } else { "sharing = \"account\"\n" };
    let payment = if more.contains("payment") { "" } else { "payment = \"bank_transfer\"\n" };
    format!(
        "id = \"{id}\"\nname = \"Plan\"\nvalid_from = \"2024-04\"\ncommitment_fees = true\n{sharing}{payment}source = \"contract\"\n\
         {more}\n[discount]\nkind = \"percent\"\npercent = \"7\"\nservices = [\"AmazonEC2\"]\n"
    )
}

/// Like [`plan`], by category.
fn category_plan(category: &str) -> String {
    let plan = plan("flat", "");
    let start = plan.find("[discount]").unwrap();
    format!("{}[discount]\nkind = \"category\"\n[[discount.category]]\n{category}", &plan[..start])
}

#[test]
fn a_sound_workspace_is_read() {
    let workspace = Folder::sound().read().unwrap();
    assert_eq!(workspace.reference.mode, Mode::ReapplyWhereHourly);
    assert_eq!(workspace.reference.accounts.len(), 1);
    assert_eq!(workspace.reference.fx_rates[&may()].rate.to_string(), "145.75");
    assert_eq!(workspace.settings.max_unpacked_bytes, 268_435_456);
    assert_eq!(workspace.settings.max_memory_bytes, 4_294_967_296);
    assert_eq!(workspace.warnings, [] as [&str; 0]);
    let paths: Vec<&str> = workspace.files.iter().map(|file| file.path.as_str()).collect();
    let expected = [
        "accounts.csv",
        "plans/flat.toml",
        "projects.csv",
        "rates/fx/usd_jpy_tts.csv",
        "rates/list_prices/a.csv",
        "seikyu.toml",
    ];
    assert_eq!(paths, expected);
    let fx = &workspace.files[3];
    assert_eq!(fx.bytes, 47);
    assert_eq!(fx.sha256.len(), 64);
}

#[test]
fn registration_numbers_have_a_check_digit() {
    let right = ["T7123456789012", "T6011001106696", "T9700150104216", "T9700150096577", "T4011001098993"];
    let wrong =
        ["T1234567890123", "T3210987654321", "T712345678901", "7123456789012", "t7123456789012", "T71234567890１2"];
    assert!(right.iter().all(|number| is_valid_registration_number(number)));
    assert!(!wrong.iter().any(|number| is_valid_registration_number(number)));
}

#[test]
fn a_registration_number_is_understood_as_people_write_it() {
    let folder = Folder::sound();
    folder.write("seikyu.toml", SEIKYU.replace("T7123456789012", "Ｔ7123-4567 89012"));
    assert_eq!(folder.read().unwrap().reference.issuer.registration_number, "T7123456789012");
}

#[test]
fn settings_are_read_and_paths_are_relative_to_the_file() {
    let folder = Folder::sound();
    let bank = "[issuer.bank]\nbank_name = \"a\"\nbranch_name = \"b\"\naccount_type = \"普通\"\naccount_number = \"0012\"\naccount_holder = \"c\"\n";
    let more = "[paths]\noutput = \"out\"\nledger = \"/books\"\n[reports]\nadjustments = [\"late/a.csv\"]\nmax_unpacked_bytes = 10\nmax_unpack_ratio = 20\nmax_memory_bytes = 1048576\n[billing]\nmode = \"strip_only\"\ntax_rounding = \"cut_off\"\n";
    folder.write("seikyu.toml", format!("{SEIKYU}registered_from = \"2023-10-01\"\n{bank}{more}"));
    let workspace = folder.read().unwrap();
    let settings = workspace.settings;
    assert_eq!(settings.output_dir, folder.dir.join("out"));
    assert_eq!(settings.ledger, Path::new("/books"));
    assert_eq!(settings.reports.len(), 1);
    assert_eq!(settings.reports[0].place, super::ReportsAt::Folder(folder.dir.join("reports")));
    assert_eq!(settings.adjustments, ["late/a.csv"]);
    assert_eq!((settings.max_unpacked_bytes, settings.max_unpack_ratio), (10, 20));
    assert_eq!(settings.max_memory_bytes, 1_048_576);
    assert_eq!(workspace.reference.mode, Mode::StripOnly);
    assert_eq!(workspace.reference.issuer.bank.unwrap().account_number, "0012");
}

#[test]
fn every_file_tells_its_faults_at_once() {
    let folder = Folder::sound();
    folder.write("seikyu.toml", format!("{SEIKYU}nmae = \"X\"\n"));
    folder.write(
        "accounts.csv",
        format!("{ACCOUNTS}1,A,P-1,flat,2025-1,,,customer\n000000000002,A,P-9,flat,2025-01,,,me\n"),
    );
    folder.write("rates/fx/usd_jpy_tts.csv", format!("{FX}2025-05,0,MURC\n"));
    let expected = [
        "seikyu.toml | line 4 | issuer.nmae | an unknown key",
        "accounts.csv | row 1 (line 2) | account_id | \"1\"",
        "accounts.csv | row 1 (line 2) | valid_from | \"2025-1\"",
        "accounts.csv | row 2 (line 3) | borne_by | \"me\"",
        "rates/fx/usd_jpy_tts.csv | row 1 (line 2) | rate | \"0\"",
    ];
    assert_eq!(folder.faults(), expected);
    let text = folder.read().map(|_| ()).unwrap_err().to_string();
    assert!(
        text.starts_with(
            "the workspace has 5 faults:\n- seikyu.toml, line 4, issuer.nmae: found an unknown key; accepted: name, "
        ),
        "{text}"
    );
}

#[test]
fn a_disk_that_fails_is_no_fault_of_the_files() {
    let source = std::io::Error::other("disk");
    let error = ReferenceError::Unreadable { file: String::from("accounts.csv"), source };
    assert!(error.is_machine_fault());
    assert_eq!(error.to_string(), "cannot read accounts.csv: disk");
}

#[test]
fn addresses_in_s3_are_a_bucket_and_a_folder_in_it() {
    #[rustfmt::skip]
    let cases = [
        ("s3://bucket",                 Some(("bucket", ""))),
        ("s3://bucket/",                Some(("bucket", ""))),
        ("s3://bucket/cur",             Some(("bucket", "cur/"))),
        ("s3://my.bucket-1/請求 a/b/",  Some(("my.bucket-1", "請求 a/b/"))),
        ("s3://ab/cur",                 None),
        ("s3://bu..cket",               None),
        ("s3://bucket//cur",            None),
        ("s3://bucket/a//b",            None),
        ("s3://bucket/a\nb",            None),
        ("s3://buck et",                None),
        ("S3://bucket",                 None),
        ("reports",                     None),
    ];
    for (text, expected) in cases {
        let found = S3Address::parse(text);
        let parts = found.as_ref().map(|address| (address.bucket.as_str(), address.prefix.as_str()));
        assert_eq!(parts, expected, "{text}");
        if let Some(address) = found {
            assert_eq!(address.to_string(), text.trim_end_matches('/'));
        }
    }
}

#[test]
fn keys_of_s3_count_for_every_bucket_that_says_nothing_else() {
    let folder = Folder::sound();
    let settings = "[s3]\nprofile = \"all\"\nregion = \"ap-northeast-1\"\npath_style = true\nattempts = 3\n[[reports.source]]\n\
                    reports = \"s3://one/cur\"\npayer_id = \"000000000001\"\n[[reports.source]]\nreports = \"s3://two-two\"\n\
                    profile = \"two\"\npath_style = false\n[[reports.source]]\nreports = \"late\"\n[backup]\nto = \"s3://copies/x\"\n\
                    role_arn = \"arn:aws:iam::000000000001:role/r\"\n";
    folder.write("seikyu.toml", format!("{SEIKYU}{settings}"));
    let settings = folder.read().unwrap().settings;
    let all = S3Connection {
        profile: "all".into(),
        region: "ap-northeast-1".into(),
        path_style: Some(true),
        ..S3Connection::default()
    };
    let two = S3Connection { profile: "two".into(), path_style: Some(false), ..all.clone() };
    let places: Vec<&ReportsAt> = settings.reports.iter().map(|source| &source.place).collect();
    let s3 = |text: &str, way: &S3Connection| ReportsAt::S3(S3Address::parse(text).unwrap(), way.clone());
    let late = ReportsAt::Folder(folder.dir.join("late"));
    assert_eq!(places, [&s3("s3://one/cur", &all), &s3("s3://two-two", &two), &late]);
    assert_eq!(settings.reports[0].payer_id, "000000000001");
    let backup = settings.backup.unwrap();
    assert_eq!(backup.connection, S3Connection { role_arn: "arn:aws:iam::000000000001:role/r".into(), ..all });
    assert_eq!(settings.s3_transfer, S3Transfer { attempts: 3, ..S3Transfer::default() });
    assert_eq!(settings.upload, None);
}
