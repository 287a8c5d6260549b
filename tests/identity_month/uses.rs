//! What is sold and used beside instances: price ladders, free offers, and who uses them.

use super::catalog::Catalog;
use super::decimal::parse;
use super::random::Random;
use super::world::{ACCOUNTS, Kind, MACHINES, Meter, PLAIN_ACCOUNTS};

/// A SKU that is in no price list.
pub const UNLISTED: &str = "PREVIEWUNITS";
const OUT: &str = "OUTTOKYO";
const OUT_ELSEWHERE: &str = "OUTVIRGINIA";
/// The SKUs of one price that share a free offer.
pub const EQUALLY_PRICED: [&str; 2] = ["LAMBDAREQX86", "LAMBDAREQARM"];
/// The SKUs of different price that share one.
pub const UNEQUALLY_PRICED: [&str; 2] = [OUT, OUT_ELSEWHERE];
/// What AWS bills for the seconds of functions, which Compute Savings Plans cover too.
pub const FUNCTIONS: &str = "LAMBDAGBSECOND";

/// An hour at which a price changes: at midnight or within a day.
fn change_hour(random: &mut Random) -> i64 {
    random.pick(&[336, 345, 216, 503])
}

pub fn catalog(kind: Kind, random: &mut Random) -> Catalog {
    let mut catalog = Catalog::default();
    for machine in &MACHINES {
        catalog.add(machine.sku, "Hrs", &[("Inf", machine.price)]);
    }
    catalog.add("EBSGP3", "GB-Mo", &[("Inf", "0.096")]);
    catalog.add("NATHOURS", "Hrs", &[("Inf", "0.062")]);
    catalog.add("RDSR5LARGE", "Hrs", &[("Inf", "0.285")]);
    catalog.add("TRANSFERIN", "GB", &[("Inf", "0")]);
    catalog.add(UNLISTED, "Units", &[("Inf", "0.0123456789")]);
    catalog.unlisted = Some(UNLISTED);
    catalog.add(OUT, "GB", &[("10240", "0.114"), ("51200", "0.089"), ("153600", "0.086"), ("Inf", "0.084")]);
    catalog.add(OUT_ELSEWHERE, "GB", &[("10240", "0.09"), ("51200", "0.085"), ("Inf", "0.07")]);
    catalog.add("OUTEDGE", "GB", &[("10240", "0.114"), ("51200", "0.089"), ("Inf", "0.084")]);
    catalog.add("S3STORAGE", "GB-Mo", &[("51200", "0.025"), ("512000", "0.024"), ("Inf", "0.023")]);
    catalog.add("SNSREQUESTS", "Requests", &[("1000000", "0"), ("Inf", "0.0000005")]);
    catalog.add(
        FUNCTIONS,
        "Lambda-GB-Second",
        &[("6000000000", "0.0000166667"), ("15000000000", "0.000015"), ("Inf", "0.0000133334")],
    );
    for sku in EQUALLY_PRICED {
        catalog.add(sku, "Requests", &[("Inf", "0.0000002")]);
    }
    catalog.offer("FREEREQUESTS", "1000000", &EQUALLY_PRICED);
    catalog.offer("FREESECONDS", "400000", &[FUNCTIONS]);
    catalog.offer("FREEEDGE", "1024", &["OUTEDGE"]);
    catalog.offer(
        "FREEOUT",
        "100",
        if kind == Kind::UnequalPrices { &UNEQUALLY_PRICED } else { &UNEQUALLY_PRICED[..1] },
    );
    if random.has_luck(60) {
        catalog.change("EC2M5XLARGE", change_hour(random), &[("Inf", "0.24")]);
    }
    if random.has_luck(60) {
        catalog.change("S3STORAGE", change_hour(random), &[("40960", "0.0245"), ("512000", "0.0235"), ("Inf", "0.02")]);
    }
    if random.has_luck(60) {
        catalog.change(OUT, change_hour(random), &[("10240", "0.11"), ("51200", "0.088"), ("Inf", "0.08")]);
    }
    catalog
}

const TRANSFER: [(&str, &str); 4] = [
    ("AWSDataTransfer", "RunInstances"),
    ("AmazonEC2", "InterZone-Out"),
    ("AmazonS3", "GetObject"),
    ("AmazonRDS", "Not Applicable"),
];
type Service = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

/// Usage type, SKU, products with operations, and the steps of which one is chosen.
const PLAIN: [Service; 6] = [
    ("APN1-EBS:VolumeUsage.gp3", "EBSGP3", &[("AmazonEC2", "CreateVolume-Gp3")], &["0.0104166667"]),
    ("APN1-NatGateway-Hours", "NATHOURS", &[("AmazonEC2", "NatGateway")], &["1", "0.25"]),
    ("APN1-InstanceUsage:db.r5.large", "RDSR5LARGE", &[("AmazonRDS", "CreateDBInstance:0002")], &["1", "0.128334"]),
    ("APN1-DataTransfer-In-Bytes", "TRANSFERIN", &[("AWSDataTransfer", "RunInstances")], &["0.0000000931"]),
    ("APN1-Preview-Units", UNLISTED, &[("AmazonPreview", "Preview")], &["0.001", "1"]),
    ("APN1-SpotUsage:c5.xlarge", "EC2C5XLARGE", &[("AmazonEC2", "RunInstances:SV003")], &["0.25", "1"]),
];
const TIERED: [Service; 8] = [
    ("APN1-DataTransfer-Out-Bytes", OUT, &TRANSFER, &["0.0125", "0.9000000007", "20.5"]),
    ("DataTransfer-Out-Bytes", OUT_ELSEWHERE, &TRANSFER, &["0.0333", "1.75", "12.75"]),
    ("JP-DataTransfer-Out-Bytes", "OUTEDGE", &[("AmazonCloudFront", "GET")], &["0.06375", "17.07"]),
    ("APN1-TimedStorage-ByteHrs", "S3STORAGE", &[("AmazonS3", "StandardStorage")], &["0.375", "300.0000001"]),
    ("APN1-Requests-Tier1", "SNSREQUESTS", &[("AmazonSNS", "Publish")], &["7", "4001"]),
    ("APN1-Lambda-GB-Second", FUNCTIONS, &[("AWSLambda", "Invoke")], &["3.125", "250", "2500000"]),
    ("APN1-Request", EQUALLY_PRICED[0], &[("AWSLambda", "Invoke")], &["11", "4001"]),
    ("APN1-Request-ARM", EQUALLY_PRICED[1], &[("AWSLambda", "Invoke")], &["13", "5003"]),
];

fn meter(account: &'static str, service: &'static Service, random: &mut Random) -> Meter {
    let &(usage_type, sku, products, steps) = service;
    let is_shared = EQUALLY_PRICED.contains(&sku) || UNEQUALLY_PRICED.contains(&sku);
    let step = parse(random.pick(steps));
    // What several SKUs share is never taken back: the order of time would then count among them.
    Meter { account, products, usage_type, sku, step, most: 40, has_corrections: !is_shared && random.has_luck(30) }
}

pub fn meters(kind: Kind, random: &mut Random) -> Vec<Meter> {
    let mut meters = Vec::new();
    for account in &ACCOUNTS[..5] {
        for service in &PLAIN {
            if random.has_luck(40) {
                meters.push(meter(account, service, random));
            }
        }
    }
    for account in &ACCOUNTS[PLAIN_ACCOUNTS..5] {
        for service in &TIERED {
            if random.has_luck(60) || kind == Kind::UnequalPrices && UNEQUALLY_PRICED.contains(&service.1) {
                meters.push(meter(account, service, random));
            }
        }
    }
    meters
}
