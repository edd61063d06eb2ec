//! `equal-time`: whether the clock tells which email has an account. Sign-ins with a wrong
//! password, for a known email and an unknown one in random turns, and Welch's t between the
//! two; |t| below 4.5 is the bar of leakage tests (Goodwill et al., 2011; dudect).

use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::seed::READER;
use super::stage::Stage;
use crate::client::Request;

/// As long as the known one.
const UNKNOWN: &str = "bench-x@example.com";
/// Of each kind.
const SAMPLES: usize = 400;
/// The slowest are the machine's doing: this share of each kind is left out.
const CROPPED: f64 = 0.1;

pub(super) const EQUAL_TIME: Row = Row {
    name: "equal-time",
    unit: "|t| of known and unknown emails",
    bar: Bar::AtMost(4.5),
    measure: equal_time,
};

fn equal_time(stage: &mut Stage) -> Result<Measured> {
    let (_, pair) = stage.still()?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    // A known sequence, in no order that the machine could be in step with.
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut number = 0;
    while known.len() < SAMPLES || unknown.len() < SAMPLES {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (kind, email) = if random >> 63 == 1 {
            (&mut known, READER)
        } else {
            (&mut unknown, UNKNOWN)
        };
        if kind.len() < SAMPLES {
            kind.push(time(&pair.ours, email, number)?);
            number += 1;
        }
    }
    let (known, unknown) = (cropped(known), cropped(unknown));
    Ok(Measured::Value(welch(&known, &unknown).abs()))
}

/// Milliseconds of a sign-in with a wrong password, from a network that has not tried yet.
fn time(runtime: &Runtime, email: &str, number: u32) -> Result<f64> {
    let body = json!({"email": email, "password": "a password that nobody has"});
    let [_, high, middle, low] = number.to_be_bytes();
    let request = Request::post("/v1/sessions", &body)
        .field("cf-connecting-ip", &format!("10.{high}.{middle}.{low}"));
    let client = runtime.client();
    let started = Instant::now();
    client.send(&request)?.expect(401)?;
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

fn cropped(mut times: Vec<f64>) -> Vec<f64> {
    times.sort_by(f64::total_cmp);
    // A share of some hundred samples.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let kept = (times.len() as f64 * (1.0 - CROPPED)) as usize;
    times.truncate(kept);
    times
}

/// Welch's t: the difference of the means over its standard error.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let moments = |samples: &[f64]| {
        #[allow(clippy::cast_precision_loss)] // some hundred
        let count = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / count;
        let squares = samples.iter().map(|sample| (sample - mean).powi(2));
        (mean, squares.sum::<f64>() / (count - 1.0) / count)
    };
    let ((mean, error), (other_mean, other_error)) = (moments(one), moments(other));
    (mean - other_mean) / (error + other_error).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_told_from_what_does_not() {
        let near =
            |mean: f64| -> Vec<f64> { (0..200).map(|at| mean + f64::from(at % 7) / 7.0).collect() };
        assert!(welch(&near(50.0), &near(50.0)).abs() < 1e-9);
        assert!(welch(&near(50.0), &near(50.2)).abs() > 4.5);
    }

    #[test]
    fn the_slowest_are_left_out() {
        let mut times = vec![1.0; 99];
        times.push(1000.0);
        assert_eq!(cropped(times), vec![1.0; 90]);
    }
}
