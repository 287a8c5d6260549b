use crate::alone::RowClass;
use crate::terms::Section;
use crate::testing::*;

const RI: &str = "arn:aws:ec2:ap-northeast-1:111111111111:reserved-instances/r-1";
const MARKETPLACE: &str = "AWS Marketplace";

fn class_of(row: Row) -> RowClass {
    World::new().bill(&[row]).bill.list.classes[0]
}

#[test]
fn every_line_type_has_its_class() {
    #[rustfmt::skip]
    let cases = [
        ("Usage",                    RowClass::Usage),
        ("DiscountedUsage",          RowClass::RiCovered),
        ("Discounted Usage",         RowClass::RiCovered), // Blanks and case do not count.
        ("SavingsPlanCoveredUsage",  RowClass::SpCovered),
        ("SavingsPlanNegation",      RowClass::SpNegation),
        ("RIFee",                    RowClass::CommitmentFee),
        ("SavingsPlanRecurringFee",  RowClass::CommitmentFee),
        ("SavingsPlanUpfrontFee",    RowClass::CommitmentFee),
        ("Fee",                      RowClass::CommitmentFee), // With a reservation ARN.
        ("EdpDiscount",              RowClass::PrivateDiscount),
        ("PrivateRateDiscount",      RowClass::PrivateDiscount),
        ("RiVolumeDiscount",         RowClass::PrivateDiscount),
        ("SppDiscount",              RowClass::PrivateDiscount),
        ("Discount",                 RowClass::PrivateDiscount),
        ("SomeNewDiscount",          RowClass::PrivateDiscount),
        ("BundledDiscount",          RowClass::BundledDiscount),
        ("Credit",                   RowClass::Credit),
        ("Refund",                   RowClass::Refund),
        ("Tax",                      RowClass::Tax),
        ("FlatRateSubscription",     RowClass::Unknown),
        ("",                         RowClass::Unknown),
    ];
    for (line_type, expected) in cases {
        assert_eq!(class_of(Row { line_type, arn: RI, ..Row::default() }), expected, "{line_type:?}");
    }
    assert_eq!(class_of(Row { line_type: "Fee", ..Row::default() }), RowClass::OneOffFee);
}

#[test]
fn the_first_class_that_matches_wins() {
    let split = "EKSPod-EC2";
    let support = "AWSSupportEnterprise";
    #[rustfmt::skip]
    let cases = [
        // line type         operation          billing entity   product                     class
        ("Tax",             split,             MARKETPLACE,     support,                    RowClass::SplitCost),
        ("Usage",           "ECSTask-EC2",     "AWS",           "AmazonEC2",                RowClass::SplitCost),
        ("Tax",             "",                MARKETPLACE,     support,                    RowClass::Tax),
        ("BundledDiscount", "",                MARKETPLACE,     support,                    RowClass::BundledDiscount),
        ("EdpDiscount",     "",                MARKETPLACE,     support,                    RowClass::PrivateDiscount),
        ("Credit",          "",                MARKETPLACE,     support,                    RowClass::Credit),
        ("Refund",          "",                MARKETPLACE,     "x",                        RowClass::Marketplace),
        ("Fee",             "",                MARKETPLACE,     support,                    RowClass::Marketplace),
        ("Whatever",        "",                MARKETPLACE,     "x",                        RowClass::Marketplace),
        ("Fee",             "",                "AWS",           "AWSDeveloperSupport",      RowClass::Support),
        ("Usage",           "",                "AWS",           "OCBPremiumSupport",        RowClass::Support),
        ("Refund",          "",                "AWS",           support,                    RowClass::Refund), // Only Fee and Usage.
        ("Usage",           "",                "AWS",           "MyAWSSupportTool",         RowClass::Usage),  // Anchored.
    ];
    for (line_type, operation, billing_entity, product, expected) in cases {
        let row = Row { line_type, operation, billing_entity, product, ..Row::default() };
        assert_eq!(class_of(row), expected, "{line_type} {operation} {billing_entity} {product}");
    }
}

#[test]
fn each_class_is_charged_or_booked_as_the_rules_say() {
    let usage = Section::AwsUsage;
    #[rustfmt::skip]
    let cases = [
        // line type, product, usage type, entity -> section it is charged in, else the cause that removes it
        ("SavingsPlanRecurringFee", "ComputeSavingsPlans", "", "AWS", Some(Section::CommitmentFees), ""),
        ("SavingsPlanUpfrontFee",   "ComputeSavingsPlans", "", "AWS", Some(Section::CommitmentFees), ""),
        ("RIFee",                   "AmazonEC2",           "", "AWS", Some(Section::CommitmentFees), ""),
        ("Fee",                     "AmazonRegistrar",     "", "AWS", Some(usage), ""),
        ("Usage",                   "AmazonEC2", "APN1-SpotUsage:m5.large", "AWS", Some(usage), ""),
        ("Usage",                   "p-1", "", MARKETPLACE,           Some(Section::Marketplace), ""),
        ("Fee",                     "p-1", "", MARKETPLACE,           Some(Section::Marketplace), ""),
        ("Refund",                  "p-1", "", MARKETPLACE,           Some(Section::Marketplace), ""),
        ("NewThing",                "AmazonEC2", "", "AWS",           Some(usage), ""),
        ("EdpDiscount",             "AmazonEC2", "", "AWS",           None, "private_discounts_removed"),
        ("BundledDiscount",         "AmazonEC2", "NatGateway-Hours", "AWS", None, "bundled_discounts_removed"),
        ("Credit",                  "AmazonEC2", "", "AWS",           None, "credits_removed"),
        ("Tax",                     "AmazonEC2", "", "AWS",           None, "tax_removed"),
        ("Fee",                     "AWSSupportBusiness", "", "AWS",  None, "support_removed"),
        ("Usage",                   "AWSSupportBusiness", "", "AWS",  None, "support_removed"),
    ];
    for (line_type, product, usage_type, billing_entity, section, cause) in cases {
        // A public cost that is not the cost: none of these may take it for their price.
        let row = Row {
            line_type,
            product,
            usage_type,
            billing_entity,
            cost: "3.5",
            public_cost: "9",
            sku: "",
            ..Row::default()
        };
        let billed = World::new().bill(&[row]);
        let expected = match section {
            Some(_) => told(&[("aws_unblended", "3.5"), ("list_total", "3.5")]),
            None => told(&[("aws_unblended", "3.5"), (cause, "-3.5")]),
        };
        assert_eq!(billed.bridge(A), expected, "{line_type} {product}");
        for other in Section::ALL {
            let gross = if section == Some(other) { "3.5" } else { "0.0" };
            assert_eq!(billed.section(A, other).0, gross, "{line_type} {product} {other:?}");
        }
    }
}

#[test]
fn split_cost_rows_are_out_of_money_and_quantity() {
    let row = Row { sku: "T", quantity: "100", cost: "10", ..Row::default() };
    let world = World::new().ladder("T", "2020-01-01", &[("100", "0.1"), ("Inf", "0.05")]);
    let split = Row { operation: "EKSPod-EC2", cost: "0", ..row };
    let billed = world.bill(&[row, split, Row { operation: "ECSTask-EC2", ..split }]);
    assert_eq!(billed.bridge(A), told(&[("aws_unblended", "10.0"), ("list_total", "10.0")])); // 100 x 0.1, not 300.
}

#[test]
fn bundled_discounts_stay_only_where_their_source_is_in_the_group() {
    let bundled = Row {
        line_type: "BundledDiscount",
        usage_type: "NatGateway-Hours",
        cost: "-2",
        quantity: "0",
        sku: "",
        ..Row::default()
    };
    let source =
        Row { product: "AWSNetworkFirewall", usage_type: "Endpoint-Hour", cost: "5", sku: "FW", ..Row::default() };
    #[rustfmt::skip]
    let cases = [
        ("its own source",            vec![bundled, source],                                                      "-2.0"),
        ("no source",                 vec![bundled],                                                               "0.0"),
        ("a stranger's source",       vec![bundled, Row { account: B, ..source }],                                 "0.0"),
        ("a source without use",      vec![bundled, Row { cost: "0", quantity: "0", ..source }],                   "0.0"),
        ("a product without a rule",  vec![Row { product: "Other", ..bundled }, source],                           "0.0"),
        ("a usage type without one",  vec![Row { usage_type: "BoxUsage", ..bundled }, source],                     "0.0"),
    ];
    for (what, rows, kept) in cases {
        let billed = World::new().price("FW", "5").bill(&rows);
        let charges = &billed.bill.discounted.charges;
        let found: crate::money::Usd =
            charges.iter().filter(|charge| charge.list < usd("0")).map(|charge| charge.list).sum();
        assert_eq!(found.to_string(), kept, "{what}");
        let removed = billed.bridge(A).into_iter().find(|(cause, _)| *cause == "bundled_discounts_removed");
        assert_eq!(removed.is_some(), kept == "0.0", "{what}");
    }
}

#[test]
fn the_census_counts_every_row_once_under_its_class() {
    let rows = [
        Row { cost: "1", ..Row::default() },
        Row { cost: "2", start: "2025-05-11T00:00:00Z", ..Row::default() },
        Row { line_type: "Tax", cost: "0.3", ..Row::default() },
        Row { payer: OTHER_PAYER, operation: "EKSPod-EC2", ..Row::default() },
    ];
    let billed = World::new().bill(&rows);
    let census = crate::audit::Census::rows(&billed.facts, &billed.bill.list);
    let found: Vec<_> = census
        .iter()
        .map(|row| (row.payer_id.as_str(), row.line_type.as_str(), row.class, row.rows, row.unblended))
        .collect();
    let expected = vec![
        (PAYER, "Tax", "tax", 1, usd("0.3")),
        (PAYER, "Usage", "usage", 2, usd("3")),
        (OTHER_PAYER, "Usage", "split_cost", 1, usd("0")),
    ];
    assert_eq!(found, expected);
}
