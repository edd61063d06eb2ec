//! It has no copy and no second owner.

use vault::{Sensitive, UserId};

fn name() -> Sensitive<String> {
    Sensitive::new(UserId::from_bytes([1; 16]), "Ada".to_owned())
}

fn main() {
    let one = name();
    let _other = one.clone();
}
