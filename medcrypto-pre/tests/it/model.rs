//! Scheme MP1 once more, straight from the equations and from bytes, with every check left out
//! that is not asked for: the oracle for formats, and the weapon of the attacks.

use chacha20poly1305::{AeadInPlace, ChaCha20Poly1305, KeyInit};
use hkdf::Hkdf;
use medcrypto_core::{
    Dst,
    bls::{
        G1, G2, Gt, Scalar, SecretScalar, expand_message_xmd, hash_to_g1, hash_to_scalar,
        hash_to_secret_scalar, multi_pairing, pairing,
    },
    dst::pre,
};
use medcrypto_pre::{Grant, Identity, IdentityKey, RecordAddress, ScopePath, VerifiedIdentityKey};
use sha2::{Digest, Sha256};

pub fn enc(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
}

pub fn sha(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

pub fn g1(bytes: &[u8]) -> G1 {
    G1::from_bytes(bytes.try_into().unwrap()).unwrap()
}

pub fn g2(bytes: &[u8]) -> G2 {
    G2::from_bytes(bytes.try_into().unwrap()).unwrap()
}

/// A public multiplication by a secret, for attackers that own the secret.
pub fn scalar(secret: &SecretScalar) -> Scalar {
    Scalar::from_bytes(&secret.to_secret_bytes()).unwrap()
}

/// The parameters as the model sees them.
pub struct Setting {
    pub id: [u8; 32],
    pub ppub: G2,
}

impl Setting {
    pub fn new(params: &medcrypto_pre::PublicParams) -> Self {
        let bytes = params.to_bytes();
        Self { id: sha(&[&enc(pre::PARAMS.as_bytes()), &bytes[3..]]), ppub: g2(&bytes[3..]) }
    }

    pub fn h1(&self, id: &[u8]) -> G1 {
        hash_to_g1(pre::ID_DEC, &[&self.id[..], id].concat())
    }

    pub fn h1s(&self, id: &[u8]) -> G1 {
        hash_to_g1(pre::ID_SIG, &[&self.id[..], id].concat())
    }

    pub fn h2(&self, id: &[u8], path: &[u8]) -> G1 {
        hash_to_g1(pre::SCOPE, &[&self.id[..], id, path].concat())
    }

    pub fn h3(&self, ctx: &[u8; 32], hdr0: &[u8]) -> G1 {
        hash_to_g1(pre::HEADER_TAG, &[&self.id[..], ctx, hdr0].concat())
    }

    pub fn hs(&self, sigma: &[u8; 32], ctx: &[u8; 32]) -> SecretScalar {
        hash_to_secret_scalar(pre::FO_SCALAR, &[&self.id[..], sigma, ctx].concat())
    }

    pub fn hy(&self, key: &[u8; 32], aad: &[u8], envelope: &[u8]) -> SecretScalar {
        let bound = sha(&[&enc(aad), &enc(envelope)]);
        hash_to_secret_scalar(pre::REKEY_MASK, &[&self.id[..], key, &bound].concat())
    }

    pub fn hc(&self, id: &[u8], label: &[u8], u: &G1, message: &[u8]) -> Scalar {
        let parts = [&self.id[..], id, &enc(label), &u.to_bytes(), &sha(&[message])];
        hash_to_scalar(pre::IBS_CHALLENGE, &parts.concat())
    }

    pub fn mask(&self, k: &Gt, ctx: &[u8; 32], c0: &G2, c: &[G1]) -> [u8; 32] {
        let c: Vec<u8> = c.iter().flat_map(|point| point.to_bytes()).collect();
        let parts = [&self.id[..], &k.to_bytes(), ctx, &c0.to_bytes(), &c];
        expand_message_xmd(pre::FO_MASK, &parts.concat())
    }

    pub fn ctx(&self, purpose: u8, id: &[u8], path: &[u8], aad: &[u8]) -> [u8; 32] {
        let label = enc(pre::CONTEXT.as_bytes());
        sha(&[&label, &self.id, &[purpose], id, path, &enc(aad)])
    }

    /// ctx of a record.
    pub fn record_ctx(&self, address: &RecordAddress) -> [u8; 32] {
        let path = address.scope().map_or(vec![0], ScopePath::to_bytes);
        self.ctx(1, &address.owner().0.to_bytes(), &path, address.record().as_bytes())
    }

    /// H2 of each prefix of the address's path.
    pub fn scope_points(&self, address: &RecordAddress) -> Vec<G1> {
        let names: Vec<_> = address.scope().iter().flat_map(|path| path.components()).collect();
        let prefix = |j: usize| ScopePath::new(&names[..j]).unwrap().to_bytes();
        let owner = address.owner().0.to_bytes();
        (1..=names.len()).map(|j| self.h2(&owner, &prefix(j))).collect()
    }

    /// Encapsulates `sigma`; the mask is computed from `K` unless the encryptor cheats with `forced`.
    pub fn encapsulate(
        &self,
        address: &RecordAddress,
        sigma: [u8; 32],
        forced: Option<Gt>,
    ) -> (RawHeader, SecretScalar) {
        let s = self.hs(&sigma, &self.record_ctx(address));
        (self.encapsulate_with(address, sigma, &s, 1, forced), s)
    }

    /// The same with an exponent and a cipher of the encryptor's choice.
    pub fn encapsulate_with(
        &self,
        address: &RecordAddress,
        sigma: [u8; 32],
        s: &SecretScalar,
        cipher: u8,
        forced: Option<Gt>,
    ) -> RawHeader {
        let ctx = self.record_ctx(address);
        let c0 = G2::generator().mul(s);
        let c: Vec<_> = self.scope_points(address).iter().map(|point| point.mul(s)).collect();
        let k = forced.unwrap_or_else(|| self.k(address, s));
        let masked = xor(&sigma, &self.mask(&k, &ctx, &c0, &c));
        let flags = cipher << 4 | c.len() as u8;
        let mut header = RawHeader { flags, c0, c, masked, v: G1::generator() };
        header.v = self.h3(&ctx, &header.hdr0()).mul(s);
        header
    }

    /// K = e([s]H1(id), Ppub).
    pub fn k(&self, address: &RecordAddress, s: &SecretScalar) -> Gt {
        pairing(&self.h1(&address.owner().0.to_bytes()).mul(s), &self.ppub)
    }

    /// σ from K, whether or not anything else about the header is right.
    pub fn unmask(&self, ctx: &[u8; 32], header: &RawHeader, k: &Gt) -> [u8; 32] {
        xor(&header.masked, &self.mask(k, ctx, &header.c0, &header.c))
    }

    /// The Fujisaki–Okamoto check alone.
    pub fn finish(&self, ctx: &[u8; 32], header: &RawHeader, k: &Gt) -> Option<[u8; 32]> {
        let sigma = self.unmask(ctx, header, k);
        (G2::generator().mul(&self.hs(&sigma, ctx)) == header.c0).then_some(sigma)
    }
}

pub fn xor(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    core::array::from_fn(|i| a[i] ^ b[i])
}

/// A header taken apart.
#[derive(Clone)]
pub struct RawHeader {
    pub flags: u8,
    pub c0: G2,
    pub c: Vec<G1>,
    pub masked: [u8; 32],
    pub v: G1,
}

impl RawHeader {
    pub fn parse(bytes: &[u8]) -> Self {
        let depth = usize::from(bytes[3] & 7);
        let tail = 100 + 48 * depth;
        Self {
            flags: bytes[3],
            c0: g2(&bytes[4..100]),
            c: bytes[100..tail].chunks(48).map(g1).collect(),
            masked: bytes[tail..tail + 32].try_into().unwrap(),
            v: g1(&bytes[tail + 32..tail + 80]),
        }
    }

    pub fn hdr0(&self) -> Vec<u8> {
        let c: Vec<u8> = self.c.iter().flat_map(|point| point.to_bytes()).collect();
        [&[1, 1, 0x12, self.flags][..], &self.c0.to_bytes(), &c, &self.masked].concat()
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        [self.hdr0(), self.v.to_bytes().to_vec()].concat()
    }

    /// A re-encrypted header from this one.
    pub fn re_encrypted(&self, t: &Gt, rekey: &[u8; 32]) -> Vec<u8> {
        let mut bytes = [&self.to_bytes()[..], &t.to_bytes(), rekey].concat();
        bytes[2] = 0x16;
        bytes
    }

    /// Every group element multiplied by `k`.
    pub fn scaled(&self, k: u64) -> Self {
        let k = Scalar::from_u64(k);
        Self {
            c0: self.c0.mul_vartime(&k),
            c: self.c.iter().map(|point| point.mul_vartime(&k)).collect(),
            v: self.v.mul_vartime(&k),
            ..self.clone()
        }
    }
}

/// KDF(σ, SHA-256(hdr), purpose).
pub fn kem_key(header: &[u8], sigma: &[u8; 32], purpose: u8) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(&sha(&[header])), sigma)
        .expand(&[&enc(pre::KEM_KEY.as_bytes())[..], &[purpose]].concat(), &mut key)
        .unwrap();
    key
}

fn expand(key: &[u8; 32], label: Dst) -> [u8; 32] {
    let mut out = [0; 32];
    let info = [&enc(label.as_bytes())[..], &[1]].concat();
    Hkdf::<Sha256>::from_prk(key).unwrap().expand(&info, &mut out).unwrap();
    out
}

/// The payload of a record of one chunk.
pub fn payload(key: &[u8; 32], record: &[u8]) -> Vec<u8> {
    payload_of(key, &[record])
}

/// The payload of the given chunks, whatever their lengths.
pub fn payload_of(key: &[u8; 32], chunks: &[&[u8]]) -> Vec<u8> {
    let aead = ChaCha20Poly1305::new(&expand(key, pre::DEM_KEY).into());
    let mut payload = expand(key, pre::DEM_COMMIT).to_vec();
    for (i, chunk) in chunks.iter().enumerate() {
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&(i as u32).to_be_bytes());
        nonce[11] = u8::from(i + 1 == chunks.len());
        let mut sealed = chunk.to_vec();
        aead.encrypt_in_place(&nonce.into(), &[], &mut sealed).unwrap();
        payload.extend(sealed);
    }
    payload
}

/// Opens a payload of one chunk.
pub fn open(key: &[u8; 32], payload: &[u8]) -> Option<Vec<u8>> {
    let (commitment, chunk) = payload.split_at_checked(32)?;
    let mut chunk = chunk.to_vec();
    let nonce = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    ChaCha20Poly1305::new(&expand(key, pre::DEM_KEY).into())
        .decrypt_in_place(&nonce.into(), &[], &mut chunk)
        .ok()?;
    (commitment == expand(key, pre::DEM_COMMIT)).then_some(chunk)
}

/// A and D of an identity key.
pub fn halves(key: &VerifiedIdentityKey) -> (G1, G1) {
    let bytes = key.to_secret_bytes();
    IdentityKey::from_bytes(&bytes).unwrap();
    let (rest, d) = bytes.split_at(bytes.len() - 48);
    (g1(&rest[rest.len() - 48..]), g1(d))
}

/// A signature `U ‖ W` of whoever holds D, over any message under any label.
pub fn sign(setting: &Setting, key: &VerifiedIdentityKey, label: Dst, message: &[u8]) -> Vec<u8> {
    let (name, k) = (key.identity().to_bytes(), SecretScalar::from_wide(&[5; 64]).unwrap());
    let u = setting.h1s(&name).mul(&k);
    let h = setting.hc(&name, label.as_bytes(), &u, message);
    [u.to_bytes(), halves(key).1.mul(&k.plus(&h).unwrap()).to_bytes()].concat()
}

/// A scope key, as a coalition of proxy and delegatee computes it: `B0 = TK0 − [y]P₁`.
pub struct ScopeKey {
    pub b0: G1,
    pub tk: Vec<G2>,
}

impl ScopeKey {
    /// K of a header as far as this key reaches.
    pub fn k(&self, header: &RawHeader) -> Gt {
        let scoped = header.c.iter().zip(&self.tk).map(|(c, tk)| (-*c, *tk));
        multi_pairing(&[(self.b0, header.c0)].into_iter().chain(scoped).collect::<Vec<_>>())
    }
}

/// T as the proxy computes it, without a single check.
pub fn unchecked_re_encrypt(tk0: &G1, tk: &[G2], header: &RawHeader) -> Gt {
    ScopeKey { b0: *tk0, tk: tk.to_vec() }.k(header)
}

/// TK0 and the TKj of a re-encryption key in clear.
pub fn parts(rekey: &[u8], depth: usize) -> (G1, Vec<G2>) {
    let envelope_and_signature = 180 + 96;
    let end = rekey.len() - envelope_and_signature;
    let tk = rekey[end - 96 * depth..end].chunks(96).map(g2).collect();
    (g1(&rekey[3..51]), tk)
}

/// The envelope E of a statement.
pub fn envelope(statement: &[u8]) -> &[u8] {
    let end = statement.len() - 96;
    &statement[end - 180..end]
}

/// aadE, from the equations.
pub fn envelope_aad(grant: &Grant) -> Vec<u8> {
    let id = |id: &Identity| enc(&id.to_bytes());
    let terms = [
        &grant.terms.not_before().0.to_be_bytes()[..],
        &grant.terms.not_after().0.to_be_bytes(),
        &enc(grant.terms.licence_id().as_bytes()),
        &[u8::from(grant.terms.is_exclusive())],
        &enc(grant.terms.purpose_of_use().as_bytes()),
        &grant.terms.serial_number().to_be_bytes(),
    ];
    [
        enc(pre::ENVELOPE.as_bytes()),
        id(&crate::fixture::World::alice_id().0),
        id(&grant.delegatee.0),
        id(&grant.proxy.0),
        grant.scope.to_bytes(),
        enc(&terms.concat()),
        vec![1, 1, 1],
    ]
    .concat()
}
