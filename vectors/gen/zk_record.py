"""Salted record trees, gap trees of code lists, record openings, and the record of the sample f001.

A record maps field names to `(lo, hi)` of encoded values or to `Codes`; what is not in it is missing.
"""

import datetime
import decimal
import hashlib
import json
import pathlib

from gen import zk_field as f
from gen import zk_schema as schema
from gen.zk_field import be, enc

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "testdata" / "fhir"


class Codes:
    def __init__(self, codes, complete):
        self.codes, self.complete = sorted(set(codes)), complete


def salt(seed, tree, slot, index):
    """31 bytes of SHAKE256; tree 0 is the record's own, 1 a list's."""
    message = f.domain("SALT") + seed + be(tree, 1) + be(slot, 2) + be(index, 4)
    return hashlib.shake_256(message).digest(31)


def to_int(salt31):
    return int.from_bytes(salt31, "big")


def gap_root(codes, bits, salts):
    """Root over the leaves (c_i, c_i+1, salt_i) from sentinel to sentinel."""
    ends = [0, *codes, 2**bits - 1]
    gaps = zip(ends[:-1], ends[1:], salts, strict=True)
    leaves = [f.poseidon(f.GAP, [low, high, to_int(s), 0]) for low, high, s in gaps]
    return f.tree(f.LIST_NODE, leaves)[1]


def wide_leaf(record, seed):
    names = [field.name for field in schema.FIELDS if field.wide]
    values = [record[name][0] if name in record else 0 for name in names]
    mask = sum(1 << i for i, name in enumerate(names) if name in record)
    return f.poseidon(f.WIDE_LEAF, [*values, mask, to_int(salt(seed, 0, 0, 0))])


def slot_leaf(record, seed, slot):
    field = next((x for x in schema.FIELDS if not x.wide and x.index == slot), None)
    own = to_int(salt(seed, 0, slot, 0))
    kind = field.kind if field else 0
    value = record.get(field.name) if field else None
    lo = hi = 0
    if isinstance(value, Codes):
        salts = [salt(seed, 1, slot, i) for i in range(len(value.codes) + 1)]
        lo = hi = gap_root(value.codes, 60, salts)
        kind += 0 if value.complete else 1
    elif value is not None:
        lo, hi = value
    header = slot + (kind << 16) + ((value is not None) << 24)
    return f.poseidon(f.LEAF, [header, lo, hi, own])


def commitment(record, seed, holder, lineage):
    """The 64 leaves, the root of the tree, and C."""
    leaves = [wide_leaf(record, seed)] + [slot_leaf(record, seed, s) for s in range(1, 64)]
    root = f.tree(f.RECORD_NODE, leaves)[1]
    c = f.poseidon(f.ROOT, [root, schema.schema_digest(), holder, lineage])
    return leaves, root, c


def entry_bytes(value):
    if value is None:
        return b"\0"
    if isinstance(value, Codes):
        codes = b"".join(be(code, 8) for code in value.codes)
        return b"\x02" + be(value.complete, 1) + be(len(value.codes), 2) + codes
    return b"\x01" + be(value[0], 8) + be(value[1], 8)


def opening_parts(record, seed, holder, lineage):
    """header, schema, seed, holder, lineage, count of entries, entry, …"""
    entries = [entry_bytes(record.get(field.name)) for field in schema.FIELDS]
    head = [b"\x01\x01\x24", enc(schema.schema_digest()), seed, enc(holder), enc(lineage)]
    return head + [be(len(entries), 1), *entries]


def opening(record, seed, holder, lineage):
    return b"".join(opening_parts(record, seed, holder, lineage))


def spelled(record):
    """The record as the files show it."""
    shown = {}
    for name, value in record.items():
        if isinstance(value, Codes):
            shown[name] = {"complete": value.complete, "codes": [str(c) for c in value.codes]}
        else:
            shown[name] = {"lo": value[0], "hi": value[1]}
    return shown


# The sample patient f001, read from the FHIR files themselves.


def resource(name):
    return json.loads((TESTDATA / f"{name}.json").read_text(), parse_float=decimal.Decimal)


def quantity(name):
    """(field, (lo, hi)) of an observation whose unit is the field's."""
    value = resource(name)
    loinc = value["code"]["coding"][0]["code"]
    field = next(x for x in schema.FIELDS if loinc in x.sources)
    assert value["status"] == "final" and value["valueQuantity"]["code"] == field.unit
    scaled = decimal.Decimal(value["valueQuantity"]["value"]) * 10**field.decimals
    assert scaled == int(scaled)
    return field.name, (int(scaled) - field.min,) * 2


def snomed_of(name):
    coding = resource(name)["code"]["coding"][0]
    assert coding["system"] == schema.SCT
    return schema.snomed(coding["code"])


def f001(complete=False):
    """As of 2013-04-05, version 1; the lists as complete as the issuer claims."""
    patient = resource("Patient-f001")
    sex = schema.BY_NAME["sex"].names.index(patient["gender"])
    born = schema.day_number(datetime.date.fromisoformat(patient["birthDate"]))
    record = {"birth_date": (born, born), "sex": (sex, sex)}
    record.update(quantity(f"Observation-f00{i}") for i in range(1, 6))
    conditions = [snomed_of(f"Condition-f00{i}") for i in (1, 2, 3)]
    procedures = [snomed_of(f"Procedure-f00{i}") for i in (1, 2, 3, 4)]
    record["conditions_active"] = Codes(conditions, complete)
    record["procedures"] = Codes(procedures, complete)
    as_of = schema.day_number(datetime.date(2013, 4, 5))
    record.update({"as_of": (as_of, as_of), "record_version": (1, 1)})
    return record
