use super::*;
use crate::money::{Quantity, Usd};
use crate::pipeline::Bill;
use crate::testing::{A, B, Billed, Row, STRANGER, World, category_plan, kept, off, percent_plan, usd};

/// The name of a sum, and what makes it wrong.
type Change<'a> = (&'a str, &'a dyn Fn(&mut Bill));

fn billed(world: &World, rows: &[Row]) -> Billed {
    world.bill(rows)
}

fn explained(world: &World, billed: &Billed, selection: &Selection) -> Result<Explanation, ExplainError> {
    explain(&billed.facts, &world.0, &billed.bill, selection)
}

fn world() -> World {
    World::new()
        .plan(percent_plan("flat", "7", &["AmazonEC2", "AmazonS3"]))
        .account(A, "P-A", "flat")
        .ladder("M5", "2025-01-01", &[("Inf", "0.124")])
        .ladder("S3", "2025-01-01", &[("1", "0.1"), ("Inf", "0.05")])
}

/// One charge, and why it is what it is: product, rule, list, discount, rule of the plan, why AWS charged something else.
fn told(charge: &ExplainedCharge) -> [String; 5] {
    let ruling = &charge.ruling;
    let rule =
        if ruling.rule.is_empty() { ruling.why_none.clone() } else { format!("{} {}", ruling.rule, ruling.effect) };
    let why = charge.why_not_aws.split(':').next().unwrap_or_default();
    let why = why.split(" (").next().unwrap_or_default().to_owned();
    [charge.price_rule.to_owned(), charge.list.to_string(), charge.discount.to_string(), rule, why]
}

#[test]
fn every_charge_says_why_it_is_what_it_is() {
    let foreign = kept(format!("arn:aws:ec2:ap-northeast-1:{STRANGER}:reserved-instances/x"));
    let own = kept(format!("arn:aws:ec2:ap-northeast-1:{A}:reserved-instances/y"));
    let plain = Row::default();
    #[rustfmt::skip] // A table reads best as a table.
    let cases = [
        (Row { cost: "0.124", ..plain },
            ["single_price", "0.124", "-0.00868", "total 7.0 % off", ""]),
        (Row { cost: "0.12", ..plain },
            ["single_price", "0.124", "-0.00868", "total 7.0 % off", "AWS charged another rate than the list price"]),
        (Row { sku: "S3", product: "AmazonS3", quantity: "3", cost: "0.15", ..plain },
            ["tiers", "0.2", "-0.014", "total 7.0 % off", "tiers and free usage are those of the group, not of AWS's whole organization"]),
        (Row { line_type: "DiscountedUsage", arn: foreign, public_cost: "0.124", ..plain },
            ["single_price", "0.124", "-0.00868", "total 7.0 % off", "covered by a stranger's reservation"]),
        (Row { line_type: "DiscountedUsage", arn: own, cost: "0.01", public_cost: "0.124", ..plain },
            ["own_coverage", "0.01", "-0.0007", "total 7.0 % off", ""]),
        (Row { usage_type: "SpotUsage:m5.large", cost: "0.04", ..plain },
            ["spot", "0.04", "-0.0028", "total 7.0 % off", ""]),
        (Row { product: "AmazonRegistrar", line_type: "Fee", cost: "14", ..plain },
            ["one_off_fee", "14.0", "0.0", "the product is not on the plan's list", ""]),
        (Row { billing_entity: "AWS Marketplace", cost: "3", ..plain },
            ["marketplace", "3.0", "0.0", "AWS Marketplace is never discounted", ""]),
    ];
    for (row, expected) in cases {
        let world = world();
        let billed = billed(&world, &[row]);
        let explanation = explained(&world, &billed, &Selection::default()).unwrap();
        let charges: Vec<_> = explanation.charges().map(told).collect();
        assert_eq!(charges, [expected.map(str::to_owned)], "{row:?}");
    }
}

#[test]
fn categories_are_told_with_what_they_take_off() {
    let plan = category_plan("cdn", &[("ec2_on_demand", off("10"), &["AmazonEC2"], "BoxUsage")]);
    let world = world().plan(plan).account(A, "P-A", "cdn");
    let billed = billed(&world, &[Row { cost: "0.124", ..Row::default() }]);
    let explanation = explained(&world, &billed, &Selection::default()).unwrap();
    let charge = explanation.charges().next().unwrap();
    let ruling = (charge.ruling.plan_id.as_str(), charge.ruling.rule.as_str(), charge.ruling.effect.as_str());
    assert_eq!(ruling, ("cdn", "ec2_on_demand", "10.0 % off"));
    assert_eq!(charge.price_rows, "M5 2025-01-01T00:00:00Z 0.0");
    assert_eq!((charge.price_sources.as_str(), charge.net()), ("offer file", usd("0.1116")));
    assert_eq!((charge.quantity, charge.rows), (Quantity::parse("1").unwrap(), 1));
}

#[test]
fn what_is_asked_for_is_all_that_is_told() {
    let s3 = Row { sku: "S3", product: "AmazonS3", cost: "0.05", ..Row::default() };
    let rows = [Row::default(), s3, Row { account: B, cost: "0.124", ..Row::default() }];
    let world = world();
    let billed = billed(&world, &rows);
    let asked = |[project, account, service]: [&str; 3]| {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let selection = Selection { project: some(project), account: some(account), service: some(service) };
        explained(&world, &billed, &selection).map(|found| found.charges().count()).map_err(|error| error.to_string())
    };
    #[rustfmt::skip]
    let cases = [
        (["", "", ""],              Ok(3)),
        (["P-A", "", ""],           Ok(2)),
        (["", B, ""],               Ok(1)),
        (["", "", "AmazonEC2"],     Ok(2)),
        (["P-A", A, "AmazonS3"],    Ok(1)),
        (["P-C", "", ""],           Err("no invoice has project \"P-C\"; projects that are: P-A, P-B")),
        (["P-A", B, ""],            Err("no invoice has account \"222222222222\"; accounts that are: 111111111111")),
        (["", "", "AmazonRDS"],     Err("no invoice has service \"AmazonRDS\"; services that are: AmazonEC2, AmazonS3")),
    ];
    for (asked_for, expected) in cases {
        assert_eq!(asked(asked_for), expected.map_err(str::to_owned), "{asked_for:?}");
    }
}

#[test]
fn what_is_on_no_line_is_told_too() {
    let own = kept(format!("arn:aws:ec2:ap-northeast-1:{A}:reserved-instances/y"));
    let covered = Row { line_type: "DiscountedUsage", arn: own, public_cost: "0.124", ..Row::default() };
    let fee = Row { line_type: "RIFee", arn: own, cost: "50", usage_type: "HeavyUsage:m5.large", ..Row::default() };
    let world = world();
    let billed = billed(&world, &[covered, fee]);
    let explanation = explained(&world, &billed, &Selection::default()).unwrap();
    let [invoice] = &explanation.invoices[..] else { panic!("one project") };
    assert_eq!((invoice.lines.len(), invoice.unprinted.len()), (1, 1));
    assert_eq!(invoice.unprinted[0].price_rule, "own_coverage");
}

#[test]
fn a_level_that_does_not_sum_to_the_one_above_tells_nothing() {
    let world = world();
    let one = || billed(&world, &[Row { cost: "0.124", ..Row::default() }]);
    let cent = usd("0.01");
    let changes: [Change<'_>; 4] = [
        ("list dollars of the charges of line 1, AmazonEC2", &|bill| bill.discounted.charges[0].list += cent),
        ("discount dollars of the charges of line 1, AmazonEC2", &|bill| bill.discounted.charges[0].discount += cent),
        ("lines of project P-A", &|bill| bill.invoices[0].subtotal_jpy += crate::money::Yen::new(1)),
        ("total of project P-A", &|bill| bill.invoices[0].total_jpy += crate::money::Yen::new(1)),
    ];
    for (name, change) in changes {
        let mut billed = one();
        change(&mut billed.bill);
        let error = explained(&world, &billed, &Selection::default()).unwrap_err();
        assert!(error.is_machine_fault() && error.to_string().starts_with(name), "{error}");
    }
    let sum: Usd = explained(&world, &one(), &Selection::default()).unwrap().charges().map(|charge| charge.list).sum();
    assert_eq!(sum, usd("0.124"));
}
