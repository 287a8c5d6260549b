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
    div_rem(I256::from(a) * I256::from(b), divisor, rounding) // Two 127-bit sizes fit 254 bits.
}

/// `product / divisor`, rounded once, and what the rounding left. `divisor` is positive.
pub(super) fn div_rem(product: I256, divisor: i128, rounding: Rounding) -> (I256, I256) {
    let divisor = I256::from(divisor);
    let (whole, rest) = (product.div_euclid(divisor), product.rem_euclid(divisor));
    let bump = match rounding {
        Rounding::Floor => false,
        Rounding::TowardZero => product < 0 && rest != 0,
        Rounding::HalfEven => {
            let twice = rest * I256::from(2);
            twice > divisor || (twice == divisor && whole.rem_euclid(I256::from(2)) == I256::from(1))
        }
    };
    if bump { (whole + I256::from(1), rest - divisor) } else { (whole, rest) }
}
