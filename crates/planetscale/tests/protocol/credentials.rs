//! Credentials that a header can carry.

use planetscale::{Credentials, InvalidCredentials};

#[test]
fn a_pair_is_basic_authentication() {
    // The example of RFC 7617, and one that is not ASCII.
    let credentials = Credentials::new("Aladdin", "open sesame").expect("a pair");
    let expected = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    assert_eq!(credentials.authorization(), expected);
    assert_eq!(credentials.headers()[0], ("Authorization", expected));
    let credentials = Credentials::new("test", "123£:").expect("a pair");
    assert_eq!(credentials.authorization(), "Basic dGVzdDoxMjPCozo=");
}

#[test]
fn what_basic_authentication_cannot_carry_is_refused() {
    for (username, password) in [
        ("", "p"),
        ("u", ""),
        ("u:v", "p"),
        ("u\n", "p"),
        ("u", "p\0"),
    ] {
        let refused = Credentials::new(username, password).err();
        assert_eq!(
            refused,
            Some(InvalidCredentials),
            "{username:?}, {password:?}"
        );
    }
}
