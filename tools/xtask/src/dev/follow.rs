//! What a developer should not have to look for: errors and warnings of the Worker's log.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(200);

/// Prints the problems of a growing log, from a thread that ends with the process.
pub(super) fn problems(log: PathBuf) {
    thread::spawn(move || {
        let Ok(file) = File::open(&log) else { return };
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        loop {
            match lines.read_until(b'\n', &mut line) {
                Ok(_) if line.ends_with(b"\n") => {
                    let text = String::from_utf8_lossy(&line);
                    if is_problem(&text) {
                        eprint!("{text}");
                    }
                    line.clear();
                }
                Ok(_) => thread::sleep(PAUSE),
                Err(_) => return,
            }
        }
    });
}

fn is_problem(line: &str) -> bool {
    let marks = [
        "[ERROR]",
        ":error]",
        "Uncaught",
        "Unhandled",
        "\"level\":\"error\"",
        "\"level\":\"warn\"",
    ];
    marks.iter().any(|mark| line.contains(mark))
}
