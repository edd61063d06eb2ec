//! Laying the parts of a header or of associated data end to end in an array on
//! the stack: the opening of a row allocates nothing.

/// Begins all associated data, and names the format.
pub(crate) const FORMAT: &[u8; 4] = b"BAL1";

/// The parts one after the other. Their lengths must add up to `N`.
#[inline]
pub(crate) fn concat<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut whole = [0; N];
    let mut rest = whole.as_mut_slice();
    for part in parts {
        let Some((head, tail)) = rest.split_at_mut_checked(part.len()) else {
            debug_assert!(false, "the parts are longer than the whole");
            return whole;
        };
        head.copy_from_slice(part);
        rest = tail;
    }
    debug_assert!(rest.is_empty(), "the parts are shorter than the whole");
    whole
}
