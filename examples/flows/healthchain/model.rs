//! What Xu et al. count: sizes of transactions, transactions a block, and a half-year of uploads.
//!
//! ```text
//! size(tx_IoT)  = ID + ts + sig + 2 hash            size(tx_diag) = ID + ts + sig + 3 hash
//! size(tx_key)  = ID + ts + sig + hash + j (ID + hash + env) + env
//! capacity      = ⌊(2²⁰ − header) / (size + tree)⌋,  a block a minute
//! m months      = m · 43 200 / 10 uploads, and m key transactions
//! traditional   = every upload carries the key for j doctors (ID + env each) and for the user (env)
//! ```
//!
//! Source: Xu, Xue, Li, Tian, Hong, Hong, Yu, "Healthchain: a blockchain-based privacy preserving
//! scheme for large-scale health data", IEEE Internet of Things Journal 2019: tables I and II, figures
//! 6 and 7. The inputs stand in [`PAPER`] and [`PAPER_MS`], what is printed as a result in [`CAPACITIES`],
//! [`RATES`], [`FIGURE_6`] and [`FIGURE_7`]; everything else is computed.

/// Bytes of a block.
pub const BLOCK: u64 = 1 << 20;
/// Seconds between blocks.
pub const SPACING_S: u64 = 60;
/// Minutes of a month of thirty days.
const MONTH_MINUTES: u64 = 43_200;
/// Minutes between uploads.
const UPLOAD_MINUTES: u64 = 10;

/// Sizes of fields in bytes, tables I and II.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// An identity.
    pub id: u64,
    /// A time.
    pub time: u64,
    /// A signature.
    pub signature: u64,
    /// A hash.
    pub hash: u64,
    /// A key in its envelope.
    pub envelope: u64,
    /// The header of a block.
    pub header: u64,
    /// What the paper adds for each transaction's place in the tree.
    pub tree: u64,
}

/// As printed: previous hash, index, time, nonce and root make the header.
pub const PAPER: Fields = Fields {
    id: 32,
    time: 4,
    signature: 32,
    hash: 32,
    envelope: 128,
    header: 32 + 32 + 4 + 4 + 32,
    tree: 64,
};

/// With the true size of an RSA signature of 1024 bits.
pub const CORRECTED: Fields = Fields { signature: 128, ..PAPER };

/// How many doctors have an envelope.
pub const DOCTORS: u64 = 5;

/// Bytes of each kind of transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// An upload.
    pub iot: u64,
    /// A key transaction for [`DOCTORS`] doctors.
    pub key: u64,
    /// A diagnosis.
    pub diag: u64,
}

impl Sizes {
    /// Of these fields.
    #[must_use]
    pub const fn of(f: &Fields) -> Self {
        let signed = f.id + f.time + f.signature;
        Self {
            iot: signed + 2 * f.hash,
            key: signed + f.hash + DOCTORS * (f.id + f.hash + f.envelope) + f.envelope,
            diag: signed + 3 * f.hash,
        }
    }

    /// Upload, key transaction, diagnosis.
    #[must_use]
    pub const fn list(&self) -> [u64; 3] {
        [self.iot, self.key, self.diag]
    }
}

/// How many transactions of each kind fill a block with so much header and tree.
#[must_use]
pub fn capacities(sizes: &Sizes, header: u64, tree: u64) -> [u64; 3] {
    sizes.list().map(|size| BLOCK.saturating_sub(header) / (size + tree))
}

/// Printed with table II: how many of each kind fill a block.
pub const CAPACITIES: [u64; 3] = [5349, 837, 4599];
/// Printed beside them: transactions a second.
pub const RATES: [u64; 3] = [89, 13, 76];
/// Printed with figure 6: seconds after six months.
pub const FIGURE_6: Months<f64> = Months { healthchain: 96.0, traditional: 130.0 };
/// Printed with figure 7: megabytes after six months.
pub const FIGURE_7: Months<f64> = Months { healthchain: 3.0, traditional: 26.0 };
/// The months of both figures.
pub const MONTHS: [u32; 6] = [1, 2, 3, 4, 5, 6];

/// Milliseconds that it takes to make one of each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// An upload.
    pub iot: f64,
    /// A key transaction.
    pub key: f64,
    /// An envelope.
    pub envelope: f64,
}

/// On the paper's phone: the text's times of the transactions, and table III's of an encryption.
pub const PAPER_MS: Costs = Costs { iot: 3.735, key: 4.809, envelope: 0.209 };

/// What so many months cost under a scheme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Months<T> {
    /// With key transactions of their own, as in the paper.
    pub healthchain: T,
    /// With the keys in every upload.
    pub traditional: T,
}

impl<T> Months<T> {
    /// The same in another unit.
    pub fn map<U>(self, unit: impl Fn(T) -> U) -> Months<U> {
        Months { healthchain: unit(self.healthchain), traditional: unit(self.traditional) }
    }
}

/// Bytes as mebibytes.
#[must_use]
pub fn mebibytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1_048_576.0
}

/// Uploads of so many months.
#[must_use]
pub const fn uploads(months: u32) -> u64 {
    months as u64 * MONTH_MINUTES / UPLOAD_MINUTES
}

/// Seconds to make the transactions of so many months (figure 6).
#[must_use]
pub fn seconds(costs: &Costs, months: u32) -> Months<f64> {
    let n = f64::from(u32::try_from(uploads(months)).unwrap_or(u32::MAX));
    let envelopes = f64::from(u32::try_from(DOCTORS + 1).unwrap_or(u32::MAX));
    Months {
        healthchain: (n * costs.iot + f64::from(months) * costs.key) / 1e3,
        traditional: n * (costs.iot + envelopes * costs.envelope) / 1e3,
    }
}

/// Bytes of the transactions of so many months (figure 7).
#[must_use]
pub const fn bytes(fields: &Fields, sizes: &Sizes, months: u32) -> Months<u64> {
    let n = uploads(months);
    let keys = DOCTORS * (fields.id + fields.envelope) + fields.envelope;
    Months {
        healthchain: n * sizes.iot + months as u64 * sizes.key,
        traditional: n * (sizes.iot + keys),
    }
}
