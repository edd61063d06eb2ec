//! `cargo xtask migrate`: the schema of a database at PlanetScale, which wrangler does not know.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use lexopt::Arg;
use stack::Workspace;

use crate::command::Command;
use crate::planetscale::Target;

const FOLDER: &str = "migrations/mysql";

pub(crate) const COMMAND: Command = Command {
    name: "migrate",
    summary: "apply migrations/mysql to a database at PlanetScale",
    help: "\
Usage: cargo xtask migrate --planetscale [--vars FILE] [--dry-run]

Applies the migrations that the database does not have yet, in order. The table
schema_migration there says which it has. (D1's are applied by wrangler: npx wrangler d1
migrations apply DB.)

  --planetscale  the database that the three variables below name
  --vars FILE    a file of NAME=value lines with them, before the environment's
  --dry-run      print what would be run, and change nothing

Environment:
  PLANETSCALE_URL       scheme and host, such as https://aws.connect.psdb.cloud
  PLANETSCALE_USERNAME  of a password of the branch that may change the schema
  PLANETSCALE_PASSWORD  its secret",
    run,
};

struct Options {
    vars: Option<PathBuf>,
    dry_run: bool,
}

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    apply(options.vars.as_deref(), options.dry_run)?;
    Ok(ExitCode::SUCCESS)
}

/// Applies what the database does not have yet, or prints it.
pub(crate) fn apply(vars: Option<&Path>, dry_run: bool) -> Result<()> {
    let target = Target::find(vars)?;
    let pending = target.branch.pending(&Workspace::here().path(FOLDER))?;
    if pending.is_empty() {
        println!("{} has every migration", target.url);
    }
    for migration in &pending {
        let (name, statements) = (&migration.name, &migration.statements);
        if dry_run {
            println!("-- {name}, which {} does not have", target.url);
            for sql in statements {
                println!("{sql};\n");
            }
            continue;
        }
        target.branch.apply(migration)?;
        println!("applied {name}: {} statements", statements.len());
    }
    Ok(())
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    let mut options = Options {
        vars: None,
        dry_run: false,
    };
    let mut planetscale = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("planetscale") => planetscale = true,
            Arg::Long("vars") => options.vars = Some(arguments.value()?.into()),
            Arg::Long("dry-run") => options.dry_run = true,
            other => return Err(other.unexpected().into()),
        }
    }
    ensure!(
        planetscale,
        "say --planetscale; D1's migrations are wrangler's: \
         `npx wrangler d1 migrations apply DB` (--local or --remote)"
    );
    Ok(options)
}
