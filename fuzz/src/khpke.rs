//! Targets of medcrypto-khpke.

mod decoders;
mod verifiers;

use std::sync::LazyLock;

use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AssociatedData, Ciphertext, DecryptionKey, PossessionProof, PublicKey,
    RegisteredKey, Slots,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

pub use decoders::{
    CIPHERTEXT, DECRYPTION_KEY, DECRYPTION_PROOF, EVALUATION_KEY, EVALUATION_PROOF, POSSESSION,
    PUBLIC_KEY, TRANSFER_CORE,
};
pub use verifiers::{EVALUATE, OPEN, VERIFY_DECRYPTION, VERIFY_EVALUATION, VERIFY_POSSESSION};

use crate::Target;

/// Targets of medcrypto-khpke.
pub const TARGETS: &[&Target] = &[
    &PUBLIC_KEY,
    &DECRYPTION_KEY,
    &EVALUATION_KEY,
    &CIPHERTEXT,
    &POSSESSION,
    &EVALUATION_PROOF,
    &DECRYPTION_PROOF,
    &TRANSFER_CORE,
    &VERIFY_POSSESSION,
    &OPEN,
    &EVALUATE,
    &VERIFY_EVALUATION,
    &VERIFY_DECRYPTION,
];

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed.into())
}

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::POSSESSION)
}

fn ad(bytes: &[u8]) -> Option<AssociatedData> {
    AssociatedData::new(bytes).ok()
}

/// Who reads, and its key as registered for the account of its number.
struct Reader {
    secret: DecryptionKey,
    key: RegisteredKey,
}

impl Reader {
    fn new(number: u8, slots: usize) -> Self {
        let slots = Slots::new(slots).unwrap();
        let (secret, public) = DecryptionKey::generate(slots, &mut rng(number)).unwrap();
        let proof = possession(&public, &secret, number);
        let key = public.register(account(number), &proof, &mut transcript()).unwrap();
        Self { secret, key: key.prepared() }
    }

    fn encrypt(&self, ad: &AssociatedData, messages: &[i64], seed: u8) -> Ciphertext {
        self.key.encrypt(ad, messages, &mut rng(seed)).unwrap()
    }
}

/// Keys number 1 and 2, of one slot each, and number 3 of two.
static READERS: LazyLock<[Reader; 3]> =
    LazyLock::new(|| [Reader::new(1, 1), Reader::new(2, 1), Reader::new(3, 2)]);

/// The reader that a part of one byte names.
fn reader(part: &[u8]) -> Option<&'static Reader> {
    let [number @ 1..=3] = part else { return None };
    READERS.get(usize::from(*number) - 1)
}

fn account(number: u8) -> AccountId {
    AccountId([number; 32])
}

fn possession(public: &PublicKey, secret: &DecryptionKey, number: u8) -> PossessionProof {
    let (account, mut rng) = (account(number), rng(number));
    PossessionProof::prove(public, &account, secret, &mut transcript(), &mut rng).unwrap()
}
