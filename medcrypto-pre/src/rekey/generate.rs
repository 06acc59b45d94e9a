//! Making a re-encryption key.

use alloc::vec::Vec;

use medcrypto_core::{
    bls::{G1, G2, NonIdentityG2, SecretG1, SecretScalar},
    declassify,
    dst::pre,
    rng::hedged,
};
use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};

use super::{
    ReKey, ReKeyStatement, SealedReKey,
    secret::secret_commitment,
    statement::{Parties, Signed},
};
use crate::{
    Delegatee, Delegator, Error, Proxy, ScopePath, Terms, VerifiedIdentityKey, kem, oracles,
};

/// What a delegator grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who may read.
    pub delegatee: Delegatee,
    /// Which proxy may re-encrypt.
    pub proxy: Proxy,
    /// What may be read: this path and everything below it. Never the whole of the records, and
    /// never a private one: the empty path does not exist.
    pub scope: ScopePath,
    /// On which terms.
    pub terms: Terms,
}

/// A delegation, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// For the proxy, and readable by it alone.
    pub sealed: SealedReKey,
    /// For the delegatee and for audit.
    pub statement: ReKeyStatement,
}

impl VerifiedIdentityKey {
    /// Delegates the reading of a scope. Neither the authority nor the delegatee takes part.
    ///
    /// Constant time in the identity key. All randomness is hedged with the identity key and the
    /// whole grant, so that a stuck generator repeats nothing across grants.
    ///
    /// # Errors
    /// [`Error::Decode`] or [`Error::Verification`] if a hash hits a neutral element: once in 2²⁵⁴
    /// grants.
    ///
    /// # Example
    /// See the crate's documentation.
    pub fn delegate<R: RngCore + CryptoRng>(
        &self,
        grant: &Grant,
        rng: &mut R,
    ) -> Result<Delegation, Error> {
        let key = self.delegate_unsealed(grant, rng)?;
        let statement = key.statement().clone();
        Ok(Delegation { sealed: self.seal_re_key(&key, rng)?, statement })
    }

    /// Like [`delegate`](Self::delegate), but returns the key itself, in clear.
    ///
    /// Whoever holds it together with the delegatee's key can read the scope for ever. It is for a
    /// delegator that runs its own proxy; everybody else sends the sealed form.
    ///
    /// # Errors
    /// As [`delegate`](Self::delegate).
    pub fn delegate_unsealed<R: RngCore + CryptoRng>(
        &self,
        grant: &Grant,
        rng: &mut R,
    ) -> Result<ReKey, Error> {
        let params = self.params();
        let parties = self.parties(grant);
        let aad = parties.envelope_aad();
        let witness = self.decryption().to_secret_bytes();
        let context = parties.envelope_context(&aad);
        let (envelope, key) = kem::encapsulate(params, &context, witness.as_slice(), rng)?;
        let y =
            key.expose(|key| oracles::rekey_mask(&params.id(), key, &aad, &envelope.to_bytes()));
        let blinding = self.blinding(&aad, parties.scope.depth(), rng)?;
        let secret = self.masked_scope_key(&parties.scope, &y, &blinding)?;
        let publish = |tk: G2| NonIdentityG2::try_from(tk).map(|tk| declassify(tk, "TKj"));
        let tk = blinding.iter().map(|r| publish(G2::mul_generator(r)));
        let tk = tk.collect::<Result<Vec<NonIdentityG2>, _>>()?;
        let commitment = declassify(secret_commitment(&params.id(), &secret), "h0");
        let signed = Signed { parties, commitment, tk, envelope };
        let signature = self.sign_as(pre::SIGN_REKEY, &signed.to_bytes(), rng)?;
        Ok(ReKey::new(ReKeyStatement::new(signed, signature), secret))
    }

    fn parties(&self, grant: &Grant) -> Parties {
        let Grant { delegatee, proxy, scope, terms } = grant.clone();
        let delegator = Delegator(self.identity().clone());
        Parties { params: self.params().id(), delegator, delegatee, proxy, scope, terms }
    }

    /// r1 … rℓ, each under a label of its own.
    fn blinding<R: RngCore + CryptoRng>(
        &self,
        aad: &[u8],
        depth: usize,
        rng: &mut R,
    ) -> Result<Vec<SecretScalar>, Error> {
        let witness = self.decryption().to_secret_bytes();
        let bound = Sha256::digest(aad);
        let mut draw = |level: u8| {
            let context = [&[b'r', level][..], &bound].concat();
            let wide = hedged::<64, _>(pre::HEDGED_BLINDING, witness.as_slice(), &context, rng);
            oracles::nonzero(&wide)
        };
        // Room for all up front: growth would leave scalars behind.
        let mut blinding = Vec::with_capacity(depth);
        let mut keep = |level| draw(level).map(|r| blinding.push(r));
        (1..=u8::MAX).take(depth).try_for_each(&mut keep)?;
        Ok(blinding)
    }

    /// TK0 = A + [y]P₁ + Σ [rj]H2(idA, path_j).
    fn masked_scope_key(
        &self,
        scope: &ScopePath,
        y: &SecretScalar,
        blinding: &[SecretScalar],
    ) -> Result<SecretG1, Error> {
        let points = oracles::scope_points(&self.params().id(), self.identity(), Some(scope));
        let blinded: G1 = points.iter().zip(blinding).map(|(point, r)| point.mul(r)).sum();
        let masked = self.decryption().expose(|a| *a + G1::mul_generator(y) + blinded);
        Ok(SecretG1::new(masked)?)
    }
}
