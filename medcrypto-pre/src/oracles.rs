//! Every hash of the scheme, in one place.
//!
//! ```text
//! params_id   SHA-256(len32 ‖ PARAMS ‖ Ppub)                       96 bytes of Ppub
//! H1, H1s     ID-DEC, ID-SIG   : params_id ‖ id_enc                        → 𝔾₁
//! H2          SCOPE            : params_id ‖ id_enc ‖ path_enc(j)          → 𝔾₁
//! H3          HEADER-TAG       : params_id ‖ ctx ‖ hdr0                    → 𝔾₁
//! ctx         SHA-256(len32 ‖ CONTEXT ‖ params_id ‖ purpose u8 ‖ id_enc ‖ path_enc(L) ‖ len32 ‖ aad)
//! Hs          FO-SCALAR        : params_id ‖ σ ‖ ctx                       → [1, r)
//! Hm          FO-MASK          : params_id ‖ K ‖ ctx ‖ C0 ‖ C1 … CL        → 32 bytes
//! Hy          REKEY-MASK       : params_id ‖ key₂ ‖ SHA-256(len32 ‖ aadE ‖ len32 ‖ E)   → [1, r)
//! Hc          IBS-CHALLENGE    : params_id ‖ id_enc ‖ len32 ‖ label ‖ U ‖ SHA-256(m)    → ℤᵣ
//! weights     WEIGHTS          : params_id ‖ ctx ‖ SHA-256(hdr)            → 16 bytes each
//! ```
//! Hs and Hy append a counter byte, 0 unless the scalar is zero (`medcrypto_core::bls::hash_to_secret_scalar`).
//! `path_enc(0)` is the single byte 0. 𝔾₁ hashes follow RFC 9380 (SSWU, random oracle), the others
//! `expand_message_xmd` over SHA-256, under the registered strings `MEDCRYPTO-PRE-V01-…`. Every
//! input is fixed-width or length-prefixed, hence unambiguous.

use alloc::vec::Vec;

use medcrypto_core::{
    Dst,
    bls::{
        G1, G2, Gt, NonIdentityG1, NonIdentityG2, Scalar, SecretScalar, expand_message_xmd,
        hash_to_g1, hash_to_scalar, hash_to_secret_scalar,
    },
    codec::Writer,
    dst::pre,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Error, Identity, ParamsId, ScopePath};

/// SHA-256 under a registered string.
pub(crate) fn digest(dst: Dst, parts: &[&[u8]]) -> [u8; 32] {
    let start = Sha256::new_with_prefix(Writer::default().bytes(dst.as_bytes()).finish());
    parts.iter().fold(start, |hash, part| hash.chain_update(part)).finalize().into()
}

/// `len32 ‖ bytes`.
pub(crate) fn enc(bytes: &[u8]) -> Vec<u8> {
    Writer::with_capacity(4 + bytes.len()).bytes(bytes).finish()
}

pub(crate) fn params_id(public: &G2) -> ParamsId {
    ParamsId(digest(pre::PARAMS, &[&public.to_bytes()]))
}

/// H1: the point of an identity for decryption.
pub(crate) fn identity_point(params: &ParamsId, id: &Identity) -> G1 {
    hash_to_g1(pre::ID_DEC, &[&params.0[..], &id.to_bytes()].concat())
}

/// H1s: the point of an identity for signatures.
pub(crate) fn signing_point(params: &ParamsId, id: &Identity) -> G1 {
    hash_to_g1(pre::ID_SIG, &[&params.0[..], &id.to_bytes()].concat())
}

/// H2 of each prefix of a path; of none without a path.
pub(crate) fn scope_points(params: &ParamsId, id: &Identity, path: Option<&ScopePath>) -> Vec<G1> {
    let start = [&params.0[..], &id.to_bytes()].concat();
    let point = |prefix: Vec<u8>| hash_to_g1(pre::SCOPE, &[&start[..], &prefix].concat());
    path.into_iter().flat_map(ScopePath::prefixes).map(point).collect()
}

/// H3: the point that the public tag multiplies.
pub(crate) fn tag_point(params: &ParamsId, ctx: &[u8; 32], hdr0: &[u8]) -> G1 {
    hash_to_g1(pre::HEADER_TAG, &[&params.0[..], ctx, hdr0].concat())
}

/// Hs.
pub(crate) fn fo_scalar(params: &ParamsId, sigma: &[u8; 32], ctx: &[u8; 32]) -> SecretScalar {
    let mut message = Zeroizing::new([0; 96]);
    let parts = params.0.iter().chain(sigma).chain(ctx);
    message.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
    hash_to_secret_scalar(pre::FO_SCALAR, message.as_slice())
}

/// Hm.
pub(crate) fn fo_mask(
    params: &ParamsId,
    key: &Gt,
    ctx: &[u8; 32],
    c0: &NonIdentityG2,
    c: &[NonIdentityG1],
) -> Zeroizing<[u8; 32]> {
    let key = Zeroizing::new(key.to_bytes());
    let c: Vec<u8> = c.iter().flat_map(NonIdentityG1::to_bytes).collect();
    // `concat` makes room for all at once; growing would leave a copy of the key behind.
    let message = Zeroizing::new([&params.0[..], &key[..], ctx, &c0.to_bytes(), &c].concat());
    Zeroizing::new(expand_message_xmd(pre::FO_MASK, &message))
}

/// Hy.
pub(crate) fn rekey_mask(
    params: &ParamsId,
    key: &[u8; 32],
    aad: &[u8],
    envelope: &[u8],
) -> SecretScalar {
    let bound: [u8; 32] = Sha256::digest([enc(aad), enc(envelope)].concat()).into();
    let mut message = Zeroizing::new([0; 96]);
    let parts = params.0.iter().chain(key).chain(&bound);
    message.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
    hash_to_secret_scalar(pre::REKEY_MASK, message.as_slice())
}

/// Hc.
pub(crate) fn ibs_challenge(
    params: &ParamsId,
    id: &Identity,
    label: Dst,
    u: &NonIdentityG1,
    message: &[u8],
) -> Scalar {
    let hashed = Sha256::digest(message);
    let label = enc(label.as_bytes());
    let parts = [&params.0[..], &id.to_bytes(), &label, &u.to_bytes(), &hashed];
    hash_to_scalar(pre::IBS_CHALLENGE, &parts.concat())
}

/// 64 hedged bytes as a scalar in `[1, r)`.
///
/// # Errors
/// [`Error::Verification`] when they reduce to zero: once in 2²⁵⁵ draws.
pub(crate) fn nonzero(wide: &[u8; 64]) -> Result<SecretScalar, Error> {
    SecretScalar::from_wide(wide).ok_or(Error::Verification)
}

/// 1 and four weights of 128 bits for the public check of a header.
pub(crate) fn header_weights(params: &ParamsId, ctx: &[u8; 32], header: &[u8]) -> [Scalar; 5] {
    let hashed = Sha256::digest(header);
    let bytes: [u8; 64] = expand_message_xmd(pre::WEIGHTS, &[&params.0[..], ctx, &hashed].concat());
    let mut weights = [Scalar::ONE; 5];
    let random = bytes.chunks_exact(16).map(|chunk| {
        let mut limb = [0; 16];
        limb.copy_from_slice(chunk);
        Scalar::from_u128(u128::from_be_bytes(limb))
    });
    weights.iter_mut().skip(1).zip(random).for_each(|(to, from)| *to = from);
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// r of a blinding and k of a signature.
    #[test]
    fn t33_hedged_bytes_that_reduce_to_zero_are_an_error() {
        let mut wide = [0; 64];
        assert_eq!(nonzero(&wide).err(), Some(Error::Verification));
        wide[32..].copy_from_slice(&(-Scalar::ONE).to_bytes());
        assert!(nonzero(&wide).is_ok());
        wide[63] += 1;
        assert_eq!(nonzero(&wide).err(), Some(Error::Verification));
    }
}
