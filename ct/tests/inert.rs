//! T19: secret types are inert. They are not copied, cloned, compared in variable time, hashed,
//! made from nothing, serialised or printed.

use std::{collections::BTreeSet, fmt::Debug, fs, panic, path::Path, sync::Mutex};

use medcrypto_core::{
    SecretBytes, Transcript,
    bls::{G1, SecretG1, SecretResidue, SecretScalar},
    dst,
};
use medcrypto_khpke::{
    AccountId, AssociatedData, Combination, DecryptionKey, EncryptionWitness, EvaluationKey,
    EvaluationWitness, MessagePoints, Opening, PossessionProof, Slots, Term, TransferWitness,
    aggregate,
};
use medcrypto_pre::{
    Authority, Delegatee, DelegateeKey, Delegator, Grant, Identity, IdentityKey, MasterSecretKey,
    Opener, OpeningEvidence, Proxy, ReKey, RecordAddress, RecordId, ScopePath, Sealer, Terms,
    UnixTime, VerifiedIdentityKey, VerifiedReKey, seal,
};
use medcrypto_sig::{bls, ecdsa, ed25519};
use medcrypto_zk::{
    commitment::RecordOpening,
    fhir::Ingested,
    field::LineageId,
    holder::HolderSecret,
    record::{CodeList, Entry, Record},
    schema::Schema,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use static_assertions::assert_not_impl_any;

/// Every secret type: `crate/module Name` as the sources have it, and the type.
macro_rules! secret_types {
    ($($name:literal: $type:ty;)*) => {
        const SECRET_TYPES: &[&str] = &[$($name),*];
        $(assert_not_impl_any!($type: Copy, Clone, PartialEq, PartialOrd, core::hash::Hash);)*
        $(assert_not_impl_any!($type: Default, core::fmt::Display, core::fmt::LowerHex);)*
        $(assert_not_impl_any!($type: AsRef<[u8]>, core::ops::Deref, core::borrow::Borrow<[u8]>);)*
        $(assert_not_impl_any!($type: serde::Serialize, serde::Deserialize<'static>);)*
    };
}

secret_types! {
    "core/secret SecretBytes": SecretBytes<32>;
    "core/secret_g1 SecretG1": SecretG1;
    "core/secret_residue SecretResidue": SecretResidue;
    "core/secret_scalar SecretScalar": SecretScalar;
    "khpke/commitment Opening": Opening;
    "khpke/decrypt MessagePoints": MessagePoints;
    "khpke/decryptor AggregateDecryptor": aggregate::AggregateDecryptor;
    "khpke/proof EvaluationWitness": EvaluationWitness;
    "khpke/secret DecryptionKey": DecryptionKey;
    "khpke/secret EvaluationKey": EvaluationKey;
    "khpke/vector EncryptionWitness": EncryptionWitness;
    "khpke/witness TransferWitness": TransferWitness<'static>;
    "pre/authority Authority": Authority;
    "pre/authority MasterSecretKey": MasterSecretKey;
    "pre/delegatee DelegateeKey": DelegateeKey;
    "pre/evidence OpeningEvidence": OpeningEvidence;
    "pre/keys IdentityKey": IdentityKey;
    "pre/keys VerifiedIdentityKey": VerifiedIdentityKey;
    "pre/opener Opener": Opener<&'static [u8]>;
    "pre/sealer Sealer": Sealer<Vec<u8>>;
    "pre/secret ReKey": ReKey;
    "pre/secret VerifiedReKey": VerifiedReKey;
    "sig/bls SigningKey": bls::SigningKey;
    "sig/ecdsa SigningKey": ecdsa::SigningKey;
    "sig/ed25519 SigningKey": ed25519::SigningKey;
    "zk/fhir Ingested": Ingested;
    "zk/holder HolderSecret": HolderSecret;
    "zk/opening RecordOpening": RecordOpening;
    "zk/record CodeList": CodeList;
    "zk/record Entry": Entry;
    "zk/record Record": Record;
}

// The control: the assertion is not one that every type passes.
static_assertions::assert_impl_all!(G1: Copy, Clone, PartialEq);

/// What makes a type secret, beside a field that is.
const ROOTS: &[&str] = &[
    "Zeroizing",
    "ed25519_dalek::SigningKey",
    "k256::ecdsa::SigningKey",
    "CodeList",
    // Of medcrypto-khpke, and not public.
    "HashingKey",
    "Randomness",
];

/// The public types of a source file with their fields.
fn public_types(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let starts = ["\npub struct ", "\npub enum "];
    let bodies = starts.into_iter().flat_map(|start| text.split(start).skip(1));
    bodies.map(|rest| {
        let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap();
        let unit = rest.find(";\n").unwrap_or(rest.len());
        let end = rest.find("\n}").unwrap_or(rest.len()).min(unit);
        (name, &rest[name.len()..end])
    })
}

fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect()
}

fn sources(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// Whether `secret` stands where a type stands: not as the name of a field or a variant.
fn mentions(body: &str, secret: &str) -> bool {
    body.match_indices(secret).any(|(at, _)| {
        // The last one is a field of a tuple after its visibility.
        let before = [":", "(", "<", "[", "&", ": ", ") "];
        let before = before.iter().any(|end| body[..at].ends_with(end));
        let after = body[at + secret.len()..].chars().next();
        before && after.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}

/// A type is secret if a field of it is; no type of the sources is missing in the table. The ledger
/// is left out: it depends on no primitive and holds no secret; so is what is only there to be broken,
/// behind the feature `paper`.
#[test]
fn the_table_has_every_secret_type_of_the_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut types = Vec::new();
    for krate in ["core", "khpke", "pre", "sig", "zk"] {
        for file in sources(&root.join(format!("medcrypto-{krate}/src"))) {
            let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
            if module == "paper" {
                continue;
            }
            let text = without_comments(&fs::read_to_string(&file).unwrap());
            let found = public_types(&text).map(|(name, body)| (name.to_owned(), body.to_owned()));
            types
                .extend(found.map(|(name, body)| (format!("{krate}/{module} {name}"), name, body)));
        }
    }
    let mut names: BTreeSet<&str> = ROOTS.iter().copied().collect();
    let mut secret = BTreeSet::new();
    loop {
        let is_secret = |body: &str| names.iter().any(|name| mentions(body, name));
        let found = types.iter().filter(|(_, name, body)| is_secret(body) || name == "CodeList");
        let found: Vec<_> = found.map(|(path, name, _)| (path.as_str(), name.as_str())).collect();
        let before = secret.len();
        secret.extend(found.iter().map(|(path, _)| *path));
        // A name that stands for several types is told by its path, as the roots are.
        names.extend(found.iter().map(|(_, name)| *name).filter(|name| *name != "SigningKey"));
        if secret.len() == before {
            break;
        }
    }
    assert_eq!(secret, SECRET_TYPES.iter().copied().collect());
}

/// Fails if the printed object has four bytes in a row of a secret, in hexadecimal or decimal.
fn assert_silent(object: &dyn Debug, secrets: &[&[u8]]) {
    for text in [format!("{object:?}"), format!("{object:#?}")] {
        let text: String = text.split_whitespace().collect::<String>().to_lowercase();
        for window in secrets.iter().flat_map(|secret| secret.windows(4)) {
            assert!(!text.contains(&hex::encode(window)), "{text}");
            let decimal: Vec<_> = window.iter().map(u8::to_string).collect();
            assert!(!text.contains(&decimal.join(",")), "{text}");
        }
    }
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

#[test]
fn t19_core_and_signing_keys_print_no_secret() {
    let bytes = SecretBytes::<32>::generate(&mut rng(1));
    let raw = bytes.to_secret_bytes();
    let scalar = SecretScalar::generate(&mut rng(1));
    let point = SecretG1::new(G1::mul_generator(&scalar)).unwrap();
    let x = bls::SigningKey::generate(&mut rng(1));
    assert_silent(&bytes, &[raw.as_slice()]);
    assert_silent(&scalar, &[scalar.to_secret_bytes().as_slice()]);
    assert_silent(&point, &[point.to_secret_bytes().as_slice()]);
    assert_silent(&ed25519::SigningKey::from_seed(&bytes), &[raw.as_slice()]);
    assert_silent(&ecdsa::SigningKey::from_secret_bytes(&bytes).unwrap(), &[raw.as_slice()]);
    x.to_secret_bytes().expose(|secret| assert_silent(&x, &[secret]));
    // The control: bytes that are printed are found, in either notation.
    let printed: [&dyn Debug; 2] = [&hex::encode(*raw), &*raw];
    for leak in printed {
        let shown = format!("{leak:?}");
        let caught = panic::catch_unwind(|| assert_silent(&Shown(shown), &[raw.as_slice()]));
        assert!(caught.is_err());
    }
}

/// Prints its text.
struct Shown(String);

impl Debug for Shown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

fn id(subject: &str) -> Identity {
    Identity::new("realm.example", subject, "2025").unwrap()
}

#[test]
fn t19_proxy_re_encryption_prints_no_secret() {
    let authority = Authority::setup(&mut rng(1));
    let (params, alpha) = (authority.params(), authority.master_key().to_secret_bytes());
    assert_silent(authority.master_key(), &[&alpha[3..]]);
    assert_silent(&authority, &[&alpha[3..]]);
    let alice = authority.issue(&id("alice")).unwrap();
    let encoded = alice.to_secret_bytes();
    let keys = &encoded[encoded.len() - 96..];
    assert_silent(&alice, &[keys]);
    let alice = alice.verify(params).unwrap();
    assert_silent(&alice, &[keys]);
    let scope = ScopePath::new(&["lab"]).unwrap();
    let terms = Terms::new(UnixTime(1), UnixTime(9)).unwrap();
    let (delegatee, proxy) = (Delegatee(id("bob")), Proxy(id("proxy")));
    let grant = Grant { delegatee, proxy: proxy.clone(), scope: scope.clone(), terms };
    let rekey = alice.delegate_unsealed(&grant, &mut rng(2)).unwrap();
    let tk0 = rekey.to_secret_bytes()[3..51].to_vec();
    assert_silent(&rekey, &[&tk0]);
    let owner = Delegator(id("alice"));
    let bob = authority.issue(&id("bob")).unwrap().verify(params).unwrap();
    let reader = bob.accept(rekey.statement().clone(), &owner).unwrap();
    assert_silent(&reader, &[reader.to_secret_bytes().as_slice()]);
    assert_silent(&rekey.verify(params, &proxy, &owner).unwrap(), &[&tk0]);
    let address = RecordAddress::in_scope(owner, scope, RecordId::new(b"record").unwrap());
    let (header, sealer) = seal(params, &address, Vec::new(), &mut rng(3)).unwrap();
    let evidence = alice.evidence(&address, &header).unwrap();
    let sigma = evidence.to_secret_bytes();
    assert_silent(&evidence, &[&sigma[3..]]);
    assert_silent(&sealer, &[&sigma[3..], b"plain"]);
    let payload = sealer.finish().unwrap();
    assert_silent(&alice.open(&address, &header, &payload[..]).unwrap(), &[&sigma[3..]]);
}

#[test]
fn t19_kh_lcs_prints_no_secret() {
    let mut drawn = rng(1);
    let (secret, public) = DecryptionKey::generate(Slots::ONE, &mut drawn).unwrap();
    let encoded = secret.to_secret_bytes();
    assert_silent(&secret, &[&encoded[36..]]);
    assert_silent(secret.evaluation_key(), &[&encoded[36..]]);
    let residue = SecretResidue::generate(&mut rng(2));
    assert_silent(&residue, &[residue.to_secret_bytes().as_slice()]);
    let (account, transcript) = (AccountId([7; 32]), || Transcript::new(dst::khpke::POSSESSION));
    let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut drawn);
    let key = public.register(account, &proof.unwrap(), &mut transcript()).unwrap();
    let (ad, code) = (AssociatedData::default(), 254_637_007_i64);
    let ciphertext = key.encrypt(&ad, &[code], &mut drawn).unwrap();
    let opened = secret.open(&ad, &ciphertext).unwrap();
    let point = Mutex::new(Vec::new());
    let found = |message: &G1| {
        point.lock().unwrap().extend(message.to_bytes());
        Some(code)
    };
    assert_eq!(opened.decode(found), Ok(vec![code]));
    assert_silent(&opened, &[&point.into_inner().unwrap()]);
    let terms = [Term { weight: 1, ciphertext: &ciphertext, ad: &ad }];
    let combination = Combination { terms: &terms, constants: &[0], ad: &ad };
    let evaluation = secret.evaluation_key();
    let (_, witness) = evaluation.evaluate(&key, &combination, |_| true, &mut rng(3)).unwrap();
    let mut again = rng(3);
    let drawn = [(); 2].map(|()| SecretResidue::generate(&mut again).to_secret_bytes());
    assert_silent(&witness, &drawn.each_ref().map(|secret| secret.as_slice()));
}

#[test]
fn t19_records_and_holders_print_no_secret() {
    let holder = HolderSecret::generate(&mut rng(1));
    assert_silent(&holder, &[holder.to_secret_bytes().as_slice()]);
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    let list = || CodeList::new(vec![254_637_007], true);
    let field = schema.field("conditions_active").unwrap();
    record.set(field, Entry::Codes(list())).unwrap();
    let code = 254_637_007_u64;
    let show = |object: &dyn Debug| assert!(!format!("{object:?}").contains(&code.to_string()));
    show(&list());
    show(&Entry::Codes(list()));
    show(&record);
    assert!(!format!("{:?}", Entry::Interval { lo: code, hi: code }).contains("254637007"));
    let lineage = LineageId::from_id(&[7; 31]);
    let opening = RecordOpening::generate(record, holder.commitment(), lineage, &mut rng(2));
    let encoded = opening.to_secret_bytes();
    assert_silent(&opening, &[&encoded[35..67]]);
    show(&opening);
}
