"""The group-by of a fold, and nothing else, in Polars: exact decimals, all cores.

usage: polars_fold.py csv|parquet FOLDER
"""
import sys

import polars as pl

from columns import END, KEYS, LINE_TYPE, SOME, START, SUMS, canonical


def main(kind, folder):
    name = (lambda column: column) if kind == "csv" else canonical
    if kind == "csv":
        rows = pl.scan_csv(f"{folder}/*.csv.gz", infer_schema=False)
    else:
        rows = pl.scan_parquet(f"{folder}/*.parquet")
    keys = [pl.col(name(key)) for key in KEYS]
    for columns, types, keeps in SOME:
        is_one = pl.col(name(LINE_TYPE)).is_in(types)
        condition = is_one if keeps else ~is_one
        keys += [pl.when(condition).then(pl.col(name(column))).alias(f"key {column}") for column in columns]
    sums = [pl.col(name(column)).cast(pl.Decimal(38, 10)).sum().alias(f"sum {column}") for column in SUMS]
    times = [pl.col(name(START)).min().alias("first"), pl.col(name(END)).max().alias("last")]
    grouped = rows.group_by(*keys).agg(pl.len().alias("rows"), *sums, *times)
    result = grouped.collect(engine="streaming")
    cost = result["sum lineItem/UnblendedCost"].sum()
    print(f"groups {result.height} rows {result['rows'].sum()} cost {cost}")


main(*sys.argv[1:])
