//! `cargo xtask restore`: a backup into an empty database, or into files, by whoever has one of the
//! identities that it was encrypted to. Rows stay sealed: the service opens them under its keyring,
//! which comes out of the escrow.

mod bucket;
mod chain;
mod signer;
mod sql;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use age::Identity;
use anyhow::{Context as _, Result, bail, ensure};
use lexopt::{Arg, ValueExt as _};
use serde_json::Value;
use stack::Workspace;
use zeroize::Zeroizing;

use crate::command::Command;
use crate::moving::planetscale::Database;
use crate::moving::row::{Cell, Row};
use crate::planetscale::Target;
use crate::schema::{Dialect, Kind, Schema, Table};

use bucket::{Folder, Objects, Remote};
use chain::{Reader, Restored};
use signer::Signer;
use sql::Sql;

pub(crate) const COMMAND: Command = Command {
    name: "restore",
    summary: "put a backup into an empty database",
    help: "\
Usage: cargo xtask restore --identity FILE (--escrow FILE | --log-key KEY)
                           (--from FOLDER | --from s3) --to WHERE [--backup N] [--vars FILE]

Opens a backup and those it builds on, holds every object to its digest, and writes the rows as they
are, sealed. Whoever has left since is left out. docs/OPERATIONS.md has the drill.

  --identity F   an administrator's identity, as age-keygen wrote it
  --escrow F     escrow/NAME.json, which says whose backups they are to be: each is signed by the
                 audit log's key
  --log-key K    the same as https://YOUR-ORIGIN/audit/log/key says it; either may be given again, for
                 a key before
  --from FOLDER  a copy of the bucket
  --from s3      the bucket itself, by BACKUP_S3_ENDPOINT, _REGION, _BUCKET, _ACCESS_KEY_ID and
                 _SECRET_ACCESS_KEY: a key that may read
  --to F.sql     SQL for `npx wrangler d1 execute DB --remote --file F.sql`, into an empty database
                 that has the migrations
  --to planetscale
                 an empty database that has the migrations, by PLANETSCALE_URL, _USERNAME, _PASSWORD
  --to FOLDER    a file of JSON lines for each table: to look at, not to go on with
  --backup N     another than the newest
  --vars FILE    a file of NAME=value lines with those variables",
    run,
};

/// Rows that are written at once.
const ROWS: usize = 500;

enum To {
    Sql(PathBuf),
    PlanetScale,
    Folder(PathBuf),
}

struct Options {
    identity: PathBuf,
    signers: Vec<Signer>,
    from: PathBuf,
    to: To,
    backup: Option<u32>,
    vars: Option<PathBuf>,
}

fn run(arguments: lexopt::Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let workspace = Workspace::here();
    let text = fs::read_to_string(&options.identity);
    let text = Zeroizing::new(text.with_context(|| options.identity.display().to_string())?);
    let identity = Identity::parse_file(&text);
    let identity = identity.with_context(|| options.identity.display().to_string())?;
    let mut objects: Box<dyn Objects> = if options.from.as_os_str() == "s3" {
        Box::new(Remote::find(options.vars.as_deref())?)
    } else {
        Box::new(Folder(options.from.clone()))
    };
    let mut reader = Reader {
        objects: &mut *objects,
        identities: &[identity],
        signers: &options.signers,
    };
    let numbers = reader.numbers()?;
    let newest = *numbers.last().context("there is no backup there")?;
    let number = options.backup.unwrap_or(newest);
    ensure!(
        numbers.contains(&number),
        "there is no backup {number}: {numbers:?}"
    );
    let restored = reader.restore(number, newest)?;
    let schema = Schema::of(&workspace, Dialect::D1)?;
    let newest = stack::migrations(&workspace.path(Dialect::D1.folder()))?;
    let newest = newest
        .last()
        .and_then(|path| path.file_stem()?.to_str().map(ToOwned::to_owned));
    ensure!(
        newest.as_deref() == Some(&restored.manifest.schema),
        "the backup is of the schema {}, this checkout of {}: take the one that was deployed on {}, \
         restore, and migrate then",
        restored.manifest.schema,
        newest.unwrap_or_default(),
        restored.manifest.finished_at
    );
    let tables = tables(&schema, &restored)?;
    match &options.to {
        To::Sql(path) => to_sql(path, &tables)?,
        To::Folder(path) => to_folder(path, &tables)?,
        To::PlanetScale => to_planetscale(&workspace, options.vars.as_deref(), &tables)?,
    }
    for (table, rows) in &tables {
        eprintln!("✓ {}: {} rows", table.name, rows.len());
    }
    println!(
        "Backup {} of {} is restored; its manifest's SHA-256 is {}, as a leaf of the audit log has it. \
         {} who have left are left out.",
        restored.manifest.backup,
        restored.manifest.finished_at,
        restored.sha256,
        restored.left.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// The rows as cells, in the order of this checkout's columns, and the log's head, which counts
/// the leaves.
fn tables<'s>(schema: &'s Schema, restored: &Restored) -> Result<Vec<(&'s Table, Vec<Row>)>> {
    let mut tables = Vec::new();
    for (name, rows) in &restored.tables {
        let table = schema
            .table(name)
            .with_context(|| format!("there is no table {name}"))?;
        let columns = restored.manifest.columns.get(name);
        let columns = columns.with_context(|| format!("the manifest has no columns of {name}"))?;
        let order: Option<Vec<usize>> = table
            .columns
            .iter()
            .map(|column| columns.iter().position(|name| *name == column.name))
            .collect();
        let order = order.filter(|order| order.len() == columns.len());
        let order = order.with_context(|| format!("{name} has other columns in the backup"))?;
        let row = |row: &Vec<Value>| -> Result<Row> {
            let cells = order.iter().zip(&table.columns).map(|(at, column)| {
                let value = row.get(*at).context("a row is too short")?;
                cell(column.kind, value).with_context(|| format!("{name}.{}", column.name))
            });
            cells.collect()
        };
        tables.push((table, rows.iter().map(row).collect::<Result<Vec<Row>>>()?));
    }
    if restored.manifest.log_size > 0 {
        let head = schema
            .table("audit_head")
            .context("there is no audit_head")?;
        let size = Cell::Integer(restored.manifest.log_size.try_into()?);
        tables.push((head, vec![vec![Cell::Integer(0), size]]));
    }
    Ok(tables)
}

fn cell(kind: Kind, value: &Value) -> Result<Cell> {
    let value = match value {
        Value::Null => None,
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => bail!("a value of no known kind"),
    };
    Cell::of_d1(kind, value)
}

fn to_sql(path: &PathBuf, tables: &[(&Table, Vec<Row>)]) -> Result<()> {
    let file = File::create_new(path).with_context(|| format!("making {}", path.display()))?;
    let mut sql = Sql::new(BufWriter::new(file))?;
    for (table, rows) in tables {
        sql.put(table, rows)?;
    }
    Ok(sql.finish()?)
}

fn to_folder(path: &PathBuf, tables: &[(&Table, Vec<Row>)]) -> Result<()> {
    fs::create_dir(path).with_context(|| format!("making {}", path.display()))?;
    for (table, rows) in tables {
        let file = File::create_new(path.join(format!("{}.ndjson", table.name)))?;
        let mut file = BufWriter::new(file);
        for row in rows {
            let cells = table.columns.iter().zip(row);
            let cells = cells.map(|(column, cell)| (column.name.clone(), cell.json()));
            serde_json::to_writer(&mut file, &cells.collect::<serde_json::Map<_, _>>())?;
            file.write_all(b"\n")?;
        }
        file.flush()?;
    }
    Ok(())
}

fn to_planetscale(
    workspace: &Workspace,
    vars: Option<&std::path::Path>,
    tables: &[(&Table, Vec<Row>)],
) -> Result<()> {
    let target = Target::find(vars)?;
    let folder = workspace.path(Dialect::MySql.folder());
    ensure!(
        target.branch.pending(&folder)?.is_empty(),
        "{} lacks migrations: run `cargo xtask migrate --planetscale` first",
        target.url
    );
    let database = Database::new(&target.branch, workspace)?;
    let schema = Schema::of(workspace, Dialect::MySql)?;
    for name in ["user_key", "person", "audit_leaf"] {
        let table = schema
            .table(name)
            .with_context(|| format!("there is no {name}"))?;
        ensure!(
            database.count(table, None)? == 0,
            "{} has rows already ({name}): a restore begins with an empty database",
            target.url
        );
    }
    // The system's keys and the log last: a restore that was stopped is none that a Worker runs on.
    let is_last = |(table, _): &&(&Table, Vec<Row>)| {
        ["user_key", "audit_leaf"].contains(&table.name.as_str())
    };
    let (last, first): (Vec<_>, Vec<_>) = tables.iter().partition(is_last);
    for (table, rows) in first.into_iter().chain(last) {
        let columns = schema
            .table(&table.name)
            .context("the two schemas differ")?;
        let order: Option<Vec<usize>> = columns
            .columns
            .iter()
            .map(|column| {
                table
                    .columns
                    .iter()
                    .position(|other| other.name == column.name)
            })
            .collect();
        let order = order.context("the two schemas differ")?;
        for chunk in rows.chunks(ROWS) {
            let row = |row: &Row| {
                order
                    .iter()
                    .filter_map(|at| row.get(*at).cloned())
                    .collect()
            };
            database.put(columns, &chunk.iter().map(row).collect::<Vec<Row>>())?;
        }
    }
    Ok(())
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    let (mut identity, mut from, mut to) = (None, None, None);
    let (mut backup, mut vars) = (None, None);
    let mut signers = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("identity") => identity = Some(arguments.value()?.into()),
            Arg::Long("escrow") => {
                signers.push(Signer::of_escrow(&PathBuf::from(arguments.value()?))?);
            }
            Arg::Long("log-key") => signers.push(Signer::of_key(&arguments.value()?.string()?)?),
            Arg::Long("from") => from = Some(PathBuf::from(arguments.value()?)),
            Arg::Long("to") => to = Some(PathBuf::from(arguments.value()?)),
            Arg::Long("backup") => backup = Some(arguments.value()?.parse()?),
            Arg::Long("vars") => vars = Some(arguments.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    ensure!(
        !signers.is_empty(),
        "say whose backups they are to be: --escrow escrow/NAME.json, or --log-key KEY"
    );
    let to = to.context("say where it goes: --to F.sql, --to planetscale or --to FOLDER")?;
    let to = if to.as_os_str() == "planetscale" {
        To::PlanetScale
    } else if to.extension().is_some_and(|extension| extension == "sql") {
        To::Sql(to)
    } else {
        To::Folder(to)
    };
    Ok(Options {
        identity: identity.context("--identity FILE is missing")?,
        signers,
        from: from.context("say where the backup is: --from FOLDER or --from s3")?,
        to,
        backup,
        vars,
    })
}
