//! A fresh private instance for one promise, and what people and banks do with it.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use stack::{Engine, Stack, StackOptions, Workspace};

use super::database::Database;
use super::disk::Disk;
use super::recorder::Recorder;
use crate::client::{Client, Reply, elements, escaped, string};

/// How long something that goes on after a reply may take.
const SOON: Duration = Duration::from_secs(30);

/// The instance, and a client of each of its servers.
pub(super) struct Instance {
    pub(super) stack: Stack,
    pub(super) balance: Client,
    pub(super) plaid: Client,
    pub(super) pwned: Client,
    pub(super) stripe: Client,
    pub(super) mailbox: Client,
    folder: PathBuf,
}

/// Someone who may sign up.
pub(super) struct Applicant {
    pub(super) email: &'static str,
    pub(super) name: &'static str,
    pub(super) password: &'static str,
}

/// What Link came to.
pub(super) struct Link {
    /// Plaid's id of the Item.
    pub(super) item: String,
    pub(super) public_token: String,
    /// As `onSuccess` has it.
    pub(super) metadata: Value,
}

impl Instance {
    /// Starts one. Its folder goes with it, unless the promise does not hold.
    pub(super) fn start(promise: &str, options: StackOptions) -> Result<Self> {
        let folder = Workspace::here().path("target/xtask/prove").join(promise);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("emptying {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let stack = Stack::start(StackOptions {
            persist: Some(folder.clone()),
            ..options
        })?;
        Ok(Self {
            balance: Client::new(&stack.origin()),
            plaid: Client::new(stack.plaid_url()),
            pwned: Client::new(stack.pwned_url()),
            stripe: Client::new(stack.stripe_url()),
            mailbox: Client::new(stack.mailbox_url()),
            stack,
            folder,
        })
    }

    /// Starts one, on PlanetScale with a recorder before the database: whatever that is told or
    /// tells, it may keep in places that no copy of its files has, such as a log of queries.
    pub(super) fn overheard(
        promise: &str,
        options: StackOptions,
    ) -> Result<(Self, Option<Recorder>)> {
        if options.engine == Engine::D1 {
            return Ok((Self::start(promise, options)?, None));
        }
        let wire = Recorder::listen()?;
        let options = StackOptions {
            // Not before the recorder knows whom to pass things on to.
            healthy: false,
            ..options.var("PLANETSCALE_URL", &wire.url())
        };
        let instance = Self::start(promise, options)?;
        wire.forward_to(instance.stack.planetscale_url())?;
        instance.balance.get("/healthz")?.expect(200)?;
        Ok((instance, Some(wire)))
    }

    /// The database's rows. Nobody may be writing: the Worker is killed before, as by a crash,
    /// and started again after.
    pub(super) fn database(&mut self) -> Result<Database> {
        self.stack.kill_worker()?;
        let database = self.disk()?.rows();
        self.stack.restart_worker()?;
        database
    }

    /// What it has written, once the Worker was killed.
    pub(super) fn disk(&self) -> Result<Disk> {
        Disk::of(&self.stack)
    }

    /// Ends it in order; what it has written.
    pub(super) fn stop(self) -> Disk {
        let engine = self.stack.engine();
        self.stack.stop();
        Disk::of_stopped(engine, &self.folder)
    }

    /// Signs up, confirms by mail, and gives the session's token.
    pub(super) fn account(&self, from: &Client, applicant: &Applicant) -> Result<String> {
        sign_up(from, applicant)?.expect(202)?;
        let code = self.code(applicant.email)?;
        let confirmed = confirm(from, &code, applicant)?;
        confirmed.expect(201)?;
        confirmed.string("/session/token")
    }

    /// The code in the newest mail to an address.
    pub(super) fn code(&self, email: &str) -> Result<String> {
        let path = format!("/messages?to={}&wait=20", escaped(email));
        let mails = self.mailbox.get(&path)?.expect(200)?;
        let mail = elements(&mails, "/messages").last();
        let text = string(
            mail.with_context(|| format!("no mail for {email}"))?,
            "/text",
        )?;
        let code = text.split_whitespace().find(|word| word.len() == 43);
        Ok(code.context("there is no code in the mail")?.to_owned())
    }

    /// A Link token, and Link played through with it.
    pub(super) fn link(&self, person: &Client, how: &Value) -> Result<Link> {
        let made = person.post("/v1/link-tokens", &json!({}))?;
        made.expect(201)?;
        self.play_link(&made.string("/link_token")?, how)
    }

    /// Plays the person in Link: `how` is what the stand-in takes beside the token.
    pub(super) fn play_link(&self, link_token: &str, how: &Value) -> Result<Link> {
        let mut asked = json!({"link_token": link_token});
        if let (Some(asked), Some(how)) = (asked.as_object_mut(), how.as_object()) {
            asked.extend(how.clone());
        }
        let linked = self.plaid.post("/_control/link", &asked)?.expect(200)?;
        Ok(Link {
            item: string(&linked, "/item_id")?,
            public_token: string(&linked, "/public_token")?,
            metadata: linked.get("metadata").cloned().unwrap_or_default(),
        })
    }

    /// What the stand-in knows of an Item.
    pub(super) fn item(&self, item: &str) -> Result<Value> {
        self.plaid
            .get(&format!("/_control/items/{item}"))?
            .expect(200)
    }

    /// Has the bank book something, and waits until the webhooks that say so are answered.
    pub(super) fn book(&self, item: &str, update: &Value) -> Result<Value> {
        let path = format!("/_control/items/{item}/transactions");
        let booked = self.plaid.post(&path, update)?.expect(200)?;
        self.plaid.get("/_control/webhooks?idle=20")?.expect(200)?;
        Ok(booked)
    }

    /// Waits until a person finds a transaction by its text.
    pub(super) fn until_found(&self, person: &Client, text: &str) -> Result<()> {
        self.eventually(&format!("a transaction {text:?}"), || {
            let found = person.post("/v1/transactions/search", &json!({"text": text}))?;
            Ok(!elements(&found.expect(200)?, "/data").is_empty())
        })
    }

    /// Asks until it is so, for what goes on after a reply.
    pub(super) fn eventually(
        &self,
        what: &str,
        mut is_so: impl FnMut() -> Result<bool>,
    ) -> Result<()> {
        let since = Instant::now();
        while !is_so()? {
            if since.elapsed() > SOON {
                bail!(
                    "{what} did not come; the log is {}",
                    self.stack.problems_path().display()
                );
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

pub(super) fn sign_up(from: &Client, applicant: &Applicant) -> Result<Reply> {
    let Applicant {
        email,
        name,
        password,
    } = applicant;
    from.post(
        "/v1/users",
        &json!({"email": email, "name": name, "password": password}),
    )
}

pub(super) fn confirm(from: &Client, code: &str, applicant: &Applicant) -> Result<Reply> {
    let body = json!({"token": code, "password": applicant.password});
    from.post("/v1/email-verifications", &body)
}

pub(super) fn sign_in(from: &Client, applicant: &Applicant) -> Result<Reply> {
    let body = json!({"email": applicant.email, "password": applicant.password});
    from.post("/v1/sessions", &body)
}
