//! A row: what is measured, the bar it has to clear, and how that is printed.

use std::fmt;

use anyhow::Result;
use serde::{Serialize, Serializer};

use super::stage::Stage;

/// One thing that is measured.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) bar: Bar,
    /// An error is a measurement that could not be made, and a failure.
    pub(super) measure: fn(&mut Stage) -> Result<Measured>,
}

/// What a measurement has to clear.
#[derive(Clone, Copy)]
pub(super) enum Bar {
    /// Higher is better.
    AtLeast(f64),
    /// Lower is better.
    AtMost(f64),
}

/// What was measured.
pub(super) enum Measured {
    /// A quantity in the row's unit.
    Value(f64),
    /// A quantity, and two sides to look at beside it.
    Beside { value: f64, ours: Side, other: Side },
    /// How many times as fast as the other side, and both sides in CPU time.
    Ratio { ratio: f64, ours: Side, other: Side },
}

/// One side of a ratio: the medians of its rounds.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Side {
    /// Milliseconds of the process's CPU time for one request.
    pub(super) cpu_ms: f64,
    /// Requests a second.
    pub(super) per_second: f64,
}

/// A row and how it stands.
#[derive(Serialize)]
pub(super) struct Outcome {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    unit: &'static str,
    bar: Bar,
    pub(super) pass: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ours: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    rows: &'a [Outcome],
}

impl Row {
    /// Measures it.
    pub(super) fn outcome(&self, stage: &mut Stage) -> Outcome {
        let (ratio, value, sides, error) = match (self.measure)(stage) {
            Ok(Measured::Value(value)) => (None, Some(rounded(value)), None, None),
            Ok(Measured::Ratio { ratio, ours, other }) => {
                (Some(rounded(ratio)), None, Some((ours, other)), None)
            }
            Ok(Measured::Beside { value, ours, other }) => {
                (None, Some(rounded(value)), Some((ours, other)), None)
            }
            Err(error) => (None, None, None, Some(format!("{error:#}"))),
        };
        let (ours, other) = sides.unzip();
        let pass = ratio
            .or(value)
            .is_some_and(|measured| self.bar.is_cleared_by(measured));
        let Self {
            name, unit, bar, ..
        } = *self;
        Outcome {
            name,
            ratio,
            value,
            unit,
            bar,
            pass,
            ours,
            other,
            error,
        }
    }
}

impl Bar {
    fn is_cleared_by(self, measured: f64) -> bool {
        match self {
            Self::AtLeast(bar) => measured >= bar,
            Self::AtMost(bar) => measured <= bar,
        }
    }
}

impl Serialize for Bar {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (Self::AtLeast(bar) | Self::AtMost(bar)) = self;
        serializer.serialize_f64(*bar)
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bar) => write!(f, "≥ {bar}"),
            Self::AtMost(bar) => write!(f, "≤ {bar}"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name, unit, bar, ..
        } = self;
        match (self.ratio.or(self.value), &self.error) {
            (Some(measured), _) => write!(f, "{name:18} {measured:>8} {unit:20} {bar:7}")?,
            (None, error) => write!(f, "{name:18} {}", error.as_deref().unwrap_or_default())?,
        }
        if let (Some(ours), Some(other)) = (self.ours, self.other) {
            write!(f, " ours {ours}   other {other}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ms CPU, {:.1}/s", self.cpu_ms, self.per_second)
    }
}

/// To three decimals: more would be noise.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Prints the table, and the document where it is asked for.
pub(super) fn print(outcomes: &[Outcome], json: bool) -> Result<()> {
    eprintln!();
    for outcome in outcomes {
        let mark = if outcome.pass { "pass" } else { "FAIL" };
        eprintln!("{mark}  {outcome}");
    }
    let missed = outcomes.iter().filter(|outcome| !outcome.pass).count();
    let sum = format!("{} rows, {missed} of them missed", outcomes.len());
    if json {
        println!(
            "{}",
            serde_json::to_string_pretty(&Report { rows: outcomes })?
        );
        eprintln!("\n{sum}");
    } else {
        println!("\n{sum}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stack::Workspace;

    fn outcome(bar: Bar, measure: fn(&mut Stage) -> Result<Measured>) -> Outcome {
        Row {
            name: "x",
            unit: "ms",
            bar,
            measure,
        }
        .outcome(&mut Stage::new(Workspace::here()))
    }

    #[test]
    fn a_bar_is_cleared_by_what_meets_it_and_missed_by_what_was_not_measured() {
        assert!(outcome(Bar::AtLeast(1.5), |_| Ok(Measured::Value(1.5))).pass);
        assert!(!outcome(Bar::AtLeast(1.5), |_| Ok(Measured::Value(1.499))).pass);
        assert!(outcome(Bar::AtMost(50.0), |_| Ok(Measured::Value(50.0))).pass);
        assert!(!outcome(Bar::AtMost(50.0), |_| anyhow::bail!("no")).pass);
    }

    #[test]
    fn the_document_names_a_ratio_or_a_value() {
        let value = outcome(Bar::AtMost(2.0), |_| Ok(Measured::Value(1.0)));
        let text = serde_json::to_string(&Report { rows: &[value] }).unwrap();
        assert_eq!(
            text,
            r#"{"rows":[{"name":"x","value":1.0,"unit":"ms","bar":2.0,"pass":true}]}"#
        );
    }
}
