//! P5: always HTTPS. In production a plain request is sent on or refused, and a token that came
//! with one gets nothing; over TLS every reply pins HTTPS, and the session's cookie travels there
//! only; a provider that would be called in plain keeps the whole service from serving.

use anyhow::{Context as _, Result};
use serde_json::json;
use stack::{Engine, PROVIDERS, StackOptions};

use super::https::Https;
use super::instance::{Applicant, Instance};
use super::promise::{Checks, Promise};
use super::tls::Tls;
use crate::client::{Client, Request};

pub(super) const PROMISE: Promise = Promise {
    name: "P5",
    sentence: "in transit always HTTPS",
    unit: "plain requests served, or ways back to plain",
    prove,
};

const ORIGIN: &str = "https://balance.example";
/// Nobody answers there, and nobody needs to: what matters is that it is https.
const NOWHERE: &str = "https://127.0.0.1:9";
const ADA: Applicant = Applicant {
    email: "traveller@example.com",
    name: "Traveller",
    password: "four owls on a stone gate",
};
const PLAIN: &str = "https://";

fn production(engine: Engine) -> StackOptions {
    let options = StackOptions::on(engine).production(ORIGIN, NOWHERE);
    match engine {
        Engine::D1 => options,
        // It is set on either: over the stand-in's own, which is plain.
        Engine::PlanetScale => options.var("PLANETSCALE_URL", NOWHERE),
    }
}

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let mut options = production(engine);
    // Of all that is outside, sign-up needs the database.
    let database = match engine {
        Engine::D1 => None,
        Engine::PlanetScale => Some(Tls::listen()?),
    };
    if let Some(database) = &database {
        options = options.var("PLANETSCALE_URL", database.url());
    }
    let mut instance = Instance::start("p5", options)?;
    if let Some(database) = &database {
        database.forward_to(instance.stack.planetscale_url())?;
    }
    plain_requests(&instance.balance, checks)?;
    instance.stack.kill_worker()?;
    if let Some(database) = &database {
        strange_database(&instance, database, checks)?;
    }
    over_tls(&instance, database.as_ref(), checks)?;
    instance.stop();
    plain_providers(engine, checks)
}

/// The database behind a certificate that nobody vouches for.
fn strange_database(instance: &Instance, database: &Tls, checks: &mut Checks) -> Result<()> {
    let https = Https::start(instance.stack.persist_dir(), None)?;
    let health = https.get("/healthz")?;
    https.stop();
    let passed = database.passed();
    checks.holds(
        "a database whose certificate nobody vouches for is told nothing",
        health.status == 503 && passed == 0,
        format!("/healthz {}, {passed} bytes", health.status),
    );
    Ok(())
}

/// What comes over plain HTTP.
fn plain_requests(balance: &Client, checks: &mut Checks) -> Result<()> {
    let mut wrong = Vec::new();
    let paths = [
        "/",
        "/healthz",
        "/docs",
        "/v1/accounts",
        "/v1/transactions?limit=5",
    ];
    for path in paths {
        let reply = balance.get(path)?;
        let location = reply.header("location").unwrap_or_default();
        let expected = format!("{ORIGIN}{}", path.split('?').next().unwrap_or_default());
        if reply.status != 308 || location != expected {
            wrong.push(format!("GET {path}: {} {location}", reply.status));
        }
    }
    checks.none(
        "a bare GET over plain HTTP is sent on to https",
        wrong,
        format!("{} paths, 308 to {ORIGIN}", paths.len()),
    );

    let token = "Bearer jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM";
    let cookie = "__Host-balance=jY2oX0f3mN6bV9cL1kD4aQ7wE5rT8uI0pS2gH3zB6xM";
    let body = json!({"email": ADA.email, "password": ADA.password});
    let carrying = [
        (
            "GET with a token",
            Request::get("/v1/accounts").field("authorization", token),
        ),
        (
            "GET with a cookie",
            Request::get("/v1/accounts").field("cookie", cookie),
        ),
        (
            "GET /healthz with a token",
            Request::get("/healthz").field("authorization", token),
        ),
        ("sign-up", Request::post("/v1/users", &body)),
        ("sign-in", Request::post("/v1/sessions", &body)),
        ("DELETE", Request::delete("/v1/sessions")),
        ("a webhook", Request::post("/webhooks/plaid", &json!({}))),
    ];
    let mut wrong = Vec::new();
    for (what, request) in &carrying {
        let reply = balance.send(request)?;
        let refused =
            reply.status == 403 && reply.problem().is_some() && reply.header("location").is_none();
        if !refused {
            wrong.push(format!("{what}: {}", reply.status));
        }
    }
    checks.none(
        "what carries a token, a password or a change is refused, not sent on",
        wrong,
        format!("{} requests, each 403 with a problem", carrying.len()),
    );
    Ok(())
}

/// The same instance behind TLS.
fn over_tls(instance: &Instance, database: Option<&Tls>, checks: &mut Checks) -> Result<()> {
    let authority = database.map(Tls::certificate);
    let https = Https::start(instance.stack.persist_dir(), authority)?;
    let body = json!({"email": ADA.email, "name": ADA.name, "password": ADA.password});
    let signed_up = https.post("/v1/users", &body)?;
    anyhow::ensure!(
        signed_up.status == 202,
        "sign-up over TLS: {} {}",
        signed_up.status,
        signed_up.body
    );
    let code = instance.code(ADA.email)?;
    let confirmed = https.post(
        "/v1/email-verifications",
        &json!({"token": code, "password": ADA.password}),
    )?;
    anyhow::ensure!(
        confirmed.status == 201,
        "confirmation over TLS: {} {}",
        confirmed.status,
        confirmed.body
    );
    let cookie = confirmed
        .header("set-cookie")
        .context("no cookie")?
        .to_owned();

    let attributes: Vec<&str> = cookie.split(';').map(str::trim).collect();
    let missing = ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]
        .into_iter()
        .filter(|wanted| !attributes.contains(wanted));
    checks.none(
        "the session's cookie is Secure, HttpOnly and SameSite",
        missing,
        attributes.get(1..).unwrap_or_default().join("; "),
    );
    let host_only = cookie.starts_with("__Host-")
        && !attributes
            .iter()
            .any(|attribute| attribute.starts_with("Domain"));
    checks.holds(
        "and bound to its host, which a browser takes over https only",
        host_only,
        "__Host-",
    );

    let pair = attributes.first().copied().unwrap_or_default();
    if let Some(database) = database {
        let passed = database.passed();
        checks.holds(
            "with one that is vouched for the database is reached, over TLS",
            passed > 0,
            format!("{passed} bytes"),
        );
    }
    let own = https.send(&Request::get("/v1/me").field("cookie", pair))?;
    checks.holds(
        "over TLS the service serves, by that cookie",
        own.status == 200,
        format!("GET /v1/me {} over {}", own.status, own.protocol),
    );
    let ended = https.send(
        &Request::delete("/v1/sessions/current")
            .field("cookie", pair)
            .field("origin", ORIGIN),
    )?;
    let gone = ended.header("set-cookie").unwrap_or_default();
    checks.holds(
        "signing out takes it back under the same rules",
        gone.contains("Max-Age=0") && gone.contains("Secure"),
        format!("{} {gone}", ended.status),
    );

    let replies = [
        ("/healthz", https.get("/healthz")?),
        ("/docs", https.get("/docs")?),
        ("/openapi.json", https.get("/openapi.json")?),
        ("/nowhere", https.get("/nowhere")?),
        ("/v1/me", https.get("/v1/me")?),
        ("/v1/email-verifications", confirmed),
        ("/v1/users", signed_up),
    ];
    let statuses: Vec<String> = replies
        .iter()
        .map(|(path, reply)| format!("{path} {}", reply.status))
        .collect();
    let without = replies.iter().filter(|(_, reply)| {
        let policy = reply
            .header("strict-transport-security")
            .unwrap_or_default();
        let age = policy
            .split(';')
            .find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
        age < Some(31_536_000) || !policy.contains("includeSubDomains")
    });
    checks.none(
        "every reply pins https for a year or more (HSTS)",
        without.map(|(path, _)| *path),
        statuses.join(", "),
    );
    https.stop();
    Ok(())
}

/// Providers that would be called in plain.
fn plain_providers(engine: Engine, checks: &mut Checks) -> Result<()> {
    let mut names = vec!["ORIGIN"];
    names.extend(PROVIDERS);
    if engine == Engine::PlanetScale {
        names.push("PLANETSCALE_URL");
    }
    for name in names {
        let plain = "http://provider.example";
        let instance = Instance::start("p5-plain", production(engine).var(name, plain))?;
        let health = instance.balance.get("/healthz")?;
        let failing =
            health.status == 503 && health.json().get("status") == Some(&json!("failing"));
        let mut served = Vec::new();
        for path in ["/v1/users", "/v1/sessions", "/webhooks/plaid"] {
            served.push((path, instance.balance.post(path, &json!({}))?.status));
        }
        for path in ["/v1/me", "/docs", "/"] {
            served.push((path, instance.balance.get(path)?.status));
        }
        let served: Vec<String> = served
            .into_iter()
            .filter(|(_, status)| *status != 503)
            .map(|(path, status)| format!("{path} {status}"))
            .collect();
        // The log is written behind the reply.
        let expected = format!("{name} must begin with {PLAIN}");
        instance.eventually("the error in the log", || {
            Ok(instance.stack.log().contains(&expected))
        })?;
        let errors = instance.stack.log().matches("must begin with").count();
        checks.none(
            format!("in production {name} in plain http keeps the service from serving"),
            served,
            "everything 503",
        );
        checks.holds(
            "the health check says failing, and one error in the log names it",
            failing && errors == 1,
            format!(
                "/healthz {}, log: {expected} ({errors} time)",
                health.status
            ),
        );
        instance.stop();
    }
    Ok(())
}
