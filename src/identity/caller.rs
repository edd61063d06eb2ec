//! Who a request says it comes from, and the proof: the row of a session or of an
//! API token, read in the same batch as what the request is for.
//!
//! An `Authorization` header wins, and then cookies are ignored; a cookie with an
//! unsafe method counts only when `Origin` is our own.

use std::{marker::PhantomData, sync::Arc};

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use vault::Reveal;

use super::{
    api_token,
    scope::{Access, Scope, access::Owner},
    token::OpaqueToken,
};
use crate::{
    app::App,
    id::{PersonId, SessionId},
    platform::Timestamp,
    problem::{Kind, Problem, Result},
    store::{
        bearer::Bearer,
        engine::{EngineError, Outcome, Rows, Statement},
        keys::UserKeys,
        sessions::{SessionRecord, SessionRow},
    },
};

/// The session cookie. `__Host-`: this host only, https only, the whole path.
pub(crate) const COOKIE: &str = "__Host-balance";

/// A token that came with a request, not yet proven. What `A` says may call.
pub(crate) struct Caller<A: Access = Owner> {
    app: App,
    token: Bearer,
    access: PhantomData<A>,
}

/// A proven caller: her keys, and the right to reveal what is hers.
pub(crate) struct Signed {
    pub(crate) person: PersonId,
    /// None where an API token was shown.
    session: Option<SessionId>,
    pub(crate) keys: Arc<UserKeys>,
    pub(crate) reveal: Reveal,
}

impl Signed {
    /// Her session, which every handler but those with a scope is called with.
    pub(crate) fn session(&self) -> Result<SessionId> {
        self.session
            .ok_or_else(|| Problem::internal("a caller without a session"))
    }
}

impl<S: Sync, A: Access> FromRequestParts<S> for Caller<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let app = App::from_request_parts(parts, state).await?;
        let token = match bearer(&parts.headers)? {
            Some(token) => token,
            None => from_cookie(parts, &app.config.origin)?,
        };
        if let (Bearer::ApiToken(_), None) = (&token, A::SCOPE) {
            return Err(Problem::new(
                Kind::SessionRequired,
                "No API token opens this: sign in.",
            ));
        }
        Ok(Self {
            app,
            token,
            access: PhantomData,
        })
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<Bearer>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| Problem::unauthenticated())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(Problem::unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::unauthenticated());
    }
    let token = token.trim();
    let bearer = match token.strip_prefix(api_token::PREFIX) {
        Some(secret) => OpaqueToken::parse(secret).map(|token| Bearer::ApiToken(token.hash())),
        None => OpaqueToken::parse(token).map(|token| Bearer::Session(token.hash())),
    };
    bearer.map(Some).ok_or_else(Problem::unauthenticated)
}

fn from_cookie(parts: &Parts, origin: &str) -> Result<Bearer> {
    let token = session_cookie(&parts.headers).ok_or_else(Problem::unauthenticated)?;
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
    Ok(Bearer::Session(token.hash()))
}

fn session_cookie(headers: &HeaderMap) -> Option<OpaqueToken> {
    OpaqueToken::parse(cookie(headers, COOKIE)?)
}

/// The value that a request's cookies give a name.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter();
    let mut pairs = all
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

impl<A: Access> Caller<A> {
    /// The hash of the token it came with, proven or not.
    pub(crate) const fn token(&self) -> Bearer {
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
            batch.insert(0, self.token.row(Timestamp::now()));
            let mut outcomes = self.app.db.batch_all(&batch).await?;
            let row = outcomes.remove(0).rows()?;
            let (signed, _) = self.prove(&row, Some(expected.keys), None)?;
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
        Ok(self.proven().await?.0)
    }

    /// As [`Self::signed`], with the row of her session.
    pub(super) async fn proven(self) -> Result<(Signed, Option<Session>)> {
        let now = Timestamp::now();
        if let Some(expected) = self.expected() {
            let [row] = self.app.db.batch([self.token.row(now)]).await?;
            return self.prove(&row.rows()?, Some(expected.keys), None);
        }
        let [row, keys, directory] = self
            .app
            .db
            .batch([
                self.token.row(now),
                self.token.keys(now),
                self.token.directory(now),
            ])
            .await?;
        let proven = self.prove(&row.rows()?, None, Some(&keys.rows()?))?;
        proven.0.keys.directory(&directory.rows()?)?;
        Ok(proven)
    }

    /// Who this isolate believes the caller to be. To be proven by the row.
    fn expected(&self) -> Option<Signed> {
        let person = self.app.tokens.get(&self.token)?;
        let keys = self.app.keys.warm(person.vault())?;
        Some(Signed {
            person,
            session: None,
            keys,
            reveal: Reveal::owner(person.vault()),
        })
    }

    /// By the row of her token, and her keys: those expected, or wrapped ones.
    fn prove(
        &self,
        row: &Rows,
        expected: Option<Arc<UserKeys>>,
        wrapped: Option<&Rows>,
    ) -> Result<(Signed, Option<Session>)> {
        let Some(row) = SessionRow::one(row)? else {
            self.app.tokens.forget(&self.token);
            return Err(Problem::unauthenticated());
        };
        let person = PersonId(row.user_id);
        let keys = match (expected, wrapped) {
            (Some(keys), _) => keys,
            (None, Some(wrapped)) => self
                .app
                .keys
                .admit(person.vault(), wrapped)?
                .ok_or_else(Problem::unauthenticated)?,
            (None, None) => return Err(Problem::internal("a caller without keys")),
        };
        if person.vault() != keys.user() {
            return Err(Problem::internal("a session changed its person"));
        }
        let reveal = Reveal::owner(person.vault());
        let session = match &self.token {
            Bearer::Session(hash) => {
                let (id, rev) = (SessionId(row.id), row.rev);
                let record = row
                    .open(&keys, Some(hash))?
                    .reveal(&reveal)
                    .map_err(|_| Problem::internal("a session that reveals another's"))?;
                Some(Session { id, rev, record })
            }
            Bearer::ApiToken(hash) => {
                self.admit_token(row, &keys, hash)?;
                None
            }
        };
        self.app.tokens.put(self.token, person);
        let signed = Signed {
            person,
            session: session.as_ref().map(|session| session.id),
            keys,
            reveal,
        };
        Ok((signed, session))
    }

    fn admit_token(
        &self,
        row: SessionRow,
        keys: &Arc<UserKeys>,
        hash: &crate::store::sessions::TokenHash,
    ) -> Result<()> {
        let required = A::SCOPE.ok_or_else(|| Problem::internal("a token where none opens"))?;
        let granted = api_token::admit(&self.app, row, keys, hash)?;
        if granted.contains(&required) {
            Ok(())
        } else {
            Err(Problem::insufficient_scope(Scope::name(required)))
        }
    }
}

/// The row of the session that asks, for what changes it.
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) rev: u32,
    pub(super) record: SessionRecord,
}
