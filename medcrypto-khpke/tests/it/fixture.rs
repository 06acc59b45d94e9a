//! Keys, small discrete logarithms and seeded generators for the tests.

use std::collections::HashMap;
use std::sync::OnceLock;

use medcrypto_core::bls::{G1, Scalar, hash_to_g1};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AssociatedData, Ciphertext, DecryptionKey, PossessionProof, PublicKey,
    RegisteredKey, Slots,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn ad(text: &str) -> AssociatedData {
    AssociatedData::new(text.as_bytes()).unwrap()
}

pub fn transcript() -> Transcript {
    Transcript::new(dst::khpke::POSSESSION)
}

/// A generator by label and index, computed from the registered string and not by the crate.
pub fn generator(label: &[u8; 1], index: u32) -> G1 {
    hash_to_g1(dst::khpke::GEN, &[&label[..], &index.to_be_bytes()].concat())
}

/// Who reads: its key and the registered public key.
pub struct Reader {
    pub secret: DecryptionKey,
    pub key: RegisteredKey,
}

impl Reader {
    pub fn new(slots: usize, seed: u64) -> Self {
        let mut rng = rng(seed);
        let (secret, public) =
            DecryptionKey::generate(Slots::new(slots).unwrap(), &mut rng).unwrap();
        let key = register(public, &secret, account(seed), seed).prepared();
        Self { secret, key }
    }

    /// The same key, for the same account, with the A and B of another reader: they are in no row of a proof
    /// about a range or a transfer.
    pub fn with_tag_key_of(&self, other: &Self) -> RegisteredKey {
        let [public, lent] = [self, other].map(|reader| reader.key.key().to_bytes());
        let tail = public.len() - 192;
        let public = PublicKey::from_bytes(&[&public[..tail], &lent[tail..]].concat()).unwrap();
        let [secret, lent] = [self, other].map(|reader| reader.secret.to_secret_bytes());
        let parts = [&secret[..4], &public.id().0, &lent[36..228], &secret[228..]];
        let secret = DecryptionKey::from_bytes(&parts.concat()).unwrap();
        register(public, &secret, self.key.account(), 1)
    }

    pub fn decrypt(
        &self,
        ad: &AssociatedData,
        ciphertext: &Ciphertext,
    ) -> Result<Vec<i64>, medcrypto_khpke::Error> {
        self.secret.decrypt(ad, ciphertext, small_log)
    }
}

pub fn account(number: u64) -> AccountId {
    let mut id = [0; 32];
    id[24..].copy_from_slice(&number.to_be_bytes());
    AccountId(id)
}

pub fn register(
    public: PublicKey,
    secret: &DecryptionKey,
    account: AccountId,
    seed: u64,
) -> RegisteredKey {
    let proof =
        PossessionProof::prove(&public, &account, secret, &mut transcript(), &mut rng(seed));
    public.register(account, &proof.unwrap(), &mut transcript()).unwrap()
}

/// One reader of one slot, for tests that only read from it.
pub fn alice() -> &'static Reader {
    static ALICE: OnceLock<Reader> = OnceLock::new();
    ALICE.get_or_init(|| Reader::new(1, 1))
}

/// m for [m]H with |m| ≤ 1000.
pub fn small_log(point: &G1) -> Option<i64> {
    static TABLE: OnceLock<HashMap<[u8; 48], i64>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let h = generator(b"H", 0);
        (-1000..=1000).map(|m| (multiple(&h, m).to_bytes(), m)).collect()
    });
    table.get(&point.to_bytes()).copied()
}

/// [m]P for a small m of either sign.
pub fn multiple(point: &G1, m: i64) -> G1 {
    let product = point.mul_vartime(&Scalar::from_u64(m.unsigned_abs()));
    if m < 0 { -product } else { product }
}
