//! A private MariaDB server, which stands behind the stand-in for PlanetScale: its own data
//! folder, its own Unix socket, no TCP, no accounts. The socket's folder is open to its owner
//! only, and that is the whole of its access control.
//!
//! An empty folder needs no installation of system tables: nothing here has users, stored
//! programs or time zones to keep in them, and a server without them is up in a second.

use std::env;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::error::{StackError, While as _, tail};
use crate::migrations::copy_folder;
use crate::process::Group;

/// What the server is called, by MariaDB's own name and by the older one.
const PROGRAMS: [&str; 2] = ["mariadbd", "mysqld"];

/// Where Debian puts it, which an ordinary user's search path may lack.
const FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec"];

/// What the address of a socket holds on Linux.
const LONGEST_ADDRESS: usize = 107;

/// How long the first start may take on a slow disk.
const READY: Duration = Duration::from_mins(1);

/// How long it may take to write out what it has in memory.
const LEAVE: Duration = Duration::from_secs(30);

/// How the server is run: as PlanetScale sets MySQL up where that shows, and otherwise small
/// and quick, since what it keeps need not survive the machine.
const OPTIONS: [&str; 22] = [
    "--skip-networking",
    "--skip-grant-tables",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    // The nearest to MySQL 8's utf8mb4_0900_ai_ci: neither case nor accents count, spaces do.
    "--collation-server=utf8mb4_uca1400_nopad_ai_ci",
    "--sql-mode=STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
    "--transaction-isolation=REPEATABLE-READ",
    "--default-storage-engine=InnoDB",
    "--default-time-zone=+00:00",
    "--explicit-defaults-for-timestamp=ON",
    "--max-allowed-packet=64M",
    // JSON_ARRAYAGG is bound by it in MariaDB, and in MySQL by the packet only.
    "--group-concat-max-len=67108864",
    "--max-connections=300",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-stats-persistent=OFF",
    "--innodb-print-all-deadlocks=OFF",
    "--sync-binlog=0",
    "--performance-schema=OFF",
    "--aria-pagecache-buffer-size=8M",
    "--key-buffer-size=1M",
];

/// A running server. Dropping it kills the server; the data folder stays.
#[derive(Debug)]
pub struct MariaDb {
    group: Group,
    socket: PathBuf,
    log: PathBuf,
    folder: PathBuf,
    // Holds the socket, since a path in the data folder could be longer than the address of a
    // socket, and temporary files.
    address: TempDir,
}

impl MariaDb {
    /// Starts a server whose data is in `folder`, made if it is not there, and waits until it
    /// takes connections. What an earlier run left in the folder is there again.
    ///
    /// # Errors
    /// When MariaDB is not installed, or the server does not come up; the error has the end of
    /// its log.
    pub fn start(folder: &Path) -> Result<Self, StackError> {
        let program = Self::find()?;
        let context = || format!("making {}", folder.display());
        fs::create_dir_all(folder).during(context)?;
        let folder = folder.canonicalize().during(context)?;
        let (data, log) = (folder.join("data"), folder.join("mariadb.log"));
        if !data.exists() {
            create(&program, &folder, &log)?;
        }
        let (address, socket) = address()?;
        let output = File::create(&log).during(|| format!("opening {}", log.display()))?;
        let mut command = server(&program, &data);
        command
            .arg(path_option("--tmpdir", address.path()))
            .arg(path_option("--pid-file", &data.join("mariadb.pid")))
            .arg(path_option("--socket", &socket));
        let group = Group::start(&command, Stdio::null(), Stdio::from(output))?;
        let mut server = Self {
            group,
            socket,
            log,
            folder,
            address,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The server's program.
    ///
    /// # Errors
    /// When there is none; the error names the package.
    pub fn find() -> Result<PathBuf, StackError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).chain(FOLDERS.iter().map(PathBuf::from));
        let mut candidates =
            folders.flat_map(|folder| PROGRAMS.map(|program| folder.join(program)));
        candidates
            .find(|candidate| candidate.is_file())
            .ok_or(StackError::NoMariaDb)
    }

    /// Its Unix socket, for a client that logs in as `root` without a password.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// What it wrote.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.group.ended().is_some()
    }

    /// Kills the server as a crash would: the next start on the folder recovers what was
    /// committed.
    pub fn kill(&mut self) {
        self.group.kill();
    }

    /// Asks the server to end in order, all that it has in memory written out.
    pub fn stop(mut self) {
        self.group.stop_within(LEAVE);
    }

    /// Copies every file of the server's, as a loss of power at this moment would leave them:
    /// `data`, which a server recovers from, `temporary`, and its log.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn copy_to(&self, folder: &Path) -> Result<(), StackError> {
        self.group.held(|| {
            copy_folder(&self.folder, folder)?;
            copy_folder(self.address.path(), &folder.join("temporary"))
        })
    }

    fn wait_until_ready(&mut self) -> Result<(), StackError> {
        let deadline = Instant::now() + READY;
        while !greets(&self.socket) {
            let why = if self.has_ended() {
                "ended instead of listening"
            } else if Instant::now() > deadline {
                "did not listen in time"
            } else {
                thread::sleep(Duration::from_millis(20));
                continue;
            };
            return Err(StackError::NotReady {
                what: "MariaDB",
                why: why.to_owned(),
                log: tail(&self.log, 40),
            });
        }
        Ok(())
    }
}

/// The server's command on a data folder.
pub(crate) fn server(program: &Path, data: &Path) -> Command {
    let mut command = Command::new(program);
    // First, or it is not understood.
    command.arg("--no-defaults").args(OPTIONS);
    if rustix::process::geteuid().is_root() {
        command.arg("--user=root");
    }
    command.arg(path_option("--datadir", data));
    command
}

/// Makes the data folder, complete or not at all: one that a server was killed in before it had
/// written its first pages out cannot be recovered.
fn create(program: &Path, folder: &Path, log: &Path) -> Result<(), StackError> {
    let unfinished = folder.join("data.unfinished");
    let context = || format!("making {}", unfinished.display());
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).during(context)?;
    }
    fs::create_dir(&unfinished).during(context)?;
    let output = File::create(log).during(|| format!("opening {}", log.display()))?;
    let mut command = server(program, &unfinished);
    // Reads statements from its empty input, and ends in order.
    command.arg("--bootstrap");
    let mut group = Group::start(&command, Stdio::null(), Stdio::from(output))?;
    if !group.wait()?.success() {
        return Err(StackError::NotReady {
            what: "MariaDB",
            why: "could not make its data folder".to_owned(),
            log: tail(log, 40),
        });
    }
    fs::rename(&unfinished, folder.join("data")).during(context)
}

/// A folder for the socket that only its owner enters, with a path that is short enough.
fn address() -> Result<(TempDir, PathBuf), StackError> {
    let (folder, socket) = address_in(&env::temp_dir())?;
    if socket.as_os_str().len() <= LONGEST_ADDRESS {
        return Ok((folder, socket));
    }
    address_in(Path::new("/tmp"))
}

fn address_in(parent: &Path) -> Result<(TempDir, PathBuf), StackError> {
    let folder = tempfile::Builder::new()
        .prefix("bal-db-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .during(|| "making a folder for MariaDB's socket".to_owned())?;
    let socket = folder.path().join("s");
    Ok((folder, socket))
}

fn path_option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push("=");
    option.push(path);
    option
}

/// Whether a server is there and says so: its greeting is a packet of protocol version 10,
/// where an error (too many connections, say) begins with 255.
fn greets(socket: &Path) -> bool {
    let Ok(mut stream) = UnixStream::connect(socket) else {
        return false;
    };
    let mut start = [0; 5];
    let patient = stream
        .set_read_timeout(Some(Duration::from_secs(2)))
        .is_ok();
    patient && stream.read_exact(&mut start).is_ok() && start.last() == Some(&10)
}
