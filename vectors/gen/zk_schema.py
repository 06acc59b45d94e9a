"""The default clinical schema, terminology codes and dates."""

import datetime

from gen.zk_field import be, h2f

INTEGER, DECIMAL, DATE, ENUM, CODES60 = 1, 2, 3, 5, 11
DAYS_MAX = 109_572  # 2199-12-31
SCT = "http://snomed.info/sct"
BLOOD = ["o_neg", "o_pos", "a_neg", "a_pos", "b_neg", "b_pos", "ab_neg", "ab_pos"]


class Field:
    def __init__(self, name, place, kind, unit="", bounds=(0, 0), decimals=0, sources=(), names=()):
        self.name, self.kind, self.unit, self.decimals = name, kind, unit, decimals
        self.wide, self.index = place
        self.min, self.max = bounds
        self.sources, self.names = list(sources), list(names)
        self.system = SCT if kind == CODES60 else ""

    @property
    def range(self):
        return self.max - self.min


def number(name, place, unit, low, high, decimals, *sources):
    """Bounds as decimal fractions in units of the field."""
    scale = 10**decimals
    bounds = (round(low * scale), round(high * scale))
    return Field(name, place, DECIMAL if decimals else INTEGER, unit, bounds, decimals, sources)


def date(name, place, *sources):
    return Field(name, place, DATE, "", (0, DAYS_MAX), 0, sources)


def enum(name, place, sources, names):
    return Field(name, place, ENUM, "", (0, len(names) - 1), 0, sources, names)


def codes(name, slot, *sources):
    return Field(name, (False, slot), CODES60, "", (0, 0), 0, sources)


def wide(index):
    return (True, index)


def slot(index):
    return (False, index)


FIELDS = [
    date("birth_date", wide(0), "Patient.birthDate"),
    enum("sex", wide(1), ["Patient.gender"], ["female", "male", "other"]),
    enum("blood_type", wide(2), ["883-9", "882-1"], BLOOD),
    number("height", wide(3), "cm", 20, 280, 1, "8302-2", "8306-3"),
    number("weight", wide(4), "kg", 0.2, 650, 2, "29463-7", "3141-9"),
    number("heart_rate", wide(5), "/min", 0, 350, 0, "8867-4"),
    number("body_temperature", slot(1), "Cel", 20, 50, 1, "8310-5"),
    number("systolic", slot(2), "mm[Hg]", 0, 400, 0, "8480-6"),
    number("diastolic", slot(3), "mm[Hg]", 0, 300, 0, "8462-4"),
    number("bmi", slot(4), "kg/m2", 5, 150, 1, "39156-5"),
    number("oxygen_saturation", slot(5), "%", 0, 100, 0, "2708-6", "59408-5"),
    number("respiratory_rate", slot(6), "/min", 0, 150, 0, "9279-1"),
    number("glucose", slot(7), "mmol/L", 0, 100, 2, "15074-8", "2339-0"),
    number("hemoglobin", slot(8), "g/dL", 0, 30, 1, "718-7"),
    number("erythrocytes", slot(9), "10*12/L", 0, 15, 2, "789-8"),
    number("creatinine", slot(10), "umol/L", 0, 5000, 0, "14682-9", "2160-0"),
    number("bicarbonate", slot(11), "mmol/L", 0, 100, 1, "1963-8"),
    number("base_excess", slot(12), "mmol/L", -50, 50, 1, "11555-0"),
    number("pco2", slot(13), "kPa", 0, 40, 1, "11557-6"),
    codes("conditions_active", 14, "Condition[clinicalStatus=active|recurrence|relapse]"),
    codes("conditions_history", 15, "Condition[clinicalStatus=inactive|remission|resolved]"),
    codes("procedures", 16, "Procedure[status=in-progress|completed|stopped]"),
    codes("medications", 17, "MedicationStatement[active]", "MedicationRequest[active]"),
    date("as_of", slot(18), "issuer"),
    number("record_version", slot(19), "1", 0, 0xFFFFFFFF, 0, "issuer"),
]
BY_NAME = {field.name: field for field in FIELDS}


def text(value):
    return be(len(value.encode()), 4) + value.encode()


def strings(values):
    return be(len(values), 4) + b"".join(text(value) for value in values)


def row(field):
    bounds = b"".join(value.to_bytes(8, "big", signed=True) for value in (field.min, field.max))
    return (
        text(field.name)
        + be(0 if field.wide else 1, 1)
        + be(field.index, 2)
        + be(field.kind, 1)
        + text(field.unit)
        + bounds
        + be(field.decimals, 1)
        + text(field.system)
        + strings(field.sources)
        + strings(field.names)
    )


def schema_digest():
    return h2f("SCHEMA", be(1, 4) + be(len(FIELDS), 4) + b"".join(row(f) for f in FIELDS))


# Dates.

EPOCH = datetime.date(1900, 1, 1)


def day_number(day):
    return (day - EPOCH).days


def day_text(number):
    return (EPOCH + datetime.timedelta(days=number)).isoformat()


def cutoff(on, years):
    """The same day so many years before; 29 February becomes 28 February."""
    try:
        return day_number(on.replace(year=on.year - years))
    except ValueError:
        return day_number(on.replace(year=on.year - years, day=28))


# Codes.


class BadCode(Exception):
    """A string that is no code; the argument is the class of the error."""


# The multiplication table of the dihedral group of order ten, as printed by Verhoeff.
DIHEDRAL = [
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
]  # fmt: skip
PERMUTATION = ["0123456789", "1576283094", "5803796142", "8916043527",
               "9453126870", "4286573901", "2793806415", "7046913258"]  # fmt: skip


def verhoeff(digits):
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(DIHEDRAL[check][int(PERMUTATION[place % 8][int(digit)])])
    return check


def snomed(code):
    if not (6 <= len(code) <= 18 and code.isascii() and code.isdigit()) or code[0] == "0":
        raise BadCode("Malformed")
    if verhoeff(code) != 0:
        raise BadCode("CheckDigit")
    if code[-3:-1] not in ("00", "10"):
        raise BadCode("NotAConcept")
    return int(code)


def luhn(digits):
    """The mod-10 check digit, doubling every second digit from the right."""
    doubled = "".join(str(2 * int(d)) if i % 2 == 0 else d for i, d in enumerate(reversed(digits)))
    return -sum(map(int, doubled)) % 10


def loinc(code):
    digits, dash, check = code.partition("-")
    if not (dash and 1 <= len(digits) <= 7 and digits.isdigit() and digits[0] != "0"):
        raise BadCode("Malformed")
    if not (len(check) == 1 and check.isdigit()):
        raise BadCode("Malformed")
    if luhn(digits) != int(check):
        raise BadCode("CheckDigit")
    return int(digits)


def base37(code):
    """Lowest and highest integer of what starts with `code`: seven places, left-aligned."""
    alphabet = "\0" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    parts = code.split(".")
    plain = "".join(parts)
    if not all(parts) or len(plain) > 7 or any(c not in alphabet[1:] for c in plain):
        raise BadCode("Malformed")
    low = high = 0
    for place in range(7):
        digit = alphabet.index(plain[place]) if place < len(plain) else None
        low = low * 37 + (digit or 0)
        high = high * 37 + (36 if digit is None else digit)
    return low, high


def encode_code(system, code):
    encoders = {"sct": snomed, "loinc": loinc}
    return encoders[system](code) if system in encoders else base37(code)[0]


def code_range(system, prefix):
    if system in ("sct", "loinc"):
        raise BadCode("NoPrefixes")
    return base37(prefix)
