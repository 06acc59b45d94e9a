//! Changed transactions, blocks and ciphertexts; what is appended; and replicas that stop or lie.

use medcrypto_core::dst;
use medcrypto_ledger::auth::{Auth, ReplicaId};
use medcrypto_ledger::block::{CertifiedBlock, ChainId, Checkpoint, Fault, QuorumCertificate};
use medcrypto_ledger::cas::{self, Cid, Store as _};
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::envelope::{Rejection, SignedTx};
use medcrypto_ledger::contract::gate;
use medcrypto_ledger::contract::host::Answer;
use medcrypto_ledger::contract::policy::{self, DataType, Grant, Reject};
use medcrypto_ledger::{Digest, Error};

use super::Attempt;
use crate::flows::Failure;
use crate::flows::meisami::signer::{Ecdsa, Signer};
use crate::flows::meisami::vault::{ReaderSecret, Sealed};
use crate::flows::meisami::ward::{REPLICAS, Ward, outcome};

type Tx = SignedTx<gate::Action<policy::Action>>;

const SIGNATURE: Rejection<Reject> = Rejection::Signature;

/// The patient's first observation on the chain and in storage, granted to those whom a consent means.
fn stored(ward: &mut Ward) -> Result<(DataType, Cid), Failure> {
    let first = ward.source.observations.first().cloned();
    let (data_type, data) = first.ok_or_else(|| Failure::Data("no observation".to_owned()))?;
    ward.consent("notThem")?;
    let cid = ward.write(&data_type, &data)?;
    Ok((data_type, cid))
}

/// Somebody on the way changes the patient's grant, field by field and bit by bit.
pub(super) fn modification(ward: &mut Ward, _: bool) -> Result<Vec<Attempt>, Failure> {
    let (patient, thief) = (ward.patient.signer.clone(), ward.reader(2)?.signer.clone());
    let surgeon = ward.reader(0)?.signer.public_key();
    let types = ward.source.observations.iter().map(|(of, _)| of.clone()).collect();
    let grant = Grant { types, from_ms: 0, until_ms: u64::MAX };
    let action = |to, grant| gate::Action::Act(policy::Action::Grant(to, grant));
    let honest = ward.network.sign(&patient, action(surgeon, grant.clone()));
    let mut changed: Vec<(&'static str, Tx)> = Vec::new();
    let mut change = |what, with: &dyn Fn(&mut Tx)| {
        let mut tx = honest.clone();
        with(&mut tx);
        changed.push((what, tx));
    };
    change("for another chain", &|tx| tx.body.chain_id = ChainId(Digest::ZERO));
    change("from another sender", &|tx| tx.body.sender = thief.public_key());
    change("with a later nonce", &|tx| tx.body.nonce = tx.body.nonce.saturating_add(1));
    change("to another reader", &|tx| tx.body.action = action(thief.public_key(), grant.clone()));
    change("with the thief's signature", &|tx| {
        tx.signature = thief.sign(dst::ledger::TRANSACTION, &encode(&tx.body));
    });
    // Replicas order nothing of the kind; this is what their machine says of it.
    let (mut machine, height) = ward.machine()?;
    let (height, now) = (height.saturating_add(1), ward.network.now_ms());
    let told = changed.into_iter().map(|(what, tx)| {
        Attempt::new(what, SIGNATURE, outcome(&machine.run(&encode(&tx), height, now)))
    });
    let mut attempts: Vec<_> = told.collect();
    let bytes = encode(&honest);
    let passed = (0..bytes.len()).filter(|index| {
        let flipped = bytes.iter().enumerate();
        let flipped: Vec<_> =
            flipped.map(|(i, byte)| if i == *index { byte ^ 1 } else { *byte }).collect();
        matches!(machine.run(&flipped, height, now), Answer::Applied(_))
    });
    attempts.push(Attempt::new("bytes whose change goes unnoticed", 0, passed.count()));
    let told = ward.network.submit(&thief, bytes)?;
    attempts.push(Attempt::new("unchanged, whoever brings it", "applied", outcome(&told)));
    Ok(attempts)
}

/// One bit of each block of a copy is changed.
pub(super) fn block_modification(ward: &mut Ward, _: bool) -> Result<Vec<Attempt>, Failure> {
    stored(ward)?;
    let blocks = ward.blocks();
    let honest = ward.network.audit(&blocks, &Ecdsa).is_ok();
    let places = blocks.iter().enumerate().zip(1_u64..);
    let named = places.filter(|((index, block), height)| {
        let mut copy = blocks.clone();
        let middle = block.len() / 2;
        let byte = copy.get_mut(*index).and_then(|block| block.get_mut(middle));
        byte.into_iter().for_each(|byte| *byte ^= 1);
        ward.network.audit(&copy, &Ecdsa).is_err_and(|bad| bad.height == *height)
    });
    let named = named.count();
    Ok(vec![
        Attempt::new("the untouched chain verifies", true, honest),
        Attempt::new("changed blocks that an audit names by height", blocks.len(), named),
    ])
}

/// The storage serves other bytes, an older ciphertext, nothing; and tries to read.
pub(super) fn storage(ward: &mut Ward, _: bool) -> Result<Vec<Attempt>, Failure> {
    let (data_type, cid) = stored(ward)?;
    let older = ward.write(&data_type, b"another observation")?;
    let honest = ward.storage.store.clone();
    let blob = honest.read(&cid).unwrap_or_default();
    let served = |bytes: Option<Vec<u8>>| {
        let mut store = cas::MemoryStore::new();
        bytes.into_iter().for_each(|bytes| store.write(cid, bytes));
        cas::get(&store, &cid).map_or_else(|error| error.to_string(), |_| "read".to_owned())
    };
    let mut flipped = blob.clone();
    flipped.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    let place = ward.patient.newest(&data_type).map(|(place, _)| place.clone());
    let place = place.ok_or_else(|| Failure::Check("no key".to_owned()))?;
    let surgeon = ward.reader(0)?.signer.public_key();
    let wrapped = ward.storage.wrapped(&surgeon, &place);
    let wrapped = wrapped.ok_or_else(|| Failure::Check("no wrapped key".to_owned()))?;
    let own = ReaderSecret::generate(&mut ward.rng).unwrap_key(&place, wrapped);
    let meant = ward.reader(0)?.secret.unwrap_key(&place, wrapped);
    let guessed = crate::flows::meisami::vault::DataKey::generate(&mut ward.rng);
    let opened =
        |result: Result<(), Sealed>| result.map_or_else(|e| e.to_string(), |()| "opened".into());
    Ok(vec![
        Attempt::new("the ciphertext itself", "read", served(Some(blob.clone()))),
        Attempt::new("one bit changed", Error::Corrupt, served(Some(flipped))),
        Attempt::new("an earlier ciphertext", Error::Corrupt, served(honest.read(&older))),
        Attempt::new("nothing", Error::Missing, served(None)),
        Attempt::new("a wrapped key by whom it is for", "opened", opened(meant.map(|_| ()))),
        Attempt::new("a wrapped key with a key of its own", Sealed, opened(own.map(|_| ()))),
        Attempt::new(
            "the ciphertext with a guess",
            Sealed,
            opened(guessed.open(&place, &blob).map(|_| ())),
        ),
    ])
}

/// What a stranger says of a chain who executes it from genesis.
fn audited(ward: &Ward, blocks: &[Vec<u8>]) -> String {
    let audited = ward.network.audit(blocks, &Ecdsa);
    audited.map_or_else(|bad| bad.fault.to_string(), |_| "accepted".to_owned())
}

/// A stranger appends a block, and a member a record to the patient's.
pub(super) fn appending(ward: &mut Ward, _: bool) -> Result<Vec<Attempt>, Failure> {
    let (data_type, _) = stored(ward)?;
    let mut shorter = ward.network.chain();
    let next = shorter.pop().ok_or_else(|| Failure::NoProgress("no block".to_owned()))?;
    let appended = |block: &CertifiedBlock| {
        let longer = shorter.iter().chain([block]).map(encode);
        audited(ward, &longer.collect::<Vec<_>>())
    };
    // The block is the right one; the votes are a stranger's.
    let stranger = Signer::generate(&mut ward.rng.clone());
    let header = next.block.header;
    let vote = |replica| {
        let (chain_id, height, block_id) = (header.chain_id, header.height, header.id());
        let vote = Checkpoint { chain_id, height, block_id, replica };
        (replica, stranger.sign(dst::ledger::PBFT_CHECKPOINT, &encode(&vote)))
    };
    let votes = (0..REPLICAS).map(ReplicaId).map(vote).collect();
    let certificate = QuorumCertificate::new(header.height, header.id(), votes);
    let voted = CertifiedBlock { block: next.block.clone(), certificate };
    let mut fuller = next.clone();
    fuller.block.txs.extend(next.block.txs.clone());
    let blocks = [&next, &voted, &fuller].map(appended);
    let [honest, voted, fuller] = blocks;
    let forger = ward.reader(0)?.signer.clone();
    let forged = Cid::of(b"forged");
    let told = ward.post(&forger, policy::Action::Write(data_type.clone(), 0, forged))?;
    let found = ward.read(1, &data_type, forged)?;
    Ok(vec![
        Attempt::new("the block that the replicas have made", "accepted", honest),
        Attempt::new("the same with a stranger's votes", Fault::Certificate, voted),
        Attempt::new("one transaction more in it", Fault::TxCount, fuller),
        Attempt::new("a member's record is its own", "applied", outcome(&told)),
        Attempt::new(
            "it is none of the patient's",
            Reject::Unknown,
            found.err().unwrap_or_default(),
        ),
    ])
}

/// One replica of four stops, then a second; and two votes for a block.
pub(super) fn majority(ward: &mut Ward, _: bool) -> Result<Vec<Attempt>, Failure> {
    let (data_type, _) = stored(ward)?;
    // The same blocks, with so many of the replicas' votes for the last.
    let voted = |count: usize| {
        let mut chain = ward.network.chain();
        let last = chain.last_mut().ok_or_else(|| Failure::NoProgress("no block".to_owned()))?;
        let votes = last.certificate.signatures.0.clone().into_iter().take(count).collect();
        let (height, id) = (last.block.header.height, last.block.header.id());
        last.certificate = QuorumCertificate::new(height, id, votes);
        let chain: Vec<_> = chain.iter().map(encode).collect();
        Ok::<_, Failure>(audited(ward, &chain))
    };
    let (half, three) = (voted(2)?, voted(3)?);
    ward.network.silence(3);
    let one = ward.write(&data_type, b"with three replicas");
    ward.network.silence(2);
    let two = ward.write(&data_type, b"with two replicas");
    let told =
        |result: Result<Cid, Failure>| result.map_or_else(|f| f.to_string(), |_| "applied".into());
    let stopped = Failure::NoProgress("no quorum answered".to_owned());
    Ok(vec![
        Attempt::new("half of the votes certify nothing", Fault::Certificate, half),
        Attempt::new("the same blocks with three votes", "accepted", three),
        Attempt::new("one silent replica of four", "applied", told(one)),
        Attempt::new("two of four, which is less than 51 %", stopped, told(two)),
    ])
}
