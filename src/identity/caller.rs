//! Who a request says it comes from, and the proof: a session's row, read in the
//! same batch as what the request is for.
//!
//! An `Authorization` header wins, and then cookies are ignored; a cookie with an
//! unsafe method counts only when `Origin` is our own.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use vault::Reveal;

use super::token::OpaqueToken;
use crate::{
    app::App,
    id::{PersonId, SessionId},
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        engine::{EngineError, Outcome, Statement},
        keys::UserKeys,
        months,
        sessions::{self, SessionRow, TokenHash},
    },
};

/// The session cookie. `__Host-`: this host only, https only, the whole path.
pub(crate) const COOKIE: &str = "__Host-balance";

/// A token that came with a request, not yet proven.
pub(crate) struct Caller {
    app: App,
    token: TokenHash,
}

/// A proven caller: her keys, and the right to reveal what is hers.
pub(crate) struct Signed {
    pub(crate) person: PersonId,
    pub(crate) session: SessionId,
    pub(crate) keys: Arc<UserKeys>,
    pub(crate) reveal: Reveal,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let app = App::from_request_parts(parts, state).await?;
        let token = match bearer(&parts.headers)? {
            Some(token) => token,
            None => from_cookie(parts, &app.config.origin)?,
        };
        Ok(Self {
            app,
            token: token.hash(),
        })
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<OpaqueToken>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| Problem::unauthenticated())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(Problem::unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::unauthenticated());
    }
    OpaqueToken::parse(token.trim())
        .map(Some)
        .ok_or_else(Problem::unauthenticated)
}

fn from_cookie(parts: &Parts, origin: &str) -> Result<OpaqueToken> {
    let token = cookie(&parts.headers).ok_or_else(Problem::unauthenticated)?;
    if !parts.method.is_safe() {
        let sent = parts
            .headers
            .get(header::ORIGIN)
            .and_then(|value| value.to_str().ok());
        if sent != Some(origin) {
            return Err(Problem::new(
                Kind::CrossSite,
                "A request with a cookie must come from this site: send its Origin header.",
            ));
        }
    }
    Ok(token)
}

fn cookie(headers: &HeaderMap) -> Option<OpaqueToken> {
    let all = headers.get_all(header::COOKIE).iter();
    let mut pairs = all
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let found = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    OpaqueToken::parse(found)
}

impl Caller {
    /// The hash of the token it came with, proven or not.
    pub(crate) const fn token(&self) -> TokenHash {
        self.token
    }

    /// Proves the caller and reads in the same breath: one batch where this
    /// isolate knows her keys, two where it does not.
    ///
    /// `statements` is asked with the keys, so that blind indexes can be looked
    /// for; it may be asked twice.
    pub(crate) async fn read<const N: usize>(
        self,
        statements: impl Fn(&Signed) -> Result<[Statement; N]>,
    ) -> Result<(Signed, [Outcome; N])> {
        let (signed, outcomes) = self
            .read_all(|signed| statements(signed).map(Vec::from))
            .await?;
        let outcomes = outcomes
            .try_into()
            .map_err(|_| Problem::from(EngineError::Shape))?;
        Ok((signed, outcomes))
    }

    /// As [`Self::read`], for a count of statements known at run time.
    pub(crate) async fn read_all(
        self,
        statements: impl Fn(&Signed) -> Result<Vec<Statement>>,
    ) -> Result<(Signed, Vec<Outcome>)> {
        if let Some(expected) = self.expected() {
            let mut batch = statements(&expected)?;
            batch.insert(0, sessions::by_token(&self.token, Timestamp::now()));
            let mut outcomes = self.app.db.batch_all(&batch).await?;
            let session = outcomes.remove(0).rows()?;
            let signed = self.prove(SessionRow::one(&session)?, expected.keys)?;
            return Ok((signed, outcomes));
        }
        let app = self.app.clone();
        let signed = self.signed().await?;
        let batch = statements(&signed)?;
        let outcomes = app.db.batch_all(&batch).await?;
        Ok((signed, outcomes))
    }

    /// Proves the caller, at the cost of one batch: for requests that write.
    pub(crate) async fn signed(self) -> Result<Signed> {
        let now = Timestamp::now();
        if let Some(expected) = self.expected() {
            let [session] = self
                .app
                .db
                .batch([sessions::by_token(&self.token, now)])
                .await?;
            return self.prove(SessionRow::one(&session.rows()?)?, expected.keys);
        }
        let [session, keys, directory] = self
            .app
            .db
            .batch([
                sessions::by_token(&self.token, now),
                sessions::keys_by_token(&self.token, now),
                months::by_token(&self.token, now),
            ])
            .await?;
        let session = SessionRow::one(&session.rows()?)?.ok_or_else(Problem::unauthenticated)?;
        let keys = self
            .app
            .keys
            .admit(PersonId(session.user_id).vault(), &keys.rows()?)?
            .ok_or_else(Problem::unauthenticated)?;
        let signed = self.prove(Some(session), keys)?;
        signed.keys.directory(&directory.rows()?)?;
        Ok(signed)
    }

    /// Who this isolate believes the caller to be. To be proven by the row.
    fn expected(&self) -> Option<Signed> {
        let person = self.app.tokens.get(&self.token)?;
        let keys = self.app.keys.warm(person.vault())?;
        let session = SessionId(crate::id::RowId([0; 16]));
        Some(Signed {
            person,
            session,
            keys,
            reveal: Reveal::owner(person.vault()),
        })
    }

    fn prove(&self, row: Option<SessionRow>, keys: Arc<UserKeys>) -> Result<Signed> {
        let Some(row) = row else {
            self.app.tokens.forget(&self.token);
            return Err(Problem::unauthenticated());
        };
        let person = PersonId(row.user_id);
        if person.vault() != keys.user() {
            return Err(Problem::internal("a session changed its person"));
        }
        let session = SessionId(row.id);
        row.open(&keys, Some(&self.token))?;
        self.app.tokens.put(self.token, person);
        Ok(Signed {
            person,
            session,
            keys,
            reveal: Reveal::owner(person.vault()),
        })
    }
}
