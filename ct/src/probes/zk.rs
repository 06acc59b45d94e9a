//! medcrypto-zk: the holder's secret, salts and commitments.
//!
//! Poseidon and the reduction of secrets run in arkworks' field, which is variable time; so is the
//! prover, which the README leaves to the holder's own machine and which has no probe.

use medcrypto_zk::{
    commitment::RecordOpening,
    field::LineageId,
    holder::HolderSecret,
    record::{Entry, Record},
    schema::{Date, Schema},
};

use super::{Probe, clean, explained};
use crate::secret::{SecretRng, poisoned, public_rng, sink};

pub const PROBES: &[Probe] = &[
    clean("zk/holder-generate", || sink(secret().to_secret_bytes())),
    explained("zk/holder-commitment", || sink(secret().commitment())),
    clean("zk/opening-generate", || sink(opening(&mut SecretRng::new(1)))),
    clean("zk/opening-encode", || sink(opening(&mut SecretRng::new(1)).to_secret_bytes())),
    clean("zk/opening-decode", opening_decode),
    explained("zk/salts-and-commitment", || sink(opening(&mut SecretRng::new(1)).commitment())),
];

fn secret() -> HolderSecret {
    HolderSecret::generate(&mut SecretRng::new(1))
}

fn opening<R: medcrypto_core::rand_core::RngCore + medcrypto_core::rand_core::CryptoRng>(
    rng: &mut R,
) -> RecordOpening {
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    let born = schema.field("birth_date").unwrap();
    let day = Date::new(1944, 11, 17).unwrap().day_number();
    record.set(born, Entry::point(schema.spec(born).unwrap().encode(day).unwrap())).unwrap();
    let holder = HolderSecret::generate(&mut public_rng(1)).commitment();
    RecordOpening::generate(record, holder, LineageId::from_id(&[7; 31]), rng)
}

fn opening_decode() {
    let bytes = opening(&mut public_rng(2)).to_secret_bytes();
    // Header and schema stand before the seed, the public rest after it.
    let (start, end) = (3 + 32, 3 + 64);
    let seed = poisoned(bytes[start..end].to_vec(), 0);
    let mut secret = bytes.to_vec();
    secret[start..end].copy_from_slice(&seed);
    sink(RecordOpening::from_bytes(Schema::clinical_v1(), &secret).unwrap());
}
