"""What a fold groups by and sums: the columns of its key, and those that only some line types keep."""
import re

COMMITMENT = ["SavingsPlanCoveredUsage", "DiscountedUsage", "SavingsPlanNegation", "SavingsPlanRecurringFee"]
COVERED = ["SavingsPlanCoveredUsage", "DiscountedUsage", "RIFee"]
OFFERING = ["SavingsPlanCoveredUsage", "SavingsPlanRecurringFee"]
USAGE = ["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"]

LINE_TYPE = "lineItem/LineItemType"
# Of every row.
KEYS = [
    "bill/PayerAccountId", "lineItem/UsageAccountId", "bill/BillType", "bill/InvoiceId", "bill/BillingEntity",
    "bill/InvoicingEntity", "lineItem/LegalEntity", "lineItem/CurrencyCode", LINE_TYPE, "lineItem/TaxType",
    "lineItem/ProductCode", "product/servicecode", "lineItem/UsageType", "lineItem/Operation", "product/region",
    "product/sku", "pricing/RateCode", "pricing/term", "pricing/unit", "reservation/ReservationARN",
    "savingsPlan/SavingsPlanARN", "reservation/SubscriptionId",
]
# Only of some line types: the columns, the types, and whether these keep or lose them.
SOME = [
    (["lineItem/UsageStartDate", "lineItem/AvailabilityZone"], COMMITMENT, True),
    (["savingsPlan/OfferingType", "savingsPlan/PaymentOption", "savingsPlan/PurchaseTerm"], OFFERING, True),
    (["savingsPlan/SavingsPlanRate"], ["SavingsPlanCoveredUsage"], True),
    (["lineItem/NormalizationFactor", "product/instanceType", "product/operatingSystem", "product/tenancy",
      "product/databaseEngine", "product/deploymentOption", "product/licenseModel"], COVERED, True),
    (["lineItem/LineItemDescription"], USAGE, False),
]
SUMS = [
    "lineItem/UsageAmount", "lineItem/UnblendedCost", "pricing/publicOnDemandCost", "lineItem/NetUnblendedCost",
    "lineItem/NormalizedUsageAmount", "savingsPlan/SavingsPlanEffectiveCost", "reservation/EffectiveCost",
    "savingsPlan/TotalCommitmentToDate", "savingsPlan/UsedCommitment",
]
START, END = "lineItem/UsageStartDate", "lineItem/UsageEndDate"


def canonical(name):
    """The name of a column in Parquet, by AWS's own rule."""
    name = re.sub(r"([A-Z])", r"_\1", name)
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9]", "_", name.lower())).strip("_")
