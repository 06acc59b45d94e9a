//! Decoders of DAG-CBOR, each behind the first bytes that its type has. Law: what is accepted encodes
//! to exactly the bytes that were read.
//!
//! ```text
//! input    choice u8 ‖ rest    choice mod kinds       the type; its frame comes before the rest
//!                              choice / kinds mod 2   0 the rest as it is, 1 mended to items of that shape
//! frame    the heads of the outer arrays, and of a message the map with its name
//! reached  behind the frame there are as many items as an honest object of the type has, each of the
//!          kind that it has there (`cbor`), and nothing else: every field gets decoded, up to the first
//!          one that is wrong inside
//! ```

use std::sync::LazyLock;

use medcrypto_core::dst::ledger;
use medcrypto_ledger::block::{
    Block, CertifiedBlock, Checkpoint, Genesis, Header, QuorumCertificate, TxProof,
};
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::envelope::{self, Contract};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::keychain::Keychain;
use medcrypto_ledger::contract::policy::Policies;
use medcrypto_ledger::contract::quota;
use medcrypto_ledger::contract::reveal::Rounds;
use medcrypto_ledger::contract::{Receipt, SettlementStatement, SignedTx, State, TxBody};
use medcrypto_ledger::merkle::{ConsistencyProof, InclusionProof, RootHash};
use medcrypto_ledger::pbft::message::{Batch, Request};
use medcrypto_ledger::pbft::{App, Message, Signed, Snapshot};
use medcrypto_ledger::pow::{self, Target};
use medcrypto_ledger::{Digest, Dst};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::cbor::{self, Kind};
use super::contracts;
use super::hospital::{Symbolic, key};
use super::names::names;
use super::policies;
use super::seeds;

/// An object that somebody honest encodes: what an input of its choice is measured by.
pub(super) struct Known {
    choice: u8,
    frame: Vec<u8>,
    rest: Vec<u8>,
    shape: Vec<Kind>,
}

impl Known {
    /// The first `frame` bytes are the frame.
    pub(super) fn new<T: Serialize>(choice: u8, object: &T, frame: usize) -> Self {
        let mut bytes = encode(object);
        let rest = bytes.split_off(frame);
        let shape = cbor::shape(&rest).expect("whole items");
        Self { choice, frame: bytes, rest, shape }
    }
}

/// SHA-256(len8(domain) ‖ domain ‖ bytes), as the theorem of the library's codec says.
fn hashed<T: Serialize>(domain: Dst, value: &T) -> Digest {
    let tag = domain.as_bytes();
    let hash = Sha256::new().chain_update([tag.len() as u8]).chain_update(tag);
    Digest(hash.chain_update(encode(value)).finalize().into())
}

/// How many choices there are; the objects stand in their order.
fn kinds(known: &[Known]) -> u8 {
    known.last().map_or(1, |last| last.choice + 1)
}

/// Every object as it is, and mended.
pub(super) fn inputs(known: &[Known]) -> Vec<Vec<u8>> {
    let input = |choice, known: &Known| [&[choice], known.rest.as_slice()].concat();
    let plain = known.iter().map(|known| input(known.choice, known));
    let mended = known.iter().map(|object| input(object.choice + kinds(known), object));
    plain.chain(mended).collect()
}

/// Bytes for the decoder of a type.
struct Input {
    choice: u8,
    bytes: Vec<u8>,
    reached: bool,
}

impl Input {
    fn of(known: &[Known], data: &[u8]) -> Option<Self> {
        let (choice, rest) = data.split_first()?;
        let (mode, choice) = (choice / kinds(known) % 2, choice % kinds(known));
        let known = known.iter().find(|known| known.choice == choice)?;
        let rest = if mode == 0 { rest.to_vec() } else { cbor::mended(rest, &known.shape) };
        let reached = cbor::shape(&rest).as_ref() == Some(&known.shape);
        Some(Self { choice, bytes: [known.frame.as_slice(), &rest].concat(), reached })
    }

    /// Decodes, and looks at what comes out.
    fn read<T: Serialize + DeserializeOwned>(&self, look: impl Fn(&T)) -> bool {
        if let Ok(value) = decode::<T>(&self.bytes) {
            assert_eq!(encode(&value), self.bytes, "accepted, but encoded otherwise");
            assert!(self.reached, "accepted in another shape than that of an honest object");
            look(&value);
        }
        self.reached
    }
}

impl Input {
    /// By choice modulo 4: transaction, answer, answer, state of a contract.
    fn read_contract<C: Contract<Symbolic> + PartialEq>(&self, contract: C) -> bool {
        match self.choice % 4 {
            0 => self.read::<envelope::SignedTx<C::Action>>(|tx| {
                assert_eq!(tx.body.id(), hashed(ledger::TRANSACTION, &tx.body));
            }),
            1 | 2 => self.read::<Answer<C::Event, C::Reject>>(|_| ()),
            _ => {
                let mut machine = Machine::new(envelope::State::genesis(contract), Symbolic);
                let restored = machine.restore(&self.bytes).is_ok();
                let decoded = decode::<envelope::State<C>>(&self.bytes);
                assert_eq!(restored, decoded.is_ok(), "restored, and is no state");
                self.read::<envelope::State<C>>(|state| {
                    assert_eq!(machine.digest(), state.digest());
                })
            }
        }
    }
}

/// A certified block, a block or a header.
pub(super) fn block(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::blocks);
    let named = |header: &Header| assert_eq!(header.id().0, hashed(ledger::HEADER, header));
    Input::of(&KNOWN, data).is_some_and(|input| match input.choice {
        0 => input.read::<CertifiedBlock>(|certified| named(&certified.block.header)),
        1 => input.read::<Block>(|block| named(&block.header)),
        _ => input.read::<Header>(named),
    })
}

/// A quorum certificate or one vote of it.
pub(super) fn certificate(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::certificates);
    Input::of(&KNOWN, data).is_some_and(|input| match input.choice {
        0 => input.read::<QuorumCertificate>(|_| ()),
        _ => input.read::<Checkpoint>(|_| ()),
    })
}

/// A genesis: what a stranger starts from.
pub(super) fn genesis(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::geneses);
    let look = |genesis: &Genesis| {
        let keys = genesis.committee().map(|committee| committee.keys().to_vec());
        assert!(keys.is_err() || keys == Ok(genesis.replicas.clone()));
        assert_eq!(genesis.block().header.chain_id, genesis.chain_id());
    };
    Input::of(&KNOWN, data).is_some_and(|input| input.read(look))
}

/// A transaction, its body or a settlement statement. What fits its bounds is short.
pub(super) fn transaction(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::transactions);
    Input::of(&KNOWN, data).is_some_and(|input| match input.choice {
        0 => input.read::<SignedTx>(|tx| {
            assert!(!tx.fits() || encode(tx).len() <= SignedTx::MAX_LEN);
        }),
        1 => input.read::<TxBody>(|body| assert_eq!(body.id(), hashed(ledger::TRANSACTION, body))),
        _ => input.read::<SettlementStatement>(|_| ()),
    })
}

/// The answer to a transaction.
pub(super) fn receipt(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::receipts);
    Input::of(&KNOWN, data).is_some_and(|input| input.read::<Receipt>(|_| ()))
}

/// The contract's state, which a snapshot carries.
pub(super) fn state(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::states);
    let look = |state: &State| {
        let _ = state.total();
        assert_eq!(state.digest(), hashed(ledger::CONTRACT_STATE, state));
    };
    Input::of(&KNOWN, data).is_some_and(|input| input.read(look))
}

/// A transaction of the policy contract, an answer of each kind, or a state, which a machine takes over
/// exactly if it is one.
pub(super) fn policy(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::policies);
    Input::of(&KNOWN, data)
        .is_some_and(|input| input.read_contract::<Policies>(Policies::default()))
}

/// The same behind the gate.
pub(super) fn gate(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::gates);
    Input::of(&KNOWN, data).is_some_and(|input| input.read_contract(policies::genesis().contract))
}

/// The same of the contracts for devices, coins, rounds and quotas.
pub(super) fn contracts(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::contracts);
    Input::of(&KNOWN, data).is_some_and(|input| match input.choice / 4 {
        0 => input.read_contract(Keychain::default()),
        1 => input.read_contract(contracts::coins()),
        2 => input.read_contract(Rounds::default()),
        _ => input.read_contract(quota::Ledger::new(key("issuer"))),
    })
}

/// A header under its target, a block, a transaction's place, an answer to a search, a target.
pub(super) fn pow(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::pow);
    let named = |header: &pow::Header| {
        assert_eq!(header.id().0, hashed(ledger::POW_HEADER, header));
        assert!(encode(header).len() <= pow::Header::MAX_LEN);
    };
    Input::of(&KNOWN, data).is_some_and(|input| match input.choice {
        0 => input.read(named),
        1 => input.read::<pow::Block>(|block| named(&block.header)),
        2 => input.read::<pow::TxProof>(|_| ()),
        3 => input.read::<pow::Found>(|_| ()),
        _ => {
            if let Some(bits) = input.bytes.last_chunk() {
                compact(u32::from_be_bytes(*bits));
            }
            input.read::<Target>(|target| compact(target.bits()))
        }
    })
}

/// A target is accepted exactly if its bits say a number below 2²⁵⁶ the one way, and it is that number.
fn compact(bits: u32) {
    let [size, mantissa @ ..] = bits.to_be_bytes();
    // Three bytes too many on the left, and three behind the point.
    let mut wide = [0; 38];
    let slot = 35_usize.checked_sub(size.into()).and_then(|at| wide.get_mut(at..at + 3));
    let is_short = slot.is_some_and(|slot| {
        slot.copy_from_slice(&mantissa);
        (0x8000..0x80_0000).contains(&(bits & 0xff_ffff))
    });
    let is_target = is_short && wide[..3] == [0; 3] && wide[35..] == [0; 3];
    let target = Target::from_bits(bits);
    assert_eq!(target.is_ok(), is_target, "{bits:08x}");
    if let Ok(target) = target {
        assert_eq!(target.value().to_be_bytes(), wide[3..35]);
        assert_eq!((target.bits(), Target::round(target.value())), (bits, target));
    }
}

/// A message behind its kind, or a part of one.
pub(super) fn message(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::messages);
    let Some(input) = Input::of(&KNOWN, data) else { return false };
    match usize::from(input.choice).checked_sub(names::<Message>().len()) {
        None => input.read::<Message>(|message| {
            assert_eq!(message.kind(), names::<Message>()[usize::from(input.choice)]);
            assert_eq!(Message::decode(&message.encode()).as_ref(), Ok(message));
        }),
        Some(0) => {
            input.read::<Batch>(|batch| assert_eq!(batch.digest(), hashed(ledger::BATCH, batch)))
        }
        Some(_) => input.read::<Signed<Request>>(|_| ()),
    }
}

/// What a replica that is far behind is sent.
pub(super) fn snapshot(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::snapshots);
    Input::of(&KNOWN, data).is_some_and(|input| input.read::<Snapshot>(|_| ()))
}

/// What a light client is shown.
pub(super) fn tx_proof(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::tx_proofs);
    Input::of(&KNOWN, data).is_some_and(|input| input.read::<TxProof>(|_| ()))
}

/// Paths of the Merkle log, and a root with its size.
pub(super) fn merkle_proof(data: &[u8]) -> bool {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(seeds::paths);
    Input::of(&KNOWN, data).is_some_and(|input| match input.choice {
        0 => input.read::<InclusionProof>(|_| ()),
        1 => input.read::<ConsistencyProof>(|_| ()),
        _ => input.read::<RootHash>(|_| ()),
    })
}

/// An identifier, as bytes and as a link. Reached: version, codec and hash are right, and there is a
/// digest of some length.
pub(super) fn cid(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    let codec = [0x55, 0x71, 0x70][usize::from(choice / 2 % 3)];
    let head = [&[1, codec, 0x12, 0x20], data].concat();
    let bytes = if choice % 2 == 0 { head.as_slice() } else { data };
    let decoded = Cid::from_bytes(bytes);
    if let Ok(cid) = &decoded {
        assert_eq!(cid.to_bytes(), bytes);
        assert_eq!(bytes.len(), Cid::LEN);
        assert_eq!(cid.content_digest(), &bytes[4..]);
    }
    let link = [&[0xd8, 0x2a, 0x58, 1 + bytes.len() as u8, 0], bytes].concat();
    let linked = if bytes.len() < 24 { None } else { decode::<Cid>(&link).ok() };
    if bytes.len() >= 24 && bytes.len() < 255 {
        assert_eq!(decoded.ok(), linked, "bytes and link disagree");
    }
    matches!(bytes, [1, 0x55 | 0x71, 0x12, 0x20, _, ..])
}
