//! How far a move has come, in a file: one that was stopped goes on where it was. The file holds
//! keys of rows (ids and blind indexes), nothing that is sealed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::row::Key;

/// A move, and how far it has come.
pub(super) struct Progress {
    path: PathBuf,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    of: Identity,
    tables: BTreeMap<String, TableProgress>,
}

/// Which move it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) from: PathBuf,
    pub(super) to: String,
    pub(super) whose: String,
}

/// How far one table has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableProgress {
    /// The last row that was written.
    pub(super) after: Option<Key>,
    pub(super) rows: u64,
    pub(super) whole: bool,
}

impl Progress {
    /// That of an earlier run of the same move; none where there was none.
    pub(super) fn of_earlier_run(path: &Path, of: &Identity) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let context = || format!("reading {}", path.display());
        let text = fs::read_to_string(path).with_context(context)?;
        let state: State = serde_json::from_str(&text).with_context(context)?;
        ensure!(
            state.of == *of,
            "{} is of another move ({} from {} to {}): remove it, or name another with --progress",
            path.display(),
            state.of.whose,
            state.of.from.display(),
            state.of.to
        );
        Ok(Some(Self {
            path: path.to_owned(),
            state,
        }))
    }

    /// Begins one, in a file, before anything is written.
    pub(super) fn begin(path: &Path, of: Identity) -> Result<Self> {
        let progress = Self {
            path: path.to_owned(),
            state: State {
                of,
                tables: BTreeMap::new(),
            },
        };
        progress.save()?;
        Ok(progress)
    }

    pub(super) fn of(&self, table: &str) -> TableProgress {
        self.state.tables.get(table).cloned().unwrap_or_default()
    }

    /// How many rows were written so far.
    pub(super) fn rows(&self) -> u64 {
        self.state.tables.values().map(|table| table.rows).sum()
    }

    /// Remembers how far a table has come.
    pub(super) fn set(&mut self, table: &str, progress: TableProgress) -> Result<()> {
        self.state.tables.insert(table.to_owned(), progress);
        self.save()
    }

    /// Whole or not at all: the run may be killed at any moment.
    fn save(&self) -> Result<()> {
        let context = || format!("writing {}", self.path.display());
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).with_context(context)?;
        let mut file = NamedTempFile::new_in(folder).with_context(context)?;
        file.write_all(&serde_json::to_vec(&self.state)?)
            .with_context(context)?;
        file.persist(&self.path).with_context(context)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Part;
    use super::*;

    #[test]
    fn a_stopped_move_is_found_again_and_another_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/move.json");
        let of = |whose: &str| Identity {
            from: "d1.sqlite".into(),
            to: "https://db.example".into(),
            whose: whose.into(),
        };
        assert!(
            Progress::of_earlier_run(&path, &of("all"))
                .unwrap()
                .is_none()
        );
        let mut begun = Progress::begin(&path, of("all")).unwrap();
        let came = TableProgress {
            after: Some(vec![Part::Text("u".into()), Part::Integer(3)]),
            rows: 2,
            whole: false,
        };
        begun.set("txn", came.clone()).unwrap();
        let found = Progress::of_earlier_run(&path, &of("all"))
            .unwrap()
            .unwrap();
        assert_eq!((found.of("txn"), found.rows()), (came, 2));
        assert_eq!(found.of("item"), TableProgress::default());
        assert!(Progress::of_earlier_run(&path, &of("usr_1")).is_err());
    }
}
