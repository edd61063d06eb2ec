//! The D1 schema of an instance. Applying it through wrangler takes seconds, so it is done
//! once per set of migrations and every new instance begins with a copy.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::config;
use crate::error::{StackError, While as _};
use crate::options::Build;
use crate::workspace::Workspace;

/// Says in a state folder which migrations were applied.
const STAMP: &str = "migrations-applied";

/// Brings the state folder of an instance to the newest schema.
pub(crate) fn apply(workspace: &Workspace, folder: &Path) -> Result<(), StackError> {
    let state = folder.join("state");
    let wanted = fingerprint(workspace)?;
    if fs::read_to_string(state.join(STAMP)).is_ok_and(|applied| applied == wanted) {
        return Ok(());
    }
    if state.exists() {
        run_wrangler(workspace, folder)?;
        return stamp(&state, &wanted);
    }
    copy_folder(&migrated(workspace, &wanted)?, &state)
}

/// A state folder that nothing but the migrations has touched.
fn migrated(workspace: &Workspace, wanted: &str) -> Result<PathBuf, StackError> {
    let kept = workspace.path("target/stack");
    let ready = kept.join(format!("migrated-{wanted}"));
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
        Err(source) => Err(StackError::Io {
            context: format!("making {}", ready.display()),
            source,
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

/// Names and contents of all migrations, and of the pins that say which wrangler applies them.
fn fingerprint(workspace: &Workspace) -> Result<String, StackError> {
    let folder = workspace.path("migrations");
    let mut files = vec![
        workspace.path("package.json"),
        workspace.path("wrangler.toml"),
    ];
    for entry in fs::read_dir(&folder).during(|| format!("reading {}", folder.display()))? {
        let path = entry
            .during(|| format!("reading {}", folder.display()))?
            .path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        fs::read(&file)
            .during(|| format!("reading {}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Copies a folder whole.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), StackError> {
    let context = || format!("copying {} to {}", from.display(), to.display());
    fs::create_dir_all(to).during(context)?;
    for entry in fs::read_dir(from).during(context)? {
        let entry = entry.during(context)?;
        let target = to.join(entry.file_name());
        if entry.file_type().during(context)?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target).during(context)?;
        }
    }
    Ok(())
}
