use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::aggregate::{Bounds, Member, Plan, Quantisation, Shape};
use medcrypto_khpke::dlog::Table;
use medcrypto_khpke::{
    AccountId, AmountPolicy, BatchableRangeProof, BatchableTransferProof,
    BatchableVectorRangeProof, DigitBits, Opening, RangeParameters, RangeProof, RangeStatement,
    TransferContext, TransferProof, TransferStatement, TransferWitness, UncheckedRangeParameters,
    VectorRangeProof, VectorStatement, insecure,
};

use super::{CHALLENGE, HEAD, SLOTS, ad, reader};
use crate::{Object, rng};

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::RANGE_PER_DIGIT)
}

/// Two digits, 0 and 1.
fn parameters() -> RangeParameters {
    let bits = DigitBits::new(1).unwrap();
    insecure::deal(bits, &mut rng(5)).unwrap().verify().unwrap()
}

pub(crate) fn objects() -> Vec<Object> {
    let parameters = parameters();
    let parts = [numbers(&parameters), slots(&parameters), transfers(&parameters), tables()];
    parts.into_iter().flatten().collect()
}

/// The fields of a compact proof of one digit or two, up to the responses of the other secrets.
fn compact(digits: usize) -> Vec<(usize, &'static str)> {
    let [points, scalars] = [48, 32].map(|width| width * digits);
    vec![(points, "V"), (points, "V̄"), CHALLENGE, (scalars, "z"), (scalars, "zv")]
}

fn batchable(digits: usize, rows: usize) -> Vec<(usize, &'static str)> {
    let [points, scalars] = [48, 32].map(|width| width * digits);
    let rows = (48 * rows, "A");
    vec![(points, "V"), (points, "V̄"), (points, "a"), rows, (scalars, "z"), (scalars, "zv")]
}

fn numbers(parameters: &RangeParameters) -> Vec<Object> {
    let file = parameters.unchecked().to_bytes();
    let rng = &mut rng(6);
    let opening = Opening::new(1_u64, rng).unwrap();
    let (interval, commitment) = (parameters.bits(1).unwrap(), opening.commitment().unwrap());
    let statement = RangeStatement { interval, commitment };
    let short = RangeProof::prove(&statement, &opening, &mut transcript(), rng).unwrap();
    let long = BatchableRangeProof::prove(&statement, &opening, &mut transcript(), rng).unwrap();
    let (short, long) = (short.to_bytes(), long.to_bytes());
    let blinding = [(32, "z of β")];
    vec![
        Object::new(
            "range parameters",
            &file,
            UncheckedRangeParameters::from_bytes(&file).unwrap().to_bytes(),
            &[HEAD, (1, "u"), (48, "Γ"), (96, "gvk ∈ 𝔾₂"), (48, "σ₀"), (48, "σ₁")],
        ),
        Object::new(
            "range proof",
            &short,
            RangeProof::from_bytes(&short).unwrap().to_bytes(),
            &[&[HEAD], &compact(1)[..], &blinding].concat(),
        ),
        Object::new(
            "batchable range proof",
            &long,
            BatchableRangeProof::from_bytes(&long).unwrap().to_bytes(),
            &[&[HEAD], &batchable(1, 1)[..], &blinding].concat(),
        ),
    ]
}

fn slots(parameters: &RangeParameters) -> Vec<Object> {
    let ((_, key, _), ad, rng) = (reader(1), ad("upload"), &mut rng(7));
    let (ciphertext, witness) = key.encrypt_for_proof(&ad, &[1], rng).unwrap();
    let interval = parameters.bits(1).unwrap();
    let statement = VectorStatement { interval, key: &key, ad: &ad, ciphertext: &ciphertext };
    let session = &mut transcript();
    let short = VectorRangeProof::prove(&statement, &witness, session, rng).unwrap().to_bytes();
    let session = &mut transcript();
    let long = BatchableVectorRangeProof::prove(&statement, &witness, session, rng).unwrap();
    let long = long.to_bytes();
    let head = [HEAD, SLOTS, (1, "digits of a row"), (1, "rows of a slot")];
    let randomness = [(32, "z of r₁"), (32, "z of r₂")];
    vec![
        Object::new(
            "range proof of the slots of a ciphertext",
            &short,
            VectorRangeProof::from_bytes(&short).unwrap().to_bytes(),
            &[&head, &compact(1)[..], &randomness].concat(),
        ),
        Object::new(
            "batchable range proof of the slots of a ciphertext",
            &long,
            BatchableVectorRangeProof::from_bytes(&long).unwrap().to_bytes(),
            &[&head, &batchable(1, 5)[..], &randomness].concat(),
        ),
    ]
}

fn transfers(parameters: &RangeParameters) -> Vec<Object> {
    let [(secret, payer, _), (_, payee, _)] = [1, 2].map(reader);
    let (keys, rng) = ([&payer, &payee], &mut rng(8));
    let balance = payer.encrypt(&ad("balance"), &[1], rng).unwrap();
    let (core, witness) = TransferWitness::new(&secret, keys, 1, 1, rng).unwrap();
    let context =
        TransferContext { ledger: [9; 32], epoch: 0, nonce: 0, policy: AmountPolicy::Any };
    let range = parameters.bits(1).unwrap();
    let statement = TransferStatement::new(range, context, keys, &balance, &core).unwrap();
    let session = &mut transcript();
    let short = TransferProof::prove(&statement, &witness, session, rng).unwrap().to_bytes();
    let session = &mut transcript();
    let long = BatchableTransferProof::prove(&statement, &witness, session, rng).unwrap();
    let long = long.to_bytes();
    let others =
        [(32, "z of r₁"), (32, "z of r₂"), (32, "z of k₁"), (32, "z of k₂"), (32, "z of k₃")];
    vec![
        Object::new(
            "proof of a transfer",
            &short,
            TransferProof::from_bytes(&short).unwrap().to_bytes(),
            &[&[HEAD], &compact(2)[..], &others].concat(),
        ),
        Object::new(
            "batchable proof of a transfer",
            &long,
            BatchableTransferProof::from_bytes(&long).unwrap().to_bytes(),
            &[&[HEAD], &batchable(2, 10)[..], &others].concat(),
        ),
    ]
}

fn tables() -> Vec<Object> {
    let table = Table::build(8, 2).unwrap().to_bytes();
    let (_, key, _) = reader(1);
    let member = |id| Member { account: AccountId([id; 32]), weight: id.into() };
    let roster = [2, 3, 4].map(member).to_vec();
    let quantisation = Quantisation::new(8, 6).unwrap();
    let shape = Shape { values: 2, fields_per_slot: 2, quantisation };
    let bounds = Bounds { minimum_roster: 3, weight_ratio: 2 };
    let plan = Plan::new(7, (key.id(), key.slots()), roster, shape, bounds).unwrap().to_bytes();
    let shape = [(4, "values"), SLOTS, (1, "fields of a slot"), (1, "B"), (1, "f")];
    let rules = [(4, "minimum"), (4, "ratio"), (4, "members")];
    let members = [(32, "account"), (4, "weight")].repeat(3);
    vec![
        Object::new(
            "table of discrete logarithms",
            &table,
            Table::from_bytes(&table).unwrap().to_bytes(),
            &[
                HEAD,
                (1, "bits of the range"),
                (1, "a"),
                (4, "ends of the buckets"),
                (20, "entries"),
                (32, "checksum"),
            ],
        ),
        Object::new(
            "plan of an aggregation",
            &plan,
            Plan::from_bytes(&plan).unwrap().to_bytes(),
            &[&[HEAD, (8, "round"), (32, "key id")], &shape[..], &rules, &members].concat(),
        ),
    ]
}
