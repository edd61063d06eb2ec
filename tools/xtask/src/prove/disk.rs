//! What an instance has written to disk: what a thief of it has. Nobody writes there while it is
//! looked at.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use stack::{Engine, Stack};
use tempfile::TempDir;

use super::database::Database;

/// A file and what is in it.
pub(super) struct Bytes {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// The files of an instance.
pub(super) struct Disk {
    engine: Engine,
    /// All that workerd wrote: D1 under `v3/d1`.
    state: PathBuf,
    /// All that MariaDB wrote; none on D1.
    mariadb: Option<PathBuf>,
    // Where the last is a copy.
    _copy: Option<TempDir>,
}

/// Which part of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The database's own.
    Database,
    /// The platform's rate limiter counts by address, as it sees every request's anyway. Its
    /// stand-in keeps its counters in a file of its own.
    Limiter,
    Other,
}

impl Disk {
    /// Of an instance whose Worker was killed. A database server still runs: its files are taken
    /// as a power cut at this moment would leave them, with much of it in the redo log alone.
    pub(super) fn of(stack: &Stack) -> Result<Self> {
        let copy = match stack.mariadb() {
            Some(server) => {
                let copy = tempfile::tempdir().context("making a folder for a copy")?;
                server.copy_to(copy.path())?;
                Some(copy)
            }
            None => None,
        };
        Ok(Self {
            engine: stack.engine(),
            state: stack.persist_dir().join("state"),
            mariadb: copy.as_ref().map(|copy| copy.path().to_owned()),
            _copy: copy,
        })
    }

    /// Of an instance that has ended in order: by now everything is in its place.
    pub(super) fn of_stopped(engine: Engine, folder: &Path) -> Self {
        Self {
            engine,
            state: folder.join("state"),
            mariadb: (engine == Engine::PlanetScale).then(|| folder.join("mariadb")),
            _copy: None,
        }
    }

    /// The database's rows.
    pub(super) fn rows(&self) -> Result<Database> {
        let data = match &self.mariadb {
            Some(mariadb) => mariadb.join("data"),
            None => self.d1(),
        };
        Database::read(self.engine, &data)
    }

    /// Every file.
    pub(super) fn files(&self) -> Result<Vec<(Part, Bytes)>> {
        let mut all = Vec::new();
        for file in files(&self.state)? {
            all.push((self.part(&file.path), file));
        }
        for file in self.mariadb.iter().map(|folder| files(folder)) {
            all.extend(file?.into_iter().map(|file| (Part::Database, file)));
        }
        Ok(all)
    }

    /// Every byte, one file behind the other.
    pub(super) fn everything(&self) -> Result<Vec<u8>> {
        Ok(self
            .files()?
            .into_iter()
            .flat_map(|(_, file)| file.bytes)
            .collect())
    }

    fn part(&self, path: &Path) -> Part {
        if self.engine == Engine::D1 && path.starts_with(self.d1()) {
            Part::Database
        } else if path.starts_with(self.state.join("v3/ratelimit")) {
            Part::Limiter
        } else {
            Part::Other
        }
    }

    fn d1(&self) -> PathBuf {
        self.state.join("v3/d1")
    }
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Result<Vec<Bytes>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            found.push(Bytes { path, bytes });
        }
    }
    Ok(found)
}

/// Copies a folder whole; where the copy is.
pub(super) fn copy(folder: &Path, to: &Path) -> Result<PathBuf> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for Bytes { path, bytes } in files(folder)? {
        let target = to.join(path.strip_prefix(folder)?);
        let Some(parent) = target.parent() else {
            bail!("{} is nowhere", target.display());
        };
        fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        fs::write(&target, bytes).with_context(|| format!("writing {}", target.display()))?;
    }
    Ok(to.to_owned())
}
