//! What one client does all day, one thing after another: mostly reading, now and then signing in,
//! and at times the bank books something. The order is a function of the client's number.

use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use super::crowd::Person;
use super::tally::Tally;
use crate::client::{Reply, Request};
use crate::newcomers::PASSWORD;

/// What there is to do, and how often of a hundred times.
const DAY: [(&str, u64); 7] = [
    ("list", 40),
    ("accounts", 15),
    ("me", 10),
    ("cash-flow", 10),
    ("search", 5),
    ("sign-in", 8),
    ("book", 12),
];

/// Goes through the day until it ends.
pub(super) fn live(person: &Person, number: usize, until: Instant) -> Tally {
    let mut tally = Tally::default();
    let mut state = number as u64;
    while Instant::now() < until {
        let action = draw(&mut state);
        let started = Instant::now();
        let done = act(person, action);
        tally.note(action, started.elapsed(), done);
    }
    tally
}

/// Signs in over and over, from where everybody does.
pub(super) fn storm(person: &Person, _number: usize, until: Instant) -> Tally {
    let mut tally = Tally::default();
    let words = json!({"email": person.email, "password": PASSWORD});
    while Instant::now() < until {
        let started = Instant::now();
        let done = person.crowded.post("/v1/sessions", &words);
        let done = done.map(|reply| Some((reply, 201)));
        tally.note("sign-in", started.elapsed(), done);
    }
    tally
}

/// None where there is no reply to judge: the bank's own part.
fn act(person: &Person, action: &str) -> Result<Option<(Reply, u16)>> {
    let get = |path: &str| person.balance.send(&Request::get(path));
    let (reply, status) = match action {
        "list" => (get("/v1/transactions?limit=50")?, 200),
        "accounts" => (get("/v1/accounts")?, 200),
        "me" => (get("/v1/me")?, 200),
        "cash-flow" => (get("/v1/cash-flow")?, 200),
        "search" => {
            let words = json!({"text": "load 1"});
            (person.balance.post("/v1/transactions/search", &words)?, 200)
        }
        "sign-in" => {
            let words = json!({"email": person.email, "password": PASSWORD});
            (person.visitor.post("/v1/sessions", &words)?, 201)
        }
        _ => {
            person.book()?;
            return Ok(None);
        }
    };
    Ok(Some((reply, status)))
}

/// The next action (a linear congruential generator's: any order will do).
fn draw(state: &mut u64) -> &'static str {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    let mut left = (*state >> 33) % 100;
    for (action, share) in DAY {
        if left < share {
            return action;
        }
        left -= share;
    }
    "list"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_s_shares_are_a_hundred_and_each_comes_up() {
        assert_eq!(DAY.iter().map(|(_, share)| share).sum::<u64>(), 100);
        let mut state = 1;
        let drawn: Vec<&str> = (0..1_000).map(|_| draw(&mut state)).collect();
        for (action, share) in DAY {
            let count = drawn.iter().filter(|drawn| **drawn == action).count() as u64;
            assert!(
                (share * 5..share * 15).contains(&count),
                "{action}: {count}"
            );
        }
    }
}
