use super::*;
use crate::money::Usd;
use crate::terms::CreditTreatment;
use crate::terms::Section;
use crate::testing::*;
use crate::usage::DescriptionClass;

const OWN_RI: &str = "arn:aws:ec2:ap-northeast-1:111111111111:reserved-instances/r-1";
const FOREIGN_RI: &str = "arn:aws:ec2:ap-northeast-1:999999999999:reserved-instances/r-9";

fn row(product: &'static str, usage_type: &'static str) -> Row {
    Row { product, usage_type, sku: "ONE", cost: "100", ..Row::default() }
}

fn total(percent: &str, services: &[&str]) -> World {
    World::new().price("ONE", "100").plan(percent_plan("p", percent, services)).account(A, "P-A", "p")
}

/// The categories of the published plan, in its order.
fn by_category() -> World {
    let categories = [
        ("cloudfront_outbound", flat("0.051"), &["AmazonCloudFront"][..], "DataTransfer-Out-Bytes$"),
        ("cloudfront_requests", off("10"), &["AmazonCloudFront"], "Requests"),
        ("data_transfer", off("6"), &[], "DataTransfer-Out-Bytes$|-AWS-Out-Bytes$"),
        ("s3", off("3"), &["AmazonS3"], ""),
        ("ec2_on_demand", off("5"), &["AmazonEC2"], "(^|-)BoxUsage(:|$)"),
    ];
    World::new().price("ONE", "100").plan(category_plan("p", &categories)).account(A, "P-A", "p")
}

#[test]
fn a_percentage_is_taken_of_the_allow_list_only() {
    let world = total("7", &["AmazonEC2", "AmazonS3"]);
    #[rustfmt::skip]
    let cases = [
        (row("AmazonEC2", "BoxUsage"),                                               "-7.0"),
        (row("AmazonS3", "TimedStorage"),                                            "-7.0"),
        (row("AWSLambda", "GB-Second"),                                               "0.0"),
        (row("amazonec2", "BoxUsage"),                                                "0.0"), // Codes are exact.
        (row("AmazonEC2", "SpotUsage:m5.large"),                                     "-7.0"), // Spot is of its service.
        (Row { line_type: "DiscountedUsage", arn: FOREIGN_RI, cost: "0", public_cost: "100", ..row("AmazonEC2", "BoxUsage") }, "-7.0"),
        (Row { line_type: "Fee", ..row("AmazonRegistrar", "") },                      "0.0"),
        (Row { line_type: "Fee", ..row("AmazonEC2", "") },                           "-7.0"),
        (Row { line_type: "NewThing", ..row("AmazonEC2", "BoxUsage") },               "0.0"), // Unknown: undiscounted.
        (Row { description_class: DescriptionClass::FlatRate, ..row("AmazonEC2", "x") }, "-7.0"), // Only categories leave it out.
    ];
    for (row, discount) in cases {
        let found = world.bill(&[row]).usage(A);
        assert_eq!(found, ("100.0".into(), discount.into()), "{} {} {}", row.line_type, row.product, row.usage_type);
    }
}

#[test]
fn marketplace_is_never_discounted() {
    let bought = Row { billing_entity: "AWS Marketplace", ..row("AmazonEC2", "BoxUsage") };
    let refunded = Row { line_type: "Refund", cost: "-100", ..bought };
    for (row, gross) in [(bought, "100.0"), (refunded, "-100.0")] {
        let found = total("7", &["AmazonEC2"]).bill(&[row]).section(A, Section::Marketplace);
        assert_eq!(found, (gross.into(), "0.0".into()));
    }
}

#[test]
fn commitment_fees_are_discounted_whole_or_not_at_all() {
    let fees = [
        Row { line_type: "RIFee", arn: OWN_RI, ..row("AmazonRDS", "") },
        Row { line_type: "Fee", arn: OWN_RI, ..row("AmazonRDS", "upfront") },
        Row { line_type: "SavingsPlanRecurringFee", ..row("ComputeSavingsPlans", "") },
        Row { line_type: "SavingsPlanUpfrontFee", ..row("ComputeSavingsPlans", "") },
    ];
    let fees_of = |world: World| world.bill(&fees).section(A, Section::CommitmentFees);
    assert_eq!(fees_of(total("7", &[])), ("400.0".into(), "-28.0".into()), "the allow-list is not asked");
    let mut plan = percent_plan("p", "7", &["AmazonRDS", "ComputeSavingsPlans"]);
    plan.commitment_fees = false;
    assert_eq!(fees_of(total("7", &[]).plan(plan)), ("400.0".into(), "0.0".into()));
    assert_eq!(fees_of(by_category()), ("400.0".into(), "0.0".into()), "a category plan never discounts them");
}

#[test]
fn each_row_is_in_the_first_category_that_matches() {
    let usage = |product, usage_type| row(product, usage_type);
    #[rustfmt::skip]
    let cases = [
        (usage("AmazonCloudFront", "JP-DataTransfer-Out-Bytes"),  "-99.949"), // 0.051 for one unit: before data_transfer.
        (usage("AmazonCloudFront", "JP-Requests-HTTPS"),          "-10.0"),
        (usage("AmazonS3", "APN1-DataTransfer-Out-Bytes"),         "-6.0"), // Transfer before S3.
        (usage("AmazonS3", "APN1-TimedStorage-ByteHrs"),           "-3.0"),
        (usage("AmazonS3", "APN1-Requests-Tier1"),                 "-3.0"), // Requests are CloudFront's only.
        (usage("AmazonEC2", "APN1-BoxUsage:m5.large"),             "-5.0"),
        (usage("AmazonEC2", "BoxUsage"),                           "-5.0"),
        (usage("AmazonEC2", "APN1-UnusedBoxUsage:m5.large"),        "0.0"),
        (usage("AmazonEC2", "APN1-USE1-AWS-Out-Bytes"),            "-6.0"),
        (usage("AmazonRDS", "InstanceUsage:db.m5"),                 "0.0"),
    ];
    for (row, discount) in cases {
        assert_eq!(by_category().bill(&[row]).usage(A).1, discount, "{} {}", row.product, row.usage_type);
    }
}

#[test]
fn what_is_not_on_demand_is_in_no_category() {
    let ec2 = row("AmazonEC2", "BoxUsage:m5.large");
    let cdn = row("AmazonCloudFront", "JP-DataTransfer-Out-Bytes");
    #[rustfmt::skip]
    let cases = [
        ("spot",           Row { usage_type: "SpotUsage:m5.large", ..row("AmazonS3", "") },          "0.0"),
        ("flat rate",      Row { description_class: DescriptionClass::FlatRate, ..cdn },             "0.0"),
        ("savings bundle", Row { description_class: DescriptionClass::SavingsBundle, ..cdn },        "0.0"),
        ("one-off fee",    Row { line_type: "Fee", ..row("AmazonS3", "") },                          "0.0"),
        ("own covered",    Row { line_type: "SavingsPlanCoveredUsage", arn: "arn:aws:savingsplans::111111111111:s/1", ..ec2 }, "0.0"),
        ("un-covered",     Row { line_type: "DiscountedUsage", arn: FOREIGN_RI, cost: "0", public_cost: "100", ..ec2 }, "-5.0"),
    ];
    for (what, row, discount) in cases {
        assert_eq!(by_category().bill(&[row]).usage(A), ("100.0".into(), discount.into()), "{what}");
    }
}

#[test]
fn a_unit_price_is_for_the_paid_quantity_and_never_above_list() {
    let world = by_category()
        .ladder("CF", "2020-01-01", &[("100", "0.114"), ("Inf", "0.04")])
        .ladder("CFZ", "2020-01-01", &[("1024", "0"), ("Inf", "0.114")])
        .offer("Global", "1024", &["CF"]);
    let out = |sku, quantity| Row { sku, quantity, cost: "1", ..row("AmazonCloudFront", "JP-DataTransfer-Out-Bytes") };
    #[rustfmt::skip]
    let cases = [
        (out("CF",  "1124"), ("11.4",  "-6.3")), // 100 paid: 11.4 to 5.1.
        (out("CF",  "1324"), ("19.4",  "-4.1")), // 300 paid: 11.4 + 8 = 19.4, flat 15.3.
        (out("CF",  "2124"), ("51.4",   "0.0")), // 1,100 paid: flat 56.1 would raise 11.4 + 40.
        (out("CF",   "500"), ("0.0",    "0.0")), // All free.
        (out("CFZ", "1124"), ("11.4",  "-6.3")), // Free inside the SKU as well.
    ];
    for (row, (gross, discount)) in cases {
        assert_eq!(world.bill(&[row]).usage(A), (gross.into(), discount.into()), "{} {}", row.sku, row.quantity);
    }
    // Per (account, SKU): a SKU that flat pricing would raise does not eat another's discount.
    let rows = [Row { sku: "DEAR", ..out("", "10") }, Row { sku: "CHEAP", ..out("", "10") }];
    let found = world.price("DEAR", "0.1").price("CHEAP", "0.01").bill(&rows).usage(A);
    assert_eq!(found, ("1.1".into(), "-0.49".into())); // 1 to 0.51; 0.1 stays.
}

#[test]
fn a_kept_bundled_discount_is_discounted_like_its_product() {
    let bundled = Row {
        line_type: "BundledDiscount",
        cost: "-10",
        sku: "",
        quantity: "0",
        ..row("AmazonEC2", "NatGateway-Hours")
    };
    let source = Row { cost: "100", ..row("AWSNetworkFirewall", "Endpoint") };
    assert_eq!(total("7", &["AmazonEC2"]).bill(&[bundled, source]).usage(A), ("90.0".into(), "0.7".into()));
    assert_eq!(total("7", &[]).bill(&[bundled, source]).usage(A), ("90.0".into(), "0.0".into()));
    assert_eq!(by_category().bill(&[bundled, source]).usage(A), ("90.0".into(), "0.0".into()), "in no category");
}

#[test]
fn a_refund_under_a_category_plan_needs_its_usage_type() {
    let refund = |product, usage_type| Row { line_type: "Refund", cost: "-100", ..row(product, usage_type) };
    #[rustfmt::skip]
    let cases = [
        (refund("AmazonS3", "TimedStorage"),                       "3.0", false),
        (refund("AmazonRDS", "InstanceUsage"),                     "0.0", false),
        (refund("AmazonS3", ""),                                   "0.0", true),
        (refund("AmazonCloudFront", "JP-DataTransfer-Out-Bytes"),  "0.0", true), // A unit price, and no quantity.
    ];
    for (row, discount, held) in cases {
        let billed = by_category().bill(&[row]);
        assert_eq!(billed.section(A, Section::Credits), ("-100.0".into(), discount.into()), "{}", row.usage_type);
        assert_eq!(billed.reasons().contains("refund_review"), held, "{}", row.usage_type);
    }
}

#[test]
fn a_refund_that_credits_csv_gives_to_the_customer_needs_no_review() {
    let refund = |product| Row { line_type: "Refund", cost: "-100", ..row(product, "") };
    let decided = || by_category().credit_rule("Refund", "", CreditTreatment::Customer);
    let billed = decided().bill(&[refund("AmazonS3")]);
    assert_eq!(billed.section(A, Section::Credits), ("-100.0".into(), "0.0".into()), "as drafted");
    assert!(!billed.reasons().contains("refund_review"));
    // Under a plan of the total its discount can be told: 7 % of the refund.
    let total = total("7", &["AmazonS3"]).credit_rule("Refund", "", CreditTreatment::Customer);
    assert_eq!(total.bill(&[refund("AmazonS3")]).section(A, Section::Credits), ("-100.0".into(), "7.0".into()));
}

#[test]
fn a_discount_is_one_product_per_account_section_and_rule_and_its_shares_sum() {
    // Three charges of a third of a dollar: 7 % of 0.999999999999999999 is 0.06999999999999999993,
    // to 18 places 0.07; three single products would make 0.069999999999999999.
    let third =
        |operation| Row { operation, usage_type: "SpotUsage", cost: "0.333333333333333333", ..row("AmazonEC2", "") };
    let billed = total("7", &["AmazonEC2"]).bill(&[third("a"), third("b"), third("c")]);
    assert_eq!(billed.usage(A), ("0.999999999999999999".into(), "-0.07".into()));
    let shares: Vec<_> = billed.bill.discounted.charges.iter().map(|charge| charge.discount.to_string()).collect();
    // -0.0233..33 each: floored to ..34, and the two units too many go back to the earlier facts.
    assert_eq!(shares, ["-0.023333333333333333", "-0.023333333333333333", "-0.023333333333333334"]);
}

#[test]
fn a_charge_of_two_services_is_divided_by_quantity_before_the_discount() {
    // 12,000 GB cost 1,324 (1,167.36 + 156.64); a third of it is S3's, and only that is discounted.
    let out = |product, quantity| Row { sku: "OUT", quantity, cost: "1", ..row(product, "DataTransfer-Out-Bytes") };
    let world = total("9", &["AmazonS3"]).ladder("OUT", "2020-01-01", &[("10240", "0.114"), ("Inf", "0.089")]);
    let billed = world.bill(&[out("AmazonEC2", "8000"), out("AmazonS3", "4000")]);
    // 1,324 / 3 = 441.33..33 x 9 % = 39.72 less a sliver: 441.333333333333333333 x 0.09 = 39.71999999999999999997.
    assert_eq!(billed.usage(A), ("1324.0".into(), "-39.72".into()));
}

/// `name, percent, valid_from, valid_to` as a plan that claims every row.
fn dated(categories: &[(&str, &str, &str, &str)]) -> World {
    let made: Vec<_> = categories.iter().map(|&(name, percent, ..)| (name, off(percent), &[][..], "")).collect();
    let mut plan = category_plan("p", &made);
    let crate::terms::Discount::Category(found) = &mut plan.discount else { panic!("a plan by category") };
    for (category, (_, _, from, to)) in found.iter_mut().zip(categories) {
        let optional = |text: &str| (!text.is_empty()).then(|| month(text));
        (category.valid_from, category.valid_to) = (optional(from), optional(to));
    }
    World::new().price("ONE", "100").plan(plan).account(A, "P-A", "p")
}

/// The month is 2025-05. The first category in force claims the row, and the discount tells which that was.
#[test]
fn a_dated_category_counts_in_its_months_only_and_the_order_of_the_file_stays() {
    type Written = (&'static str, &'static str, &'static str, &'static str);
    #[rustfmt::skip]
    let cases: [(&[Written], &str, Option<usize>); 10] = [
        (&[("a", "5", "", "")],                                             "-5.0", Some(0)),
        (&[("a", "5", "2025-05", "2025-05")],                               "-5.0", Some(0)),
        (&[("a", "5", "2025-06", "")],                                       "0.0", None),
        (&[("a", "5", "", "2025-04")],                                       "0.0", None),
        (&[("a", "5", "", "2025-04"), ("a", "8", "2025-05", "")],           "-8.0", Some(1)),
        (&[("a", "5", "", "2025-05"), ("a", "8", "2025-06", "")],           "-5.0", Some(0)),
        (&[("a", "8", "2025-06", ""), ("a", "5", "", "2025-05")],           "-5.0", Some(1)),
        (&[("a", "5", "", "2025-04"), ("b", "3", "", "")],                  "-3.0", Some(1)),
        (&[("b", "3", "", ""), ("a", "5", "2025-05", "")],                  "-3.0", Some(0)), // A date gives no precedence.
        (&[("a", "5", "2025-05", ""), ("b", "3", "", "")],                  "-5.0", Some(0)),
    ];
    for (categories, discount, used) in cases {
        let billed = dated(categories).bill(&[row("AmazonEC2", "BoxUsage")]);
        assert_eq!(billed.usage(A).1, discount, "{categories:?}");
        let found: Vec<_> = billed.bill.discounted.rules_used.iter().map(|rule| rule.category).collect();
        assert_eq!(found, used.map(Some).into_iter().collect::<Vec<_>>(), "{categories:?}");
    }
}

/// 5 % up to 2025-04, 8 % after: what was bought in April is given back at 5 %, as it was billed.
#[test]
fn a_refund_has_the_number_of_the_month_of_its_usage() {
    let world = dated(&[("a", "5", "", "2025-04"), ("a", "8", "2025-05", "")]);
    for (start, discount) in [("2025-04-30T23:00:00Z", "5.0"), ("2025-05-01T00:00:00Z", "8.0")] {
        let refund =
            Row { line_type: "Refund", description: "SLA", cost: "-100", start, ..row("AmazonEC2", "BoxUsage") };
        assert_eq!(world.bill(&[refund]).section(A, Section::Credits), ("-100.0".into(), discount.into()), "{start}");
    }
}

#[test]
fn an_assumed_number_holds_only_in_its_months_and_is_named_with_them() {
    let assumed = |from: &str| {
        let mut world = dated(&[("a", "5", "", "2025-05"), ("a", "8", "2025-06", "")]);
        let crate::terms::Discount::Category(found) = &mut world.0.plans.get_mut("p").unwrap().discount else {
            panic!()
        };
        let place = usize::from(from == "2025-06");
        found[place].source = source("assumed");
        world.bill(&[row("AmazonEC2", "BoxUsage")])
    };
    assert!(assumed("2025-06").holds().is_empty());
    let held = assumed("");
    let details: Vec<&str> = held.bill.holds.iter().map(|hold| hold.detail.as_str()).collect();
    assert_eq!(details, ["plan p, category a (to 2025-05): its number is assumed"]);
}

#[test]
fn only_numbers_that_were_used_are_told() {
    let mut plan = percent_plan("p", "7", &["AmazonEC2"]);
    plan.source = source("assumed");
    let world = total("7", &[]).plan(plan.clone());
    assert_eq!(world.bill(&[row("AmazonEC2", "BoxUsage")]).holds(), [("P-A", A, "assumed_plan")]);
    assert!(world.bill(&[row("AmazonS3", "TimedStorage")]).holds().is_empty(), "its percentage touched nothing");
    let told = world.bill(&[row("AmazonEC2", "BoxUsage")]).bill.discounted.rules_used;
    assert_eq!(told, [RuleUse { account_id: A.into(), plan_id: "p".into(), category: None }].into());
    plan.source.confirmed =
        Some(crate::terms::Confirmation { by: "x".into(), on: "2025-06-01".into(), what: "7 %".into() });
    assert!(world.plan(plan).bill(&[row("AmazonEC2", "BoxUsage")]).holds().is_empty(), "confirmed");
}

#[test]
fn every_usage_type_is_explained_and_the_sums_are_those_of_the_charges() {
    let ec2 = row("AmazonEC2", "BoxUsage:m5.large");
    let cdn = row("AmazonCloudFront", "JP-DataTransfer-Out-Bytes");
    let own = "arn:aws:savingsplans::111111111111:s/1";
    #[rustfmt::skip]
    let cases = [
        (ec2,                                                                      "ec2_on_demand", ""),
        (row("AmazonS3", "APN1-DataTransfer-Out-Bytes"),                           "data_transfer", ""),
        (row("AmazonRDS", "InstanceUsage:db.m5"),                                  "", "no category claims it"),
        (Row { usage_type: "SpotUsage:m5.large", ..row("AmazonEC2", "") },         "", "Spot: not on demand"),
        (Row { line_type: "SavingsPlanCoveredUsage", arn: own, ..ec2 },            "", "covered by an own commitment: not on demand"),
        (Row { description_class: DescriptionClass::FlatRate, ..cdn },             "", "traffic of a CloudFront flat-rate plan"),
        (Row { description_class: DescriptionClass::SavingsBundle, ..cdn },        "", "traffic of a CloudFront Security Savings Bundle"),
        (Row { billing_entity: "AWS Marketplace", ..ec2 },                         "", "AWS Marketplace is never discounted"),
        (Row { line_type: "Tax", ..ec2 },                                          "", "not charged: tax"),
    ];
    for (row, rule, why) in cases {
        let world = by_category();
        let billed = world.bill(&[row]);
        let bill = &billed.bill;
        let rows = explain(&billed.facts, &world.0, &bill.list, &bill.discounted, A);
        let [found] = rows.as_slice() else { panic!("one kind of usage: {rows:?}") };
        assert_eq!((found.rule.as_str(), found.why_none.as_str()), (rule, why));
        let list: Usd = bill.discounted.charges.iter().map(|charge| charge.list).sum();
        let net: Usd = bill.discounted.charges.iter().map(FactCharge::net).sum();
        assert_eq!((found.list, found.net(), found.rows), (list, net, 1), "{rule}{why}");
        assert_eq!(found.discount.is_zero(), rule.is_empty(), "{why}");
    }
    let rows = [row("AmazonEC2", "BoxUsage:m5.large"), row("AmazonRegistrar", "Domain")];
    let world = World::new().plan(percent_plan("p", "7", &["AmazonEC2"])).account(A, "P-A", "p");
    let billed = world.bill(&rows);
    let found = explain(&billed.facts, &world.0, &billed.bill.list, &billed.bill.discounted, A);
    let found: Vec<_> = found.iter().map(|row| (row.rule.as_str(), row.why_none.as_str())).collect();
    assert_eq!(found, [("total", ""), ("", "the product is not on the plan's list")]);
}
