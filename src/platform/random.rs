//! The one source of randomness: the platform's `crypto.getRandomValues`.

use crate::problem::{Problem, Result};

/// Random bytes, fit for keys, nonces and tokens.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// As many of them as fit: at most 65,536, which is what `getRandomValues` answers.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|_| Problem::internal("no randomness"))
}

/// Random bytes for many nonces at once: one crossing for a whole page of rows.
pub(crate) struct Nonces {
    pool: Vec<u8>,
    used: usize,
}

impl Nonces {
    const LENGTH: usize = 12;

    /// Enough for `count` nonces.
    pub(crate) fn for_rows(count: usize) -> Result<Self> {
        let mut pool = vec![0; count.saturating_mul(Self::LENGTH)];
        // getRandomValues answers at most 65,536 bytes a call.
        for chunk in pool.chunks_mut(65_536) {
            fill(chunk)?;
        }
        Ok(Self { pool, used: 0 })
    }

    /// A nonce that has not been given out; draws afresh past the count.
    pub(crate) fn take(&mut self) -> Result<[u8; 12]> {
        let end = self.used + Self::LENGTH;
        match self
            .pool
            .get(self.used..end)
            .and_then(|slice| slice.try_into().ok())
        {
            Some(nonce) => {
                self.used = end;
                Ok(nonce)
            }
            None => bytes(),
        }
    }
}
