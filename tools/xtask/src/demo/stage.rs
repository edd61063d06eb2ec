//! Where a story plays: the servers, what was said on the way, and the secrets it brought.

use anyhow::{Context as _, Result, ensure};

use super::transcript::Transcript;
use crate::client::{Client, Reply, Request};

/// Base URLs.
pub(super) struct Servers {
    pub(super) balance: String,
    pub(super) plaid: String,
    pub(super) mailbox: String,
}

/// Whom a request goes to.
#[derive(Clone, Copy)]
pub(super) enum To {
    /// As a stranger.
    Balance,
    /// With the token of this name.
    BalanceWith(&'static str),
    Plaid,
    Mailbox,
}

/// The servers and the transcript of what they were asked.
pub(super) struct Stage {
    balance: Client,
    plaid: Client,
    mailbox: Client,
    transcript: Transcript,
}

impl Stage {
    /// Says where the servers are.
    pub(super) fn set(servers: &Servers) -> Self {
        Transcript::opening(&[
            (To::Balance.variable(), &servers.balance),
            (To::Plaid.variable(), &servers.plaid),
            (To::Mailbox.variable(), &servers.mailbox),
        ]);
        Self {
            balance: Client::new(&servers.balance),
            plaid: Client::new(&servers.plaid),
            mailbox: Client::new(&servers.mailbox),
            transcript: Transcript::default(),
        }
    }

    /// Begins a step: what is to happen.
    pub(super) fn step(&mut self, title: &str, story: &str) {
        self.transcript.step(title, story);
    }

    /// Steps so far.
    pub(super) fn steps(&self) -> u32 {
        self.transcript.steps()
    }

    /// Asks and prints; the status must be this one.
    pub(super) fn ask(&mut self, to: To, request: Request, status: u16) -> Result<Reply> {
        let request = self.addressed(to, request)?;
        self.transcript.request(to.variable(), &request);
        let reply = self.of(to).send(&request)?;
        self.transcript.reply(&reply);
        reply.expect(status)?;
        Ok(reply)
    }

    /// As [`Self::ask`], for a reply that brings a secret, called `name` from here on.
    pub(super) fn ask_for(
        &mut self,
        name: &'static str,
        to: To,
        request: Request,
        status: u16,
        find: impl FnOnce(&Reply) -> Result<String>,
    ) -> Result<Reply> {
        let request = self.addressed(to, request)?;
        self.transcript.request(to.variable(), &request);
        let reply = self.of(to).send(&request)?;
        let secret = reply.expect(status).and_then(|_| find(&reply));
        if let Ok(secret) = &secret {
            // Before the reply is printed, which has it in.
            self.transcript.keep(name, secret);
        }
        self.transcript.reply(&reply);
        self.transcript.name(name);
        secret.map(|_| reply)
    }

    /// As [`Self::ask`], for what must be refused as this kind of problem.
    pub(super) fn ask_in_vain(
        &mut self,
        to: To,
        request: Request,
        status: u16,
        kind: &str,
    ) -> Result<Reply> {
        let reply = self.ask(to, request, status)?;
        let found = reply.problem();
        ensure!(
            found.as_deref() == Some(kind),
            "the problem is {found:?}, not {kind}"
        );
        Ok(reply)
    }

    /// Asks without a word.
    pub(super) fn ask_aside(&self, to: To, request: &Request) -> Result<Reply> {
        let request = self.addressed(to, request.clone())?;
        self.of(to).send(&request)
    }

    /// A secret that a reply brought.
    pub(super) fn secret(&self, name: &str) -> Result<String> {
        let secret = self.transcript.secret(name);
        Ok(secret
            .with_context(|| format!("there is no {name} yet"))?
            .to_owned())
    }

    fn addressed(&self, to: To, request: Request) -> Result<Request> {
        Ok(match to {
            To::BalanceWith(token) => {
                let token = self.secret(token)?;
                request.field("authorization", &format!("Bearer {token}"))
            }
            To::Balance | To::Plaid | To::Mailbox => request,
        })
    }

    fn of(&self, to: To) -> &Client {
        match to {
            To::Balance | To::BalanceWith(_) => &self.balance,
            To::Plaid => &self.plaid,
            To::Mailbox => &self.mailbox,
        }
    }
}

impl To {
    /// What the transcript calls it.
    const fn variable(self) -> &'static str {
        match self {
            Self::Balance | Self::BalanceWith(_) => "BALANCE",
            Self::Plaid => "PLAID",
            Self::Mailbox => "MAILBOX",
        }
    }
}
