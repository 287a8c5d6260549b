use super::*;
use crate::terms::{RecordedDraw, Voucher, VoucherOwner};

/// A voucher of customer C, and draws from it: (month, project, yen).
fn voucher(id: &str, bought: &str, amount: i128, draws: &[(&str, &str, i128)]) -> Voucher {
    let draw = |&(period, project, amount): &(&str, &str, i128)| RecordedDraw {
        period: month(period),
        project_id: project.to_owned(),
        amount: Yen::new(amount),
        is_issued: false,
    };
    Voucher {
        voucher_id: id.to_owned(),
        owner: VoucherOwner::Customer(String::from("C")),
        bought: month(bought),
        valid_to: None,
        amount: Yen::new(amount),
        draws: draws.iter().map(draw).collect(),
    }
}

/// P-A owes 1,100 yen and P-B 2,200, both of customer C and by voucher.
fn world(vouchers: Vec<Voucher>) -> World {
    let mut world = with_fees(vec![fee("P-A", "f", yen(1_000), "standard"), fee("P-B", "f", yen(2_000), "standard")]);
    for project in world.0.projects.values_mut() {
        project.customer_id = String::from("C");
        project.payment = String::from("voucher");
    }
    world.0.vouchers = vouchers;
    world
}

/// A voucher: before, used, left.
type Draw = (String, i128, i128, i128);

/// By project: draws, and what is due.
fn drawn(billed: &Billed) -> Vec<(String, Vec<Draw>, i128)> {
    let invoices = billed.bill.invoices.iter().map(|invoice| {
        let settlement = &invoice.settlement;
        let draws = settlement.vouchers.iter().flat_map(|balance| &balance.draws).map(|draw| {
            (draw.voucher_id.clone(), draw.before_jpy.count(), draw.used_jpy.count(), draw.left_jpy.count())
        });
        (invoice.project.project_id.clone(), draws.collect(), settlement.due_jpy.count())
    });
    invoices.collect()
}

fn reviews(billed: &Billed) -> Vec<(&str, &str)> {
    let reviews = billed.bill.holds.iter().filter(|hold| hold.reason == "voucher_review");
    reviews.map(|hold| (hold.project_id.as_str(), hold.detail.as_str())).collect()
}

#[test]
fn the_oldest_voucher_pays_first_and_the_rest_is_billed() {
    let world = world(vec![voucher("old", "2025-01", 1_500, &[]), voucher("new", "2025-05", 1_000, &[])]);
    let expected = [
        (
            String::from("P-A"),
            vec![(String::from("old"), 1_500, 1_100, 400), (String::from("new"), 1_000, 0, 1_000)],
            0,
        ),
        (String::from("P-B"), vec![(String::from("old"), 400, 400, 0), (String::from("new"), 1_000, 1_000, 0)], 800),
    ];
    let billed = world.bill(&[]);
    assert_eq!(drawn(&billed), expected);
    assert!(reviews(&billed).is_empty());
}

#[test]
fn what_is_not_yet_bought_or_has_expired_pays_nothing() {
    let mut expired = voucher("expired", "2024-01", 9_000, &[]);
    expired.valid_to = Some(month("2025-04"));
    let mut last = voucher("last", "2024-02", 100, &[]);
    last.valid_to = Some(month("2025-05"));
    let billed = world(vec![expired, last, voucher("next", "2025-06", 9_000, &[])]).bill(&[]);
    let due: Vec<i128> = drawn(&billed).iter().map(|(.., due)| *due).collect();
    assert_eq!(due, [1_000, 2_200]);
    assert_eq!(drawn(&billed)[0].1, [(String::from("last"), 100, 100, 0)]);
}

#[test]
fn a_month_that_is_run_again_draws_nothing_twice() {
    // Issued: P-B, with 2,000 of its 2,200, when P-A's draft would have drawn 1,100 of 3,100.
    let first = voucher("v", "2025-01", 3_100, &[]);
    let once = world(vec![first.clone()]).bill(&[]);
    let again = voucher("v", "2025-01", 3_100, &[("2025-05", "P-B", 2_000)]);
    assert_eq!(drawn(&world(vec![again]).bill(&[])), drawn(&once));
    let both = voucher("v", "2025-01", 3_100, &[("2025-05", "P-B", 2_000), ("2025-05", "P-A", 1_100)]);
    let billed = world(vec![both]).bill(&[]);
    assert_eq!(drawn(&billed), drawn(&once));
    assert!(reviews(&billed).is_empty());
    assert!(billed.bill.invoices.iter().all(|invoice| invoice.settlement.vouchers.as_ref().unwrap().is_recorded));
}

#[test]
fn what_later_months_have_drawn_cannot_be_drawn_by_an_earlier_one() {
    let later = voucher("v", "2025-01", 2_000, &[("2025-04", "P-A", 300), ("2025-06", "P-B", 400)]);
    let billed = world(vec![later]).bill(&[]);
    let found = drawn(&billed);
    assert_eq!(found[0].1, [(String::from("v"), 1_700, 1_100, 600)]);
    assert_eq!((&found[1].1, found[1].2), (&vec![(String::from("v"), 600, 200, 400)], 2_000)); // 400 are June's.
}

#[test]
fn records_that_do_not_fit_the_draft_hold_the_invoice() {
    #[rustfmt::skip]
    let cases = [
        (1_101, "vouchers.csv has draws of 1,101 yen, more than the total of 1,100 yen"),
        (1_000, "vouchers.csv has draws of 1,000 yen of the total of 1,100 yen, and 100 yen more could be drawn"),
    ];
    for (amount, expected) in cases {
        let billed = world(vec![voucher("v", "2025-01", 9_000, &[("2025-05", "P-A", amount)])]).bill(&[]);
        assert_eq!(reviews(&billed), [("P-A", expected)]);
        let held: Vec<Status> = billed.bill.invoices.iter().map(|invoice| invoice.status).collect();
        assert_eq!(held, [Status::Held, Status::Draft]);
    }
    let mut by_transfer = world(vec![voucher("v", "2025-01", 9_000, &[("2025-05", "P-A", 1_100)])]);
    by_transfer.0.projects.get_mut("P-A").unwrap().payment = String::from("bank_transfer");
    assert_eq!(
        reviews(&by_transfer.bill(&[])),
        [("P-A", "vouchers.csv has draws of 1,100 yen, and the project does not pay by voucher")]
    );
    let gone = world(vec![voucher("v", "2025-01", 9_000, &[("2025-05", "P-C", 5)])]).bill(&[]);
    assert_eq!(reviews(&gone), [("P-C", "vouchers.csv has a draw of 5 yen from v, and the month has no invoice")]);
}

#[test]
fn only_projects_that_pay_by_voucher_draw_and_a_refund_draws_nothing() {
    let mut world = world(vec![voucher("v", "2025-01", 9_000, &[])]);
    world.0.projects.get_mut("P-A").unwrap().payment = String::from("credit_card");
    world.0.fees[1] = fee("P-B", "f", yen(-2_000), "standard");
    let billed = world.bill(&[]);
    let paid = |project: usize| {
        let settlement = &billed.bill.invoices[project].settlement;
        (settlement.by_card_jpy.count(), settlement.by_voucher_jpy.count(), settlement.due_jpy.count())
    };
    assert_eq!((paid(0), paid(1)), ((1_100, 0, 0), (0, 0, -2_200)));
}
