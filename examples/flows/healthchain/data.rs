//! What the devices measure: five minutes of one ECG lead, and vital signs.

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::flows::Failure;
use crate::flows::folder::Folder;

/// The lead, below the folder of the data.
pub const LEAD: &str = "ecg/mitdb208_mlii.u16le";
/// Samples a second.
pub const HERTZ: usize = 360;
/// Seconds of a window.
pub const WINDOW_S: usize = 10;
/// Bytes of a window: two a sample.
pub const WINDOW_LEN: usize = HERTZ * WINDOW_S * 2;
/// Whose vital signs.
const SUBJECT: &str = "Patient/example";

/// The measurements.
#[derive(Clone, Debug)]
pub struct Source {
    /// Windows of ten seconds, a multiple of three.
    pub windows: Vec<Vec<u8>>,
    /// FHIR observations of vital signs.
    pub vitals: Vec<Vec<u8>>,
}

impl Source {
    /// Reads the lead and the vital signs below `path`, and checks their digests.
    ///
    /// # Errors
    /// [`Failure::Data`] names the file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let data = |error: &dyn ToString| Failure::Data(format!("{shown}: {}", error.to_string()));
        let lead = fs::read(path.join(LEAD)).map_err(|error| data(&error))?;
        let sums = fs::read_to_string(path.join("SHA256SUMS")).map_err(|error| data(&error))?;
        let listed = format!("{}  {LEAD}", hex::encode(Sha256::digest(&lead)));
        if !sums.lines().any(|line| line == listed) {
            return Err(Failure::Data(format!("{shown}/{LEAD}: not the digest of SHA256SUMS")));
        }
        let windows: Vec<_> = lead.chunks(WINDOW_LEN).map(<[u8]>::to_vec).collect();
        if windows.len() % 3 != 0 || lead.len() % WINDOW_LEN != 0 || lead.is_empty() {
            return Err(Failure::Data(format!(
                "{shown}/{LEAD}: not whole windows, a multiple of three"
            )));
        }
        let folder = Folder::read(&path.join("fhir"))?;
        let vitals = vitals(&folder)?;
        if vitals.is_empty() {
            return Err(Failure::Data(format!("{}: no vital signs of {SUBJECT}", folder.path())));
        }
        Ok(Self { windows, vitals })
    }
}

/// The subject's observations in the category of vital signs, in order of the file names.
fn vitals(folder: &Folder) -> Result<Vec<Vec<u8>>, Failure> {
    let mut vitals = Vec::new();
    for (name, bytes) in folder.files() {
        let resource: Value = serde_json::from_slice(bytes)
            .map_err(|error| Failure::Data(format!("{}/{name}: {error}", folder.path())))?;
        let category = resource.pointer("/category/0/coding/0/code");
        let subject = resource.pointer("/subject/reference");
        if category == Some(&"vital-signs".into()) && subject == Some(&SUBJECT.into()) {
            vitals.push(bytes.to_vec());
        }
    }
    Ok(vitals)
}

/// What a doctor sees in a window: the lowest and the highest value in microvolts.
///
/// # Errors
/// [`Failure::Data`] for bytes that are no window.
pub fn extremes(window: &[u8]) -> Result<(i64, i64), Failure> {
    let samples = window.chunks_exact(2).filter_map(|sample| <[u8; 2]>::try_from(sample).ok());
    let samples = samples.map(|sample| i64::from(u16::from_le_bytes(sample)));
    // Millivolt = (x − 1024) / 200.
    let volts = samples.map(|x| (x - 1024) * 5);
    let extremes = volts.clone().min().zip(volts.max()).filter(|_| window.len() % 2 == 0);
    extremes.ok_or_else(|| Failure::Data("not a window".to_owned()))
}
