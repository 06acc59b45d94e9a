//! Canonical bytes of every object, and every wrong way to write one.

use std::fmt::Debug;

use medcrypto_core::Dst;
use medcrypto_core::dst::ledger;
use medcrypto_ledger::block::{Checkpoint, Genesis, Header, QuorumCertificate, TxProof};
use medcrypto_ledger::codec::{Pairs, decode, digest, encode};
use medcrypto_ledger::contract::{
    Action, Deadlines, Delivery, Dispute, ExclusiveProof, Expiry, Proof, PublicInputs, Record,
    Rekey, Requirement, Settlement, SettlementStatement, SignedTx, TxBody, Verdict,
};
use medcrypto_ledger::merkle::InclusionProof;
use medcrypto_ledger::pbft::change::{NewView, Prepared, ViewChange};
use medcrypto_ledger::pbft::message::{Batch, Fetch, Phase, Reply, Request, Status, Vote};
use medcrypto_ledger::pbft::signed::Statement;
use medcrypto_ledger::pbft::{Answer, Message, Signed, Snapshot};
use medcrypto_ledger::{Digest, PublicKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fields::Fields;
use super::reader::{Case, Outputs, Runner, Verdict as Given, named, run};

#[test]
fn t12_objects_give_the_known_answers() {
    let json = include_str!("../../../../vectors/ledger/encoding.json");
    let kinds: [(_, Runner); 10] = [
        ("genesis", |case| answer(case, genesis, |g| named_digest("chain_id", g.chain_id().0))),
        ("header", |case| answer(case, Fields::header, |h| named_digest("block_id", h.id().0))),
        ("block", |case| answer(case, Fields::block, |_| None)),
        ("certified-block", |case| answer(case, Fields::certified_block, |_| None)),
        ("checkpoint", |case| answer(case, checkpoint, |c| under(ledger::PBFT_CHECKPOINT, c))),
        ("tx-proof", |case| answer(case, tx_proof, |_| None)),
        ("message", |case| answer(case, message, |_| None)),
        ("batch", |case| answer(case, batch, |b| named_digest("digest", b.digest()))),
        ("signed-tx", |case| answer(case, signed_tx, |t| named_digest("id", t.body.id()))),
        ("settlement", |case| answer(case, settlement, |s| under(ledger::SETTLEMENT, s))),
    ];
    run(json, "medcrypto-ledger/encoding", &kinds);
    let pinned = include_str!("../../../../vectors/pinned/v1/ledger/encoding.json");
    run(pinned, "medcrypto-ledger/encoding", &kinds);
}

type Named = Option<(&'static str, Digest)>;

fn named_digest(name: &'static str, digest: Digest) -> Named {
    Some((name, digest))
}

fn under<T: Serialize>(domain: Dst, value: &T) -> Named {
    named_digest("signed", digest(domain, value))
}

/// Encodes what the fields say, or decodes bytes that must be refused.
fn answer<'c, T: Serialize + DeserializeOwned + PartialEq + Debug>(
    case: &'c Case,
    build: impl Fn(Fields<'c>) -> T,
    identity: impl Fn(&T) -> Named,
) -> Given {
    if case.optional("bytes").is_some() {
        return decode::<T>(&case.bytes("bytes")).map(|_| Outputs::new()).map_err(named);
    }
    let value = build(Fields(case.input("fields")));
    let bytes = encode(&value);
    let identity = identity(&value).map(|(name, digest)| (name, digest.0.to_vec()));
    assert_eq!(decode::<T>(&bytes), Ok(value));
    Ok([("bytes", bytes)].into_iter().chain(identity).collect())
}

fn genesis(fields: Fields<'_>) -> Genesis {
    fields.genesis()
}

fn checkpoint(fields: Fields<'_>) -> Checkpoint {
    fields.checkpoint("chain_id")
}

fn tx_proof(fields: Fields<'_>) -> TxProof {
    let header: Header = fields.object("header").header();
    let certificate: QuorumCertificate = fields.object("certificate").certificate();
    let path = InclusionProof(fields.digests("path"));
    TxProof { header, certificate, index: fields.number("index"), path }
}

fn signed<T: Statement>(fields: Fields<'_>, body: impl Fn(Fields<'_>) -> T) -> Signed<T> {
    Signed::from_parts(body(fields.object("body")), fields.signature("signature"))
}

fn request(f: Fields<'_>) -> Request {
    let (chain, client) = (f.chain("chain"), f.client("client"));
    Request { chain, client, nonce: f.number("nonce"), operation: f.bytes("operation") }
}

fn vote<P: Phase>(f: Fields<'_>) -> Vote<P> {
    let (view, seq) = (f.number("view"), f.number("seq"));
    Vote::new(f.chain("chain"), f.replica("sender"), view, seq, f.digest("digest"))
}

fn reply(f: Fields<'_>) -> Reply {
    Reply {
        chain: f.chain("chain"),
        sender: f.replica("sender"),
        view: f.number("view"),
        client: f.client("client"),
        nonce: f.number("nonce"),
        result: f.bytes("result"),
    }
}

fn status(f: Fields<'_>) -> Status {
    Status {
        chain: f.chain("chain"),
        sender: f.replica("sender"),
        view: f.number("view"),
        executed: f.number("executed"),
        certified: f.number("certified"),
    }
}

fn batch(f: Fields<'_>) -> Batch {
    let requests = f.objects("requests").map(|r| signed(r, request)).collect();
    Batch { requests, time: f.number("time"), proposer: f.replica("proposer") }
}

fn message(f: Fields<'_>) -> Message {
    match f.text("message") {
        "Request" => Message::Request(signed(f, request)),
        "PrePrepare" => Message::PrePrepare(signed(f, vote), batch(f.object("batch"))),
        "Prepare" => Message::Prepare(signed(f, vote)),
        "Commit" => Message::Commit(signed(f, vote)),
        "Checkpoint" => Message::Checkpoint(signed(f, |body| body.checkpoint("chain"))),
        "Reply" => Message::Reply(signed(f, reply)),
        "Status" => Message::Status(signed(f, status)),
        "ViewChange" => Message::ViewChange(signed(f, view_change)),
        "NewView" => Message::NewView(signed(f, new_view)),
        "Fetch" => Message::Fetch(signed(f, fetch)),
        "Stable" => Message::Stable(f.object("content").certificate()),
        "Body" => Message::Body(batch(f.object("content"))),
        "State" => Message::State(snapshot(f.object("content"))),
        other => panic!("message {other}"),
    }
}

fn prepared(f: Fields<'_>) -> (u64, Prepared) {
    let (view, digest, assign) = (f.number("view"), f.digest("digest"), f.signature("assign"));
    let vote = |vote: Fields<'_>| (vote.replica("replica"), vote.signature("signature"));
    let prepares = Pairs(f.objects("prepares").map(vote).collect());
    (f.number("seq"), Prepared { view, digest, assign, prepares })
}

fn view_change(f: Fields<'_>) -> ViewChange {
    ViewChange {
        chain: f.chain("chain"),
        sender: f.replica("sender"),
        view: f.number("view"),
        stable: f.object("stable").certificate(),
        prepared: Pairs(f.objects("prepared").map(prepared).collect()),
    }
}

fn new_view(f: Fields<'_>) -> NewView {
    let change = |change: Fields<'_>| (change.replica("replica"), signed(change, view_change));
    NewView {
        chain: f.chain("chain"),
        sender: f.replica("sender"),
        view: f.number("view"),
        changes: Pairs(f.objects("changes").map(change).collect()),
        assigned: f.objects("assigned").map(|assign| signed(assign, vote)).collect(),
    }
}

fn fetch(f: Fields<'_>) -> Fetch {
    let (chain, sender) = (f.chain("chain"), f.replica("sender"));
    Fetch { chain, sender, round: f.number("round"), digests: f.digests("digests") }
}

fn snapshot(f: Fields<'_>) -> Snapshot {
    let answer = |a: Fields<'_>| {
        let answer = Answer { nonce: a.number("nonce"), result: a.bytes("result") };
        (a.client("client"), answer)
    };
    Snapshot {
        headers: f.objects("headers").map(Fields::header).collect(),
        clients: Pairs(f.objects("clients").map(answer).collect()),
        app: f.bytes("app"),
    }
}

fn signed_tx(f: Fields<'_>) -> SignedTx {
    let body = f.object("body");
    let (chain_id, sender) = (body.chain("chain_id"), body.key("sender"));
    let action = action(body.text("action"), body.object("content"));
    let body = TxBody { chain_id, sender, nonce: body.number("nonce"), action };
    SignedTx { body, signature: f.signature("signature") }
}

fn action(name: &str, f: Fields<'_>) -> Action {
    let (request, patient) = (|| f.digest("request"), || f.key("patient"));
    match name {
        "Publish" => Action::Publish(requirement(f)),
        "RegisterRecord" => Action::RegisterRecord(record(f), f.signature("signature")),
        "Prove" => Action::Prove(proof(f)),
        "Rekey" => Action::Rekey(Rekey {
            request: request(),
            rekey_id: f.digest("rekey_id"),
            sealed: f.cid("sealed"),
        }),
        "Deliver" => Action::Deliver(Delivery {
            request: request(),
            patient: patient(),
            delivery: f.cid("delivery"),
        }),
        "Settle" => Action::Settle(Settlement {
            request: request(),
            patient: patient(),
            by_patient: f.signature("by_patient"),
            by_institution: f.signature("by_institution"),
        }),
        "Dispute" => Action::Dispute(Dispute {
            request: request(),
            patient: patient(),
            evidence: f.digest("evidence"),
        }),
        "Verdict" => Action::Verdict(Verdict {
            request: request(),
            patient: patient(),
            evidence: f.digest("evidence"),
            upheld: f.flag("upheld"),
        }),
        "Expire" => {
            let patient = f.optional("patient").map(|patient| PublicKey(patient.whole()));
            Action::Expire(Expiry { request: request(), patient })
        }
        other => panic!("action {other}"),
    }
}

fn requirement(f: Fields<'_>) -> Requirement {
    let d = f.object("deadlines");
    Requirement {
        verifying_key: f.digest("verifying_key"),
        requirement: f.digest("requirement"),
        issuers: f.keys("issuers"),
        earliest_as_of_ms: f.number("earliest_as_of_ms"),
        keywords: f.list("keywords").into_iter().collect(),
        class: f.digest("class"),
        period: f.small("period"),
        exclusive: f.flag("exclusive"),
        price: f.number("price"),
        places: f.small("places"),
        bond: f.number("bond"),
        proxy: f.key("proxy"),
        arbiters: f.keys("arbiters"),
        deadlines: Deadlines {
            prove_until: d.number("prove_until"),
            rekey: d.number("rekey"),
            deliver: d.number("deliver"),
            dispute: d.number("dispute"),
            verdict: d.number("verdict"),
        },
    }
}

fn record(f: Fields<'_>) -> Record {
    Record {
        patient: f.key("patient"),
        commitment: f.digest("commitment"),
        ciphertext: f.cid("ciphertext"),
        issuer: f.key("issuer"),
        as_of_ms: f.number("as_of_ms"),
    }
}

fn proof(f: Fields<'_>) -> Proof {
    let i = f.object("inputs");
    let inputs = PublicInputs {
        commitment: i.digest("commitment"),
        requirement: i.digest("requirement"),
        policy: i.digest("policy"),
        context: i.digest("context"),
        nullifier: i.digest("nullifier"),
        scope: i.digest("scope"),
        kind: i.small("kind"),
    };
    let exclusive = |e: Fields<'_>| ExclusiveProof {
        nullifier: e.digest("nullifier"),
        proof: e.bytes("proof"),
    };
    Proof {
        request: f.digest("request"),
        nonce: f.digest("nonce"),
        inputs,
        proof: f.bytes("proof"),
        exclusive: f.optional("exclusive").map(exclusive),
    }
}

fn settlement(f: Fields<'_>) -> SettlementStatement {
    let (chain_id, request) = (f.chain("chain_id"), f.digest("request"));
    SettlementStatement {
        chain_id,
        request,
        patient: f.key("patient"),
        delivery: f.cid("delivery"),
    }
}
