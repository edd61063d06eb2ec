//! What can only be seen from within: that each part of the place is bound by
//! itself (outside, user and table also change the key), and that a text which
//! is authentic but wrongly padded is refused.

use super::*;
use crate::ColumnId;

const NONCE_ONCE: [u8; 12] = [7; 12];
const PLACE: Place = Place {
    table: TableId(3),
    column: ColumnId::ROW,
    row_id: [5; 16],
    rev: 9,
};

fn cipher() -> RowCipher {
    RowCipher::new(
        Cipher::new(&[1; 32]),
        UserId::from_bytes([2; 16]),
        Generation(1),
        TableId(3),
    )
}

fn sealed() -> Vec<u8> {
    cipher()
        .seal(SchemaVersion(4), &PLACE, b"coffee, 3.20", NONCE_ONCE)
        .unwrap()
}

fn refusal(cipher: &RowCipher, place: &Place, sealed: Vec<u8>) -> Option<OpenError> {
    cipher.open(place, sealed).err()
}

#[test]
fn under_the_same_key_each_part_of_the_place_is_bound() {
    assert_eq!(refusal(&cipher(), &PLACE, sealed()), None);
    let not_authentic = Some(OpenError::NotAuthentic);

    let other_user = RowCipher {
        user: UserId::from_bytes([3; 16]),
        ..cipher()
    };
    assert_eq!(refusal(&other_user, &PLACE, sealed()), not_authentic);

    let other_table = RowCipher {
        table: TableId(4),
        ..cipher()
    };
    let place = Place {
        table: TableId(4),
        ..PLACE
    };
    assert_eq!(refusal(&other_table, &place, sealed()), not_authentic);

    let other_generation = RowCipher {
        generation: Generation(2),
        ..cipher()
    };
    let mut renamed = sealed();
    renamed[3] = 2;
    assert_eq!(refusal(&other_generation, &PLACE, renamed), not_authentic);

    let mut other_schema = sealed();
    other_schema[5] ^= 1;
    assert_eq!(refusal(&cipher(), &PLACE, other_schema), not_authentic);

    for place in [
        Place {
            column: ColumnId(1),
            ..PLACE
        },
        Place {
            row_id: [6; 16],
            ..PLACE
        },
        Place { rev: 8, ..PLACE },
        Place { rev: 10, ..PLACE },
    ] {
        assert_eq!(
            refusal(&cipher(), &place, sealed()),
            not_authentic,
            "{place:?}"
        );
    }
}

#[test]
fn an_authentic_text_with_other_padding_is_refused() {
    let sealed_as = |text: &[u8]| {
        let header = Header {
            generation: Generation(1),
            schema: SchemaVersion(4),
            nonce: NONCE_ONCE,
        };
        let mut text = text.to_vec();
        let tag = cipher()
            .cipher
            .seal(&NONCE_ONCE, &cipher().aad(&header, &PLACE), &mut text);
        [header.leader().as_slice(), &NONCE_ONCE, &text, &tag].concat()
    };
    let text = |length: u32, payload: &[u8], padded: usize| {
        let mut text = [&length.to_be_bytes(), payload].concat();
        text.resize(padded, 0);
        text
    };
    assert_eq!(
        refusal(&cipher(), &PLACE, sealed_as(&text(3, b"abc", 64))),
        None
    );

    let padding = Some(OpenError::Padding);
    let one_byte_not_zero = text(3, b"abcd", 64);
    let longer_than_needed = text(3, b"abc", 128);
    let prefix_past_the_end = text(61, b"abc", 64);
    let prefix_past_everything = text(u32::MAX, b"abc", 64);
    for text in [
        one_byte_not_zero,
        longer_than_needed,
        prefix_past_the_end,
        prefix_past_everything,
    ] {
        assert_eq!(refusal(&cipher(), &PLACE, sealed_as(&text)), padding);
    }
    // Over the limit, yet padded to the same length as a payload at the limit.
    let over = u32::try_from(MAX_PAYLOAD + 1).unwrap();
    let over = text(over, &[], padding::padded(PREFIX + MAX_PAYLOAD));
    assert_eq!(refusal(&cipher(), &PLACE, sealed_as(&over)), padding);
    // Lengths that no payload is padded to are refused before any decryption.
    for length in [0, 4, 63, 65, 1025, 2 * MAX_PAYLOAD] {
        let sealed = sealed_as(&vec![0; length]);
        assert_eq!(
            refusal(&cipher(), &PLACE, sealed),
            Some(OpenError::Malformed),
            "{length}"
        );
    }
}

#[test]
fn the_index_generation_seals_and_opens_no_row() {
    let index = RowCipher {
        generation: Generation::INDEX,
        ..cipher()
    };
    let refused = index.seal(SchemaVersion(1), &PLACE, b"", NONCE_ONCE);
    assert_eq!(refused, Err(SealError::IndexGeneration));
    let mut sealed = sealed();
    sealed[3] = 0;
    assert_eq!(RowCipher::generation_of(&sealed), Err(OpenError::Malformed));
    assert_eq!(refusal(&index, &PLACE, sealed), Some(OpenError::Malformed));
}

#[test]
fn a_cipher_takes_rows_of_its_own_table_only() {
    let place = Place {
        table: TableId(4),
        ..PLACE
    };
    let refused = cipher().seal(SchemaVersion(1), &place, b"", NONCE_ONCE);
    let (other, own) = (TableId(4), TableId(3));
    assert_eq!(
        refused,
        Err(SealError::OtherTable {
            place: other,
            cipher: own
        })
    );
    let refused = refusal(&cipher(), &place, sealed());
    assert_eq!(
        refused,
        Some(OpenError::OtherTable {
            place: other,
            cipher: own
        })
    );
}

#[test]
fn seal_into_appends_and_leaves_the_rest_alone() {
    let mut out = b"before".to_vec();
    cipher()
        .seal_into(
            SchemaVersion(4),
            &PLACE,
            b"coffee, 3.20",
            NONCE_ONCE,
            &mut out,
        )
        .unwrap();
    assert_eq!(out, [b"before".as_slice(), &sealed()].concat());

    let too_long = vec![0; MAX_PAYLOAD + 1];
    let refused = cipher()
        .seal_into(SchemaVersion(4), &PLACE, &too_long, NONCE_ONCE, &mut out)
        .unwrap_err();
    assert_eq!(
        refused,
        SealError::TooLong {
            length: MAX_PAYLOAD + 1
        }
    );
    assert_eq!(out, [b"before".as_slice(), &sealed()].concat());
}

#[test]
fn the_longest_payload_goes_round() {
    let payload = vec![0xA5; MAX_PAYLOAD];
    let sealed = cipher()
        .seal(SchemaVersion(4), &PLACE, &payload, NONCE_ONCE)
        .unwrap();
    let opened = cipher()
        .open(&PLACE, sealed)
        .map_err(|error| error.to_string())
        .unwrap();
    assert_eq!(opened.payload(), payload);
}
