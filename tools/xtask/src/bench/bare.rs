//! `bare`: what a request costs before it has done anything. A route that wants a session is
//! asked without one: routed, refused, answered with a small problem and every header, no I/O.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::contest::{Round, contest};
use super::load::{Until, Wire};
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::stage::{Stage, load};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_secs(1);
const PATH: &str = "/v1/transactions";

pub(super) const BARE: Row = Row {
    name: "bare",
    unit: "× the twin",
    bar: Bar::AtLeast(0.85),
    measure: bare,
};

fn bare(stage: &mut Stage) -> Result<Measured> {
    let (_, pair) = stage.still()?;
    let [ours, twin] = pair.both().map(|runtime| -> Result<_> {
        let reply = runtime.client().get(PATH)?;
        let mut body = reply.expect(401)?;
        // Every request has an id of its own.
        if let Some(members) = body.as_object_mut() {
            members.remove("request_id");
        }
        let names = reply.headers.keys().map(|name| name.as_str().to_owned());
        Ok((body, names.collect::<std::collections::BTreeSet<_>>()))
    });
    let (ours, twin) = (ours?, twin?);
    ensure!(
        ours == twin,
        "the two sides refuse differently: {ours:?} and {twin:?}"
    );
    let requests = [Wire::new("GET", PATH, &[], "")];
    let drive = |runtime: &Runtime| load(runtime, &requests, 401, Until::Time(ROUND)).drive();
    for runtime in pair.both() {
        drive(runtime)?;
    }
    contest(
        ROUNDS,
        |_| Round::of(&pair.ours, || drive(&pair.ours)),
        |_| Round::of(&pair.twin, || drive(&pair.twin)),
    )
}
