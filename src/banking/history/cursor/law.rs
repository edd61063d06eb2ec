//! What a cursor must be, whatever the bytes: for the tests and the fuzzer.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::Value as Json;
use vault::{Keyring, UserId};

use super::{Filter, Position, Sealable, Table, Value, place};
use crate::store::keys::{self, UserKeys};

// Whoever runs this wants to be told.
#[allow(clippy::expect_used, reason = "a test or the fuzzer")]
static KEYS: LazyLock<UserKeys> = LazyLock::new(|| {
    let key = "A".repeat(43);
    let keyring = Keyring::parse(&format!(r#"{{"current":1,"keys":{{"1":"{key}="}}}}"#));
    let user = UserId::from_bytes([0xA1; 16]);
    let made = keys::generate(&keyring.expect("a keyring"), user);
    made.expect("keys").1
});

/// Any JSON at all, sealed as a cursor is: as if an older version had made it.
#[derive(Serialize)]
struct Anything(Json);

impl Sealable for Anything {
    const TABLE: Table = Table::Cursor;
}

/// Panics where a cursor is not what it must be.
#[allow(clippy::expect_used, reason = "a test or the fuzzer")]
pub(crate) fn hold(bytes: &[u8]) {
    let (keys, filter) = (&*KEYS, Filter::default());
    let narrower = Filter {
        text: Some(String::from_utf8_lossy(bytes).into_owned()),
        ..Filter::default()
    };
    let opens = |filter: &Filter, cursor: &str| Position::open(keys, filter, cursor).ok();

    // As it came in the URL, or behind its base64: nobody without the key made it.
    assert!(opens(&filter, &String::from_utf8_lossy(bytes)).is_none());
    assert!(opens(&filter, &URL_SAFE_NO_PAD.encode(bytes)).is_none());

    // Sealed by us, whatever it says: it is refused, or a place that goes round.
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else {
        return;
    };
    let sealed = keys.seal(place(keys), 0, &Anything(json));
    let Ok(Value::Sealed(sealed)) = sealed else {
        return;
    };
    let Some(position) = opens(&filter, &URL_SAFE_NO_PAD.encode(sealed)) else {
        return;
    };
    let again = position.seal(keys, &narrower).expect("it seals");
    let same = opens(&narrower, &again).expect("it opens with its own filter");
    assert!(same.date == position.date && same.id.0 == position.id.0);
    assert!(opens(&filter, &again).is_none(), "another filter's cursor");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::hold;
    use crate::banking::history::Filter;

    /// A record as it is sealed, for any date, id and filter as text.
    fn record() -> impl Strategy<Value = String> {
        let right = super::super::hex(&Filter::default().fingerprint());
        let date = prop_oneof!["[0-9]{4}-[01][0-9]-[0-3][0-9]", ".{0,12}"];
        let id = prop_oneof!["[0-9a-f]{32}", ".{0,40}"];
        let filter = prop_oneof![Just(right), ".{0,40}".boxed()];
        (date, id, filter).prop_map(|(date, id, filter)| {
            serde_json::json!({"date": date, "id": id, "filter": filter}).to_string()
        })
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..700)) {
            hold(&bytes);
        }

        #[test]
        fn any_record_is_refused_or_goes_round(record in record()) {
            hold(record.as_bytes());
        }
    }
}
