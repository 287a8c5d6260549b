//! Numbers of a row, straight from their text to units of 10^-18.

use crate::money::{GRID_PLACES, MoneyError, Parsed, parse_grid_rounded};

/// Digits that are read without a look at overflow.
const FAST_DIGITS: usize = 18;

/// Powers of ten up to the grid.
const POWERS: [i128; GRID_PLACES as usize + 1] = {
    let mut powers = [1; GRID_PLACES as usize + 1];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// Reads a number like [`parse_grid_rounded`], quickly if it is short and plain.
#[inline]
pub(super) fn parse_number(text: &[u8]) -> Option<Result<Parsed, MoneyError>> {
    match parse_short(text) {
        Some(units) => Some(Ok(Parsed { units, was_rounded: false })),
        None => parse_grid_rounded(text),
    }
}

/// A sign, at most eighteen digits and a point; nothing for anything else.
#[inline]
fn parse_short(text: &[u8]) -> Option<i128> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > FAST_DIGITS + 1 {
        return None;
    }
    let mut value: u64 = 0;
    let mut point = None;
    for (place, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(place),
            _ => return None,
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    if count == 0 || count > FAST_DIGITS {
        return None;
    }
    let places = point.map_or(0, |place| digits.len() - 1 - place);
    let units = i128::from(value) * POWERS[POWERS.len() - 1 - places];
    Some(if is_negative { -units } else { units })
}
