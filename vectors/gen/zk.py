"""Known answers of medcrypto-zk: `python3 -m gen.zk OUTDIR`.

Poseidon and its constants, the schema with its codes and dates, the requirement language, record
commitments, statements, and Groth16 by py_ecc's pairing. Here: the table of files and the first three.
"""

import datetime

from gen import zk_field as f
from gen import zk_schema as schema
from gen.common import File, main
from gen.zk_commitments import record
from gen.zk_field import R, be, enc
from gen.zk_proofs import decoding, groth16
from gen.zk_requirement import Refused, canonical
from gen.zk_statements import statement

# poseidonperm_x5_255_3 of the Poseidon authors' hadeshash test vectors, on the input 0, 1, 2.
X5_255_3 = [
    0x28CE19420FC246A05553AD1E8C98F5C9D67166BE2C18E9E4CB4B4E317DD2A78A,
    0x51F3E312C95343A896CFD8945EA82BA956C1118CE9B9859B6EA56637B4B1DDC4,
    0x3B2B69139B235626A0BFB56C9527AE66A7BF486AD8C11C14D1DA0C69BBE0F79A,
]


def elements(values):
    return b"".join(enc(value) for value in values)


def poseidon():
    file = File("medcrypto-zk/poseidon", "gen/zk.py, plain integers")
    for width in (3, 5, 9):
        states = {
            "0, 1, 2, …": list(range(width)),
            "all 0": [0] * width,
            "all r - 1": [R - 1] * width,
            "hashed": [f.h2f("SALT", be(width, 1) + be(i, 1)) for i in range(width)],
        }
        for name, state in states.items():
            out = f.permute(state)
            flags = ["Published"] if state == [0, 1, 2] else []
            assert not flags or out == X5_255_3
            comment = f"width {width}, {name}".replace("…", "and so on")
            inputs = {"state": elements(state)}
            file.valid("permutation", comment, inputs, {"state": elements(out)}, flags=flags)
    calls = [(f.LEAF, 4, 0), (f.WIDE_LEAF, 8, 0), (f.GAP, 4, 0), (f.RECORD_NODE, 8, 0),
             (f.RECORD_NODE, 8, 1), (f.LIST_NODE, 8, 0), (f.LIST_NODE, 8, 1), (f.ROOT, 4, 0),
             (f.HOLDER, 2, 0), (f.NULLIFIER, 4, 0)]  # fmt: skip
    for tag, length, level in calls:
        for name, values in (("counting", range(length)), ("all r - 1", [R - 1] * length)):
            inputs = {"tag": tag, "level": level, "inputs": elements(values)}
            digest = f.poseidon(tag, list(values), level)
            comment = f"tag {tag}, {length} inputs, level {level}, {name}"
            file.valid("hash", comment, inputs, {"digest": enc(digest)})
    return file


CODES = [
    ("sct", "254637007"), ("sct", "368009"), ("sct", "18099001"), ("sct", "100005"),
    ("sct", "900000000000000008"), ("sct", "254637008"), ("sct", "25463707"), ("sct", "0254637007"),
    ("sct", "10009"), ("sct", "1234567890123456789"), ("sct", "25463700x"), ("sct", ""),
    ("sct", "254637017"), ("sct", "41398017"),
    ("loinc", "15074-8"), ("loinc", "718-7"), ("loinc", "8302-2"), ("loinc", "2-3"),
    ("loinc", "15074-7"), ("loinc", "15074"), ("loinc", "015074-8"), ("loinc", "15074-"),
    ("loinc", "12345678-9"), ("loinc", "-8"),
    ("icd10", "E11"), ("icd10", "E11.9"), ("icd10", "C34.90"), ("icd10", "Z"), ("icd10", "0"),
    ("icd10", "ZZZZZZZ"), ("icd10", "E1.1.9"), ("icd10", "e11"), ("icd10", ".E11"), ("icd10", "E11."),
    ("icd10", "E1..1"), ("icd10", ""), ("icd10", "ABCDEFGH"), ("icd10", "E-1"),
    ("atc", "A10BA02"), ("atc", "A10"), ("atc", "A10BA022"),
]  # fmt: skip
PREFIXES = [("icd10", "E11"), ("icd10", "E"), ("icd10", "ZZZZZZZ"), ("icd10", "C34.9"), ("atc", "A10"),
            ("sct", "254"), ("loinc", "15"), ("icd10", "?")]  # fmt: skip
CUTOFFS = [("2013-04-02", 40), ("2013-04-02", 0), ("2024-02-29", 1), ("2024-02-29", 4), ("2000-02-29", 100),
           ("2100-02-28", 40), ("2199-12-31", 150), ("1900-01-01", 150), ("1900-03-01", 0)]  # fmt: skip


def clinical():
    file = File("medcrypto-zk/schema", "gen/zk.py, plain integers")
    fields = [
        {"name": x.name, "place": ("wide " if x.wide else "slot ") + str(x.index), "type": x.kind,
         "unit": x.unit, "min": x.min, "max": x.max, "decimals": x.decimals, "system": x.system,
         "sources": x.sources, "names": x.names}
        for x in schema.FIELDS
    ]  # fmt: skip
    inputs = {"version": 1, "fields": fields}
    file.valid("schema", "the clinical schema", inputs, {"digest": enc(schema.schema_digest())})
    for system, code in CODES:
        inputs = {"system": system, "code": code}
        try:
            value = schema.encode_code(system, code)
            file.valid("code", f"{system}: {code}", inputs, {"value": be(value, 8)})
        except schema.BadCode as error:
            file.invalid("code", f"{system}: {code or 'empty'}", str(error), inputs)
    for system, prefix in PREFIXES:
        inputs = {"system": system, "prefix": prefix}
        try:
            low, high = schema.code_range(system, prefix)
            file.valid("prefix", f"{system}: {prefix}", inputs, {"lo": be(low, 8), "hi": be(high, 8)})
        except schema.BadCode as error:
            file.invalid("prefix", f"{system}: {prefix}", str(error), inputs)
    for on, years in CUTOFFS:
        day = schema.cutoff(datetime.date.fromisoformat(on), years)
        inputs = {"on": on, "years": years}
        file.valid("cutoff", f"{years} years before {on}", inputs, {"day": day.to_bytes(8, "big", signed=True)})
    return file


REQUIREMENTS = [
    """all(has(conditions_active, {sct:254637007}),
    glucose >= 6.1 "mmol/L", age(birth_date) >= 40 on 2013-04-02, age(birth_date) <= 75 on 2013-04-02)""",
    'any(not(sex = male), at_least(2, systolic >= 140 "mm[Hg]", diastolic >= 90 "mm[Hg]", '
    'bmi in [30, 60] "kg/m2", count(conditions_active, {sct:38341003, sct:44054006}) >= 1))',
    'all(cmp(diastolic + 40, systolic) <= 0, base_excess > -2.5 "mmol/L", sex in {female, other})',
    "all(lacks(conditions_history, {sct:22298006}), present(weight), missing(blood_type))",
    'not(all(glucose < 7 "mmol/L", any(sex = female, present(bmi))))',
    'not(at_least(2, glucose < 7 "mmol/L", hemoglobin > 12.5 "g/dL", missing(height)))',
    'at_least(2, present(bmi), present(bmi), glucose > 200 "mmol/L")',
    'all(all(present(bmi), all(present(bmi))), any(any(present(sex)), present(sex)))',
    'glucose = 6.10 "mmol/L"', 'glucose != 6.1 "mmol/L"', 'glucose = 0 "mmol/L"',
    'glucose = 100 "mmol/L"', 'glucose != 100 "mmol/L"', 'glucose != 0 "mmol/L"',
    'not(glucose in [4, 6] "mmol/L")', 'glucose in [-1, 6] "mmol/L"', 'glucose in [6, 200] "mmol/L"',
    'glucose in [-1, 200] "mmol/L"', 'glucose in [101, 200] "mmol/L"', 'glucose < 0 "mmol/L"',
    'glucose <= 0 "mmol/L"', 'glucose >= 0 "mmol/L"', 'glucose > 100 "mmol/L"',
    'any(glucose > 100 "mmol/L", weight >= 0.2 "kg")', 'weight > 0.2 "kg"', 'weight < 70.05 "kg"',
    'base_excess <= -0.5 "mmol/L"', 'base_excess in [-50, -49.9] "mmol/L"', 'base_excess = -0 "mmol/L"',
    "age(birth_date) = 40 on 2013-04-02", "age(birth_date) != 40 on 2013-04-02",
    "age(birth_date) > 17 on 2024-02-29", "not(age(birth_date) < 18 on 2024-02-29)",
    "age(birth_date) >= 150 on 2013-04-02", "age(birth_date) < 150 on 2013-04-02",
    "age(as_of) = 0 on 2013-04-02",
    "cmp(systolic + -40, diastolic) >= 0", "cmp(systolic + 0, diastolic) = 0",
    "not(cmp(systolic + 0, diastolic) = 0)", "cmp(systolic + 301, diastolic) <= 0",
    "cmp(systolic + -400, diastolic) <= 0", "cmp(systolic + 0, diastolic) > 0",
    "cmp(glucose + 0.5, glucose) <= 0",
    "sex in {male, female, male}", "sex in {male, female, other}", "not(sex in {male, female, other})",
    "not(sex in {other})", "blood_type = ab_neg",
    "count(procedures, {sct:34068001, sct:48387007, sct:34068001}) = 2",
    "count(procedures, {sct:34068001}) != 3", "count(procedures, {sct:34068001}) = 0",
    "count(procedures, {sct:34068001}) != 0", "count(procedures, {sct:34068001}) < 63",
    "not(count(procedures, {sct:34068001}) <= 62)", "count(procedures, {sct:34068001}) > 62",
    "not(has(procedures, {sct:359615001, sct:34068001}))", "not(present(bmi))", "not(missing(bmi))",
    # Refused.
    "", "all()", "present(gluc)", "sex = woman", "sex in {}", "present(glucose", "present(glucose) x",
    'glucose >= 6.1 "mg/dL"', 'glucose >= 6.123 "mmol/L"', 'glucose >= 06 "mmol/L"',
    'glucose >= 1234567890123 "mmol/L"', 'glucose in [7, 6] "mmol/L"', 'sex >= 1 "1"',
    'birth_date >= 6 "mmol/L"', "glucose = high", "age(glucose) >= 4 on 2013-04-02",
    "age(birth_date) >= 151 on 2013-04-02", "age(birth_date) >= 4 on 2013-02-29",
    "age(birth_date) >= 4 on 1899-12-31", "at_least(0, present(bmi))", "at_least(2, present(bmi))",
    "at_least(1)", "cmp(systolic + 1, glucose) <= 0", "cmp(systolic + 1, diastolic) <= 1",
    "has(procedures, {})", "has(procedures, {icd10:E11})", "has(procedures, {sct:34068002})",
    'has(procedures, under "34")', "has(glucose, {sct:34068001})", "has(procedures, {abc:1})",
    "count(procedures, {sct:34068001}) >= 0", "count(procedures, {sct:34068001}) >= 64",
    "count(procedures, {sct:34068001}) = 63", "present(\u00e9)",
    "not(" * 8 + "present(bmi)" + ")" * 8, "all(" + ", ".join(["present(bmi)"] * 256) + ")",
]  # fmt: skip


def requirement():
    file = File("medcrypto-zk/requirement", "gen/zk_requirement.py, a parser of its own")
    for text in REQUIREMENTS:
        comment = " ".join(text.split())[:70].encode("ascii", "replace").decode() or "empty"
        try:
            normal = canonical(text)
        except Refused as error:
            file.invalid("requirement", comment, str(error), {"text": text})
            continue
        digest = f.h2f("REQUIREMENT", normal.encode())
        flags = ["NeverMet"] if normal == "false" else []
        outputs = {"canonical": normal.encode(), "digest": enc(digest)}
        file.valid("requirement", comment, {"text": text}, outputs, flags=flags)
    return file


def files():
    return {
        "poseidon": poseidon(),
        "schema": clinical(),
        "requirement": requirement(),
        "record": record(),
        "statement": statement(),
        "groth16": groth16(),
        "decoding": decoding(),
    }


if __name__ == "__main__":
    main(files)
