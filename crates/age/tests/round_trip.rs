//! What was encrypted is opened by each of its recipients, and by nobody else; what was changed
//! by nobody at all.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use age::{DecryptError, EncryptError, Identity, Recipient, decrypt, encrypt};
use proptest::prelude::*;

/// Not random: two runs are alike.
fn bytes(seed: u8) -> impl FnMut(&mut [u8]) {
    let mut state = u64::from(seed) + 1;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    }
}

fn identity(seed: u8) -> Identity {
    Identity::generate(&mut bytes(seed))
}

#[test]
fn each_recipient_opens_it_and_nobody_else() {
    let recipients: Vec<Recipient> = (0..3).map(|seed| identity(seed).recipient()).collect();
    let file = encrypt(&recipients, b"the keys", &mut bytes(9)).unwrap();
    for seed in 0..3 {
        assert_eq!(*decrypt(&[identity(seed)], &file).unwrap(), b"the keys");
    }
    assert_eq!(
        decrypt(&[identity(3)], &file).err(),
        Some(DecryptError::NoMatch)
    );
    assert_eq!(decrypt(&[], &file).err(), Some(DecryptError::NoMatch));
}

#[test]
fn a_file_has_a_recipient_and_no_weak_one() {
    let mut random = bytes(1);
    assert_eq!(
        encrypt(&[], b"", &mut random),
        Err(EncryptError::Recipients)
    );
    let many = vec![identity(1).recipient(); age::MAX_RECIPIENTS + 1];
    assert_eq!(
        encrypt(&many, b"", &mut random),
        Err(EncryptError::Recipients)
    );
    // The point of order one: whoever reads the file would know the shared secret.
    let weak =
        Recipient::parse("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z").unwrap();
    assert_eq!(
        encrypt(&[weak], b"", &mut random),
        Err(EncryptError::WeakRecipient)
    );
}

#[test]
fn keys_are_read_as_they_are_written_and_not_otherwise() {
    let identity = identity(4);
    let text = identity.recipient().to_string();
    assert_eq!(Recipient::parse(&text), Ok(identity.recipient()));
    let secret = identity.expose();
    let file = format!("# created: today\n\n{}\n", *secret);
    let read = Identity::parse_file(&file).unwrap();
    assert_eq!(read.recipient(), identity.recipient());
    for wrong in [
        text.to_uppercase(),
        secret.to_lowercase(),
        secret.to_string(),
        format!("{text}q"),
        text.replacen('1', "2", 1),
        String::new(),
    ] {
        assert!(Recipient::parse(&wrong).is_err(), "{wrong}");
    }
    assert!(Identity::parse(&text).is_err());
    assert!(Identity::parse_file("# nothing\n").is_err());
}

#[test]
fn whole_chunks_and_one_byte_more_or_less_come_back() {
    for length in [
        0,
        1,
        (64 << 10) - 1,
        64 << 10,
        (64 << 10) + 1,
        2 * (64 << 10),
    ] {
        let mut plain = vec![0; length];
        bytes(5)(&mut plain);
        let file = encrypt(&[identity(6).recipient()], &plain, &mut bytes(7)).unwrap();
        assert!(
            *decrypt(&[identity(6)], &file).unwrap() == plain,
            "{length}"
        );
        let cut = &file[..file.len() - 1];
        assert!(decrypt(&[identity(6)], cut).is_err(), "{length}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(file in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decrypt(&[identity(1)], &file);
        let head = b"age-encryption.org/v1\n-> X25519 ";
        let _ = decrypt(&[identity(1)], &[head.as_slice(), &file].concat());
    }

    #[test]
    fn a_flipped_bit_opens_nothing(at in 0_usize..400, bit in 0_u8..8) {
        let mut file = encrypt(&[identity(1).recipient()], &[7; 100], &mut bytes(2)).unwrap();
        let at = at % file.len();
        file[at] ^= 1 << bit;
        prop_assert!(decrypt(&[identity(1)], &file).is_err());
    }
}
