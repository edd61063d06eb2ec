//! People who come through the front door: they sign up, confirm by mail, and connect a bank of
//! the stand-in's. What benchmarks and loads begin with.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;
use stack::Stack;

use crate::client::{Client, Reply, elements, escaped, string};

/// Everyone's.
pub(crate) const PASSWORD: &str = "seven quiet herons at dusk";
/// How long something that goes on after a reply may take.
const SOON: Duration = Duration::from_mins(1);

/// The email of a newcomer, by her number.
pub(crate) fn email(number: usize) -> String {
    format!("bench-{number}@example.com")
}

/// What she sends from. Whoever comes from elsewhere has limits of her own.
pub(crate) fn visitor(stack: &Stack, number: usize) -> Client {
    Client::new(&stack.origin()).with("cf-connecting-ip", &format!("198.51.100.{number}"))
}

/// Signs up and confirms; a session's token.
pub(crate) fn sign_up(stack: &Stack, number: usize) -> Result<String> {
    let (balance, email) = (visitor(stack, number), email(number));
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

/// A bank connection.
pub(crate) struct Connected {
    /// Our id of it.
    pub(crate) item: String,
    /// Plaid's.
    pub(crate) at_plaid: String,
}

/// Connects a bank with so many transactions over two years, whose webhooks go to this URL.
pub(crate) fn connect(
    balance: &Client,
    bank: &Client,
    transactions: u32,
    webhook: Option<&str>,
) -> Result<Connected> {
    let wanted = match webhook {
        None => json!({"transactions": transactions, "months": 24}),
        Some(url) => json!({"transactions": transactions, "months": 24, "webhook": url}),
    };
    let made = bank.post("/_control/items", &wanted)?;
    let request = json!({"public_token": made.string("/public_token")?});
    let connected = balance.post("/v1/items", &request)?;
    connected.expect(201)?;
    Ok(Connected {
        item: connected.string("/id")?,
        at_plaid: made.string("/item_id")?,
    })
}

/// Waits until everything the bank had is there.
pub(crate) fn await_whole(balance: &Client, item: &str) -> Result<()> {
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
