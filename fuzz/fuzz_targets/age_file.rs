//! An age file: whatever arrives, nothing panics, and nothing of a file that was changed is given
//! out. The identity is fixed, so that a corpus goes on being good.

#![no_main]

use age::{Identity, Recipient, decrypt, encrypt};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let identity = Identity::generate(&mut |bytes| bytes.fill(7));
    let _ = decrypt(&[Identity::generate(&mut |bytes| bytes.fill(8))], data);
    let text = String::from_utf8_lossy(data);
    if let Ok(recipient) = Recipient::parse(&text) {
        assert!(recipient.to_string() == text);
    }
    let mut count = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        count = count.wrapping_add(1);
        bytes.fill(count);
    };
    let whole = encrypt(&[identity.recipient()], data, &mut random).expect("one recipient");
    let opened = decrypt(&[identity], &whole).expect("it is whole");
    assert!(*opened == data);
});
