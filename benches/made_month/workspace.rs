//! The workspace around the reports: contracts, plans, prices.

use std::fmt::Write as _;
use std::fs;
use std::io::Result;
use std::path::Path;

use super::month::{Month, Owner, Product};
use super::row_texts::account_id;

const SETTINGS: &str = "\
[issuer]
name = \"見本請求株式会社\"
registration_number = \"T7123456789012\"

[billing]
mode = \"strip_and_reapply\"
";

/// Writes everything but the reports.
pub fn write(folder: &Path, month: &Month) -> Result<()> {
    for inside in ["plans", "rates/fx", "rates/list_prices"] {
        fs::create_dir_all(folder.join(inside))?;
    }
    fs::write(folder.join("seikyu.toml"), SETTINGS)?;
    for sharing in ["account", "organization"] {
        fs::write(folder.join(format!("plans/{sharing}.toml")), plan(sharing))?;
    }
    let fx = "billing_period,rate,source\n2025-05,145.75,MURC monthly average TTS\n";
    fs::write(folder.join("rates/fx/usd_jpy_tts.csv"), fx)?;
    fs::write(folder.join("rates/list_prices/prices.csv"), prices())?;
    let (accounts, projects) = contracts(month);
    fs::write(folder.join("accounts.csv"), accounts)?;
    fs::write(folder.join("projects.csv"), projects)
}

fn plan(sharing: &str) -> String {
    format!(
        "id = \"{sharing}\"\nname = \"割引プラン\"\nvalid_from = \"2024-04\"\nsharing = \"{sharing}\"\n\
         free_tier = \"always_free_per_group\"\ncommitment_fees = true\npayment = \"bank_transfer\"\n\
         source = \"contract\"\n\n[discount]\nkind = \"percent\"\npercent = \"7\"\n\
         services = [\"AmazonEC2\", \"AmazonRDS\", \"AWSLambda\"]\n"
    )
}

/// One price each; Lambda has tiers.
fn prices() -> String {
    let mut text = String::from("sku,begin_range,end_range,price_per_unit,unit,effective_from,applies_to,source\n");
    for product in Product::all() {
        let sku = product.sku();
        let ranges: &[(&str, &str, u64)] = match product {
            Product::Lambda => {
                &[("0", "6000000", 166_667), ("6000000", "15000000", 150_000), ("15000000", "Inf", 133_334)]
            }
            Product::Instance(..) | Product::Database => &[("0", "Inf", product.unit_price() * product.units())],
        };
        for (begin, end, price) in ranges {
            let (whole, part) = (price / 10_000_000_000, price % 10_000_000_000);
            writeln!(text, "{sku},{begin},{end},{whole}.{part:010},Hrs,2025-01-01,,offer file")
                .expect("a text grows as it must");
        }
    }
    text
}

/// Accounts and projects: an organization is one project, so is every other account.
fn contracts(month: &Month) -> (String, String) {
    let mut accounts =
        String::from("account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by\n");
    let mut projects = String::from("project_id,customer_name,postal_code,address,email,payment_terms\n");
    let reseller = account_id(Owner::Reseller);
    writeln!(accounts, "{reseller},Reseller,,,2025-01,,,reseller").expect("a text grows as it must");
    let mut last = String::new();
    for account in 0..month.accounts {
        let id = account_id(Owner::Account(account));
        let organization = month.organization(account).map(|organization| format!("ORG-{organization}"));
        let plan = if organization.is_some() { "organization" } else { "account" };
        let project = organization.clone().unwrap_or_else(|| format!("P-{account}"));
        let organization = organization.unwrap_or_default();
        writeln!(accounts, "{id},口座 {account},{project},{plan},2025-01,,{organization},customer")
            .expect("a text grows as it must");
        if project != last {
            writeln!(projects, "{project},見本株式会社,100-0001,東京都千代田区千代田 1-1,keiri@example.com,翌月末")
                .expect("a text grows as it must");
        }
        last = project;
    }
    (accounts, projects)
}
