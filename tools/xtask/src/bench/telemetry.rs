//! `telemetry`: what it costs to be watched. The smallest read there is, signed in and warm, on
//! our Worker that tells both services of it, beside the same Worker that tells nobody.

use std::time::Duration;

use anyhow::Result;

use super::contest::{Round, contest};
use super::load::{Until, Wire};
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::stage::{Stage, load};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_secs(2);

pub(super) const TELEMETRY: Row = Row {
    name: "telemetry",
    unit: "× without it",
    bar: Bar::AtLeast(0.9),
    measure,
};

fn measure(stage: &mut Stage) -> Result<Measured> {
    let (on, off, token) = stage.watched()?;
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let requests = [Wire::new("GET", "/v1/me", &headers, "")];
    let drive = |runtime: &Runtime| load(runtime, &requests, 200, Until::Time(ROUND)).drive();
    for runtime in [&on, &off] {
        drive(runtime)?;
    }
    contest(
        ROUNDS,
        |_| Round::of(&on, || drive(&on)),
        |_| Round::of(&off, || drive(&off)),
    )
}
