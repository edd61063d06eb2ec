//! A right has no public form: nobody writes one down.

use vault::{Reveal, UserId};

fn main() {
    let _right = Reveal(UserId::from_bytes([1; 16]));
}
