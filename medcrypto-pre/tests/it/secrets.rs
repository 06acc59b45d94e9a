//! Secrets are inert. That they are wiped is shown by `ct/tests/wiped`.

use std::{
    fmt::{Debug, Display},
    fs,
    path::Path,
};

use medcrypto_pre::{
    Authority, DelegateeKey, IdentityKey, MasterSecretKey, OpeningEvidence, ReKey,
    VerifiedIdentityKey, VerifiedReKey,
};
use static_assertions::assert_not_impl_any;

use crate::fixture::{World, id, rng, world};

assert_not_impl_any!(MasterSecretKey: Copy, Clone, PartialEq, Default, Display);
assert_not_impl_any!(Authority: Copy, Clone, PartialEq, Default, Display);
assert_not_impl_any!(IdentityKey: Copy, Clone, PartialEq, Default, Display);
assert_not_impl_any!(VerifiedIdentityKey: Copy, Clone, PartialEq, Default, Display);
assert_not_impl_any!(ReKey: Copy, Clone, PartialEq, Default, Display);
assert_not_impl_any!(VerifiedReKey: Copy, Clone, PartialEq, Default, Display);
assert_not_impl_any!(DelegateeKey: Copy, Clone, PartialEq, Default, Display);
assert_not_impl_any!(OpeningEvidence: Copy, Clone, PartialEq, Default, Display);

fn assert_silent(object: &dyn Debug, secrets: &[&[u8]]) {
    for text in [format!("{object:?}"), format!("{object:#?}")] {
        let compact: String = text.split_whitespace().collect();
        for secret in secrets {
            let digits = hex::encode(&secret[secret.len() - 16..]);
            assert!(!text.to_lowercase().contains(&digits), "{text}");
            // The derived form of a byte array: decimal numbers between commas.
            let decimal: Vec<_> = secret[..4].iter().map(u8::to_string).collect();
            assert!(!compact.contains(&decimal.join(",")), "{text}");
        }
    }
}

#[test]
fn t19_debug_prints_no_secret() {
    let world = world();
    let master = world.authority.master_key().to_secret_bytes();
    assert_silent(world.authority.master_key(), &[&master[3..]]);
    assert_silent(&world.authority, &[&master[3..]]);
    let key = world.alice.to_secret_bytes();
    let (a, d) = (&key[key.len() - 96..key.len() - 48], &key[key.len() - 48..]);
    assert_silent(&world.authority.issue(&id("alice")).unwrap(), &[a, d]);
    assert_silent(&world.alice, &[a, d]);
    let clear = world.alice.delegate_unsealed(&World::grant(&["lab"]), &mut rng(3)).unwrap();
    let tk0 = clear.to_secret_bytes()[3..51].to_vec();
    assert_silent(&clear, &[&tk0]);
    assert!(format!("{clear:?}").starts_with("ReKey { id: ReKeyId("));
    let bob = world.bob.accept(clear.statement().clone(), &World::alice_id()).unwrap();
    assert_silent(&bob, &[bob.to_secret_bytes().as_slice()]);
    let proxy = medcrypto_pre::Proxy(id("proxy"));
    let verified = clear.verify(world.params(), &proxy, &World::alice_id()).unwrap();
    assert_silent(&verified, &[&tk0]);
    let evidence = OpeningEvidence::from_bytes(&[&[1, 1, 0x1a][..], &tk0[..32]].concat()).unwrap();
    assert_silent(&evidence, &[&tk0[..32]]);
    assert_eq!(format!("{evidence:?}"), "OpeningEvidence { .. }");
    assert!(format!("{bob:?}").starts_with("DelegateeKey { id: ReKeyId("));
    let alice = format!("{:?}", id("alice"));
    let issued = world.authority.issue(&id("alice")).unwrap();
    assert_eq!(format!("{issued:?}"), format!("IdentityKey {{ identity: {alice}, .. }}"));
    assert_eq!(
        format!("{:?}", world.alice),
        format!("VerifiedIdentityKey {{ identity: {alice}, .. }}")
    );
    assert!(format!("{verified:?}").starts_with("VerifiedReKey { id: ReKeyId("));
    let params = hex::encode(&world.params().to_bytes()[3..]);
    assert_eq!(format!("{:?}", world.params()), format!("PublicParams(G2({params}))"));
    // The positive control: bytes that are printed are found.
    let leaky = std::panic::catch_unwind(|| assert_silent(&hex::encode(&tk0), &[&tk0]));
    assert!(leaky.is_err());
    assert!(std::panic::catch_unwind(|| assert_silent(&tk0, &[&tk0])).is_err());
}

/// Variable-time operations appear where every input is public, and nowhere else; no value of 𝔾ₜ is
/// ever raised to a power.
#[test]
fn t18_no_secret_meets_a_variable_time_operation() {
    let allowed = ["header.rs", "signature.rs"];
    let mut seen = 0;
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(!text.contains("pow_vartime"), "{name}");
        seen += usize::from(text.contains("_vartime"));
        assert!(!text.contains("_vartime") || allowed.contains(&name), "{name}");
    }
    assert_eq!(seen, allowed.len());
}

fn sources(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}
