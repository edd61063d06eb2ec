//! CBOR (RFC 8949), as much of it as authenticators write (CTAP 2's canonical form).
//! Invariant: definite lengths only, nesting bounded, and never past the end.

use core::convert::Infallible;

use cbor4ii::core::dec::{Decode, IgnoredAny, Read, Reference};
use cbor4ii::core::types::{Bytes, Map};

/// How deep an item may nest. An attestation statement of several formats has six levels.
const MAX_DEPTH: u8 = 8;

/// Reads one item after another.
pub(crate) struct Items<'a> {
    rest: &'a [u8],
    depth_left: u8,
}

impl<'a> Items<'a> {
    pub(crate) const fn of(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            depth_left: MAX_DEPTH,
        }
    }

    /// The head of a map: how many pairs of key and value follow.
    pub(crate) fn map(&mut self) -> Option<usize> {
        Map::<()>::len(self).ok().flatten()
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        self.next()
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        self.next().map(|Bytes(bytes)| bytes)
    }

    pub(crate) fn integer(&mut self) -> Option<i64> {
        self.next()
    }

    /// Passes over one item, whatever it is.
    pub(crate) fn skip(&mut self) -> Option<()> {
        self.next().map(|IgnoredAny| ())
    }

    /// Whether nothing is left.
    pub(crate) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn next<T: Decode<'a>>(&mut self) -> Option<T> {
        T::decode(self).ok()
    }
}

impl<'a> Read<'a> for Items<'a> {
    type Error = Infallible;

    fn fill<'short>(&'short mut self, want: usize) -> Result<Reference<'a, 'short>, Infallible> {
        let available = self.rest.get(..want).unwrap_or(self.rest);
        Ok(Reference::Long(available))
    }

    fn advance(&mut self, n: usize) {
        self.rest = self.rest.get(n..).unwrap_or_default();
    }

    fn step_in(&mut self) -> bool {
        let left = self.depth_left.checked_sub(1);
        self.depth_left = left.unwrap_or_default();
        left.is_some()
    }

    fn step_out(&mut self) {
        self.depth_left += 1;
    }
}
