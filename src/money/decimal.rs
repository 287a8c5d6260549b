//! Decimal text to a whole number of 10^-18 units and back, without a float in between.

use super::MoneyError;

/// Decimal places of the grid on which dollars, prices and quantities live.
pub const GRID_PLACES: u32 = 18;

/// What a text stood for on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Whole number of 10^-18 units.
    pub units: i128,
    /// Whether digits beyond the grid were rounded away (half to even).
    pub was_rounded: bool,
}

/// Reads decimal text such as `12`, `-0.50` or `4.4E-7` as units of 10^-18. Refuses finer digits.
pub fn parse_grid(text: &str) -> Result<i128, MoneyError> {
    let parsed = parse_grid_rounded(text.as_bytes()).ok_or_else(|| not_a_number(text))??;
    if parsed.was_rounded {
        return Err(MoneyError::TooFine { text: text.to_owned() });
    }
    Ok(parsed.units)
}

fn not_a_number(text: &str) -> MoneyError {
    MoneyError::NotANumber { text: text.to_owned() }
}

/// Like [`parse_grid`], but rounds finer digits half to even and says so.
///
/// `None`: no decimal number. `Some(Err)`: a number too large for the grid.
pub fn parse_grid_rounded(text: &[u8]) -> Option<Result<Parsed, MoneyError>> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let mut mantissa: u128 = 0;
    let mut mantissa_digits: u32 = 0; // Significant digits taken into `mantissa`.
    let mut sticky = false; // A non-zero digit was left out of `mantissa`.
    let mut dropped: i64 = 0; // Integer digits left out.
    let mut places: i64 = 0;
    let mut seen_digit = false;
    let mut seen_point = false;
    let mut index = 0;
    while let Some(&byte) = digits.get(index) {
        match byte {
            b'0'..=b'9' => {
                seen_digit = true;
                let digit = byte - b'0';
                if mantissa_digits < 37 {
                    mantissa = mantissa * 10 + u128::from(digit);
                    if mantissa != 0 {
                        mantissa_digits += 1;
                    }
                    places += i64::from(seen_point);
                } else {
                    sticky |= digit != 0;
                    dropped += i64::from(!seen_point);
                }
            }
            b'.' if !seen_point => seen_point = true,
            b'e' | b'E' if seen_digit => break,
            _ => return None,
        }
        index += 1;
    }
    if !seen_digit {
        return None;
    }
    let exponent = match digits.get(index) {
        None => 0,
        Some(_) => parse_exponent(&digits[index + 1..])?,
    };
    if mantissa == 0 && !sticky {
        return Some(Ok(Parsed { units: 0, was_rounded: false }));
    }
    // value = mantissa * 10^(dropped - places + exponent); on the grid: * 10^18.
    let shift = dropped - places + exponent + i64::from(GRID_PLACES);
    Some(to_units(mantissa, sticky, shift).and_then(|(size, was_rounded)| {
        let size = i128::try_from(size).map_err(|_| MoneyError::OutOfRange)?;
        Ok(Parsed { units: if is_negative { -size } else { size }, was_rounded })
    }))
}

fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 6 {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(if is_negative { -value } else { value })
}

fn to_units(mantissa: u128, sticky: bool, shift: i64) -> Result<(u128, bool), MoneyError> {
    if shift >= 0 {
        if sticky {
            return Err(MoneyError::OutOfRange); // 38 or more digits before the last unit.
        }
        let scale = u32::try_from(shift).ok().and_then(|shift| 10_u128.checked_pow(shift));
        let size = scale.and_then(|scale| mantissa.checked_mul(scale));
        return size.map(|size| (size, false)).ok_or(MoneyError::OutOfRange);
    }
    let Some(divisor) = u32::try_from(-shift).ok().and_then(|places| 10_u128.checked_pow(places)) else {
        return Ok((0, true)); // Below half a unit by far: 37 digits against 39 places.
    };
    let (whole, rest) = (mantissa / divisor, mantissa % divisor);
    let half = divisor / 2;
    let rounds_up = rest > half || (rest == half && (sticky || whole % 2 == 1));
    Ok((whole + u128::from(rounds_up), rest != 0 || sticky))
}

/// Writes units of 10^-18 as a plain decimal: no exponent, at least one decimal, no other
/// trailing zeros.
///
/// ```
/// assert_eq!(seikyu::money::format_grid(-1_500_000_000_000_000_000), "-1.5");
/// assert_eq!(seikyu::money::format_grid(0), "0.0");
/// ```
pub fn format_grid(units: i128) -> String {
    let unit = 10_u128.pow(GRID_PLACES);
    let size = units.unsigned_abs();
    let sign = if units < 0 { "-" } else { "" };
    let fraction = format!("{:018}", size % unit);
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    format!("{sign}{}.{fraction}", size / unit)
}
