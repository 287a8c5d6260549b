//! `valid_from` and `valid_to` of `[[discount.category]]`.

use super::*;
use crate::terms::Discount;

fn category(name: &str, months: &str) -> String {
    format!(
        "name = \"{name}\"\nrule = \"percent_off\"\nvalue = \"5\"\nproduct_codes = []\nusage_type = ''\nsource = \"x\"\n{months}"
    )
}

/// A workspace whose plan has two categories, the second from line 18 on.
fn two(first: (&str, &str), second: (&str, &str)) -> Folder {
    let folder = Folder::sound();
    let (first, second) = (category(first.0, first.1), category(second.0, second.1));
    folder.write("plans/flat.toml", category_plan(&format!("{first}[[discount.category]]\n{second}")));
    folder
}

#[test]
fn a_name_comes_again_where_the_months_have_ended() {
    #[rustfmt::skip]
    let cases = [
        (("a", "valid_to = \"2025-04\"\n"),   ("a", "valid_from = \"2025-05\"\n"), ["a (to 2025-04)", "a (from 2025-05)"]),
        (("a", "valid_from = \"2025-05\"\n"), ("a", "valid_to = \"2025-04\"\n"),   ["a (from 2025-05)", "a (to 2025-04)"]),
        (("a", ""),                           ("b", "valid_from = \"\"\n"),        ["a", "b"]), // Other names may overlap.
    ];
    for (first, second, names) in cases {
        let plans = two(first, second).read().unwrap().reference.plans;
        let Discount::Category(found) = &plans["flat"].discount else { panic!("a plan by category") };
        assert_eq!(found.iter().map(|category| category.full_name()).collect::<Vec<_>>(), names);
    }
}

#[test]
fn a_name_twice_in_a_month_is_refused_and_both_are_named() {
    #[rustfmt::skip]
    let cases = [
        (("a", ""),                         ("a", ""),                           "\"a\"", "\"a\""),
        (("a", ""),                         ("a", "valid_from = \"2025-05\"\n"), "\"a (from 2025-05)\"", "\"a\""),
        (("a", "valid_to = \"2025-05\"\n"), ("a", "valid_from = \"2025-05\"\n"), "\"a (from 2025-05)\"", "\"a (to 2025-05)\""),
    ];
    for (first, second, later, earlier) in cases {
        let line = 19 + first.1.lines().count();
        let found = format!("{later}, which is in force in months of {earlier} in line 12");
        let place = format!("plans/flat.toml | line {line} | discount.category[2].name");
        assert_eq!(two(first, second).faults(), [format!("{place} | {found}")], "{later} {earlier}");
    }
}

#[test]
fn months_that_are_none_are_refused() {
    let folder = two(("a", "valid_from = \"2025-05\"\nvalid_to = \"2025-04\"\n"), ("b", "valid_to = \"May\"\n"));
    let expected = [
        "plans/flat.toml | line 19 | discount.category[1].valid_to | 2025-04",
        "plans/flat.toml | line 27 | discount.category[2].valid_to | \"May\"",
    ];
    assert_eq!(folder.faults(), expected);
}
