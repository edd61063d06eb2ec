//! The data of the benchmarks, made through the service itself: people who signed up and
//! confirmed, and the bank connections of two of them. Then the Worker is stopped; its database
//! is what both sides start from. The stand-ins go on.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;
use stack::{Engine, Stack, StackOptions};

use crate::client::Client;
use crate::newcomers::{await_whole, connect, sign_up};

/// What a person who pays by card for everything has: a hundred a month for two years.
const TRANSACTIONS: u32 = 2_400;
/// What someone has who searches: over the same two years, so that a month is a long one.
const SEARCHED: u32 = 10_000;
/// How many people sync: one in each round, and one to warm the sides.
const SYNCING: usize = super::sync::ROUNDS + 1;
/// Whose transactions are read.
pub(super) const READER: &str = "bench-0@example.com";

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
            let connected = connect(&balance, &bank, transactions, None)?;
            await_whole(&balance, &connected.item)?;
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

    /// The Worker's variables by which it tells the stand-ins of itself.
    pub(super) fn telemetry_vars(&self) -> Vec<(&'static str, &str)> {
        self.stack.telemetry_vars()
    }

    pub(super) fn plaid_url(&self) -> &str {
        self.stack.plaid_url()
    }

    pub(super) fn pwned_url(&self) -> &str {
        self.stack.pwned_url()
    }
}
