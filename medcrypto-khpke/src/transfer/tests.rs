//! Every row is needed: without it a false statement is proved, with it the same moves are refused.

use alloc::vec::Vec;
use std::sync::OnceLock;

use medcrypto_core::bls::{G1, Scalar, SecretResidue};
use medcrypto_core::codec::{Header, Tag, Writer};
use medcrypto_core::{Transcript, dst};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{AmountPolicy, TransferContext, TransferStatement};
use crate::ciphertext::{Ciphertext, Core};
use crate::encrypt::TransferCore;
use crate::generators::generators;
use crate::hps::{Element, Randomness};
use crate::keys::{AccountId, DecryptionKey, PossessionProof, RegisteredKey, Slots};
use crate::range::{Claim, Hidden, RangeParameters, insecure, verify_all};
use crate::{AssociatedData, DigitBits, Error};

const BITS: u8 = 8;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::TRANSFER_PER_DIGIT)
}

fn parameters() -> &'static RangeParameters {
    static PARAMETERS: OnceLock<RangeParameters> = OnceLock::new();
    PARAMETERS.get_or_init(|| {
        insecure::deal(DigitBits::new(4).unwrap(), &mut rng(1)).unwrap().verify().unwrap()
    })
}

fn party(number: u8) -> (DecryptionKey, RegisteredKey) {
    let mut rng = rng(number.into());
    let (secret, public) = DecryptionKey::generate(Slots::ONE, &mut rng).unwrap();
    let account = AccountId([number; 32]);
    let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng);
    let key = public.register(account, &proof.unwrap(), &mut transcript()).unwrap();
    (secret, key)
}

/// [m]H.
fn h(m: u64) -> G1 {
    generators().h.mul_vartime(&Scalar::from_u64(m))
}

/// All that a payer may lie about: the points that are sent and stored, and what is proved of them.
struct Moves {
    payer: RegisteredKey,
    payee: RegisteredKey,
    /// X̃₁, X̃₂, X̃₃, Ẽ.
    stored: [G1; 4],
    /// X₁, X₂, X₃, E_A, T_A, E_B, T_B.
    sent: [G1; 7],
    /// r₁, r₂, k₁, k₂, k₃.
    secrets: [Scalar; 5],
    amount: u16,
    change: u16,
}

impl Moves {
    /// 77 of 200, honestly.
    fn honest() -> Self {
        let ((secret, payer), (_, payee)) = (party(2), party(3));
        let (amount, change) = (77, 123);
        let mut rng = rng(4);
        let r = Randomness::generate(&mut rng);
        let core =
            TransferCore::share(&payer, &payee, &SecretResidue::from_u64(amount), &r).unwrap();
        let balance = payer.encrypt(&AssociatedData::default(), &[200], &mut rng).unwrap();
        let [x1, x2, x3] = balance.core().x().points();
        let (debit, credit) = (core.for_payer(), core.for_payee());
        let [y1, y2, y3] = debit.x().points();
        let k = secret.mask(0).unwrap().parts();
        let open = |secret: &SecretResidue| secret.publish("a test's own secret");
        Self {
            stored: [x1, x2, x3, balance.core().e()[0]],
            sent: [y1, y2, y3, debit.e()[0], debit.t(), credit.e()[0], credit.t()],
            secrets: [&r.r1, &r.r2, &k[0], &k[1], &k[2]].map(open),
            amount: 77,
            change,
            payer,
            payee,
        }
    }

    fn balance(&self) -> Ciphertext {
        let [x1, x2, x3, e] = self.stored;
        let x = Element::new([x1, x2, x3]).unwrap();
        let t = self.sent[4].try_into().unwrap();
        Ciphertext::new(Core::of_parts(x, Vec::from([e]), t), [5; 16])
    }

    fn core(&self) -> TransferCore {
        let writer = Writer::default().header(Header::v1(Tag::KhpkeTransferCore));
        let write = |writer: Writer, point: &G1| writer.array(&point.to_bytes());
        TransferCore::from_bytes(&self.sent.iter().fold(writer, write).finish()).unwrap()
    }

    fn hidden(&self) -> Hidden {
        let digits = [self.amount, self.change].map(|n| [n & 15, n >> 4]).concat();
        let secret = |value: &Scalar| SecretResidue::from_u64(1).scaled(value);
        Hidden {
            digits: zeroize::Zeroizing::new(digits),
            others: self.secrets.iter().map(secret).collect(),
        }
    }

    /// Whether a verifier without these rows (counted from 1) takes what a prover without them makes, who
    /// does not ask whether the rows hold.
    fn pass_without(&self, rows: &[usize]) -> bool {
        let (balance, core) = (self.balance(), self.core());
        let range = parameters().bits(BITS).unwrap();
        let context =
            TransferContext { ledger: [7; 32], epoch: 1, nonce: 2, policy: AmountPolicy::Any };
        let keys = [&self.payer, &self.payee];
        let statement = TransferStatement::new(range, context, keys, &balance, &core).unwrap();
        let mut about = statement.conjunction().unwrap();
        assert_eq!(about.rows.len(), 10);
        let mut number = 0;
        about.rows.retain(|_| {
            number += 1;
            !rows.contains(&number)
        });
        let mut session = transcript();
        statement.absorb(&mut session);
        let before = session.clone();
        let proved = about.moves(&self.hidden(), &mut session, &mut rng(5)).unwrap();
        let body = proved.batchable();
        verify_all(parameters(), &[Claim { about, transcript: before, body: &body }]).is_ok()
    }

    /// The row is what stands between this statement and a proof of it.
    fn needs(&self, row: usize) {
        assert!(self.pass_without(&[row]), "without R{row} nothing else is in the way");
        assert!(!self.pass_without(&[]), "R{row} refuses it");
    }
}

#[test]
fn m05_an_honest_transfer_holds_in_every_row() {
    assert!(Moves::honest().pass_without(&[]));
}

/// A payer whose key has κᵢ = 0 may add anything to Xᵢ, for all that the other rows say.
fn payer_without(part: usize) -> Moves {
    let mut moves = Moves::honest();
    let mut k = [2, 3, 4].map(|index| moves.secrets[index]);
    k[part] = Scalar::ZERO;
    let [p1, p2, p3] = generators().p.each_ref().map(|p| *p.point());
    let s = [
        p1.mul_vartime(&k[0]) + p3.mul_vartime(&k[2]),
        p2.mul_vartime(&k[1]) + p3.mul_vartime(&k[2]),
    ];
    moves.payer = moves.payer.with_slot(s);
    let dot = |x: &[G1]| x.iter().zip(&k).map(|(x, k)| x.mul_vartime(k)).sum::<G1>();
    // An honest core and balance under that key, then one part off.
    moves.sent[3] = dot(&moves.sent[..3]) + h(77);
    moves.stored[3] = dot(&moves.stored[..3]) + h(200);
    moves.sent[part] = moves.sent[part] + h(9);
    moves.secrets[2..].copy_from_slice(&k);
    moves
}

#[test]
fn m05_r1_r2_r3_without_them_x_is_not_in_the_language() {
    for part in 0..3 {
        payer_without(part).needs(part + 1);
    }
}

#[test]
fn m05_r4_without_it_the_payer_pays_another_amount() {
    let mut moves = Moves::honest();
    moves.sent[3] = moves.sent[3] + h(3);
    moves.stored[3] = moves.stored[3] + h(3);
    moves.needs(4);
}

#[test]
fn m05_r5_without_it_the_payee_gets_another_amount() {
    let mut moves = Moves::honest();
    moves.sent[5] = moves.sent[5] + h(1000);
    moves.needs(5);
}

#[test]
fn t07_m05_r6_r7_without_them_a_sealed_amount_can_never_be_read() {
    for (part, row) in [(4, 6), (6, 7)] {
        let mut moves = Moves::honest();
        moves.sent[part] = moves.sent[part] + h(5);
        moves.needs(row);
    }
}

/// X8: the balance has a known multiple of H in X̃ᵢ − Xᵢ, and a key chosen to fit opens it to any number.
#[test]
fn t08_x08_m05_r8_r9_without_them_a_chosen_key_opens_the_balance_to_any_number() {
    for (part, row) in [(0, 8), (1, 9)] {
        let mut moves = Moves::honest();
        moves.stored[part] = moves.sent[part] + h(1);
        let mut k = [2, 3, 4].map(|index| moves.secrets[index]);
        let differences = |moves: &Moves| [0, 1, 2].map(|i| moves.stored[i] - moves.sent[i]);
        let dot = |x: [G1; 3], k: [Scalar; 3]| {
            x.iter().zip(&k).map(|(x, k)| x.mul_vartime(k)).sum::<G1>()
        };
        moves.stored[3] = moves.sent[3] + dot(differences(&moves), k) + h(123);
        // 132 more than is there: kᵢ − 132 takes it out again.
        k[part] = k[part] - Scalar::from_u64(132);
        moves.secrets[2..].copy_from_slice(&k);
        moves.change = 255;
        moves.needs(row);
    }
}

#[test]
fn m05_r10_without_it_the_balance_is_of_no_matter() {
    let mut moves = Moves::honest();
    moves.change = 255;
    moves.needs(10);
}

/// R11. That no other digits are proved is shown where ranges are: `t16_digits_beyond_the_last_and_below_zero`.
#[test]
fn m05_m07_r11_an_amount_below_zero_or_above_the_range_has_no_digits() {
    let range = parameters().bits(BITS).unwrap();
    for amount in [-1, 256] {
        assert_eq!(range.split(amount).err(), Some(Error::Range));
    }
}
