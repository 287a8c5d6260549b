use super::*;
use crate::terms::CarriedLine;

fn carried(net: i128, category: &str) -> CarriedLine {
    CarriedLine {
        project_id: "P-A".to_owned(),
        into: month("2025-05"),
        number: "INV-202504-000001".to_owned(),
        period: month("2025-04"),
        account_id: A.to_owned(),
        account_name: String::new(),
        description: "AWS利用料 2025年4月分".to_owned(),
        tax_category: category.to_owned(),
        gross_jpy: Yen::new(net),
        discount_jpy: Yen::ZERO,
        net_jpy: Yen::new(net),
    }
}

fn draft_of(fees: &[i128]) -> (Invoice, World) {
    let fees = fees.iter().enumerate().map(|(place, amount)| fee("P-A", &place.to_string(), yen(*amount), "standard"));
    let world = with_fees(fees.collect());
    (world.bill(&[]).bill.invoices[0].clone(), world)
}

fn issue_of(number: &str) -> Issue {
    Issue { number: number.to_owned(), on: "2025-06-05".parse().unwrap() }
}

fn correction(kind: CorrectionKind, draft: &Invoice) -> Correction {
    let original = DocumentReference { number: "INV-202505-000001".to_owned(), on: "2025-06-05".parse().unwrap() };
    Correction {
        kind,
        predecessor: original.clone(),
        original,
        reason: String::new(),
        before: draft.taxes.clone(),
        before_total_jpy: draft.total_jpy,
        paid_jpy: Yen::ZERO,
    }
}

/// The tax of a difference is calculated in the document that settles it: 105 -> 110 yen is 1 yen of tax more by a new
/// document, and none by a document over the 5 yen.
#[test]
fn the_kind_of_document_decides_the_tax_of_a_difference() {
    let (before, world) = draft_of(&[110]);
    let (after, _) = draft_of(&[105]);
    assert_eq!((totals(&before), totals(&after)), ((110, 11, 121), (105, 10, 115)));
    let replaced = replacement(&after, issue_of("R1"), correction(CorrectionKind::Replace, &before), &world.0.calendar);
    assert_eq!(totals(&replaced), (105, 10, 115));
    #[rustfmt::skip]
    let cases = [
        // Lines of the note, its totals.
        (vec![-5],                (-5,        0,       -5)),
        (vec![-100_005],          (-100_005,  -10_000, -110_005)), // Toward zero.
        (vec![-6_975, -1_395],    (-8_370,    -837,    -9_207)),
        (vec![-6_005, -6_005],    (-12_010,   -1_201,  -13_211)), // Not twice 600.
    ];
    for (lines, expected) in cases {
        let lines: Vec<CarriedLine> = lines.into_iter().map(|net| carried(net, "standard")).collect();
        let correction = correction(CorrectionKind::Return, &before);
        let note = credit_note(&before, &lines, issue_of("CRN-202505-000001"), correction, &world.0).unwrap();
        assert_eq!(totals(&note), expected);
        assert!(note.is_return() && note.status == Status::Issued && note.due.is_none());
    }
}

#[test]
fn a_small_return_needs_no_credit_note() {
    for (total, is_exempt) in [(-9_999, true), (-10_000, false), (-1, true), (0, true), (10, false)] {
        assert_eq!(is_exempt_return(Yen::new(total)), is_exempt, "{total}");
    }
}

#[test]
fn a_carried_line_is_taxed_together_with_the_month() {
    // 1,395 + 139 = 1,534: 153.4 cut off. Apart it would be 139 and 13.
    let (_, mut world) = draft_of(&[1_395]);
    world.0.carried = vec![carried(139, "standard"), CarriedLine { into: month("2025-06"), ..carried(7, "standard") }];
    let invoice = &world.bill(&[]).bill.invoices[0];
    assert_eq!(totals(invoice), (1_534, 153, 1_687));
    let LineKind::Adjustment { of, .. } = &invoice.lines[1].kind else { panic!("{:?}", invoice.lines[1]) };
    assert_eq!((of.number.as_str(), of.period), ("INV-202504-000001", month("2025-04")));
    // A project that has nothing else gets an invoice for it.
    let mut world = with_fees(vec![]);
    world.0.carried = vec![carried(-1_000, "standard")];
    assert_eq!(totals(&world.bill(&[]).bill.invoices[0]), (-1_000, -100, -1_100));
}

#[test]
fn what_was_paid_is_taken_off_the_part_that_is_paid_so() {
    for (payment, expected) in [("bank_transfer", (0, -21)), ("credit_card", (-21, 0))] {
        let (_, mut world) = draft_of(&[100]);
        for project in world.0.projects.values_mut() {
            project.payment = payment.to_owned();
        }
        let draft = &world.bill(&[]).bill.invoices[0];
        let paid = Correction { paid_jpy: Yen::new(131), ..correction(CorrectionKind::Replace, draft) };
        let settlement = replacement(draft, issue_of("R1"), paid, &world.0.calendar).settlement;
        assert_eq!((settlement.by_card_jpy.count(), settlement.due_jpy.count()), expected, "{payment}");
    }
}
