//! API tokens: `bal_` and 256 random bits, shown once, for programs that read in a
//! person's name. Each is good for its scopes and expires.

use std::sync::Arc;

use super::{
    Signed,
    enrolment::account,
    mails::{self, Notice},
    scope::Scope,
    sign_up::{NAME_INVALID, is_name},
    step_up::Asked,
    token::OpaqueToken,
};
use crate::{
    app::App,
    id::{ApiTokenId, PersonId, RowId},
    platform::{Timestamp, task},
    problem::{FieldError, Problem, Result},
    store::{
        api_tokens::{self, TokenRecord, TokenRow},
        engine::Statement,
        keys::UserKeys,
        sessions::{SessionRow, TokenHash},
    },
};

/// What tells a token from a session's, and a leaked one to whoever scans for it.
pub(super) const PREFIX: &str = "bal_";
/// How exactly its last use is known, in seconds: not every request writes.
const LAST_USE_TO: i64 = 60 * 60;
const MAX_DAYS: u32 = 365;
const DAY: i64 = 24 * 60 * 60;

/// A token to be made.
pub(crate) struct TokenRequest {
    name: String,
    scopes: Vec<Scope>,
    days: u32,
}

/// A token that was just made.
pub(crate) struct NewToken {
    pub(crate) id: ApiTokenId,
    /// With its prefix.
    pub(crate) token: zeroize::Zeroizing<String>,
    pub(crate) expires_at: Timestamp,
    pub(crate) record: TokenRecord,
}

impl TokenRequest {
    /// Holds a request to the rules; the problem names every field at once.
    pub(crate) fn check(name: &str, scopes: &[String], days: u32) -> Result<Self> {
        let mut errors = Vec::new();
        let mut refuse = |field: &'static str, code, message: &'static str| {
            errors.push(FieldError {
                field: field.into(),
                code,
                message: message.into(),
            });
        };
        let name = crate::text::nfc(name.trim());
        if !is_name(&name) {
            refuse("name", "name_invalid", NAME_INVALID);
        }
        let mut known = Vec::new();
        for scope in scopes {
            match Scope::parse(scope) {
                Some(scope) if !known.contains(&scope) => known.push(scope),
                Some(_) => {}
                None => {
                    refuse(
                        "scopes",
                        "scope_unknown",
                        "There is no such scope; see /docs.",
                    );
                    break;
                }
            }
        }
        if scopes.is_empty() {
            refuse(
                "scopes",
                "missing",
                "A token is good for one scope at least.",
            );
        }
        if !(1..=MAX_DAYS).contains(&days) {
            refuse(
                "expires_in_days",
                "range",
                "A token is good for 1 to 365 days.",
            );
        }
        if errors.is_empty() {
            Ok(Self {
                name,
                scopes: known,
                days,
            })
        } else {
            Err(Problem::invalid(errors))
        }
    }

    /// Draws the token; it is good once the statement has landed.
    pub(crate) fn mint(self, keys: &UserKeys) -> Result<(NewToken, Statement)> {
        let now = Timestamp::now();
        let secret = OpaqueToken::generate()?;
        let hash = secret.hash();
        let record = TokenRecord {
            token_hash: hash.hex(),
            name: self.name,
            scopes: self
                .scopes
                .iter()
                .map(|scope| scope.name().to_owned())
                .collect(),
            created_at: now,
            last_used_at: None,
        };
        let token = NewToken {
            id: ApiTokenId(RowId::new()?),
            token: zeroize::Zeroizing::new(format!("{PREFIX}{}", secret.expose())),
            expires_at: now.plus(i64::from(self.days) * DAY),
            record,
        };
        let insert = api_tokens::insert(keys, token.id, &hash, token.expires_at, &token.record)?;
        Ok((token, insert))
    }
}

/// Makes a token. Two batches and a mail.
pub(crate) async fn mint_token(
    app: &App,
    signed: &Signed,
    asked: Asked,
    request: TokenRequest,
) -> Result<NewToken> {
    let approval = asked.approved(app, signed).await?;
    let (_, _, account) = account(app, signed).await?;
    let (token, insert) = request.mint(&signed.keys)?;
    approval.land(app, vec![insert]).await?;
    mails::notify(app, &account.email, Notice::TokenMinted).await;
    Ok(token)
}

/// What a token that came with a request is good for, by its row.
pub(super) fn admit(
    app: &App,
    row: SessionRow,
    keys: &Arc<UserKeys>,
    hash: &TokenHash,
) -> Result<Vec<Scope>> {
    let (id, rev) = (ApiTokenId(row.id), row.rev);
    let person = PersonId(row.user_id);
    let row = TokenRow {
        id: row.id,
        expires_at: row.expires_at,
        rev: row.rev,
        sealed: row.sealed,
    };
    let record = row
        .open(keys, Some(hash))?
        .reveal(&vault::Reveal::owner(person.vault()))
        .map_err(|_| Problem::internal("a token that reveals another's"))?;
    let scopes = record
        .scopes
        .iter()
        .filter_map(|name| Scope::parse(name))
        .collect();
    note_use(app, keys, id, rev, record)?;
    Ok(scopes)
}

/// Writes down that it was used, beside the request and once an hour. Where two
/// requests do it at once, one of them has.
fn note_use(
    app: &App,
    keys: &UserKeys,
    id: ApiTokenId,
    rev: u32,
    mut record: TokenRecord,
) -> Result<()> {
    let now = Timestamp::now();
    if record
        .last_used_at
        .is_some_and(|last| now < last.plus(LAST_USE_TO))
    {
        return Ok(());
    }
    record.last_used_at = Some(now);
    let update = api_tokens::update(keys, id, rev, &record)?;
    // Not counted as the request's own.
    let db = app.db.counted_anew();
    task::background(async move {
        let _ = db.batch([update]).await;
    });
    Ok(())
}
