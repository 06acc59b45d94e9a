//! What a run leaves in `--out`, and what it does with what an earlier run left there.
//!
//! All files are written beside their names first and renamed when all are there, the manifest last; a
//! failure leaves none of them. A folder that already holds artefacts is checked before anything else
//! happens: every file must have the digest that the manifest states, and the proof must verify under
//! key and statement. What is not as it was is reported with its path, and nothing is touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{ProvingKey, VerifyingKey};
use medcrypto_zk::proof::Proof;
use medcrypto_zk::statement::Statement;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Failure;
use super::folder::read_file;

const MANIFEST: &str = "manifest.json";
const PROVING_KEY: &str = "proving.key";
const VERIFYING_KEY: &str = "verifying.key";
const STATEMENT: &str = "statement.bin";
const PROOF: &str = "proof.bin";
const CIPHERTEXT: &str = "record.sealed";
const FIGURE: &str = "figure-5.svg";
const FILES: [&str; 6] = [PROVING_KEY, VERIFYING_KEY, STATEMENT, PROOF, CIPHERTEXT, FIGURE];

/// The folder of `--out`.
#[derive(Clone, Debug)]
pub struct Artefacts(PathBuf);

/// SHA-256 of every file, by name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    schema: String,
    sha256: BTreeMap<String, String>,
}

/// What a finished run hands over.
#[derive(Clone, Debug)]
pub struct Finished<'a> {
    /// The proving key.
    pub key: &'a ProvingKey,
    /// The statement.
    pub statement: &'a Statement,
    /// Its proof, encoded.
    pub proof: &'a [u8],
    /// The ciphertext of the record.
    pub ciphertext: &'a [u8],
    /// Figure 5 of the paper with this run's bar.
    pub figure: String,
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
        let manifest = self.path(MANIFEST);
        if !manifest.exists() {
            let stray = FILES.iter().find(|name| self.path(name).exists());
            let stray = stray.map(|name| at(&self.path(name), &"there is no manifest for it"));
            return stray.map_or(Ok(false), Err);
        }
        let stated: Manifest = serde_json::from_slice(&read_file(&manifest)?)
            .map_err(|error| at(&manifest, &error))?;
        for name in FILES {
            if stated.sha256.get(name) != Some(&digest(&self.read(name)?)) {
                let message = format!("its SHA-256 is not the one in {MANIFEST}");
                return Err(at(&self.path(name), &message));
            }
        }
        let key = self.check_proof()?;
        Ok(key.circuit_digest() == circuit.digest())
    }

    /// The proving key that an earlier run left for this circuit.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the file.
    pub fn proving_key(&self, circuit: Circuit) -> Result<ProvingKey, Failure> {
        ProvingKey::from_bytes(circuit, &self.read(PROVING_KEY)?)
            .map_err(|error| at(&self.path(PROVING_KEY), &error))
    }

    fn check_proof(&self) -> Result<VerifyingKey, Failure> {
        let key = VerifyingKey::from_bytes(&self.read(VERIFYING_KEY)?)
            .map_err(|error| at(&self.path(VERIFYING_KEY), &error))?;
        let statement = Statement::from_bytes(&self.read(STATEMENT)?)
            .map_err(|error| at(&self.path(STATEMENT), &error))?;
        let proof =
            Proof::from_bytes(&self.read(PROOF)?).map_err(|error| at(&self.path(PROOF), &error))?;
        key.verify(&statement, &proof).map_err(|error| at(&self.path(PROOF), &error))?;
        Ok(key)
    }

    /// Writes the artefacts of a finished run: all of them or none.
    ///
    /// # Errors
    /// [`Failure::Data`] that names the file.
    pub fn write(&self, finished: &Finished<'_>) -> Result<(), Failure> {
        let files = [
            (PROVING_KEY, finished.key.to_bytes()),
            (VERIFYING_KEY, finished.key.verifying_key().to_bytes()),
            (STATEMENT, finished.statement.to_bytes()),
            (PROOF, finished.proof.to_vec()),
            (CIPHERTEXT, finished.ciphertext.to_vec()),
            (FIGURE, finished.figure.clone().into_bytes()),
        ];
        let sha256 =
            files.iter().map(|(name, bytes)| ((*name).to_owned(), digest(bytes))).collect();
        let manifest = Manifest { schema: "medcrypto.artefacts.v1".to_owned(), sha256 };
        let manifest = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| at(&self.path(MANIFEST), &error))?;
        let all =
            || files.iter().map(|(name, bytes)| (*name, bytes)).chain([(MANIFEST, &manifest)]);
        let written = all().try_for_each(|(name, bytes)| self.prepare(name, bytes));
        let written = written.and_then(|()| all().try_for_each(|(name, _)| self.publish(name)));
        if written.is_err() {
            // What cannot be removed either is named by the error that is returned.
            all().for_each(|(name, _)| drop(fs::remove_file(self.partial(name))));
        }
        written
    }

    /// Writes beside the name; a name that could not be taken later is refused now.
    fn prepare(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.path(name);
        if path.is_dir() {
            return Err(at(&path, &"a folder stands in its place"));
        }
        fs::write(self.partial(name), bytes).map_err(|error| at(&path, &error))
    }

    fn publish(&self, name: &str) -> Result<(), Failure> {
        let path = self.path(name);
        fs::rename(self.partial(name), &path).map_err(|error| at(&path, &error))
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        read_file(&self.path(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn partial(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.partial"))
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn at(path: &Path, error: &dyn core::fmt::Display) -> Failure {
    Failure::Data(format!("{}: {error}", path.display()))
}
