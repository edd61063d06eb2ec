//! What the console keeps between two runs: the session, and what it saw of each audit log.
//! `$XDG_STATE_HOME/balance-console` (XDG Base Directory Specification), or what `--state-dir`
//! or `BALANCE_CONSOLE_STATE` names. Invariant: nobody but the operator can read it, from the
//! first byte on.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::failure::usage;

const VARIABLE: &str = "BALANCE_CONSOLE_STATE";

/// The folder.
pub(crate) struct State(PathBuf);

impl State {
    /// What was asked for, or what the environment says.
    pub(crate) fn find(asked: Option<PathBuf>) -> Result<Self> {
        let absolute = |name: &str| {
            let path = PathBuf::from(env::var_os(name)?);
            // The specification has relative paths ignored.
            path.is_absolute().then_some(path)
        };
        let named = asked.or_else(|| Some(env::var_os(VARIABLE)?.into()));
        let named = named.filter(|path| !path.as_os_str().is_empty());
        let below = |folder: PathBuf| folder.join("balance-console");
        named
            .or_else(|| absolute("XDG_STATE_HOME").map(below))
            .or_else(|| absolute("HOME").map(|home| below(home.join(".local/state"))))
            .map(Self)
            .ok_or_else(|| usage(format!("say --state-dir DIR, or set {VARIABLE}")))
    }

    /// A folder in it.
    pub(crate) fn folder(&self, path: impl AsRef<Path>) -> Self {
        Self(self.0.join(path))
    }

    /// A file of ours, where there is one. One that others can read is not taken: who could
    /// read it may also have what it says.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let path = self.0.join(name);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        if is_open_to_others(&file)? {
            bail!(
                "others can read {}: remove it, and sign in again",
                path.display()
            );
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .with_context(|| path.display().to_string())?;
        Ok(Some(bytes))
    }

    /// Writes a file as a whole: who reads it meanwhile sees the old one or the new one.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.0.join(name);
        let write = || -> std::io::Result<()> {
            create_folder(&self.0)?;
            let beside = self.0.join(format!(".{name}.{}", std::process::id()));
            // Of a run that was killed and had this process's number.
            let _ = fs::remove_file(&beside);
            let mut file = for_the_owner_alone(OpenOptions::new().write(true).create_new(true))
                .open(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        write().with_context(|| format!("writing {}", path.display()))
    }

    /// Removes a file, where there is one.
    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        let path = self.0.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing {}", path.display()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(unix)]
fn for_the_owner_alone(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(unix)]
fn create_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

// Elsewhere a profile's folders are the owner's by what they inherit.

#[cfg(not(unix))]
fn for_the_owner_alone(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn create_folder(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &File) -> std::io::Result<bool> {
    Ok(false)
}
