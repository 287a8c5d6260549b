//! Divisions that lose nothing: the shares always sum back to what was divided.

use std::cmp::Reverse;

use ethnum::I256;

use super::wide::{Rounding, mul_div_rem};
use super::{FxRate, MoneyError, Usd, Yen};

/// Splits `total` in proportion to signed `weights`, by largest remainder.
///
/// Each share is floored toward minus infinity; what is left goes unit by unit to the greater
/// fractions, a tie to the earlier weight: so sort the weights by key first. A weight sum of 0
/// gives all to the first.
///
/// ```
/// # use seikyu::money::split_by_weight;
/// assert_eq!(split_by_weight(10, &[1, 1, 1]), Ok(vec![4, 3, 3]));
/// assert_eq!(split_by_weight(-10, &[1, 1, 1]), Ok(vec![-3, -3, -4]));
/// assert_eq!(split_by_weight(7, &[2, -2]), Ok(vec![7, 0]));
/// ```
pub fn split_by_weight(total: i128, weights: &[i128]) -> Result<Vec<i128>, MoneyError> {
    if weights.is_empty() {
        return if total == 0 { Ok(Vec::new()) } else { Err(MoneyError::NoShares) };
    }
    if weights.len() == 1 {
        return Ok(vec![total]); // Whatever its weight: most divisions are one.
    }
    let mut weight_sum = 0_i128;
    for weight in weights {
        weight_sum = weight_sum.checked_add(*weight).ok_or(MoneyError::OutOfRange)?;
    }
    if weight_sum == 0 {
        let mut shares = vec![0; weights.len()];
        shares[0] = total;
        return Ok(shares);
    }
    let (total_signed, divisor) = if weight_sum < 0 { (-total, -weight_sum) } else { (total, weight_sum) };
    let quotas = weights.iter().map(|&weight| mul_div_rem(total_signed, weight, divisor, Rounding::Floor));
    largest_remainder(total, quotas)
}

/// Splits the yen of one printed line among its parts, each wanting its own dollars at `rate`.
///
/// Each part is floored; the rest goes to the greater fractions, so that the parts sum to the line.
/// `line` is the cut-off yen of the sum of `parts`.
pub fn split_yen_line(line: Yen, parts: &[Usd], rate: FxRate) -> Result<Vec<Yen>, MoneyError> {
    if parts.is_empty() {
        return if line.is_zero() { Ok(Vec::new()) } else { Err(MoneyError::NoShares) };
    }
    let divisor = 10_i128.pow(36);
    let quotas = parts.iter().map(|part| mul_div_rem(part.units(), rate.units(), divisor, Rounding::Floor));
    Ok(largest_remainder(line.count(), quotas)?.into_iter().map(Yen::new).collect())
}

/// Hands out what the floors left, one unit at a time, to the greater fractions.
fn largest_remainder(total: i128, quotas: impl Iterator<Item = (I256, I256)>) -> Result<Vec<i128>, MoneyError> {
    let mut shares = Vec::new();
    let mut fractions = Vec::new();
    for (floor, fraction) in quotas {
        shares.push(i128::try_from(floor).map_err(|_| MoneyError::OutOfRange)?);
        fractions.push(fraction);
    }
    let mut left_over = total;
    for share in &shares {
        left_over = left_over.checked_sub(*share).ok_or(MoneyError::OutOfRange)?;
    }
    let left = usize::try_from(left_over).ok().filter(|left| *left <= shares.len());
    let left = left.expect("a floor leaves less than a unit of each share");
    let mut largest_first: Vec<usize> = (0..shares.len()).collect();
    if left > 0 && left < shares.len() {
        largest_first.select_nth_unstable_by_key(left, |&index| (Reverse(fractions[index]), index)); // Ties by place.
    }
    for &index in &largest_first[..left] {
        shares[index] += 1;
    }
    Ok(shares)
}
