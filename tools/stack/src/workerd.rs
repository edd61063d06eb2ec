//! The Worker on plain workerd, as who hosts it himself runs it (`deploy/hetzner`): what is started
//! in an instance's folder in the place of `wrangler dev`.

use std::path::Path;
use std::process::Command;

use crate::error::StackError;
use crate::release;
use crate::workspace::Workspace;

/// Where the release is laid out, from the instance's folder.
pub(crate) const RELEASE: &str = "release";
/// Where the rows are, from the instance's folder.
pub(crate) const DATABASE: &str = "state/database";

/// The command, but for the variables. `operator` is the port of what reaches no network elsewhere.
pub(crate) fn command(
    workspace: &Workspace,
    folder: &Path,
    [public, operator]: [u16; 2],
    relay: &str,
) -> Result<Command, StackError> {
    let mut command = Command::new(release::workerd(workspace)?);
    command
        .args(["serve", "--experimental", "local.capnp"])
        .arg(format!("--socket-addr=public=127.0.0.1:{public}"))
        .arg(format!("--socket-addr=operator=127.0.0.1:{operator}"))
        .arg(format!("--external-addr=relay={relay}"))
        .arg(format!(
            "--directory-path=state={}",
            folder.join("state").display()
        ))
        .current_dir(folder.join(RELEASE));
    Ok(command)
}
