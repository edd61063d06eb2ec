//! The envelope from outside: the format's vectors, what must not open, and what
//! must go round.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failure here is the test's failure"
)]

mod keyring;
mod properties;
mod sensitive;
mod tampering;
mod vectors;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use vault::{
    ColumnId, DataKey, Generation, GenerationKeys, Keyring, Place, RowCipher, TableId, UserId,
};
use zeroize::Zeroizing;

const ANNA: UserId = UserId::from_bytes([0xA1; 16]);
const BEN: UserId = UserId::from_bytes([0xB2; 16]);
const TABLE: TableId = TableId(7);
const PLACE: Place = Place {
    table: TABLE,
    column: ColumnId::ROW,
    row_id: [3; 16],
    rev: 1,
};

fn data_key() -> DataKey {
    DataKey::from_bytes(Zeroizing::new([0x5C; 32]))
}

fn keys_of(user: UserId) -> GenerationKeys {
    GenerationKeys::derive(user, Generation(1), &data_key())
}

fn cipher_of(user: UserId) -> RowCipher {
    keys_of(user).row_cipher(TABLE)
}

/// Two versions, the second current.
fn keyring() -> Keyring {
    let [one, two] = [1, 2].map(|fill| STANDARD.encode([fill; 32]));
    let json = format!(r#"{{"current":2,"keys":{{"1":"{one}","2":"{two}"}}}}"#);
    Keyring::parse(&json).expect("a keyring")
}
