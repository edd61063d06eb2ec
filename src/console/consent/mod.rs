//! A person's consent, from an operator's request to its end. She reads the canonical text in
//! her account and her key signs it; what she signed is kept as she signed it, and is verified
//! again each time it is used. Where it stands is read from the audit log.
//!
//! [`request`] is the operator's asking, [`answer`] hers, [`using`] what a command does with it,
//! [`proof`] what anybody else may check, [`ends`] what she is told when its time is over.

mod answer;
mod ends;
mod proof;
mod request;
mod using;

use consent::{Event, Signed as SignedConsent, Standing, State, Terms, Unverified};
use passkey::{AuthenticationResponse, Credential};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tlog::Kind as Deed;

use crate::{
    app::App,
    audit::{self, Actor, Leaf, Told},
    id::{ConsentId, PersonId, RowId, hex},
    platform::{Timestamp, signature},
    problem::{Kind, Problem, Result},
    store::{
        audit_log::PartRow,
        consents::{ConsentRecord, GrantRecord},
        engine::Rows,
        keys::UserKeys,
    },
};

pub(crate) use answer::{decline, grant, list, open, revoke, show};
pub(crate) use ends::tell_of_ends;
pub(crate) use proof::proof;
pub(super) use request::request;
pub(super) use using::{Refusal, Use, ready, row, status, why};

/// How long a request waits for an answer, in seconds.
const WAITS: i64 = 7 * 86_400;

/// A consent, and where it stands.
pub(crate) struct Shown {
    pub(crate) id: ConsentId,
    pub(crate) record: ConsentRecord,
    pub(crate) state: &'static str,
    pub(crate) uses_left: u32,
    pub(crate) expires_at: Option<Timestamp>,
}

const fn name(state: State) -> &'static str {
    match state {
        State::Requested => "requested",
        State::Granted => "granted",
        State::Declined => "declined",
        State::Expired => "expired",
        State::Revoked => "revoked",
        State::Exhausted => "exhausted",
    }
}

fn now() -> u64 {
    seconds(Timestamp::now())
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.unix()).unwrap_or_default()
}

fn stamp(at: u64) -> Timestamp {
    Timestamp::from_unix(i64::try_from(at).unwrap_or(i64::MAX))
}

/// What the log says of a consent: each leaf held to the part that it commits to, and that to
/// the consent, so that no row can stand for another's.
fn events(system: &UserKeys, id: ConsentId, rows: &Rows) -> Result<Vec<Event>> {
    let rows: Vec<PartRow> = rows.all()?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let mut told = Told::open(system, row)?;
        if told.take(&["consent"]) != Value::String(id.public()) {
            return Err(Problem::internal("the audit log of a consent was changed"));
        }
        events.extend(match told.kind {
            Deed::ConsentRequested => Some(Event::Requested),
            Deed::ConsentGranted => Some(Event::Granted(seconds(told.at))),
            Deed::ConsentDeclined => Some(Event::Declined),
            Deed::ConsentUsed => Some(Event::Used),
            Deed::ConsentRevoked => Some(Event::Revoked),
            _ => None,
        });
    }
    Ok(events)
}

/// Where a consent stands by its events.
fn stand(id: ConsentId, record: ConsentRecord, events: &[Event]) -> Result<Shown> {
    let (state, uses_left, expires_at) = match &record.grant {
        Some(grant) => {
            let terms = terms_of(grant)?;
            let standing = Standing::of(&terms, events, now());
            (
                standing.state,
                standing.uses_left,
                Some(stamp(terms.expires)),
            )
        }
        None if events.contains(&Event::Declined) => (State::Declined, record.uses, None),
        None if events.contains(&Event::Revoked) => (State::Revoked, record.uses, None),
        None if Timestamp::now() >= record.requested_at.plus(WAITS) => {
            (State::Expired, record.uses, None)
        }
        None => (State::Requested, record.uses, None),
    };
    Ok(Shown {
        id,
        record,
        state: name(state),
        uses_left,
        expires_at,
    })
}

fn terms_of(grant: &GrantRecord) -> Result<Terms> {
    Terms::parse(grant.text.as_bytes()).map_err(|_| Problem::internal("a consent that is none"))
}

fn not_open() -> Problem {
    Problem::new(
        Kind::Conflict,
        "This consent is not open any more: it was answered, or its time is over.",
    )
}

fn actor(record: &ConsentRecord) -> Actor {
    Actor {
        id: record.operator,
        name: record.operator_name.clone(),
        role: record.operator_role,
    }
}

/// The leaf of a step.
fn leaf(
    kind: Deed,
    system: &UserKeys,
    keys: &UserKeys,
    id: ConsentId,
    record: &ConsentRecord,
) -> Result<Leaf> {
    let text = record.grant.as_ref().map(|grant| grant.text.as_bytes());
    let actor = actor(record);
    let event = audit::Event::Consent {
        consent: id,
        person: PersonId(RowId(*keys.user().as_bytes())),
        operator: &actor,
        purpose: &record.purpose,
        text_sha256: text.map(|text| hex(&Sha256::digest(text))),
    };
    Leaf::new(kind, system, Some(keys), &event, &[id.0])
}

/// Holds what a browser answered to a text.
async fn verified(
    app: &App,
    terms: Terms,
    credential: &Credential,
    response: &str,
) -> Result<Option<SignedConsent>> {
    let Ok(response) = serde_json::from_str::<AuthenticationResponse>(response) else {
        return Ok(None);
    };
    let Ok(unverified) = Unverified::new(&app.relying_party, terms, credential, &response) else {
        return Ok(None);
    };
    let holds = signature::verifies(unverified.assertion()).await;
    Ok(unverified.verified(holds).ok())
}
