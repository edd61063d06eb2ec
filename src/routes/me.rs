//! `GET /v1/me`: the account of whoever asks.

use serde::Serialize;
use utoipa::ToSchema;

use super::contract::{Routes, routes};
use super::extract::Json;
use crate::{
    id::PersonId,
    identity::Caller,
    platform::Timestamp,
    problem::{Problem, Result},
    store::people::{self, LeakState, PersonRecord, PersonRow},
};

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(show))
}

/// An account.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    #[schema(value_type = String, example = "usr_0199c1f2b7a47d3c8e5f60718293a4b5")]
    id: PersonId,
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// RFC 3339.
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    created_at: String,
    password: PasswordBody,
}

/// What is known of the password and the leaks.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordBody {
    /// It is in known leaks, and should be changed. Stays so until it is.
    exposed: bool,
    /// How often.
    #[serde(skip_serializing_if = "Option::is_none")]
    exposed_count: Option<u64>,
    /// When it was last looked up, RFC 3339. Left out where the look-up failed so far: the next sign-in tries again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, example = "2026-11-22T14:00:00Z")]
    checked_at: Option<String>,
}

impl UserBody {
    pub(super) fn new(person: PersonId, record: PersonRecord) -> Self {
        Self {
            id: person,
            email: record.email,
            name: record.name,
            created_at: record.created_at.rfc3339(),
            password: PasswordBody::new(record.leak),
        }
    }
}

impl PasswordBody {
    fn new(leak: LeakState) -> Self {
        let (exposed_count, checked_at) = match leak {
            LeakState::NotFound { checked_at } => (None, Some(checked_at)),
            LeakState::Exposed { count, checked_at } => (Some(count), Some(checked_at)),
            LeakState::Unchecked => (None, None),
        };
        Self {
            exposed: exposed_count.is_some(),
            exposed_count,
            checked_at: checked_at.map(Timestamp::rfc3339),
        }
    }
}

/// Show the account
///
/// One batch, two where this isolate has not met her within a minute.
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "show_account",
    tag = "Identity",
    responses((status = 200, description = "The account.", body = UserBody))
)]
async fn show(caller: Caller) -> Result<Json<UserBody>> {
    let (signed, [row]) = caller
        .read(|signed| Ok([people::by_id(signed.person)]))
        .await?;
    let row: PersonRow = row
        .rows()?
        .first()?
        .ok_or_else(|| Problem::internal("a session without its person"))?;
    let record = signed
        .keys
        .open::<PersonRecord>(row.id, row.rev, row.sealed)?
        .reveal(&signed.reveal)
        .map_err(|_| Problem::internal("a session that reveals another's account"))?;
    Ok(Json(UserBody::new(signed.person, record)))
}
