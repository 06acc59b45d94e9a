//! A JSON value with its file and path, so that every complaint can name its place.

use serde_json::Value;

use super::{IngestError, IngestErrorKind};

/// A place in a file.
#[derive(Clone)]
pub(super) struct Part<'a> {
    pub(super) file: &'a str,
    pub(super) path: String,
    pub(super) value: &'a Value,
}

impl<'a> Part<'a> {
    pub(super) fn root(file: &'a str, path: &str, value: &'a Value) -> Self {
        Self { file, path: path.into(), value }
    }

    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self { file: self.file, path: format!("{}.{key}", self.path), value })
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// The items of an array; none if there is no array.
    pub(super) fn items(&self, key: &str) -> Vec<Self> {
        let array = self.value.get(key).and_then(Value::as_array).map_or([].as_slice(), |a| a);
        let item =
            |(i, value)| Self { file: self.file, path: format!("{}.{key}[{i}]", self.path), value };
        array.iter().enumerate().map(item).collect()
    }

    /// Codes of one system in a CodeableConcept.
    pub(super) fn codes(&self, system: &str) -> Vec<&'a str> {
        let coding = self.items("coding").into_iter();
        let of_system = coding.filter(|coding| coding.text("system") == Some(system));
        of_system.filter_map(|coding| coding.text("code")).collect()
    }

    pub(super) fn error(&self, kind: IngestErrorKind) -> IngestError {
        IngestError { file: self.file.into(), path: self.path.clone(), kind }
    }

    pub(super) fn error_in(&self, key: &str, kind: IngestErrorKind) -> IngestError {
        let path = format!("{}.{key}", self.path);
        IngestError { file: self.file.into(), path, kind }
    }
}
