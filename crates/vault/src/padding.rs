//! Hiding lengths: `len_u32 ‖ payload ‖ zeros`, to a multiple of 64 up to 1 KiB,
//! then Padmé (Nikitin et al., PETS 2019), which costs at most 12 % and leaks
//! O(log log n) bits. A text opens only if it is padded exactly so.

/// The longest payload that can be sealed.
pub const MAX_PAYLOAD: usize = 1 << 20;

/// The bytes of the length prefix.
pub(crate) const PREFIX: usize = 4;

const BLOCK: usize = 64;
const LAST_BY_BLOCKS: usize = 1024;

/// The length to which a text of `length` (prefix and payload) is padded.
pub(crate) const fn padded(length: usize) -> usize {
    if length <= LAST_BY_BLOCKS {
        return length.next_multiple_of(BLOCK);
    }
    let exponent = length.ilog2();
    let kept_bits = exponent.ilog2() + 1;
    length.next_multiple_of(1 << (exponent - kept_bits))
}

/// Whether some payload is padded to this length.
pub(crate) fn is_padded_length(length: usize) -> bool {
    (BLOCK..=padded(PREFIX + MAX_PAYLOAD)).contains(&length) && padded(length) == length
}

/// The payload's length in a padded text, if prefix and zeros are right.
pub(crate) fn payload_length(text: &[u8]) -> Option<usize> {
    let (prefix, rest) = text.split_first_chunk::<PREFIX>()?;
    let length = usize::try_from(u32::from_be_bytes(*prefix)).ok()?;
    if length > MAX_PAYLOAD || padded(PREFIX + length) != text.len() {
        return None;
    }
    let zeros = rest.get(length..)?;
    (zeros.iter().fold(0, |seen, byte| seen | byte) == 0).then_some(length)
}
