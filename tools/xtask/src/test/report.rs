//! What a run of the tests comes to.

use anyhow::Result;
use serde::Serialize;

use super::suites::Suite;

/// One suite on one engine.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) name: &'static str,
    /// What it ran on: `native`, `wasm`, or the database engine.
    pub(super) engine: &'static str,
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) skipped: u32,
    pub(super) pass: bool,
    pub(super) seconds: f64,
}

impl Row {
    /// Of a suite that did not come to its end.
    pub(super) fn panicked(suite: &Suite) -> Self {
        Self {
            name: suite.name,
            engine: suite.engine,
            passed: 0,
            failed: 1,
            skipped: 0,
            pass: false,
            seconds: 0.0,
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    rows: &'a [Row],
}

/// Prints the rows and, last and alone on its line, their sum.
pub(super) fn print(rows: &[Row], json: bool) -> Result<()> {
    eprintln!(
        "\n{:12} {:7} {:>7} {:>7} {:>8} {:>9}",
        "suite", "engine", "passed", "failed", "skipped", "seconds"
    );
    for row in rows {
        let Row {
            name,
            engine,
            passed,
            failed,
            skipped,
            seconds,
            ..
        } = row;
        eprintln!("{name:12} {engine:7} {passed:>7} {failed:>7} {skipped:>8} {seconds:>9.1}");
    }
    eprintln!();
    if json {
        println!("{}", serde_json::to_string_pretty(&Report { rows })?);
        eprintln!("{}", sum(rows));
    } else {
        println!("{}", sum(rows));
    }
    Ok(())
}

fn sum(rows: &[Row]) -> String {
    let total = |count: fn(&Row) -> u32| rows.iter().map(count).sum::<u32>();
    let (passed, failed) = (total(|row| row.passed), total(|row| row.failed));
    match total(|row| row.skipped) {
        0 => format!("{passed} passed, {failed} failed"),
        skipped => format!("{passed} passed, {failed} failed, {skipped} skipped"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_names_what_was_skipped_only_where_something_was() {
        let row = |passed, failed, skipped| Row {
            name: "unit",
            engine: "native",
            passed,
            failed,
            skipped,
            pass: failed == 0,
            seconds: 0.0,
        };
        assert_eq!(sum(&[row(3, 0, 0), row(4, 1, 0)]), "7 passed, 1 failed");
        assert_eq!(sum(&[row(3, 0, 2)]), "3 passed, 0 failed, 2 skipped");
    }
}
