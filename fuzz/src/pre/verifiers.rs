//! Verifiers of medcrypto-pre, and what opens a record under a Fujisaki–Okamoto check.

use std::sync::LazyLock;

use medcrypto_pre::{
    Authority, DelegateeKey, Delegator, Error, Header, IdentityKey, IdentitySignature,
    OpeningEvidence, Proxy, PublicParams, ReEncryptedHeader, ReKey, ReKeyStatement, Revocation,
    SealedReKey, UnixTime,
};

use super::{
    decoders::{evidence, re_encrypted},
    world::{DELEGATED, NOW, RECORDS, Record, WORLD, address, id, params, read_id, rng},
};
use crate::verifier::verifier;

fn other_authority() -> Authority {
    Authority::setup(&mut rng(9))
}

fn alice() -> Vec<u8> {
    id("alice").to_bytes()
}

/// The verdict, if it does not come from a comparison that precedes the equation.
fn verdict<T>(result: Result<T, Error>, before: Error) -> Option<bool> {
    match result {
        Err(error) if error == before => None,
        result => Some(result.is_ok()),
    }
}

verifier! {
    /// Identity keys: parameters, key.
    VERIFY_IDENTITY_KEY = "pre_verify_identity_key", 2, [3, 3],
    || {
        let key = |authority: &Authority, name| authority.issue(&id(name)).unwrap();
        let valid = |authority: &Authority, name| {
            let key = key(authority, name).to_secret_bytes().to_vec();
            [authority.params().to_bytes().to_vec(), key].map(Base::new)
        };
        let authority = &WORLD.authority;
        vec![valid(authority, "alice"), valid(authority, "bob"), valid(&other_authority(), "alice")]
    },
    |[params, key]| {
        let params = PublicParams::from_bytes(params).ok()?;
        verdict(IdentityKey::from_bytes(key).ok()?.verify(&params), Error::Parameters)
    },
}

verifier! {
    /// Identity-based signatures: parameters, signer, message, signature.
    VERIFY_SIGNATURE = "pre_verify_signature", 4, [3, 0, 0, 3],
    || {
        let messages: [&[u8]; 2] = [b"", b"a notice"];
        let valid = |key: &medcrypto_pre::VerifiedIdentityKey, message: &[u8]| {
            let signature = key.sign(message, &mut rng(5)).unwrap().to_bytes();
            let params = key.params().to_bytes().to_vec();
            [params, key.identity().to_bytes(), message.into(), signature].map(Base::new)
        };
        let other = other_authority();
        let other = other.issue(&id("alice")).unwrap().verify(other.params()).unwrap();
        [&WORLD.alice, &WORLD.bob, &other]
            .into_iter()
            .flat_map(|key| messages.map(|message| valid(key, message)))
            .collect()
    },
    |[params, signer, message, signature]| {
        let params = PublicParams::from_bytes(params).ok()?;
        let signature = IdentitySignature::from_bytes(signature).ok()?;
        Some(signature.verify(&params, &read_id(signer)?, message).is_ok())
    },
}

verifier! {
    /// Revocations: expected delegator, revocation.
    VERIFY_REVOCATION = "pre_verify_revocation", 2, [0, 3],
    || {
        let valid = |key: &medcrypto_pre::VerifiedIdentityKey, of: usize| {
            let rekey = DELEGATED[of].statement.id();
            let revocation = key.revoke(rekey, UnixTime(9), &mut rng(6)).unwrap();
            [key.identity().to_bytes(), revocation.to_bytes()].map(Base::new)
        };
        vec![valid(&WORLD.alice, 0), valid(&WORLD.alice, 1), valid(&WORLD.bob, 0)]
    },
    |[expected, revocation]| {
        let expected = Delegator(read_id(expected)?);
        let same_params = revocation.get(3..35)? == params().id().0;
        let revocation = Revocation::from_bytes(revocation).ok()?;
        let reached = same_params && revocation.delegator() == &expected;
        let verdict = revocation.verify(params(), &expected).is_ok();
        assert!(reached || !verdict);
        reached.then_some(verdict)
    },
}

/// Owner, scope, name, header.
fn address_and_header(record: &Record) -> [Vec<u8>; 4] {
    [alice(), record.scope.clone(), record.name.clone(), record.header.to_bytes()]
}

verifier! {
    /// Headers: owner, scope, record name, header.
    VERIFY_HEADER = "pre_verify_header", 4, [0, 0, 0, 4],
    || RECORDS.iter().map(|record| address_and_header(record).map(Base::new)).collect(),
    |[owner, scope, name, header]| {
        let address = address(owner, scope, name)?;
        let header = Header::from_bytes(header).ok()?;
        let fits = header.depth() == address.scope().map_or(0, |scope| scope.depth());
        let verdict = header.verify(params(), &address).is_ok();
        assert!(fits || !verdict);
        fits.then_some(verdict)
    },
}

verifier! {
    /// Statements: expected delegator, statement.
    VERIFY_STATEMENT = "pre_verify_statement", 2, [0, 3],
    statements,
    |[expected, statement]| {
        let expected = Delegator(read_id(expected)?);
        let reached = statement.get(3..35)? == params().id().0;
        let statement = ReKeyStatement::from_bytes(statement).ok()?;
        let reached = reached && statement.delegator() == &expected;
        let verdict = statement.verify(params(), &expected).is_ok();
        assert!(reached || !verdict);
        reached.then_some(verdict)
    },
}

fn statements() -> Vec<[crate::edit::Base; 2]> {
    let valid = DELEGATED.iter().map(|made| [alice(), made.statement.to_bytes()]);
    valid.map(|parts| parts.map(crate::edit::Base::new)).collect()
}

verifier! {
    /// Re-encryption keys in clear: expected delegator, proxy, key.
    VERIFY_REKEY = "pre_verify_rekey", 3, [0, 0, 3],
    || DELEGATED
        .iter()
        .map(|made| [alice(), id("proxy").to_bytes(), made.key.to_secret_bytes().to_vec()])
        .map(|parts| parts.map(Base::new))
        .collect(),
    |[expected, proxy, bytes]| {
        let (expected, proxy) = (Delegator(read_id(expected)?), Proxy(read_id(proxy)?));
        let key = ReKey::from_bytes(bytes).ok()?;
        let named = key.statement().delegator() == &expected
            && key.statement().proxy() == &proxy
            && bytes.get(54..86)? == params().id().0;
        // h0 stands where a valid key has it, or the comparison comes first.
        let reached = named && commitment(bytes, &key).is_some_and(is_commitment_of(bytes));
        let verdict = key.verify(params(), &proxy, &expected).is_ok();
        assert!(named || !verdict);
        if reached || verdict { Some(verdict) } else { None }
    },
}

/// h0 of a key in clear, which stands before vk0's presence byte, the TKj, the envelope and σ.
fn commitment<'a>(bytes: &'a [u8], key: &ReKey) -> Option<&'a [u8]> {
    let after = 1 + 96 * key.statement().scope().depth() + Header::BASE_LEN + 96;
    let end = bytes.len().checked_sub(after)?;
    bytes.get(end.checked_sub(32)?..end)
}

/// Whether h0 and TK0 come from one and the same valid key.
fn is_commitment_of(bytes: &[u8]) -> impl Fn(&[u8]) -> bool {
    move |found| {
        DELEGATED.iter().any(|made| {
            let valid = made.key.to_secret_bytes();
            valid[3..51] == bytes[3..51] && commitment(&valid, &made.key) == Some(found)
        })
    }
}

verifier! {
    /// Sealed re-encryption keys at their proxy: expected delegator, sealed key.
    IMPORT = "pre_import", 2, [0, 4],
    || DELEGATED
        .iter()
        .map(|made| [alice(), made.sealed.to_bytes()].map(Base::new))
        .collect(),
    |[expected, sealed]| {
        let expected = Delegator(read_id(expected)?);
        let sealed = SealedReKey::from_bytes(sealed).ok()?;
        Some(WORLD.proxy.import(&sealed, &expected).is_ok())
    },
}

verifier! {
    /// Statements at their delegatee: expected delegator, statement.
    ACCEPT = "pre_accept", 2, [0, 3],
    statements,
    |[expected, statement]| {
        let expected = Delegator(read_id(expected)?);
        let reached = statement.get(3..35)? == params().id().0;
        let statement = ReKeyStatement::from_bytes(statement).ok()?;
        let reached = reached && statement.delegator() == &expected;
        let verdict = WORLD.bob.accept(statement, &expected).is_ok();
        assert!(reached || !verdict);
        reached.then_some(verdict)
    },
}

verifier! {
    /// Records at their owner: scope, name, header, payload.
    OPEN = "pre_open", 4, [0, 0, 4, 0],
    || RECORDS
        .iter()
        .map(|record| {
            let [_, scope, name, header] = address_and_header(record);
            [scope, name, header, record.payload.clone()].map(Base::new)
        })
        .collect(),
    |[scope, name, header, payload]| {
        let address = address(&alice(), scope, name)?;
        let header = Header::from_bytes(header).ok()?;
        let fits = header.depth() == address.scope().map_or(0, |scope| scope.depth());
        let opened = WORLD.alice.open_to_vec(&address, &header, payload);
        assert!(opened.as_ref().map_or(true, |plain| plain.as_slice() == b"a record"));
        verdict(opened, Error::Identity).filter(|_| fits)
    },
}

static BOB: LazyLock<DelegateeKey> = LazyLock::new(|| {
    WORLD.bob.accept(DELEGATED[0].statement.clone(), &Delegator(id("alice"))).unwrap()
});

verifier! {
    /// Records at their delegatee: scope, name, re-encrypted header, payload.
    OPEN_DELEGATED = "pre_open_delegated", 4, [0, 0, 4, 0],
    || [1, 2].map(|depth| {
        let record = &RECORDS[depth];
        let plain = [&record.scope, &record.name, &record.payload].map(|part| Base::new(part.clone()));
        let [scope, name, payload] = plain;
        [scope, name, re_encrypted(depth), payload]
    }).into(),
    |[scope, name, header, payload]| {
        let address = address(&alice(), scope, name)?;
        let header = ReEncryptedHeader::from_bytes(header).ok()?;
        let depth = header.header().depth();
        let fits = address.scope().is_some_and(|scope| scope.depth() == depth);
        let reached = fits && header.rekey() == BOB.statement().id();
        let opened = BOB.open_to_vec(&address, &header, payload, NOW);
        assert!(opened.as_ref().map_or(true, |plain| plain.as_slice() == b"a record"));
        verdict(opened, Error::Scope).filter(|_| reached)
    },
}

verifier! {
    /// Evidence before arbiters: scope, name, header, payload, evidence.
    OPEN_EVIDENCE = "pre_open_evidence", 5, [0, 0, 4, 0, 3],
    || RECORDS
        .iter()
        .map(|record| {
            let [_, scope, name, header] = address_and_header(record);
            [scope, name, header, record.payload.clone(), evidence(record)].map(Base::new)
        })
        .collect(),
    |[scope, name, header, payload, evidence]| {
        let address = address(&alice(), scope, name)?;
        let header = Header::from_bytes(header).ok()?;
        let fits = header.depth() == address.scope().map_or(0, |scope| scope.depth());
        let evidence = OpeningEvidence::from_bytes(evidence).ok()?;
        let opened = evidence.open_to_vec(params(), &address, &header, payload);
        assert!(opened.as_ref().map_or(true, |plain| plain.as_slice() == b"a record"));
        assert!(fits || opened.is_err());
        fits.then_some(opened.is_ok())
    },
}
