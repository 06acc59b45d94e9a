//! Decoders of DAG-CBOR, each behind the first bytes that its type has. Law: what is accepted encodes
//! to exactly the bytes that were read.

use medcrypto_ledger::block::{
    Block, CertifiedBlock, Checkpoint, Genesis, Header, QuorumCertificate, TxProof,
};
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::{Receipt, SettlementStatement, SignedTx, State, TxBody};
use medcrypto_ledger::merkle::{ConsistencyProof, InclusionProof, RootHash};
use medcrypto_ledger::pbft::message::{Batch, Request};
use medcrypto_ledger::pbft::{Message, Signed};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An array of so many elements.
const fn array(len: u8) -> u8 {
    0x80 | len
}

/// Decodes `head ‖ data`, and looks at what comes out. Reached: there is room for the `digests` that
/// every object of the type has.
fn read<T: Serialize + DeserializeOwned>(
    head: &[u8],
    digests: usize,
    data: &[u8],
    look: impl Fn(&T),
) -> bool {
    let bytes = [head, data].concat();
    if let Ok(value) = decode::<T>(&bytes) {
        assert_eq!(encode(&value), bytes, "accepted, but encoded otherwise");
        look(&value);
    }
    data.len() >= (digests * DIGEST).max(1)
}

/// A digest behind its head.
const DIGEST: usize = 34;

/// The first byte chooses between a certified block, a block and a header.
pub(super) fn block(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    let named = |header: &Header| assert_eq!(header.id(), header.id());
    match choice % 3 {
        0 => read::<CertifiedBlock>(&[array(2), array(2), array(9)], 5, data, |certified| {
            named(&certified.block.header);
        }),
        1 => read::<Block>(&[array(2), array(9)], 4, data, |block| named(&block.header)),
        _ => read::<Header>(&[array(9)], 4, data, named),
    }
}

/// A quorum certificate or one vote of it.
pub(super) fn certificate(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    if choice % 2 == 0 {
        return read::<QuorumCertificate>(&[array(3)], 1, data, |_| ());
    }
    read::<Checkpoint>(&[array(4)], 2, data, |_| ())
}

/// A genesis: what a stranger starts from.
pub(super) fn genesis(data: &[u8]) -> bool {
    read::<Genesis>(&[array(3)], 1, data, |genesis| {
        let keys = genesis.committee().map(|committee| committee.keys().to_vec());
        assert!(keys.is_err() || keys == Ok(genesis.replicas.clone()));
        assert_eq!(genesis.block().header.chain_id, genesis.chain_id());
    })
}

/// A transaction, its body or a settlement statement. What fits its bounds is short.
pub(super) fn transaction(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    match choice % 4 {
        0 | 1 => read::<SignedTx>(&[array(2), array(4)], 1, data, |tx| {
            assert!(!tx.fits() || encode(tx).len() <= SignedTx::MAX_LEN);
        }),
        2 => read::<TxBody>(&[array(4)], 1, data, |body| assert_eq!(body.id(), body.id())),
        _ => read::<SettlementStatement>(&[array(4)], 2, data, |_| ()),
    }
}

/// The answer to a transaction.
pub(super) fn receipt(data: &[u8]) -> bool {
    read::<Receipt>(&[array(2)], 0, data, |_| ())
}

/// The contract's state, which a snapshot carries.
pub(super) fn state(data: &[u8]) -> bool {
    read::<State>(&[array(8)], 0, data, |state| {
        let _ = state.total();
        assert_eq!(state.digest(), state.digest());
    })
}

const KINDS: [&str; 7] =
    ["Request", "PrePrepare", "Prepare", "Commit", "Checkpoint", "Reply", "Status"];

/// A message behind its kind, or a part of one.
pub(super) fn message(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    match usize::from(choice % 9) {
        7 => {
            read::<Batch>(&[array(3)], 0, data, |batch| assert_eq!(batch.digest(), batch.digest()))
        }
        8 => read::<Signed<Request>>(&[array(2), array(4)], 1, data, |_| ()),
        kind => {
            let name = KINDS[kind];
            let head = [&[0xa1, 0x60 | name.len() as u8], name.as_bytes(), &[array(2)]].concat();
            read::<Message>(&head, 1, data, |message| {
                assert_eq!(message.kind(), name);
                assert_eq!(Message::decode(&message.encode()).as_ref(), Ok(message));
            })
        }
    }
}

/// What a light client is shown.
pub(super) fn tx_proof(data: &[u8]) -> bool {
    read::<TxProof>(&[array(4), array(9)], 5, data, |_| ())
}

/// Paths of the Merkle log, and a root with its size.
pub(super) fn merkle_proof(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    // Every digest is the head 0x58 0x20 and 32 bytes.
    let count = usize::from(choice / 4 % 6);
    let mended: Vec<u8> = (0..count)
        .flat_map(|i| {
            let digest = data.get(32 * i..).unwrap_or_default();
            [&[0x58, 0x20], crate::script::fitted(digest, 32).as_slice()].concat()
        })
        .collect();
    match choice % 4 {
        0 => read::<InclusionProof>(&[array(count as u8)], count, &mended, |path| {
            assert_eq!(path.0.len(), count);
        }),
        1 => read::<InclusionProof>(&[], 0, data, |_| ()),
        2 => read::<ConsistencyProof>(&[], 0, data, |_| ()),
        _ => read::<RootHash>(&[array(2)], 1, data, |_| ()),
    }
}

/// An identifier, as bytes and as a link.
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
    true
}
