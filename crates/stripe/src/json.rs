//! JSON that is read with a grain of salt: members that are missing, null, or of another
//! type than expected. Follows RFC 8259.
//! Invariant: a list is never taken for an object, and text is valid or refused.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A member that is yet to be read; `None` where it is absent or null.
pub(crate) type Member<'a> = Option<&'a RawValue>;

/// Reads a JSON object. serde alone would take a list of the values for one, and pass
/// over bytes that are not text.
pub(crate) fn read_object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let text = std::str::from_utf8(json).ok()?;
    text.trim_ascii_start().starts_with('{').then_some(())?;
    serde_json::from_str(text).ok()
}

/// A member, where it is there and of the type that is needed.
pub(crate) fn member<'a, T: Deserialize<'a>>(member: Member<'a>) -> Option<T> {
    serde_json::from_str(member?.get()).ok()
}

/// A member that is an object, likewise.
pub(crate) fn object<'a, T: Deserialize<'a>>(member: Member<'a>) -> Option<T> {
    read_object(member?.get().as_bytes())
}
