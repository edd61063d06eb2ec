//! `search-10000`: a text that few of someone's 10,000 transactions say, so that every one of them
//! is fetched, opened and looked through. Both sides find the same, in any script, before anything
//! is measured.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::contest::{Round, contest};
use super::load::{Until, Wire};
use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::stage::{Stage, load};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(2_500);
const PATH: &str = "/v1/transactions/search";
/// Said once a month: a page that it does not fill is known to be the last only once everything
/// has been looked through.
const RARE: &str = "NETFLIX";
/// What both sides have to find alike: case, accents, other scripts, the bank's own words, nothing.
const TEXTS: [&str; 7] = [
    RARE,
    "CAFE muller",
    "cafe\u{301} mu\u{308}ller 47",
    "寿司",
    "الكويت",
    "qps",
    "no bank says so",
];

pub(super) const SEARCH_10000: Row = Row {
    name: "search-10000",
    unit: "× the twin",
    bar: Bar::AtLeast(2.5),
    measure: search,
};

fn search(stage: &mut Stage) -> Result<Measured> {
    let (seed, pair) = stage.still()?;
    for text in TEXTS {
        let [ours, twin] = pair
            .both()
            .map(|runtime| found(runtime, &seed.searcher, text));
        let pages = ours?;
        ensure!(pages == twin?, "the two sides find {text:?} differently");
        ensure!(
            text != RARE || matches!(pages.as_slice(), [page] if page.contains("Netflix")),
            "{text:?} is not found in one page, which everything was looked through for"
        );
    }
    let authorization = format!("Bearer {}", seed.searcher);
    let fields = [
        ("content-type", "application/json"),
        ("authorization", authorization.as_str()),
    ];
    let requests = [Wire::new(
        "POST",
        PATH,
        &fields,
        &request(RARE, None).to_string(),
    )];
    let drive = |runtime: &Runtime, time| load(runtime, &requests, 200, Until::Time(time)).drive();
    for runtime in pair.both() {
        drive(runtime, ROUND)?;
    }
    contest(
        ROUNDS,
        |_| Round::of(&pair.ours, || drive(&pair.ours, ROUND)),
        |_| Round::of(&pair.twin, || drive(&pair.twin, ROUND)),
    )
}

/// Everything that is found, page by page, but for the cursors, which differ each time.
fn found(runtime: &Runtime, token: &str, text: &str) -> Result<Vec<String>> {
    let client = runtime.client().with_token(token);
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let reply = client.post(PATH, &request(text, cursor.as_ref()))?;
        cursor = reply.expect(200)?.get("next_cursor").cloned();
        let page = reply.text();
        let (data, _) = page
            .rsplit_once("\"next_cursor\":")
            .context("a page without a cursor")?;
        pages.push(data.to_owned());
        if !cursor.as_ref().is_some_and(Value::is_string) {
            return Ok(pages);
        }
    }
}

fn request(text: &str, cursor: Option<&Value>) -> Value {
    match cursor {
        None => json!({"text": text, "limit": 100}),
        Some(cursor) => json!({"text": text, "limit": 100, "cursor": cursor}),
    }
}
