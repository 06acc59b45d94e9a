//! The encryption as printed by Mo, Ji, Wang, Mohiuddin and Ren, with what breaks it. Never in a deployment.
//!
//! In additive notation and on 𝔾₁, where the paper has a symmetric pairing:
//!
//! ```text
//! Setup         γ, α₁, α₂ ←$ ℤᵣ;  X₁ = Ω = [γ]g,  X₂ = g₁ = [α₁]g,  X₃ = g₂ = [α₂]g;  h ←$ 𝔾₁
//!               ik = γ issues group signatures, ok = (α₁, α₂) opens them
//! Enc           C₁ = [r]X₁,  C₂ = [s]X₂,  C₃ = [r+s]g + [m]h
//! Dec           [m]h = C₃ − [1/γ]C₁ − [1/α₁]C₂
//! PartyInitial  C_A = ([y₁]X_A1, [y₂]X_A2, [y₁+y₂]g₁ + [t]h)
//! Eval          named, with the key sk_h; neither is defined anywhere
//! ```
//! | erratum or attack | here |
//! |---|---|
//! | X1 no tag: anybody adds to a ciphertext | [`PaperCiphertext::plus_message`] needs the public key only |
//! | X2 no sk_h: Eval is public | [`PaperCiphertext::product`] takes no key |
//! | X3 "IND-CCA1 under DLIN": the reduction asks a decryption oracle that a distinguisher does not have | nothing to run: only IND-CPA is shown |
//! | X9 nothing proves that a first balance is well formed or in range | [`PaperAccount::open`] cannot refuse |
//! | X10 the issuer's and the opener's keys are the decryption key | [`PaperIssuer`] and [`PaperOpener`] decrypt |
//! | E1 ⊙ takes three, Eval two ciphertexts | [`PaperCiphertext::product`] takes any number |
//! | E2 gsk means (x, y), (γ, α₁) and (x_A1, x_A2); X₃ is in no ciphertext | [`PaperSecretKey`] is what Dec uses |
//! | E3 first balances use g₁ where decryption uses g | [`PaperPublicKey::first_balance`] does as printed |
//!
//! These types do not mix with the others: neither key of this crate takes a [`PaperCiphertext`].
//!
//! ```compile_fail
//! # use medcrypto_khpke::{AssociatedData, DecryptionKey, paper::PaperCiphertext};
//! fn mixed(key: &DecryptionKey, ad: &AssociatedData, printed: &PaperCiphertext) {
//!     let _ = key.open(ad, printed);
//! }
//! ```

use core::iter;

use medcrypto_core::bls::{G1, SecretResidue, SecretScalar, hash_to_g1};
use medcrypto_core::dst;
use rand_core::{CryptoRng, RngCore};

/// X₁ = Ω, X₂ = g₁, X₃ = g₂ and h; g is the generator of 𝔾₁.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaperPublicKey {
    /// X₁, also the issuer's Ω.
    pub x1: G1,
    /// X₂, also the opener's g₁.
    pub x2: G1,
    /// X₃, also the opener's g₂; no ciphertext depends on it.
    pub x3: G1,
    /// The base of messages.
    pub h: G1,
}

/// What Dec uses: γ and α₁.
#[derive(Debug)]
pub struct PaperSecretKey {
    gamma: SecretScalar,
    alpha1: SecretScalar,
}

/// ik = γ, which only issues, says the paper.
#[derive(Debug)]
pub struct PaperIssuer(SecretScalar);

/// ok = (α₁, α₂), which only opens signatures, says the paper.
#[derive(Debug)]
pub struct PaperOpener(SecretScalar, SecretScalar);

/// (C₁, C₂, C₃).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaperCiphertext {
    /// C₁.
    pub c1: G1,
    /// C₂.
    pub c2: G1,
    /// C₃.
    pub c3: G1,
}

impl PaperIssuer {
    /// Ω.
    #[must_use]
    pub fn public(&self) -> G1 {
        G1::mul_generator(&self.0)
    }
}

impl PaperOpener {
    /// g₁ and g₂.
    #[must_use]
    pub fn public(&self) -> [G1; 2] {
        [&self.0, &self.1].map(G1::mul_generator)
    }
}

/// The printed Setup: the same γ, α₁, α₂ for the issuer, the opener and the encryption.
pub fn setup<R: RngCore + CryptoRng>(rng: &mut R) -> (PaperPublicKey, PaperIssuer, PaperOpener) {
    let [gamma, alpha1, alpha2] = [(); 3].map(|()| SecretScalar::generate(rng));
    let (issuer, opener) = (PaperIssuer(gamma), PaperOpener(alpha1, alpha2));
    let (x1, [x2, x3]) = (issuer.public(), opener.public());
    let h = hash_to_g1(dst::khpke::GEN, b"paper h");
    (PaperPublicKey { x1, x2, x3, h }, issuer, opener)
}

/// X10: the issuer and the opener put their keys together, and have the decryption key of everybody.
#[must_use]
pub fn collude(issuer: PaperIssuer, opener: PaperOpener) -> PaperSecretKey {
    let PaperOpener(alpha1, _) = opener;
    PaperSecretKey { gamma: issuer.0, alpha1 }
}

impl PaperPublicKey {
    /// Enc of Definition 1.
    pub fn encrypt<R: RngCore + CryptoRng>(&self, message: i64, rng: &mut R) -> PaperCiphertext {
        self.masked(message, &G1::generator(), rng)
    }

    /// E3: the C_A of PartyInitial, masked by g₁ where Dec removes a mask of g.
    pub fn first_balance<R: RngCore + CryptoRng>(
        &self,
        balance: i64,
        rng: &mut R,
    ) -> PaperCiphertext {
        self.masked(balance, &self.x2, rng)
    }

    fn masked<R: RngCore + CryptoRng>(
        &self,
        message: i64,
        base: &G1,
        rng: &mut R,
    ) -> PaperCiphertext {
        let (r, s) = (SecretResidue::generate(rng), SecretResidue::generate(rng));
        let message = self.h.mul(&SecretResidue::from_i64(message));
        PaperCiphertext {
            c1: self.x1.mul(&r),
            c2: self.x2.mul(&s),
            c3: base.mul(&r.plus(&s)) + message,
        }
    }
}

impl PaperSecretKey {
    /// Dec, up to the discrete logarithm: it has nothing to refuse a ciphertext by.
    #[must_use]
    pub fn decrypt(&self, ciphertext: &PaperCiphertext) -> G1 {
        let PaperCiphertext { c1, c2, c3 } = ciphertext;
        let inverse = |secret: &SecretScalar| SecretResidue::from(secret).inverted();
        *c3 - c1.mul(&inverse(&self.gamma)) - c2.mul(&inverse(&self.alpha1))
    }
}

impl PaperCiphertext {
    /// X1: a ciphertext of m + `difference`, rerandomised, by anybody.
    pub fn plus_message<R: RngCore + CryptoRng>(
        &self,
        key: &PaperPublicKey,
        difference: i64,
        rng: &mut R,
    ) -> Self {
        Self::product([*self, key.encrypt(difference, rng)])
    }

    /// X2 and E1: a ciphertext of the sum of any number of messages, without a key.
    #[must_use]
    pub fn product(ciphertexts: impl IntoIterator<Item = Self>) -> Self {
        let zero = Self { c1: G1::identity(), c2: G1::identity(), c3: G1::identity() };
        ciphertexts.into_iter().fold(zero, |sum, next| Self {
            c1: sum.c1 + next.c1,
            c2: sum.c2 + next.c2,
            c3: sum.c3 + next.c3,
        })
    }

    /// The same, as Redeem does it: `C_A / C_t`.
    #[must_use]
    pub fn quotient(&self, other: &Self) -> Self {
        let Self { c1, c2, c3 } = *other;
        Self::product(iter::once(*self).chain([Self { c1: -c1, c2: -c2, c3: -c3 }]))
    }
}

/// X9: an account as PartyInitial opens it.
#[derive(Clone, Copy, Debug)]
pub struct PaperAccount {
    /// The key as claimed; nobody asks for its secret.
    pub key: PaperPublicKey,
    /// The balance as claimed; nobody asks for its range, or whether it is a ciphertext.
    pub balance: PaperCiphertext,
}

impl PaperAccount {
    /// PartyInitial has no check, so this has no error.
    #[must_use]
    pub fn open(key: PaperPublicKey, balance: PaperCiphertext) -> Self {
        Self { key, balance }
    }
}
