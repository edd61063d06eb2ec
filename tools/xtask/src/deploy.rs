//! `cargo xtask deploy`: from a clean checkout to a Worker that answers, in the one safe order:
//! everything that can refuse comes before anything that changes, and the schema before the Worker,
//! because an older Worker runs on a newer schema and not the other way round.

mod hands;
mod settings;
mod smoke;
mod steps;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use lexopt::{Arg, ValueExt as _};
use stack::Workspace;

use self::hands::Machine;
use self::settings::Settings;
use crate::command::Command;
use crate::setup;

pub(crate) const COMMAND: Command = Command {
    name: "deploy",
    summary: "check, migrate, deploy and try the Worker at Cloudflare",
    help: "\
Usage: cargo xtask deploy [--env NAME] [--vars FILE] [--dry-run]

In order, stopping at the first that refuses:
  1. the checkout is clean: what runs can be found again
  2. wrangler.toml: the platform records no URL, the origin is yours, everything is https
  3. every required secret is set at Cloudflare, and the keys are in escrow (cargo xtask keyring):
     those that a running service has, too
  4. the bundle is what the platform takes
  5. the migrations that the database does not have yet
  6. wrangler deploy
  7. over the network: /healthz, the audit log's checkpoint, https, the headers
and says how to roll back.

  --env NAME   an environment of wrangler.toml: production (default: its top level)
  --vars FILE  where the database is PlanetScale: who may change its schema (see migrate)
  --dry-run    needs no account: does 1, 2 and 4, and says of each other step what it would run

Environment:
  CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID   as wrangler has them; or npx wrangler login",
    run,
};

struct Options {
    environment: Option<String>,
    vars: Option<PathBuf>,
    dry_run: bool,
}

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let workspace = Workspace::here();
    let text =
        fs::read_to_string(workspace.path("wrangler.toml")).context("reading wrangler.toml")?;
    let settings = Settings::of(&text, options.environment.as_deref())?;
    setup::set_up(&workspace)?;
    let mut machine = Machine::new(&workspace, options.vars);
    let went = if options.dry_run {
        steps::rehearse(&settings, &mut machine)?
    } else {
        steps::deploy(&settings, &mut machine)?;
        true
    };
    Ok(if went {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    let mut options = Options {
        environment: None,
        vars: None,
        dry_run: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("env") => options.environment = Some(arguments.value()?.string()?),
            Arg::Long("vars") => options.vars = Some(arguments.value()?.into()),
            Arg::Long("dry-run") => options.dry_run = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}
