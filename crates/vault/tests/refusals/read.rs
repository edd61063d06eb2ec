//! Its field is nobody's to read.

use vault::{Sensitive, UserId};

fn name() -> Sensitive<String> {
    Sensitive::new(UserId::from_bytes([1; 16]), "Ada".to_owned())
}

fn main() {
    let _value = name().value;
}
