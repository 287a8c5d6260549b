#!/usr/bin/env bash
# Folds a wide month beside Polars and DuckDB, and writes docs/performance.md.
#
#   benches/compare.sh [ROUNDS] [FOLDER]
#
# Makes 2,000,000 rows as CSV.gz and Parquet (and with TWENTY_MILLION=1 ten times as many) in FOLDER, installs the peers
# from PyPI into an environment of its own there, and runs all in turn. Needs some 2 GB of disk (with twenty million rows 10 GB).
set -euo pipefail
cd "$(dirname "$0")/.."
rounds="${1:-5}"
folder="${2:-${TMPDIR:-/tmp}/seikyu-compare}"
mkdir -p "$folder"

cargo build --release --locked
program_of() { # The benchmark's own program, as cargo names it.
    cargo bench --locked --bench "$1" --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\)).*/\1/p'
}
target="$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')"
fold="$(program_of fold)"
floor="$(program_of floor)"

if [ ! -x "$folder/python/bin/python" ]; then
    python3 -m venv "$folder/python"
    "$folder/python/bin/pip" install --quiet polars==2.1.0 duckdb==2.0.1
fi
"$fold" --bench 2000000 --folder "$folder/wide" --only-make
twenty=""
if [ -n "${TWENTY_MILLION:-}" ]; then
    twenty="$folder/twenty"
    "$fold" --bench 20000000 --folder "$twenty" --only-make
fi
"$folder/python/bin/python" benches/peers/measure.py "$rounds" "$folder/wide" "$target/release/seikyu" docs/performance.md \
    "$twenty" "$floor"
