//! What can only be seen from within: a wrapped key that is authentic and still
//! not the key it commits to.

use super::*;

const USER: UserId = UserId::from_bytes([2; 16]);

#[test]
fn an_authentic_key_that_breaks_its_commitment_is_refused() {
    let kek = [9; 32];
    let keyring = Keyring {
        current_version: 1,
        current: kek_cipher(&kek),
        others: BTreeMap::new(),
    };
    let wrapped_with = |commitment: [u8; COMMITMENT]| {
        let (nonce, mut text) = ([1; 12], [7; 32]);
        let aad = aad(leader(1), USER, Generation(1), &commitment);
        let tag = kek_cipher(&kek).seal(&nonce, &aad, &mut text);
        [leader(1).as_slice(), &nonce, &text, &tag, &commitment].concat()
    };
    let key = DataKey::from_bytes(Zeroizing::new([7; 32]));

    let kept = wrapped_with(key.commitment(USER));
    assert!(keyring.unwrap(&kept, USER, Generation(1)).is_ok());

    let broken = wrapped_with(key.commitment(UserId::SYSTEM));
    let refused = keyring.unwrap(&broken, USER, Generation(1)).err();
    assert_eq!(refused, Some(OpenError::Commitment));
}
