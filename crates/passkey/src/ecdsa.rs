//! An ECDSA signature from the form that authenticators write (DER, RFC 3279 section 2.2.3) to
//! the one that `WebCrypto` takes. Invariant: a signature has one spelling (X.690, section 8.3
//! and 10.1).

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// r and s, 32 bytes each.
pub(crate) fn from_der(der: &[u8]) -> Option<[u8; 64]> {
    // At most 70 bytes: the short form of a length.
    let [SEQUENCE, length, body @ ..] = der else {
        return None;
    };
    if usize::from(*length) != body.len() {
        return None;
    }
    let mut signature = [0; 64];
    let (r, s) = signature.split_at_mut(32);
    let rest = integer(body, r)?;
    integer(rest, s)?.is_empty().then_some(signature)
}

/// Reads a positive integer into `number`, right-aligned; what follows it.
fn integer<'a>(der: &'a [u8], number: &mut [u8]) -> Option<&'a [u8]> {
    let [INTEGER, length, rest @ ..] = der else {
        return None;
    };
    let (content, rest) = rest.split_at_checked(usize::from(*length))?;
    let digits = match content {
        // A zero in front is there only where the number would else be negative.
        [0, digits @ ..] if matches!(digits, [0x80..=0xff, ..]) => digits,
        [0x01..=0x7f, ..] => content,
        _ => return None,
    };
    let start = number.len().checked_sub(digits.len())?;
    number.get_mut(start..)?.copy_from_slice(digits);
    Some(rest)
}
