//! Requirements edited by the token, so that most inputs get past the first words, and JSON stays JSON.

use crate::script::Script;

/// What a token may take the place of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Quoted,
    Word,
    Number,
    Symbol,
}

fn class(token: &str) -> Class {
    match token.as_bytes() {
        [b'"', ..] => Class::Quoted,
        [b'0'..=b'9' | b'-', ..] => Class::Number,
        [b'a'..=b'z' | b'A'..=b'Z', ..] => Class::Word,
        _ => Class::Symbol,
    }
}

/// Words, numbers, quoted strings with their quotes, comparisons, single symbols.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let len = match first {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            '<' | '>' | '!' => 1 + usize::from(rest[1..].starts_with('=')),
            _ if inner(first) => rest.find(|c| !inner(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(len);
        tokens.push(token.to_owned());
        rest = after.trim_start();
    }
    tokens
}

/// One of the texts with up to four edits, most of them of a token by one of its class.
pub(super) fn edited(script: &mut Script<'_>, texts: &[Vec<String>]) -> String {
    let mut text = texts[script.below(texts.len())].clone();
    for _ in 0..4 {
        if script.is_over() || text.is_empty() {
            break;
        }
        edit(script, texts, &mut text);
    }
    text.join(" ")
}

fn edit(script: &mut Script<'_>, texts: &[Vec<String>], text: &mut Vec<String>) {
    let at = script.below(text.len());
    let other = &texts[script.below(texts.len())];
    let from = script.below(other.len());
    match script.below(16) {
        0 => drop(text.remove(at)),
        1 => text.insert(at, other[from].clone()),
        2 => text[at] = other[from].clone(),
        3 => {
            let end = text.len().min(at + 1 + script.below(12));
            let again = text[at..end].to_vec();
            text.splice(at..at, again);
        }
        4 | 5 => text[at] = number(script),
        _ => replace(text, at, other, from),
    }
}

/// The same for JSON, where a string takes the place of a string, or a number of either.
pub(crate) fn edited_json(script: &mut Script<'_>, texts: &[Vec<String>]) -> String {
    let text = texts[script.below(texts.len())].clone();
    edited_json_of(script, text, texts)
}

/// One JSON text with up to four edits that borrow from the others.
pub(super) fn edited_json_of(
    script: &mut Script<'_>,
    mut text: Vec<String>,
    texts: &[Vec<String>],
) -> String {
    for _ in 0..4 {
        if script.is_over() {
            break;
        }
        let at = script.below(text.len());
        let other = &texts[script.below(texts.len())];
        let from = script.below(other.len());
        let is_key = text.get(at + 1).is_some_and(|next| next == ":");
        match (class(&text[at]), script.below(8)) {
            (Class::Number, _) => text[at] = script.u64().to_string(),
            (Class::Quoted, 0) if !is_key => text[at] = format!("\"{}\"", number(script)),
            (Class::Quoted, 1) if !is_key => {
                text[at] = script.pick(&["1", "null", "[]", "{}"]).into()
            }
            (Class::Quoted, _) => replace(&mut text, at, other, from),
            _ => exchange(&mut text, at, script.below(other.len())),
        }
    }
    text.concat()
}

/// Another token of the same class.
fn replace(text: &mut [String], at: usize, other: &[String], from: usize) {
    let wanted = class(&text[at]);
    let mut from_there = other.iter().cycle().skip(from).take(other.len());
    if let Some(token) = from_there.find(|token| class(token) == wanted) {
        text[at] = token.clone();
    }
}

/// An object of the JSON in the place of another.
fn exchange(text: &mut Vec<String>, at: usize, with: usize) {
    let object = |start: usize| {
        let start = text.iter().enumerate().skip(start).find(|(_, t)| *t == "{")?.0;
        let mut depth = 0_usize;
        let end = text[start..].iter().position(|token| {
            depth += usize::from(token == "{");
            depth -= usize::from(token == "}");
            depth == 0
        })?;
        Some(start..=start + end)
    };
    if let (Some(to), Some(from)) = (object(at), object(with % text.len())) {
        let new = text[from].to_vec();
        text.splice(to, new);
    }
}

/// A number of the kind that overflows something.
fn number(script: &mut Script<'_>) -> String {
    let known =
        ["0", "-0", "00", "1.0", "-0.1", "63", "64", "256", "9223372036854775808", "0.0000000001"];
    if script.flag() { script.pick(&known).to_owned() } else { script.u64().to_string() }
}
