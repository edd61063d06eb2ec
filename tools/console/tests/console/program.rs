//! The program, with a state folder of its own and nothing of the tester's environment.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use tempfile::TempDir;

use crate::service::{Service, TOKEN};

const PROGRAM: &str = env!("CARGO_BIN_EXE_balance-console");

pub(crate) const USER: &str = "usr_01a203df58237212995e612c1c533cad";
pub(crate) const ACCOUNT: &str = "acct_95a367308c64e64d067b2db1a1170eb7";

/// The words of a sign-in.
pub(crate) const LOGIN: [&str; 8] = [
    "login",
    "--reason-type",
    "support",
    "--reason",
    "Ada's transfer of 3 March",
    "--ticket",
    "HELP-311",
    "--no-browser",
];

/// A console, and where it keeps what it keeps.
pub(crate) struct Console {
    folder: TempDir,
    origin: String,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Console {
    /// For this service; nobody is signed in.
    pub(crate) fn of(service: &Service) -> Self {
        Self::at(&service.origin())
    }

    pub(crate) fn at(origin: &str) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            origin: origin.to_owned(),
        }
    }

    /// With an operator who is signed in.
    pub(crate) fn signed_in(service: &Service) -> Self {
        let console = Self::of(service);
        let ended = console.login().come_back(|_| {}).end();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        console
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// A program to run, or a shell, with this console on its path.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let folder = PathBuf::from(PROGRAM).parent().unwrap().to_owned();
        command
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
            .env("BALANCE_CONSOLE_STATE", self.state())
            .env("BALANCE_CONSOLE_ORIGIN", &self.origin)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        Ended::of(&self.command(PROGRAM).args(words).output().unwrap())
    }

    /// A line as an operator would paste it.
    pub(crate) fn paste(&self, line: &str) -> Ended {
        Ended::of(&self.command("/bin/sh").args(["-c", line]).output().unwrap())
    }

    /// A sign-in with a token that was handed over, typed to it.
    pub(crate) fn invited(&self, typed: &str) -> Ended {
        let mut command = self.command(PROGRAM);
        command.args(["login", "--invited"]);
        let streams = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A console that refuses what it was started with may not read.
        let _ = stdin.write_all(typed.as_bytes());
        drop(stdin);
        Ended::of(&child.wait_with_output().unwrap())
    }

    /// A sign-in that waits for the browser.
    pub(crate) fn login(&self) -> SigningIn {
        SigningIn::start(self.command(PROGRAM).args(LOGIN))
    }
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let ended = Self {
            code: output.status.code().unwrap(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        ended.has_no_secret();
        ended
    }

    /// Whatever the run was.
    fn has_no_secret(&self) {
        let printed = format!("{}{}", self.stdout, self.stderr);
        assert!(!printed.contains(TOKEN), "the token was printed");
    }
}

/// A console that waits for the browser to come back.
pub(crate) struct SigningIn {
    child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
    pub(crate) page: String,
}

fn spawned(command: &mut Command) -> (Child, BufReader<ChildStderr>) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    (child, stderr)
}

impl SigningIn {
    /// One that prints the page.
    pub(crate) fn start(command: &mut Command) -> Self {
        let (child, mut stderr) = spawned(command);
        let mut said = String::new();
        let page = loop {
            let mut line = String::new();
            assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "{said}");
            said.push_str(&line);
            if line.trim().starts_with("http") {
                break line.trim().to_owned();
            }
        };
        Self {
            child,
            stderr,
            said,
            page,
        }
    }

    /// One that opens the page, in a browser that writes it to a pipe with a name.
    pub(crate) fn opened(command: &mut Command, pipe: &Path) -> Self {
        let (child, stderr) = spawned(command);
        Self {
            child,
            stderr,
            said: String::new(),
            page: fs::read_to_string(pipe).unwrap(),
        }
    }

    /// What the page's fragment says.
    pub(crate) fn fragment(&self) -> HashMap<String, String> {
        let (_, fragment) = self.page.split_once('#').unwrap();
        form_urlencoded::parse(fragment.as_bytes())
            .into_owned()
            .collect()
    }

    /// A connection to the loopback port.
    pub(crate) fn connect(&self) -> TcpStream {
        let port: u16 = self.fragment()["port"].parse().unwrap();
        TcpStream::connect(("127.0.0.1", port)).unwrap()
    }

    /// What the loopback port answers to this.
    pub(crate) fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    /// The browser comes back as the page sends it, or changed.
    pub(crate) fn come_back(self, change: impl FnOnce(&mut String)) -> Self {
        let state = self.fragment().remove("state").unwrap();
        let mut query = format!("code=the-code&state={state}");
        change(&mut query);
        let request = format!("GET /callback?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
        let reply = self.send(&request);
        assert!(reply.contains("\r\ncache-control: no-store\r\n"), "{reply}");
        self
    }

    pub(crate) fn end(mut self) -> Ended {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut stdout = String::new();
        let mut pipe = self.child.stdout.take().unwrap();
        pipe.read_to_string(&mut stdout).unwrap();
        let ended = Ended {
            code: self.child.wait().unwrap().code().unwrap(),
            stdout,
            stderr: self.said,
        };
        ended.has_no_secret();
        ended
    }
}
