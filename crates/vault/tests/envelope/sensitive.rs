//! What belongs to someone comes out only by a right to it, and what is secret
//! has no way into a log, a response or a second copy.

use std::fmt::{Debug, Display};

use static_assertions::assert_not_impl_any;
use vault::{
    BlindIndexer, DataKey, GenerationKeys, Keyring, Opened, Reveal, RevealRefused, RowCipher,
    SchemaVersion, Sensitive, SystemPurpose, UserId,
};

use crate::{ANNA, BEN, PLACE, cipher_of};

assert_not_impl_any!(Sensitive<String>: Debug, Display, serde::Serialize, Clone, PartialEq);
assert_not_impl_any!(Sensitive<String>: AsRef<String>, AsRef<str>, std::ops::Deref, Into<String>);
assert_not_impl_any!(Opened: Debug, Display, serde::Serialize, Clone);
assert_not_impl_any!(DataKey: Debug, Display, serde::Serialize, Clone, PartialEq);
assert_not_impl_any!(GenerationKeys: Debug, Display, serde::Serialize, Clone);
assert_not_impl_any!(RowCipher: Debug, Display, serde::Serialize, Clone);
assert_not_impl_any!(BlindIndexer: Debug, Display, serde::Serialize, Clone);
assert_not_impl_any!(Keyring: Debug, Display, serde::Serialize, Clone);
// A right is made where it is established, never copied, restored or defaulted.
assert_not_impl_any!(Reveal: Clone, Default, serde::de::DeserializeOwned);

#[test]
fn an_owner_reveals_her_own_and_nobody_elses() {
    let email = || Sensitive::new(ANNA, "anna@example.com");
    assert_eq!(email().reveal(&Reveal::owner(ANNA)), Ok("anna@example.com"));
    assert_eq!(
        email().reveal_ref(&Reveal::owner(ANNA)),
        Ok(&"anna@example.com")
    );
    assert_eq!(email().reveal(&Reveal::owner(BEN)), Err(RevealRefused));
    assert_eq!(email().reveal_ref(&Reveal::owner(BEN)), Err(RevealRefused));
    assert_eq!(
        email().reveal(&Reveal::owner(UserId::SYSTEM)),
        Err(RevealRefused)
    );
}

#[test]
fn what_is_the_systems_own_is_no_persons_even_under_its_id() {
    let task = || Sensitive::new(UserId::SYSTEM, "erase item 7");
    assert_eq!(
        task().reveal(&Reveal::owner(UserId::SYSTEM)),
        Err(RevealRefused)
    );
    assert_eq!(task().reveal(&Reveal::owner(ANNA)), Err(RevealRefused));
    assert_eq!(
        task().reveal(&Reveal::system(SystemPurpose::Erase)),
        Ok("erase item 7")
    );
}

#[test]
fn a_system_purpose_reveals_and_names_itself() {
    let reveal = Reveal::system(SystemPurpose::SendMail);
    assert_eq!(reveal.purpose(), Some(SystemPurpose::SendMail));
    assert_eq!(Reveal::owner(ANNA).purpose(), None);
    assert_eq!(Sensitive::new(ANNA, 1).reveal(&reveal), Ok(1));
}

#[test]
fn decoding_keeps_the_owner() {
    let number = Sensitive::new(ANNA, "42").map(str::len);
    assert_eq!(number.reveal_ref(&Reveal::owner(BEN)), Err(RevealRefused));
    assert_eq!(number.reveal(&Reveal::owner(ANNA)), Ok(2));

    let Ok(parsed) = Sensitive::new(ANNA, "42").try_map(str::parse::<u8>) else {
        panic!("42 is a number")
    };
    assert_eq!(
        parsed.as_ref().reveal(&Reveal::owner(BEN)),
        Err(RevealRefused)
    );
    assert_eq!(
        parsed.as_ref().map(|n| n + 1).reveal(&Reveal::owner(ANNA)),
        Ok(43)
    );
    assert!(
        Sensitive::new(ANNA, "no number")
            .try_map(str::parse::<u8>)
            .is_err()
    );
}

#[test]
fn an_opened_row_belongs_to_the_user_of_its_key() {
    let cipher = cipher_of(ANNA);
    let sealed = cipher
        .seal(SchemaVersion(3), &PLACE, b"rent", [1; 12])
        .unwrap();
    let opened = cipher.open_sensitive(&PLACE, sealed).expect("Anna's row");
    assert!(opened.reveal_ref(&Reveal::owner(BEN)).is_err());
    let payload = opened.map(|row| (row.schema(), row.payload().to_vec()));
    let expected = (SchemaVersion(3), b"rent".to_vec());
    assert_eq!(payload.reveal(&Reveal::owner(ANNA)), Ok(expected));
}
