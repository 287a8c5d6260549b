#!/usr/bin/env bash
# Draws the pictures of invoices in docs/: made-up invoices, rendered by the program, then by pdftoppm.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

SEIKYU_PICTURES="$work" cargo test --release --lib write_the_invoices_of_the_pictures -- --ignored
for name in one-account voucher english; do
    pdftoppm -r 70 -png -f 1 -l 1 -singlefile "$work/$name.pdf" "docs/invoice-$name"
done
for page in 1 2; do
    pdftoppm -r 70 -png -f "$page" -l "$page" -singlefile "$work/forty-accounts.pdf" "docs/invoice-forty-accounts-$page"
done
