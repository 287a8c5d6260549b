use crate::money::{Percent, Quantity, Yen, YenPrice};
use crate::period::BillingPeriod;

/// How a fee is calculated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeeBasis {
    /// So many whole yen a month.
    FixedJpy(Yen),
    /// So many yen for each unit; the sum is cut off below one yen once.
    PerUnitJpy {
        /// How many.
        quantity: Quantity,
        /// Rising; the first begins at 0. One tier is a plain price.
        tiers: Vec<UnitTier>,
    },
    /// A share of the project's printed yen (AWS usage and commitment fees).
    PercentOfAws {
        /// Before or after discount.
        of: AwsAmount,
        /// Rising; the first begins at 0. One tier is a plain percentage.
        tiers: Vec<FeeTier>,
    },
}

/// What a percentage is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwsAmount {
    /// Before discount.
    Gross,
    /// After discount.
    Net,
}

impl AwsAmount {
    /// The basis in `fees.csv` and in files for programs.
    pub const fn basis_name(self) -> &'static str {
        match self {
            Self::Gross => "percent_of_aws_gross",
            Self::Net => "percent_of_aws_net",
        }
    }
}

/// A percentage of the part of an amount that lies above a limit, up to the next tier's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeTier {
    /// Where the tier begins.
    pub above_jpy: Yen,
    /// Its percentage.
    pub percent: Percent,
}

/// The price of each unit above a limit, up to the next tier's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitTier {
    /// Where the tier begins.
    pub above: Quantity,
    /// Yen for one unit in it.
    pub yen_per_unit: YenPrice,
}

/// One row of `fees.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    /// Project that is charged.
    pub project_id: String,
    /// Key within the project.
    pub fee_id: String,
    /// As printed.
    pub description: String,
    /// How it is calculated.
    pub basis: FeeBasis,
    /// What is charged at least.
    pub minimum: Option<Yen>,
    /// Such as `standard`.
    pub tax_category: String,
    /// First billing month.
    pub valid_from: BillingPeriod,
    /// Last billing month; open where absent.
    pub valid_to: Option<BillingPeriod>,
}

impl Fee {
    /// Whether the fee is charged in a month.
    pub fn holds_in(&self, period: BillingPeriod) -> bool {
        self.valid_from <= period && self.valid_to.is_none_or(|last| period <= last)
    }
}
