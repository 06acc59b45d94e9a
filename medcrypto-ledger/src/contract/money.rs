//! Money moves here and nowhere else.

use super::apply::Reject;
use super::state::{Claim, State};
use crate::auth::PublicKey;
use crate::codec::Digest;

impl State {
    /// Takes money from an account.
    pub(super) fn debit(&mut self, account: &PublicKey, amount: u64) -> Result<(), Reject> {
        let balance = self.balances.0.get(account).copied().unwrap_or(0);
        let left = balance.checked_sub(amount).ok_or(Reject::Funds)?;
        self.balances.0.insert(account.clone(), left);
        Ok(())
    }

    /// Gives money to an account. It was held before and all money fits 64 bits, so nothing
    /// saturates.
    pub(super) fn credit(&mut self, account: &PublicKey, amount: u64) {
        let balance = self.balances.0.entry(account.clone()).or_insert(0);
        *balance = balance.saturating_add(amount);
    }

    /// Reserves an exclusive nullifier, unless an exclusive licence is involved on either side.
    pub(super) fn reserve(
        &mut self,
        nullifier: Digest,
        request: Digest,
        exclusive: bool,
    ) -> Result<(), Reject> {
        let fresh = Claim { request, exclusive, reserved: 0, burnt: false };
        let claim = match self.claims.0.get(&nullifier) {
            None => fresh,
            Some(held) if held.exclusive || exclusive => {
                return Err(Reject::Exclusive { nullifier, holder: held.request });
            }
            Some(held) => *held,
        };
        let reserved = claim.reserved.saturating_add(1);
        self.claims.0.insert(nullifier, Claim { reserved, ..claim });
        Ok(())
    }

    /// Gives up a reservation; a nullifier that nobody holds any more is free again.
    pub(super) fn release(&mut self, nullifier: Option<Digest>) {
        self.unreserve(nullifier, false);
    }

    /// Makes a reservation final.
    pub(super) fn burn(&mut self, nullifier: Option<Digest>) {
        self.unreserve(nullifier, true);
    }

    fn unreserve(&mut self, nullifier: Option<Digest>, burn: bool) {
        let Some(nullifier) = nullifier else { return };
        let Some(claim) = self.claims.0.get_mut(&nullifier) else { return };
        claim.reserved = claim.reserved.saturating_sub(1);
        claim.burnt |= burn;
        if claim.reserved == 0 && !claim.burnt {
            self.claims.0.remove(&nullifier);
        }
    }
}
