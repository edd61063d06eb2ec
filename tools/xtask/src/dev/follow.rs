//! What a developer should not have to look for: the Worker's warnings and errors.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

const PAUSE: Duration = Duration::from_millis(200);

/// Copies what is added to a log to standard error, from a thread that ends with the process.
pub(super) fn problems(log: &Path) -> Result<()> {
    let mut file = File::open(log).with_context(|| format!("opening {}", log.display()))?;
    // What came before is about the start, which went well.
    file.seek(SeekFrom::End(0))?;
    thread::spawn(move || {
        let mut text = Vec::new();
        while file.read_to_end(&mut text).is_ok() {
            let shown = String::from_utf8_lossy(&text).trim().to_owned();
            if !shown.is_empty() {
                eprintln!("{shown}");
            }
            text.clear();
            thread::sleep(PAUSE);
        }
    });
    Ok(())
}
