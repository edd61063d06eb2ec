//! The data of the benchmarks, made through the service itself: people who signed up and
//! confirmed, and the bank connections of two of them. Then the Worker is stopped; its database
//! is what both sides start from. The stand-ins go on.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;
use stack::{Engine, Stack, StackOptions};

use crate::client::{Client, Reply, elements, escaped, string};

/// What a person who pays by card for everything has: a hundred a month for two years.
const TRANSACTIONS: u32 = 2_400;
/// What someone has who searches: over the same two years, so that a month is a long one.
const SEARCHED: u32 = 10_000;
/// How many people sync: one in each round, and one to warm the sides.
const SYNCING: usize = super::sync::ROUNDS + 1;
/// Everyone's.
pub(super) const PASSWORD: &str = "seven quiet herons at dusk";
/// Whose transactions are read.
pub(super) const READER: &str = "bench-0@example.com";
/// How long something that goes on after a reply may take.
const SOON: Duration = Duration::from_mins(1);

/// The seeded instance, without its Worker.
pub(super) struct Seed {
    stack: Stack,
    folder: PathBuf,
    /// The token of someone with [`TRANSACTIONS`] transactions.
    pub(super) reader: String,
    /// The token of someone with [`SEARCHED`] transactions.
    pub(super) searcher: String,
    /// The tokens of people without a bank.
    pub(super) syncing: Vec<String>,
}

impl Seed {
    /// Makes it, in an empty folder.
    pub(super) fn sow(folder: &Path, engine: Engine) -> Result<Self> {
        let name = engine.name();
        eprintln!("  seeding a database ({name}) through the service …");
        let options = StackOptions {
            persist: Some(folder.to_owned()),
            engine,
            ..StackOptions::default()
        };
        let mut stack = Stack::start(options)?;
        let bank = Client::new(stack.plaid_url());
        bank.post("/_control/limits", &json!({"off": true}))?
            .expect(200)?;
        bank.post("/_control/webhooks/policy", &json!({"enabled": false}))?
            .expect(200)?;
        let people = (0..SYNCING + 2).map(|number| sign_up(&stack, number));
        let mut syncing = people.collect::<Result<Vec<_>>>()?;
        let (reader, searcher) = (syncing.remove(0), syncing.remove(0));
        for (token, transactions) in [(&reader, TRANSACTIONS), (&searcher, SEARCHED)] {
            let balance = Client::new(&stack.origin()).with_token(token);
            let item = connect(&balance, &bank, transactions)?;
            await_whole(&balance, &item)?;
        }
        stack.kill_worker()?;
        Ok(Self {
            stack,
            folder: folder.to_owned(),
            reader,
            searcher,
            syncing,
        })
    }

    /// Everything that workerd wrote.
    pub(super) fn state(&self) -> PathBuf {
        self.folder.join("state/v3")
    }

    /// The instance's folder, with its own configuration of wrangler.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The variables that name the database, where it is not a binding.
    pub(super) fn database_vars(&self) -> Vec<(&'static str, String)> {
        self.stack.database_vars()
    }

    pub(super) fn plaid_url(&self) -> &str {
        self.stack.plaid_url()
    }

    pub(super) fn pwned_url(&self) -> &str {
        self.stack.pwned_url()
    }
}

/// Signs up and confirms; a session's token.
fn sign_up(stack: &Stack, number: usize) -> Result<String> {
    // Whoever comes from elsewhere has limits of her own.
    let balance =
        Client::new(&stack.origin()).with("cf-connecting-ip", &format!("198.51.100.{number}"));
    let email = format!("bench-{number}@example.com");
    balance
        .post("/v1/users", &json!({"email": email, "password": PASSWORD}))?
        .expect(202)?;
    let query = format!("/messages?to={}&wait=30", escaped(&email));
    let mails = Client::new(stack.mailbox_url()).get(&query)?.expect(200)?;
    let Some(mail) = elements(&mails, "/messages").last() else {
        bail!("no mail came for {email}")
    };
    let Some(token) = token_in(&string(mail, "/text")?) else {
        bail!("the mail holds no token")
    };
    let confirmed = balance.post(
        "/v1/email-verifications",
        &json!({"token": token, "password": PASSWORD}),
    )?;
    confirmed.expect(201)?;
    confirmed.string("/session/token")
}

/// The token of a confirmation: the mail's only word of 43 base64url characters.
fn token_in(text: &str) -> Option<String> {
    let part_of_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(|c| !part_of_token(c))
        .find(|word| word.len() == 43)
        .map(str::to_owned)
}

/// Connects a bank with so many transactions over two years; the Item's id.
pub(super) fn connect(balance: &Client, bank: &Client, transactions: u32) -> Result<String> {
    let made = bank.post(
        "/_control/items",
        &json!({"transactions": transactions, "months": 24}),
    )?;
    let request = json!({"public_token": made.string("/public_token")?});
    let connected = balance.post("/v1/items", &request)?;
    connected.expect(201)?;
    connected.string("/id")
}

/// Waits until everything the bank had is there.
pub(super) fn await_whole(balance: &Client, item: &str) -> Result<()> {
    let deadline = Instant::now() + SOON;
    let path = format!("/v1/items/{item}");
    loop {
        let reply: Reply = balance.get(&path)?;
        if reply
            .expect(200)?
            .get("last_synced_at")
            .is_some_and(|at| !at.is_null())
        {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("the sync did not end: {}", reply.text());
        }
        // Each look costs what a request does: not too many of them.
        thread::sleep(Duration::from_millis(200));
    }
}
