use proptest::prelude::*;

use super::*;

#[test]
fn decimal_text_becomes_units_without_a_float() {
    #[rustfmt::skip] // A table reads best as a table.
    let cases = [
        // text                    units of 10^-18
        ("0",                      Ok(0)),
        ("-0.0",                   Ok(0)),
        ("29.0000000000",          Ok(29 * 10_i128.pow(18))),
        ("4.4E-7",                 Ok(440_000_000_000)),
        ("1.0E-5",                 Ok(10_000_000_000_000)),
        ("-1.5e+2",                Ok(-150 * 10_i128.pow(18))),
        ("+.5",                    Ok(5 * 10_i128.pow(17))),
        ("5.",                     Ok(5 * 10_i128.pow(18))),
        ("0.000000000000000001",   Ok(1)),
        ("0.0000000000000000010",  Ok(1)), // A trailing zero is no finer digit.
        ("0.0000000000000000001",  Err(())), // Finer than the grid.
        ("1E-400",                 Err(())),
        ("170141183460469231731",  Ok(170_141_183_460_469_231_731 * 10_i128.pow(18))),
        ("170141183460469231732",  Err(())), // Beyond i128.
        ("",                       Err(())),
        ("-",                      Err(())),
        (".",                      Err(())),
        ("1,000",                  Err(())),
        (" 1",                     Err(())),
        ("1e",                     Err(())),
        ("1.2.3",                  Err(())),
        ("NaN",                    Err(())),
        ("inf",                    Err(())),
        ("0x10",                   Err(())),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_grid(text).map_err(|_| ()), expected, "{text}");
    }
}

#[test]
fn digits_beyond_the_grid_round_half_to_even_and_say_so() {
    #[rustfmt::skip]
    let cases = [
        ("0.0000000000000000005",    0, true), // Tie: to even 0.
        ("0.0000000000000000015",    2, true), // Tie: to even 2.
        ("0.00000000000000000051",   1, true),
        ("-0.0000000000000000015",  -2, true),
        ("0.0000000000000000014999", 1, true),
        ("0.000000000000000002",     2, false),
    ];
    for (text, units, was_rounded) in cases {
        let found = parse_grid_rounded(text.as_bytes()).expect("a number").expect("in range");
        assert_eq!(found, Parsed { units, was_rounded }, "{text}");
    }
}

#[test]
fn a_product_is_rounded_once_half_to_even() {
    let cases = [
        ("9001.923803", "0.114", "1026.219313542"), // README of month_2025-05.
        ("0.000000000000000005", "0.5", "0.000000000000000002"), // 2.5 units: to even.
        ("0.000000000000000007", "0.5", "0.000000000000000004"), // 3.5 units: to even.
        ("-0.000000000000000005", "0.5", "-0.000000000000000002"),
        ("3", "0.1", "0.3"),
    ];
    for (quantity, price, expected) in cases {
        let product = Quantity::parse(quantity).unwrap().at(UnitPrice::parse(price).unwrap());
        assert_eq!(product.unwrap().to_string(), expected, "{quantity} x {price}");
    }
}

#[test]
fn yen_are_cut_toward_zero_once() {
    #[rustfmt::skip]
    let cases = [
        // dollars              yen/dollar  yen     remainder
        ("1017.54405921186",   "145.75",   148_307, "0.046630128595"),
        ("53.96976",           "145.75",   7_866,   "0.09252"),
        ("-9.2907",            "145.75",   -1_354,  "-0.119525"), // A refund mirrors its charge.
        ("0.001",              "145.75",   0,       "0.14575"),
        ("100",                "150",      15_000,  "0.0"),
    ];
    for (dollars, rate, yen, remainder) in cases {
        let rate = FxRate::parse(rate).unwrap();
        let found = rate.convert_with_remainder(Usd::parse(dollars).unwrap(), Rounding::TowardZero).unwrap();
        assert_eq!((found.0.count(), format_grid(found.1).as_str()), (yen, remainder), "${dollars}");
    }
}

#[test]
fn a_rate_keeps_its_printed_digits() {
    for text in ["145.75", "150.70", "110", "99.5"] {
        assert_eq!(FxRate::parse(text).unwrap().to_string(), text);
    }
    for text in ["0", "-1", "1e2", "", "abc"] {
        assert!(FxRate::parse(text).is_err(), "{text}");
    }
}

#[test]
fn yen_have_commas() {
    for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")] {
        assert_eq!(Yen::new(count).with_commas(), text);
    }
}

#[test]
fn tax_of_a_negative_base_is_cut_toward_zero() {
    // invoice_jp.md, V2 and V4.
    let ten = Percent::parse("10").unwrap();
    for (base, tax) in [(3345, 334), (315, 31), (-100_005, -10_000), (1_148_146, 114_814)] {
        assert_eq!(Yen::new(base).percent(ten, Rounding::TowardZero), Ok(Yen::new(tax)));
    }
}

#[test]
fn a_split_follows_its_written_order() {
    #[rustfmt::skip]
    let cases: [(i128, &[i128], &[i128]); 7] = [
        (100, &[1, 1, 1],      &[34, 33, 33]),   // Tie: the earlier weight.
        (100, &[1, 2, 4],      &[14, 29, 57]),   // 14.29, 28.57, 57.14.
        (-100, &[1, 2, 4],     &[-14, -29, -57]), // Floors -15, -29, -58; two units to .71 and .86.
        (5, &[0, 1],           &[0, 5]),
        (5, &[3, -1],          &[8, -3]),        // 7.5 and -2.5: the tie goes to the earlier.
        (9, &[1, -1],          &[9, 0]),         // Weight sum 0: all to the first.
        (10, &[-1, -1],        &[5, 5]),
    ];
    for (total, weights, expected) in cases {
        assert_eq!(split_by_weight(total, weights).unwrap(), expected, "{total} by {weights:?}");
    }
}

#[test]
fn a_line_of_mixed_signs_splits_into_natural_parts() {
    // 100 - 99.99 dollars at 145.75 are 1.4575 yen: the line is 1 yen, the parts are not 10,000.
    let rate = FxRate::parse("145.75").unwrap();
    let parts = [Usd::parse("100").unwrap(), Usd::parse("-99.99").unwrap()];
    let shares = split_yen_line(Yen::new(1), &parts, rate).unwrap();
    assert_eq!(shares, [Yen::new(14_575), Yen::new(-14_574)]);
}

proptest! {
    #[test]
    fn text_comes_back(units in any::<i64>(), wide in any::<i32>()) {
        let units = i128::from(units) * i128::from(wide);
        prop_assert_eq!(parse_grid(&format_grid(units)), Ok(units));
    }

    #[test]
    fn a_split_loses_nothing(
        total in -1_000_000_000_000_000_000_000_i128..1_000_000_000_000_000_000_000,
        weights in prop::collection::vec(-1_000_000_i128..100_000_000, 1..20),
    ) {
        let shares = split_by_weight(total, &weights).unwrap();
        prop_assert_eq!(shares.iter().sum::<i128>(), total);
    }

    #[test]
    fn a_line_loses_nothing(
        parts in prop::collection::vec(-10_i128.pow(22)..10_i128.pow(22), 1..20),
        rate in 1_i128..50_000,
    ) {
        let rate = FxRate::parse(&format!("{}.{:02}", rate / 100, rate % 100)).unwrap_or(FxRate::parse("145.75").unwrap());
        let parts: Vec<Usd> = parts.into_iter().map(Usd::from_units).collect();
        let line = rate.convert(parts.iter().copied().sum(), Rounding::TowardZero).unwrap();
        let shares = split_yen_line(line, &parts, rate).unwrap();
        prop_assert_eq!(shares.iter().copied().sum::<Yen>(), line);
    }
}
