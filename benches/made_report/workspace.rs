//! The workspaces around a made report: one that reads it as CSV, one as Parquet.

use std::fmt::Write as _;
use std::fs;
use std::io::Result;
use std::path::Path;

use super::row_maker::{ACCOUNTS, PER_DOLLAR, SKUS, account_id, sku_of};

/// Projects of the accounts.
const PROJECTS: u64 = 200;

const PLAN: &str = "\
id = \"flat\"
name = \"割引プラン\"
valid_from = \"2024-04\"
sharing = \"account\"
free_tier = \"always_free_per_group\"
commitment_fees = true
payment = \"bank_transfer\"
source = \"contract\"

[discount]
kind = \"percent\"
percent = \"7\"
services = [\"AmazonEC2\"]
";

/// Writes `folder/workspace-csv` and `folder/workspace-parquet`, whose reports are `folder/csv` and `folder/parquet`.
pub fn make_workspaces(folder: &Path) -> Result<()> {
    for format in ["csv", "parquet"] {
        let workspace = folder.join(format!("workspace-{format}"));
        for inside in ["plans", "rates/fx", "rates/list_prices"] {
            fs::create_dir_all(workspace.join(inside))?;
        }
        let settings = format!(
            "[issuer]\nname = \"見本請求株式会社\"\nregistration_number = \"T7123456789012\"\n\n\
             [paths]\nreports = \"../{format}\"\n\n[billing]\nmode = \"strip_and_reapply\"\n"
        );
        fs::write(workspace.join("seikyu.toml"), settings)?;
        fs::write(workspace.join("plans/flat.toml"), PLAN)?;
        let fx = "billing_period,rate,source\n2025-05,145.75,MURC monthly average TTS\n";
        fs::write(workspace.join("rates/fx/usd_jpy_tts.csv"), fx)?;
        fs::write(workspace.join("rates/list_prices/prices.csv"), prices())?;
        fs::write(workspace.join("accounts.csv"), accounts())?;
        fs::write(workspace.join("projects.csv"), projects())?;
    }
    Ok(())
}

fn prices() -> String {
    let mut text = String::from("sku,begin_range,end_range,price_per_unit,unit,effective_from,applies_to,source\n");
    for sku in 0..SKUS {
        // As much as the rows cost: a whole month at another price would be held.
        writeln!(text, "{},0,Inf,0.{},Hrs,2025-01-01,,offer file", sku_of(sku), 10 / PER_DOLLAR)
            .expect("a text grows as it must");
    }
    text
}

fn accounts() -> String {
    let mut text =
        String::from("account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by\n");
    writeln!(text, "001234567892,Reseller,,,2025-01,,,reseller").expect("a text grows as it must");
    for account in 0..ACCOUNTS {
        let (id, project) = (account_id(account), account * PROJECTS / ACCOUNTS);
        writeln!(text, "{id},口座 {account},P-{project},flat,2025-01,,,customer").expect("a text grows as it must");
    }
    text
}

fn projects() -> String {
    let mut text = String::from("project_id,customer_name,postal_code,address,email,payment_terms\n");
    for project in 0..PROJECTS {
        writeln!(text, "P-{project},見本株式会社,100-0001,東京都千代田区千代田 1-1,keiri@example.com,翌月末")
            .expect("a text grows as it must");
    }
    text
}
