//! The keyring: read strictly, and rotated without touching a row.

use vault::{DataKey, Generation, GenerationKeys, Keyring, KeyringError, OpenError, SchemaVersion};

use crate::{ANNA, PLACE, TABLE, data_key, keyring};

/// Base64 of 32 bytes that no error message may repeat.
const KEY: &str = "/////3NlY3JldHNlY3JldHNlY3JldHNlY3JldP////8=";
const OTHER: &str = "aGlkZGVuaGlkZGVuaGlkZGVuaGlkZGVuaGlkZGVuISE=";

fn refusal(json: &str) -> KeyringError {
    let Err(error) = Keyring::parse(json) else {
        panic!("accepted: {json}")
    };
    for text in [error.to_string(), format!("{error:?}")] {
        for part in [&KEY[..8], &OTHER[..8], "secret", "hidden"] {
            assert!(!text.contains(part), "{text} quotes the keyring");
        }
    }
    error
}

#[test]
fn a_keyring_names_its_versions_and_the_current_one() {
    let keyring = Keyring::parse(&format!(
        r#" {{ "keys": {{"7": "{KEY}", "65535": "{OTHER}", "1": "{KEY}"}}, "current": 7 }} "#
    ))
    .expect("a keyring");
    assert_eq!(keyring.current_version(), 7);
    assert_eq!(keyring.versions().collect::<Vec<_>>(), [7, 1, 65535]);
}

#[test]
fn escapes_in_a_keyring_are_read_as_json_reads_them() {
    let json = |key: &str| format!(r#"{{"current":1,"keys":{{"1":"{key}"}}}}"#);
    let parse = |key: &str| Keyring::parse(&json(key)).expect("a keyring");
    let escaped = KEY.replace('/', r"\/");
    assert_ne!(escaped, KEY);
    let wrapped = parse(&escaped).wrap(&data_key(), ANNA, Generation(1), [1; 12]);
    assert!(
        parse(KEY)
            .unwrap(wrapped.as_ref(), ANNA, Generation(1))
            .is_ok()
    );
}

#[test]
fn whatever_is_wrong_in_a_keyring_is_said_without_quoting_it() {
    use KeyringError as E;
    let with = |members: &str| format!("{{{members}}}");
    let keys = |keys: &str| format!(r#"{{"current":1,"keys":{{{keys}}}}}"#);
    let current = |current: &str| format!(r#"{{"current":{current},"keys":{{"1":"{KEY}"}}}}"#);
    let one = format!(r#""1":"{KEY}""#);

    for text in ["", KEY, "null", "[]", "{", "1", &format!("\"{KEY}\"")] {
        assert!(matches!(refusal(text), E::NotAnObject { .. }), "{text}");
    }
    let trailing = keys(&one) + "x";
    assert!(matches!(refusal(&trailing), E::NotAnObject { line: 1, .. }));

    assert_eq!(refusal("{}"), E::MissingMember("current"));
    assert_eq!(
        refusal(&with(&format!(r#""keys":{{{one}}}"#))),
        E::MissingMember("current")
    );
    assert_eq!(refusal(r#"{"current":1}"#), E::MissingMember("keys"));
    let unknown = with(&format!(r#""current":1,"keys":{{{one}}},"{KEY}":1"#));
    assert_eq!(refusal(&unknown), E::UnknownMember);
    let twice = with(&format!(r#""current":1,"current":1,"keys":{{{one}}}"#));
    assert_eq!(refusal(&twice), E::DuplicateMember("current"));
    let twice = with(&format!(r#""current":1,"keys":{{{one}}},"keys":{{}}"#));
    assert_eq!(refusal(&twice), E::DuplicateMember("keys"));

    for value in [
        "0",
        "-1",
        "65536",
        "1.5",
        "1e0",
        "null",
        "\"1\"",
        &format!("\"{KEY}\""),
    ] {
        assert_eq!(refusal(&current(value)), E::CurrentNotAVersion, "{value}");
    }
    assert_eq!(refusal(&current("2")), E::CurrentAbsent(2));
    assert_eq!(refusal(&keys("")), E::CurrentAbsent(1));

    for value in ["null", "[]", &format!("\"{KEY}\"")] {
        let json = with(&format!(r#""current":1,"keys":{value}"#));
        assert_eq!(refusal(&json), E::KeysNotAnObject, "{value}");
    }
    for value in ["1", "null", "[1]"] {
        assert_eq!(
            refusal(&keys(&format!(r#""1":{value}"#))),
            E::KeysNotAnObject,
            "{value}"
        );
    }
    for name in ["0", "01", "+1", " 1", "1.0", "65536", "-1", "", KEY] {
        let json = keys(&format!(r#"{one},"{name}":"{OTHER}""#));
        assert_eq!(refusal(&json), E::NotAVersion { position: 2 }, "{name}");
    }
    let twice = keys(&format!(r#"{one},"2":"{OTHER}","1":"{OTHER}""#));
    assert_eq!(refusal(&twice), E::DuplicateVersion(1));

    let unpadded = KEY.trim_end_matches('=');
    for text in [
        unpadded,
        "*",
        &KEY.replace('/', "_"),
        &format!("{KEY} "),
        &format!("{KEY}\\n"),
    ] {
        assert_eq!(
            refusal(&keys(&format!(r#""1":"{text}""#))),
            E::NotBase64(1),
            "{text}"
        );
    }
    for (text, length) in [("", 0), ("c2VjcmV0", 6), (&format!("c2Vj{KEY}"), 35)] {
        let json = keys(&format!(r#""1":"{text}""#));
        assert_eq!(
            refusal(&json),
            E::KeyLength { version: 1, length },
            "{text}"
        );
    }
}

#[test]
fn rotation_rewraps_the_data_key_and_leaves_what_it_sealed() {
    let json = |current: &str, keys: &str| format!(r#"{{"current":{current},"keys":{{{keys}}}}}"#);
    let (one, two) = (format!(r#""1":"{KEY}""#), format!(r#""2":"{OTHER}""#));
    let parse = |json: String| Keyring::parse(&json).expect("a keyring");
    let before = parse(json("1", &one));
    let during = parse(json("2", &format!("{one},{two}")));
    let after = parse(json("2", &two));
    let cipher = |key: &DataKey| GenerationKeys::derive(ANNA, Generation(1), key).row_cipher(TABLE);

    let old = before.wrap(&data_key(), ANNA, Generation(1), [1; 12]);
    let sealed = cipher(&data_key())
        .seal(SchemaVersion(1), &PLACE, b"salary", [2; 12])
        .expect("a row");

    let new = during
        .rewrap(old.as_ref(), ANNA, Generation(1), [3; 12])
        .expect("rewrapped");
    assert_eq!(Keyring::wrapped_version(old.as_ref()), Ok(1));
    assert_eq!(Keyring::wrapped_version(new.as_ref()), Ok(2));
    let key = after
        .unwrap(new.as_ref(), ANNA, Generation(1))
        .expect("the data key");
    assert_eq!(
        cipher(&key)
            .open(&PLACE, sealed)
            .expect("the row")
            .payload(),
        b"salary"
    );

    let refused = after.unwrap(old.as_ref(), ANNA, Generation(1)).err();
    assert_eq!(refused, Some(OpenError::UnknownKeyVersion(1)));
    let refused = after
        .rewrap(old.as_ref(), ANNA, Generation(1), [4; 12])
        .err();
    assert_eq!(refused, Some(OpenError::UnknownKeyVersion(1)));
}

#[test]
fn a_key_of_the_same_version_in_another_keyring_unwraps_nothing() {
    let wrapped = keyring().wrap(&data_key(), ANNA, Generation(1), [1; 12]);
    let other = Keyring::parse(&format!(r#"{{"current":2,"keys":{{"2":"{KEY}"}}}}"#)).unwrap();
    let refused = other.unwrap(wrapped.as_ref(), ANNA, Generation(1)).err();
    assert_eq!(refused, Some(OpenError::NotAuthentic));
}

#[test]
fn the_same_key_under_two_versions_is_still_bound_to_the_version() {
    let both = Keyring::parse(&format!(
        r#"{{"current":1,"keys":{{"1":"{KEY}","2":"{KEY}"}}}}"#
    ));
    let both = both.expect("a keyring");
    let mut wrapped = *both
        .wrap(&data_key(), ANNA, Generation(1), [1; 12])
        .as_bytes();
    assert!(both.unwrap(&wrapped, ANNA, Generation(1)).is_ok());
    wrapped[3] = 2;
    let refused = both.unwrap(&wrapped, ANNA, Generation(1)).err();
    assert_eq!(refused, Some(OpenError::NotAuthentic));
}
