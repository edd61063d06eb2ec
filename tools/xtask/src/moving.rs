//! `cargo xtask move`: rows from D1 to PlanetScale, as they are. Nothing is opened: no shard, no
//! engine and no host is in what a row is sealed with, so it opens in its new place under the
//! same `KEYRING`, which this command never sees.

mod d1;
pub(crate) mod plan;
pub(crate) mod planetscale;
mod progress;
pub(crate) mod row;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use lexopt::{Arg, ValueExt as _};
use stack::Workspace;

use self::d1::D1;
use self::plan::{Filter, Portion, SYSTEM, Scope, plan};
use self::planetscale::Database;
use self::progress::{Identity, Progress, TableProgress};
use self::row::{Part, key};
use crate::command::Command;
use crate::planetscale::Target;
use crate::schema::{Dialect, Schema, Table};

/// How often a long table says how far it has come.
const BEAT: Duration = Duration::from_secs(15);

pub(crate) const COMMAND: Command = Command {
    name: "move",
    summary: "copy the rows of a D1 database to PlanetScale, and compare the two",
    help: "\
Usage: cargo xtask move --from d1 --to planetscale --d1 PATH (--all | --user ID)
                        [--vars FILE] [--progress FILE] [--rows N] [--overwrite]

Copies rows as they are, sealed, in the order of their keys, and then compares both sides:
rows counted, and a SHA-256 over them. A difference is an error that names tables and keys.
A run that was stopped goes on where it was when it is given the same again.

The D1 must not change meanwhile: docs/OPERATIONS.md has the steps.

  --d1 PATH        the SQL of `npx wrangler d1 export DB --remote --output FILE.sql`, a
                   database file, or a folder of an instance's state that has one
  --all            every row of every table
  --user ID        one person's rows and the system's keys; not throttle and
                   pending_sign_up, whose rows are nobody's
  --vars FILE      a file of NAME=value lines with the variables below
  --progress FILE  where to keep how far it has come (default .wrangler/move.json)
  --rows N         rows a statement at most (default 1000)
  --overwrite      write over rows that PlanetScale has already

Environment: PLANETSCALE_URL, PLANETSCALE_USERNAME, PLANETSCALE_PASSWORD",
    run,
};

struct Options {
    d1: PathBuf,
    scope: Scope,
    vars: Option<PathBuf>,
    progress: PathBuf,
    rows: usize,
    overwrite: bool,
}

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let workspace = Workspace::here();
    let options = parse(arguments, &workspace)?;
    let schema = Schema::of(&workspace, Dialect::MySql)?;
    let from = options.d1.canonicalize();
    let from = from.with_context(|| format!("looking for {}", options.d1.display()))?;
    let mut d1 = D1::open(&from)?;
    d1.check(&Schema::of(&workspace, Dialect::D1)?)?;
    let target = Target::find(options.vars.as_deref())?;
    let pending = target
        .branch
        .pending(&workspace.path(Dialect::MySql.folder()))?;
    ensure!(
        pending.is_empty(),
        "{} lacks migrations: run `cargo xtask migrate --planetscale` first",
        target.url
    );
    let database = Database::new(&target.branch, &workspace)?;
    let subjects = subjects(&mut d1, &options.scope)?;
    let (portions, left_out) = plan(&schema, &options.scope, &subjects)?;
    has_the_same_system(&mut d1, &database, &schema)?;

    let identity = Identity {
        from,
        to: target.url.clone(),
        whose: options.scope.name(),
    };
    let mut progress = match Progress::of_earlier_run(&options.progress, &identity)? {
        Some(progress) if !options.overwrite => {
            eprintln!("• going on after {} rows", progress.rows());
            progress
        }
        _ => {
            if !options.overwrite {
                is_empty(&database, &portions, &options.scope)?;
            }
            Progress::begin(&options.progress, identity)?
        }
    };
    for portion in &portions {
        copy(&mut d1, &database, portion, &mut progress, options.rows)?;
    }
    for name in left_out {
        eprintln!("• {name} is left out: its rows are nobody's");
    }
    compare(&mut d1, &database, &portions, options.rows)
}

fn parse(mut arguments: lexopt::Parser, workspace: &Workspace) -> Result<Options> {
    let (mut d1, mut scope, mut vars, mut progress) = (None, None, None, None);
    let (mut from, mut to) = (String::new(), String::new());
    let (mut rows, mut overwrite) = (1000, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("from") => from = arguments.value()?.string()?,
            Arg::Long("to") => to = arguments.value()?.string()?,
            Arg::Long("d1") => d1 = Some(PathBuf::from(arguments.value()?)),
            Arg::Long("all") if scope.is_none() => scope = Some(Scope::All),
            Arg::Long("user") if scope.is_none() => {
                scope = Some(Scope::of_person(&arguments.value()?.string()?)?);
            }
            Arg::Long("vars") => vars = Some(PathBuf::from(arguments.value()?)),
            Arg::Long("progress") => progress = Some(PathBuf::from(arguments.value()?)),
            Arg::Long("rows") => rows = arguments.value()?.parse()?,
            Arg::Long("overwrite") => overwrite = true,
            other => return Err(other.unexpected().into()),
        }
    }
    ensure!(
        (from.as_str(), to.as_str()) == ("d1", "planetscale"),
        "say --from d1 --to planetscale: there is no other way yet"
    );
    ensure!((1..=10_000).contains(&rows), "--rows is 1 to 10000");
    Ok(Options {
        d1: d1.context("say where the D1 is: --d1 PATH")?,
        scope: scope.context("say whose rows: --all, or --user ID")?,
        vars,
        progress: progress.unwrap_or_else(|| workspace.path(".wrangler/move.json")),
        rows,
        overwrite,
    })
}

/// What the webhooks of a person's Items are found by.
fn subjects(d1: &mut D1, scope: &Scope) -> Result<Vec<String>> {
    let Scope::Person(id) = scope else {
        return Ok(Vec::new());
    };
    let person = [Part::Text(id.clone())];
    let known = d1.names("SELECT id FROM person WHERE id=?", &person)?;
    ensure!(!known.is_empty(), "{} is not in this D1", scope.name());
    let items = d1.names("SELECT plaid_index FROM item WHERE user_id=?", &person)?;
    let customer = "SELECT customer_index FROM stripe_customer WHERE user_id=?";
    let customer = d1.names(customer, &person)?;
    Ok(items.into_iter().chain(customer).collect())
}

/// Logins and webhooks are found by indexes under the system's keys, which a Worker makes when it
/// first runs on an empty database: two databases with keys of their own do not go together.
fn has_the_same_system(d1: &mut D1, database: &Database<'_>, schema: &Schema) -> Result<()> {
    let table = schema
        .table("user_key")
        .context("there is no table user_key")?;
    let filter = Filter {
        column: "user_id".into(),
        values: vec![Part::Text(SYSTEM.into())],
    };
    let there = database.range(table, Some(&filter), None, None, 100)?;
    ensure!(
        there.is_empty() || there == d1.page(table, Some(&filter), None, 100)?,
        "PlanetScale has system keys of its own, since a Worker has run on it: nobody could sign \
         in to what is moved there. Begin with an empty database"
    );
    Ok(())
}

/// Refuses to write over rows that may be newer: a Worker may run on them.
fn is_empty(database: &Database<'_>, portions: &[Portion<'_>], scope: &Scope) -> Result<()> {
    let mut taken = Vec::new();
    for Portion { table, filter } in portions {
        let shared = *scope != Scope::All && table.name == "user_key";
        if !shared && database.count(table, filter.as_ref())? > 0 {
            taken.push(table.name.as_str());
        }
    }
    if taken.is_empty() {
        return Ok(());
    }
    bail!(
        "PlanetScale has such rows already ({}), and no move that was stopped wrote them: they \
         may be newer. --overwrite writes over them",
        taken.join(", ")
    )
}

/// Copies what is left to copy of one table.
fn copy(
    d1: &mut D1,
    database: &Database<'_>,
    portion: &Portion<'_>,
    progress: &mut Progress,
    rows: usize,
) -> Result<()> {
    let table: &Table = portion.table;
    let mut came = progress.of(&table.name);
    if came.whole {
        return Ok(());
    }
    let mut said = Instant::now();
    loop {
        let page = d1.page(table, portion.filter.as_ref(), came.after.as_ref(), rows)?;
        let Some(last) = page.last() else {
            break;
        };
        let after = Some(key(table, last)?);
        database.put(table, &page)?;
        came = TableProgress {
            after,
            rows: came.rows + page.len() as u64,
            whole: false,
        };
        progress.set(&table.name, came.clone())?;
        if said.elapsed() > BEAT {
            said = Instant::now();
            eprintln!("  {}: {} rows so far", table.name, came.rows);
        }
    }
    came.whole = true;
    eprintln!("✓ {}: {} rows", table.name, came.rows);
    progress.set(&table.name, came)
}

fn compare(
    d1: &mut D1,
    database: &Database<'_>,
    portions: &[Portion<'_>],
    rows: usize,
) -> Result<ExitCode> {
    let mut all = Vec::new();
    for portion in portions {
        all.push(verify::compare(d1, database, portion, rows)?);
    }
    verify::print(&all);
    let wrong: Vec<_> = all.iter().filter(|compared| !compared.is_same()).collect();
    if wrong.is_empty() {
        println!("PlanetScale has what D1 has.");
        return Ok(ExitCode::SUCCESS);
    }
    for compared in &wrong {
        for difference in &compared.differences {
            eprintln!("{}: {difference}", compared.table);
        }
    }
    let names: Vec<&str> = wrong.iter().map(|wrong| wrong.table.as_str()).collect();
    bail!(
        "the two differ in {}: has D1 changed since it was copied, or does a Worker run on \
         PlanetScale? With --overwrite all rows are copied again; a row that is only in \
         PlanetScale stays there",
        names.join(", ")
    )
}
