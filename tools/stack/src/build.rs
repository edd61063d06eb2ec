//! The Worker as `cargo xtask build` left it, copied into an instance: what is built later
//! does not disturb a running test.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::error::{StackError, While as _};
use crate::workspace::Workspace;

/// Copies `build/` into the instance's folder.
pub(crate) fn copy(workspace: &Workspace, folder: &Path) -> Result<(), StackError> {
    let worker = folder.join("worker");
    fs::create_dir_all(&worker).during(|| format!("making {}", worker.display()))?;
    for name in ["index.js", "index_bg.wasm"] {
        let path = workspace.path("build").join(name);
        if !path.exists() {
            return Err(StackError::Missing {
                what: "the built Worker",
                path,
            });
        }
        fs::copy(&path, worker.join(name)).during(|| format!("copying {}", path.display()))?;
    }
    let sources = ["src", "crates"]
        .iter()
        .filter_map(|name| newest(&workspace.path(name)))
        .max();
    if sources > newest(&workspace.path("build")) {
        eprintln!("note: a source is newer than build/; `cargo xtask build` brings it up to date");
    }
    Ok(())
}

/// When the newest file below a path was written.
fn newest(path: &Path) -> Option<SystemTime> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_dir() {
        return metadata.modified().ok();
    }
    let entries = fs::read_dir(path).ok()?.flatten();
    entries.filter_map(|entry| newest(&entry.path())).max()
}
