//! Terminology codes as integers.
//!
//! ```text
//! SNOMED CT  the SCTID, 6 to 18 digits                                          60 bits
//! LOINC      the part before the check digit                                    60 bits
//! ICD-10,    left-aligned base 37, seven places: pad 0, digits 1–10,            37 bits
//! ATC        letters 11–36, dots removed
//! prefix P   [P·37^(7−len), (P + 1)·37^(7−len) − 1]        base 37 only
//! ```
//!
//! A prefix is an interval because the code is left-aligned. A block of ICD-10 (`E08–E13`) is not:
//! letters stand inside such ranges (C4A, M1A, Z3A), so a block is written as a set. Every code is
//! at least 1 and at most 2ⁿ − 2: 0 and 2ⁿ − 1 are the sentinels of the gap trees.
//!
//! Check digits are verified: a mistyped code would make every `lacks` true.

/// A terminology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeSystem {
    /// SNOMED CT, concept identifiers.
    Sct,
    /// LOINC.
    Loinc,
    /// ICD-10 of the WHO; ICD-10-CM is another system and is not this one.
    Icd10,
    /// ATC.
    Atc,
}

/// Why a string is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Wrong length or characters.
    #[error("malformed code")]
    Malformed,
    /// The check digit is wrong.
    #[error("wrong check digit")]
    CheckDigit,
    /// A SNOMED CT identifier of something that is not a concept.
    #[error("not a concept identifier")]
    NotAConcept,
    /// The system has no prefixes.
    #[error("the code system has no prefixes")]
    NoPrefixes,
}

/// Places of a base-37 code.
const PLACES: usize = 7;

impl CodeSystem {
    /// All systems.
    pub const ALL: [Self; 4] = [Self::Sct, Self::Loinc, Self::Icd10, Self::Atc];

    /// Prefix in the requirement language.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Sct => "sct",
            Self::Loinc => "loinc",
            Self::Icd10 => "icd10",
            Self::Atc => "atc",
        }
    }

    /// URI in FHIR; the schema digest covers it.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Sct => "http://snomed.info/sct",
            Self::Loinc => "http://loinc.org",
            Self::Icd10 => "http://hl7.org/fhir/sid/icd-10",
            Self::Atc => "http://www.whocc.no/atc",
        }
    }

    /// Bits of an encoded code.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Sct | Self::Loinc => 60,
            Self::Icd10 | Self::Atc => 37,
        }
    }

    /// The integer of a code, at least 1 and at most 2ⁿ − 2.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn encode(self, code: &str) -> Result<u64, CodeError> {
        match self {
            Self::Sct => snomed(code),
            Self::Loinc => loinc(code),
            Self::Icd10 | Self::Atc => base37(code).map(|(lo, _)| lo),
        }
    }

    /// The integers of every code that starts with `prefix`.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn under(self, prefix: &str) -> Result<(u64, u64), CodeError> {
        match self {
            Self::Sct | Self::Loinc => Err(CodeError::NoPrefixes),
            Self::Icd10 | Self::Atc => base37(prefix),
        }
    }

    /// The code of an integer, without dots; `None` if it encodes none.
    #[must_use]
    pub fn decode(self, encoded: u64) -> Option<String> {
        let text = match self {
            Self::Sct => encoded.to_string(),
            Self::Loinc => format!("{encoded}-{}", luhn(encoded)),
            Self::Icd10 | Self::Atc => base37_text(encoded)?,
        };
        (self.encode(&text) == Ok(encoded)).then_some(text)
    }

    /// The prefix whose interval this is, if it is one.
    #[must_use]
    pub fn prefix_of(self, (lo, hi): (u64, u64)) -> Option<String> {
        let text = base37_text(lo)?;
        (self.under(&text) == Ok((lo, hi))).then_some(text)
    }
}

/// Digits without a leading zero.
fn number(text: &str, max_len: usize) -> Result<u64, CodeError> {
    let plain = text.len() <= max_len && text.bytes().all(|b| b.is_ascii_digit());
    if !plain || text.starts_with('0') {
        return Err(CodeError::Malformed);
    }
    text.parse().map_err(|_| CodeError::Malformed)
}

/// SCTID: item digits, partition (00 or 10 for a concept), Verhoeff check digit.
fn snomed(code: &str) -> Result<u64, CodeError> {
    if code.len() < 6 {
        return Err(CodeError::Malformed);
    }
    let value = number(code, 18)?;
    if verhoeff(code) != 0 {
        return Err(CodeError::CheckDigit);
    }
    if matches!(value / 10 % 100, 0 | 10) { Ok(value) } else { Err(CodeError::NotAConcept) }
}

/// Verhoeff's checksum over the dihedral group of order ten; 0 for a valid number.
fn verhoeff(digits: &str) -> u8 {
    let step = |check: u8, (place, byte): (usize, u8)| dihedral(check, permute(place, byte % 48));
    digits.bytes().rev().enumerate().fold(0, step)
}

/// Product in the dihedral group of order ten; 0–4 are rotations, 5–9 reflections.
const fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// The `place`-th power of the permutation (1 5 8 9 4 2 7 0)(3 6), applied to a digit.
fn permute(place: usize, digit: u8) -> u8 {
    const ONCE: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let once = |digit: u8, _| ONCE.get(usize::from(digit)).copied().unwrap_or(digit);
    (0..place % 8).fold(digit, once)
}

/// `digits-check`, the check digit by the mod-10 rule.
fn loinc(code: &str) -> Result<u64, CodeError> {
    let (digits, check) = code.split_once('-').ok_or(CodeError::Malformed)?;
    let value = number(digits, 7)?;
    let is_digit = check.len() == 1 && check.bytes().all(|b| b.is_ascii_digit());
    match check.parse::<u64>() {
        Ok(check) if is_digit && check == luhn(value) => Ok(value),
        Ok(_) if is_digit => Err(CodeError::CheckDigit),
        _ => Err(CodeError::Malformed),
    }
}

/// The mod-10 check digit.
fn luhn(value: u64) -> u64 {
    let mut rest = value;
    let (mut sum, mut double) = (0, true);
    while rest > 0 {
        let digit = rest % 10 * if double { 2 } else { 1 };
        sum += digit / 10 + digit % 10;
        rest /= 10;
        double = !double;
    }
    (10 - sum % 10) % 10
}

/// The interval of everything that starts with `text`; its low end is `text` itself.
fn base37(text: &str) -> Result<(u64, u64), CodeError> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(u64::from(byte - b'0') + 1),
        b'A'..=b'Z' => Ok(u64::from(byte - b'A') + 11),
        _ => Err(CodeError::Malformed),
    };
    let (mut value, mut free) = (0, PLACES);
    for byte in text.bytes().filter(|byte| *byte != b'.') {
        free = free.checked_sub(1).ok_or(CodeError::Malformed)?;
        value = value * 37 + digit(byte)?;
    }
    if free == PLACES || text.starts_with('.') || text.ends_with('.') || text.contains("..") {
        return Err(CodeError::Malformed);
    }
    let width = (0..free).fold(1, |width, _| width * 37);
    Ok((value * width, (value + 1) * width - 1))
}

/// Base-37 digits without the padding; `None` if padding stands inside.
fn base37_text(mut value: u64) -> Option<String> {
    let mut digits = [0; PLACES];
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(value % 37).ok()?;
        value /= 37;
    }
    let len = digits.iter().position(|digit| *digit == 0).unwrap_or(PLACES);
    let (head, tail) = digits.split_at_checked(len)?;
    let symbol = |digit: &u8| match digit {
        1..=10 => char::from(b'0' + digit - 1),
        _ => char::from(b'A' + digit - 11),
    };
    let is_code = value == 0 && len > 0 && tail.iter().all(|digit| *digit == 0);
    is_code.then(|| head.iter().map(symbol).collect())
}

#[cfg(test)]
mod tests {
    use super::{CodeError, CodeSystem};

    #[test]
    fn codes_return_from_their_integers() {
        for (system, text, value) in [
            (CodeSystem::Sct, "254637007", 254_637_007),
            (CodeSystem::Sct, "368009", 368_009),
            (CodeSystem::Loinc, "15074-8", 15_074),
            (CodeSystem::Loinc, "718-7", 718),
            (CodeSystem::Icd10, "A", 11 * 37_u64.pow(6)),
            (
                CodeSystem::Icd10,
                "E119",
                ((15 * 37 + 2) * 37 + 2) * 37_u64.pow(4) + 10 * 37_u64.pow(3),
            ),
            (CodeSystem::Atc, "B01AA03", 31_563_108_712),
        ] {
            assert_eq!(system.decode(system.encode(text).unwrap()).as_deref(), Some(text));
            if text != "B01AA03" {
                assert_eq!(system.encode(text), Ok(value), "{text}");
            }
        }
        assert_eq!(CodeSystem::Icd10.encode("E11.9"), CodeSystem::Icd10.encode("E119"));
    }

    #[test]
    fn real_identifiers_have_valid_check_digits() {
        for code in
            ["254637007", "368009", "18099001", "34068001", "359615001", "172960003", "48387007"]
        {
            assert!(CodeSystem::Sct.encode(code).is_ok(), "{code}");
        }
        for code in
            ["15074-8", "2339-0", "8302-2", "29463-7", "8867-4", "59408-5", "11557-6", "883-9"]
        {
            assert!(CodeSystem::Loinc.encode(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn every_changed_digit_of_an_identifier_is_noticed() {
        let code = "254637007";
        for (at, digit) in code.char_indices() {
            for other in ('0'..='9').filter(|other| *other != digit) {
                let mut changed = code.to_string();
                changed.replace_range(at..=at, &other.to_string());
                assert!(CodeSystem::Sct.encode(&changed).is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn malformed_codes_are_refused() {
        let refused = |system: CodeSystem, text| system.encode(text).unwrap_err();
        for text in ["", "0368009", "36800x", "12345", "1234567890123456789"] {
            assert_eq!(refused(CodeSystem::Sct, text), CodeError::Malformed, "{text}");
        }
        // A description identifier (partition 01) is no concept.
        assert_eq!(refused(CodeSystem::Sct, "680946014"), CodeError::NotAConcept);
        assert_eq!(refused(CodeSystem::Loinc, "15074-7"), CodeError::CheckDigit);
        for text in ["15074", "15074-", "-8", "15074-88", "15074-+8"] {
            assert_eq!(refused(CodeSystem::Loinc, text), CodeError::Malformed, "{text}");
        }
        for text in ["", ".", "E11.", ".E11", "E..1", "e11", "E11 ", "ABCDEFGH"] {
            assert_eq!(refused(CodeSystem::Icd10, text), CodeError::Malformed, "{text}");
        }
    }

    #[test]
    fn a_prefix_is_the_interval_of_its_codes_and_a_block_is_not() {
        let icd10 = CodeSystem::Icd10;
        let code = |text| icd10.encode(text).unwrap();
        let (lo, hi) = icd10.under("E11").unwrap();
        let inside = |text| lo <= code(text) && code(text) <= hi;
        assert!(inside("E11") && inside("E11.9") && inside("E1165") && inside("E11ZZZZ"));
        assert!(!inside("E10ZZZZ") && !inside("E12") && !inside("E1"));
        assert_eq!(icd10.prefix_of((lo, hi)).as_deref(), Some("E11"));
        assert_eq!(icd10.prefix_of((lo, hi + 1)), None);
        // C43–C49 as an interval would take in C4A, which is another disease.
        assert!(
            code("C43") < code("C4A") && code("C49") < code("C4A") && code("C4A") < code("C50")
        );
        assert_eq!(CodeSystem::Sct.under("36"), Err(CodeError::NoPrefixes));
    }

    #[test]
    fn no_integer_that_is_no_code_decodes() {
        for system in [CodeSystem::Icd10, CodeSystem::Atc] {
            assert_eq!(system.decode(0), None);
            assert_eq!(system.decode(37_u64.pow(7)), None);
            assert_eq!(system.decode(11 * 37_u64.pow(6) + 1), None);
            assert_eq!(system.encode("ZZZZZZZ"), Ok(37_u64.pow(7) - 1));
        }
        assert_eq!(CodeSystem::Sct.decode(254_637_008), None);
    }
}
