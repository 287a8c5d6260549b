//! Where reports lie and copies go beyond this machine: the keys of `seikyu.toml` that say so. None of them is a secret.

use std::path::{Path, PathBuf};

use super::Fault;
use super::toml_keys::Keys;

/// A bucket and the folder in it, as `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Address {
    /// The bucket.
    pub bucket: String,
    /// The folder: empty, or with a `/` at its end and none at its start.
    pub prefix: String,
}

impl S3Address {
    /// Takes `s3://bucket` or `s3://bucket/prefix` apart; `None` where it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("s3://")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_');
        let is_bucket = (3..=63).contains(&bucket.len()) && bucket.chars().all(is_letter) && !bucket.contains("..");
        let prefix = prefix.trim_end_matches('/');
        let is_prefix = !prefix.starts_with('/') && !prefix.contains("//") && !prefix.contains(char::is_control);
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        (is_bucket && is_prefix).then(|| Self { bucket: bucket.to_owned(), prefix })
    }

    /// The address of a key of the bucket.
    pub fn of_key(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }
}

/// As it is written, without a `/` at its end.
impl std::fmt::Display for S3Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.of_key(&self.prefix).trim_end_matches('/'))
    }
}

/// By which identity and over which way a bucket is reached. What is empty is what the SDK of AWS finds by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct S3Connection {
    /// A profile of the AWS configuration files.
    pub profile: String,
    /// A role that is assumed.
    pub role_arn: String,
    /// What the owner of the role asks for.
    pub role_external_id: String,
    /// What the owner of the role sees in its records.
    pub role_session_name: String,
    /// The region of the bucket.
    pub region: String,
    /// Another service that speaks S3.
    pub endpoint_url: String,
    /// Whether the bucket stands in the path of addresses, not in the host name. Without a word: with an `endpoint_url`.
    pub path_style: Option<bool>,
}

/// How objects are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct S3Transfer {
    /// After how long without a byte an attempt is given up.
    pub timeout_seconds: u64,
    /// How often a request is tried.
    pub attempts: u64,
    /// How long is waited before the second attempt; every further pause is twice as long, with chance in it.
    pub first_pause_ms: u64,
    /// How much is asked for at once.
    pub part_bytes: u64,
    /// How many requests run ahead of the reader of an object.
    pub requests_per_object: u64,
}

impl Default for S3Transfer {
    fn default() -> Self {
        Self { timeout_seconds: 30, attempts: 6, first_pause_ms: 200, part_bytes: 8 << 20, requests_per_object: 4 }
    }
}

/// Where reports lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportsSource {
    /// As the settings write it.
    pub name: String,
    /// Where that is.
    pub place: ReportsAt,
    /// The payer that is expected there; empty where any is.
    pub payer_id: String,
}

/// The kinds of places of reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportsAt {
    /// A folder.
    Folder(PathBuf),
    /// Objects.
    S3(S3Address, S3Connection),
}

/// Where copies go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Target {
    /// The address.
    pub to: S3Address,
    /// The way there.
    pub connection: S3Connection,
}

const ADDRESS: &str = "s3://bucket/prefix";

/// A folder or an address, as `[paths] reports` and `[[reports.source]]` write it.
pub(super) fn reports_at(
    keys: &Keys<'_>,
    dir: &Path,
    name: &str,
    connection: &S3Connection,
    faults: &mut Vec<Fault>,
) -> ReportsAt {
    if !name.starts_with("s3://") {
        return ReportsAt::Folder(dir.join(name));
    }
    match S3Address::parse(name) {
        Some(address) => ReportsAt::S3(address, connection.clone()),
        None => {
            faults.push(keys.fault("reports", &format!("{name:?}"), &format!("a folder, or {ADDRESS}"), ""));
            ReportsAt::Folder(dir.join("reports"))
        }
    }
}

/// `[s3]`: what counts for every bucket whose own section says nothing else, and how objects are carried.
pub(super) fn read_s3(mut keys: Keys<'_>, faults: &mut Vec<Fault>) -> (S3Connection, S3Transfer) {
    let connection = read_connection(&mut keys, &S3Connection::default(), faults);
    let default = S3Transfer::default();
    let mut number = |key, default: u64, most: u64, what: &str| {
        let found = keys.count(key, default, faults)?;
        if found > most {
            faults.push(keys.fault(key, &found.to_string(), what, ""));
        }
        (found <= most).then_some(found)
    };
    let numbers = [
        number("timeout_seconds", default.timeout_seconds, 3_600, "seconds, 1 to 3600"),
        number("attempts", default.attempts, 20, "a number of attempts, 1 to 20"),
        number("first_pause_ms", default.first_pause_ms, 60_000, "milliseconds, 1 to 60000"),
        number("part_bytes", default.part_bytes, 1 << 30, "bytes, 1 to 1073741824"),
        number("requests_per_object", default.requests_per_object, 64, "a number of requests, 1 to 64"),
    ];
    keys.finish(faults);
    let [timeout, attempts, pause, part, requests] = numbers;
    let transfer = S3Transfer {
        timeout_seconds: timeout.unwrap_or(default.timeout_seconds),
        attempts: attempts.unwrap_or(default.attempts),
        first_pause_ms: pause.unwrap_or(default.first_pause_ms),
        part_bytes: part.unwrap_or(default.part_bytes),
        requests_per_object: requests.unwrap_or(default.requests_per_object),
    };
    (connection, transfer)
}

/// `[[reports.source]]`: one for each payer, or for as many as share a bucket.
pub(super) fn read_sources(
    sections: Vec<Keys<'_>>,
    dir: &Path,
    default: &S3Connection,
    faults: &mut Vec<Fault>,
) -> Vec<ReportsSource> {
    let mut sources: Vec<ReportsSource> = Vec::new();
    for mut keys in sections {
        let name = keys.needed_text("reports", faults).unwrap_or_default();
        let payer_id = keys.text("payer_id", faults).unwrap_or_default();
        let is_id = payer_id.len() == 12 && payer_id.bytes().all(|byte| byte.is_ascii_digit());
        if !payer_id.is_empty() && !is_id {
            faults.push(keys.fault("payer_id", &format!("{payer_id:?}"), "twelve digits, as text", ""));
        }
        let connection = read_connection(&mut keys, default, faults);
        if !name.is_empty() {
            let place = reports_at(&keys, dir, &name, &connection, faults);
            let is_same = |other: &ReportsSource| match (&other.place, &place) {
                (ReportsAt::Folder(left), ReportsAt::Folder(right)) => left == right,
                (ReportsAt::S3(left, way), ReportsAt::S3(right, own)) => {
                    left == right && way.endpoint_url == own.endpoint_url
                }
                (ReportsAt::Folder(_), ReportsAt::S3(..)) | (ReportsAt::S3(..), ReportsAt::Folder(_)) => false,
            };
            if sources.iter().any(is_same) {
                let found = format!("{name:?} twice");
                faults.push(keys.fault("reports", &found, "each place once", "remove one of the two sections"));
            }
            sources.push(ReportsSource { name, place, payer_id });
        }
        keys.finish(faults);
    }
    sources
}

/// `[upload]` and `[backup]`.
pub(super) fn read_target(mut keys: Keys<'_>, default: &S3Connection, faults: &mut Vec<Fault>) -> Option<S3Target> {
    let to = keys.needed_text("to", faults).unwrap_or_default();
    let connection = read_connection(&mut keys, default, faults);
    let address = S3Address::parse(&to);
    if address.is_none() && !to.is_empty() {
        faults.push(keys.fault("to", &format!("{to:?}"), ADDRESS, ""));
    }
    keys.finish(faults);
    address.map(|to| S3Target { to, connection })
}

fn read_connection(keys: &mut Keys<'_>, default: &S3Connection, faults: &mut Vec<Fault>) -> S3Connection {
    let mut text = |key, default: &str| {
        let found = keys.text(key, faults).unwrap_or_default();
        if found.is_empty() { default.to_owned() } else { found }
    };
    let mut connection = S3Connection {
        profile: text("profile", &default.profile),
        role_arn: text("role_arn", &default.role_arn),
        role_external_id: text("role_external_id", &default.role_external_id),
        role_session_name: text("role_session_name", &default.role_session_name),
        region: text("region", &default.region),
        endpoint_url: text("endpoint_url", &default.endpoint_url),
        path_style: default.path_style,
    };
    if let Some(found) = keys.optional_boolean("path_style", faults) {
        connection.path_style = Some(found);
    }
    let is_arn = connection.role_arn.starts_with("arn:") && connection.role_arn.contains(":role/");
    if !connection.role_arn.is_empty() && !is_arn {
        let found = format!("{:?}", connection.role_arn);
        faults.push(keys.fault("role_arn", &found, "arn:aws:iam::123456789012:role/name", ""));
    }
    let is_region = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if !connection.region.chars().all(is_region) {
        let found = format!("{:?}", connection.region);
        faults.push(keys.fault("region", &found, "a region such as ap-northeast-1", ""));
    }
    check_endpoint(keys, &connection.endpoint_url, faults);
    connection
}

/// An address of a service is shown in messages, so nothing secret may be in it: then it is not shown either.
fn check_endpoint(keys: &Keys<'_>, url: &str, faults: &mut Vec<Fault>) {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let accepted = "https://host or https://host:port";
    if url.contains(['@', '?', '#']) {
        let remedy = "no user, password or token belongs into this file; credentials come from where AWS's SDK looks";
        faults.push(keys.fault("endpoint_url", "an address with more than a host in it", accepted, remedy));
    } else if !url.is_empty() && rest.is_none_or(|host| host.is_empty() || host.contains(char::is_whitespace)) {
        faults.push(keys.fault("endpoint_url", &format!("{url:?}"), accepted, ""));
    }
}
