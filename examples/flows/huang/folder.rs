//! A folder of FHIR R4 resources: read whole, checked against its digests, one patient chosen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use medcrypto_zk::fhir::FhirBundle;
use sha2::{Digest, Sha256};

use super::Failure;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// The resources of a folder, by file name.
#[derive(Clone, Debug)]
pub struct Folder {
    path: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// Reads every `.json` file of `path`. Where `SHA256SUMS` stands in the folder or beside it, a
    /// file that it lists must have the digest that it states.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the folder or the file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let entries = fs::read_dir(path).map_err(|error| data(&shown, &error))?;
        let mut files = BTreeMap::new();
        for entry in entries {
            let file = entry.map_err(|error| data(&shown, &error))?.path();
            let name = file.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            if let (Some(name), Some("json")) = (name, file.extension().and_then(|e| e.to_str())) {
                files.insert(name, read_file(&file)?);
            }
        }
        if files.is_empty() {
            return Err(Failure::Data(format!("{shown}: no .json file")));
        }
        let folder = Self { path: shown, files };
        folder.check_digests(path)?;
        Ok(folder)
    }

    /// The name and bytes of every file, in order of the names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Where the folder is, for messages.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    fn check_digests(&self, path: &Path) -> Result<(), Failure> {
        let folder = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let own = (path.join("SHA256SUMS"), String::new());
        let parent = (path.join("..").join("SHA256SUMS"), format!("{folder}/"));
        for (list, prefix) in [own, parent] {
            let Ok(text) = fs::read_to_string(&list) else { continue };
            for (digest, name) in text.lines().filter_map(|line| line.split_once("  ")) {
                let Some(name) = name.strip_prefix(&prefix) else { continue };
                self.check_digest(name, digest, &list)?;
            }
        }
        Ok(())
    }

    fn check_digest(&self, name: &str, digest: &str, list: &Path) -> Result<(), Failure> {
        let Some(bytes) = self.files.get(name) else { return Ok(()) };
        let found = hex::encode(Sha256::digest(bytes));
        if found == digest {
            return Ok(());
        }
        Err(Failure::Data(format!(
            "{}/{name}: SHA-256 is {found}, but {} states {digest}",
            self.path,
            list.display()
        )))
    }
}

/// Reads a file of at most 16 MiB.
///
/// # Errors
/// [`Failure::Data`] that names the file.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display().to_string();
    let length = fs::metadata(path).map_err(|error| data(&shown, &error))?.len();
    if length > MAX_FILE {
        return Err(Failure::Data(format!("{shown}: {length} bytes, more than {MAX_FILE}")));
    }
    fs::read(path).map_err(|error| data(&shown, &error))
}

fn data(place: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::Data(format!("{place}: {error}"))
}

/// The patient asked for, else f001, else the only one.
///
/// # Errors
/// [`Failure::Usage`] when none of these exists.
pub fn choose_patient(bundle: &FhirBundle, asked: Option<&str>) -> Result<String, Failure> {
    let patients: Vec<_> = bundle.patients().collect();
    let known = |id: &&str| patients.contains(id);
    let chosen = match (asked, patients.as_slice()) {
        (Some(id), _) => Some(id).filter(known),
        (None, [only]) => Some(*only),
        (None, _) => Some("f001").filter(known),
    };
    let there = patients.join(", ");
    chosen.map(str::to_owned).ok_or_else(|| match asked {
        Some(id) => Failure::Usage(format!("no patient {id}; there are: {there}")),
        None => Failure::Usage(format!("which --patient? there are: {there}")),
    })
}
