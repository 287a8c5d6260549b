/// `lineItem/LineItemType`, matched without blanks and case. The set is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineType {
    /// On-demand usage, Spot and free usage.
    Usage,
    /// Usage covered by a reservation.
    DiscountedUsage,
    /// Usage covered by a Savings Plan, at its on-demand cost.
    SavingsPlanCoveredUsage,
    /// Takes the on-demand cost of covered usage back out.
    SavingsPlanNegation,
    /// The hourly commitment of a Savings Plan.
    SavingsPlanRecurringFee,
    /// The part of a Savings Plan paid at its purchase.
    SavingsPlanUpfrontFee,
    /// The monthly fee of a reservation.
    RiFee,
    /// A one-off fee: upfront part of a reservation, domain, support, contract.
    Fee,
    /// Tax that AWS charges the reseller.
    Tax,
    /// A promotional or other credit.
    Credit,
    /// Money given back.
    Refund,
    /// A public discount that depends on other usage.
    BundledDiscount,
    /// Any other `*Discount`: a private agreement of the reseller.
    PrivateDiscount,
    /// Anything else.
    Unknown,
}

impl LineType {
    /// Reads a line type as spelled in a report.
    pub fn parse(spelled: &str) -> Self {
        let plain: String = spelled.chars().filter(|letter| !letter.is_whitespace()).collect();
        match plain.to_ascii_lowercase().as_str() {
            "usage" => Self::Usage,
            "discountedusage" => Self::DiscountedUsage,
            "savingsplancoveredusage" => Self::SavingsPlanCoveredUsage,
            "savingsplannegation" => Self::SavingsPlanNegation,
            "savingsplanrecurringfee" => Self::SavingsPlanRecurringFee,
            "savingsplanupfrontfee" => Self::SavingsPlanUpfrontFee,
            "rifee" => Self::RiFee,
            "fee" => Self::Fee,
            "tax" => Self::Tax,
            "credit" => Self::Credit,
            "refund" => Self::Refund,
            "bundleddiscount" => Self::BundledDiscount,
            other if other.ends_with("discount") => Self::PrivateDiscount,
            _ => Self::Unknown,
        }
    }

    /// Whether facts of this type keep the hour and the availability zone.
    pub const fn keeps_hour(self) -> bool {
        matches!(
            self,
            Self::DiscountedUsage
                | Self::SavingsPlanCoveredUsage
                | Self::SavingsPlanNegation
                | Self::SavingsPlanRecurringFee
        )
    }

    /// Whether facts of this type keep what product a commitment is matched by.
    pub const fn keeps_product(self) -> bool {
        matches!(self, Self::DiscountedUsage | Self::SavingsPlanCoveredUsage | Self::RiFee)
    }

    /// Whether facts of this type keep the terms of a commitment: how much of it there is, and when.
    pub const fn keeps_commitment_terms(self) -> bool {
        matches!(self, Self::RiFee | Self::SavingsPlanRecurringFee)
    }

    /// Whether facts of this type keep which kind of Savings Plan they belong to.
    pub const fn keeps_offering(self) -> bool {
        matches!(self, Self::SavingsPlanCoveredUsage | Self::SavingsPlanRecurringFee)
    }

    /// Whether facts of this type are priced by SKU and therefore keep the price interval.
    pub const fn is_priced_by_sku(self) -> bool {
        matches!(self, Self::Usage | Self::DiscountedUsage | Self::SavingsPlanCoveredUsage)
    }

    /// Whether facts of this type keep only the class of their description.
    pub const fn keeps_description_class_only(self) -> bool {
        matches!(self, Self::Usage | Self::DiscountedUsage | Self::SavingsPlanCoveredUsage)
    }
}
