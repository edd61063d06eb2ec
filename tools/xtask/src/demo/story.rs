//! The story itself: Ada signs up, connects her bank, reads what happened there, and leaves. Each
//! step says what is to come of it, and the first that comes out otherwise ends it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::transcript::Transcript;
use crate::client::{Client, Reply, Request, elements, escaped, string};

/// In known leaks, and too odd for a local list of common passwords.
const LEAKED: &str = "correct horse battery staple";
const PASSWORD: &str = "seven quiet herons at dusk";
const LAPTOP: &str = "Ada on her laptop";
const PHONE: &str = "Ada on her phone";
/// How long something that goes on after a reply may take.
const SOON: Duration = Duration::from_secs(30);

/// Where the story plays: base URLs.
pub(super) struct Servers {
    pub(super) balance: String,
    pub(super) plaid: String,
    pub(super) mailbox: String,
}

/// Whom a request goes to, as the transcript names them.
#[derive(Clone, Copy)]
enum To {
    Balance,
    /// Balance, with Ada's token.
    BalanceAs(&'static str),
    Plaid,
    Mailbox,
}

pub(super) struct Story {
    balance: Client,
    plaid: Client,
    mailbox: Client,
    email: String,
    transcript: Transcript,
    tokens: Vec<(&'static str, String)>,
}

/// The bank connection, as the later chapters need it.
struct Bank {
    /// Ours.
    connection: String,
    /// Plaid's.
    item: String,
}

impl Story {
    pub(super) fn new(servers: &Servers, email: &str) -> Self {
        Self {
            balance: Client::new(&servers.balance),
            plaid: Client::new(&servers.plaid),
            mailbox: Client::new(&servers.mailbox),
            email: email.to_owned(),
            transcript: Transcript::default(),
            tokens: Vec::new(),
        }
    }

    /// Plays it to its end, or to the first reply that is not as told.
    pub(super) fn play(mut self) -> Result<()> {
        Transcript::opening(&[
            ("BALANCE", self.balance.base()),
            ("PLAID", self.plaid.base()),
            ("MAILBOX", self.mailbox.base()),
        ]);
        let played = self
            .account()
            .and_then(|()| self.connect())
            .and_then(|bank| {
                self.read()?;
                self.webhook(&bank)?;
                self.leave(&bank)
            });
        let step = self.transcript.steps();
        played.with_context(|| format!("step {step} did not go as told"))?;
        println!("\n✓ {step} steps, each as told.");
        Ok(())
    }

    fn account(&mut self) -> Result<()> {
        self.step(
            "Health",
            "The database answers, and the keyring is in order.",
        );
        self.ask(To::Balance, Request::get("/healthz"), 200)?;

        self.step(
            "A password that has leaked",
            "Five hex digits of its SHA-1 leave the service, hidden among padding. It is refused, and how often it was seen is told.",
        );
        let (email, name) = (self.email.clone(), "Ada Lovelace");
        let sign_up = |password| json!({"email": email, "name": name, "password": password});
        let reply = self.ask(
            To::Balance,
            Request::post("/v1/users", &sign_up(LEAKED)),
            422,
        )?;
        is_problem(&reply, "password-exposed")?;
        let count = reply.json().get("exposed_count").and_then(Value::as_u64);
        ensure!(count > Some(0), "the count of leaks is missing");

        self.step(
            "Sign up",
            "Accepted, in the same words whether or not the address has an account.",
        );
        self.ask(
            To::Balance,
            Request::post("/v1/users", &sign_up(PASSWORD)),
            202,
        )?;

        self.step(
            "The mail",
            "Without a link: the code is worth nothing without the password of that sign-up.",
        );
        let path = format!("/messages?to={}&wait=20", escaped(&self.email));
        let code = |reply: &Reply| {
            let json = reply.json();
            let mail = elements(&json, "/messages")
                .last()
                .context("no mail came")?;
            let text = string(mail, "/text")?;
            let mut words = text.split_whitespace();
            let code = words
                .find(|word| word.len() == 43)
                .context("no code is in the mail")?;
            Ok(vec![("CODE", code.to_owned())])
        };
        self.ask_and_keep(To::Mailbox, Request::get(&path), 200, code)?;

        self.step(
            "Confirm",
            "Code and password together make the account, and sign in.",
        );
        let body = json!({"token": self.secret("CODE")?, "password": PASSWORD});
        let request = Request::post("/v1/email-verifications", &body).field("user-agent", LAPTOP);
        self.ask_and_keep(To::Balance, request, 201, |reply| {
            Ok(vec![("FIRST_TOKEN", reply.string("/session/token")?)])
        })?;

        self.step(
            "A wrong password",
            "Neither the reply nor its time tells whether the address is known.",
        );
        let body = json!({"email": self.email, "password": "eight quiet herons at dusk"});
        let reply = self.ask(To::Balance, Request::post("/v1/sessions", &body), 401)?;
        is_problem(&reply, "invalid-credentials")?;

        self.step(
            "Sign in",
            "A second session, with the leaks looked up once more.",
        );
        let body = json!({"email": self.email, "password": PASSWORD});
        let request = Request::post("/v1/sessions", &body).field("user-agent", PHONE);
        let reply = self.ask_and_keep(To::Balance, request, 201, |reply| {
            Ok(vec![("TOKEN", reply.string("/token")?)])
        })?;
        let exposed = reply
            .json()
            .get("password_exposed")
            .and_then(Value::as_bool);
        ensure!(exposed == Some(false), "the password counts as exposed");
        Ok(())
    }

    fn connect(&mut self) -> Result<Bank> {
        self.step("A Link token", "For Plaid Link on Ada's device. It asks for reading, and for nothing that moves money.");
        let request = Request::post("/v1/link-tokens", &json!({}));
        self.ask_and_keep(To::BalanceAs("TOKEN"), request, 201, |reply| {
            Ok(vec![("LINK_TOKEN", reply.string("/link_token")?)])
        })?;

        self.step(
            "In Link",
            "Here Ada would sign in at her bank: her password goes to Plaid and never to Balance. The stand-in plays her part.",
        );
        let body =
            json!({"link_token": self.secret("LINK_TOKEN")?, "institution_id": "ins_109509"});
        let request = Request::post("/_control/link", &body);
        let reply = self.ask_and_keep(To::Plaid, request, 200, |reply| {
            Ok(vec![("PUBLIC_TOKEN", reply.string("/public_token")?)])
        })?;
        let item = reply.string("/item_id")?;
        let link = reply.json();

        self.step(
            "Connect the bank",
            "What the bank granted is checked before a row is read; accounts and transactions are there with the reply.",
        );
        let picked =
            |account: &Value| json!({"name": account.get("name"), "mask": account.get("mask")});
        let accounts: Vec<Value> = elements(&link, "/metadata/accounts")
            .iter()
            .map(picked)
            .collect();
        let body = json!({
            "public_token": self.secret("PUBLIC_TOKEN")?,
            "institution": {"institution_id": string(&link, "/metadata/institution/institution_id")?},
            "accounts": accounts,
        });
        let request = Request::post("/v1/items", &body).field("idempotency-key", "my-first-bank");
        let reply = self.ask(To::BalanceAs("TOKEN"), request.clone(), 201)?;
        ensure!(
            reply.string("/status")? == "good",
            "the connection is not good"
        );
        let connection = reply.string("/id")?;

        self.step("The same once more", "As after a lost reply: the Idempotency-Key brings the first one back, and nothing is done twice.");
        let reply = self.ask(To::BalanceAs("TOKEN"), request, 201)?;
        ensure!(
            reply.header("idempotent-replayed") == Some("true"),
            "it was not a replay"
        );
        ensure!(
            reply.string("/id")? == connection,
            "it is another connection"
        );
        Ok(Bank { connection, item })
    }

    fn read(&mut self) -> Result<()> {
        let ada = To::BalanceAs("TOKEN");
        self.step("Accounts", "With the balances the bank gave last.");
        let reply = self.ask(ada, Request::get("/v1/accounts"), 200)?;
        ensure!(
            !elements(&reply.json(), "/data").is_empty(),
            "there are no accounts"
        );

        self.step(
            "Transactions",
            "Newest first. What is read here was sealed until this request.",
        );
        let reply = self.ask_and_keep(
            ada,
            Request::get("/v1/transactions?limit=2"),
            200,
            |reply| Ok(vec![("CURSOR", reply.string("/next_cursor")?)]),
        )?;
        let first = reply.json();
        ensure!(
            elements(&first, "/data").len() == 2,
            "it is not a page of two"
        );

        self.step(
            "The next page",
            "The cursor is sealed too: where it points tells nobody anything.",
        );
        let path = format!("/v1/transactions?limit=2&cursor={}", self.secret("CURSOR")?);
        let second = self.ask(ada, Request::get(&path), 200)?.json();
        let ids = |page: &Value| {
            elements(page, "/data")
                .iter()
                .map(|row| string(row, "/id"))
                .collect::<Result<Vec<_>>>()
        };
        let (one, two) = (ids(&first)?, ids(&second)?);
        ensure!(
            two.len() == 2 && two.iter().all(|id| !one.contains(id)),
            "the pages overlap"
        );

        self.step(
            "A range of days",
            "Only the months it touches are fetched and opened.",
        );
        let newest = string(&first, "/data/0/date")?;
        let newest: Date = newest.parse().context("a date that is none")?;
        let (from, to) = (
            newest.first_of_month().to_string(),
            newest.last_of_month().to_string(),
        );
        let reply = self.ask(
            ada,
            Request::get(&format!("/v1/transactions?from={from}&to={to}")),
            200,
        )?;
        let json = reply.json();
        let dates = elements(&json, "/data")
            .iter()
            .map(|row| string(row, "/date"));
        for date in dates {
            let date = date?;
            ensure!(from <= date && date <= to, "{date} is not in the range");
        }

        self.step(
            "Search",
            "By POST, because what one searches for is private and stands in no URL.",
        );
        let body = json!({"text": "coffee", "limit": 3});
        let reply = self.ask(ada, Request::post("/v1/transactions/search", &body), 200)?;
        let json = reply.json();
        ensure!(!elements(&json, "/data").is_empty(), "nothing was found");
        Ok(())
    }

    fn webhook(&mut self, bank: &Bank) -> Result<()> {
        self.step("At the bank", "Something is booked. Plaid says so by a signed webhook, which is verified, written down and answered at once.");
        let row =
            json!({"name": "Kiosk am Fluss", "merchant_name": "Kiosk am Fluss", "amount": 4.75});
        let path = format!("/_control/items/{}/transactions", bank.item);
        self.ask(To::Plaid, Request::post(&path, &json!({"add": [row]})), 200)?;
        let delivered = Request::get("/_control/webhooks?idle=20");
        let reply = self.plaid.send(&delivered)?;
        let deliveries = reply.expect(200)?;
        let deliveries = elements(&deliveries, "/deliveries").len();
        ensure!(deliveries > 0, "no webhook was sent");

        self.step(
            "It is there",
            "The sync ran from the queue, under the Item's lease; nobody had to ask for it.",
        );
        let request = Request::post(
            "/v1/transactions/search",
            &json!({"text": "kiosk am fluss"}),
        );
        let asked = Instant::now();
        while elements(
            &self.send(To::BalanceAs("TOKEN"), &request)?.expect(200)?,
            "/data",
        )
        .is_empty()
        {
            if asked.elapsed() > SOON {
                bail!("it is still not there after {} s", SOON.as_secs());
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.ask(To::BalanceAs("TOKEN"), request, 200)?;
        Ok(())
    }

    fn leave(&mut self, bank: &Bank) -> Result<()> {
        self.step(
            "Sessions",
            "Where Ada is signed in: from the confirmation, and from the sign-in.",
        );
        let reply = self.ask(To::BalanceAs("TOKEN"), Request::get("/v1/sessions"), 200)?;
        ensure!(
            elements(&reply.json(), "/data").len() == 2,
            "they are not two"
        );

        self.step(
            "Sign out everywhere",
            "Every session ends at once, this one too.",
        );
        self.ask(To::BalanceAs("TOKEN"), Request::delete("/v1/sessions"), 204)?;

        self.step("An ended session", "Whoever still has a token has nothing.");
        let reply = self.ask(
            To::BalanceAs("FIRST_TOKEN"),
            Request::get("/v1/accounts"),
            401,
        )?;
        is_problem(&reply, "unauthenticated")?;

        self.step("Back again", "For what is left to do, a new session.");
        let body = json!({"email": self.email, "password": PASSWORD});
        let request = Request::post("/v1/sessions", &body);
        self.ask_and_keep(To::Balance, request, 201, |reply| {
            Ok(vec![("NEW_TOKEN", reply.string("/token")?)])
        })?;

        self.step(
            "Disconnect the bank",
            "What was read through it is deleted, and Plaid ends its access.",
        );
        let path = format!("/v1/items/{}", bank.connection);
        self.ask(To::BalanceAs("NEW_TOKEN"), Request::delete(&path), 204)?;

        self.step(
            "What is left",
            "Nothing here; and Plaid's access has ended.",
        );
        let reply = self.ask(
            To::BalanceAs("NEW_TOKEN"),
            Request::get("/v1/transactions"),
            200,
        )?;
        ensure!(
            elements(&reply.json(), "/data").is_empty(),
            "transactions are left"
        );
        let reply = self.send(
            To::Plaid,
            &Request::get(&format!("/_control/items/{}", bank.item)),
        )?;
        let removed = reply.expect(200)?.get("removed").and_then(Value::as_bool);
        ensure!(removed == Some(true), "Plaid still has access");
        Ok(())
    }

    fn step(&mut self, title: &str, story: &str) {
        self.transcript.step(title, story);
    }

    fn ask(&mut self, to: To, request: Request, status: u16) -> Result<Reply> {
        self.ask_and_keep(to, request, status, |_| Ok(Vec::new()))
    }

    /// Asks, prints, and keeps the secrets that the reply brings.
    fn ask_and_keep(
        &mut self,
        to: To,
        request: Request,
        status: u16,
        secrets: impl FnOnce(&Reply) -> Result<Vec<(&'static str, String)>>,
    ) -> Result<Reply> {
        let request = self.addressed(to, request)?;
        self.transcript.request(to.variable(), &request);
        let reply = self.of(to).send(&request)?;
        let secrets = if reply.status == status {
            secrets(&reply)
        } else {
            Ok(Vec::new())
        };
        for (name, value) in secrets.iter().flatten() {
            self.transcript.keep(name, value);
        }
        self.transcript.reply(&reply);
        for (name, value) in secrets? {
            self.transcript.name(name);
            self.tokens.push((name, value));
        }
        reply.expect(status)?;
        Ok(reply)
    }

    /// Asks without a word.
    fn send(&self, to: To, request: &Request) -> Result<Reply> {
        let request = self.addressed(to, request.clone())?;
        self.of(to).send(&request)
    }

    fn addressed(&self, to: To, request: Request) -> Result<Request> {
        Ok(match to {
            To::BalanceAs(token) => {
                let token = self.secret(token)?;
                request.field("authorization", &format!("Bearer {token}"))
            }
            To::Balance | To::Plaid | To::Mailbox => request,
        })
    }

    fn of(&self, to: To) -> &Client {
        match to {
            To::Balance | To::BalanceAs(_) => &self.balance,
            To::Plaid => &self.plaid,
            To::Mailbox => &self.mailbox,
        }
    }

    fn secret(&self, name: &str) -> Result<String> {
        let mut kept = self.tokens.iter();
        let found = kept
            .find(|(kept, _)| *kept == name)
            .map(|(_, value)| value.clone());
        found.with_context(|| format!("no {name} yet"))
    }
}

impl To {
    const fn variable(self) -> &'static str {
        match self {
            Self::Balance | Self::BalanceAs(_) => "BALANCE",
            Self::Plaid => "PLAID",
            Self::Mailbox => "MAILBOX",
        }
    }
}

fn is_problem(reply: &Reply, kind: &str) -> Result<()> {
    let found = reply.problem();
    ensure!(
        found.as_deref() == Some(kind),
        "the problem is {found:?}, not {kind}"
    );
    Ok(())
}
