//! P11: everyone who works for us on people's data is named. One instance works with all of them
//! at once, each by its own adapter; each adapter is held to that provider's own schema, messages
//! or client; and the list here is the page's.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use stack::{Engine, StackOptions, TEST_RECIPIENT, Telemetry, Workspace};

use super::instance::{Applicant, Instance};
use super::promise::{Checks, Promise};
use super::stories;
use crate::client::{Client, elements};

pub(super) const PROMISE: Promise = Promise {
    name: "P11",
    sentence: "subprocessors, listed in full, each behind a working adapter",
    unit: "subprocessors that are not named, or do not work",
    prove,
};

const ADA: Applicant = Applicant {
    email: "client@example.com",
    name: "Client of Everyone",
    password: "eleven lamps along the quay",
};

/// A name on the page, and the tests that hold its adapter to what is the provider's own: a
/// package, and a test of it.
const SUBPROCESSORS: [(&str, &[(&str, &str)]); 7] = [
    (
        "AppSignal",
        &[("sandbox", "telemetry_wire"), ("appsignal", "bodies")],
    ),
    ("Cloudflare", &[("sandbox", "cloudflare_official")]),
    (
        "Hetzner",
        &[("sandbox", "s3_official"), ("sandbox", "s3_wire")],
    ),
    (
        "New Relic",
        &[("sandbox", "telemetry_wire"), ("otlp", "bodies")],
    ),
    ("Plaid", &[("plaid", "contract")]),
    ("PlanetScale", &[("sandbox", "planetscale_official")]),
    (
        "Stripe",
        &[("stripe", "contract"), ("sandbox", "stripe_official")],
    ),
];

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    named(checks)?;
    at_once(engine, checks)?;
    for (name, tests) in SUBPROCESSORS {
        for (package, test) in tests {
            let what = format!("{name}: {package}'s {test}");
            stories::contract(package, test, &what, checks)?;
        }
    }
    Ok(())
}

/// The page names these and no others.
fn named(checks: &mut Checks) -> Result<()> {
    let page = Workspace::here().path("web/site/security.html");
    let page = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let rows = page.split("<th scope=\"row\">").skip(1);
    let shown: Vec<&str> = rows.filter_map(|row| row.split("</th>").next()).collect();
    let ours: Vec<&str> = SUBPROCESSORS.iter().map(|(name, _)| *name).collect();
    checks.holds(
        "the page names each, and nobody else",
        shown == ours,
        shown.join(", "),
    );
    Ok(())
}

/// One instance, with all that can be configured: each of them hears of it, and takes what it
/// hears.
fn at_once(engine: Engine, checks: &mut Checks) -> Result<()> {
    let instance = Instance::start(
        "p11",
        StackOptions {
            telemetry: Telemetry::StandIns,
            backups_to: Some(TEST_RECIPIENT),
            ..StackOptions::on(engine)
        },
    )?;
    let token = instance.account(&instance.balance, &ADA)?;
    let ada = instance.balance.with_token(&token);
    let link = instance.link(&ada, &json!({"transactions": 20}))?;
    ada.post("/v1/items", &json!({"public_token": link.public_token}))?
        .expect(201)?;
    ada.post("/v1/billing/checkout", &json!({"offer": "monthly"}))?
        .expect(201)?;
    instance.eventually("a backup", || {
        instance.stack.trigger_cron("* * * * *")?;
        let health = instance.balance.get("/healthz")?.expect(200)?;
        Ok(health
            .pointer("/backup/finished_at")
            .is_some_and(Value::is_string))
    })?;
    let stack = &instance.stack;
    let mut heard = vec![
        ("Cloudflare", requests(stack.cloudflare_url())?),
        ("Hetzner", requests(stack.s3_url())?),
        ("Plaid", requests(stack.plaid_url())?),
        ("Stripe", requests(stack.stripe_url())?),
    ];
    if engine == Engine::PlanetScale {
        heard.push(("PlanetScale", requests(stack.planetscale_url())?));
    }
    for (name, url) in [
        ("AppSignal", stack.appsignal_url()),
        ("New Relic", stack.new_relic_url()),
    ] {
        let sink = Client::new(url);
        instance.eventually(name, || {
            let received = sink.get("/_control/received")?.expect(200)?;
            Ok(!elements(&received, "/received/metrics").is_empty())
        })?;
        let received = sink.get("/_control/received")?.expect(200)?;
        checks.none(
            format!("{name} takes what it is sent"),
            elements(&received, "/refused").iter().map(Value::to_string),
            format!("{} metrics", elements(&received, "/received/metrics").len()),
        );
    }
    for (name, count) in heard {
        checks.holds(
            format!("{name} is asked"),
            count > 0,
            format!("{count} requests"),
        );
    }
    instance.stop();
    Ok(())
}

fn requests(stand_in: &str) -> Result<u64> {
    let heard = Client::new(stand_in)
        .get("/_control/requests")?
        .expect(200)?;
    Ok(heard
        .get("count")
        .and_then(Value::as_u64)
        .unwrap_or_default())
}
