//! The text of a consent alone gives no right: her key has to have signed it, and the log has
//! to say that it holds.

use consent::{Field, Signed, Terms};
use vault::Reveal;

fn of_text(terms: &Terms) -> Option<Reveal> {
    Reveal::consented(terms, &["usr_1"], Field::UserEmail)
}

fn of_signature(signed: &Signed) -> Option<Reveal> {
    Reveal::consented(signed, &["usr_1"], Field::UserEmail)
}

fn main() {}
