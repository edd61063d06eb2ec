//! For any payload, any place and any bytes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::{
    collection::vec,
    prelude::{
        Strategy, any, prop, prop_assert, prop_assert_eq, prop_assume, prop_oneof, proptest,
    },
};
use vault::{
    ColumnId, Generation, GenerationKeys, Keyring, MAX_PAYLOAD, Place, RowCipher, SchemaVersion,
    TableId, UserId,
};
use zeroize::Zeroizing;

use crate::{ANNA, PLACE, cipher_of, keyring};

/// What surrounds a sealed row's padded text.
const AROUND: usize = 34;

/// Lengths of all sizes, and those next to where the padding changes.
fn length() -> impl Strategy<Value = usize> {
    let edge = (0_u32..=20, -6_i64..=6)
        .prop_map(|(power, off)| usize::try_from((1_i64 << power) + off).unwrap_or_default());
    prop_oneof![0_usize..2200, 0_usize..100_000, edge].prop_map(|length| length.min(MAX_PAYLOAD))
}

/// Padmé as its paper writes it, with masks: the last bits of the length that
/// are to be zero are rounded up.
fn padme(length: usize) -> usize {
    let exponent = usize::BITS - 1 - length.leading_zeros();
    let exponent_bits = u32::BITS - exponent.leading_zeros();
    let mask = (1 << (exponent - exponent_bits)) - 1;
    (length + mask) & !mask
}

fn sealed_length(payload: usize) -> usize {
    let sealed = cipher_of(ANNA).seal(SchemaVersion(1), &PLACE, &vec![1; payload], [0; 12]);
    sealed.unwrap().len() - AROUND
}

proptest! {
    #[test]
    fn any_payload_goes_round_in_any_place(
        length in length(),
        fill: u8,
        user: [u8; 16],
        key: [u8; 32],
        generation in 1_u16..,
        table: u16,
        column: u16,
        row_id: [u8; 16],
        rev: u32,
        schema: u16,
        nonce: [u8; 12],
    ) {
        let payload = vec![fill; length];
        let (user, generation) = (UserId::from_bytes(user), Generation(generation));
        let key = vault::DataKey::from_bytes(Zeroizing::new(key));
        let wrapped = keyring().wrap(&key, user, generation, nonce);
        let key = keyring().unwrap(wrapped.as_ref(), user, generation).unwrap();

        let table = TableId(table);
        let place = Place { table, column: ColumnId(column), row_id, rev };
        let cipher = GenerationKeys::derive(user, generation, &key).row_cipher(table);
        let sealed = cipher.seal(SchemaVersion(schema), &place, &payload, nonce).unwrap();
        prop_assert_eq!(RowCipher::generation_of(&sealed), Ok(generation));
        let opened = cipher.open(&place, sealed).unwrap();
        prop_assert_eq!(opened.schema(), SchemaVersion(schema));
        prop_assert_eq!(opened.payload(), payload);
    }

    #[test]
    fn padded_lengths_follow_the_scheme(payload in length()) {
        let text = payload + 4;
        let padded = sealed_length(payload);
        if text <= 1024 {
            prop_assert_eq!(padded, text.div_ceil(64) * 64);
        } else {
            prop_assert_eq!(padded, padme(text));
            prop_assert!((padded - text) * 100 <= 12 * text, "{} for {}", padded, text);
        }
    }

    #[test]
    fn arbitrary_bytes_never_open(
        mut bytes in prop_oneof![
            vec(any::<u8>(), 0..400),
            vec(any::<u8>(), 64 + AROUND),
            vec(any::<u8>(), 128 + AROUND),
            vec(any::<u8>(), 96),
        ],
        kind in prop::sample::select(vec![None, Some([0xB1, 1, 0, 1]), Some([0xB2, 1, 0, 2])]),
    ) {
        if let (Some(kind), Some(start)) = (kind, bytes.first_chunk_mut()) {
            *start = kind;
        }
        prop_assert!(cipher_of(ANNA).open(&PLACE, bytes.clone()).is_err());
        prop_assert!(keyring().unwrap(&bytes, ANNA, Generation(1)).is_err());
        prop_assert_eq!(Keyring::wrapped_version(&bytes).is_ok(),
            bytes.len() == 96 && bytes.starts_with(&[0xB2, 1]));
    }

    #[test]
    fn two_places_never_share_a_row(
        one in (any::<u16>(), any::<[u8; 16]>(), 0_u32..4),
        two in (any::<u16>(), any::<[u8; 16]>(), 0_u32..4),
    ) {
        prop_assume!(one != two);
        let place = |(column, row_id, rev)| {
            Place { column: ColumnId(column), row_id, rev, ..PLACE }
        };
        let cipher = cipher_of(ANNA);
        let sealed = cipher.seal(SchemaVersion(1), &place(one), b"mine", [0; 12]).unwrap();
        prop_assert!(cipher.open(&place(two), sealed.clone()).is_err());
        prop_assert!(cipher.open(&place(one), sealed).is_ok());
    }

    #[test]
    fn an_altered_keyring_is_refused_or_holds_the_version_it_calls_current(
        at: prop::sample::Index, removed in 0_usize..3, inserted in "[0-9a-zA-Z\"{}:,/+= ]{0,2}",
    ) {
        let key = STANDARD.encode([1; 32]);
        let mut json = format!(r#"{{"current":2,"keys":{{"1":"{key}","2":"{key}"}}}}"#);
        let at = at.index(json.len());
        json.replace_range(at..json.len().min(at + removed), &inserted);
        if let Ok(keyring) = Keyring::parse(&json) {
            prop_assert!((1..=2).contains(&keyring.versions().count()));
            prop_assert_eq!(keyring.versions().next(), Some(keyring.current_version()));
            prop_assert!(keyring.versions().all(|version| version != 0));
        }
    }
}
