//! What a developer should not have to look for in a log: warnings and errors, and that a
//! change was built.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

const PAUSE: Duration = Duration::from_millis(200);

/// Shows everything that is added to a log of problems.
pub(super) fn problems(log: &Path) -> Result<()> {
    follow(log, |added| added.trim().to_owned())
}

/// Shows the rebuilds that wrangler logs.
pub(super) fn rebuilds(log: &Path) -> Result<()> {
    follow(log, |added| {
        let steps = added
            .lines()
            .filter_map(|line| line.strip_prefix("[custom build] "));
        let steps: Vec<&str> = steps.filter(|step| step.starts_with('✓')).collect();
        steps.join("\n")
    })
}

/// Prints what `shown` makes of each addition to a log to standard error, from a thread that
/// ends with the process.
fn follow(log: &Path, shown: fn(&str) -> String) -> Result<()> {
    let mut file = File::open(log).with_context(|| format!("opening {}", log.display()))?;
    // What came before is about the start, which went well.
    file.seek(SeekFrom::End(0))?;
    thread::spawn(move || {
        let mut added = Vec::new();
        while file.read_to_end(&mut added).is_ok() {
            let shown = shown(&String::from_utf8_lossy(&added));
            if !shown.is_empty() {
                eprintln!("{shown}");
            }
            added.clear();
            thread::sleep(PAUSE);
        }
    });
    Ok(())
}
