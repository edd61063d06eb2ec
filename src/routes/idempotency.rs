//! `Idempotency-Key`: a POST that creates may be sent again when its reply was
//! lost, and is answered as the first time
//! (draft-ietf-httpapi-idempotency-key-header). Keys are each person's own.
//!
//! Invariant: under one key the work runs once, or again only after it failed or
//! its isolate died.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use vault::{Reveal, SystemPurpose};

use super::extract::{Json, parse};
use crate::{
    app::App,
    id::RowId,
    identity::Signed,
    platform::{Timestamp, log},
    problem::{Kind, Problem, Result},
    store::{
        engine::Statement,
        keys::UserKeys,
        replies::{KeptReply, ReplyRecord, Slot},
        table::index,
    },
};

/// The header, for a route's `params(...)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)] // read by the derive only
pub(crate) struct IdempotencyHeader {
    /// A name of your choice for this one creation, 1 to 255 printable ASCII characters. Sent again within a day
    /// with the same body, the reply is the first one's, marked `idempotent-replayed: true`.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[ -~]+$"
    )]
    idempotency_key: Option<String>,
}

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A JSON body, and the key it came under.
pub(crate) struct Idempotent<T> {
    pub(crate) body: T,
    pub(crate) once: Once,
}

/// What a request is recognised by.
pub(crate) struct Once {
    key: Option<String>,
    /// SHA-256 of method, path and body.
    request: [u8; 32],
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Idempotent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        super::extract::require_json(&parts.headers)?;
        let key = key(&parts)?;
        let mut digest = Sha256::new();
        for part in [parts.method.as_str(), parts.uri.path()] {
            digest.update(part);
            digest.update([0]);
        }
        let body = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|_| Problem::bad_request("The body ended early."))?;
        digest.update(&body);
        Ok(Self {
            body: parse(&body)?,
            once: Once {
                key,
                request: digest.finalize().into(),
            },
        })
    }
}

fn key(parts: &Parts) -> Result<Option<String>> {
    let Some(value) = parts.headers.get(KEY) else {
        return Ok(None);
    };
    let key = value.to_str().ok().filter(|key| {
        (1..=255).contains(&key.len()) && key.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    });
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Problem::bad_request("The Idempotency-Key must be 1 to 255 printable ASCII characters.")
    })
}

/// What to do with a request.
pub(crate) enum Turn<'a> {
    /// The work is to be done; the claim is to be settled with what came of it.
    First(Claim<'a>),
    /// It was done before: this was kept of it.
    Replay(Replay),
}

/// What was kept of a request that was done before.
pub(crate) struct Replay(KeptReply);

/// The right to do the work. Without a key there is nothing to settle.
pub(crate) struct Claim<'a> {
    keys: &'a UserKeys,
    held: Option<(Slot, RowId)>,
}

impl Once {
    /// Does `work` unless it was done, and keeps its reply. Two batches where
    /// the request has a key, none where it has none.
    pub(crate) async fn run<T: Serialize>(
        &self,
        app: &App,
        signed: &Signed,
        work: impl Future<Output = Result<(StatusCode, T)>>,
    ) -> Result<Response> {
        match self.claim(app, signed).await? {
            Turn::Replay(kept) => kept.respond(),
            Turn::First(claim) => claim.settle(app, work.await).await,
        }
    }

    /// Claims the key for a person, at the cost of one batch where there is one:
    /// for work whose last batch is to keep the reply as well ([`Claim::keep`]).
    pub(crate) async fn claim<'a>(&self, app: &App, signed: &'a Signed) -> Result<Turn<'a>> {
        self.claim_as(app, &signed.keys, &signed.reveal, str::to_owned)
            .await
    }

    /// As [`Self::claim`], for requests without a person: the system keeps the
    /// reply, and two strangers who chose the same key do not meet, unless they
    /// come from the same `network`.
    pub(crate) async fn claim_from<'a>(
        &self,
        app: &App,
        system: &'a UserKeys,
        network: &str,
    ) -> Result<Turn<'a>> {
        let reveal = Reveal::system(SystemPurpose::LookUp);
        self.claim_as(app, system, &reveal, |key| format!("{network}\0{key}"))
            .await
    }

    async fn claim_as<'a>(
        &self,
        app: &App,
        keys: &'a UserKeys,
        reveal: &Reveal,
        scoped: impl FnOnce(&str) -> String,
    ) -> Result<Turn<'a>> {
        let Some(key) = self.key.as_deref().map(scoped) else {
            return Ok(Turn::First(Claim { keys, held: None }));
        };
        let now = Timestamp::now();
        let slot = Slot::new(keys.blind(index::IDEMPOTENCY_KEY, key.as_bytes()), now);
        let fingerprint = keys.blind(index::IDEMPOTENT_REQUEST, &self.request);
        let [_, claimed, row] = app.db.batch(slot.claim(keys, fingerprint, now)?).await?;
        if claimed.changed() == 1 {
            return Ok(Turn::First(Claim {
                keys,
                held: Some((slot, fingerprint)),
            }));
        }
        let holder = slot
            .open(keys, &row.rows()?)?
            .ok_or_else(|| Problem::internal("a key is taken, but by nobody"))?
            .reveal(reveal)
            .map_err(|_| Problem::internal("no right to a reply"))?;
        if holder.fingerprint != fingerprint {
            return Err(Problem::new(
                Kind::IdempotencyMismatch,
                "This Idempotency-Key came with another request before; choose a new one.",
            ));
        }
        holder.reply.map_or_else(
            || {
                Err(Problem::new(
                    Kind::IdempotencyPending,
                    "The first request with this Idempotency-Key has not ended; ask again shortly.",
                ))
            },
            |kept| Ok(Turn::Replay(Replay(kept))),
        )
    }
}

impl Replay {
    /// The reply, as it was kept.
    pub(crate) fn respond(self) -> Result<Response> {
        self.respond_as(self.0.body.clone())
    }

    /// What was kept, where the reply is made of it afresh.
    pub(crate) fn value<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.0.body)
            .map_err(|_| Problem::internal("a kept reply of another shape"))
    }

    /// A reply that was made afresh.
    pub(crate) fn respond_with<T: Serialize>(&self, body: &T) -> Result<Response> {
        self.respond_as(json(body)?)
    }

    fn respond_as(&self, body: String) -> Result<Response> {
        let status = StatusCode::from_u16(self.0.status)
            .map_err(|_| Problem::internal("a kept reply has no status"))?;
        let fields = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            ),
            (REPLAYED, HeaderValue::from_static("true")),
        ];
        Ok((status, fields, body).into_response())
    }
}

fn json<T: Serialize>(body: &T) -> Result<String> {
    serde_json::to_string(body).map_err(|_| Problem::internal("a reply did not serialize"))
}

impl Claim<'_> {
    /// The statement that keeps a reply, for the batch that does the work: so
    /// that the work and its reply land together. The claim is
    /// settled by that batch.
    pub(crate) fn keep<T: Serialize>(
        &self,
        status: StatusCode,
        body: &T,
    ) -> Result<Option<Statement>> {
        let Some((slot, fingerprint)) = self.held else {
            return Ok(None);
        };
        let reply = Some(KeptReply {
            status: status.as_u16(),
            body: json(body)?,
        });
        let record = ReplyRecord { fingerprint, reply };
        slot.answer(self.keys, &record, Timestamp::now()).map(Some)
    }

    /// Keeps what came of the work, or gives the key back where it failed.
    pub(crate) async fn settle<T: Serialize>(
        self,
        app: &App,
        outcome: Result<(StatusCode, T)>,
    ) -> Result<Response> {
        let done = outcome.as_ref().ok();
        self.record(app, done.map(|(status, body)| (*status, body)))
            .await?;
        let (status, body) = outcome?;
        Ok((status, Json(body)).into_response())
    }

    /// As [`Self::settle`], where what is kept is not the reply: `done` is none
    /// where the work failed.
    pub(crate) async fn record<T: Serialize>(
        self,
        app: &App,
        done: Option<(StatusCode, &T)>,
    ) -> Result<()> {
        let statement = match done {
            Some((status, value)) => self.keep(status, value)?,
            None => self.held.map(|(slot, _)| slot.release(self.keys)),
        };
        if let Some(statement) = statement {
            // The work is done either way; a claim that stays lapses by itself.
            if app.db.batch([statement]).await.is_err() {
                log::warn("idempotency", "a reply could not be kept");
            }
        }
        Ok(())
    }
}
