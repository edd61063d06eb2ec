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
        bearer::Bearer,
        engine::Statement,
        keys::UserKeys,
        sessions::{self, SessionRecord},
    },
};

const SECONDS: i64 = 30 * 24 * 60 * 60;

/// What proved who she is, at the beginning of a session.
pub(super) struct Proven {
    pub(super) factors: Vec<&'static str>,
    /// An authenticator verified the person, by a fingerprint or a PIN.
    pub(super) user_verified: bool,
}

impl Proven {
    /// A password, and nothing else.
    pub(super) fn by_password() -> Self {
        Self {
            factors: vec!["password"],
            user_verified: false,
        }
    }
}

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
        proven: &Proven,
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
            factors: proven.factors.iter().map(|&factor| factor.into()).collect(),
            user_verified: proven.user_verified,
            stepped_up_at: None,
            user_agent: visitor.user_agent.clone(),
            ip: visitor.address.map(|address| address.to_string()),
        };
        let statement = sessions::insert(keys, session.id, &hash, session.expires_at, &record)?;
        Ok((session, statement))
    }

    /// Spares the session's first request a batch in this isolate.
    pub(super) fn remember(&self, app: &App, person: PersonId) {
        app.tokens.put(Bearer::Session(self.token.hash()), person);
    }

    /// The value of `Set-Cookie` that hands the token to a browser.
    pub(crate) fn cookie(&self) -> Result<HeaderValue> {
        set_cookie(COOKIE, self.token.expose(), SECONDS)
    }
}

/// The value of `Set-Cookie` that takes the token from a browser.
pub(crate) fn no_cookie() -> Result<HeaderValue> {
    set_cookie(COOKIE, "", 0)
}

/// A cookie of this host only, over https only, that no script reads.
pub(super) fn set_cookie(name: &str, value: &str, max_age: i64) -> Result<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Max-Age={max_age}; Secure; HttpOnly; SameSite=Lax");
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| Problem::internal("a cookie is no header value"))?;
    value.set_sensitive(true);
    Ok(value)
}
