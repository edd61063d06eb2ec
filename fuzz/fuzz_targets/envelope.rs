//! BAL1: whatever lies in the database, opening it neither panics nor yields
//! what was not sealed. A second, plain writing of the format authenticates the
//! fuzzer's texts, so that the checks behind the tag are reached too.

#![no_main]

use std::sync::LazyLock;

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;
use vault::{
    ColumnId, DataKey, Generation, GenerationKeys, Keyring, OpenError, Place, RowCipher,
    SchemaVersion, TableId, UserId,
};
use zeroize::Zeroizing;

const USER: [u8; 16] = [0xA1; 16];
const UDK: [u8; 32] = [0x5C; 32];
const NONCE: [u8; 12] = [9; 12];
const LEADER: [u8; 6] = [0xB1, 1, 0, 1, 0, 2];
const PLACE: Place = Place {
    table: TableId(7),
    column: ColumnId::ROW,
    row_id: [3; 16],
    rev: 5,
};
const GENERATION: Generation = Generation(1);

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
    let key = "A".repeat(43);
    Keyring::parse(&format!(r#"{{"current":1,"keys":{{"1":"{key}="}}}}"#)).expect("a keyring")
});

static CIPHER: LazyLock<RowCipher> = LazyLock::new(|| {
    let key = DataKey::from_bytes(Zeroizing::new(UDK));
    GenerationKeys::derive(UserId::from_bytes(USER), GENERATION, &key).row_cipher(PLACE.table)
});

static PLAIN_CIPHER: LazyLock<Aes256Gcm> = LazyLock::new(|| {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(&USER), &UDK)
        .expand(b"balance/v1/enc/\0\x07\0\0", &mut key)
        .expect("one hash");
    Aes256Gcm::new(&key.into())
});

/// Seals a text as it is, rightly padded or not.
fn authentic(text: &[u8]) -> Vec<u8> {
    let mut aad = b"BAL1\x01".to_vec();
    aad.extend_from_slice(&LEADER);
    aad.extend_from_slice(&USER);
    aad.extend_from_slice(&[0, 7, 0, 0]);
    aad.extend_from_slice(&[3; 16]);
    aad.extend_from_slice(&[0, 0, 0, 5]);
    let sealed = PLAIN_CIPHER
        .encrypt(
            &NONCE.into(),
            Payload {
                msg: text,
                aad: &aad,
            },
        )
        .expect("a short text");
    [LEADER.as_slice(), &NONCE, &sealed].concat()
}

fuzz_target!(|bytes: &[u8]| {
    // As it came: nobody without the key can have made it.
    assert!(CIPHER.open(&PLACE, bytes.to_vec()).is_err());
    assert!(
        KEYRING
            .unwrap(bytes, UserId::from_bytes(USER), GENERATION)
            .is_err()
    );
    let _ = RowCipher::generation_of(bytes);
    let _ = Keyring::wrapped_version(bytes);

    // As the operator's mistake.
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(keyring) = Keyring::parse(text) {
            assert!(
                keyring
                    .versions()
                    .any(|version| version == keyring.current_version())
            );
        }
    }

    // As a payload: it goes round, and the plain writing agrees that it is so.
    let sealed = CIPHER
        .seal(SchemaVersion(2), &PLACE, bytes, NONCE)
        .expect("a short payload");
    let opened = CIPHER
        .open(&PLACE, sealed.clone())
        .expect("what was sealed");
    assert_eq!(opened.payload(), bytes);
    let mut text = u32::try_from(bytes.len())
        .expect("a short payload")
        .to_be_bytes()
        .to_vec();
    text.extend_from_slice(bytes);
    text.resize(sealed.len() - 34, 0);
    assert_eq!(authentic(&text), sealed);

    // As an authentic text: it opens only if sealing its payload gives it back.
    let mut stretched = bytes.to_vec();
    stretched.resize(bytes.len().next_multiple_of(64), 0);
    for text in [bytes, &stretched] {
        let sealed = authentic(text);
        match CIPHER.open(&PLACE, sealed.clone()) {
            Ok(opened) => {
                let again = CIPHER.seal(opened.schema(), &PLACE, opened.payload(), NONCE);
                assert_eq!(again.expect("a payload"), sealed);
            }
            Err(refused) => {
                assert!(
                    matches!(refused, OpenError::Padding | OpenError::Malformed),
                    "{refused}"
                );
            }
        }
    }
});
