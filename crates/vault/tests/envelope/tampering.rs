//! Whoever can write to the database can change, cut, move and swap what is
//! stored. None of it opens.

use vault::{
    ColumnId, Generation, GenerationKeys, Keyring, OpenError, Place, RowCipher, SchemaVersion,
    TableId, UserId,
};

use crate::{ANNA, BEN, PLACE, TABLE, cipher_of, data_key, keyring, keys_of};

const PAYLOAD: &[u8] = br#"{"name":"Blue Bottle Coffee","amount":"4.50"}"#;

fn sealed() -> Vec<u8> {
    cipher_of(ANNA)
        .seal(SchemaVersion(2), &PLACE, PAYLOAD, [9; 12])
        .unwrap()
}

fn wrapped() -> Vec<u8> {
    keyring()
        .wrap(&data_key(), ANNA, Generation(1), [8; 12])
        .as_bytes()
        .to_vec()
}

fn open(cipher: &RowCipher, place: &Place, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    cipher
        .open(place, sealed.to_vec())
        .map(|opened| opened.payload().to_vec())
}

fn unwrap(wrapped: &[u8], user: UserId, generation: Generation) -> Result<(), OpenError> {
    keyring().unwrap(wrapped, user, generation).map(drop)
}

/// Every single-bit change, with the byte it is in.
fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit / 8, flipped)
    })
}

#[test]
fn a_row_with_any_bit_flipped_is_refused() {
    let (cipher, sealed) = (cipher_of(ANNA), sealed());
    assert_eq!(open(&cipher, &PLACE, &sealed).unwrap(), PAYLOAD);
    for (byte, flipped) in flips(&sealed) {
        let refused = open(&cipher, &PLACE, &flipped).unwrap_err();
        match byte {
            0 | 1 => assert_eq!(refused, OpenError::Malformed, "byte {byte}"),
            // Generation 1 with its last bit flipped is 0, which is no row's.
            2 | 3 => assert!(
                matches!(
                    refused,
                    OpenError::OtherGeneration { .. } | OpenError::Malformed
                ),
                "byte {byte}: {refused}"
            ),
            _ => assert_eq!(refused, OpenError::NotAuthentic, "byte {byte}"),
        }
    }
}

#[test]
fn a_wrapped_key_with_any_bit_flipped_is_refused() {
    assert_eq!(unwrap(&wrapped(), ANNA, Generation(1)), Ok(()));
    for (byte, flipped) in flips(&wrapped()) {
        let refused = unwrap(&flipped, ANNA, Generation(1)).unwrap_err();
        match byte {
            0 | 1 => assert_eq!(refused, OpenError::Malformed, "byte {byte}"),
            2 | 3 => {
                assert!(
                    matches!(refused, OpenError::UnknownKeyVersion(_)),
                    "byte {byte}: {refused}"
                );
            }
            _ => assert_eq!(refused, OpenError::NotAuthentic, "byte {byte}"),
        }
    }
}

#[test]
fn a_row_cut_or_lengthened_anywhere_is_refused() {
    let (cipher, sealed) = (cipher_of(ANNA), sealed());
    for length in 0..sealed.len() {
        let refused = open(&cipher, &PLACE, &sealed[..length]);
        assert_eq!(refused, Err(OpenError::Malformed), "cut to {length}");
        let refused = open(&cipher, &PLACE, &sealed[sealed.len() - length..]);
        assert_eq!(refused, Err(OpenError::Malformed), "the last {length}");
    }
    for added in 1..200 {
        let longer = [sealed.as_slice(), &vec![0; added]].concat();
        let refused = open(&cipher, &PLACE, &longer).unwrap_err();
        let expected = if added % 64 == 0 {
            OpenError::NotAuthentic
        } else {
            OpenError::Malformed
        };
        assert_eq!(refused, expected, "longer by {added}");
    }
}

#[test]
fn a_wrapped_key_of_another_length_is_refused() {
    let wrapped = wrapped();
    for length in 0..wrapped.len() {
        let refused = unwrap(&wrapped[..length], ANNA, Generation(1));
        assert_eq!(refused, Err(OpenError::Malformed), "cut to {length}");
        assert_eq!(
            Keyring::wrapped_version(&wrapped[..length]),
            Err(OpenError::Malformed)
        );
    }
    let longer = [wrapped.as_slice(), &[0]].concat();
    assert_eq!(
        unwrap(&longer, ANNA, Generation(1)),
        Err(OpenError::Malformed)
    );
}

#[test]
fn a_row_opens_nowhere_but_in_its_place() {
    let sealed = sealed();
    let refused = |cipher: &RowCipher, place: &Place| open(cipher, place, &sealed).unwrap_err();
    let cipher = cipher_of(ANNA);
    for place in [
        Place {
            column: ColumnId(1),
            ..PLACE
        },
        Place {
            row_id: [4; 16],
            ..PLACE
        },
        Place { rev: 0, ..PLACE },
        Place { rev: 2, ..PLACE },
    ] {
        assert_eq!(
            refused(&cipher, &place),
            OpenError::NotAuthentic,
            "{place:?}"
        );
    }
    // The same data key put under another user, as a database thief would.
    assert_eq!(refused(&cipher_of(BEN), &PLACE), OpenError::NotAuthentic);
    let other = TableId(8);
    let moved = Place {
        table: other,
        ..PLACE
    };
    assert_eq!(
        refused(&keys_of(ANNA).row_cipher(other), &moved),
        OpenError::NotAuthentic
    );
    let next = GenerationKeys::derive(ANNA, Generation(2), &data_key()).row_cipher(TABLE);
    assert_eq!(
        refused(&next, &PLACE),
        OpenError::OtherGeneration {
            sealed: Generation(1),
            cipher: Generation(2)
        }
    );
}

#[test]
fn a_wrapped_key_opens_for_its_user_and_generation_only() {
    let not_authentic = Err(OpenError::NotAuthentic);
    assert_eq!(unwrap(&wrapped(), BEN, Generation(1)), not_authentic);
    assert_eq!(
        unwrap(&wrapped(), UserId::SYSTEM, Generation(1)),
        not_authentic
    );
    assert_eq!(unwrap(&wrapped(), ANNA, Generation(2)), not_authentic);
    assert_eq!(unwrap(&wrapped(), ANNA, Generation::INDEX), not_authentic);
}

#[test]
fn rows_and_wrapped_keys_are_not_taken_for_each_other_or_for_text() {
    assert_eq!(
        unwrap(&sealed(), ANNA, Generation(1)),
        Err(OpenError::Malformed)
    );
    let refused = open(&cipher_of(ANNA), &PLACE, &wrapped());
    assert_eq!(refused, Err(OpenError::Malformed));
    let text = "a row that was never sealed, in the clear, of the length of a sealed row ...";
    assert_eq!(
        RowCipher::generation_of(text.as_bytes()),
        Err(OpenError::Malformed)
    );
    for envelope in [sealed(), wrapped()] {
        assert!(std::str::from_utf8(&envelope).is_err());
    }
}

#[test]
fn index_and_row_keys_of_users_tables_and_columns_differ() {
    let (anna, ben) = (keys_of(ANNA), keys_of(BEN));
    let value = b"2026-11";
    let indexes = [
        anna.blind_index(TABLE, ColumnId(1), value),
        anna.blind_index(TABLE, ColumnId(2), value),
        anna.blind_index(TableId(8), ColumnId(1), value),
        ben.blind_index(TABLE, ColumnId(1), value),
        anna.blind_index(TABLE, ColumnId(1), b"2026-12"),
    ];
    for (at, index) in indexes.iter().enumerate() {
        assert!(
            !indexes[at + 1..].contains(index),
            "index {at} is there twice"
        );
    }
    let column = anna.indexer(TABLE, ColumnId(1));
    assert_eq!(column.index(value), indexes[0]);
    assert_eq!(column.index(value), indexes[0], "an indexer keeps no state");
    assert_eq!(column.token(value), indexes[0][..8]);
}
