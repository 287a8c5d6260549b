"""What a fold groups by and sums, as far as the made reports fill it: the same facts with fewer columns than ours."""
import re

KEYS = [
    "bill/PayerAccountId",
    "bill/BillType",
    "bill/InvoiceId",
    "bill/BillingEntity",
    "lineItem/UsageAccountId",
    "lineItem/LineItemType",
    "lineItem/CurrencyCode",
    "lineItem/ProductCode",
    "lineItem/UsageType",
    "lineItem/Operation",
    "product/region",
    "product/sku",
    "pricing/RateCode",
    "pricing/term",
    "pricing/unit",
    "reservation/ReservationARN",
    "savingsPlan/SavingsPlanARN",
]
SUMS = [
    "lineItem/UsageAmount",
    "lineItem/UnblendedCost",
    "pricing/publicOnDemandCost",
    "savingsPlan/SavingsPlanEffectiveCost",
]
ZONE = "lineItem/AvailabilityZone"
COVERED = ["SavingsPlanCoveredUsage", "DiscountedUsage", "SavingsPlanNegation", "SavingsPlanRecurringFee"]


def canonical(name):
    """The name of a column in Parquet, by AWS's own rule."""
    name = re.sub(r"([A-Z])", r"_\1", name)
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9]", "_", name.lower())).strip("_")
