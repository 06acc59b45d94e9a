//! The same fixed inputs as in `medcrypto-pre/tests/it`, so that both pin the same bytes.

use medcrypto_pre::{
    Authority, Delegatee, Delegator, Grant, Header, Identity, IdentityKey, IdentitySignature,
    MasterSecretKey, OpeningEvidence, Proxy, PublicParams, ReEncryptedHeader, ReKey, ReKeyId,
    ReKeyStatement, RecordAddress, RecordId, Revocation, RevocationList, ScopePath, SealedReKey,
    Terms, UnixTime, VerifiedIdentityKey, seal_to_vec,
};

use crate::{Object, rng};

const HEAD: (usize, &str) = (3, "version, suite, tag");
const PARAMS: (usize, &str) = (32, "params_id");
/// `len32 ‖ realm.example ‖ len32 ‖ subject ‖ len32 ‖ 2025`.
const ALICE: (usize, &str) =
    (17 + 9 + 8, "delegator: realm, subject, key epoch, each after its len32");
const BOB: (usize, &str) = (17 + 7 + 8, "delegatee");
const PROXY: (usize, &str) = (17 + 9 + 8, "proxy");
const U: (usize, &str) = (48, "U ∈ 𝔾₁");
const W: (usize, &str) = (48, "W ∈ 𝔾₁");

fn id(subject: &str) -> Identity {
    Identity::new("realm.example", subject, "2025").unwrap()
}

struct World {
    authority: Authority,
    alice: VerifiedIdentityKey,
    proxy: VerifiedIdentityKey,
    address: RecordAddress,
    header: Header,
}

impl World {
    fn new() -> Self {
        let authority = Authority::setup(&mut rng(1));
        let key = |name| authority.issue(&id(name)).unwrap().verify(authority.params()).unwrap();
        let (alice, proxy) = (key("alice"), key("proxy"));
        let scope = ScopePath::new(&["lab"]).unwrap();
        let record = RecordId::new(b"record").unwrap();
        let address = RecordAddress::in_scope(Delegator(id("alice")), scope, record);
        let (header, _) = seal_to_vec(authority.params(), &address, b"x", &mut rng(2)).unwrap();
        Self { alice, proxy, address, header, authority }
    }

    fn grant() -> Grant {
        Grant {
            delegatee: Delegatee(id("bob")),
            proxy: Proxy(id("proxy")),
            scope: ScopePath::new(&["lab"]).unwrap(),
            terms: Terms::new(UnixTime(1_000), UnixTime(2_000)).unwrap(),
        }
    }
}

pub(crate) fn objects() -> Vec<Object> {
    let world = World::new();
    [keys(&world), headers(&world), delegations(&world), signed(&world)]
        .into_iter()
        .flatten()
        .collect()
}

fn keys(world: &World) -> Vec<Object> {
    let params = world.authority.params().to_bytes();
    let master = world.authority.master_key().to_secret_bytes();
    let identity = world.alice.to_secret_bytes();
    let evidence = world.alice.evidence(&world.address, &world.header).unwrap().to_secret_bytes();
    vec![
        Object::new(
            "public parameters",
            params,
            PublicParams::from_bytes(&params).unwrap().to_bytes(),
            &[HEAD, (96, "Ppub ∈ 𝔾₂")],
        ),
        Object::new(
            "identity key (secret)",
            &identity,
            IdentityKey::from_bytes(&identity).unwrap().to_secret_bytes(),
            &[
                HEAD,
                PARAMS,
                (17, "len32, realm"),
                (9, "len32, subject"),
                (8, "len32, key epoch"),
                (48, "A ∈ 𝔾₁"),
                (48, "D ∈ 𝔾₁"),
            ],
        ),
        Object::new(
            "master secret key (secret)",
            &master,
            MasterSecretKey::from_bytes(master.as_slice()).unwrap().to_secret_bytes(),
            &[HEAD, (32, "α")],
        ),
        Object::new(
            "opening evidence (secret until disclosed)",
            &evidence,
            OpeningEvidence::from_bytes(evidence.as_slice()).unwrap().to_secret_bytes(),
            &[HEAD, (32, "σ")],
        ),
    ]
}

fn headers(world: &World) -> Vec<Object> {
    let fields = [
        HEAD,
        (1, "cipher 1, no extra secret, L = 1"),
        (96, "C0 ∈ 𝔾₂"),
        (48, "C1 ∈ 𝔾₁"),
        (32, "cσ"),
        (48, "V ∈ 𝔾₁"),
    ];
    let header = world.header.to_bytes();
    let delegation = world.alice.delegate(&World::grant(), &mut rng(3)).unwrap();
    let rekey = world.proxy.import(&delegation.sealed, &Delegator(id("alice"))).unwrap();
    let params = world.authority.params();
    let verified = world.header.clone().verify(params, &world.address).unwrap();
    let re = rekey.re_encrypt(&verified, UnixTime(1_500), &RevocationList::new()).unwrap();
    let re = re.to_bytes();
    vec![
        Object::new("header", &header, Header::from_bytes(&header).unwrap().to_bytes(), &fields),
        Object::new(
            "re-encrypted header",
            &re,
            ReEncryptedHeader::from_bytes(&re).unwrap().to_bytes(),
            &[&fields[..], &[(288, "T ∈ 𝔾ₜ"), (32, "rk_id")]].concat(),
        ),
    ]
}

/// What a re-encryption key says openly, which is the statement.
const STATEMENT: [(usize, &str); 24] = [
    HEAD,
    PARAMS,
    ALICE,
    BOB,
    PROXY,
    (1, "path: one component"),
    (7, "len32, `lab`"),
    (8, "not before"),
    (8, "not after"),
    (4, "licence: len32, empty"),
    (1, "exclusive"),
    (4, "purpose: len32, empty"),
    (8, "serial"),
    (3, "mode, m, n"),
    (32, "commitment to TK0"),
    (1, "vk0: absent"),
    (96, "TK1 ∈ 𝔾₂"),
    (3, "envelope E: version, suite, tag of a header"),
    (1, "no cipher, L = 0"),
    (96, "C0 ∈ 𝔾₂"),
    (32, "cσ"),
    (48, "V ∈ 𝔾₁"),
    U,
    W,
];

fn delegations(world: &World) -> Vec<Object> {
    let clear = world.alice.delegate_unsealed(&World::grant(), &mut rng(3)).unwrap();
    let clear = clear.to_secret_bytes();
    let delegation = world.alice.delegate(&World::grant(), &mut rng(3)).unwrap();
    let (statement, sealed) = (delegation.statement.to_bytes(), delegation.sealed.to_bytes());
    vec![
        Object::new(
            "re-encryption key (secret)",
            &clear,
            ReKey::from_bytes(&clear).unwrap().to_secret_bytes(),
            &[&[HEAD, (48, "TK0 ∈ 𝔾₁")], &STATEMENT[..]].concat(),
        ),
        Object::new(
            "statement",
            &statement,
            ReKeyStatement::from_bytes(&statement).unwrap().to_bytes(),
            &STATEMENT,
        ),
        Object::new(
            "sealed re-encryption key",
            &sealed,
            SealedReKey::from_bytes(&sealed).unwrap().to_bytes(),
            &[
                HEAD,
                (1, "cipher 1, L = 0"),
                (96, "C0 ∈ 𝔾₂"),
                (32, "cσ"),
                (48, "V ∈ 𝔾₁"),
                (4, "len32 of the payload"),
                (32, "key commitment"),
                (clear.len(), "the re-encryption key under ChaCha20-Poly1305"),
                (16, "its tag"),
            ],
        ),
    ]
}

fn signed(world: &World) -> Vec<Object> {
    let signature = world.alice.sign(b"message", &mut rng(4)).unwrap().to_bytes();
    let revocation = world.alice.revoke(ReKeyId([9; 32]), UnixTime(5), &mut rng(4)).unwrap();
    let revocation = revocation.to_bytes();
    vec![
        Object::new(
            "signature",
            &signature,
            IdentitySignature::from_bytes(&signature).unwrap().to_bytes(),
            &[HEAD, U, W],
        ),
        Object::new(
            "revocation",
            &revocation,
            Revocation::from_bytes(&revocation).unwrap().to_bytes(),
            &[HEAD, PARAMS, ALICE, (32, "rk_id"), (8, "time"), U, W],
        ),
    ]
}

/// The pins of the crate itself are the same bytes.
#[test]
fn the_dumps_of_medcrypto_pre_are_the_crates_own_pins() {
    let pins = include_str!("../../../medcrypto-pre/tests/data/objects.hex");
    let dumped: std::collections::BTreeSet<_> =
        objects().iter().map(|object| hex::encode(&object.bytes)).collect();
    let pinned: Vec<_> = pins.lines().map(|line| line.split_once(": ").unwrap().1).collect();
    assert_eq!(pinned.len(), dumped.len());
    for pin in pinned {
        assert!(dumped.contains(pin), "{}…", &pin[..6]);
    }
}
