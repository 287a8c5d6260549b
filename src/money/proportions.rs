//! How far an amount reaches: divisions that round down, so that nothing is given out twice.

use super::amounts::GRID;
use super::wide::{mul_div, mul_div_rem};
use super::{MoneyError, Quantity, Rounding, UnitPrice, Usd};

impl Quantity {
    /// This many times `factor`, rounded once, half to even.
    pub fn times(self, factor: Self) -> Result<Self, MoneyError> {
        mul_div(self.units(), factor.units(), GRID, Rounding::HalfEven).map(Self::from_units)
    }

    /// How many things of `factor` units each go into this quantity, rounded down to the grid.
    ///
    /// ```
    /// # use seikyu::money::Quantity;
    /// let quantity = |text| Quantity::parse(text).unwrap();
    /// assert_eq!(quantity("10").holds(quantity("8")), Ok(quantity("1.25")));
    /// ```
    ///
    /// `factor` is above 0.
    pub fn holds(self, factor: Self) -> Result<Self, MoneyError> {
        mul_div(self.units(), GRID, factor.units(), Rounding::Floor).map(Self::from_units)
    }
}

impl Usd {
    /// The quantity that these dollars buy at `price`, which is above 0, rounded down to the grid.
    pub fn buys(self, price: UnitPrice) -> Result<Quantity, MoneyError> {
        mul_div(self.units(), GRID, price.units(), Rounding::Floor).map(Quantity::from_units)
    }

    /// The part of these dollars that `part` of `whole` (not 0) is worth, rounded once, half to even.
    pub fn share_of(self, part: Quantity, whole: Quantity) -> Result<Self, MoneyError> {
        let (part, whole) = if whole < Quantity::ZERO { (-part, -whole) } else { (part, whole) };
        mul_div(self.units(), part.units(), whole.units(), Rounding::HalfEven).map(Self::from_units)
    }

    /// What one unit of `quantity`, which is above 0, costs if all of it costs these dollars, rounded down.
    pub fn per_unit(self, quantity: Quantity) -> Result<UnitPrice, MoneyError> {
        mul_div(self.units(), GRID, quantity.units(), Rounding::Floor).map(UnitPrice::from_units)
    }
}

impl UnitPrice {
    /// This price in parts of `other`, which is above 0: only to put prices in an order. The largest there is
    /// where it cannot be held.
    pub fn in_parts_of(self, other: Self) -> i128 {
        let (parts, _) = mul_div_rem(self.units(), GRID, other.units(), Rounding::Floor);
        i128::try_from(parts).unwrap_or(i128::MAX)
    }
}
