"""The group-by of a fold, and nothing else, in DuckDB: exact decimals, all cores.

usage: duckdb_fold.py csv|parquet FOLDER
"""
import sys

import duckdb

from columns import END, KEYS, LINE_TYPE, SOME, START, SUMS, canonical


def main(kind, folder):
    name = (lambda column: column) if kind == "csv" else canonical
    quoted = lambda column: '"' + name(column) + '"'
    if kind == "csv":
        rows = f"read_csv('{folder}/*.csv.gz', all_varchar = true, header = true)"
    else:
        rows = f"read_parquet('{folder}/*.parquet')"
    keys = [quoted(key) for key in KEYS]
    for columns, types, keeps in SOME:
        listed = ", ".join(f"'{line_type}'" for line_type in types)
        is_one = f"{quoted(LINE_TYPE)} {'IN' if keeps else 'NOT IN'} ({listed})"
        keys += [f"CASE WHEN {is_one} THEN {quoted(column)} END" for column in columns]
    sums = [f"sum(CAST({quoted(column)} AS DECIMAL(28, 10)))" for column in SUMS]
    values = ["count(*)", *sums, f"min({quoted(START)})", f"max({quoted(END)})"]
    names = ", ".join(f"c{place}" for place in range(len(keys) + len(values)))
    query = f"SELECT {', '.join(keys + values)} FROM {rows} GROUP BY ALL"
    count, cost = f"c{len(keys)}", f"c{len(keys) + 1 + SUMS.index('lineItem/UnblendedCost')}"
    # All of the groups are made before they are counted.
    duckdb.sql(f"CREATE TABLE grouped({names}) AS {query}")
    groups, rows, cost = duckdb.sql(f"SELECT count(*), sum({count}), sum({cost}) FROM grouped").fetchall()[0]
    print(f"groups {groups} rows {rows} cost {cost}")


main(*sys.argv[1:])
