//! P10: what is private is hidden from operators unless the person's own key signed a consent.
//! Every way around it is tried, and to forget the mask does not compile.

use anyhow::Result;
use stack::Engine;

use super::promise::{Checks, Promise};
use super::stories;

pub(super) const PROMISE: Promise = Promise {
    name: "P10",
    sentence: "sensitive data is hidden by default; written consent comes before access",
    unit: "ways around a consent",
    prove,
};

const ATTACKS: [&str; 10] = [
    "reveal_without_consent",
    "expired_consent",
    "consent_revoked",
    "wrong_field",
    "wrong_person",
    "consent_replayed",
    "consent_of_another_operator",
    "uses_exceeded",
    "a_login_passed_off_as_a_consent",
    "masking::",
];

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    stories::play(
        engine,
        "console",
        &ATTACKS,
        "what is hidden stays hidden, whatever an operator tries",
        checks,
    )?;
    stories::refuse("what would show a private value does not compile", checks)
}
