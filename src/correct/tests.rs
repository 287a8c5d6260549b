use proptest::prelude::*;

use super::*;
use crate::money::Yen;

fn key(account: &str) -> LineKey {
    let (account_id, section) = (account.to_owned(), "aws_usage".to_owned());
    LineKey { account_id, section, id: String::new(), tax_category: "standard".to_owned() }
}

/// Figures of lines by account, with a tax.
fn figures(lines: &[(u8, i32)], tax: i32) -> Figures {
    let mut figures = Figures::default();
    for (account, net) in lines {
        let net = Yen::new(i128::from(*net));
        figures.add_line(key(&account.to_string()), "", format!("line {account}"), [net, Yen::ZERO, net]);
    }
    figures.tax_jpy = Yen::new(i128::from(tax));
    figures.total_jpy = figures.subtotal() + figures.tax_jpy;
    figures
}

#[test]
fn every_movement_has_its_line_and_its_cause() {
    let billed = figures(&[(1, 100), (2, 50)], 15);
    let steps = [
        Step { cause: "AWS: refund".to_owned(), figures: figures(&[(1, 90), (2, 50)], 14) },
        Step { cause: "plan".to_owned(), figures: figures(&[(1, 80), (3, 7)], 8) },
    ];
    let found: Vec<String> = changes(&billed, &steps)
        .into_iter()
        .map(|change| {
            let account = change.line.as_ref().map_or("tax", |line| line.account_id.as_str());
            format!("{} {account} {} -> {}", change.cause, change.before_jpy, change.after_jpy)
        })
        .collect();
    let expected = [
        "AWS: refund 1 100 -> 90",
        "AWS: refund tax 15 -> 14",
        "plan 1 90 -> 80",
        "plan 2 50 -> 0",
        "plan 3 0 -> 7",
        "plan tax 14 -> 8",
    ];
    assert_eq!(found, expected);
    let causes: Vec<(String, i128)> =
        causes(&billed, &steps).into_iter().map(|(cause, yen)| (cause, yen.count())).collect();
    assert_eq!(causes, [("AWS: refund".to_owned(), -11), ("plan".to_owned(), -59)]);
    let settling: Vec<(String, i128)> = settling_lines(&billed, &steps[1].figures)
        .into_iter()
        .map(|(key, amounts)| (key.account_id, amounts.net_jpy.count()))
        .collect();
    assert_eq!(settling, [("1".to_owned(), -20), ("2".to_owned(), -50), ("3".to_owned(), 7)]);
}

proptest! {
    /// Whatever the steps are, their changes and causes sum to the whole difference.
    #[test]
    fn changes_sum_to_the_difference(
        versions in prop::collection::vec((prop::collection::vec((0_u8..6, -99_999_i32..99_999), 0..8), -9_999_i32..9_999), 2..6),
    ) {
        let mut versions = versions.iter().map(|(lines, tax)| figures(lines, *tax));
        let billed = versions.next().expect("there are two at least");
        let steps: Vec<Step> =
            versions.enumerate().map(|(step, figures)| Step { cause: step.to_string(), figures }).collect();
        let now = &steps[steps.len() - 1].figures;
        let whole = now.total_jpy - billed.total_jpy;
        prop_assert_eq!(changes(&billed, &steps).iter().map(Change::difference).sum::<Yen>(), whole);
        prop_assert_eq!(causes(&billed, &steps).into_iter().map(|(_, yen)| yen).sum::<Yen>(), whole);
        let lines: Yen = settling_lines(&billed, now).iter().map(|(_, amounts)| amounts.net_jpy).sum();
        prop_assert_eq!(lines, now.subtotal() - billed.subtotal());
    }
}
