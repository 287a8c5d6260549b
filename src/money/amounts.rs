//! The amounts themselves. Currency is in the type: dollars never meet yen without an [`FxRate`].

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use ethnum::I256;

use super::wide::{div_rem, mul_div, mul_div_rem};
use super::{GRID_PLACES, MoneyError, Rounding, format_grid, parse_grid};

/// One whole, in units of the grid.
pub(super) const GRID: i128 = 10_i128.pow(GRID_PLACES);

/// Defines a signed amount on the grid of 10^-18 with exact, overflow-checked sums.
macro_rules! grid_amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            units: i128,
        }

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self { units: 0 };

            /// From whole 10^-18 units.
            pub const fn from_units(units: i128) -> Self {
                Self { units }
            }

            /// As whole 10^-18 units.
            pub const fn units(self) -> i128 {
                self.units
            }

            /// Reads decimal text; refuses digits finer than the grid.
            pub fn parse(text: &str) -> Result<Self, MoneyError> {
                parse_grid(text).map(Self::from_units)
            }

            /// Whether this is exactly nothing.
            pub const fn is_zero(self) -> bool {
                self.units == 0
            }

            /// The size without its sign.
            pub const fn abs(self) -> Self {
                Self { units: self.units.abs() }
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self { units: self.units + other.units } // Checked: see `overflow-checks` in Cargo.toml.
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self { units: self.units - other.units }
            }
        }

        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self { units: -self.units }
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
                parts.fold(Self::ZERO, Add::add)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format_grid(self.units))
            }
        }
    };
}

grid_amount! {
    /// An exact amount of US dollars, a whole number of 10^-18. Credits and refunds are negative.
    ///
    /// ```compile_fail
    /// # use seikyu::money::{Usd, Yen};
    /// let _ = Usd::ZERO + Yen::ZERO;
    /// ```
    Usd
}
grid_amount! {
    /// How much was used, in the unit of its SKU, a whole number of 10^-18.
    Quantity
}
grid_amount! {
    /// US dollars for one unit of a SKU.
    UnitPrice
}
grid_amount! {
    /// A percentage: 7 is seven in a hundred.
    Percent
}

grid_amount! {
    /// Yen for one unit of something; unlike [`Yen`] it may have decimals.
    YenPrice
}

impl Quantity {
    /// One.
    pub const ONE: Self = Self { units: GRID };

    /// Yen for several quantities, each at its price: summed exactly, rounded once to whole yen, with the fraction that
    /// was taken off in units of 10^-18 yen.
    ///
    /// ```
    /// # use seikyu::money::{Quantity, Rounding, Yen, YenPrice};
    /// let part = |count, price| (Quantity::parse(count).unwrap(), YenPrice::parse(price).unwrap());
    /// let (yen, fraction) = Quantity::sum_at_yen(&[part("1", "0.5"), part("1", "0.5")], Rounding::TowardZero).unwrap();
    /// assert_eq!((yen, fraction), (Yen::new(1), 0)); // 0.5 + 0.5, not 0 + 0.
    /// ```
    pub fn sum_at_yen(parts: &[(Self, YenPrice)], rounding: Rounding) -> Result<(Yen, i128), MoneyError> {
        let mut products = I256::ZERO;
        for (quantity, price) in parts {
            let product = I256::from(quantity.units) * I256::from(price.units); // Two 127-bit sizes fit 254 bits.
            products = products.checked_add(product).ok_or(MoneyError::OutOfRange)?;
        }
        with_fraction(div_rem(products, GRID * GRID, rounding), GRID)
    }

    /// Dollars for this quantity at `price`: formed wide, rounded once to the grid, half to even.
    pub fn at(self, price: UnitPrice) -> Result<Usd, MoneyError> {
        mul_div(self.units, price.units, GRID, Rounding::HalfEven).map(Usd::from_units)
    }
}

impl Usd {
    /// This share of the amount, formed wide and rounded once to the grid, half to even.
    pub fn percent(self, percent: Percent) -> Result<Self, MoneyError> {
        mul_div(self.units, percent.units, GRID * 100, Rounding::HalfEven).map(Self::from_units)
    }
}

/// Whole yen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Yen {
    count: i128,
}

impl Yen {
    /// Nothing.
    pub const ZERO: Self = Self { count: 0 };

    /// From a count of yen.
    pub const fn new(count: i128) -> Self {
        Self { count }
    }

    /// As a count of yen.
    pub const fn count(self) -> i128 {
        self.count
    }

    /// Whether this is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.count == 0
    }

    /// This share of the amount, rounded once to whole yen.
    pub fn percent(self, percent: Percent, rounding: Rounding) -> Result<Self, MoneyError> {
        Self::sum_of_shares(&[(self, percent)], rounding).map(|(yen, _)| yen)
    }

    /// The sum of shares of several amounts, formed wide and rounded once to whole yen, with the fraction of a yen
    /// that the rounding took off, in units of 10^-18 yen.
    ///
    /// ```
    /// # use seikyu::money::{Percent, Rounding, Yen};
    /// let part = |yen, percent| (Yen::new(yen), Percent::parse(percent).unwrap());
    /// let (yen, fraction) = Yen::sum_of_shares(&[part(5, "10"), part(5, "10")], Rounding::TowardZero).unwrap();
    /// assert_eq!((yen, fraction), (Yen::new(1), 0)); // 0.5 + 0.5, not 0 + 0.
    /// ```
    pub fn sum_of_shares(parts: &[(Self, Percent)], rounding: Rounding) -> Result<(Self, i128), MoneyError> {
        let mut products = I256::ZERO;
        for (yen, percent) in parts {
            let product = I256::from(yen.count) * I256::from(percent.units); // Two 127-bit sizes fit 254 bits.
            products = products.checked_add(product).ok_or(MoneyError::OutOfRange)?;
        }
        with_fraction(div_rem(products, GRID * 100, rounding), 100)
    }

    /// With a comma between thousands: `1,234,567`.
    pub fn with_commas(self) -> String {
        let digits = self.count.unsigned_abs().to_string();
        let mut text = String::from(if self.count < 0 { "-" } else { "" });
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }
}

impl Add for Yen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { count: self.count + other.count }
    }
}

impl Sub for Yen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { count: self.count - other.count }
    }
}

impl AddAssign for Yen {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Yen {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Yen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.count.to_string())
    }
}

/// Whole yen and what a rounding left, brought from `finer` times the grid to the grid (cut toward zero).
fn with_fraction((yen, rest): (I256, I256), finer: i128) -> Result<(Yen, i128), MoneyError> {
    let yen = i128::try_from(yen).map_err(|_| MoneyError::OutOfRange)?;
    let fraction = i128::try_from(rest / I256::from(finer)).map_err(|_| MoneyError::OutOfRange)?;
    Ok((Yen::new(yen), fraction))
}

/// Yen for one US dollar, with the digits it was published in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FxRate {
    units: i128,
    places: u32,
}

impl FxRate {
    /// Reads a positive rate such as `145.75`; its digits are kept for printing.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let units = parse_grid(text)?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if units <= 0 || !is_plain {
            return Err(MoneyError::NotANumber { text: text.to_owned() });
        }
        let places = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let places = u32::try_from(places).map_err(|_| MoneyError::OutOfRange)?;
        Ok(Self { units, places })
    }

    /// The only road from dollars to yen: exact until its single rounding.
    pub fn convert(self, amount: Usd, rounding: Rounding) -> Result<Yen, MoneyError> {
        mul_div(amount.units(), self.units, GRID * GRID, rounding).map(Yen::new)
    }

    /// Like [`convert`](Self::convert), with the fraction of a yen that the rounding took off.
    ///
    /// The fraction is in units of 10^-18 yen, cut toward zero beyond them.
    pub fn convert_with_remainder(self, amount: Usd, rounding: Rounding) -> Result<(Yen, i128), MoneyError> {
        with_fraction(mul_div_rem(amount.units(), self.units, GRID * GRID, rounding), GRID)
    }

    pub(super) const fn units(self) -> i128 {
        self.units
    }
}

impl fmt::Display for FxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.units / GRID;
        let fraction = format!("{:018}", self.units % GRID);
        let kept: String = fraction.chars().take(usize::try_from(self.places).unwrap_or(18)).collect();
        if kept.is_empty() { f.pad(&whole.to_string()) } else { f.pad(&format!("{whole}.{kept}")) }
    }
}
