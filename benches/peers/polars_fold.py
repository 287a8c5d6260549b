"""The group-by of a fold, and nothing else, in Polars: exact decimals, all cores.

usage: polars_fold.py csv|parquet FOLDER
"""
import sys

import polars as pl

from columns import COVERED, KEYS, SUMS, ZONE, canonical


def main(kind, folder):
    name = (lambda column: column) if kind == "csv" else canonical
    keys, sums = [name(key) for key in KEYS], [name(column) for column in SUMS]
    line_type, start, zone = name("lineItem/LineItemType"), name("lineItem/UsageStartDate"), name(ZONE)
    if kind == "csv":
        rows = pl.scan_csv(f"{folder}/*.csv.gz", infer_schema=False)
    else:
        rows = pl.scan_parquet(f"{folder}/*.parquet")
    is_covered = pl.col(line_type).is_in(COVERED)
    grouped = (
        rows.select(*keys, start, zone, *sums)
        .with_columns(
            # Only covered usage keeps its hour and zone.
            *(pl.when(is_covered).then(pl.col(column)).alias(column) for column in (start, zone)),
            *(pl.col(column).cast(pl.Decimal(38, 10)) for column in sums),
        )
        .group_by(*keys, start, zone)
        .agg(pl.len().alias("rows"), *(pl.col(column).sum() for column in sums))
    )
    result = grouped.collect(engine="streaming")
    cost = result[name("lineItem/UnblendedCost")].sum()
    print(f"groups {result.height} rows {result['rows'].sum()} cost {cost}")


main(*sys.argv[1:])
