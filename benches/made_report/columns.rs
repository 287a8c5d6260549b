use seikyu::ingest::Column;

/// Columns of a row: the used ones and others.
pub const WIDTH: usize = 110;

/// The type that a column has in Parquet. In CSV all are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Double,
    Time,
}

/// What stands in a column that the program does not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filler {
    /// Another text on every row.
    LineItemId,
    /// The hour of the row.
    TimeInterval,
    /// The resource of the key: one of a few.
    ResourceId,
    /// A rate that hangs on the SKU.
    Rate,
    /// The cost again.
    Cost,
    /// A text that hangs on the SKU.
    OfSku(&'static str),
    /// The same text on every row.
    Same(&'static str),
    /// A tag: blank on half of the resources.
    Tag(&'static str),
    Blank,
}

/// A column of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Used(Column),
    Other(Filler),
}

/// Columns that the program does not use; as many blank ones as are missing follow.
const OTHERS: [(&str, Filler); 39] = [
    ("identity/LineItemId", Filler::LineItemId),
    ("identity/TimeInterval", Filler::TimeInterval),
    ("bill/BillingPeriodEndDate", Filler::Same("2025-06-01T00:00:00.000Z")),
    ("lineItem/ResourceId", Filler::ResourceId),
    ("lineItem/UnblendedRate", Filler::Rate),
    ("lineItem/BlendedRate", Filler::Rate),
    ("lineItem/BlendedCost", Filler::Cost),
    ("pricing/publicOnDemandRate", Filler::Rate),
    ("pricing/currency", Filler::Same("USD")),
    ("pricing/RateId", Filler::OfSku("4981658079")),
    ("pricing/LeaseContractLength", Filler::Blank),
    ("pricing/OfferingClass", Filler::Blank),
    ("pricing/PurchaseOption", Filler::Blank),
    ("product/instanceFamily", Filler::Same("General purpose")),
    ("product/instanceTypeFamily", Filler::OfSku("m5")),
    ("product/vcpu", Filler::OfSku("2")),
    ("product/memory", Filler::OfSku("8 GiB ")),
    ("product/location", Filler::Same("Asia Pacific (Tokyo)")),
    ("product/locationType", Filler::Same("AWS Region")),
    ("product/storage", Filler::Same("EBS only")),
    ("product/networkPerformance", Filler::Same("Up to 10 Gigabit")),
    ("product/processorArchitecture", Filler::Same("64-bit")),
    ("product/clockSpeed", Filler::Same("3.1 GHz")),
    ("product/currentGeneration", Filler::Same("Yes")),
    ("product/normalizationSizeFactor", Filler::OfSku("4")),
    ("product/preInstalledSw", Filler::Same("NA")),
    ("product/capacitystatus", Filler::Same("Used")),
    ("product/operation", Filler::Same("RunInstances")),
    ("product/usagetype", Filler::OfSku("APN1-BoxUsage:m5.large")),
    ("product/productFamily", Filler::Same("Compute Instance")),
    ("product/servicename", Filler::Same("Amazon Elastic Compute Cloud")),
    ("product/marketoption", Filler::Same("OnDemand")),
    ("product/vpcnetworkingsupport", Filler::Same("true")),
    ("resourceTags/aws:createdBy", Filler::Tag("AssumedRole:AROAEXAMPLE:")),
    ("resourceTags/user:Name", Filler::Tag("batch-worker-")),
    ("resourceTags/user:Project", Filler::Tag("project-")),
    ("resourceTags/user:CostCenter", Filler::Blank),
    ("resourceTags/user:Environment", Filler::Same("production")),
    ("resourceTags/user:Owner", Filler::Blank),
];

/// All columns of the report with their names as in a legacy CSV.
pub fn all() -> Vec<(String, Field)> {
    let used = Column::ALL.map(|column| (column.name().to_owned(), Field::Used(column)));
    let others = OTHERS.map(|(name, filler)| (name.to_owned(), Field::Other(filler)));
    let named = used.len() + others.len();
    let blank = (named..WIDTH).map(|place| (format!("product/attribute{place}"), Field::Other(Filler::Blank)));
    let mut columns: Vec<_> = used.into_iter().chain(others).chain(blank).collect();
    columns.sort_by_key(|(name, _)| group_of(name)); // Stable: used and other columns stand mixed, as in a report.
    columns
}

fn group_of(name: &str) -> usize {
    let groups = ["identity", "bill", "lineItem", "product", "pricing", "reservation", "savingsPlan", "resourceTags"];
    let group = name.split('/').next().unwrap_or_default();
    groups.iter().position(|known| *known == group).expect("every column is of a known group")
}

/// The type of a column in Parquet.
pub fn kind_of(field: Field) -> Kind {
    const TIMES: [Column; 3] = [Column::BillingPeriodStartDate, Column::UsageStartDate, Column::UsageEndDate];
    const DOUBLES: [Column; 13] = [
        Column::UsageAmount,
        Column::NormalizationFactor,
        Column::NormalizedUsageAmount,
        Column::UnblendedCost,
        Column::NetUnblendedCost,
        Column::PublicOnDemandCost,
        Column::ReservationEffectiveCost,
        Column::SavingsPlanRate,
        Column::SavingsPlanEffectiveCost,
        Column::ReservationUpfront,
        Column::SavingsPlanUpfront,
        Column::TotalCommitment,
        Column::UsedCommitment,
    ];
    match field {
        Field::Used(column) if TIMES.contains(&column) => Kind::Time,
        Field::Used(column) if DOUBLES.contains(&column) => Kind::Double,
        Field::Other(Filler::Cost) => Kind::Double,
        Field::Used(_) | Field::Other(_) => Kind::Text,
    }
}
