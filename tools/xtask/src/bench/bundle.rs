//! `bundle` and `startup`: what is uploaded and how long it takes to start, as wrangler says.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::contest::median;
use super::row::{Bar, Measured, Row};
use super::stage::Stage;

/// Starts that are profiled: one alone says little on a busy machine.
const STARTS: usize = 3;

pub(super) const SIZE: Row = Row {
    name: "bundle",
    unit: "kB gzipped",
    bar: Bar::AtMost(700.0),
    measure: size,
};

pub(super) const STARTUP: Row = Row {
    name: "startup",
    unit: "ms of CPU",
    bar: Bar::AtMost(50.0),
    measure: startup,
};

fn size(stage: &mut Stage) -> Result<Measured> {
    let folder = stage.folder("bundle")?;
    let mut wrangler = wrangler(stage, &["deploy", "--dry-run"])?;
    let said = said(wrangler.arg("--outdir").arg(folder))?;
    // "Total Upload: 2478.00 KiB / gzip: 911.80 KiB"
    let kibibytes = number_after(&said, "gzip:").context("wrangler named no size")?;
    Ok(Measured::Value(kibibytes * 1.024))
}

fn startup(stage: &mut Stage) -> Result<Measured> {
    let profile = stage.folder("startup")?.join("worker.cpuprofile");
    let starts = (0..STARTS).map(|_| {
        let mut wrangler = wrangler(stage, &["check", "startup"])?;
        let said = said(wrangler.arg("--outfile").arg(&profile))?;
        // "Active: 21.8 ms (including …)": of the profile's window, when the Worker ran.
        number_after(&said, "Active:").context("wrangler named no time")
    });
    Ok(Measured::Value(median(starts.collect::<Result<_>>()?)))
}

fn wrangler(stage: &mut Stage, arguments: &[&str]) -> Result<Command> {
    // The instance's folder has a configuration of its own, without the step that builds.
    let folder = stage.seed()?.folder().to_owned();
    let mut wrangler = stage.workspace.node_program("wrangler")?;
    wrangler.args(arguments).current_dir(folder);
    Ok(wrangler)
}

fn said(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .context("starting wrangler")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "wrangler: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(text)
}

/// The number that follows a word.
fn number_after(text: &str, word: &str) -> Option<f64> {
    let (_, rest) = text.split_once(word)?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wranglers_numbers_are_read_with_their_units_beside_them() {
        let said = "Total Upload: 2478.00 KiB / gzip: 911.80 KiB\n│   Active: 21.8 ms (including";
        assert_eq!(number_after(said, "gzip:"), Some(911.8));
        assert_eq!(number_after(said, "Active:"), Some(21.8));
        assert_eq!(number_after(said, "Idle:"), None);
    }
}
