//! The beginning of a session: 30 days, by a token shown once, in the reply and
//! in a cookie.

use http::HeaderValue;

use super::{COOKIE, Visitor, token::OpaqueToken};
use crate::{
    app::App,
    id::{PersonId, RowId, SessionId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        engine::Statement,
        keys::UserKeys,
        sessions::{self, SessionRecord},
    },
};

const SECONDS: i64 = 30 * 24 * 60 * 60;

/// A session that has just begun.
pub(crate) struct NewSession {
    pub(crate) id: SessionId,
    pub(crate) token: OpaqueToken,
    pub(crate) expires_at: Timestamp,
}

impl NewSession {
    /// Draws a token; the session begins when the statement lands.
    pub(super) fn begin(
        keys: &UserKeys,
        visitor: &Visitor,
        factor: &'static str,
        now: Timestamp,
    ) -> Result<(Self, Statement)> {
        let session = Self {
            id: SessionId(RowId::new()?),
            token: OpaqueToken::generate()?,
            expires_at: now.plus(SECONDS),
        };
        let hash = session.token.hash();
        let record = SessionRecord {
            token_hash: hash.hex(),
            created_at: now,
            factors: vec![factor.to_owned()],
            user_agent: visitor.user_agent.clone(),
            ip: visitor.address.map(|address| address.to_string()),
        };
        let statement = sessions::insert(keys, session.id, &hash, session.expires_at, &record)?;
        Ok((session, statement))
    }

    /// Spares the session's first request a batch in this isolate.
    pub(super) fn remember(&self, app: &App, person: PersonId) {
        app.tokens.put(self.token.hash(), person);
    }

    /// The value of `Set-Cookie` that hands the token to a browser.
    pub(crate) fn cookie(&self) -> Result<HeaderValue> {
        cookie(self.token.expose(), SECONDS)
    }
}

/// The value of `Set-Cookie` that takes the token from a browser.
pub(crate) fn no_cookie() -> Result<HeaderValue> {
    cookie("", 0)
}

fn cookie(value: &str, max_age: i64) -> Result<HeaderValue> {
    let text =
        format!("{COOKIE}={value}; Path=/; Max-Age={max_age}; Secure; HttpOnly; SameSite=Lax");
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| Problem::internal("a cookie is no header value"))?;
    value.set_sensitive(true);
    Ok(value)
}
