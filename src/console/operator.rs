//! Who is at the console: a session that lasts, of somebody who is still an operator.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use vault::{Reveal, SystemPurpose};

use crate::{
    app::App,
    audit::{Actor, Why},
    id::{ConsoleSessionId, OperatorId, PersonId},
    identity::OpaqueToken,
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        engine::Rows,
        keys::UserKeys,
        operator_sessions::{self, OperatorSessionRow},
        operators::{OperatorRecord, OperatorRow, Role},
        sessions::TokenHash,
    },
};

/// What a console's token begins with.
pub(super) const PREFIX: &str = "opc_";

/// A console's token that came with a request, not yet proven.
pub(crate) struct Operator {
    app: App,
    token: TokenHash,
}

/// A proven operator in a session.
pub(super) struct AtConsole {
    pub(super) session: ConsoleSessionId,
    pub(super) expires_at: Timestamp,
    pub(super) id: OperatorId,
    /// The operator's own account, whom he does not serve.
    pub(super) account: Option<PersonId>,
    pub(super) role: Role,
    pub(super) why: Why,
    pub(super) system: Arc<UserKeys>,
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let app = App::from_request_parts(parts, state).await?;
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, token)| token.trim().strip_prefix(PREFIX))
            .and_then(OpaqueToken::parse)
            .ok_or_else(no_session)?;
        Ok(Self {
            app,
            token: token.hash(),
        })
    }
}

impl Operator {
    /// Proves it, at the cost of one batch.
    pub(super) async fn proven(self) -> Result<AtConsole> {
        let now = Timestamp::now();
        let system = self.app.system_keys().await?;
        let [session, operator] = self
            .app
            .db
            .batch([
                operator_sessions::by_token(&self.token, now),
                operator_sessions::operator_by_token(&self.token, now),
            ])
            .await?;
        let session: Option<OperatorSessionRow> = session.rows()?.first()?;
        let operator = opened(&system, &operator.rows()?)?;
        let (Some(session), Some((id, account, operator))) = (session, operator) else {
            return Err(no_session());
        };
        let (row, expires_at) = (ConsoleSessionId(session.id), session.expires_at);
        let record = session
            .open(&system, Some(&self.token))?
            .reveal(&Reveal::system(SystemPurpose::LookUp))
            .map_err(|_| Problem::internal("no right to a session of the console"))?;
        if record.operator != id {
            return Err(Problem::internal(
                "a console's session changed its operator",
            ));
        }
        Ok(AtConsole {
            session: row,
            expires_at,
            id,
            account,
            role: operator.role,
            why: Why {
                session: row,
                operator: Actor {
                    id,
                    name: operator.name,
                    role: operator.role,
                },
                reason_type: record.reason_type,
                reason: record.reason,
                ticket: record.ticket,
            },
            system,
        })
    }
}

/// An operator out of rows that are one or none.
pub(super) fn opened(
    system: &UserKeys,
    rows: &Rows,
) -> Result<Option<(OperatorId, Option<PersonId>, OperatorRecord)>> {
    let row: Option<OperatorRow> = rows.first()?;
    row.map(|row| open(system, row)).transpose()
}

/// An operator's row.
pub(super) fn open(
    system: &UserKeys,
    row: OperatorRow,
) -> Result<(OperatorId, Option<PersonId>, OperatorRecord)> {
    let (id, account) = (OperatorId(row.id), row.account_id.map(PersonId));
    let record = row
        .open(system)?
        .reveal(&Reveal::system(SystemPurpose::LookUp))
        .map_err(|_| Problem::internal("no right to an operator"))?;
    Ok((id, account, record))
}

fn no_session() -> Problem {
    Problem::new(
        Kind::Unauthenticated,
        "The console's session is over, or there was none: sign in again.",
    )
}
