//! Calls per Item and minute, as Plaid's production counts them.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::errors::PlaidError;

const WINDOW: Duration = Duration::from_mins(1);

/// Path, calls a minute, error code.
const PRODUCTION: [(&str, usize, &str); 6] = [
    ("/accounts/get", 15, "ACCOUNTS_LIMIT"),
    ("/accounts/balance/get", 5, "BALANCE_LIMIT"),
    ("/item/get", 15, "ITEM_GET_LIMIT"),
    ("/liabilities/get", 15, "RATE_LIMIT"),
    (
        "/investments/holdings/get",
        15,
        "INVESTMENT_HOLDINGS_GET_LIMIT",
    ),
    ("/transactions/sync", 50, "TRANSACTIONS_SYNC_LIMIT"),
];

/// The limits and the calls of the last minute.
pub(super) struct Limits {
    off: bool,
    allowed: HashMap<String, usize>,
    calls: HashMap<(String, String), VecDeque<Instant>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            off: false,
            allowed: PRODUCTION
                .iter()
                .map(|(path, allowed, _)| ((*path).to_owned(), *allowed))
                .collect(),
            calls: HashMap::new(),
        }
    }
}

impl Limits {
    pub(super) fn switch_off(&mut self, off: bool) {
        *self = Self {
            off,
            ..Self::default()
        };
    }

    /// Sets the limit of a path; None lifts it.
    pub(super) fn set(&mut self, path: String, allowed: Option<usize>) {
        self.off = false;
        match allowed {
            Some(allowed) => self.allowed.insert(path, allowed),
            None => self.allowed.remove(&path),
        };
    }

    /// Counts a call, or refuses it; a refused one does not count.
    pub(super) fn count(&mut self, path: &str, item_id: &str) -> Result<(), PlaidError> {
        let Some(allowed) = self.allowed.get(path).filter(|_| !self.off) else {
            return Ok(());
        };
        let now = Instant::now();
        let calls = self
            .calls
            .entry((path.to_owned(), item_id.to_owned()))
            .or_default();
        while calls
            .front()
            .is_some_and(|call| now.duration_since(*call) >= WINDOW)
        {
            calls.pop_front();
        }
        if calls.len() >= *allowed {
            let listed = PRODUCTION.iter().find(|(listed, ..)| *listed == path);
            return Err(PlaidError::of(
                listed.map_or("RATE_LIMIT", |(.., code)| code),
            ));
        }
        calls.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_sixth_balance_call_in_a_minute_is_refused_and_the_next_minute_allowed() {
        let mut limits = Limits::default();
        let mut call = |item: &str| limits.count("/accounts/balance/get", item);
        assert!((0..5).all(|_| call("a").is_ok()));
        assert_eq!(call("a").unwrap_err().code, "BALANCE_LIMIT");
        assert!(call("b").is_ok());
        tokio::time::advance(WINDOW).await;
        assert!(call("a").is_ok());
    }

    #[test]
    fn a_lifted_limit_and_limits_switched_off_let_everything_through() {
        let mut limits = Limits::default();
        limits.set("/item/get".to_owned(), None);
        assert!((0..99).all(|_| limits.count("/item/get", "a").is_ok()));
        limits.switch_off(true);
        assert!((0..99).all(|_| limits.count("/transactions/sync", "a").is_ok()));
        limits.switch_off(false);
        assert_eq!(
            (0..99)
                .filter(|_| limits.count("/item/get", "a").is_ok())
                .count(),
            15
        );
    }
}
