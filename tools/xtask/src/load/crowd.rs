//! The people, their banks, and what the banks have booked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};
use stack::Stack;

use crate::client::{Client, elements};
use crate::newcomers::{Connected, await_whole, connect, email, sign_up, visitor};

/// What everyone has from the beginning.
const TRANSACTIONS: u32 = 300;
/// How long what was booked may take to be there, once nobody asks for anything any more.
const SETTLED: Duration = Duration::from_mins(2);

/// Somebody with an account and a bank.
pub(super) struct Person {
    pub(super) email: String,
    /// Without a session.
    pub(super) visitor: Client,
    /// The same from one network that all share.
    pub(super) crowded: Client,
    /// Signed in.
    pub(super) balance: Client,
    bank: Client,
    connected: Connected,
    booked: AtomicU64,
}

/// All of them.
pub(super) struct Crowd {
    people: Vec<Person>,
}

impl Crowd {
    /// Signs them up and connects their banks.
    pub(super) fn gather(stack: &Stack, count: usize) -> Result<Self> {
        let bank = Client::new(stack.plaid_url());
        bank.post("/_control/limits", &json!({"off": true}))?
            .expect(200)?;
        // As long as Plaid itself goes on trying, in proportion.
        let retries = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];
        bank.post(
            "/_control/webhooks/policy",
            &json!({"retry_millis": retries}),
        )?
        .expect(200)?;
        let webhook = format!("{}/webhooks/plaid", stack.origin());
        let gathered = (0..count).map(|number| {
            let token = sign_up(stack, number)?;
            let visitor = visitor(stack, number);
            let balance = visitor.with_token(&token);
            let connected = connect(&balance, &bank, TRANSACTIONS, Some(&webhook))?;
            await_whole(&balance, &connected.item)?;
            Ok(Person {
                email: email(number),
                visitor,
                crowded: Client::new(&stack.origin()).with("cf-connecting-ip", "203.0.113.7"),
                balance,
                bank: bank.clone(),
                connected,
                booked: AtomicU64::new(0),
            })
        });
        Ok(Self {
            people: gathered.collect::<Result<_>>()?,
        })
    }

    /// Whose client this is.
    pub(super) fn person(&self, client: usize) -> &Person {
        // There is one at least, and a remainder is below their number.
        #[allow(clippy::indexing_slicing)]
        &self.people[client % self.people.len()]
    }

    /// How many of the transactions that the banks have are not here exactly once. Waits until
    /// there is none, or for as long as that may take.
    pub(super) fn missing(&self, stack: &Stack) -> Result<usize> {
        let deadline = Instant::now() + SETTLED;
        loop {
            let mut missing = 0;
            for person in &self.people {
                missing += person.missing()?;
            }
            if missing == 0 || Instant::now() > deadline {
                return Ok(missing);
            }
            // What a lost message left behind is the sweep's.
            stack.trigger_cron("* * * * *")?;
            thread::sleep(Duration::from_secs(1));
        }
    }
}

impl Person {
    /// Her bank books something, and says so by webhook.
    pub(super) fn book(&self) -> Result<()> {
        let number = self.booked.fetch_add(1, Ordering::Relaxed);
        let row = json!({"name": format!("Load {number}"), "amount": 4.75});
        let path = format!("/_control/items/{}/transactions", self.connected.at_plaid);
        self.bank.post(&path, &json!({"add": [row]}))?.expect(200)?;
        Ok(())
    }

    fn missing(&self) -> Result<usize> {
        let path = format!("/_control/items/{}/truth", self.connected.at_plaid);
        let truth = self.bank.get(&path)?.expect(200)?;
        let mut expected: HashMap<String, i64> = HashMap::new();
        for row in elements(&truth, "/transactions") {
            *expected.entry(known_by(row)).or_default() += 1;
        }
        let mut path = "/v1/transactions?limit=1000".to_owned();
        loop {
            let page = self.balance.get(&path)?.expect(200)?;
            for row in elements(&page, "/data") {
                *expected.entry(known_by(row)).or_default() -= 1;
            }
            let Some(cursor) = page.get("next_cursor").and_then(Value::as_str) else {
                break;
            };
            path = format!("/v1/transactions?limit=1000&cursor={cursor}");
        }
        let off = expected.values().map(|count| count.unsigned_abs());
        Ok(usize::try_from(off.sum::<u64>()).unwrap_or(usize::MAX))
    }
}

/// What a transaction has here and at the bank.
fn known_by(row: &Value) -> String {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{} {}", text("date"), text("name"))
}
