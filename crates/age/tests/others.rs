//! A file that another program wrote (npm `age-encryption` 0.3.1, for a key made for this test).

#![allow(clippy::unwrap_used, missing_docs)]

use age::{Identity, Recipient, decrypt};

const IDENTITY: &str = "AGE-SECRET-KEY-1QDM2Y7C9AVYZCZQMZ27W9TAACDE4YALM2U9RYM2Z24A4Q8SQXQFSC6YF37";
const RECIPIENT: &str = "age1vgmczr53tgvv62v3ep2rl9kkdfq8zdx9r35sa7pmm4vzyp5mgu7s2xcan6";
/// In hexadecimal.
const FILE: &str = "6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139203236457349664566 \
    50725a422b703154453977524c344551346e44516f35646936736e546538647966686f0a49715275 \
    2f482f756334374f34485058564146773443444879397579662b704c43375373672f34714c64300a \
    2d2d2d204b3447647448437456686a795767795934456f436670676d4c6a3154374e6a3731594a6a \
    662b68385674380ab100605c11489ffff392f4f13bfb9121cc2dca7f55dd06c395f1ebab3146c692 \
    dedbbce5b85a7a1ceaa9d1";

#[test]
fn what_another_program_wrote_is_opened() {
    let identity = Identity::parse(IDENTITY).unwrap();
    assert_eq!(Recipient::parse(RECIPIENT).unwrap(), identity.recipient());
    let digits = FILE.split_whitespace().collect::<String>();
    let file: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(digits.get(at..at + 2).unwrap(), 16).unwrap())
        .collect();
    assert_eq!(*decrypt(&[identity], &file).unwrap(), b"from typage");
}
