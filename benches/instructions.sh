#!/usr/bin/env bash
# Counts the instructions of a small fixed fold, as CSV.gz and as Parquet, and writes benches/instructions.txt.
#
#   benches/instructions.sh [--check]
#
# Clocks are noisy, instruction counts are not: the same program, rows and machine give the same count within some thousandths
# whatever else is running. --check compares with what is recorded and fails where a count has grown by more than 3 %.
# Needs valgrind. Threads: one, so that the work is divided in one way only.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

cargo build --release --locked --quiet
fold="$(cargo bench --locked --bench fold --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\)).*/\1/p')"
target="$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')"
"$fold" --bench 20000 --folder "$folder/made" --only-make >/dev/null

count() {
    valgrind --tool=callgrind --callgrind-out-file="$folder/callgrind.$1" "$target/release/seikyu" fold --threads 1 --quiet \
        --workspace "$folder/made/workspace-$1" --period 2025-05 --output "$folder/output" 2>&1 |
        sed -n 's/.*Collected : //p'
}
# What valgrind's processor lacks (instructions for SHA) is counted as the slower code that stands in for it.
hashing() { callgrind_annotate "$folder/callgrind.$1" | sed -n 's/^ *\([0-9,]*\) .*sha2::sha256.*compress.*/\1/p' | tr -d , | head -1; }

{
    echo "rows 20000"
    for format in csv parquet; do
        total="$(count "$format")"
        sha="$(hashing "$format")"
        echo "$format $((total - ${sha:-0})) instructions without SHA-256"
    done
} >"$folder/found"
cat "$folder/found"
if [ "${1:-}" != "--check" ]; then
    cp "$folder/found" benches/instructions.txt
    exit
fi
paste "$folder/found" benches/instructions.txt | while read -r name now _ _ _ _ before _; do
    [ "$name" = rows ] && continue
    if [ "$now" -gt $((before + before * 3 / 100)) ]; then
        echo "$name: $now instructions, $before recorded: more than 3 % slower"
        exit 1
    fi
done
