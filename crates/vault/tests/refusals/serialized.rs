//! A reply cannot carry one.

use vault::{Sensitive, UserId};

fn name() -> Sensitive<String> {
    Sensitive::new(UserId::from_bytes([1; 16]), "Ada".to_owned())
}

fn main() {
    serde_json::to_string(&name()).unwrap();
}
