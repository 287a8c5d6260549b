"""Runs commands in turn, several rounds, and writes what each cost as a page: whole processes, as the system accounts them.

usage: measure.py ROUNDS FOLDER SEIKYU PAGE TWENTY
FOLDER holds `csv`, `parquet`, `workspace-csv`, `workspace-parquet`; TWENTY is such a folder of ten times the rows or empty.
"""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent


class Cost:
    """Wall seconds, processor seconds and megabytes at the peak of one run, and what it printed."""

    def __init__(self, command):
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.told = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        self.wall = time.perf_counter() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / 1000
        code = os.waitstatus_to_exitcode(status)
        child.returncode = code
        if code not in (0, 1):  # 1: done, but something is held.
            sys.exit(f"{' '.join(command)} ended with {code}")


def seikyu(program, verb, folder, kind):
    """Without where it writes to: see `in_turn`."""
    return [program, verb, "--workspace", f"{folder}/workspace-{kind}", "--period", "2025-05", "--quiet", "--output"]


def in_turn(rounds, commands, outputs):
    """Per name the costs of each round. One round before the first is not counted.

    What writes has a folder of its own in `outputs`, as the first run of a month does: the file system looks long for
    room where hundreds of files were removed a moment ago. "again" writes over what the one before it has written.
    """
    costs = {name: [] for name in commands}
    output = ""
    for turn in range(rounds + 1):
        for name, command in commands.items():
            print(f"round {turn} of {rounds}: {name}", file=sys.stderr)
            if command[-1] == "--output":
                if not name.endswith("again"):
                    output = tempfile.mkdtemp(dir=outputs)
                command = [*command, output]
            cost = Cost(command)
            if turn > 0:
                costs[name].append(cost)
    return costs


def median(costs, figure):
    return statistics.median(getattr(cost, figure) for cost in costs)


def spread(costs, figure):
    values = [getattr(cost, figure) for cost in costs]
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def ratio(ours, theirs, figure="wall"):
    """Median of the ratios pair by pair: a round's two runs were close in time."""
    return statistics.median(getattr(a, figure) / getattr(b, figure) for a, b in zip(ours, theirs))


def floor_of(program, file):
    told = subprocess.run([program, "--bench", file], capture_output=True, text=True, check=True).stdout
    return {name: float(value) for name, value in (line.split() for line in told.splitlines())}


def agree(costs):
    """All peers found the same groups, rows and dollars."""
    told = {name: run[0].told.strip() for name, run in costs.items() if run[0].told.startswith("groups")}
    facts = {tuple(float(word) for word in text.split()[1::2]) for text in told.values()}
    if len(facts) != 1:
        sys.exit(f"the peers disagree: {told}")
    return next(iter(told.values()))


def facts_of(program, folder):
    """How many facts a fold makes."""
    command = [*seikyu(program, "fold", folder, "csv"), f"{folder}/output", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(told)["counts"]["facts"]


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def main(rounds, folder, program, page, twenty, floor):
    python, rounds = sys.executable, int(rounds)
    import duckdb
    import polars

    commands = {}
    for kind in ("csv", "parquet"):
        commands[f"seikyu fold, {kind}"] = seikyu(program, "fold", folder, kind)
        commands[f"Polars, {kind}"] = [python, str(HERE / "polars_fold.py"), kind, f"{folder}/{kind}"]
        commands[f"DuckDB, {kind}"] = [python, str(HERE / "duckdb_fold.py"), kind, f"{folder}/{kind}"]
        commands[f"seikyu run, {kind}"] = seikyu(program, "run", folder, kind)
        commands[f"seikyu run, {kind}, again"] = seikyu(program, "run", folder, kind)
    rates = floor_of(floor, f"{folder}/csv/report-0.csv.gz")
    shutil.rmtree(f"{folder}/output", ignore_errors=True)
    os.mkdir(f"{folder}/output")
    costs = in_turn(rounds, commands, f"{folder}/output")
    again = floor_of(floor, f"{folder}/csv/report-0.csv.gz")
    found = agree(costs)
    note = [int(word) for word in Path(folder, "made").read_text().split()]
    rows, text_bytes = note[1], note[2]
    size = {kind: sum(file.stat().st_size for file in Path(folder, kind).glob("report-*")) for kind in ("csv", "parquet")}
    if f"groups {facts_of(program, folder)} " not in found:
        sys.exit(f"seikyu has other facts than the peers: {found}")
    lines = []
    say = lines.append
    say("# Performance\n")
    say("Made by `benches/compare.sh`; do not edit. Whole processes, run in turn, median (least to most) of "
        f"{rounds} rounds after one that is not counted.\n")
    say(f"- Machine: {cpu_name()}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, Polars {polars.__version__}, DuckDB {duckdb.__version__}")
    say(f"- Report: {rows:,} rows, 110 columns, {text_bytes / rows:,.0f} bytes of CSV text each ({text_bytes / 1e9:.2f} GB); "
        f"CSV.gz {size['csv'] / 1e6:,.0f} MB in four files, the same rows as Snappy Parquet {size['parquet'] / 1e6:,.0f} MB")
    say("- The peers do only the same group-by, with exact decimals, on all cores (`benches/peers/`), and write nothing; all find "
        f"the same: {found}\n")
    say("Each run writes into a folder of its own, as the first of a month does; \"again\": over the month just written.\n")
    say("| what | wall, s | processor, s | peak memory, MB |\n| --- | --- | --- | --- |")
    for name, runs in costs.items():
        say(f"| {name} | {spread(runs, 'wall')} | {spread(runs, 'cpu')} | {median(runs, 'peak'):.0f} |")
    say("\n| ratio, pair by pair | wall | peak memory |\n| --- | --- | --- |")
    for kind in ("csv", "parquet"):
        ours = costs[f"seikyu fold, {kind}"]
        for peer in ("Polars", "DuckDB"):
            theirs = costs[f"{peer}, {kind}"]
            say(f"| fold / {peer}, {kind} | {ratio(ours, theirs):.2f} | {ratio(ours, theirs, 'peak'):.2f} |")
        for name in (f"run, {kind}", f"run, {kind}, again"):
            theirs = costs[f"seikyu {name}"]
            say(f"| {name.replace('run', 'run / fold')} | {ratio(theirs, ours):.2f} | {ratio(theirs, ours, 'peak'):.2f} |")
    say("\n## Against the floor\n")
    say("What has to be done with every byte of CSV.gz, measured before and after the rounds on one thread "
        "(`benches/floor.rs`); a floor is rows x (bytes / unpacking + bytes / splitting + 45 ns) / cores.\n")
    say("| rate on one core | MB of text a second |\n| --- | --- |")
    for name, words in (("zlib_rs", "unpack by zlib-rs, in pieces (what the fold does)"),
                        ("libdeflate", "unpack by libdeflate, a whole file at once"),
                        ("csv", "split by the `csv` crate"), ("simd_csv", "split by `simd-csv`, without copies")):
        key = f"{name}_mb_per_second"
        say(f"| {words} | {rates[key]:.0f}, {again[key]:.0f} |")
    fold = median(costs["seikyu fold, csv"], "wall")
    say("\n| floor | s on this machine | the fold reaches |\n| --- | --- | --- |")
    for name, words in (("zlib_rs_csv", "zlib-rs and `csv`"), ("zlib_rs_simd_csv", "zlib-rs and `simd-csv`"),
                        ("libdeflate_simd_csv", "libdeflate and `simd-csv`")):
        key = f"floor_{name}_ns_per_row"
        floor_s = rows * (rates[key] + again[key]) / 2 / 1e9 / os.cpu_count()
        say(f"| {words} | {floor_s:.2f} | {100 * floor_s / fold:.0f} % |")
    say("\nlibdeflate unpacks only a whole file at once: a file of the report is half a gigabyte of text, which a fold would "
        "have to hold per thread. It would need more memory than the peers do.")
    if twenty:
        rows_20 = [int(word) for word in Path(twenty, "made").read_text().split()][1]
        both = in_turn(1, {"fold of few": seikyu(program, "fold", folder, "csv"),
                           "fold of many": seikyu(program, "fold", twenty, "csv"),
                           "fold of few, Parquet": seikyu(program, "fold", folder, "parquet"),
                           "fold of many, Parquet": seikyu(program, "fold", twenty, "parquet")}, f"{folder}/output")
        say(f"\n## {rows_20:,} rows\n\n| | rows | wall, s | ns a row | processor ns a row | peak memory, MB |\n"
            "| --- | --- | --- | --- | --- | --- |")
        for name, runs in both.items():
            count = rows_20 if "many" in name else rows
            wall, cpu = median(runs, "wall"), median(runs, "cpu")
            say(f"| {name} | {count:,} | {wall:.2f} | {wall / count * 1e9:.0f} | {cpu / count * 1e9:.0f} | {median(runs, 'peak'):.0f} |")
    instructions = HERE.parent / "instructions.txt"
    if instructions.exists():
        say("\n## Instructions\n\nOf a small fixed fold, counted by `benches/instructions.sh` (`valgrind --tool=callgrind`), which are "
            "the same whatever else the machine does:\n")
        say("```text\n" + instructions.read_text().strip() + "\n```")
    shutil.rmtree(f"{folder}/output", ignore_errors=True)
    Path(page).write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


main(*sys.argv[1:])
