//! A float as the units of its shortest decimal text, without writing and reading that text.

/// How many decimals AWS writes at most of an ordinary amount.
const TENTHS: f64 = 1e10;
/// Units of 10^-18 in the last of those decimals.
const UNITS: i128 = 100_000_000;
/// Numbers of fifteen digits: a float tells all of them apart.
const DIGITS: f64 = 1e15;

/// Units of 10^-18 of the shortest decimal text that reads back as this float, where that text has at most ten
/// decimals and fifteen digits; else nothing, and the text must be written.
///
/// Of two texts of at most fifteen digits no float is the nearest of both. So a decimal of at most fifteen digits whose
/// nearest float this is, is its shortest text. And that is what the division below finds out: both of its numbers are
/// whole and held exactly, and division rounds to the nearest float.
#[inline]
#[allow(clippy::float_arithmetic, reason = "proves a decimal and does not calculate with it")]
pub(super) fn units_of(value: f64) -> Option<i128> {
    let scaled = value * TENTHS + 0.5_f64.copysign(value);
    if scaled.abs() >= DIGITS || scaled.is_nan() {
        return None;
    }
    let whole = scaled as i64; // Cuts off: the nearest whole number.
    (whole as f64 / TENTHS == value).then(|| i128::from(whole) * UNITS)
}

#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "makes floats that are near others")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::parse_grid_rounded;

    /// By way of the text.
    fn slow(value: f64) -> Option<i128> {
        let parsed = parse_grid_rounded(format!("{value}").as_bytes())?.ok()?;
        (!parsed.was_rounded).then_some(parsed.units)
    }

    fn assert_agrees(value: f64) {
        if let Some(units) = units_of(value) {
            assert_eq!(Some(units), slow(value), "{value}");
        }
    }

    #[test]
    fn amounts_of_ten_decimals_are_found_and_others_left() {
        #[rustfmt::skip]
        let cases = [
            (0.0,                  Some(0)),
            (-0.0,                 Some(0)),
            (1.0,                  Some(1_000_000_000_000_000_000)),
            (0.1,                  Some(100_000_000_000_000_000)),
            (4.4e-7,               Some(440_000_000_000)),
            (-0.0000000001,        Some(-100_000_000)),
            (99_999.9999999999,    Some(99_999_999_999_999_900_000_000)),
            (0.00000000005,        None), // Eleven decimals.
            (0.1 + 0.2,            None), // 0.30000000000000004
            (1.0 / 3.0,            None),
            (100_000.0,            None), // Sixteen digits with its decimals.
            (1e300,                None),
            (f64::INFINITY,        None),
            (f64::NAN,             None),
        ];
        for (value, expected) in cases {
            assert_eq!(units_of(value), expected, "{value}");
            assert_agrees(value);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn what_is_found_is_what_the_text_says(bits in any::<u64>()) {
            assert_agrees(f64::from_bits(bits));
        }

        #[test]
        fn every_amount_of_ten_decimals_is_found(
            whole in -999_999_999_999_999_i64..=999_999_999_999_999,
            places in 0_u32..16,
        ) {
            let whole = whole / 10_i64.pow(places);
            let text = format!("{whole}e-10");
            let value: f64 = text.parse().expect("a number");
            prop_assert_eq!(units_of(value), Some(i128::from(whole) * UNITS));
            assert_agrees(value);
        }

        #[test]
        fn neighbours_are_told_apart(whole in 0_i64..1_000_000_000_000_000, steps in -3_i64..=3) {
            let near = (whole as f64 / TENTHS).to_bits() as i64 + steps;
            assert_agrees(f64::from_bits(near.max(0) as u64));
        }
    }
}
