//! The D1 schema of an instance. Applying it through wrangler takes seconds, so it is done
//! once per set of migrations and every new instance begins with a copy.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::config;
use crate::error::{StackError, While as _};
use crate::options::Build;
use crate::workspace::Workspace;

/// Says in a state folder which migrations were applied: a name and a hash a line.
const STAMP: &str = "migrations-applied";

/// Brings the state folder of an instance to the newest schema.
pub(crate) fn apply(workspace: &Workspace, folder: &Path) -> Result<(), StackError> {
    let state = folder.join("state");
    let wanted = migrations(workspace)?;
    if !state.exists() {
        return copy_folder(&migrated(workspace, &wanted)?, &state);
    }
    let applied = fs::read_to_string(state.join(STAMP)).unwrap_or_default();
    if applied == wanted {
        return Ok(());
    }
    if let Some(line) = applied
        .lines()
        .find(|line| !wanted.lines().any(|wanted| wanted == *line))
    {
        let name = line.split(' ').next().unwrap_or(line).to_owned();
        return Err(StackError::Drift {
            migration: name,
            state,
        });
    }
    run_wrangler(workspace, folder)?;
    stamp(&state, &wanted)
}

/// A state folder that nothing but the migrations has touched.
fn migrated(workspace: &Workspace, wanted: &str) -> Result<PathBuf, StackError> {
    let kept = workspace.path("target/stack");
    let mut hasher = DefaultHasher::new();
    // The pins say which wrangler applies them, and how the database is named.
    for name in ["package.json", "wrangler.toml"] {
        hash_file(&workspace.path(name), &mut hasher)?;
    }
    wanted.hash(&mut hasher);
    let ready = kept.join(format!("migrated-{:016x}", hasher.finish()));
    if ready.exists() {
        return Ok(ready);
    }
    fs::create_dir_all(&kept).during(|| format!("making {}", kept.display()))?;
    let folder = tempfile::tempdir_in(&kept).during(|| format!("writing to {}", kept.display()))?;
    config::write(workspace, folder.path(), &Build::Copy)?;
    run_wrangler(workspace, folder.path())?;
    let state = folder.path().join("state");
    stamp(&state, wanted)?;
    match fs::rename(&state, &ready) {
        // Another process was quicker, with the same result.
        Err(_) if ready.exists() => Ok(ready),
        Err(answer) => Err(StackError::Io {
            context: format!("making {}", ready.display()),
            answer,
        }),
        Ok(()) => Ok(ready),
    }
}

fn run_wrangler(workspace: &Workspace, folder: &Path) -> Result<(), StackError> {
    let state = folder.join("state");
    fs::create_dir_all(&state).during(|| format!("making {}", state.display()))?;
    let mut wrangler = workspace.node_program("wrangler")?;
    wrangler.args([
        "d1",
        "migrations",
        "apply",
        "DB",
        "--local",
        "--config",
        "wrangler.json",
    ]);
    wrangler
        .arg("--persist-to")
        .arg(&state)
        .current_dir(folder)
        .env("WRANGLER_LOG_PATH", folder);
    let done = wrangler.output().during(|| "running wrangler".into())?;
    if done.status.success() {
        return Ok(());
    }
    let output = [done.stdout, done.stderr].concat();
    let output = String::from_utf8_lossy(&output).into_owned();
    Err(StackError::Command {
        what: "applying the migrations",
        output,
    })
}

fn stamp(state: &Path, applied: &str) -> Result<(), StackError> {
    fs::write(state.join(STAMP), applied).during(|| format!("writing to {}", state.display()))
}

/// All migrations in order: a name and a hash a line.
fn migrations(workspace: &Workspace) -> Result<String, StackError> {
    let folder = workspace.path("migrations");
    let mut lines = Vec::new();
    for entry in fs::read_dir(&folder).during(|| format!("reading {}", folder.display()))? {
        let path = entry
            .during(|| format!("reading {}", folder.display()))?
            .path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let mut hasher = DefaultHasher::new();
            hash_file(&path, &mut hasher)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            lines.push(format!("{name} {:016x}\n", hasher.finish()));
        }
    }
    lines.sort();
    Ok(lines.concat())
}

fn hash_file(path: &Path, hasher: &mut DefaultHasher) -> Result<(), StackError> {
    fs::read(path)
        .during(|| format!("reading {}", path.display()))?
        .hash(hasher);
    Ok(())
}

/// Copies a folder whole, but for sockets.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), StackError> {
    let context = || format!("copying {} to {}", from.display(), to.display());
    fs::create_dir_all(to).during(context)?;
    for entry in fs::read_dir(from).during(context)? {
        let entry = entry.during(context)?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type().during(context)?;
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target).during(context)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_with_an_edited_migration_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        fs::create_dir(&state).unwrap();
        stamp(&state, "0000_before.sql 00000000deadbeef\n").unwrap();
        let refused = apply(&Workspace::here(), folder.path()).unwrap_err();
        assert!(
            matches!(refused, StackError::Drift { migration, .. } if migration == "0000_before.sql")
        );
    }

    #[test]
    fn a_state_that_has_every_migration_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        fs::create_dir(&state).unwrap();
        stamp(&state, &migrations(&Workspace::here()).unwrap()).unwrap();
        apply(&Workspace::here(), folder.path()).unwrap();
        assert_eq!(fs::read_dir(&state).unwrap().count(), 1);
    }
}
