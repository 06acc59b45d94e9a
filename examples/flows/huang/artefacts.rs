//! What a run leaves in `--out`, and what it does with what an earlier run left there.
//!
//! Every file is written beside its name and renamed, so it is there whole or not at all. A folder
//! that already holds artefacts is checked first: every file must decode, the proof must verify under
//! key and statement, and the ciphertext must be what the manifest names. What is not as it was is
//! reported with its path, and nothing in the folder is touched.

use std::fs;
use std::path::{Path, PathBuf};

use medcrypto_ledger::cas::Cid;
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{ProvingKey, VerifyingKey};
use medcrypto_zk::proof::Proof;
use medcrypto_zk::statement::Statement;
use serde::{Deserialize, Serialize};

use super::Failure;
use super::folder::read_file;

const MANIFEST: &str = "manifest.json";
const PROVING_KEY: &str = "proving.key";
const VERIFYING_KEY: &str = "verifying.key";
const STATEMENT: &str = "statement.bin";
const PROOF: &str = "proof.bin";
const CIPHERTEXT: &str = "record.sealed";

/// The folder of `--out`.
#[derive(Clone, Debug)]
pub struct Artefacts(PathBuf);

/// What the files are, so that one of another run among them is noticed.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    schema: String,
    circuit: String,
    verifying_key: String,
    ciphertext: String,
}

impl Manifest {
    fn of(key: &VerifyingKey, ciphertext: &[u8]) -> Self {
        Self {
            schema: "medcrypto.artefacts.v1".to_owned(),
            circuit: hex::encode(key.circuit_digest()),
            verifying_key: hex::encode(key.digest()),
            ciphertext: Cid::of(ciphertext).to_string(),
        }
    }
}

/// What a finished run hands over.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// The proving key.
    pub key: &'a ProvingKey,
    /// The statement.
    pub statement: &'a Statement,
    /// Its proof, encoded.
    pub proof: &'a [u8],
    /// The ciphertext of the record.
    pub ciphertext: &'a [u8],
}

impl Artefacts {
    /// Makes the folder if it is missing.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the folder.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(path).map_err(|error| at(path, &error))?;
        Ok(Self(path.to_owned()))
    }

    /// Checks what an earlier run left, and says whether its key is for this circuit.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the file that is not as it was.
    pub fn check(&self, circuit: &Circuit) -> Result<bool, Failure> {
        let manifest = self.0.join(MANIFEST);
        if !manifest.exists() {
            return Ok(false);
        }
        let named: Manifest = serde_json::from_slice(&read_file(&manifest)?)
            .map_err(|error| at(&manifest, &error))?;
        let key = self.check_proof()?;
        let found = Manifest::of(&key, &self.read(CIPHERTEXT)?);
        let name = if found.ciphertext == named.ciphertext { MANIFEST } else { CIPHERTEXT };
        if found == named {
            Ok(found.circuit == hex::encode(circuit.digest()))
        } else {
            Err(at(&self.0.join(name), &"the manifest names another"))
        }
    }

    /// The proving key that an earlier run left for this circuit.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the file.
    pub fn proving_key(&self, circuit: Circuit) -> Result<ProvingKey, Failure> {
        ProvingKey::from_bytes(circuit, &self.read(PROVING_KEY)?)
            .map_err(|error| at(&self.0.join(PROVING_KEY), &error))
    }

    fn check_proof(&self) -> Result<VerifyingKey, Failure> {
        let path = |name| self.0.join(name);
        let key = VerifyingKey::from_bytes(&self.read(VERIFYING_KEY)?)
            .map_err(|error| at(&path(VERIFYING_KEY), &error))?;
        let statement = Statement::from_bytes(&self.read(STATEMENT)?)
            .map_err(|error| at(&path(STATEMENT), &error))?;
        let proof =
            Proof::from_bytes(&self.read(PROOF)?).map_err(|error| at(&path(PROOF), &error))?;
        key.verify(&statement, &proof).map_err(|error| at(&path(PROOF), &error))?;
        Ok(key)
    }

    /// Writes the artefacts of a finished run, the manifest last.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the file.
    pub fn write(&self, finished: &Finished<'_>) -> Result<(), Failure> {
        let verifying = finished.key.verifying_key();
        let manifest = serde_json::to_string_pretty(&Manifest::of(verifying, finished.ciphertext))
            .map_err(|error| at(&self.0.join(MANIFEST), &error))?;
        self.put(PROVING_KEY, &finished.key.to_bytes())?;
        self.put(VERIFYING_KEY, &verifying.to_bytes())?;
        self.put(STATEMENT, &finished.statement.to_bytes())?;
        self.put(PROOF, finished.proof)?;
        self.put(CIPHERTEXT, finished.ciphertext)?;
        self.put(MANIFEST, format!("{manifest}\n").as_bytes())
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        read_file(&self.0.join(name))
    }

    /// Writes beside the name and renames: whole, or not at all.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let (path, partial) = (self.0.join(name), self.0.join(format!("{name}.partial")));
        fs::write(&partial, bytes)
            .and_then(|()| fs::rename(&partial, &path))
            .map_err(|error| at(&path, &error))
    }
}

fn at(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Data(format!("{}: {error}", path.display()))
}
