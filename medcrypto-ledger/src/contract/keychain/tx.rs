//! What devices and owners send, and what becomes of it.

use serde::{Deserialize, Serialize};

use crate::auth::{PublicKey, Signature};
use crate::block::ChainId;
use crate::cas::Cid;
use crate::codec::{Bytes, Digest, Pairs, as_array};

/// What a device signs under `DEVICE_JOIN`, so that nobody else's device can be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinStatement {
    /// The chain.
    pub chain_id: ChainId,
    /// Its management node.
    pub owner: PublicKey,
    /// The device.
    pub device: PublicKey,
}
as_array!(JoinStatement { chain_id, owner, device });

/// The key of a new epoch, for everybody who is to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The epoch: one more than the last, 0 at first.
    pub epoch: u64,
    /// The key as wrapped for each doctor; at most [`Keys::MAX_SHARES`].
    pub doctors: Pairs<PublicKey, Bytes>,
    /// The key as wrapped for the owner.
    pub own: Bytes,
}
as_array!(Keys { epoch, doctors, own });

impl Keys {
    /// The most doctors of an epoch, and the most epochs that one transaction shares.
    pub const MAX_SHARES: usize = 16;
    /// The longest wrapped key, in bytes.
    pub const MAX_WRAPPED: usize = 256;
}

/// What a transaction can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// The sender takes on a device, which has signed a [`JoinStatement`].
    Join(PublicKey, Signature),
    /// A device of the sender's leaves for ever.
    Leave(PublicKey),
    /// A device stores a ciphertext: epoch of the key, when it was taken (milliseconds since 1970),
    /// identifier.
    Upload(u64, u64, Cid),
    /// The sender's next epoch.
    Rotate(Keys),
    /// The sender gives a doctor the keys of these epochs, 1 to [`Keys::MAX_SHARES`].
    Share(PublicKey, Pairs<u64, Bytes>),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// This owner has this device.
    Joined(PublicKey, PublicKey),
    /// This owner's device has left.
    Left(PublicKey, PublicKey),
    /// An upload has this id.
    Uploaded(Digest),
    /// This owner is in this epoch.
    Rotated(PublicKey, u64),
    /// This owner has given a doctor older or current keys.
    Shared(PublicKey, PublicKey),
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reject {
    /// More doctors than an epoch takes.
    #[error("too many doctors")]
    Doctors,
    /// No epoch, or more than one transaction shares.
    #[error("no epoch, or too many")]
    Epochs,
    /// A wrapped key that is empty or too long.
    #[error("a wrapped key of a wrong length")]
    Wrapped,
    /// A wrapped key that the owner has written before.
    #[error("a wrapped key a second time")]
    Reused,
    /// The owner as its own doctor or device.
    #[error("the owner itself")]
    Oneself,
    /// The device has not signed.
    #[error("the device has not signed")]
    DeviceSignature,
    /// The device has, or had, an owner.
    #[error("device taken")]
    Taken,
    /// Not a device of the sender's, or not a device.
    #[error("no such device")]
    Device,
    /// Not after the device's last upload, or in the future.
    #[error("not a time after the last and before now")]
    Time,
    /// Another epoch than the one that counts, which is this.
    #[error("the epoch is {0}")]
    Epoch(u64),
    /// There is no epoch, or a device has left since it began.
    #[error("a new epoch is due")]
    Stale,
    /// There is no such epoch yet.
    #[error("no such epoch")]
    NoEpoch,
    /// The doctor has this epoch's key.
    #[error("the doctor has this key")]
    Held,
    /// No number is left for another epoch.
    #[error("no epoch left")]
    Exhausted,
    /// No record, too many, an unknown one, or records of two owners.
    #[error("not records of one owner")]
    Records,
    /// The doctor is not among those who have the current key and the key of each record.
    #[error("the doctor has no key")]
    NoKey,
}
