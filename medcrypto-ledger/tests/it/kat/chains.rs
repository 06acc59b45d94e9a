//! Chains from genesis, transactions for light clients, block times and quorums.

use medcrypto_ledger::block::{Execute, TxProof, block_time, median_time, verify_chain};
use medcrypto_ledger::codec::decode;
use medcrypto_ledger::pbft::{App, Context, Quorum, Replay, RestoreError, genesis_state_root};
use medcrypto_ledger::{Digest, Dst, Error, PublicKey, Refused, Signature, Verifier};
use sha2::{Digest as _, Sha256};

use super::fields::Fields;
use super::reader::{Case, Outputs, Runner, Verdict, named, run, unhex};

#[test]
fn t22_t24_chains_give_the_known_answers() {
    let json = include_str!("../../../../vectors/ledger/chain.json");
    let kinds: [(_, Runner); 4] =
        [("chain", chain), ("tx-proof", tx_proof), ("time", time), ("quorum", quorum)];
    run(json, "medcrypto-ledger/chain", &kinds);
    let pinned = include_str!("../../../../vectors/pinned/v1/ledger/chain.json");
    run(pinned, "medcrypto-ledger/chain", &kinds);
}

/// SHA-256(world ‖ len8(domain) ‖ domain ‖ len64(key) ‖ key ‖ message) in place of a signature.
struct Keyed([u8; 32]);

impl Verifier for Keyed {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        let (domain, key) = (domain.as_bytes(), key.0.as_slice());
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update([u8::try_from(domain.len()).unwrap()]);
        hash.update(domain);
        hash.update((key.len() as u64).to_be_bytes());
        hash.update(key);
        hash.update(message);
        if signature.0.as_slice() == hash.finalize().as_slice() { Ok(()) } else { Err(Refused) }
    }
}

/// Its state is a hash over what it ran; its reply the first four bytes of that.
#[derive(Clone)]
struct Hasher([u8; 32]);

impl App for Hasher {
    fn check(&self, _: &[u8]) -> Result<(), Refused> {
        Ok(())
    }

    fn apply(&mut self, operation: &[u8], _: &Context) -> Vec<u8> {
        self.0 = Sha256::new().chain_update(self.0).chain_update(operation).finalize().into();
        self.0[..4].to_vec()
    }

    fn digest(&self) -> Digest {
        Digest(self.0)
    }

    fn snapshot(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), RestoreError> {
        self.0 = snapshot.try_into().or(Err(RestoreError))?;
        Ok(())
    }
}

/// A replay, or an executor that is never asked: without a committee there is none.
enum Runs {
    Replay(Replay<Keyed, Hasher>),
    Never,
}

impl Execute for Runs {
    fn execute(
        &mut self,
        context: &medcrypto_ledger::block::Context,
        txs: &[medcrypto_ledger::Bytes],
    ) -> Result<Digest, medcrypto_ledger::block::BadTx> {
        match self {
            Self::Replay(replay) => replay.execute(context, txs),
            Self::Never => panic!("executed without a committee"),
        }
    }
}

fn chain(case: &Case) -> Verdict {
    let world = case.random("world");
    let genesis = Fields(case.input("genesis")).genesis();
    let blocks: Vec<Vec<u8>> = case.list("blocks").iter().map(unhex).collect();
    let replay = Replay::new(&genesis, Keyed(world), Hasher([0; 32]));
    let mut runs = replay.map_or(Runs::Never, Runs::Replay);
    let head = verify_chain(&genesis, blocks.iter().map(Vec::as_slice), &mut runs, &Keyed(world));
    let head = head.map_err(|bad| format!("{}: {:?}", bad.height, bad.fault))?;
    if blocks.is_empty() {
        assert_eq!(head.state_root, genesis_state_root(&Hasher([0; 32])));
    }
    Ok(Outputs::from([
        ("head", head.id().0.0.to_vec()),
        ("state_root", head.state_root.0.to_vec()),
        ("chain_id", genesis.chain_id().0.0.to_vec()),
    ]))
}

fn tx_proof(case: &Case) -> Verdict {
    let genesis = Fields(case.input("genesis")).genesis();
    let proof = decode::<TxProof>(&case.bytes("proof")).unwrap();
    let verified: Result<(), Error> =
        proof.verify(&genesis, &case.bytes("tx"), &Keyed(case.random("world")));
    verified.map(|()| Outputs::new()).map_err(named)
}

fn time(case: &Case) -> Verdict {
    let times: Vec<u64> = case.list("times").iter().map(|time| time.as_u64().unwrap()).collect();
    let time = block_time(case.number("proposed"), &times);
    Ok(Outputs::from([
        ("median", median_time(&times).to_be_bytes().to_vec()),
        ("time", time.to_be_bytes().to_vec()),
    ]))
}

fn quorum(case: &Case) -> Verdict {
    let quorum = Quorum::new(u16::try_from(case.number("replicas")).unwrap()).unwrap();
    let number = |value: usize| u16::try_from(value).unwrap().to_be_bytes().to_vec();
    let primary = quorum.primary(case.text("view").parse().unwrap());
    Ok(Outputs::from([
        ("faulty", number(quorum.faulty())),
        ("quorum", number(quorum.quorum())),
        ("weak", number(quorum.weak())),
        ("primary", primary.0.to_be_bytes().to_vec()),
    ]))
}
