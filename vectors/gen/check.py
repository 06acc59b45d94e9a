"""Validates known-answer files: `python3 -m gen.check DIR`, against schema.json and for numbering; and the
domain strings of the generators against the page."""

import json
import pathlib
import sys

import jsonschema

from . import domains


def problems(path, validator):
    value = json.loads(path.read_text(encoding="ascii"))
    for error in validator.iter_errors(value):
        yield f"{path}: {error.json_path}: {error.message}"
    numbers = [case.get("id") for case in value.get("tests", [])]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"{path}: ids do not count from 1"


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    schema = json.loads((here / "schema.json").read_text(encoding="ascii"))
    validator = jsonschema.Draft202012Validator(schema)
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*/*.json"))
    found = [problem for path in paths for problem in problems(path, validator)] + list(domains.problems())
    print("\n".join(found) or f"{len(paths)} files match schema.json")
    sys.exit(1 if found or not paths else 0)


if __name__ == "__main__":
    main()
