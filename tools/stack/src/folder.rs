//! The folder that an instance keeps its files in, held by one instance at a time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{StackError, While as _};
use crate::worker::{LOG, PROBLEMS};

/// An instance's folder.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    // Removed on drop, where nobody named a folder.
    temporary: Option<TempDir>,
    // The system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Takes the named folder, or a temporary one, and clears what an earlier run left of
    /// logs and temporary files. State stays.
    pub(crate) fn take(named: Option<&Path>) -> Result<Self, StackError> {
        let (path, temporary) = if let Some(path) = named {
            let context = || format!("making {}", path.display());
            fs::create_dir_all(path).during(context)?;
            (path.canonicalize().during(context)?, None)
        } else {
            let made = tempfile::Builder::new().prefix("balance-").tempdir();
            let made = made.during(|| "making a temporary folder".into())?;
            (made.path().to_owned(), Some(made))
        };
        let lock = path.join("lock");
        let lock = File::create(&lock).during(|| format!("opening {}", lock.display()))?;
        if lock.try_lock().is_err() {
            return Err(StackError::Busy(path));
        }
        let folder = Self {
            path,
            temporary,
            _lock: lock,
        };
        folder.clear()?;
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves a temporary folder where it is, for whoever looks into a failure.
    pub(crate) fn keep(&mut self) {
        if let Some(temporary) = &mut self.temporary {
            temporary.disable_cleanup(true);
            eprintln!(
                "the instance's logs and state are kept in {}",
                self.path.display()
            );
        }
    }

    fn clear(&self) -> Result<(), StackError> {
        // wrangler's bundles and the files of mails, both named in the old log only.
        let leftovers = self.path.join(".wrangler");
        if leftovers.exists() {
            fs::remove_dir_all(&leftovers)
                .during(|| format!("removing {}", leftovers.display()))?;
        }
        for name in [LOG, PROBLEMS, "wrangler-debug.log"] {
            let log = self.path.join(name);
            fs::write(&log, "").during(|| format!("writing {}", log.display()))?;
        }
        Ok(())
    }
}
