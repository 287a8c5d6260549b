//! A workspace, reports for it, and the program with secrets in its surroundings that must never be seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::common::{Outcome, TempFolder, lay};
use crate::server::Server;

pub const ACCESS: &str = "AKIAENVIRONMENTKEY00";
pub const SECRET: &str = "envSecretCanary/0123456789abcdefghijklmn";
pub const PROFILE_ACCESS: &str = "AKIAPROFILEKEY000000";
pub const PROFILE_SECRET: &str = "profileSecretCanary/0123456789abcdefghij";
pub const ROLE_ACCESS: &str = "ASIAROLEKEY000000000";
pub const ROLE_SECRET: &str = "roleSecretCanary/0123456789abcdefghijklm";
pub const ROLE_TOKEN: &str = "roleTokenCanary//////////0123456789abcdefghij==";
/// What no output may hold.
pub const SECRETS: [&str; 7] = [ACCESS, SECRET, PROFILE_ACCESS, PROFILE_SECRET, ROLE_ACCESS, ROLE_SECRET, ROLE_TOKEN];

pub const BUCKET: &str = "payer-reports";
/// What of a month depends on the reports alone.
const SUMS: [&str; 3] = ["bridge.csv", "summary.csv", "invoices.csv"];

/// A workspace in a folder of its own, with a home of AWS's files beside it.
pub struct Scene {
    pub folder: TempFolder,
    pub sts: Option<String>,
}

impl Scene {
    /// Without reports; `settings` comes after the sections that every workspace has.
    pub fn new(settings: &str) -> Self {
        let folder = TempFolder::new("s3-scene");
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/errors/base");
        lay(&base, &folder.path().join("workspace"));
        fs::remove_dir_all(folder.path().join("workspace/reports")).unwrap();
        let profiles = format!(
            "[payer-b]\naws_access_key_id = {PROFILE_ACCESS}\naws_secret_access_key = {PROFILE_SECRET}\n\
             [broken]\naws_access_key_id = {PROFILE_ACCESS}\n[wrong]\naws_access_key_id = {PROFILE_ACCESS}\n\
             aws_secret_access_key = {ROLE_SECRET}\n"
        );
        fs::write(folder.path().join("credentials"), profiles).unwrap();
        let scene = Self { folder, sts: None };
        scene.set(settings);
        scene
    }

    /// Writes the settings anew.
    pub fn set(&self, settings: &str) -> &Self {
        let issuer = "[issuer]\nname = \"サンプル請求株式会社\"\nregistration_number = \"T7123456789012\"\n";
        let text = format!("{issuer}[billing]\nmode = \"strip_only\"\n{settings}");
        fs::write(self.workspace().join("seikyu.toml"), text).unwrap();
        self
    }

    pub fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seikyu"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("AWS_") || name.to_ascii_lowercase().ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        command.args(arguments).arg("--workspace").arg(self.workspace());
        command.env("AWS_ACCESS_KEY_ID", ACCESS).env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("HOME", self.folder.path());
        command.env("AWS_SHARED_CREDENTIALS_FILE", self.folder.path().join("credentials"));
        command.env("AWS_CONFIG_FILE", self.folder.path().join("config"));
        command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").env("AWS_MAX_ATTEMPTS", "1");
        if let Some(sts) = &self.sts {
            command.env("AWS_ENDPOINT_URL_STS", sts);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end, and looks for secrets in everything that came of it.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.finish(self.command(arguments))
    }

    pub fn finish(&self, mut command: Command) -> Outcome {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let outcome =
            Outcome { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
        assert_ne!(outcome.code, 101);
        for secret in SECRETS {
            assert!(!outcome.stdout.contains(secret), "standard output tells {secret}: {}", outcome.stdout);
            assert!(!outcome.stderr.contains(secret), "standard error tells {secret}: {}", outcome.stderr);
        }
        self.assert_no_secret_on_disk();
        outcome
    }

    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    fn assert_no_secret_on_disk(&self) {
        for (path, bytes) in files_below(self.folder.path()) {
            if path == Path::new("credentials") {
                continue;
            }
            for secret in SECRETS {
                let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!is_there, "{} holds {secret}", path.display());
            }
        }
    }

    /// A month, with these arguments too.
    pub fn month(&self, more: &[&str]) -> Outcome {
        let mut arguments = vec!["run", "--period", "2025-05"];
        arguments.extend(more);
        self.run(&arguments)
    }

    pub fn output(&self) -> PathBuf {
        self.workspace().join("output")
    }

    /// The tables that depend on the reports alone.
    pub fn sums(&self) -> BTreeMap<&'static str, String> {
        let text = |name| fs::read_to_string(self.output().join("2025-05").join(name)).unwrap();
        SUMS.into_iter().map(|name| (name, text(name))).collect()
    }

    pub fn assert_nothing_written(&self) {
        assert!(!self.output().join("2025-05").exists(), "something was written");
    }

    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }
}

pub fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                match fs::read(&path) {
                    Ok(bytes) => found.push((path.strip_prefix(root).unwrap().to_owned(), bytes)),
                    // A program that is still running has put it in its place meanwhile.
                    Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{}", path.display()),
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found
}

/// Settings that reach a test server quickly and give up soon.
pub fn settings(server: &Server, prefix: &str) -> String {
    format!("[paths]\nreports = \"s3://{BUCKET}{prefix}\"\n{}", way(server))
}

/// `[s3]` alone.
pub fn way(server: &Server) -> String {
    format!("[s3]\nendpoint_url = \"{}\"\n{HASTE}", server.url())
}

/// Small parts, so that small reports have many; short times.
pub const HASTE: &str =
    "timeout_seconds = 1\nattempts = 4\nfirst_pause_ms = 10\npart_bytes = 4000\nrequests_per_object = 3\n";

const HEADER: [&str; 17] = [
    "bill/InvoiceId",
    "bill/BillType",
    "bill/PayerAccountId",
    "bill/BillingPeriodStartDate",
    "lineItem/UsageAccountId",
    "lineItem/LineItemType",
    "lineItem/UsageStartDate",
    "lineItem/UsageEndDate",
    "lineItem/ProductCode",
    "lineItem/UsageType",
    "lineItem/Operation",
    "lineItem/UsageAmount",
    "lineItem/CurrencyCode",
    "lineItem/UnblendedCost",
    "lineItem/LineItemDescription",
    "product/sku",
    "lineItem/ResourceId",
];

/// The rows of a report: hours of EC2 at list price, each with another amount. `seed` makes other rows.
pub fn rows(payer: &str, account: &str, count: u32, seed: u32) -> Vec<[String; 17]> {
    let row = |number: u32| {
        let milli = (number * 7_919 + seed * 13) % 24_000;
        let micro = u64::from(milli) * 248; // 0.248 dollars an hour.
        let (day, hour) = (number / 24 % 31 + 1, number % 24);
        let mut resource = String::from("i-");
        for turn in 0..4_u32 {
            let mixed = number.wrapping_add(turn).wrapping_mul(2_654_435_761).rotate_left(13) ^ seed;
            write!(resource, "{:08x}", mixed.wrapping_mul(2_246_822_519)).unwrap();
        }
        let texts = [
            "EXAMPLE-2025-05",
            "Anniversary",
            payer,
            "2025-05-01T00:00:00Z",
            account,
            "Usage",
            &format!("2025-05-{day:02}T{hour:02}:00:00Z"),
            &format!("2025-05-{day:02}T{hour:02}:59:59Z"),
            "AmazonEC2",
            "APN1-BoxUsage:m5.xlarge",
            "RunInstances",
            &format!("{}.{:03}", milli / 1_000, milli % 1_000),
            "USD",
            &format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000),
            "$0.248 per On Demand Linux m5.xlarge Instance Hour",
            "TITWTHJIGASHCQVC",
            &resource,
        ];
        texts.map(str::to_owned)
    };
    (0..count).map(row).collect()
}

pub fn csv(rows: &[[String; 17]]) -> Vec<u8> {
    let mut text = HEADER.join(",");
    for row in rows {
        text.push('\n');
        text.push_str(&row.join(","));
    }
    text.push('\n');
    text.into_bytes()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    packed(bytes, Compression::default())
}

/// A large file of few rows.
pub fn hardly_packed(bytes: &[u8]) -> Vec<u8> {
    packed(bytes, Compression::none())
}

fn packed(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), level);
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("cur.csv", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

pub fn parquet(rows: &[[String; 17]]) -> Vec<u8> {
    let column = |place: usize| {
        let texts = rows.iter().map(|row| row[place].as_str());
        (HEADER[place], Arc::new(StringArray::from_iter_values(texts)) as ArrayRef)
    };
    let batch = RecordBatch::try_from_iter((0..HEADER.len()).map(column)).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(500)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

const DATES: &str = "20250501-20250601";

/// Writes an assembly and makes the manifest of the date folder point to it. Returns its folder.
pub fn deliver(root: &Path, prefix: &str, payer: &str, assembly: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
    let folder = root.join(prefix).join("monthly").join(DATES);
    fs::create_dir_all(folder.join(assembly)).unwrap();
    for (name, bytes) in files {
        put(&folder.join(assembly).join(name), bytes);
    }
    write_manifest(root, prefix, payer, assembly, &files.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    folder.join(assembly)
}

pub fn write_manifest(root: &Path, prefix: &str, payer: &str, assembly: &str, names: &[&str]) {
    let folder = root.join(prefix).join("monthly").join(DATES);
    let base = if prefix.is_empty() { "monthly".to_owned() } else { format!("{prefix}/monthly") };
    let keys: Vec<String> = names.iter().map(|name| format!("\"{base}/{DATES}/{assembly}/{name}\"")).collect();
    let text = format!(
        "{{\"assemblyId\": \"{assembly}\", \"account\": \"{payer}\", \"billingPeriod\": {{\"start\": \
         \"20250501T000000.000Z\", \"end\": \"20250601T000000.000Z\"}}, \"reportKeys\": [{}]}}",
        keys.join(", ")
    );
    put(&folder.join("monthly-Manifest.json"), text.as_bytes());
}

/// Puts an object in the place of another, as a store does it: the whole object at once.
pub fn put(place: &Path, bytes: &[u8]) {
    let aside = place.with_extension("writing");
    fs::write(&aside, bytes).unwrap();
    fs::rename(&aside, place).unwrap();
}

pub const PAYER: &str = "090000000019";
pub const ACCOUNT: &str = "010000000011";

/// What the month comes to when the same delivery lies on disk.
pub fn from_disk(write: impl Fn(&Path)) -> BTreeMap<&'static str, String> {
    let scene = Scene::new("");
    write(&scene.workspace().join("reports"));
    let outcome = scene.month(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    scene.sums()
}
