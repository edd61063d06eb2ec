//! The ways a range look-up goes wrong, each seen in the wild or one step from it.

use std::time::Duration;

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;

use super::{plain, range_reply};
use crate::faults::{Step, body, half};
use crate::server::Break;

const HUGE_CHUNK: usize = 64 << 10;
const HUGE_CHUNKS: usize = 1 << 10;
const DRIPS: usize = 20;
/// Below what a padded range has.
const SHORT: usize = 799;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Status,
    RateLimited,
    Hang,
    Slow,
    Drip,
    Html,
    NoColon,
    Thousands,
    Cut,
    Lower,
    Short,
    Lf,
    Empty,
    Huge,
    Reset,
}

/// One order to fail.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    mode: Mode,
    #[serde(default)]
    times: Option<u64>,
    #[serde(default)]
    prefix: Option<String>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    retry_after: Option<u64>,
    #[serde(default)]
    millis: Option<u64>,
}

/// The orders that still stand, the oldest first.
#[derive(Default)]
pub(super) struct Failures(Vec<Failure>);

impl Failures {
    pub(super) fn push(&mut self, failure: Failure) {
        if failure.times != Some(0) {
            self.0.push(failure);
        }
    }

    /// Takes back the orders that name this prefix, or all.
    pub(super) fn clear(&mut self, prefix: Option<&str>) {
        self.0
            .retain(|failure| prefix.is_some() && failure.prefix.as_deref() != prefix);
    }

    pub(super) fn next(&mut self, prefix: &str) -> Option<Failure> {
        let position = self.0.iter().position(|failure| {
            let only = failure.prefix.as_deref();
            only.is_none_or(|only| only.eq_ignore_ascii_case(prefix))
        })?;
        let failure = self.0.get_mut(position)?;
        let taken = failure.clone();
        if let Some(times) = &mut failure.times {
            *times -= 1;
            if *times == 0 {
                self.0.remove(position);
            }
        }
        Some(taken)
    }
}

impl Failure {
    /// Spoils the reply that would have been `lines`.
    pub(super) async fn answer(self, lines: &[String], asked: &HeaderMap) -> Response {
        let text = |lines: &[String]| Bytes::from(lines.join("\r\n"));
        let pause = |default| Duration::from_millis(self.millis.unwrap_or(default));
        match self.mode {
            Mode::Status => {
                let status = self.status.and_then(|code| StatusCode::from_u16(code).ok());
                let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                plain(status, status.canonical_reason().unwrap_or_default())
            }
            Mode::RateLimited => {
                let mut response = plain(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded");
                let seconds = HeaderValue::from(self.retry_after.unwrap_or(2));
                response.headers_mut().insert(RETRY_AFTER, seconds);
                response
            }
            Mode::Hang => {
                tokio::time::sleep(pause(60_000)).await;
                Break::Close.into_response()
            }
            Mode::Slow => {
                tokio::time::sleep(pause(2_000)).await;
                range_reply(&text(lines), asked)
            }
            Mode::Drip => dripping(range_reply(&text(lines), asked), &text(lines), pause(2_000)),
            Mode::Html => (
                [(CONTENT_TYPE, "text/html; charset=utf-8")],
                "<!doctype html>\n<html><body><h1>Just a moment</h1></body></html>\n",
            )
                .into_response(),
            Mode::NoColon => range_reply(&text(&each(lines, |line| line.replace(':', ""))), asked),
            Mode::Thousands => range_reply(&text(&each(lines, thousands)), asked),
            Mode::Lower => range_reply(&text(&each(lines, str::to_ascii_lowercase)), asked),
            Mode::Lf => range_reply(&Bytes::from(lines.join("\n")), asked),
            Mode::Short => range_reply(&text(lines.get(..SHORT).unwrap_or(lines)), asked),
            Mode::Empty => range_reply(&Bytes::new(), asked),
            Mode::Cut => {
                let whole = text(lines);
                let mut response = range_reply(&whole, asked);
                let length = HeaderValue::from(whole.len());
                response.headers_mut().insert(CONTENT_LENGTH, length);
                *response.body_mut() = half(&whole);
                response
            }
            Mode::Huge => {
                let chunk = Bytes::from("0".repeat(HUGE_CHUNK));
                let mut response = range_reply(&Bytes::new(), asked);
                response.headers_mut().remove(CONTENT_LENGTH);
                *response.body_mut() =
                    body((0..HUGE_CHUNKS).map(move |_| Step::Send(chunk.clone())));
                response
            }
            Mode::Reset => Break::Reset.into_response(),
        }
    }
}

fn each(lines: &[String], change: impl Fn(&str) -> String) -> Vec<String> {
    lines.iter().map(|line| change(line)).collect()
}

/// `SUFFIX:1234567` → `SUFFIX:1,234,567`.
fn thousands(line: &str) -> String {
    let (suffix, count) = line.split_once(':').unwrap_or((line, ""));
    let mut grouped = String::new();
    for (place, digit) in count.chars().enumerate() {
        if place > 0 && (count.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{suffix}:{grouped}")
}

fn dripping(mut response: Response, whole: &Bytes, over: Duration) -> Response {
    let size = whole.len().div_ceil(DRIPS).max(1);
    let pieces: Vec<_> = (0..whole.len())
        .step_by(size)
        .map(|start| whole.slice(start..whole.len().min(start + size)))
        .collect();
    let pause = over / u32::try_from(DRIPS).unwrap_or(1);
    response.headers_mut().remove(CONTENT_LENGTH);
    *response.body_mut() = body(
        pieces
            .into_iter()
            .flat_map(move |piece| [Step::Wait(pause), Step::Send(piece)]),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> Failure {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn counts_get_commas_every_three_digits() {
        let line = |count| thousands(&format!("A:{count}"));
        assert_eq!(line("7"), "A:7");
        assert_eq!(line("999"), "A:999");
        assert_eq!(line("1000"), "A:1,000");
        assert_eq!(line("3861493"), "A:3,861,493");
    }

    #[test]
    fn a_failure_stands_as_often_as_ordered_and_only_for_its_prefix() {
        let mut failures = Failures::default();
        failures.push(order(r#"{"mode":"html","times":2,"prefix":"abcde"}"#));
        assert!(failures.next("00000").is_none());
        assert!(failures.next("ABCDE").is_some());
        assert!(failures.next("ABCDE").is_some());
        assert!(failures.next("ABCDE").is_none());
        failures.push(order(r#"{"mode":"html"}"#));
        assert!((0..100).all(|_| failures.next("00000").is_some()));
    }
}
