//! The reseller's own fees: how much, and how that was calculated.

use super::{FeeBand, FeeCalculation, FeeRule, InvoiceLine, LineKind, UnitBand};
use crate::convert::YenLine;
use crate::money::{MoneyError, Percent, Quantity, Rounding, Yen, YenPrice};
use crate::terms::{AwsAmount, Fee, FeeBasis, FeeTier, Section, UnitTier};

/// What a percentage fee is taken of: the printed yen of AWS usage and commitment fees.
pub(super) struct PercentBase {
    gross: Yen,
    net: Yen,
}

impl PercentBase {
    pub(super) fn of(lines: &[&YenLine]) -> Self {
        let counted = |line: &&&YenLine| matches!(line.section, Section::AwsUsage | Section::CommitmentFees);
        Self {
            gross: lines.iter().filter(counted).map(|line| line.gross_jpy).sum(),
            net: lines.iter().filter(counted).map(|line| line.net_jpy).sum(),
        }
    }

    fn amount(&self, of: AwsAmount) -> Yen {
        match of {
            AwsAmount::Gross => self.gross,
            AwsAmount::Net => self.net,
        }
    }
}

/// The line of a fee: its amount is cut off below one yen once, and is never below its minimum.
pub(super) fn fee_line(fee: &Fee, base: &PercentBase) -> Result<InvoiceLine, MoneyError> {
    const CUT_OFF: Rounding = Rounding::TowardZero;
    let (rule, (amount, remainder)) = match &fee.basis {
        FeeBasis::FixedJpy(yen) => (FeeRule::Fixed, (*yen, 0)),
        FeeBasis::PerUnitJpy { quantity, tiers } => {
            let bands = unit_bands(*quantity, tiers);
            let parts: Vec<(Quantity, YenPrice)> = bands.iter().map(|band| (band.quantity, band.unit_price)).collect();
            let amount = Quantity::sum_at_yen(&parts, CUT_OFF)?;
            (FeeRule::PerUnit { quantity: *quantity, bands }, amount)
        }
        FeeBasis::PercentOfAws { of, tiers } => {
            let base_jpy = base.amount(*of);
            let bands = bands(base_jpy, tiers);
            let shares: Vec<(Yen, Percent)> = bands.iter().map(|band| (band.base_jpy, band.percent)).collect();
            let amount = Yen::sum_of_shares(&shares, CUT_OFF)?;
            (FeeRule::Percent { of: *of, base_jpy, bands }, amount)
        }
    };
    let lifted = fee.minimum.filter(|minimum| amount < *minimum);
    let (amount, remainder) = lifted.map_or((amount, remainder), |minimum| (minimum, 0));
    let calculation = FeeCalculation { rule, minimum_jpy: fee.minimum, is_minimum: lifted.is_some() };
    Ok(InvoiceLine {
        line_no: 0,
        kind: LineKind::Fee { fee_id: fee.fee_id.clone(), calculation },
        description: fee.description.clone(),
        gross_jpy: amount,
        discount_jpy: Yen::ZERO,
        net_jpy: amount,
        tax_category: fee.tax_category.clone(),
        remainder,
    })
}

/// The part of an amount in each tier; the parts sum to the amount. What is below 0 is in the first one.
fn bands(amount: Yen, tiers: &[FeeTier]) -> Vec<FeeBand> {
    let ends = tiers.iter().skip(1).map(|tier| Some(tier.above_jpy)).chain([None]);
    let bands = tiers.iter().zip(ends).enumerate().map(|(place, (tier, end))| {
        let up_to = end.map_or(amount, |end| amount.min(end));
        let above = tier.above_jpy;
        let base_jpy = if place == 0 { up_to - above } else { (up_to - above).max(Yen::ZERO) };
        FeeBand { above_jpy: above, base_jpy, percent: tier.percent }
    });
    bands.filter(|band| !band.base_jpy.is_zero() || band.above_jpy.is_zero()).collect()
}

/// The units in each tier; they sum to the quantity, which is 0 or more.
fn unit_bands(quantity: Quantity, tiers: &[UnitTier]) -> Vec<UnitBand> {
    let ends = tiers.iter().skip(1).map(|tier| Some(tier.above)).chain([None]);
    let bands = tiers.iter().zip(ends).map(|(tier, end)| {
        let up_to = end.map_or(quantity, |end| quantity.min(end));
        let in_band = (up_to - tier.above).max(Quantity::ZERO);
        UnitBand { above: tier.above, quantity: in_band, unit_price: tier.yen_per_unit }
    });
    bands.filter(|band| !band.quantity.is_zero() || band.above.is_zero()).collect()
}
