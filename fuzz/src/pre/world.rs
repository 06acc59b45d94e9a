//! One authority, a few people, and what they made.

use std::sync::LazyLock;

use medcrypto_core::codec::Reader;
use medcrypto_pre::{
    Authority, Delegatee, Delegator, Error, Grant, Header, Identity, MasterSecretKey, Proxy,
    PublicParams, ReEncryptedHeader, ReKey, ReKeyStatement, RecordAddress, RecordId,
    RevocationList, ScopePath, SealedReKey, Terms, UnixTime, VerifiedIdentityKey, seal_to_vec,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

/// A time inside the window of every delegation.
pub(super) const NOW: UnixTime = UnixTime(1_500);

pub(super) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(super) struct World {
    pub(super) authority: Authority,
    pub(super) alice: VerifiedIdentityKey,
    pub(super) bob: VerifiedIdentityKey,
    pub(super) proxy: VerifiedIdentityKey,
}

pub(super) static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = Authority::from_master_key(MasterSecretKey::generate(&mut rng(1)));
    let key = |name| authority.issue(&id(name)).unwrap().verify(authority.params()).unwrap();
    let (alice, bob, proxy) = (key("alice"), key("bob"), key("proxy"));
    World { alice, bob, proxy, authority }
});

pub(super) fn id(subject: &str) -> Identity {
    Identity::new("realm.example", subject, "2025").unwrap()
}

/// An identity from its encoding.
pub(super) fn read_id(bytes: &[u8]) -> Option<Identity> {
    let mut reader = Reader::new(bytes);
    let mut part = || std::str::from_utf8(reader.bytes(Identity::MAX_PART).ok()?).ok();
    let identity = Identity::new(part()?, part()?, part()?).ok()?;
    reader.finish().ok().map(|()| identity)
}

/// A scope path from its encoding; no scope from a zero byte.
pub(super) fn read_scope(bytes: &[u8]) -> Option<Option<ScopePath>> {
    let mut reader = Reader::new(bytes);
    let depth = reader.u8().ok()?;
    let part = |_| std::str::from_utf8(reader.bytes(ScopePath::MAX_COMPONENT).ok()?).ok();
    let parts = (0..depth.min(5)).map(part).collect::<Option<Vec<_>>>()?;
    reader.finish().ok()?;
    if depth == 0 { Some(None) } else { Some(Some(ScopePath::new(&parts).ok()?)) }
}

pub(super) fn address(owner: &[u8], scope: &[u8], record: &[u8]) -> Option<RecordAddress> {
    let (owner, record) = (Delegator(read_id(owner)?), RecordId::new(record).ok()?);
    Some(match read_scope(scope)? {
        Some(scope) => RecordAddress::in_scope(owner, scope, record),
        None => RecordAddress::private(owner, record),
    })
}

/// A delegation of alice to bob through the proxy, and what was made of it.
pub(super) struct Delegated {
    pub(super) key: ReKey,
    pub(super) sealed: SealedReKey,
    pub(super) statement: ReKeyStatement,
}

pub(super) static DELEGATED: LazyLock<Vec<Delegated>> =
    LazyLock::new(|| [&["lab"][..], &["lab", "2025Q3"]].map(delegated).into());

fn delegated(scope: &[&str]) -> Delegated {
    let terms = Terms::new(UnixTime(1_000), UnixTime(2_000)).unwrap();
    let terms = terms.licence("licence-42").unwrap().purpose("study 7").unwrap().serial(3);
    let (delegatee, proxy) = (Delegatee(id("bob")), Proxy(id("proxy")));
    let grant = Grant { delegatee, proxy, scope: ScopePath::new(scope).unwrap(), terms };
    let seed = scope.len() as u64;
    let delegation = WORLD.alice.delegate(&grant, &mut rng(seed)).unwrap();
    let key = WORLD.alice.delegate_unsealed(&grant, &mut rng(seed + 10)).unwrap();
    Delegated { key, sealed: delegation.sealed, statement: delegation.statement }
}

/// A sealed record of alice and its address.
pub(super) struct Record {
    pub(super) scope: Vec<u8>,
    pub(super) name: Vec<u8>,
    pub(super) header: Header,
    pub(super) payload: Vec<u8>,
}

impl Record {
    pub(super) fn address(&self) -> RecordAddress {
        address(&id("alice").to_bytes(), &self.scope, &self.name).unwrap()
    }

    pub(super) fn re_encrypted(&self, through: &Delegated) -> Result<ReEncryptedHeader, Error> {
        let rekey = WORLD.proxy.import(&through.sealed, &Delegator(id("alice")))?;
        let header = self.header.clone().verify(params(), &self.address())?;
        rekey.re_encrypt(&header, NOW, &RevocationList::new())
    }
}

/// Records under no scope, `lab`, and `lab/2025Q3`.
pub(super) static RECORDS: LazyLock<Vec<Record>> = LazyLock::new(|| {
    let scopes: [&[&str]; 3] = [&[], &["lab"], &["lab", "2025Q3"]];
    scopes.map(|scope| record(scope, b"a record")).into()
});

pub(super) fn record(scope: &[&str], plain: &[u8]) -> Record {
    let scope = match scope {
        [] => vec![0],
        _ => ScopePath::new(scope).unwrap().to_bytes(),
    };
    let name = format!("record/{}", plain.len()).into_bytes();
    let address = address(&id("alice").to_bytes(), &scope, &name).unwrap();
    let (header, payload) = seal_to_vec(params(), &address, plain, &mut rng(2)).unwrap();
    Record { scope, name, header, payload }
}

pub(super) fn params() -> &'static PublicParams {
    WORLD.authority.params()
}
