//! What the repository ships, the example month, and a new workspace.

use super::*;
use crate::terms::{Sharing, Source};

fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap()
        }
    }
}

fn shipped() -> Workspace {
    let folder = Folder::sound();
    fs::remove_dir_all(folder.dir.join("plans")).unwrap();
    fs::remove_dir_all(folder.dir.join("rates")).unwrap();
    copy(&repository("plans"), &folder.dir.join("plans"));
    copy(&repository("rates"), &folder.dir.join("rates"));
    folder.write(
        "accounts.csv",
        format!(
            "{ACCOUNTS}000000000001,A,P-1,flat-v2,2024-04,,,customer\n000000000002,B,P-1,flat-v2,2024-04,,,customer\n"
        ),
    );
    folder.read().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_seven_plans_are_those_of_the_rules() {
    let plans = shipped().reference.plans;
    let percent_of = |plan: &Plan| match &plan.discount {
        Discount::Percent { percent, services } => {
            assert!(
                services.iter().any(|service| service == "AmazonEC2")
                    && !services.iter().any(|service| service == "AmazonRegistrar")
            );
            percent.to_string()
        }
        Discount::Category(_) => String::from("category"),
    };
    let lines: Vec<String> = plans
        .values()
        .map(|plan| {
            let sharing = if plan.sharing == Sharing::Account { "account" } else { "organization" };
            let last = plan.valid_to.map_or(String::new(), |last| last.to_string());
            let (first, fees) = (plan.valid_from, plan.commitment_fees);
            format!("{} {} {} {first}..{last} {sharing} {} {fees}", plan.id, plan.name, percent_of(plan), plan.payment)
        })
        .collect();
    let expected = [
        "card-v2 クレジットカードプラン v2 4.0 2024-04.. account credit_card true",
        "ec2-cdn EC2・CDN 割引プラン category 2010-01.. account bank_transfer false",
        "flat-5-old 一律 5 %割引プラン 5.0 2010-01..2024-04 account invoice true",
        "flat-v2 一律割引プラン v2 7.0 2024-04.. account bank_transfer true",
        "org-3-old 組織管理プラン 3.0 2010-01..2024-04 organization invoice true",
        "org-v2 組織管理プラン v2 4.0 2024-04.. organization bank_transfer true",
        "voucher-v2 バウチャープラン v2 7.0 2024-04.. account voucher true",
    ];
    assert_eq!(lines, expected);
    assert!(plans.values().all(|plan| !plan.source.is_assumed()));
}

#[test]
fn only_the_published_price_of_the_category_plan_is_known() {
    let plans = shipped().reference.plans;
    let Discount::Category(categories) = &plans["ec2-cdn"].discount else { panic!("a category plan") };
    let known: Vec<&str> =
        categories.iter().filter(|category| !category.source.holds()).map(|category| category.name.as_str()).collect();
    assert_eq!(known, ["cloudfront_outbound"]);
    assert_eq!(categories[0].rule, CategoryRule::UnitPrice(UnitPrice::parse("0.051").unwrap()));
    #[rustfmt::skip]
    let cases = [
        ("AmazonCloudFront", "JP-DataTransfer-Out-Bytes",    Some("cloudfront_outbound")),
        ("AmazonCloudFront", "JP-DataTransfer-Out-OBytes",   None),
        ("AmazonCloudFront", "JP-Requests-Tier2-HTTPS",      Some("cloudfront_requests")),
        ("AWSDataTransfer",  "APN1-DataTransfer-Out-Bytes",  Some("data_transfer")),
        ("AmazonS3",         "APN1-DataTransfer-Out-Bytes",  Some("data_transfer")),
        ("AmazonEC2",        "APN1-USE1-AWS-Out-Bytes",      Some("data_transfer")),
        ("AmazonS3",         "APN1-TimedStorage-ByteHrs",    Some("s3")),
        ("AmazonEC2",        "APN1-BoxUsage:m5.large",       Some("ec2_on_demand")),
        ("AmazonEC2",        "BoxUsage",                     Some("ec2_on_demand")),
        ("AmazonEC2",        "APN1-SpotUsage:m5.large",      None),
        ("AmazonEC2",        "APN1-EBS:VolumeUsage.gp3",     None),
        ("AmazonRDS",        "APN1-InstanceUsage:db.r5.large", None),
        // Rows that two categories could claim: the order of the file decides.
        ("AmazonS3",         "APN1-USE1-AWS-Out-Bytes",      Some("data_transfer")), // S3 to another Region.
        ("AWSELB",           "APN1-DataTransfer-Out-Bytes",  Some("data_transfer")), // Load balancer to the internet.
        ("AmazonEC2",        "DataTransfer-Out-Bytes",       Some("data_transfer")), // us-east-1 has no prefix.
        ("AmazonCloudFront", "DataTransfer-Out-Bytes",       Some("cloudfront_outbound")),
        ("AmazonS3",         "APN1-Requests-Tier1",          Some("s3")),            // Not CloudFront's requests.
        ("AmazonS3",         "APN1-CloudFront-Out-Bytes",    Some("s3")),            // S3 to CloudFront: free at list.
        ("AmazonCloudFront", "JP-Requests-OriginShield",     Some("cloudfront_requests")),
        // Traffic that is none of the five.
        ("AmazonEC2",        "APN1-CloudFront-Out-Bytes",    None), // An origin on EC2 to CloudFront.
        ("AWSELB",           "APN1-CloudFront-Out-Bytes",    None),
        ("AmazonCloudFront", "US-DataTransfer-Out-OBytes",   None), // CloudFront to the origin.
        ("AmazonCloudFront", "Invalidations",                None),
        ("AmazonEC2",        "APN1-DataTransfer-In-Bytes",   None),
        ("AmazonEC2",        "APN1-DataTransfer-Regional-Bytes", None), // Between zones.
        ("AWSLambda",        "APN1-Lambda-Edge-Request",     None),
        ("AmazonEC2",        "APN1-DedicatedUsage:m5.large", None),
        ("AmazonEC2",        "APN1-HostUsage:m5",            None),
        ("AmazonEC2",        "APN1-UnusedBox:m5.large",      None),
        ("AmazonECS",        "APN1-Fargate-vCPU-Hours:perCPU", None),
    ];
    for (product, usage_type, expected) in cases {
        let found = categories.iter().find(|category| category.matches(product, usage_type));
        assert_eq!(found.map(|category| category.name.as_str()), expected, "{product} {usage_type}");
    }
}

#[test]
fn shipped_rates_say_where_they_come_from() {
    let reference = shipped().reference;
    let months = |holds: bool| reference.fx_rates.values().filter(|entry| entry.source.holds() == holds).count();
    assert_eq!((months(false), months(true)), (90, 9));
    let tax =
        |category: &str, month: &str| reference.tax_rate(category, month.parse().unwrap()).map(|rate| rate.percent);
    let percent = |text: &str| Some(Percent::parse(text).unwrap());
    assert_eq!(tax("standard", "2019-09"), percent("8"));
    assert_eq!(tax("standard", "2019-10"), percent("10"));
    assert_eq!(tax("reduced", "2025-05"), percent("8"));
    assert_eq!(tax("reduced", "2019-09"), None);
    for category in ["out_of_scope", "foreign", "exempt", "export_free"] {
        assert_eq!(tax(category, "2025-05"), percent("0"));
    }
}

#[test]
fn assumptions_of_plans_in_use_are_told() {
    let warnings = shipped().warnings;
    assert_eq!(warnings.len(), 2);
    assert!(warnings[0].starts_with("plan flat-v2: commitment_fees is an assumption: "), "{warnings:?}");
    let source = Source { text: String::from("Assumed"), confirmed: None };
    assert!(source.holds());
}

#[test]
fn the_example_month_is_read_whole() {
    let dir = repository("../shared/data/month_2025-05");
    if !dir.exists() {
        assert!(std::env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "{} is missing", dir.display());
        println!("skipped: {} is not there", dir.display());
        return;
    }
    let workspace = read_workspace(&dir, Some(may())).unwrap_or_else(|error| panic!("{error}"));
    let reference = &workspace.reference;
    assert_eq!(workspace.warnings, [] as [&str; 0]);
    assert_eq!(workspace.settings.adjustments, ["late/late-adjustments.csv"]);
    assert_eq!((reference.accounts.len(), reference.projects.len(), reference.plans.len()), (16, 10, 8));
    assert_eq!((reference.fees.len(), reference.credit_rules.len(), reference.fx_rates.len()), (6, 2, 6));
    assert_eq!((reference.price_list.versions.len(), reference.price_list.free_offers.len()), (25, 5));
    assert_eq!(reference.contract("088880000881", may()).unwrap().plan_id, "voucher-v2");
    let instants: Vec<_> = reference.price_list.price_instants(may()).into_iter().collect();
    assert_eq!(instants, [(String::from("TITWTHJIGASHCQVC"), vec![Instant::from_date(2025, 5, 15)])]);
    assert_eq!(workspace.files.len(), 16);
}
