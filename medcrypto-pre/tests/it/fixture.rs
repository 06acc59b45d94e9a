//! One authority, a few people, one delegation.

use medcrypto_pre::{
    Authority, Delegatee, DelegateeKey, Delegation, Delegator, Error, Grant, Header, Identity,
    Proxy, PublicParams, RecordAddress, RecordId, ScopePath, Terms, UnixTime, VerifiedIdentityKey,
    VerifiedReKey,
    rand_core::{CryptoRng, Error as RngError, RngCore},
    seal_to_vec,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

pub const NOW: UnixTime = UnixTime(1_500);

/// A generator for reproducible tests.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A generator that is stuck on one byte.
pub struct Stuck;

impl RngCore for Stuck {
    fn next_u32(&mut self) -> u32 {
        0x0707_0707
    }
    fn next_u64(&mut self) -> u64 {
        0x0707_0707_0707_0707
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        dest.fill(7);
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), RngError> {
        dest.fill(7);
        Ok(())
    }
}

impl CryptoRng for Stuck {}

pub fn id(subject: &str) -> Identity {
    Identity::new("realm.example", subject, "2025").unwrap()
}

pub fn path(components: &[&str]) -> ScopePath {
    ScopePath::new(components).unwrap()
}

pub fn terms() -> Terms {
    Terms::new(UnixTime(1_000), UnixTime(2_000)).unwrap()
}

pub struct World {
    pub authority: Authority,
    pub alice: VerifiedIdentityKey,
    pub bob: VerifiedIdentityKey,
    pub carol: VerifiedIdentityKey,
    pub proxy: VerifiedIdentityKey,
}

pub fn world() -> World {
    let authority = Authority::setup(&mut rng(1));
    let key = |name| authority.issue(&id(name)).unwrap().verify(authority.params()).unwrap();
    let (alice, bob, carol, proxy) = (key("alice"), key("bob"), key("carol"), key("proxy"));
    World { alice, bob, carol, proxy, authority }
}

impl World {
    pub fn params(&self) -> &PublicParams {
        self.authority.params()
    }

    pub fn alice_id() -> Delegator {
        Delegator(id("alice"))
    }

    pub fn address(components: &[&str], record: &[u8]) -> RecordAddress {
        let record = RecordId::new(record).unwrap();
        match components {
            [] => RecordAddress::private(Self::alice_id(), record),
            _ => RecordAddress::in_scope(Self::alice_id(), path(components), record),
        }
    }

    pub fn grant(components: &[&str]) -> Grant {
        Grant {
            delegatee: Delegatee(id("bob")),
            proxy: Proxy(id("proxy")),
            scope: path(components),
            terms: terms(),
        }
    }

    pub fn seal(&self, address: &RecordAddress, record: &[u8]) -> (Header, Vec<u8>) {
        seal_to_vec(self.params(), address, record, &mut rng(2)).unwrap()
    }

    pub fn delegate(&self, grant: &Grant) -> (VerifiedReKey, DelegateeKey) {
        let Delegation { sealed, statement } = self.alice.delegate(grant, &mut rng(3)).unwrap();
        let rekey = self.proxy.import(&sealed, &Self::alice_id()).unwrap();
        (rekey, self.bob.accept(statement, &Self::alice_id()).unwrap())
    }
}

/// The error of a result whose value cannot be printed or compared.
pub fn refused<T>(result: Result<T, Error>) -> Error {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error,
    }
}
