//! How often Plaid is asked about one Item: never more in a minute than it allows.
//! <https://plaid.com/docs/errors/rate-limit-exceeded/>
//!
//! The count stands in the Item's sealed row and is written with whatever its holder
//! writes. A holder who dies forgets some: then Plaid's own limit answers.

use plaid::Endpoint;

use crate::{platform::Timestamp, store::items::Spent};

/// Seconds, and one more: the two clocks need not agree.
const MINUTE: i64 = 61;

/// Calls for an Item and minute, as Plaid allows them.
const fn allowed(endpoint: Endpoint) -> Option<usize> {
    match endpoint {
        Endpoint::TransactionsSync => Some(50),
        Endpoint::AccountsGet
        | Endpoint::ItemGet
        | Endpoint::LiabilitiesGet
        | Endpoint::InvestmentsHoldingsGet => Some(15),
        Endpoint::TransactionsRecurringGet => Some(20),
        Endpoint::AccountsBalanceGet => Some(5),
        Endpoint::TransactionsRefresh => Some(2),
        _ => None,
    }
}

impl Spent {
    /// Counts a call in. `Err`: seconds until it may be made.
    pub(super) fn admit(&mut self, endpoint: Endpoint, now: Timestamp) -> Result<(), u32> {
        let Some(allowed) = allowed(endpoint) else {
            return Ok(());
        };
        // Plaid's minute slides: any sixty seconds are one.
        let since = now.plus(-MINUTE);
        self.calls.retain(|_, calls| {
            calls.retain(|at| *at > since);
            !calls.is_empty()
        });
        let calls = self.calls.entry(endpoint.path().to_owned()).or_default();
        if calls.len() >= allowed {
            let oldest = calls.first().copied().unwrap_or(now);
            let wait = oldest.plus(MINUTE).unix() - now.unix();
            return Err(u32::try_from(wait.max(1)).unwrap_or(60));
        }
        calls.push(now);
        Ok(())
    }

    /// The call that was counted last has been answered: it reached Plaid no later than now.
    pub(super) fn answered(&mut self, endpoint: Endpoint, now: Timestamp) {
        let calls = self.calls.get_mut(endpoint.path());
        if let Some(last) = calls.and_then(|calls| calls.last_mut()) {
            *last = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_sixty_seconds_have_so_many_calls_of_each_kind() {
        let mut spent = Spent::default();
        let at = |seconds: i64| Timestamp::from_unix(6_000 + seconds);
        for second in 0..15 {
            assert_eq!(spent.admit(Endpoint::AccountsGet, at(second)), Ok(()));
        }
        assert_eq!(spent.admit(Endpoint::AccountsGet, at(59)), Err(2));
        assert_eq!(spent.admit(Endpoint::ItemGet, at(59)), Ok(()));
        // The first of them is a minute ago, the second is not.
        assert_eq!(spent.admit(Endpoint::AccountsGet, at(61)), Ok(()));
        assert_eq!(spent.admit(Endpoint::AccountsGet, at(61)), Err(1));
        assert_eq!(spent.admit(Endpoint::AccountsGet, at(200)), Ok(()));
        assert_eq!(spent.calls.len(), 1);
    }

    #[test]
    fn a_call_counts_from_when_it_was_answered() {
        let mut spent = Spent::default();
        let at = |seconds: i64| Timestamp::from_unix(6_000 + seconds);
        for _ in 0..5 {
            assert_eq!(spent.admit(Endpoint::AccountsBalanceGet, at(0)), Ok(()));
            spent.answered(Endpoint::AccountsBalanceGet, at(20));
        }
        spent.answered(Endpoint::ItemRemove, at(20));
        assert_eq!(spent.admit(Endpoint::AccountsBalanceGet, at(62)), Err(19));
    }

    #[test]
    fn what_plaid_does_not_bound_is_not_counted() {
        let mut spent = Spent::default();
        for _ in 0..100 {
            assert_eq!(
                spent.admit(Endpoint::ItemRemove, Timestamp::from_unix(0)),
                Ok(())
            );
        }
        assert!(spent.calls.is_empty());
    }
}
