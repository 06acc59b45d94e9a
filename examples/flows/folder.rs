//! A folder of FHIR R4 resources: read whole, checked against its digests, one patient chosen.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use medcrypto_zk::fhir::FhirBundle;
use sha2::{Digest, Sha256};

use super::Failure;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 16 << 20;
/// The most resource files of a folder.
const MAX_FILES: usize = 10_000;
/// The most bytes of a folder's resource files together.
const MAX_FOLDER: usize = 256 << 20;

/// The resources of a folder, by file name.
#[derive(Clone, Debug)]
pub struct Folder {
    path: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// Reads every `.json` file of `path`. Where `SHA256SUMS` stands in the folder or beside it, every
    /// `.json` file that it lists must be there with the digest that it states.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the folder or the file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let whole = path.canonicalize().map_err(|error| data(&shown, &error))?;
        let entries = fs::read_dir(&whole).map_err(|error| data(&shown, &error))?;
        let mut folder = Self { path: shown, files: BTreeMap::new() };
        for entry in entries {
            let file = entry.map_err(|error| data(&folder.path, &error))?.path();
            folder.take(&file)?;
        }
        if folder.files.is_empty() {
            return Err(data(&folder.path, &"no .json file"));
        }
        folder.check_digests(&whole)?;
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

    /// The patient asked for, else f001, else the only one.
    ///
    /// # Errors
    /// [`Failure::Usage`] when none of these exists.
    pub fn choose_patient(
        &self,
        bundle: &FhirBundle,
        asked: Option<&str>,
    ) -> Result<String, Failure> {
        let patients: Vec<_> = bundle.patients().collect();
        let known = |id: &&str| patients.contains(id);
        let chosen = match (asked, patients.as_slice()) {
            (Some(id), _) => Some(id).filter(known),
            (None, [only]) => Some(*only),
            (None, _) => Some("f001").filter(known),
        };
        let wanted = asked.map_or("which --patient?".to_owned(), |id| format!("no patient {id};"));
        let there = if patients.is_empty() { "none".to_owned() } else { patients.join(", ") };
        chosen
            .map(str::to_owned)
            .ok_or_else(|| Failure::Usage(format!("{}: {wanted} there are: {there}", self.path)))
    }

    /// Reads one entry of the folder if it is a resource.
    fn take(&mut self, file: &Path) -> Result<(), Failure> {
        let name = file.file_name().and_then(|name| name.to_str());
        let (Some(name), Some("json")) = (name, file.extension().and_then(|e| e.to_str())) else {
            return Ok(());
        };
        self.files.insert(name.to_owned(), read_file(file)?);
        let bytes: usize = self.files.values().map(Vec::len).sum();
        if self.files.len() > MAX_FILES || bytes > MAX_FOLDER {
            let bound = format!("more than {MAX_FILES} files or {MAX_FOLDER} bytes");
            return Err(data(&self.path, &bound));
        }
        Ok(())
    }

    fn check_digests(&self, path: &Path) -> Result<(), Failure> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let own = (path.join("SHA256SUMS"), String::new());
        let beside = (path.join("..").join("SHA256SUMS"), format!("{name}/"));
        [own, beside].iter().try_for_each(|(list, prefix)| self.check_list(list, prefix))
    }

    /// Checks what a list in the form of sha256sum says about this folder.
    fn check_list(&self, list: &Path, prefix: &str) -> Result<(), Failure> {
        let text = match fs::read_to_string(list) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            read => read.map_err(|error| data(&list.display(), &error))?,
        };
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty()) {
            let place = format!("{}: line {number}", list.display());
            let (digest, name) = line
                .split_once([' ', '\t'])
                .ok_or_else(|| data(&place, &"not a digest and a name"))?;
            let name = name.trim_start_matches([' ', '*']).trim_start_matches("./");
            let own = name.strip_prefix(prefix).filter(|name| !name.contains('/'));
            if let Some(name) = own.filter(|name| name.ends_with(".json")) {
                self.check_digest(name, digest, &place)?;
            }
        }
        Ok(())
    }

    fn check_digest(&self, name: &str, digest: &str, place: &str) -> Result<(), Failure> {
        let file = format!("{}/{name}", self.path);
        let bytes = self.files.get(name);
        let bytes = bytes.ok_or_else(|| data(&file, &format!("missing, but {place} lists it")))?;
        let found = hex::encode(Sha256::digest(bytes));
        if found == digest {
            Ok(())
        } else {
            Err(data(&file, &format!("SHA-256 is {found}, but {place} states {digest}")))
        }
    }
}

/// Reads a regular file of at most 16 MiB.
///
/// # Errors
/// [`Failure::Data`] that names the file.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: &dyn core::fmt::Display| data(&path.display(), error);
    // Asked before opening: opening a pipe waits for somebody to write.
    if !fs::metadata(path).map_err(|error| failed(&error))?.is_file() {
        return Err(failed(&"not a regular file"));
    }
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_FILE) {
        Ok(bytes)
    } else {
        Err(failed(&format!("more than {MAX_FILE} bytes")))
    }
}

fn data(place: &dyn core::fmt::Display, error: &dyn core::fmt::Display) -> Failure {
    Failure::Data(format!("{place}: {error}"))
}
