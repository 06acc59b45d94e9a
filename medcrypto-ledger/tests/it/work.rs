//! Proof of work for real: mining, what a seal covers, and the chain that follows.

use medcrypto_ledger::block::{BlockId, ChainId};
use medcrypto_ledger::codec::{decode, digest, encode};
use medcrypto_ledger::merkle::MerkleLog;
use medcrypto_ledger::pow::{
    Chain, FUTURE_MS, Genesis, Header, Refusal, SealedHeader, Target, U256, Work,
};
use medcrypto_ledger::{Digest, Dst};
use sha2::{Digest as _, Sha256};

use crate::world::d;

const NOW: u64 = 1_700_000_000_000;

/// A target that one hash in 2^bits meets.
pub(crate) fn one_in(bits: u32) -> Target {
    let mut value = [0xFF; 32];
    for i in 0..bits as usize {
        value[i / 8] &= !(0x80 >> (i % 8));
    }
    Target::round(U256::from_be_bytes(&value))
}

fn genesis(bits: u32) -> Genesis {
    Genesis { limit: one_in(bits), time_ms: NOW }
}

fn mine(mut header: Header) -> SealedHeader<Work> {
    header.mine(1 << 24).unwrap()
}

fn template(chain: &Chain<Work>) -> Header {
    chain.template(MerkleLog::of([b"tx".as_slice()]).root(), d("miner"), NOW)
}

#[test]
fn c7_a_miner_stops_when_it_is_told_to_and_goes_on_where_it_stopped() {
    let mut chain = Chain::<Work>::new(&genesis(12));
    let start = template(&chain);
    let mined = mine(start);
    let nonce = mined.header().nonce;
    assert!(nonce > 20, "the first tries fail: {nonce}");
    // Algorithm 1 stops when another block arrives; here after some tries, and nothing is lost.
    let mut stopped = start;
    assert!(stopped.mine(0).is_none());
    assert_eq!(stopped, start);
    assert!(stopped.mine(20).is_none());
    assert_eq!(stopped, Header { nonce: 20, ..start });
    assert!(stopped.mine(nonce - 20).is_none());
    assert_eq!(stopped.nonce, nonce);
    assert_eq!(stopped.mine(1).unwrap().id(), mined.id());
    assert_eq!(chain.accept(mined, NOW).unwrap().joined, [mined.id()]);
    // Another's block: the template on the old head still mines, and loses its place.
    let next = template(&chain);
    assert_eq!((next.height, next.prev, next.nonce), (2, mined.id(), 0));
}

/// Each field changed by itself.
fn changes(h: &Header) -> Vec<(&'static str, Header)> {
    let h = *h;
    vec![
        ("version", Header { version: 2, ..h }),
        ("chain", Header { chain_id: ChainId(d("x")), ..h }),
        ("height", Header { height: h.height + 1, ..h }),
        ("time", Header { time_ms: h.time_ms + 1, ..h }),
        ("prev", Header { prev: BlockId(d("x")), ..h }),
        ("tx_root", Header { tx_root: d("x"), ..h }),
        ("tx_count", Header { tx_count: h.tx_count + 1, ..h }),
        ("target", Header { target: one_in(15), ..h }),
        ("nonce", Header { nonce: h.nonce + 1, ..h }),
        ("miner", Header { miner: d("thief"), ..h }),
    ]
}

#[test]
fn t25_no_field_of_a_sealed_header_can_be_changed() {
    let chain = Chain::<Work>::new(&genesis(16));
    let mined = *mine(template(&chain)).header();
    for (field, changed) in changes(&mined) {
        assert_ne!(changed, mined, "{field}");
        assert_ne!(changed.id(), mined.id(), "{field}");
        assert_eq!(SealedHeader::check(changed).unwrap_err(), Refusal::Work, "{field}");
    }
    assert_eq!(changes(&mined).len(), 10, "every field");
}

/// Algorithm 1 as printed: H(nonce ‖ previous hash ‖ root) below the target.
fn printed_seal(h: &Header) -> bool {
    let hash = Sha256::new()
        .chain_update(h.nonce.to_be_bytes())
        .chain_update(h.prev.0.0)
        .chain_update(h.tx_root.0)
        .finalize();
    h.target.allows(&Digest(hash.into()))
}

#[test]
fn t25_the_printed_seal_lets_the_time_be_rewritten_and_the_reward_be_stolen() {
    let chain = Chain::<Work>::new(&genesis(10));
    let start = template(&chain);
    let printed = (0..).map(|nonce| Header { nonce, ..start }).find(printed_seal).unwrap();
    let later = Header { time_ms: printed.time_ms + 3_600_000, ..printed };
    let stolen = Header { miner: d("thief"), ..printed };
    assert!(printed_seal(&later), "the retarget can be steered after mining");
    assert!(printed_seal(&stolen), "whoever sees the nonce takes the reward");
    let ours = *mine(start).header();
    let later = Header { time_ms: ours.time_ms + 3_600_000, ..ours };
    let stolen = Header { miner: d("thief"), ..ours };
    for attack in [later, stolen] {
        assert_eq!(SealedHeader::check(attack).unwrap_err(), Refusal::Work);
    }
}

#[test]
fn t25_a_target_is_a_number_and_not_a_count_of_zeros() {
    let target = Target::from_bits(0x1F12_3456).unwrap();
    let value = target.value().to_be_bytes();
    assert!(target.allows(&Digest(value)), "equal is enough");
    let mut above = value;
    above[31] = 1;
    assert!(!target.allows(&Digest(above)), "one more is too much");
    let mut hash = value;
    hash[3] += 1;
    assert!(!target.allows(&Digest(hash)), "as many leading zeros, and above");
    assert!(target.allows(&Digest::ZERO));
    assert!(!target.allows(&Digest([0xFF; 32])));
}

#[test]
fn t25_the_id_is_the_digest_of_the_whole_header_under_its_own_domain() {
    let header = genesis(8).header::<Work>();
    let domain: Dst = medcrypto_core::dst::ledger::POW_HEADER;
    assert_eq!(header.id().0, digest(domain, &header));
    let other: Dst = medcrypto_core::dst::ledger::HEADER;
    assert_ne!(header.id().0, digest(other, &header), "no block of the other kind");
    let bytes = encode(&header);
    assert_eq!(decode::<Header>(&bytes), Ok(header));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let other = decode::<Header>(&changed);
            assert!(other.is_err() || other.unwrap().id() != header.id(), "byte {at} bit {bit}");
        }
        assert!(decode::<Header>(&bytes[..at]).is_err());
    }
}

#[test]
fn c8_the_decoder_takes_a_target_in_one_form_only() {
    let header = genesis(8).header::<Work>();
    let bits = header.target.bits().to_be_bytes();
    let bytes = encode(&header);
    let at = bytes.windows(4).position(|four| four == bits).unwrap();
    for wrong in [0_u32, 0x2000_7FFF, 0x2080_0000, 0x2101_0000, 0x0112_3456, 0xFF7F_FFFF] {
        assert_eq!(Target::from_bits(wrong), Err(Refusal::Bits));
        let mut changed = bytes.clone();
        changed[at..at + 4].copy_from_slice(&wrong.to_be_bytes());
        assert!(decode::<Header>(&changed).is_err(), "{wrong:08x}");
    }
}

#[test]
fn c8_work_is_the_expected_number_of_tries() {
    let work = |value: u64| {
        let mut bytes = [0; 32];
        bytes[24..].copy_from_slice(&value.to_be_bytes());
        Target::round(U256::from_be_bytes(&bytes)).work()
    };
    let power = |n: usize| {
        let mut bytes = [0; 32];
        bytes[31 - n / 8] = 1 << (n % 8);
        U256::from_be_bytes(&bytes)
    };
    assert_eq!(work(1), power(255));
    assert_eq!(work(3), power(254));
    assert_eq!(work(0x7F_FFFF), power(233));
    assert_eq!(Target::from_bits(0x2100_FFFF).unwrap().work(), U256::ONE);
    let two = U256::ONE.checked_add(U256::ONE);
    assert_eq!(Some(one_in(2).work()), two.and_then(|two| two.checked_add(two)));
    assert_eq!(U256::MAX.checked_add(U256::ONE), None);
    assert_eq!(U256::MAX.checked_add(U256::ZERO), Some(U256::MAX));
    assert_eq!(Target::round(U256::MAX), Target::from_bits(0x2100_FFFF).unwrap());
    assert_eq!(Target::round(U256::ZERO).value(), U256::ONE);
}

#[test]
fn t25_each_lie_of_a_header_is_refused_although_it_is_mined() {
    let mut chain = Chain::<Work>::new(&genesis(2));
    for _ in 0..3 {
        chain.accept(mine(template(&chain)), NOW).unwrap();
    }
    let good = template(&chain);
    let before = format!("{chain:?}");
    let mut refused = |header: Header| {
        let refusal = chain.accept(mine(header), NOW).unwrap_err();
        assert_eq!(format!("{chain:?}"), before, "unchanged");
        refusal
    };
    assert_eq!(refused(Header { version: 0, ..good }), Refusal::Version);
    assert_eq!(refused(Header { chain_id: ChainId(d("x")), ..good }), Refusal::Chain);
    assert_eq!(refused(Header { prev: BlockId(d("x")), ..good }), Refusal::Previous);
    for height in [0, 3, 5, u64::MAX] {
        assert_eq!(refused(Header { height, ..good }), Refusal::Height);
    }
    // Times are NOW, NOW + 1, NOW + 1, NOW + 2: the lower middle is NOW + 1.
    for time_ms in [0, NOW, NOW + 1] {
        assert_eq!(refused(Header { time_ms, ..good }), Refusal::Time);
    }
    for time_ms in [NOW + FUTURE_MS + 1, u64::MAX] {
        assert_eq!(refused(Header { time_ms, ..good }), Refusal::Future);
    }
    for target in [one_in(1), one_in(3)] {
        assert_eq!(refused(Header { target, ..good }), Refusal::Target);
    }
    let last = Header { time_ms: NOW + FUTURE_MS, ..good };
    let sealed = mine(last);
    assert!(chain.accept(sealed, NOW).is_ok(), "two hours ahead are not too far");
    assert_eq!(chain.accept(sealed, NOW).unwrap_err(), Refusal::Known);
}
