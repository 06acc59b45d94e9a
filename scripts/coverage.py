"""Reads llvm-cov's summary for scripts/coverage.

coverage.py crate NAME COMMIT <summary >csv    one row a source file of the crate
coverage.py table MINIMUM CSV... >markdown     the table of all crates; fails if one is below the minimum
"""

import csv
import datetime
import json
import pathlib
import re
import sys


def crate(name, commit):
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["file", "lines", "covered", "commit", "date"])
    for entry in json.load(sys.stdin)["data"][0]["files"]:
        found = re.search(rf"/{name}/(src/.+)$", entry["filename"])
        # Tests do not count as covered code.
        if found and not re.search(r"/tests(/|\.rs$)", found[1]):
            lines = entry["summary"]["lines"]
            writer.writerow([f"{name}/{found[1]}", lines["count"], lines["covered"], commit, datetime.date.today()])


def percent(covered, count):
    return f"{100 * covered / count:.1f}"


def table(minimum, *paths):
    low, files = [], []
    print("# Line coverage\n\nCommand: `scripts/coverage`: each crate by its own unit and integration tests, all features,")
    print("without doctests. Lines of tests are not counted. rustc 1.95, llvm 19.\n")
    print("| crate | lines | covered | % | commit | date |\n|---|---|---|---|---|---|")
    for path in map(pathlib.Path, paths):
        rows = list(csv.DictReader(path.open(newline="")))
        count, covered = (sum(int(row[column]) for row in rows) for column in ("lines", "covered"))
        print(f"| {path.stem} | {count} | {covered} | {percent(covered, count)} | {rows[0]['commit']} | {rows[0]['date']} |")
        low += [path.stem] if 100 * covered < int(minimum) * count else []
        files += [(row["file"], int(row["lines"]), int(row["covered"])) for row in rows]
    print("\n## Files below 95 %\n\n| file | lines | not covered | % |\n|---|---|---|---|")
    for file, count, covered in files:
        if 100 * covered < 95 * count:
            print(f"| {file} | {count} | {count - covered} | {percent(covered, count)} |")
    if low:
        sys.exit(f"below {minimum} %: {', '.join(low)}")


{"crate": crate, "table": table}[sys.argv[1]](*sys.argv[2:])
