//! What a request is proven by, a session's token or an API token: the row behind
//! it, and what of its person is read in the same batch.

use super::{
    engine::{Select, Statement},
    keys,
    sessions::TokenHash,
};
use crate::platform::Timestamp;

/// A token's hash, and in which table it is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Bearer {
    Session(TokenHash),
    ApiToken(TokenHash),
}

impl Bearer {
    pub(crate) const fn hash(&self) -> &TokenHash {
        match self {
            Self::Session(hash) | Self::ApiToken(hash) => hash,
        }
    }

    /// The row: a [`super::sessions::SessionRow`] or a [`super::api_tokens::TokenRow`],
    /// which have the same columns. None where it has expired.
    pub(crate) fn row(&self, now: Timestamp) -> Statement {
        const COLUMNS: &[&str] = &["id", "user_id", "expires_at", "rev", "sealed"];
        self.select(
            now,
            Select {
                columns: COLUMNS,
                from: "FROM session WHERE token_hash=? AND expires_at>?",
            },
            Select {
                columns: COLUMNS,
                from: "FROM api_token WHERE token_hash=? AND expires_at>?",
            },
        )
    }

    /// The wrapped keys of whoever it belongs to.
    pub(crate) fn keys(&self, now: Timestamp) -> Statement {
        self.select(
            now,
            Select {
                columns: keys::COLUMNS,
                from: "FROM user_key WHERE user_id=\
                       (SELECT user_id FROM session WHERE token_hash=? AND expires_at>?)",
            },
            Select {
                columns: keys::COLUMNS,
                from: "FROM user_key WHERE user_id=\
                       (SELECT user_id FROM api_token WHERE token_hash=? AND expires_at>?)",
            },
        )
    }

    /// The directory of her months.
    pub(crate) fn directory(&self, now: Timestamp) -> Statement {
        const COLUMNS: &[&str] = super::months::COLUMNS;
        self.select(
            now,
            Select {
                columns: COLUMNS,
                from: "FROM month_directory WHERE user_id=\
                       (SELECT user_id FROM session WHERE token_hash=? AND expires_at>?)",
            },
            Select {
                columns: COLUMNS,
                from: "FROM month_directory WHERE user_id=\
                       (SELECT user_id FROM api_token WHERE token_hash=? AND expires_at>?)",
            },
        )
    }

    fn select(&self, now: Timestamp, of_session: Select, of_token: Select) -> Statement {
        let select = match self {
            Self::Session(_) => of_session,
            Self::ApiToken(_) => of_token,
        };
        Statement::read(select, [self.hash().hex().into(), now.unix().into()])
    }
}
