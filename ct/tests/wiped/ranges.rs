//! The witnesses of range and transfer proofs of medcrypto-khpke: numbers, their digits, blinding factors.

use medcrypto_core::bls::SecretResidue;
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AmountPolicy, AssociatedData, BatchableTransferProof, DecryptionKey, DigitBits,
    Opening, PossessionProof, RangeParameters, RangeProof, RangeStatement, RegisteredKey, Slots,
    TransferContext, TransferProof, TransferStatement, TransferWitness, VectorRangeProof,
    VectorStatement, insecure,
};

use super::{clean, rng, spy::Search};

/// No digit of four bits is that of another place.
const NUMBER: u64 = 0x0123_4567_89ab_cdef;

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::RANGE_PER_DIGIT)
}

fn parameters() -> RangeParameters {
    insecure::deal(DigitBits::new(4).unwrap(), &mut rng(9)).unwrap().verify().unwrap()
}

/// The number as it is held, its digits, and the first two exponents that a generator of seed 2 gives.
fn search() -> Search {
    let mut search = Search::new();
    search.add("t", &[[0; 8], NUMBER.to_le_bytes(), [0; 8]].concat());
    let digits = (0..16).map(|place| u16::try_from((NUMBER >> (4 * place)) & 15).unwrap());
    search.add("digits of t", &digits.flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    let mut rng = rng(2);
    for name in ["β or r₁", "r₂"] {
        search.add_scalar(name, SecretResidue::generate(&mut rng).to_secret_bytes().as_slice());
    }
    search
}

#[test]
fn t20_openings_and_their_proofs_leave_no_secret() {
    let parameters = parameters();
    let opening = || Opening::new(NUMBER, &mut rng(2)).unwrap();
    let witness = opening();
    let commitment = witness.commitment().unwrap();
    let statement = RangeStatement { interval: parameters.bits(64).unwrap(), commitment };
    let two_rows = parameters.between(1, u64::MAX).unwrap();
    let both = RangeStatement { interval: two_rows, ..statement };
    let outside = RangeStatement { interval: parameters.bits(32).unwrap(), ..statement };
    let prove = |statement| RangeProof::prove(statement, &witness, &mut transcript(), &mut rng(3));
    let search = search();
    search.check_controls();
    clean! { search,
        "open": opening();
        "commit": witness.commitment().unwrap();
        "prove": prove(&statement).unwrap();
        "prove two rows": prove(&both).unwrap();
        "prove what is not so": prove(&outside).unwrap_err();
    }
}

fn party(number: u8) -> (DecryptionKey, RegisteredKey) {
    let (secret, public) = DecryptionKey::generate(Slots::ONE, &mut rng(number.into())).unwrap();
    let account = AccountId([number; 32]);
    let proof =
        PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng(3)).unwrap();
    (secret, public.register(account, &proof, &mut transcript()).unwrap())
}

#[test]
fn t20_uploads_and_transfers_leave_no_secret() {
    let (parameters, (secret, payer), (_, payee)) = (parameters(), party(5), party(6));
    let (ad, keys) = (AssociatedData::new(b"ad").unwrap(), [&payer, &payee]);
    let encrypt = || payer.encrypt_for_proof(&ad, &[NUMBER.cast_signed()], &mut rng(2)).unwrap();
    let (ciphertext, upload) = encrypt();
    let interval = parameters.bits(64).unwrap();
    let slots = VectorStatement { interval, key: &payer, ad: &ad, ciphertext: &ciphertext };
    // The amount and the change are one number.
    let make = || TransferWitness::new(&secret, keys, NUMBER, 2 * NUMBER, &mut rng(2)).unwrap();
    let balance = (2 * NUMBER).cast_signed();
    let balance = payer.encrypt(&ad, &[balance], &mut rng(4)).unwrap();
    let (core, witness) = make();
    let policy = AmountPolicy::Any;
    let context = TransferContext { ledger: [7; 32], epoch: 0, nonce: 0, policy };
    let statement = TransferStatement::new(interval, context, keys, &balance, &core).unwrap();
    let session = transcript;
    let mut search = search();
    // Header, number of slots, key id, α, β, κ̂; then k.
    for (name, part) in ["k₁", "k₂", "k₃"].iter().zip(secret.to_secret_bytes()[324..].chunks(32))
    {
        search.add_scalar(name, part);
    }
    search.check_controls();
    clean! { search,
        "encrypt for a proof": encrypt();
        "prove slots":
            VectorRangeProof::prove(&slots, &upload, &mut session(), &mut rng(3)).unwrap();
        "spend": make();
        "spend too much":
            TransferWitness::new(&secret, keys, NUMBER, 1, &mut rng(2)).unwrap_err();
        "prove a transfer":
            TransferProof::prove(&statement, &witness, &mut session(), &mut rng(3)).unwrap();
        "prove a transfer for a batch":
            BatchableTransferProof::prove(&statement, &witness, &mut session(), &mut rng(3))
                .unwrap();
    }
}
