//! The steps of a deployment, in their order.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::hands::Hands;
use super::settings::Settings;
use super::smoke;

/// Deploys. An error is the step that refused; nothing after it was done.
pub(super) fn deploy(settings: &Settings, hands: &mut dyn Hands) -> Result<()> {
    let refusals = local_refusals(settings, hands)?;
    if !refusals.is_empty() {
        bail!("not to be deployed:\n  - {}", refusals.join("\n  - "));
    }
    secrets(settings, hands)?;
    // What runs already has to be what an administrator could bring back.
    escrowed(settings, hands)?;
    bundle(settings, hands)?;
    migrate(settings, hands)?;
    hands.run(
        "wrangler deploy",
        "wrangler",
        &within(settings, &["deploy"]),
    )?;
    let tried = smoke::try_out(settings.origin(), hands).and_then(|()| {
        let answers = escrowed(settings, hands)?;
        ensure!(answers, "/healthz does not say which keys it has");
        Ok(())
    });
    hands.say(&rolling_back(settings));
    tried.with_context(|| {
        format!(
            "it is deployed, but {} is not as it should be",
            settings.origin()
        )
    })?;
    hands.say(&format!("{} answers as it should.", settings.origin()));
    Ok(())
}

/// Does what needs no account, and says the rest. False where the deployment would be refused.
pub(super) fn rehearse(settings: &Settings, hands: &mut dyn Hands) -> Result<bool> {
    let refusals = local_refusals(settings, hands)?;
    let would = |hands: &mut dyn Hands, arguments: &[&str]| {
        let line = within(settings, arguments).join(" ");
        hands.say(&format!("would run: npx wrangler {line}"));
    };
    would(hands, &["secret", "list", "--format", "json"]);
    hands.say(&format!(
        "  and stop unless it names {}",
        settings.secrets().join(", ")
    ));
    bundle(settings, hands)?;
    if settings.is_on_planetscale() {
        hands.say("would run: cargo xtask migrate --planetscale");
    } else {
        let name = settings.database().unwrap_or_default();
        would(hands, &["d1", "list", "--json"]);
        hands.say(&format!("  and make {name} where it is not there"));
        would(hands, &APPLY);
    }
    would(hands, &["deploy"]);
    hands.say(&format!(
        "would ask {} whether it answers as it should",
        settings.origin()
    ));
    hands.say(&rolling_back(settings));
    for refusal in &refusals {
        hands.say(&format!("refused: {refusal}"));
    }
    Ok(refusals.is_empty())
}

const APPLY: [&str; 5] = ["d1", "migrations", "apply", "DB", "--remote"];

/// Arguments of wrangler, for the environment: named even where it is the top level, or wrangler warns.
fn within<'a>(settings: &'a Settings, arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--env", settings.environment.as_str()]].concat()
}

fn local_refusals(settings: &Settings, hands: &mut dyn Hands) -> Result<Vec<String>> {
    let mut refusals = settings.refusals();
    if !hands
        .ask("git", &["status", "--porcelain"])?
        .trim()
        .is_empty()
    {
        refusals.push(
            "the checkout has changes: commit them, so that what runs can be found again".into(),
        );
    }
    if let Err(missing) = hands.escrow(&settings.environment) {
        refusals.push(format!("{missing:#}"));
    }
    Ok(refusals)
}

/// Holds a service that answers to the escrow; false where none does.
fn escrowed(settings: &Settings, hands: &mut dyn Hands) -> Result<bool> {
    let escrow = hands.escrow(&settings.environment)?;
    let origin = settings.origin().trim_end_matches('/');
    let Ok(health) = hands.fetch(&format!("{origin}/healthz")) else {
        return Ok(false);
    };
    if health.status != 200 {
        return Ok(false);
    }
    let log_key = hands.fetch(&format!("{origin}/audit/log/key"))?;
    let held = escrow.matches(&health.body, &log_key.body);
    held.context("what is in escrow would not bring this service back")?;
    Ok(true)
}

pub(super) fn secrets(settings: &Settings, hands: &mut dyn Hands) -> Result<()> {
    let listed = hands.ask(
        "wrangler",
        &within(settings, &["secret", "list", "--format", "json"]),
    );
    let listed = listed.context("the first deployment begins with `npx wrangler secret put`")?;
    let listed = names(&listed)?;
    let missing: Vec<&str> = settings
        .secrets()
        .into_iter()
        .filter(|name| !listed.iter().any(|listed| listed == name))
        .collect();
    ensure!(
        missing.is_empty(),
        "not set at Cloudflare: {} (npx wrangler secret put NAME --env \"{}\")",
        missing.join(", "),
        settings.environment
    );
    Ok(())
}

fn bundle(settings: &Settings, hands: &mut dyn Hands) -> Result<()> {
    let arguments = ["deploy", "--dry-run", "--outdir", "target/xtask/dry-run"];
    let label = "bundling as wrangler deploy does";
    hands.run(label, "wrangler", &within(settings, &arguments))
}

pub(super) fn migrate(settings: &Settings, hands: &mut dyn Hands) -> Result<()> {
    if settings.is_on_planetscale() {
        return hands.migrate_planetscale();
    }
    let name = settings.database().context("DB has no database_name")?;
    let there = names(&hands.ask("wrangler", &["d1", "list", "--json"])?)?;
    if !there.iter().any(|there| there == name) {
        hands.run("making the database", "wrangler", &["d1", "create", name])?;
    }
    hands.run(
        "applying the migrations",
        "wrangler",
        &within(settings, &APPLY),
    )
}

/// The `name` of each in a list as wrangler prints it.
fn names(json: &str) -> Result<Vec<String>> {
    let list: Vec<Value> = serde_json::from_str(json).context("wrangler printed no list")?;
    let name = |entry: &Value| Some(entry.get("name")?.as_str()?.to_owned());
    Ok(list.iter().filter_map(name).collect())
}

fn rolling_back(settings: &Settings) -> String {
    format!(
        "To roll back: npx wrangler rollback --env \"{}\"\n  It brings back the code and the variables. \
         It leaves the schema, the rows, the secrets and the queues as they are:\n  an older Worker runs on \
         the newer schema (docs/OPERATIONS.md).",
        settings.environment
    )
}

#[cfg(test)]
mod tests;
