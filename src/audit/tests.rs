use super::*;
use crate::alone::ListCharges;
use crate::convert::YenLines;
use crate::discount::DiscountedCharges;
use crate::invoice::Invoice;
use crate::money::{Usd, Yen};
use crate::testing::*;
use crate::usage::{FactError, Facts};

const ONE_CENT: i128 = 10_000_000_000_000_000;

/// A month to tamper with: two accounts, a discount, foreign and own coverage, tax.
struct Loose {
    world: World,
    facts: Facts,
    list: ListCharges,
    discounted: DiscountedCharges,
    yen: YenLines,
    invoices: Vec<Invoice>,
    bridge: Bridge,
}

fn loose() -> Loose {
    let world = World::new().price("M5", "0.124").plan(percent_plan("p", "7", &["AmazonEC2"])).account(A, "P-A", "p");
    let own =
        Row { line_type: "DiscountedUsage", arn: "arn:aws:ec2:x:111111111111:reserved-instances/r", ..Row::default() };
    let foreign = Row { arn: "arn:aws:ec2:x:999999999999:reserved-instances/r", public_cost: "0.124", ..own };
    let rows = [
        Row { quantity: "100", cost: "12.4", ..Row::default() },
        own,
        foreign,
        Row { line_type: "Tax", cost: "1.24", ..Row::default() },
        Row { account: B, quantity: "10", cost: "1.24", ..Row::default() },
    ];
    let Billed { facts, bill } = world.bill(&rows);
    let crate::pipeline::Bill { list, discounted, yen, invoices, bridge, .. } = bill;
    Loose { world, facts, list, discounted, yen, invoices, bridge }
}

fn check(loose: &Loose) -> Result<(), AuditError> {
    let Loose { world, facts, list, discounted, yen, invoices, bridge } = loose;
    check_month(&Month { facts, reference: &world.0, list, discounted, yen, invoices, bridge })
}

fn cent() -> Usd {
    Usd::from_units(ONE_CENT)
}

type Tamper = fn(&mut Loose);

#[test]
fn every_number_that_is_tampered_with_is_told_by_name() {
    assert_eq!(check(&loose()), Ok(()));
    #[rustfmt::skip]
    let cases: [(&str, Tamper); 17] = [
        ("bridge of account",       |m| *m.bridge.accounts.values_mut().next().unwrap().causes.values_mut().next().unwrap() += cent()),
        ("bridge of account",       |m| m.bridge.accounts.values_mut().next().unwrap().list_total += cent()),
        ("bridge of account",       |m| *m.bridge.accounts.values_mut().next().unwrap().unblended.values_mut().next().unwrap() += cent()),
        ("AWS unblended over all",  |m| m.facts.totals.unblended += cent()),
        ("AWS unblended over all",  |m| { m.bridge.accounts.pop_last(); }),
        ("facts with a class",      |m| { m.list.classes.pop(); }),
        ("charged more than once",  |m| { let charge = m.discounted.charges[0]; m.discounted.charges.push(charge); }),
        ("its group's commitments", |m| {
            let foreign = m.facts.facts.iter().position(|fact| m.facts.text(fact.key.commitment_arn).contains("999999999999"));
            m.list.passed.iter_mut().find(|passed| passed.kind == crate::alone::PassedKind::OwnCoverage).unwrap().fact = foreign.unwrap();
        }),
        ("net dollars",             |m| m.yen.lines[0].gross_usd += cent()),
        ("net yen of account",      |m| m.yen.lines[0].gross_jpy += Yen::new(1)),
        ("gross yen by service",    |m| m.yen.lines[0].services[0].gross_jpy += Yen::new(1)),
        ("net yen by service",      |m| m.yen.lines[0].services[0].net_jpy += Yen::new(1)),
        ("lines of account",        |m| { m.yen.lines.pop(); }),
        ("lines against subtotal",  |m| m.invoices[0].lines[0].net_jpy += Yen::new(1)),
        ("tax bases",               |m| m.invoices[0].taxes[0].base_jpy += Yen::new(1)),
        ("taxes against tax",       |m| m.invoices[0].taxes[0].tax_jpy += Yen::new(1)),
        ("AWS lines on invoices",   |m| { m.invoices.pop(); }),
    ];
    for (name, tamper) in cases {
        let mut month = loose();
        tamper(&mut month);
        let told = check(&month).expect_err(name).to_string();
        assert!(told.contains(name) && told.contains("does not add up"), "{name}: {told}");
    }
}

#[test]
fn a_total_that_is_not_subtotal_and_tax_is_told() {
    let mut month = loose();
    month.invoices[0].total_jpy += Yen::new(1);
    assert!(check(&month).unwrap_err().sum.contains("total of project P-A"));
}

#[test]
fn yen_and_tax_are_calculated_a_second_time() {
    // A wrong product that is carried through every sum adds up; only the second calculation tells.
    let mut month = loose();
    let line = &mut month.yen.lines[0];
    (line.net_jpy, line.gross_jpy) = (line.net_jpy + Yen::new(1), line.gross_jpy + Yen::new(1));
    (line.services[0].net_jpy, line.services[0].gross_jpy) =
        (line.services[0].net_jpy + Yen::new(1), line.services[0].gross_jpy + Yen::new(1));
    let invoice = &mut month.invoices[0];
    invoice.lines[0].net_jpy += Yen::new(1);
    invoice.taxes[0].base_jpy += Yen::new(1);
    invoice.subtotal_jpy += Yen::new(1);
    invoice.total_jpy += Yen::new(1);
    assert!(check(&month).unwrap_err().sum.contains("yen at the month's rate"), "{:?}", check(&month));
    let mut month = loose();
    let invoice = &mut month.invoices[0];
    invoice.taxes[0].tax_jpy += Yen::new(1);
    invoice.tax_jpy += Yen::new(1);
    invoice.total_jpy += Yen::new(1);
    assert!(check(&month).unwrap_err().sum.contains("standard tax of project"), "{:?}", check(&month));
}

#[test]
fn facts_that_lost_a_row_or_a_dollar_are_refused_at_the_door() {
    let tampers: [Tamper; 3] = [
        |m| {
            m.facts.facts.pop();
        },
        |m| m.facts.totals.rows += 1,
        |m| m.facts.totals.unblended += Usd::from_units(1),
    ];
    for tamper in tampers {
        let mut month = loose();
        tamper(&mut month);
        assert!(matches!(month.facts.check_totals(), Err(FactError::DoNotAddUp { .. })));
    }
}

#[test]
fn numbers_too_large_to_add_are_refused_not_a_panic() {
    let huge = Row { usage_type: "SpotUsage", cost: "150000000000000000000", ..Row::default() };
    let mut facts = World::new().facts(&[huge]);
    let mut second = facts.facts[0];
    second.key.rate_code = facts.symbols.find("AWS").unwrap();
    facts.facts.push(second);
    assert!(matches!(facts.check_totals(), Err(FactError::OutOfRange)), "{:?}", facts.check_totals());
    let huge = Row { quantity: "150000000000000000000", ..Row::default() };
    let world = World::new().price("M5", "1");
    assert!(world.try_bill(&[huge, Row { operation: "other", ..huge }]).is_err());
}

#[test]
fn the_bridge_always_has_its_three_totals_and_a_split_cost_row_is_no_money() {
    let billed = World::new().bill(&[Row { operation: "EKSPod-EC2", ..Row::default() }]);
    let rows = billed.bill.bridge.rows(&billed.facts);
    let found: Vec<_> = rows.iter().map(|row| (row.payer_id.as_str(), row.cause, row.amount)).collect();
    let zero = Usd::ZERO;
    assert_eq!(found, [(PAYER, "aws_unblended", zero), (PAYER, "list_total", zero), (PAYER, "net_total", zero)]);
}

#[test]
fn aws_invoices_are_summed_from_rows_with_their_tax() {
    let rows = [
        Row { usage_type: "SpotUsage", cost: "10", ..Row::default() },
        Row { line_type: "Tax", cost: "1", ..Row::default() },
        Row { usage_type: "SpotUsage", cost: "2", invoice_id: "INV-2", account: B, ..Row::default() },
    ];
    let billed = World::new().bill(&rows);
    let mut invoices = AwsInvoices::default();
    invoices.add(&billed.bill.list.runs);
    let told: Vec<_> = invoices
        .into_rows(&billed.facts.symbols)
        .into_iter()
        .map(|row| (row.invoice_id, row.rows, row.unblended.to_string(), row.tax.to_string()))
        .collect();
    let expected = [("INV-1", 2, "11.0", "1.0"), ("INV-2", 1, "2.0", "0.0")];
    assert_eq!(told, expected.map(|(id, rows, cost, tax)| (id.to_owned(), rows, cost.to_owned(), tax.to_owned())));
}
