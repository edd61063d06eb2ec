//! Rounds in turns between our Worker and another side: medians, and the median of the ratios
//! of rounds that were neighbours in time.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::load::Tally;
use super::row::{Measured, Side};
use super::runtime::Runtime;

/// One round of one side.
#[derive(Clone, Copy)]
pub(super) struct Round {
    cpu_ms: f64,
    per_second: f64,
}

impl Round {
    /// What `work` costs a runtime.
    pub(super) fn of(runtime: &Runtime, work: impl FnOnce() -> Result<Tally>) -> Result<Self> {
        let before = runtime.cpu()?;
        let tally = work()?;
        Self::new(runtime.cpu()?.saturating_sub(before), &tally)
    }

    pub(super) fn new(cpu: Duration, tally: &Tally) -> Result<Self> {
        ensure!(tally.requests > 0, "a round without a request");
        #[expect(clippy::cast_precision_loss, reason = "thousands of requests at most")]
        let requests = tally.requests as f64;
        Ok(Self {
            cpu_ms: cpu.as_secs_f64() * 1000.0 / requests,
            per_second: requests / tally.took.as_secs_f64(),
        })
    }
}

/// Measures both sides `rounds` times. Each is given the number of its round.
pub(super) fn contest(
    rounds: usize,
    mut ours: impl FnMut(usize) -> Result<Round>,
    mut other: impl FnMut(usize) -> Result<Round>,
) -> Result<Measured> {
    let mut pairs = Vec::with_capacity(rounds);
    for number in 0..rounds {
        // Who goes second finds the machine as the first one left it: take turns in that too.
        pairs.push(if number % 2 == 0 {
            let ours = ours(number)?;
            (ours, other(number)?)
        } else {
            let other = other(number)?;
            (ours(number)?, other)
        });
    }
    let of = |pick: fn(&(Round, Round)) -> f64| median(pairs.iter().map(pick).collect());
    Ok(Measured::Ratio {
        ratio: of(|(ours, other)| other.cpu_ms / ours.cpu_ms),
        ours: Side {
            cpu_ms: of(|(ours, _)| ours.cpu_ms),
            per_second: of(|(ours, _)| ours.per_second),
        },
        other: Side {
            cpu_ms: of(|(_, other)| other.cpu_ms),
            per_second: of(|(_, other)| other.per_second),
        },
    })
}

/// The middle one, or the mean of the two in the middle; not a number of none.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => at(odd / 2),
        even => f64::midpoint(at(even / 2 - 1), at(even / 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(cpu_ms: f64) -> Round {
        Round {
            cpu_ms,
            per_second: 1.0,
        }
    }

    #[test]
    fn a_ratio_is_the_median_over_neighbours_not_the_ratio_of_medians() {
        let (ours, other) = ([1.0, 10.0, 2.0], [2.0, 20.0, 2.0]);
        let measured = contest(3, |at| Ok(round(ours[at])), |at| Ok(round(other[at]))).unwrap();
        let Measured::Ratio { ratio, ours, other } = measured else {
            panic!("a ratio")
        };
        assert!((ratio - 2.0).abs() < 1e-9);
        assert!((ours.cpu_ms - 2.0).abs() < 1e-9 && (other.cpu_ms - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_median_is_the_middle_and_of_an_even_count_between_the_two() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(vec![]).is_nan());
    }
}
