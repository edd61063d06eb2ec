//! SQL on the data folder of a MariaDB that does not run: the server itself reads the statements
//! from a file and ends. There is no client and no protocol in between.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::error::{StackError, While as _, tail};
use crate::mariadb::{MariaDb, server};
use crate::process::Group;

/// A data folder that no server runs on.
#[derive(Debug)]
pub struct OfflineMariaDb {
    program: PathBuf,
    data: PathBuf,
    // Statements, temporary files, the log.
    beside: TempDir,
}

impl OfflineMariaDb {
    /// The data folder at `data`; an empty one becomes a new database, and one that a crash left
    /// is recovered first.
    ///
    /// # Errors
    /// When MariaDB is not installed.
    pub fn at(data: &Path) -> Result<Self, StackError> {
        let beside = tempfile::tempdir().during(|| "making a temporary folder".to_owned())?;
        Ok(Self {
            program: MariaDb::find()?,
            data: data.to_owned(),
            beside,
        })
    }

    /// Runs statements in order, and ends the server in order. The way for rows to get in and out
    /// is files: `LOAD DATA INFILE`, `INTO OUTFILE`.
    ///
    /// # Errors
    /// At the first statement that is refused; the error has the server's word.
    pub fn run(&self, statements: &[String]) -> Result<(), StackError> {
        let (script, log) = (
            self.beside.path().join("sql"),
            self.beside.path().join("log"),
        );
        // The server takes a statement to end where a line ends with a semicolon.
        let text: String = statements
            .iter()
            .flat_map(|sql| [sql.as_str(), ";\n"])
            .collect();
        fs::write(&script, text).during(|| format!("writing {}", script.display()))?;
        let output = File::create(&log).during(|| format!("opening {}", log.display()))?;
        let mut temporary = std::ffi::OsString::from("--tmpdir=");
        temporary.push(self.beside.path());
        let server = server(&self.program, &self.data);
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", r#"exec "$@" <"$0""#])
            .arg(&script)
            .arg(server.get_program())
            .args(server.get_args())
            .arg("--bootstrap")
            .arg(temporary);
        let mut group = Group::start(&command, Stdio::null(), Stdio::from(output))?;
        if group.wait()?.success() {
            return Ok(());
        }
        Err(StackError::Command {
            what: "running SQL in MariaDB",
            output: tail(&log, 10),
        })
    }
}
