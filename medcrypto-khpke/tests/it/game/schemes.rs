//! What plays the game: the crate, the mocks, and the scheme as printed.

use blstrs::{G1Affine, G1Projective, Scalar};
use medcrypto_core::bls::{G1, NonIdentityG1};
use medcrypto_khpke::paper::{self, PaperCiphertext, PaperPublicKey, PaperSecretKey};
use medcrypto_khpke::{
    AssociatedData, Ciphertext, Combination, DecryptionKey, RegisteredKey, Slots, Term,
};
use rand_chacha::ChaCha20Rng;

use super::exponent;
use crate::fixture::{self, small_log};
use crate::raw::{Input, Keys, Triple, Weakness, Wire, h};

pub trait Scheme {
    type Keys;
    type Public;
    fn generate(&self, rng: &mut ChaCha20Rng) -> Self::Keys;
    fn public(&self, keys: &Self::Keys) -> Self::Public;
    fn encrypt(&self, public: &Self::Public, ad: &[u8], m: i64, rng: &mut ChaCha20Rng) -> Vec<u8>;
    fn decrypt(&self, keys: &Self::Keys, ad: &[u8], bytes: &[u8]) -> Option<i64>;
    fn evaluate(
        &self,
        keys: &Self::Keys,
        inputs: &[Input],
        b: i64,
        ad: &[u8],
        rng: &mut ChaCha20Rng,
    ) -> Option<Vec<u8>>;
    /// What anybody can do to the part that carries the message: add 1.
    fn shift(&self, public: &Self::Public, bytes: &[u8]) -> Vec<u8>;
}

/// A scheme of the shape of KH-LCS, with a key that can be revealed.
pub trait Keyed: Scheme {
    /// α and β.
    fn reveal(&self, keys: &Self::Keys) -> [Triple; 2];
    fn id(&self, public: &Self::Public) -> [u8; 32];
    /// S, Ŝ, A, B.
    fn projections(&self, public: &Self::Public) -> [[G1Projective; 2]; 4];
    /// How tags are computed, which everybody knows.
    fn rule(&self) -> Weakness;
}

/// The crate.
pub struct Ours;

impl Scheme for Ours {
    type Keys = (DecryptionKey, RegisteredKey);
    type Public = RegisteredKey;

    fn generate(&self, rng: &mut ChaCha20Rng) -> Self::Keys {
        let (secret, public) = DecryptionKey::generate(Slots::ONE, rng).unwrap();
        let key = fixture::register(public, &secret, fixture::account(1), 1);
        (secret, key)
    }

    fn public(&self, (_, key): &Self::Keys) -> RegisteredKey {
        key.clone()
    }

    fn encrypt(&self, key: &RegisteredKey, ad: &[u8], m: i64, rng: &mut ChaCha20Rng) -> Vec<u8> {
        key.encrypt(&AssociatedData::new(ad).unwrap(), &[m], rng).unwrap().to_bytes()
    }

    fn decrypt(&self, (secret, _): &Self::Keys, ad: &[u8], bytes: &[u8]) -> Option<i64> {
        let ciphertext = Ciphertext::from_bytes(bytes).ok()?;
        let ad = AssociatedData::new(ad).unwrap();
        secret.decrypt(&ad, &ciphertext, small_log).ok().map(|messages| messages[0])
    }

    fn evaluate(
        &self,
        (secret, key): &Self::Keys,
        inputs: &[Input],
        b: i64,
        ad: &[u8],
        rng: &mut ChaCha20Rng,
    ) -> Option<Vec<u8>> {
        let decode = |(weight, ad, bytes): &Input| {
            let ciphertext = Ciphertext::from_bytes(bytes).ok()?;
            Some((*weight, ciphertext, AssociatedData::new(ad).unwrap()))
        };
        let inputs = inputs.iter().map(decode).collect::<Option<Vec<_>>>()?;
        let terms = inputs.iter().map(|(w, ciphertext, ad)| Term { weight: *w, ciphertext, ad });
        let terms: Vec<_> = terms.collect();
        let ad = AssociatedData::new(ad).unwrap();
        let combination = Combination { terms: &terms, constants: &[b], ad: &ad };
        let evaluation = secret.evaluation_key();
        let (result, _) = evaluation.evaluate(key, &combination, |_| true, rng).ok()?;
        Some(result.to_bytes())
    }

    fn shift(&self, _: &RegisteredKey, bytes: &[u8]) -> Vec<u8> {
        shift(bytes)
    }
}

impl Keyed for Ours {
    fn reveal(&self, (secret, _): &Self::Keys) -> [Triple; 2] {
        let bytes = secret.evaluation_key().to_secret_bytes();
        let scalar = |i: usize| {
            let bytes: [u8; 32] = bytes[35 + 32 * i..][..32].try_into().unwrap();
            Scalar::from_bytes_be(&bytes).unwrap()
        };
        [[scalar(0), scalar(1), scalar(2)], [scalar(3), scalar(4), scalar(5)]]
    }

    fn id(&self, key: &RegisteredKey) -> [u8; 32] {
        key.id().0
    }

    fn projections(&self, key: &RegisteredKey) -> [[G1Projective; 2]; 4] {
        let bytes = key.key().to_bytes();
        let point = |i: usize| {
            let bytes: [u8; 48] = bytes[4 + 48 * i..][..48].try_into().unwrap();
            G1Projective::from(G1Affine::from_compressed(&bytes).unwrap())
        };
        [0, 2, 4, 6].map(|i| [point(i), point(i + 1)])
    }

    fn rule(&self) -> Weakness {
        Weakness::default()
    }
}

/// E + H.
fn shift(bytes: &[u8]) -> Vec<u8> {
    let mut wire = Wire::parse(bytes).unwrap();
    wire.e += h();
    wire.to_bytes()
}

/// A mock holds its secrets in its public part too: only the adversaries here look, and they do not.
impl Scheme for Weakness {
    type Keys = Keys;
    type Public = Keys;

    fn generate(&self, rng: &mut ChaCha20Rng) -> Keys {
        self.keys(|| exponent(rng))
    }

    fn public(&self, keys: &Keys) -> Keys {
        keys.clone()
    }

    fn encrypt(&self, keys: &Keys, ad: &[u8], m: i64, rng: &mut ChaCha20Rng) -> Vec<u8> {
        let r = [exponent(rng), exponent(rng)];
        self.encrypt(keys, ad, m, r).to_bytes()
    }

    fn decrypt(&self, keys: &Keys, ad: &[u8], bytes: &[u8]) -> Option<i64> {
        self.decrypt(keys, ad, bytes)
    }

    fn evaluate(
        &self,
        keys: &Keys,
        inputs: &[Input],
        b: i64,
        ad: &[u8],
        rng: &mut ChaCha20Rng,
    ) -> Option<Vec<u8>> {
        let r = [exponent(rng), exponent(rng)];
        self.evaluate(keys, inputs, (b, ad), r).map(Wire::to_bytes)
    }

    fn shift(&self, _: &Keys, bytes: &[u8]) -> Vec<u8> {
        shift(bytes)
    }
}

impl Keyed for Weakness {
    fn reveal(&self, keys: &Keys) -> [Triple; 2] {
        [keys.alpha, keys.beta]
    }

    fn id(&self, keys: &Keys) -> [u8; 32] {
        keys.id
    }

    fn projections(&self, keys: &Keys) -> [[G1Projective; 2]; 4] {
        keys.projections
    }

    fn rule(&self) -> Weakness {
        *self
    }
}

/// The scheme as printed: no key of evaluation, no associated data, no constants.
pub struct Printed;

impl Scheme for Printed {
    type Keys = (PaperSecretKey, PaperPublicKey);
    type Public = PaperPublicKey;

    fn generate(&self, rng: &mut ChaCha20Rng) -> Self::Keys {
        let (public, issuer, opener) = paper::setup(rng);
        (paper::collude(issuer, opener), public)
    }

    fn public(&self, (_, public): &Self::Keys) -> PaperPublicKey {
        *public
    }

    fn encrypt(&self, key: &PaperPublicKey, _: &[u8], m: i64, rng: &mut ChaCha20Rng) -> Vec<u8> {
        write(&key.encrypt(m, rng))
    }

    fn decrypt(&self, (secret, key): &Self::Keys, _: &[u8], bytes: &[u8]) -> Option<i64> {
        let point = secret.decrypt(&read(bytes)?);
        (-200..=200).find(|m| fixture::multiple(&key.h, *m) == point)
    }

    fn evaluate(
        &self,
        _: &Self::Keys,
        inputs: &[Input],
        _: i64,
        _: &[u8],
        _: &mut ChaCha20Rng,
    ) -> Option<Vec<u8>> {
        let inputs = inputs.iter().map(|(_, _, bytes)| read(bytes)).collect::<Option<Vec<_>>>()?;
        Some(write(&PaperCiphertext::product(inputs)))
    }

    fn shift(&self, key: &PaperPublicKey, bytes: &[u8]) -> Vec<u8> {
        let ciphertext = read(bytes).unwrap();
        write(&PaperCiphertext { c3: ciphertext.c3 + key.h, ..ciphertext })
    }
}

fn write(ciphertext: &PaperCiphertext) -> Vec<u8> {
    let PaperCiphertext { c1, c2, c3 } = ciphertext;
    [c1, c2, c3].iter().flat_map(|point| point.to_bytes()).collect()
}

fn read(bytes: &[u8]) -> Option<PaperCiphertext> {
    let point = |i: usize| {
        let bytes = bytes.get(48 * i..48 * i + 48)?.try_into().ok()?;
        NonIdentityG1::from_bytes(bytes).ok().map(|point| point.point())
    };
    let [c1, c2, c3]: [G1; 3] = [point(0)?, point(1)?, point(2)?];
    Some(PaperCiphertext { c1, c2, c3 })
}
