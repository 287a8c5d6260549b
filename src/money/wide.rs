//! Products wider than 128 bits, rounded once.

use ethnum::I256;

use super::MoneyError;

/// How a value between two units becomes one of them. Always the caller's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest unit; a tie goes to the even one.
    HalfEven,
    /// 切り捨て: what is below one unit is dropped, on both sides of zero.
    TowardZero,
    /// To the unit below.
    Floor,
}

/// `a * b / divisor`, formed wide and rounded once. `divisor` is positive.
pub(super) fn mul_div(a: i128, b: i128, divisor: i128, rounding: Rounding) -> Result<i128, MoneyError> {
    let (quotient, _) = mul_div_rem(a, b, divisor, rounding);
    i128::try_from(quotient).map_err(|_| MoneyError::OutOfRange)
}

/// Like [`mul_div`], with what the rounding left: `a * b - quotient * divisor`.
pub(super) fn mul_div_rem(a: i128, b: i128, divisor: i128, rounding: Rounding) -> (I256, I256) {
    assert!(divisor > 0, "a product is divided by a positive number");
    let Some(product) = a.checked_mul(b) else {
        return div_rem(I256::from(a) * I256::from(b), divisor, rounding); // Two 127-bit sizes fit 254 bits.
    };
    // Many products are narrow, and a narrow division takes a fraction of the time.
    let (mut whole, mut rest) = (product / divisor, product % divisor);
    if rest < 0 {
        (whole, rest) = (whole - 1, rest + divisor);
    }
    rounded((I256::from(whole), I256::from(rest)), I256::from(divisor), product < 0, rounding)
}

/// `product / divisor`, rounded once, and what the rounding left. `divisor` is positive.
pub(super) fn div_rem(product: I256, divisor: i128, rounding: Rounding) -> (I256, I256) {
    let divisor = I256::from(divisor);
    let whole = product.div_euclid(divisor);
    rounded((whole, product - whole * divisor), divisor, product < 0, rounding)
}

/// From a quotient that was rounded down and its rest to one that is rounded as is wanted.
fn rounded((whole, rest): (I256, I256), divisor: I256, is_negative: bool, rounding: Rounding) -> (I256, I256) {
    let bump = match rounding {
        Rounding::Floor => false,
        Rounding::TowardZero => is_negative && rest != 0,
        Rounding::HalfEven => {
            let twice = rest * I256::from(2);
            twice > divisor || (twice == divisor && whole.rem_euclid(I256::from(2)) == I256::from(1))
        }
    };
    if bump { (whole + I256::from(1), rest - divisor) } else { (whole, rest) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Rounding; 3] = [Rounding::HalfEven, Rounding::TowardZero, Rounding::Floor];

    /// What a quotient is by definition: the multiple of the divisor that the rounding names, and the rest.
    fn check(a: i128, b: i128, divisor: i128) {
        let product = I256::from(a) * I256::from(b);
        let wide = I256::from(divisor);
        for rounding in ALL {
            let (whole, rest) = mul_div_rem(a, b, divisor, rounding);
            let what = format!("{a} * {b} / {divisor}, {rounding:?}: {whole} and {rest}");
            assert_eq!(whole * wide + rest, product, "{what}");
            assert_eq!((whole, rest), div_rem(product, divisor, rounding), "{what}: narrow and wide");
            match rounding {
                Rounding::Floor => assert!(rest >= 0 && rest < wide, "{what}"),
                Rounding::TowardZero => {
                    assert!(rest.abs() < wide && (rest == 0 || (rest < 0) == (product < 0)), "{what}");
                }
                Rounding::HalfEven => {
                    let twice = rest.abs() * I256::from(2);
                    assert!(twice < wide || (twice == wide && whole.rem_euclid(I256::from(2)) == 0), "{what}");
                }
            }
        }
    }

    #[test]
    fn ties_signs_and_the_ends_of_the_range() {
        for a in [0, 1, -1, 3, -3, 5, -5, 7, -7, i128::MAX, i128::MIN, i128::MAX - 1] {
            for b in [0, 1, -1, 2, 5, -5, 10_i128.pow(18), i128::MAX, i128::MIN] {
                for divisor in [1, 2, 3, 4, 10, 10_i128.pow(18), 10_i128.pow(36), i128::MAX] {
                    check(a, b, divisor);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn narrow_products_are_divided_as_wide_ones(
            (a, b) in (any::<i128>(), any::<i128>()),
            (right_a, right_b, right) in (0_u32..127, 0_u32..127, 0_u32..126),
            divisor in 1..=i128::MAX,
        ) {
            // Shifted, so that all sizes come.
            check(a >> right_a, b >> right_b, (divisor >> right).max(1));
        }
    }
}
