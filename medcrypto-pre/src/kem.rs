//! The key encapsulation: Gentry–Silverberg with one level per scope component, and
//! Fujisaki–Okamoto.
//!
//! ```text
//! Encap(id, path, aad, purpose)
//!   σ   hedged, 32 bytes                     ctx = H(params_id, purpose, id, path, aad)
//!   s   = Hs(σ, ctx) ∈ [1, r)                C0  = [s]P₂ ∈ 𝔾₂
//!   Cj  = [s]H2(id, path_j) ∈ 𝔾₁             K   = e([s]H1(id), Ppub) ∈ 𝔾ₜ
//!   cσ  = σ ⊕ Hm(K, ctx, C0, C1 … CL)        V   = [s]H3(ctx, hdr0) ∈ 𝔾₁
//! Finish(hdr, K)
//!   K ≠ 1;  σ = cσ ⊕ Hm(…);  s = Hs(σ, ctx);  [s]P₂ = C0                   else ⊥
//!   key = HKDF-SHA256(salt = SHA-256(hdr), ikm = σ, info = len32 ‖ KEM-KEY ‖ purpose), 32 bytes
//! ```
//! Sources: Gentry, Silverberg, "Hierarchical ID-based cryptography" (ASIACRYPT 2002);
//! Fujisaki, Okamoto (J. Cryptology 2013). Deviations: Type-3 pairing with everything of unknown
//! discrete logarithm in 𝔾₁; the tag V; a secret exponent never meets 𝔾ₜ, because K is a pairing of
//! a multiplied point.
//!
//! ctx is recomputed by whoever opens, never read. σ never leaves, except as the evidence of one
//! record that its reader decides to disclose. The purpose in ctx and in the
//! derivation keeps the key of a record, of the envelope in a re-encryption key and of a sealed
//! re-encryption key apart, and the digest of the whole header keeps two headers apart that differ
//! only in V.

use alloc::vec::Vec;

use hkdf::Hkdf;
use medcrypto_core::{
    SecretBytes,
    bls::{G1, G2, Gt, NonIdentityG1, NonIdentityG2, SecretG1, SecretScalar, pairing},
    declassify,
    dst::pre,
    rng::hedged,
};
use rand_core::{CryptoRng, RngCore};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    Error, Header, Identity, ParamsId, PublicParams, ScopePath,
    header::{Dem, Fields},
    oracles,
};

/// What an encapsulated key is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// A record.
    Record = 1,
    /// The envelope inside a re-encryption key.
    Envelope = 2,
    /// A re-encryption key on its way to the proxy.
    SealedReKey = 3,
}

/// Whom a key is encapsulated to, and for what; never on the wire.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) identity: &'a Identity,
    pub(crate) path: Option<&'a ScopePath>,
    pub(crate) aad: &'a [u8],
}

impl Context<'_> {
    /// ctx.
    pub(crate) fn digest(&self, params: &ParamsId) -> [u8; 32] {
        let path = self.path.map_or_else(|| [0].to_vec(), ScopePath::to_bytes);
        let (id, aad) = (self.identity.to_bytes(), oracles::enc(self.aad));
        oracles::digest(pre::CONTEXT, &[&params.0, &[self.purpose as u8], &id, &path, &aad])
    }

    pub(crate) fn depth(&self) -> usize {
        self.path.map_or(0, ScopePath::depth)
    }

    /// The data encryption that the purpose calls for.
    fn dem(&self) -> Dem {
        match self.purpose {
            Purpose::Envelope => Dem::None,
            Purpose::Record | Purpose::SealedReKey => Dem::ChaCha20Poly1305,
        }
    }

    /// Whether a header has the shape of this context.
    pub(crate) fn fits(&self, header: &Header) -> bool {
        header.depth() == self.depth() && header.dem() == self.dem()
    }
}

/// The key that leaves an encapsulation.
pub(crate) type KemKey = SecretBytes<32>;

/// Encapsulates a key; `witness` is a secret of the sender, if there is one.
pub(crate) fn encapsulate<R: RngCore + CryptoRng>(
    params: &PublicParams,
    context: &Context<'_>,
    witness: &[u8],
    rng: &mut R,
) -> Result<(Header, KemKey), Error> {
    let id = params.id();
    let ctx = context.digest(&id);
    let sigma = hedged::<32, _>(pre::HEDGED_SEED, witness, &ctx, rng);
    let s = oracles::fo_scalar(&id, &sigma, &ctx);
    let c0 = NonIdentityG2::try_from(G2::mul_generator(&s)).map(|c0| declassify(c0, "C0"))?;
    let points = oracles::scope_points(&id, context.identity, context.path);
    let publish = |c: G1| NonIdentityG1::try_from(c).map(|c| declassify(c, "Cj"));
    let c = points.iter().map(|point| publish(point.mul(&s)));
    let c = c.collect::<Result<Vec<NonIdentityG1>, _>>()?;
    let key = params.pair(&oracles::identity_point(&id, context.identity).mul(&s));
    let mask = oracles::fo_mask(&id, &key, &ctx, &c0, &c);
    let masked = declassify(xor(&sigma, &mask), "cσ");
    let fields = Fields { dem: context.dem(), c0, c, masked };
    let v = oracles::tag_point(&id, &ctx, &fields.to_bytes()).mul(&s).try_into()?;
    let header = Header::new(fields, declassify(v, "V"));
    let key = derive(&header, &sigma, context.purpose);
    Ok((header, key))
}

/// What `Finish` recovers.
pub(crate) struct Finished {
    pub(crate) key: KemKey,
    pub(crate) s: SecretScalar,
    /// For [`OpeningEvidence`](crate::OpeningEvidence) alone.
    pub(crate) sigma: SecretBytes<32>,
}

/// Finishes a decapsulation from the value `key` of 𝔾ₜ. The comparison with C0 is constant time.
pub(crate) fn finish(
    params: &ParamsId,
    context: &Context<'_>,
    header: &Header,
    key: &Gt,
) -> Result<Finished, Error> {
    let trivial = declassify(key.is_identity(), "whether a pairing is 1");
    if !context.fits(header) || trivial {
        return Err(Error::Decryption);
    }
    let ctx = context.digest(params);
    let fields = header.fields();
    let mask = oracles::fo_mask(params, key, &ctx, &fields.c0, &fields.c);
    let sigma = Zeroizing::new(xor(&mask, &fields.masked));
    let s = oracles::fo_scalar(params, &sigma, &ctx);
    let same = G2::mul_generator(&s).ct_eq(&fields.c0.point()).unwrap_u8();
    if declassify(same, "whether a header opens") == 1 {
        let key = derive(header, &sigma, context.purpose);
        Ok(Finished { key, s, sigma: SecretBytes::new(sigma) })
    } else {
        Err(Error::Decryption)
    }
}

/// Decapsulates with the identity key `A`: K = e(A, C0).
pub(crate) fn decapsulate(
    params: &ParamsId,
    context: &Context<'_>,
    header: &Header,
    decryption: &SecretG1,
) -> Result<Finished, Error> {
    let c0 = header.fields().c0.point();
    let key = decryption.expose(|a: &G1| pairing(a, &c0));
    finish(params, context, header, &key)
}

/// Checks a disclosed σ against a header: it is what every other way of opening would give.
pub(crate) fn reopen(
    params: &PublicParams,
    context: &Context<'_>,
    header: &Header,
    sigma: &[u8; 32],
) -> Result<KemKey, Error> {
    let id = params.id();
    let s = oracles::fo_scalar(&id, sigma, &context.digest(&id));
    let key = params.pair(&oracles::identity_point(&id, context.identity).mul(&s));
    let finished = finish(&id, context, header, &key).map_err(|_| Error::Verification)?;
    let same = finished.sigma.expose(|found| found.ct_eq(sigma)).unwrap_u8();
    if declassify(same, "whether evidence holds") == 1 {
        Ok(finished.key)
    } else {
        Err(Error::Verification)
    }
}

fn derive(header: &Header, sigma: &[u8; 32], purpose: Purpose) -> KemKey {
    let salt = header.digest();
    let label = oracles::enc(pre::KEM_KEY.as_bytes());
    let mut key = Zeroizing::new([0; 32]);
    // Fails only for more than 255 blocks.
    let expanded = Hkdf::<Sha256>::new(Some(&salt), sigma)
        .expand_multi_info(&[&label, &[purpose as u8]], key.as_mut_slice());
    debug_assert!(expanded.is_ok());
    SecretBytes::new(key)
}

fn xor(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let mut out = *a;
    out.iter_mut().zip(b).for_each(|(x, y)| *x ^= *y);
    out
}
