//! An operator's right takes a consent that was checked, and none can be made by hand.

use consent::{Checked, Field, Terms};
use vault::Reveal;

fn right(terms: Terms) -> Option<Reveal> {
    let made_up = Checked {
        terms,
        owner: [1; 16],
    };
    Reveal::consented(&made_up, &["usr_1"], Field::UserEmail)
}

fn main() {}
