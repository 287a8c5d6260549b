//! What dollars are worth in yen, not rounded: for reports that must sum to nothing.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use super::{FxRate, GRID_PLACES, MoneyError, Usd, Yen};

/// Decimals: 18 of a dollar and 2 of a yen rate.
const PLACES: u32 = GRID_PLACES + 2;

/// Yen on a grid of 10^-20: a dollar amount of the grid times a rate of two decimals, exactly. It is never charged;
/// what is charged is a whole [`Yen`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YenWorth {
    units: i128,
}

impl YenWorth {
    /// Nothing.
    pub const ZERO: Self = Self { units: 0 };

    /// What an amount is worth at a rate. Refuses a rate of more than two decimals, and amounts beyond 10^16 dollars.
    ///
    /// ```
    /// # use seikyu::money::{FxRate, Usd, Yen, YenWorth};
    /// let rate = FxRate::parse("145.75").unwrap();
    /// let worth = YenWorth::of_usd(Usd::parse("1408.004528").unwrap(), rate).unwrap();
    /// assert_eq!(worth.to_string(), "205216.659956");
    /// assert_eq!((YenWorth::of(Yen::new(205_216)).unwrap() - worth).to_string(), "-0.659956");
    /// ```
    pub fn of_usd(amount: Usd, rate: FxRate) -> Result<Self, MoneyError> {
        const PER_HUNDREDTH: i128 = 10_i128.pow(GRID_PLACES - 2);
        if rate.units() % PER_HUNDREDTH != 0 {
            return Err(MoneyError::TooFine { text: rate.to_string() });
        }
        let hundredths = rate.units() / PER_HUNDREDTH;
        amount.units().checked_mul(hundredths).map(|units| Self { units }).ok_or(MoneyError::OutOfRange)
    }

    /// Whole yen.
    pub fn of(amount: Yen) -> Result<Self, MoneyError> {
        let units = amount.count().checked_mul(10_i128.pow(PLACES));
        units.map(|units| Self { units }).ok_or(MoneyError::OutOfRange)
    }

    /// As whole 10^-20 units.
    pub const fn units(self) -> i128 {
        self.units
    }

    /// Whether this is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.units == 0
    }

    /// The nearest whole yen, halves away from zero: a label for the eye, never calculated with.
    pub const fn nearest(self) -> Yen {
        const ONE: i128 = 10_i128.pow(PLACES);
        let (whole, rest) = (self.units / ONE, self.units % ONE);
        let more = if rest.abs() >= ONE / 2 { rest.signum() } else { 0 };
        Yen::new(whole + more)
    }
}

impl Add for YenWorth {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { units: self.units + other.units } // Checked: see `overflow-checks` in Cargo.toml.
    }
}

impl Sub for YenWorth {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { units: self.units - other.units }
    }
}

impl Neg for YenWorth {
    type Output = Self;
    fn neg(self) -> Self {
        Self { units: -self.units }
    }
}

impl AddAssign for YenWorth {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for YenWorth {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for YenWorth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_u128.pow(PLACES);
        let size = self.units.unsigned_abs();
        let sign = if self.units < 0 { "-" } else { "" };
        let fraction = format!("{:020}", size % one);
        let fraction = fraction.trim_end_matches('0');
        let fraction = if fraction.is_empty() { "0" } else { fraction };
        f.pad(&format!("{sign}{}.{fraction}", size / one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_nearest_yen() {
        #[rustfmt::skip] // A table reads best as a table.
        let cases = [
            ("1.49", 1), ("1.5", 2), ("-1.49", -1), ("-1.5", -2), ("0.4", 0), ("-0.5", -1), ("3", 3),
        ];
        for (dollars, yen) in cases {
            let worth = YenWorth::of_usd(Usd::parse(dollars).unwrap(), FxRate::parse("1").unwrap()).unwrap();
            assert_eq!(worth.nearest(), Yen::new(yen), "{dollars}");
        }
    }

    #[test]
    fn no_digit_is_lost() {
        let worth = |dollars, rate| YenWorth::of_usd(Usd::parse(dollars).unwrap(), FxRate::parse(rate).unwrap());
        assert_eq!(worth("0.000000000000000001", "145.75").unwrap().to_string(), "0.00000000000000014575");
        assert_eq!(worth("-2", "100.5").unwrap().to_string(), "-201.0");
        assert!(worth("1", "145.755").is_err());
        assert!(worth("100000000000000000", "145.75").is_err());
    }
}
