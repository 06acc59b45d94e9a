"""Reads llvm-cov's line counts for scripts/coverage.

coverage.py crate NAME COMMIT <lcov >csv       one row a source file of the crate
coverage.py table MINIMUM CSV... >markdown     the table of all crates; fails if one is below the minimum or not measured
"""

import csv
import datetime
import pathlib
import re
import subprocess
import sys

ATTRIBUTES = r"(?:#\[(?:[^\[\]]|\[[^\]]*\])*\]\s*)*"
TESTS = re.compile(r"^#\[cfg\((?:test|all\(test\b[^\n]*)\)\]\s*" + ATTRIBUTES + r"mod (\w+)(;| \{.*?^\})", re.M | re.S)


def test_code(sources):
    """Modules that only a test build has: whole files, and lines of the others."""
    files, lines = set(), {}
    for path in sources.rglob("*.rs"):
        text = path.read_text()
        for found in TESTS.finditer(text):
            inside = path.parent if path.name == "lib.rs" else path.with_suffix("")
            if found[2] == ";":
                files |= {inside / f"{found[1]}.rs", *(inside / found[1]).rglob("*.rs")}
            else:
                first, last = (text.count("\n", 0, place) + 1 for place in found.span())
                lines.setdefault(path, set()).update(range(first, last + 1))
    return files, lines


def counts(report):
    """(file, line, count) of every line that llvm-cov takes for code."""
    for line in report:
        if line.startswith("SF:"):
            file = pathlib.Path(line[3:].strip())
        elif line.startswith("DA:"):
            number, count = line[3:].split(",")[:2]
            yield file, int(number), int(count)


def crate(name, commit):
    sources = pathlib.Path(name, "src").resolve()
    files, lines = test_code(sources)
    table = {}
    for file, number, count in counts(sys.stdin):
        if ".." in file.parts or not file.is_relative_to(sources) or file in files or number in lines.get(file, ()):
            continue
        row = table.setdefault(f"{name}/src/{file.relative_to(sources)}", [0, 0, []])
        row[0] += 1
        row[1] += count > 0
        row[2] += [] if count else [number]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["file", "lines", "covered", "missed", "commit", "date"])
    for file, (total, covered, missed) in sorted(table.items()):
        writer.writerow([file, total, covered, spans(missed), commit, datetime.date.today()])


def spans(numbers):
    """1 2 3 7 -> 1-3 7"""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def percent(covered, count):
    return f"{100 * covered / count:.1f}"


def gaps(paths):
    """What the table would pass over: crates, files with code, and trees that are no commit's."""
    measured = {path.stem: list(csv.DictReader(path.open(newline=""))) for path in paths}
    for sources in sorted(pathlib.Path().glob("medcrypto-*/src")):
        name = sources.parent.name.removeprefix("medcrypto-")
        rows = measured.get(name, [])
        yield from [] if rows else [f"{name} is not measured"]
        yield from {f"{name} was not measured at a commit" for row in rows if row["commit"].endswith("+")}
        tests, _ = test_code(sources)
        for path in sorted(set(sources.rglob("*.rs")) - tests):
            code = re.sub(r"//[^\n]*", "", path.read_text())
            if re.search(r"\bfn \w+[^;{]*\{", code) and str(path) not in {row["file"] for row in rows}:
                yield f"{path} has code and no row"
        for row in rows:
            if subprocess.run(["git", "diff", "--quiet", row["commit"].rstrip("+"), "--", row["file"]]).returncode:
                yield f"{row['file']} has changed since {row['commit']}"


def table(minimum, *paths):
    paths = [pathlib.Path(path) for path in paths]
    low, files = list(gaps(paths)), []
    print("# Line coverage\n\nCommand: `scripts/coverage`: each crate by its own unit and integration tests, all features,")
    print("without doctests. Lines of tests are not counted. rustc 1.95, llvm 19. `coverage/` lists every file and the")
    print("lines that no test reached.\n")
    print("The figures are lower bounds: `zk/src/schema/clinical.rs` runs when the compiler evaluates constants, and some")
    print("one-line accessors that a test does call (`pre/src/identity.rs`) are counted as missed in optimised builds.\n")
    print("| crate | lines | covered | % | commit | date |\n|---|---|---|---|---|---|")
    for path in paths:
        rows = list(csv.DictReader(path.open(newline="")))
        count, covered = (sum(int(row[column]) for row in rows) for column in ("lines", "covered"))
        print(f"| {path.stem} | {count} | {covered} | {percent(covered, count)} | {rows[0]['commit']} | {rows[0]['date']} |")
        low += [f"{path.stem} is below {minimum} %"] if 100 * covered < int(minimum) * count else []
        files += [(row["file"], int(row["lines"]), int(row["covered"])) for row in rows]
    print("\n## Files below 95 %\n\n| file | lines | not covered | % |\n|---|---|---|---|")
    for file, count, covered in files:
        if 100 * covered < 95 * count:
            print(f"| {file} | {count} | {count - covered} | {percent(covered, count)} |")
    if low:
        sys.exit("\n".join(low))


{"crate": crate, "table": table}[sys.argv[1]](*sys.argv[2:])
