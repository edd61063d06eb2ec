//! The attestation object of a registration (section 6.5): authenticator data, and a maker's
//! word for it, which is passed over.

use crate::cbor::Items;

/// Finds the authenticator data. `None` unless the object has its three members, each once,
/// and nothing after them.
pub(crate) fn authenticator_data(object: &[u8]) -> Option<&[u8]> {
    let mut items = Items::of(object);
    let (mut format, mut statement, mut data) = (None, None, None);
    for _ in 0..items.map()? {
        let is_first = match items.text()? {
            "fmt" => format.replace(items.text()?).is_none(),
            "attStmt" => statement.replace(items.skip()?).is_none(),
            "authData" => data.replace(items.bytes()?).is_none(),
            _ => false,
        };
        is_first.then_some(())?;
    }
    (items.is_at_end() && format.is_some() && statement.is_some()).then_some(data)?
}
