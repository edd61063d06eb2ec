//! Standard output. A reader that went away (`| head`) is no failure.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::harmless::harmless_json;

/// Prints lines that are fit to be seen.
pub(crate) fn line(text: &str) -> Result<()> {
    write(format!("{}\n", text.trim_end_matches('\n')).as_bytes())
}

/// Prints a reply as it is. In a terminal what does not show is written as JSON's escapes,
/// which mean the same.
pub(crate) fn json(body: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(body).context("the reply is not JSON")?;
    serde_json::from_str::<Value>(text).context("the reply is not JSON")?;
    let text = text.trim_end_matches('\n');
    if io::stdout().is_terminal() {
        line(&harmless_json(text))
    } else {
        line(text)
    }
}

fn write(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
