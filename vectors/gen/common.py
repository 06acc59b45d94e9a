"""The shape of a known-answer file, and its one way to be written.

A generator is a module `gen.<crate>` with a function `files()` that maps a file name to a `File`,
and ends with `main(files)`:

    python3 -m gen.<crate> OUTDIR        writes OUTDIR/<crate>/<name>.json
"""

import json
import pathlib
import sys

SCHEMA = "medcrypto-kat/1"


def hx(data):
    """Bytes as the files spell them."""
    return bytes(data).hex()


class File:
    """One known-answer file. Cases are numbered from 1 in the order they are added."""

    def __init__(self, algorithm, source, randomness="none", suite=1):
        self.head = {
            "schema": SCHEMA,
            "algorithm": algorithm,
            "suite": suite,
            "source": source,
            "randomness": randomness,
        }
        self.tests = []

    def valid(self, kind, comment, inputs, outputs=None, randomness=None, flags=()):
        """An operation that must succeed with exactly these outputs."""
        return self._add(kind, comment, flags, "valid", None, inputs, outputs, randomness)

    def invalid(self, kind, comment, error, inputs, randomness=None, flags=()):
        """An operation that must be refused, with an error of this class."""
        return self._add(kind, comment, flags, "invalid", error, inputs, None, randomness)

    def _add(self, kind, comment, flags, result, error, inputs, outputs, randomness):
        case = {
            "id": len(self.tests) + 1,
            "kind": kind,
            "comment": comment,
            "flags": sorted(flags),
            "result": result,
        }
        if error is not None:
            case["error"] = error
        case["inputs"] = plain(inputs)
        case["outputs"] = plain(outputs or {})
        case["randomness"] = plain(randomness or {})
        self.tests.append(case)
        return case

    def to_json(self):
        return text(self.head | {"tests": self.tests})


def text(value):
    """The one formatting: two blanks, ASCII, one line feed at the end, keys in the order given."""
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def plain(value):
    """Bytes become hexadecimal; everything else stays what JSON has."""
    if isinstance(value, (bytes, bytearray)):
        return hx(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    raise TypeError(f"{type(value)} has no place in a known-answer file")


def main(files):
    """The entry of every generator: `python3 -m gen.<crate> OUTDIR`."""
    crate = pathlib.Path(sys.argv[0]).stem
    out = pathlib.Path(sys.argv[1]) / crate
    out.mkdir(parents=True, exist_ok=True)
    for name, file in files().items():
        (out / f"{name}.json").write_text(file.to_json(), encoding="ascii")
