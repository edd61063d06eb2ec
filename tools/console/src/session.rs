//! The session of the console: a token for fifteen minutes, with the reason for which it was
//! opened. Kept in a file of the operator's alone, and never printed.

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::http::Client;
use crate::origin::Origin;
use crate::state::State;

const FILE: &str = "session.json";

/// What the service gave for a code.
#[derive(Serialize, Deserialize)]
pub(crate) struct Granted {
    pub(crate) id: String,
    token: Zeroizing<String>,
    pub(crate) expires_at: Timestamp,
    pub(crate) operator: Operator,
    pub(crate) reason_type: String,
    pub(crate) reason: String,
    pub(crate) ticket: String,
}

/// Who signed in.
#[derive(Serialize, Deserialize)]
pub(crate) struct Operator {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
}

/// A session, and where it is one. The token goes nowhere else.
#[derive(Serialize, Deserialize)]
pub(crate) struct Session {
    origin: String,
    /// By somebody else, and good for more than this sign-in.
    #[serde(default)]
    pub(crate) handed_over: bool,
    #[serde(flatten)]
    pub(crate) granted: Granted,
}

impl Session {
    /// From the service's reply.
    pub(crate) fn new(origin: &Origin, reply: &[u8]) -> Result<Self> {
        let granted: Granted =
            serde_json::from_slice(reply).context("the service's reply is no session")?;
        let is_token = |token: &str| {
            token.strip_prefix("opc_").is_some_and(|random| {
                let is_base64url = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
                random.len() == 43 && random.chars().all(is_base64url)
            })
        };
        if !is_token(&granted.token) {
            bail!("the service's reply has no token of a session");
        }
        Ok(Self {
            origin: origin.to_string(),
            handed_over: false,
            granted,
        })
    }

    /// Of a token that was handed over, from the service's reply to it.
    pub(crate) fn of_token(origin: &Origin, token: &str, reply: &[u8]) -> Result<Self> {
        let mut members: Map<String, Value> =
            serde_json::from_slice(reply).context("the service's reply is no session")?;
        members.insert("token".to_owned(), token.into());
        let reply = Zeroizing::new(serde_json::to_vec(&members)?);
        let session = Self::new(origin, &reply)?;
        Ok(Self {
            handed_over: true,
            ..session
        })
    }

    /// The one that is kept, where there is one.
    pub(crate) fn kept(state: &State) -> Result<Option<Self>> {
        let Some(bytes) = state.read(FILE)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let read = serde_json::from_slice(&bytes);
        read.map(Some)
            .context("the file of the session is damaged: sign in again")
    }

    /// The one that is kept; an error that says how to get one.
    pub(crate) fn current(state: &State) -> Result<Self> {
        Self::kept(state)?.context(
            "you are not signed in: balance-console login --reason-type support \
             --reason 'WHY' --ticket TICKET",
        )
    }

    /// Keeps it, in place of another.
    pub(crate) fn keep(&self, state: &State) -> Result<()> {
        let bytes = Zeroizing::new(serde_json::to_vec(self)?);
        state.write(FILE, &bytes)
    }

    /// Forgets what is kept.
    pub(crate) fn forget(state: &State) -> Result<()> {
        state.remove(FILE)
    }

    /// Where it is good.
    pub(crate) fn origin(&self) -> Result<Origin> {
        Origin::parse(&self.origin)
    }

    /// Its origin, where no other was asked for.
    pub(crate) fn origin_if(&self, asked: Option<&Origin>) -> Result<Origin> {
        let origin = self.origin()?;
        match asked {
            Some(asked) if *asked != origin => {
                bail!("you are signed in at {origin}, not at {asked}: sign in there first")
            }
            _ => Ok(origin),
        }
    }

    /// What the service knows it by.
    pub(crate) fn token(&self) -> &str {
        &self.granted.token
    }

    /// Whole seconds until it is over, by this machine's clock; none where it is.
    pub(crate) fn seconds_left(&self) -> Option<i64> {
        let left = self.granted.expires_at.as_second() - Timestamp::now().as_second();
        (left > 0).then_some(left)
    }

    /// Ends it at the service. One that is over already is ended too.
    pub(crate) fn end(&self) -> Result<()> {
        let client = Client::new(&self.origin()?)?;
        let reply = client.delete("/v1/operator/sessions/current", self.token())?;
        match reply.status {
            204 | 401 => Ok(()),
            status => bail!("the service answered {status}"),
        }
    }
}
