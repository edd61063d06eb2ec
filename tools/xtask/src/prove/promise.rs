//! A promise, what was found when it was put to the test, and how that is printed.

use std::fmt::Display;

use anyhow::Result;
use serde::Serialize;
use stack::Engine;

/// One sentence of the public security page.
pub(super) struct Promise {
    /// As the design calls it.
    pub(super) name: &'static str,
    /// As the public security page has it.
    pub(super) sentence: &'static str,
    /// What is counted against it.
    pub(super) unit: &'static str,
    /// Puts it to the test. An error is a test that could not be carried out, and a failure.
    pub(super) prove: fn(Engine, &mut Checks) -> Result<()>,
}

/// What was looked at.
#[derive(Default)]
pub(super) struct Checks(Vec<Check>);

/// One thing that was looked at.
#[derive(Serialize)]
pub(super) struct Check {
    #[serde(rename = "check")]
    what: String,
    /// What was seen, in numbers where there are any.
    measured: String,
    /// How much of it speaks against the promise.
    against: usize,
}

impl Checks {
    /// Something that must hold.
    pub(super) fn holds(&mut self, what: impl Into<String>, holds: bool, measured: impl Display) {
        self.push(what, usize::from(!holds), measured);
    }

    /// Things that must not be: there are to be none. The first few are named.
    pub(super) fn none<T: Display>(
        &mut self,
        what: impl Into<String>,
        found: impl IntoIterator<Item = T>,
        measured: impl Display,
    ) {
        const NAMED: usize = 5;
        let found: Vec<String> = found.into_iter().map(|found| found.to_string()).collect();
        let mut text = measured.to_string();
        if !found.is_empty() {
            let named = found
                .get(..NAMED.min(found.len()))
                .unwrap_or_default()
                .join("; ");
            let more = found.len().saturating_sub(NAMED);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            text = format!("{text}: {named}{more}");
        }
        self.push(what, found.len(), text);
    }

    fn push(&mut self, what: impl Into<String>, against: usize, measured: impl Display) {
        self.0.push(Check {
            what: what.into(),
            measured: measured.to_string(),
            against,
        });
    }
}

/// A promise and how it stands.
#[derive(Serialize)]
pub(super) struct Row {
    name: &'static str,
    #[serde(rename = "promise")]
    sentence: &'static str,
    /// Which database the instance had.
    engine: &'static str,
    /// How much was found that speaks against it; none where the test could not be carried out.
    value: Option<usize>,
    unit: &'static str,
    bar: usize,
    pub(super) pass: bool,
    checks: Vec<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Promise {
    /// Puts it to the test on an instance with this database.
    pub(super) fn row(&self, engine: Engine) -> Row {
        let mut checks = Checks::default();
        let error = (self.prove)(engine, &mut checks)
            .err()
            .map(|error| format!("{error:#}"));
        let against = checks.0.iter().map(|check| check.against).sum();
        Row {
            name: self.name,
            sentence: self.sentence,
            engine: engine.name(),
            value: error.is_none().then_some(against),
            unit: self.unit,
            bar: 0,
            // A test that looked at nothing has shown nothing.
            pass: error.is_none() && against == 0 && !checks.0.is_empty(),
            checks: checks.0,
            error,
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    rows: &'a [Row],
}

/// Prints the table, or the document.
pub(super) fn print(rows: &[Row], json: bool) -> Result<()> {
    let table: String = rows.iter().map(Row::table).collect();
    let held = rows.iter().filter(|row| row.pass).count();
    let sum = format!("{held} of {} promises hold", rows.len());
    if json {
        eprintln!("\n{table}{sum}");
        println!("{}", serde_json::to_string_pretty(&Report { rows })?);
    } else {
        println!("\n{table}{sum}");
    }
    Ok(())
}

impl Row {
    fn table(&self) -> String {
        let verdict = if self.pass { "pass" } else { "FAIL" };
        let value = self
            .value
            .map_or_else(|| "?".to_owned(), |value| value.to_string());
        let mut lines = vec![format!(
            "{:4} {verdict}  {}  ({value} {}; on {})",
            self.name, self.sentence, self.unit, self.engine
        )];
        for Check {
            what,
            measured,
            against,
        } in &self.checks
        {
            let mark = if *against == 0 { "✓" } else { "✗" };
            let measured = if measured.is_empty() {
                String::new()
            } else {
                format!(": {measured}")
            };
            lines.push(format!("     {mark} {what}{measured}"));
        }
        lines.extend(
            self.error
                .iter()
                .map(|error| format!("     ✗ could not be tested: {error}")),
        );
        lines.push("\n".to_owned());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(prove: fn(Engine, &mut Checks) -> Result<()>) -> Row {
        Promise {
            name: "P0",
            sentence: "it holds",
            unit: "faults",
            prove,
        }
        .row(Engine::PlanetScale)
    }

    #[test]
    fn what_speaks_against_a_promise_is_counted_and_named() {
        let row = row(|_, checks| {
            checks.holds("one", true, "");
            checks.holds("two", false, "seen");
            checks.none("three", ["a", "b"], "of 7");
            Ok(())
        });
        assert_eq!((row.value, row.pass), (Some(3), false));
        assert!(
            row.table().contains("✗ three: of 7: a; b"),
            "{}",
            row.table()
        );
    }

    #[test]
    fn a_row_says_which_database_it_is_about() {
        let row = row(|_, checks| {
            checks.holds("one", true, "");
            Ok(())
        });
        assert!(row.table().contains("(0 faults; on planetscale)"));
        let document = serde_json::to_value(&row).unwrap();
        assert_eq!(document["engine"], "planetscale");
    }

    #[test]
    fn a_test_that_could_not_be_carried_out_or_looked_at_nothing_shows_nothing() {
        let broken = row(|_, checks| {
            checks.holds("one", true, "");
            anyhow::bail!("no instance")
        });
        assert_eq!((broken.value, broken.pass), (None, false));
        assert!(!row(|_, _| Ok(())).pass);
        assert!(
            row(|_, checks| {
                checks.none::<&str>("one", [], "of 7");
                Ok(())
            })
            .pass
        );
    }
}
