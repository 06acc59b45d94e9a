//! A content-addressed store under real CIDv1 identifiers.
//!
//! ```text
//! cid(bytes)  = CIDv1(raw 0x55, sha2-256(bytes))                       up to 256 KiB
//! cid(bytes)  = CIDv1(dag-cbor 0x71, sha2-256([total, [cid, …]]))      above: chunks of 256 KiB
//! get(cid)    = bytes with cid(bytes) = cid, or an error
//! ```
//!
//! A store is not trusted: every block read is hashed again, a manifest holds raw chunks only (so
//! no loop and no depth), all but the last are full, and the total agrees. A raw identifier is what
//! IPFS gives a single block with raw leaves; UnixFS trees, DHT and bitswap are not reproduced.
//!
//! Status: *standard* identifiers; the manifest is a *composition*.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use cid::{CidGeneric, Version};
use multihash::Multihash;
use sha2::{Digest as _, Sha256};

use crate::codec::{self, as_array};
use crate::error::Error;

/// The largest raw block and the size of a chunk: 256 KiB.
pub const CHUNK: usize = 256 * 1024;

/// The most chunks of a manifest: objects up to 1 GiB.
pub const MAX_CHUNKS: usize = 4096;

const RAW: u64 = 0x55;
const DAG_CBOR: u64 = 0x71;
const SHA2_256: u64 = 0x12;

/// A content identifier: 36 bytes, shown as base32 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cid(CidGeneric<32>);

impl Cid {
    /// Size in bytes.
    pub const LEN: usize = 36;

    /// The identifier of an object of any size.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.len() <= CHUNK {
            return Self::block(RAW, bytes);
        }
        Self::block(DAG_CBOR, &codec::encode(&Manifest::of(bytes)))
    }

    /// Its 36 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// The SHA-256 digest inside: of the content itself, or of the manifest of its chunks.
    #[must_use]
    pub fn content_digest(&self) -> &[u8] {
        self.0.hash().digest()
    }

    /// Reads an identifier that this store could have made.
    ///
    /// # Errors
    /// [`Error::Cid`] for another version, codec or hash, or for another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let cid = CidGeneric::<32>::try_from(bytes).or(Err(Error::Cid))?;
        if cid.to_bytes() == bytes { Self::supported(cid) } else { Err(Error::Cid) }
    }

    /// CIDv1, raw or DAG-CBOR, SHA-256.
    fn supported(cid: CidGeneric<32>) -> Result<Self, Error> {
        let version = cid.version() == Version::V1 && matches!(cid.codec(), RAW | DAG_CBOR);
        let hash = cid.hash().code() == SHA2_256 && cid.hash().digest().len() == 32;
        if version && hash { Ok(Self(cid)) } else { Err(Error::Cid) }
    }

    /// The identifier of one block.
    fn block(codec: u64, bytes: &[u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        let hash = Multihash::wrap(SHA2_256, &digest).unwrap_or_default();
        Self(CidGeneric::new_v1(codec, hash))
    }
}

impl core::fmt::Display for Cid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// Encoded as a DAG-CBOR link (tag 42), so that IPLD tools can follow a manifest.
impl serde::Serialize for Cid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Cid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let cid = CidGeneric::<32>::deserialize(deserializer)?;
        Self::supported(cid).map_err(serde::de::Error::custom)
    }
}

/// The chunks of a large object.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Manifest {
    total: u64,
    chunks: Vec<Cid>,
}
as_array!(Manifest { total, chunks });

impl Manifest {
    fn of(bytes: &[u8]) -> Self {
        let chunks = bytes.chunks(CHUNK).map(|chunk| Cid::block(RAW, chunk)).collect();
        Self { total: bytes.len() as u64, chunks }
    }

    /// Size of chunk `index`, if the manifest is one that [`Manifest::of`] makes.
    fn sizes(&self) -> Result<impl Iterator<Item = usize> + use<>, Error> {
        let total = usize::try_from(self.total).or(Err(Error::Corrupt))?;
        let count = self.chunks.len();
        let raw = self.chunks.iter().all(|cid| cid.0.codec() == RAW);
        let fits = count <= MAX_CHUNKS && total > CHUNK && total.div_ceil(CHUNK) == count;
        if !raw || !fits {
            return Err(Error::Corrupt);
        }
        Ok((0..count).map(move |i| total.saturating_sub(i.saturating_mul(CHUNK)).min(CHUNK)))
    }
}

/// Where blocks lie. It may lie about them: [`put`] and [`get`] do not trust it.
pub trait Store {
    /// The block under an identifier.
    fn read(&self, cid: &Cid) -> Option<Vec<u8>>;

    /// Keeps a block.
    fn write(&mut self, cid: Cid, block: Vec<u8>);
}

/// A store in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    blocks: BTreeMap<Cid, Vec<u8>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub const fn new() -> Self {
        Self { blocks: BTreeMap::new() }
    }

    /// Every block with its identifier.
    pub fn blocks(&self) -> impl Iterator<Item = (&Cid, &[u8])> {
        self.blocks.iter().map(|(cid, block)| (cid, block.as_slice()))
    }
}

impl Store for MemoryStore {
    fn read(&self, cid: &Cid) -> Option<Vec<u8>> {
        self.blocks.get(cid).cloned()
    }

    fn write(&mut self, cid: Cid, block: Vec<u8>) {
        self.blocks.insert(cid, block);
    }
}

/// Stores an object and returns its identifier, which is computed here.
///
/// # Errors
/// [`Error::OutOfRange`] above [`MAX_CHUNKS`] chunks.
pub fn put<S: Store>(store: &mut S, bytes: &[u8]) -> Result<Cid, Error> {
    let cid = Cid::of(bytes);
    if bytes.len() <= CHUNK {
        store.write(cid, bytes.to_vec());
        return Ok(cid);
    }
    let manifest = Manifest::of(bytes);
    if manifest.chunks.len() > MAX_CHUNKS {
        return Err(Error::OutOfRange);
    }
    for (id, chunk) in manifest.chunks.iter().zip(bytes.chunks(CHUNK)) {
        store.write(*id, chunk.to_vec());
    }
    store.write(cid, codec::encode(&manifest));
    Ok(cid)
}

/// Reads an object and checks every block of it against its identifier.
///
/// # Errors
/// [`Error::Missing`] if a block is not there, [`Error::Corrupt`] if one is not what it should be.
pub fn get<S: Store>(store: &S, cid: &Cid) -> Result<Vec<u8>, Error> {
    let block = read_checked(store, cid)?;
    if cid.0.codec() == RAW {
        return if block.len() <= CHUNK { Ok(block) } else { Err(Error::Corrupt) };
    }
    let manifest = codec::decode::<Manifest>(&block).or(Err(Error::Corrupt))?;
    let mut object = Vec::new();
    for (chunk_id, size) in manifest.chunks.iter().zip(manifest.sizes()?) {
        let chunk = read_checked(store, chunk_id)?;
        if chunk.len() != size {
            return Err(Error::Corrupt);
        }
        object.extend_from_slice(&chunk);
    }
    Ok(object)
}

/// One block whose hash is the identifier's.
fn read_checked<S: Store>(store: &S, cid: &Cid) -> Result<Vec<u8>, Error> {
    let block = store.read(cid).ok_or(Error::Missing)?;
    if Cid::block(cid.0.codec(), &block) == *cid { Ok(block) } else { Err(Error::Corrupt) }
}
