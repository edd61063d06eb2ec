//! Stepping up: for a sensitive request a person proves again who she is, for that
//! very request. The first time it is refused, and says for what; she takes a ticket
//! for the action, shows a proof, and sends the request again with what she got.
//!
//! Invariant: an approval is for one person, session, method, path and body, for five
//! minutes and once; and by password only where no factor is enrolled.

use http::{HeaderName, request::Parts};
use passkey::UserVerification;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::{
    Caller, Signed,
    factors::{Factors, Method},
    proof::{Proof, prove, refused},
    ticket::{self, Issued, Purpose},
};
use crate::{
    app::App,
    id::hex,
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        engine::{EngineError, Outcome, Statement},
        sessions,
    },
};

/// A request, as exactly as it can be told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    /// The request's method.
    #[schema(example = "PUT", max_length = 16)]
    pub(crate) method: String,
    /// Its path, with its query.
    #[schema(example = "/v1/me/password", max_length = 1024)]
    pub(crate) path: String,
    /// SHA-256 of its body, lower-case hex; null where it has none.
    #[schema(example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    pub(crate) body_sha256: Option<String>,
}

/// The header that an approval comes in.
pub(crate) const STEP_UP: HeaderName = HeaderName::from_static("step-up");
const LONGEST_PATH: usize = 1024;

impl Action {
    fn of(parts: &Parts, body: &[u8]) -> Self {
        let path = parts.uri.path_and_query();
        Self {
            method: parts.method.as_str().to_owned(),
            path: path.map_or_else(
                || parts.uri.path().to_owned(),
                |path| path.as_str().to_owned(),
            ),
            body_sha256: (!body.is_empty()).then(|| hex(&Sha256::digest(body))),
        }
    }

    /// Holds what a client sent to the bounds of a request.
    pub(crate) fn check(&self) -> Result<()> {
        let is_digest = |text: &String| {
            text.len() == 64
                && text
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let refuse = |field, message| Err(Problem::invalid_field(field, "action_invalid", message));
        if !matches!(
            self.method.as_str(),
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
        ) {
            return refuse("action.method", "This is no method of this API.");
        }
        if !self.path.starts_with('/') || self.path.len() > LONGEST_PATH {
            return refuse("action.path", "This is no path of this API.");
        }
        if !self.body_sha256.as_ref().is_none_or(is_digest) {
            return refuse(
                "action.body_sha256",
                "A digest is 64 lower-case hex digits.",
            );
        }
        Ok(())
    }
}

/// What a sensitive request asks for, and the approval it came with.
pub(crate) struct Asked {
    action: Action,
    approval: Option<String>,
}

/// The right to take one action, not yet used.
pub(crate) struct Approval {
    /// By a key that checked that it was her.
    by_key: bool,
    action: Action,
    spend: Statement,
}

impl Asked {
    /// From a request, read whole.
    pub(crate) fn of(parts: &Parts, body: &[u8]) -> Self {
        let approval = parts.headers.get(STEP_UP);
        Self {
            action: Action::of(parts, body),
            approval: approval.and_then(|value| value.to_str().ok().map(str::to_owned)),
        }
    }

    /// The approval that the request came with. Without one that is for it: the
    /// problem that says how to get it, at the cost of one batch.
    pub(crate) async fn approved(self, app: &App, signed: &Signed) -> Result<Approval> {
        if let Some(text) = &self.approval
            && let Some(ticket) = ticket::read(app, text).await?
            && let Purpose::SteppedUp {
                person,
                session,
                action,
                by_key,
            } = &ticket.purpose
            && *person == signed.person
            && *session == signed.session()?
            && *action == self.action
        {
            return Ok(Approval {
                by_key: *by_key,
                spend: ticket.spend(),
                action: self.action,
            });
        }
        let outcomes = app.db.batch(Factors::of_person(signed.person)).await?;
        let factors = Factors::open(&signed.keys, &signed.reveal, outcomes)?;
        Err(Problem::step_up_required(self.action, factors.methods()))
    }
}

impl Asked {
    /// As [`Self::approved`], for what only a key approves that checks that it is her.
    pub(crate) async fn approved_by_key(self, app: &App, signed: &Signed) -> Result<Approval> {
        let approval = self.approved(app, signed).await?;
        if approval.by_key {
            Ok(approval)
        } else {
            let methods = vec![Method::Passkey];
            Err(Problem::step_up_required(approval.action, methods))
        }
    }
}

impl Approval {
    /// Uses it up, in the batch of the action.
    pub(super) fn spend(self) -> Statement {
        self.spend
    }

    /// Takes the action: the approval is used up in the same batch. One that was
    /// used before, perhaps at this moment, is none.
    pub(crate) async fn land(self, app: &App, mut batch: Vec<Statement>) -> Result<Vec<Outcome>> {
        batch.insert(0, self.spend);
        match app.db.batch_all(&batch).await {
            Ok(mut outcomes) => {
                outcomes.remove(0);
                Ok(outcomes)
            }
            Err(EngineError::Duplicate) => Err(Problem::step_up_required(self.action, Vec::new())),
            Err(error) => Err(error.into()),
        }
    }
}

/// What an action is to be approved with.
pub(crate) struct StepUp {
    pub(crate) issued: Issued,
    pub(crate) methods: Vec<Method>,
    /// For the browser, where a key is enrolled.
    pub(crate) options: Option<serde_json::Value>,
}

/// Begins: a ticket for the action. One batch, two where this isolate has not met
/// her within a minute.
pub(crate) async fn begin(app: &App, caller: Caller, action: Action) -> Result<StepUp> {
    let (signed, outcomes) = caller
        .read(|signed| Ok(Factors::of_person(signed.person)))
        .await?;
    let factors = Factors::open(&signed.keys, &signed.reveal, outcomes)?;
    let challenge = ticket::challenge()?;
    let purpose = Purpose::StepUp {
        person: signed.person,
        session: signed.session()?,
        action,
        challenge,
    };
    Ok(StepUp {
        issued: ticket::issue(app, purpose).await?,
        methods: factors.methods(),
        options: factors.request_options(app, &challenge)?,
    })
}

/// Ends: the ticket and a proof become the approval. Three batches.
pub(crate) async fn confirm(
    app: &App,
    caller: Caller,
    text: &str,
    proof: &Proof,
) -> Result<Issued> {
    let (signed, session) = caller.proven().await?;
    let Some(mut session) = session else {
        return Err(Problem::internal("a step-up without a session"));
    };
    let ticket = ticket::read(app, text).await?.ok_or_else(refused)?;
    let spend = ticket.spend();
    let Purpose::StepUp {
        person,
        session: bound,
        action,
        challenge,
    } = ticket.purpose
    else {
        return Err(refused());
    };
    if person != signed.person || bound != session.id {
        return Err(refused());
    }
    let proved = prove(app, person, &challenge, UserVerification::Preferred, proof).await?;
    session.record.stepped_up_at = Some(Timestamp::now());
    session.record.user_verified |= proved.user_verified;
    let by_key = proved.factor == Method::Passkey.name() && proved.user_verified;
    let mut batch = vec![spend];
    batch.extend(proved.writes);
    // For her to see; where two step-ups meet, one of them is written.
    batch.push(sessions::update(
        &signed.keys,
        session.id,
        session.rev,
        &session.record,
    )?);
    match app.db.batch_all(&batch).await {
        Ok(_) => {}
        // The ticket was used, or the code, by a request that was faster.
        Err(EngineError::Duplicate | EngineError::Guard) => return Err(refused()),
        Err(error) => return Err(error.into()),
    }
    ticket::issue(
        app,
        Purpose::SteppedUp {
            person,
            session: bound,
            action,
            by_key,
        },
    )
    .await
}
