"""The group-by of a fold, and nothing else, in DuckDB: exact decimals, all cores.

usage: duckdb_fold.py csv|parquet FOLDER
"""
import sys

import duckdb

from columns import COVERED, KEYS, SUMS, ZONE, canonical


def main(kind, folder):
    name = (lambda column: column) if kind == "csv" else canonical
    quoted = lambda column: '"' + name(column) + '"'
    if kind == "csv":
        rows = f"read_csv('{folder}/*.csv.gz', all_varchar = true, header = true)"
    else:
        rows = f"read_parquet('{folder}/*.parquet')"
    covered = ", ".join(f"'{line_type}'" for line_type in COVERED)
    is_covered = f"{quoted('lineItem/LineItemType')} IN ({covered})"
    keys = [quoted(key) for key in KEYS]
    # Only covered usage keeps its hour and zone.
    keys += [f"CASE WHEN {is_covered} THEN {quoted(column)} END" for column in ("lineItem/UsageStartDate", ZONE)]
    sums = [f"sum(CAST({quoted(column)} AS DECIMAL(28, 10)))" for column in SUMS]
    query = f"SELECT {', '.join(keys)}, count(*) AS n, {', '.join(sums)} FROM {rows} GROUP BY ALL"
    cost = f"c{len(keys) + 1 + SUMS.index('lineItem/UnblendedCost')}"
    names = ", ".join(f"c{place}" for place in range(len(keys) + 1 + len(sums)))
    total = f"SELECT count(*), sum(c{len(keys)}), sum({cost}) FROM grouped"
    groups, count, cost = duckdb.sql(f"WITH grouped({names}) AS MATERIALIZED ({query}) {total}").fetchall()[0]
    print(f"groups {groups} rows {count} cost {cost}")


main(*sys.argv[1:])
