//! Exact decimals: integers on a grid of 10^-18.

/// One, on the grid.
pub const ONE: i128 = 1_000_000_000_000_000_000;
/// The tenth decimal, to which AWS rounds.
pub const TENTH_DECIMAL: i128 = 100_000_000;

/// A plain decimal text with at most 18 decimals.
pub fn parse(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(part.len() <= 18 && !whole.is_empty(), "{text:?} is no decimal of the grid");
    let number = |digits: &str| -> i128 { digits.parse().unwrap_or_else(|_| panic!("{text:?} is no decimal")) };
    sign * (number(whole) * ONE + number(&format!("{part:0<18}")))
}

/// A decimal that may be blank, which is 0, or have an exponent.
pub fn parse_short(text: &str) -> i128 {
    let (plain, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let power: i32 = exponent.parse().unwrap_or_else(|_| panic!("{text:?} is no decimal"));
    let scale = 10_i128.pow(power.unsigned_abs());
    match (plain, power) {
        ("", _) => 0,
        (_, 0..) => parse(plain) * scale,
        _ => {
            assert_eq!(parse(plain) % scale, 0, "{text:?} has more than 18 decimals");
            parse(plain) / scale
        }
    }
}

/// At least one decimal, no other trailing zeros.
pub fn text(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let part = format!("{:018}", value.unsigned_abs() % ONE.unsigned_abs());
    let kept = part.trim_end_matches('0');
    let kept = if kept.is_empty() { "0" } else { kept };
    format!("{sign}{}.{kept}", value.unsigned_abs() / ONE.unsigned_abs())
}

/// The digits of a value without trailing zeros, and how many decimals they have.
fn digits(value: i128) -> (i128, u32) {
    let (mut digits, mut decimals) = (value, 18);
    while digits != 0 && decimals > 0 && digits % 10 == 0 {
        (digits, decimals) = (digits / 10, decimals - 1);
    }
    (digits, decimals)
}

/// The product, which must be on the grid.
pub fn times(left: i128, right: i128) -> i128 {
    if left == 0 || right == 0 {
        return 0;
    }
    let ((left, few), (right, more)) = (digits(left), digits(right));
    assert!(few + more <= 18, "the product has {} decimals", few + more);
    left * right * 10_i128.pow(18 - few - more)
}

/// How much of `price` goes into `money`, cut off at a step of the grid.
pub fn quotient(money: i128, price: i128, step: i128) -> i128 {
    let ((money, few), (price, more)) = (digits(money), digits(price));
    // money / 10^few / (price / 10^more), in steps: numerator and denominator stay far below 10^38.
    let numerator = money * 10_i128.pow(more) * (ONE / step);
    numerator / (price * 10_i128.pow(few)) * step
}

/// Rounded to 10 decimals, half away from zero, as AWS rounds a row.
pub fn rounded(value: i128) -> i128 {
    (value.abs() + TENTH_DECIMAL / 2) / TENTH_DECIMAL * TENTH_DECIMAL * value.signum()
}

#[test]
fn decimals_go_there_and_back() {
    for (plain, grid) in [("0.0", 0), ("-1.5", -3 * ONE / 2), ("0.000000000000000001", 1), ("12.0", 12 * ONE)] {
        assert_eq!((parse(plain), text(grid).as_str()), (grid, plain));
    }
    assert_eq!([parse_short("4.4E-7"), parse_short(""), parse_short("2e3")], [parse("0.00000044"), 0, 2000 * ONE]);
    assert_eq!(times(parse("0.0000166667"), parse("-6598.25")), parse("-0.109971053275"));
    assert_eq!(quotient(parse("0.2"), parse("0.077"), TENTH_DECIMAL), parse("2.5974025974"));
    assert_eq!([rounded(parse("0.00000000005")), rounded(parse("-0.00000000004"))], [TENTH_DECIMAL, 0]);
}
