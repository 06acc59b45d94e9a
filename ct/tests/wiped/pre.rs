//! The authority, identity keys, re-encryption keys, delegations, evidence, payloads.

use std::io::{Read, Write};

use hkdf::Hkdf;
use medcrypto_core::{
    Dst,
    bls::{G1, SecretScalar},
    codec::Writer,
    dst::pre,
    rand_core::RngCore,
};
use medcrypto_pre::{
    Authority, Delegatee, Delegator, Grant, Header, Identity, IdentityKey, MasterSecretKey, Opener,
    OpeningEvidence, Proxy, ReKey, ReKeyId, RecordAddress, RecordId, RevocationList, ScopePath,
    Sealer, Terms, UnixTime, VerifiedIdentityKey, seal, seal_to_vec,
};
use sha2::{Digest, Sha256};

use super::{clean, rng, spy::Search};

const NOW: UnixTime = UnixTime(1_500);

/// A record of more than one chunk.
fn record() -> Vec<u8> {
    let mut record = vec![0; 70_000];
    rng(7).fill_bytes(&mut record);
    record
}

/// The key of a record and the key of its stream, by the formulas of `kem` and `stream`.
fn keys_of_record(header: &Header, sigma: &[u8]) -> [[u8; 32]; 2] {
    let expand = |key: Hkdf<Sha256>, label: Dst, last: u8| {
        let mut out = [0; 32];
        let label = Writer::default().bytes(label.as_bytes()).finish();
        key.expand_multi_info(&[&label, &[last]], &mut out).unwrap();
        out
    };
    let salt = Sha256::digest(header.to_bytes());
    let key = expand(Hkdf::new(Some(&salt), sigma), pre::KEM_KEY, 1);
    [key, expand(Hkdf::from_prk(&key).unwrap(), pre::DEM_KEY, 1)]
}

fn id(subject: &str) -> Identity {
    Identity::new("realm.example", subject, "2025").unwrap()
}

struct World {
    authority: Authority,
    alice: VerifiedIdentityKey,
    bob: VerifiedIdentityKey,
    proxy: VerifiedIdentityKey,
    owner: Delegator,
    address: RecordAddress,
    grant: Grant,
}

fn world(depth: usize) -> World {
    let authority = Authority::setup(&mut rng(1));
    let key = |name| authority.issue(&id(name)).unwrap().verify(authority.params()).unwrap();
    let (alice, bob, proxy) = (key("alice"), key("bob"), key("proxy"));
    let owner = Delegator(id("alice"));
    let scope = ScopePath::new(&["a", "b", "c", "d"][..depth]).unwrap();
    let record = RecordId::new(b"record").unwrap();
    let address = RecordAddress::in_scope(owner.clone(), scope.clone(), record);
    let terms = Terms::new(UnixTime(1_000), UnixTime(2_000)).unwrap();
    let grant = Grant { delegatee: Delegatee(id("bob")), proxy: Proxy(id("proxy")), scope, terms };
    World { authority, alice, bob, proxy, owner, address, grant }
}

impl World {
    /// Every secret of the run that the interface lets out. All randomness is seeded, so the
    /// operations that are watched later make the same ones again.
    fn search(&self) -> Search {
        let mut search = Search::new();
        search.add_scalar("α", &self.authority.master_key().to_secret_bytes()[3..]);
        for (name, key) in [("alice", &self.alice), ("bob", &self.bob), ("proxy", &self.proxy)] {
            let bytes = key.to_secret_bytes();
            let points = &bytes[bytes.len() - 96..];
            search.add_point(&format!("A of {name}"), &points[..48]);
            search.add_point(&format!("D of {name}"), &points[48..]);
        }
        let clear = self.alice.delegate_unsealed(&self.grant, &mut rng(3)).unwrap();
        search.add_point("TK0", &clear.to_secret_bytes()[3..51]);
        let bob = self.bob.accept(clear.statement().clone(), &self.owner).unwrap();
        let y = bob.to_secret_bytes();
        search.add_scalar("y", y.as_slice());
        let unmask = -G1::mul_generator(&SecretScalar::from_bytes(&y).unwrap());
        search.add_point("−[y]P₁", &unmask.to_bytes());
        let (header, _) =
            seal_to_vec(self.authority.params(), &self.address, &record(), &mut rng(2)).unwrap();
        let evidence = self.alice.evidence(&self.address, &header).unwrap().to_secret_bytes();
        search.add("σ", &evidence[3..]);
        let [key, stream] = keys_of_record(&header, &evidence[3..]);
        search.add("the key of the record", &key);
        search.add("the key of the stream", &stream);
        search.add("the record", &record());
        search
    }
}

fn authority_and_keys_leave_nothing(world: &World, search: &Search) {
    let (authority, params) = (&world.authority, world.authority.params());
    let master = authority.master_key().to_secret_bytes();
    let key = world.alice.to_secret_bytes();
    clean! { search,
        "setup": Authority::setup(&mut rng(1));
        "master key": Authority::from_master_key(MasterSecretKey::from_bytes(&master[..]).unwrap());
        "master key out": authority.master_key().to_secret_bytes();
        "issue": authority.issue(&id("alice")).unwrap();
        "key out": world.alice.to_secret_bytes();
        "key in": IdentityKey::from_bytes(&key).unwrap();
        "half a key in": IdentityKey::from_bytes(&key[..key.len() - 48]).unwrap_err();
        "verify": authority.issue(&id("alice")).unwrap().verify(params).unwrap();
        "sign": world.alice.sign(b"m", &mut rng(4)).unwrap();
        "revoke": world.alice.revoke(ReKeyId([9; 32]), NOW, &mut rng(4)).unwrap();
    }
}

fn sharing_leaves_nothing(world: &World, search: &Search) {
    let World { alice, bob, proxy, owner, address, grant, .. } = world;
    let params = world.authority.params();
    let plain = record();
    let (header, payload) = seal_to_vec(params, address, &plain, &mut rng(2)).unwrap();
    let verified = header.clone().verify(params, address).unwrap();
    let clear = alice.delegate_unsealed(grant, &mut rng(3)).unwrap().to_secret_bytes();
    let delegation = alice.delegate(grant, &mut rng(3)).unwrap();
    let rekey = proxy.import(&delegation.sealed, owner).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
    let reader = bob.accept(delegation.statement.clone(), owner).unwrap();
    let evidence = reader.evidence(address, &re, NOW).unwrap().to_secret_bytes();
    clean! { search,
        "seal": seal_to_vec(params, address, &plain, &mut rng(2)).unwrap();
        "seal, half done": half_sealed(world, &plain);
        "open": alice.open_to_vec(address, &header, &payload).unwrap();
        "open, half done": half_opened(world, &header, &payload);
        "evidence of the owner": alice.evidence(address, &header).unwrap();
        "delegate": alice.delegate(grant, &mut rng(3)).unwrap();
        "delegate in clear": alice.delegate_unsealed(grant, &mut rng(3)).unwrap();
        "key in clear in and out": ReKey::from_bytes(&clear).unwrap().to_secret_bytes();
        "key in clear": ReKey::from_bytes(&clear).unwrap().verify(params, &grant.proxy, owner).unwrap();
        "import": proxy.import(&delegation.sealed, owner).unwrap();
        "import from another": proxy.import(&delegation.sealed, &Delegator(id("bob"))).unwrap_err();
        "re-encrypt": rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
        "accept": bob.accept(delegation.statement.clone(), owner).unwrap();
        "y out": reader.to_secret_bytes();
        "open re-encrypted": reader.open_to_vec(address, &re, &payload, NOW).unwrap();
        "evidence": reader.evidence(address, &re, NOW).unwrap();
        "evidence in": OpeningEvidence::from_bytes(&evidence[..]).unwrap();
    }
}

/// A sealer that is dropped with plaintext in it.
fn half_sealed(world: &World, plain: &[u8]) -> Sealer<Vec<u8>> {
    let params = world.authority.params();
    let (_, mut sealer) = seal(params, &world.address, Vec::new(), &mut rng(2)).unwrap();
    sealer.write_all(&plain[..100]).unwrap();
    sealer
}

/// An opener that is dropped with plaintext in it.
fn half_opened<'a>(world: &World, header: &Header, payload: &'a [u8]) -> Opener<&'a [u8]> {
    let mut opener = world.alice.open(&world.address, header, payload).unwrap();
    opener.read_exact(&mut [0; 1]).unwrap();
    opener
}

#[test]
fn t20_proxy_re_encryption_leaves_no_secret() {
    for depth in [1, 4] {
        let world = world(depth);
        let search = world.search();
        search.check_controls();
        authority_and_keys_leave_nothing(&world, &search);
        sharing_leaves_nothing(&world, &search);
    }
}
