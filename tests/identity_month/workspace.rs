//! A workspace for a generated month.

use std::fs;
use std::path::Path;

use super::random::Random;
use super::report::{Row, write_report};
use super::world::{ACCOUNTS, PAYERS, World};

/// Who shares with whom.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// All accounts are one organization.
    Whole,
    /// Every account is alone; the payer's own account is the reseller's.
    Alone,
}

/// How the rows are cut into files.
#[derive(Clone, Copy)]
pub struct Cut {
    pub files: usize,
    /// Puts the rows out of order, by this seed.
    pub shuffle: Option<u64>,
}

const SETTINGS: &str = "[issuer]
name = \"請求テスト株式会社\"
registration_number = \"T7123456789012\"

[paths]
reports = \"reports\"
rates = \"rates\"
plans = \"plans\"
output = \"output\"
";

/// Sets the mode; everything else in the workspace stays.
pub fn set_mode(folder: &Path, adjustments: &str, mode: &str) {
    let text = format!("{SETTINGS}\n{adjustments}[billing]\nmode = \"{mode}\"\n");
    fs::write(folder.join("seikyu.toml"), text).expect("the settings can be written");
}

/// A plan that takes `percent` off everything, fees included.
pub fn plan(id: &str, sharing: Sharing, percent: &str, services: &[&str]) -> String {
    let sharing = if sharing == Sharing::Whole { "organization" } else { "account" };
    let services: Vec<_> = services.iter().map(|service| format!("{service:?}")).collect();
    format!(
        "id = \"{id}\"\nname = \"試験プラン\"\nvalid_from = \"2024-04\"\nsharing = \"{sharing}\"\n\
         free_tier = \"always_free_per_group\"\ncommitment_fees = true\npayment = \"bank_transfer\"\n\
         source = \"contract\"\n\n[discount]\nkind = \"percent\"\npercent = \"{percent}\"\nservices = [{}]\n",
        services.join(", ")
    )
}

pub const ACCOUNTS_HEADER: &str =
    "account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by\n";
pub const PROJECTS_HEADER: &str = "project_id,customer_name,postal_code,address,email,payment_terms\n";
const SERVICES: [&str; 8] = [
    "AmazonEC2",
    "AmazonS3",
    "AmazonRDS",
    "AmazonCloudFront",
    "AmazonSNS",
    "AWSLambda",
    "AWSDataTransfer",
    "AmazonPreview",
];

/// A row of `projects.csv`.
pub fn project(id: &str) -> String {
    format!("{id},試験 株式会社,105-0001,東京都港区虎ノ門 1-2-3,test@example.com,翌月末\n")
}

/// Writes everything that a run needs.
pub fn write_workspace(folder: &Path, world: &World, rows: &[Row], sharing: Sharing, cut: Cut) {
    for part in ["reports", "plans", "rates/fx", "rates/list_prices"] {
        fs::create_dir_all(folder.join(part)).expect("a folder can be made");
    }
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file can be written");
    set_mode(folder, "", "strip_only");
    let percent = if world.seed.is_multiple_of(2) { "0" } else { "4" };
    write("plans/plan.toml", &plan("plan", sharing, percent, &SERVICES));
    write("rates/fx/usd_jpy_tts.csv", "billing_period,rate,source\n2025-05,145.75,monthly average TTS\n");
    let mut random = Random::new(world.seed);
    for (place, list) in world.catalog.price_lists(&mut random).iter().enumerate() {
        write(&format!("rates/list_prices/part-{place}.csv"), list);
    }
    let (mut accounts, mut projects) = (String::from(ACCOUNTS_HEADER), String::from(PROJECTS_HEADER));
    for (place, account) in ACCOUNTS.iter().enumerate() {
        let contract = match sharing {
            _ if *account == PAYERS[0] && sharing == Sharing::Alone => String::from(",,2024-04,,,reseller"),
            Sharing::Whole if *account == PAYERS[0] => String::from(",plan,2024-04,,ORG,reseller"),
            Sharing::Whole => format!("P-{},plan,2024-04,,ORG,customer", place % 2),
            Sharing::Alone => format!("P-{place},plan,2024-04,,,customer"),
        };
        accounts += &format!("{account},account {place},{contract}\n");
    }
    let count = if sharing == Sharing::Whole { 2 } else { ACCOUNTS.len() - 1 };
    (0..count).for_each(|place| projects += &project(&format!("P-{place}")));
    write("accounts.csv", &accounts);
    write("projects.csv", &projects);
    write_rows(folder, rows, cut);
}

/// Writes the reports anew.
pub fn write_rows(folder: &Path, rows: &[Row], cut: Cut) {
    let reports = folder.join("reports");
    fs::remove_dir_all(&reports).expect("there are reports");
    fs::create_dir(&reports).expect("a folder can be made");
    let mut rows = rows.to_vec();
    if let Some(seed) = cut.shuffle {
        Random::new(seed).shuffle(&mut rows);
    }
    let size = rows.len().div_ceil(cut.files);
    for (place, part) in rows.chunks(size).enumerate() {
        write_report(&reports.join(format!("part-{place}.csv.gz")), part);
    }
}
