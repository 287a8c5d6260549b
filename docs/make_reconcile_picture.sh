#!/usr/bin/env bash
# Draws docs/reconcile-page.png: the quickstart's month against an export of Cost Explorer, as a browser shows it.
# Needs chromium. The Japanese font is the program's own.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cargo build --release
seikyu="${CARGO_TARGET_DIR:-target}/release/seikyu"
month=(--workspace fixtures/quickstart --period 2025-05 --output "$work/out")
"$seikyu" run --quiet "${month[@]}"
"$seikyu" reconcile --quiet "${month[@]}" --against fixtures/quickstart/console/costs-by-account.csv
mkdir -p "$work/share/fonts"
cp assets/fonts/*.?tf "$work/share/fonts/"
XDG_DATA_HOME="$work/share" XDG_CACHE_HOME="$work/cache" chromium --headless --no-sandbox --disable-gpu --disable-quic \
    --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$work/profile" --hide-scrollbars --window-size=1120,1640 \
    --screenshot="$PWD/docs/reconcile-page.png" "file://$work/out/2025-05/reconcile/P-001.html" 2>"$work/log" ||
    { cat "$work/log"; exit 1; }
