//! The database server behind the stand-in for PlanetScale. Debian's `mariadb-server-core` holds
//! the server's program alone: no service is set up or started, and none could be left running.

use anyhow::Result;
use stack::{MariaDb, Workspace};

use super::apt::Package;

/// The program without the service; `mariadb-server` depends on it.
const SERVER: Package<'static> = Package {
    names: &["mariadb-server-core"],
    what: "MariaDB's server (20 MB)",
    elsewhere: "any MariaDB 10.11 or newer will do",
};

/// Installs the server where it is missing.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let Err(missing) = MariaDb::find() else {
        return Ok(());
    };
    SERVER.install(workspace, &missing.to_string())?;
    MariaDb::find()?;
    Ok(())
}
