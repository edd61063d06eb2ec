//! `argon2`: a sign-in with a wrong password, all of it, beside the native tool's hash with the
//! same parameters (Argon2id, 19 MiB, two passes, one lane). The tool's start is taken off its
//! time; nothing is taken off ours.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;

use super::contest::{Round, contest};
use super::load::{Load, Tally, Until, Wire};
use super::native::Argon2;
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::stage::Stage;

const ROUNDS: usize = 7;
/// Hashes of a round.
const HASHES: usize = 15;

pub(super) const ARGON2: Row = Row {
    name: "argon2",
    unit: "× the native tool",
    bar: Bar::AtLeast(0.77),
    measure: argon2,
};

fn argon2(stage: &mut Stage) -> Result<Measured> {
    let native = Argon2::find(&stage.workspace)?;
    let (_, pair) = stage.still()?;
    // Each from a stranger of her own: wrong passwords are counted per email.
    let rounds: Vec<Vec<Wire>> = (0..=ROUNDS)
        .map(|round| (0..HASHES).map(|at| sign_in(round * HASHES + at)).collect())
        .collect();
    let ours = |round: usize| match rounds.get(round) {
        Some(requests) => one_by_one(&pair.ours, requests),
        None => anyhow::bail!("a round too many"),
    };
    ours(ROUNDS)?;
    contest(
        ROUNDS,
        |round| Round::of(&pair.ours, || ours(round)),
        |_| {
            let started = Instant::now();
            let cpu = native.hash(HASHES)?;
            Round::new(
                cpu,
                &Tally {
                    requests: HASHES,
                    took: started.elapsed(),
                },
            )
        },
    )
}

fn sign_in(number: usize) -> Wire {
    let body = json!({
        "email": format!("nobody-{number}@example.com"),
        "password": "a password of nobody's at all",
    });
    Wire::new(
        "POST",
        "/v1/sessions",
        &[("content-type", "application/json")],
        &body.to_string(),
    )
}

fn one_by_one(runtime: &Runtime, requests: &[Wire]) -> Result<Tally> {
    let load = Load {
        address: runtime.address(),
        requests,
        status: 401,
        connections: 1,
        until: Until::Sent,
    };
    let tally = load.drive()?;
    ensure!(
        tally.requests == requests.len(),
        "not every sign-in was answered"
    );
    Ok(tally)
}
