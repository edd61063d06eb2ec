//! The browser of the suite `browser`: Debian's Chromium. Its libraries come with it; of what
//! Debian recommends beside it only the fonts matter here.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use stack::Workspace;

use super::apt::Package;

/// What the program is called, by Debian and by others.
const PROGRAMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

const CHROMIUM: Package<'static> = Package {
    names: &["chromium", "fonts-liberation"],
    what: "Chromium (350 MB)",
    elsewhere: "any Chromium or Chrome 135 or newer will do, named by BALANCE_CHROMIUM",
};

const MISSING: &str = "Chromium is missing: install Debian's package `chromium`, name one in \
                       BALANCE_CHROMIUM, or run this as root";

/// The browser's program, installed where it is missing.
pub(crate) fn install(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    CHROMIUM.install(workspace, MISSING)?;
    find().context(MISSING)
}

/// The one named by `BALANCE_CHROMIUM`, else the first in the search path.
fn find() -> Option<PathBuf> {
    if let Some(named) = env::var_os("BALANCE_CHROMIUM") {
        return Some(named.into());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| PROGRAMS.map(|program| folder.join(program)))
        .find(|candidate| candidate.is_file())
}
