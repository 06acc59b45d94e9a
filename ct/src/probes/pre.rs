//! medcrypto-pre: the authority, identity keys, records, delegation, re-encryption, evidence.

use medcrypto_pre::{
    Authority, Delegatee, DelegateeKey, Delegator, Grant, Header, Identity, IdentityKey,
    MasterSecretKey, OpeningEvidence, Proxy, ReEncryptedHeader, ReKey, ReKeyId, RecordAddress,
    RecordId, RevocationList, ScopePath, Terms, UnixTime, VerifiedHeader, VerifiedIdentityKey,
    VerifiedReKey, seal_to_vec,
};

use super::{Probe, clean};
use crate::secret::{SecretRng, poisoned, public_rng, sink};

pub const PROBES: &[Probe] = &[
    clean("pre/authority-setup", || sink(Authority::setup(&mut secret_rng()))),
    clean("pre/master-key-decode", || sink(secret_authority(&World::new()))),
    clean("pre/issue", issue),
    clean("pre/identity-key-decode", || sink(World::new().secret("alice").to_secret_bytes())),
    clean("pre/identity-key-verify", || sink(World::new().secret("alice"))),
    clean("pre/seal", seal),
    clean("pre/open", open),
    clean("pre/open-wrong-header", open_wrong_header),
    clean("pre/sign", || {
        sink(World::new().secret("alice").sign(b"message", &mut secret_rng()).unwrap().to_bytes());
    }),
    clean("pre/revoke", || {
        let key = World::new().secret("alice");
        sink(key.revoke(ReKeyId([9; 32]), NOW, &mut secret_rng()).unwrap().to_bytes());
    }),
    clean("pre/delegate", delegate),
    clean("pre/delegate-unsealed", delegate_unsealed),
    clean("pre/import", import),
    clean("pre/rekey-decode-and-verify", || sink(secret_rekey(&World::new()))),
    clean("pre/re-encrypt", re_encrypt),
    clean("pre/accept", || sink(secret_reader(&World::new()).to_secret_bytes())),
    clean("pre/open-delegated", open_delegated),
    clean("pre/evidence", evidence),
    clean("pre/evidence-delegated", evidence_delegated),
    clean("pre/evidence-open", evidence_open),
];

const NOW: UnixTime = UnixTime(1_500);

fn secret_rng() -> SecretRng {
    SecretRng::new(9)
}

/// Everything that a probe needs and does not test, made in public.
struct World {
    authority: Authority,
    owner: Delegator,
    address: RecordAddress,
    grant: Grant,
    header: Header,
    payload: Vec<u8>,
}

fn id(subject: &str) -> Identity {
    Identity::new("realm.example", subject, "2025").unwrap()
}

impl World {
    fn new() -> Self {
        let authority = Authority::setup(&mut public_rng(1));
        let owner = Delegator(id("alice"));
        let scope = ScopePath::new(&["lab", "2025"]).unwrap();
        let record = RecordId::new(b"record").unwrap();
        let address = RecordAddress::in_scope(owner.clone(), scope.clone(), record);
        let terms = Terms::new(UnixTime(1_000), UnixTime(2_000)).unwrap();
        let (delegatee, proxy) = (Delegatee(id("bob")), Proxy(id("proxy")));
        let grant = Grant { delegatee, proxy, scope, terms };
        let (header, payload) =
            seal_to_vec(authority.params(), &address, b"plain", &mut public_rng(2)).unwrap();
        Self { authority, owner, address, grant, header, payload }
    }

    /// A key whose A and D are public, for the parts that are not tested.
    fn public(&self, name: &str) -> VerifiedIdentityKey {
        self.authority.issue(&id(name)).unwrap().verify(self.authority.params()).unwrap()
    }

    /// A key whose A and D are secret.
    fn secret(&self, name: &str) -> VerifiedIdentityKey {
        let bytes = self.public(name).to_secret_bytes().to_vec();
        let secret_from = bytes.len() - 96;
        let key = IdentityKey::from_bytes(&poisoned(bytes, secret_from)).unwrap();
        key.verify(self.authority.params()).unwrap()
    }

    fn verified_header(&self) -> VerifiedHeader {
        self.header.clone().verify(self.authority.params(), &self.address).unwrap()
    }

    /// The record, re-encrypted in public.
    fn re_encrypted(&self) -> ReEncryptedHeader {
        let key = self.public("alice").delegate_unsealed(&self.grant, &mut public_rng(3)).unwrap();
        let key = key.verify(self.authority.params(), &self.grant.proxy, &self.owner).unwrap();
        key.re_encrypt(&self.verified_header(), NOW, &RevocationList::new()).unwrap()
    }
}

fn secret_authority(world: &World) -> Authority {
    let bytes = poisoned(*world.authority.master_key().to_secret_bytes(), 3);
    Authority::from_master_key(MasterSecretKey::from_bytes(&bytes).unwrap())
}

fn issue() {
    let key = secret_authority(&World::new()).issue(&id("carol")).unwrap();
    sink(key.to_secret_bytes());
}

fn seal() {
    let world = World::new();
    let record = poisoned(vec![7; 100_000], 0);
    let sealed = seal_to_vec(world.authority.params(), &world.address, &record, &mut secret_rng());
    let (header, payload) = sealed.unwrap();
    sink(header.to_bytes());
    sink(payload);
}

fn open() {
    let world = World::new();
    let key = world.secret("alice");
    sink(key.open_to_vec(&world.address, &world.header, &world.payload).unwrap());
}

/// A header whose cσ is wrong: the check of Fujisaki and Okamoto says no.
fn open_wrong_header() {
    let world = World::new();
    let mut bytes = world.header.to_bytes();
    let masked = bytes.len() - 48 - 32;
    bytes[masked] ^= 1;
    let header = Header::from_bytes(&bytes).unwrap();
    let key = world.secret("alice");
    sink(key.open_to_vec(&world.address, &header, &world.payload).unwrap_err());
}

fn delegate() {
    let world = World::new();
    let delegation = world.secret("alice").delegate(&world.grant, &mut secret_rng()).unwrap();
    sink(delegation.sealed.to_bytes());
    sink(delegation.statement.to_bytes());
}

fn delegate_unsealed() {
    let world = World::new();
    let key = world.secret("alice").delegate_unsealed(&world.grant, &mut secret_rng()).unwrap();
    sink(key.to_secret_bytes());
}

fn import() {
    let world = World::new();
    let delegation = world.public("alice").delegate(&world.grant, &mut public_rng(3)).unwrap();
    sink(world.secret("proxy").import(&delegation.sealed, &world.owner).unwrap());
}

/// A re-encryption key whose TK0 is secret.
fn secret_rekey(world: &World) -> VerifiedReKey {
    let key = world.public("alice").delegate_unsealed(&world.grant, &mut public_rng(3)).unwrap();
    let bytes = key.to_secret_bytes();
    let tk0 = poisoned(bytes[3..51].to_vec(), 0);
    let mut secret = bytes.to_vec();
    secret[3..51].copy_from_slice(&tk0);
    let key = ReKey::from_bytes(&secret).unwrap();
    key.verify(world.authority.params(), &world.grant.proxy, &world.owner).unwrap()
}

fn re_encrypt() {
    let world = World::new();
    let (key, header) = (secret_rekey(&world), world.verified_header());
    sink(key.re_encrypt(&header, NOW, &RevocationList::new()).unwrap().to_bytes());
}

/// Bob, whose identity key is secret, accepts.
fn secret_reader(world: &World) -> DelegateeKey {
    let key = world.public("alice").delegate_unsealed(&world.grant, &mut public_rng(3)).unwrap();
    world.secret("bob").accept(key.statement().clone(), &world.owner).unwrap()
}

fn open_delegated() {
    let world = World::new();
    let (header, reader) = (world.re_encrypted(), secret_reader(&world));
    sink(reader.open_to_vec(&world.address, &header, &world.payload, NOW).unwrap());
}

fn evidence() {
    let world = World::new();
    let key = world.secret("alice");
    sink(key.evidence(&world.address, &world.header).unwrap().to_secret_bytes());
}

fn evidence_delegated() {
    let world = World::new();
    let (header, reader) = (world.re_encrypted(), secret_reader(&world));
    sink(reader.evidence(&world.address, &header, NOW).unwrap().to_secret_bytes());
}

fn evidence_open() {
    let world = World::new();
    let evidence = world.public("alice").evidence(&world.address, &world.header).unwrap();
    let evidence = OpeningEvidence::from_bytes(&poisoned(*evidence.to_secret_bytes(), 3)).unwrap();
    let params = world.authority.params();
    sink(evidence.open_to_vec(params, &world.address, &world.header, &world.payload).unwrap());
}
