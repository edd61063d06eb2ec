//! P9: what happens at the console is recorded and reviewed. Whoever changes a row of the log is
//! found out by whoever verifies it; where the log cannot be written nothing happens; and where
//! the reviews are late nothing is revealed.

use anyhow::Result;
use stack::Engine;

use super::promise::{Checks, Promise};
use super::stories;

pub(super) const PROMISE: Promise = Promise {
    name: "P9",
    sentence: "every console interaction is recorded and audited, weekly",
    unit: "changes that nobody sees, or commands that are not recorded",
    prove,
};

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    for (names, what) in [
        (
            &["leaves_changed", "split_view", "log_down"][..],
            "a leaf edited, removed or swapped, a rewritten past and a log that is down are seen",
        ),
        (
            &[
                "login::",
                "reviews::",
                "self_review",
                "what_ran_is_in_her_log",
            ],
            "each session has a reason, is recorded, and is reviewed by somebody else in time",
        ),
    ] {
        stories::play(engine, "console", names, what, checks)?;
    }
    Ok(())
}
