//! Opening a page in the operator's browser. The page's address has no secret: the challenge
//! and the state, which other users of the machine may see in its list of processes, open
//! nothing without the verifier.

use std::process::{Command, Stdio};
use std::thread;

#[cfg(target_os = "macos")]
const PROGRAM: &str = "open";
#[cfg(not(target_os = "macos"))]
const PROGRAM: &str = "xdg-open";

/// Opens it; where that cannot be done, the operator is asked to.
pub(super) fn open(page: &str) {
    let started = Command::new(PROGRAM)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        Err(_) => ask(page),
        Ok(mut program) => {
            // It may last as long as the browser does.
            let page = page.to_owned();
            thread::spawn(move || match program.wait() {
                Ok(status) if status.success() => {}
                _ => ask(&page),
            });
        }
    }
}

/// Asks the operator to open it.
pub(super) fn ask(page: &str) {
    eprintln!("Open this in a browser on this machine, within five minutes:\n\n  {page}\n");
}
