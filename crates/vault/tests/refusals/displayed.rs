//! A page, a mail or an error cannot quote one.

use vault::{Sensitive, UserId};

fn name() -> Sensitive<String> {
    Sensitive::new(UserId::from_bytes([1; 16]), "Ada".to_owned())
}

fn main() {
    println!("{}", name());
}
