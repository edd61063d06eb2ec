//! Rotating keys. The key-encryption key: the data keys are wrapped under its newest version,
//! page by page, and what they sealed stays as it is. A person's own key: she gets another, and
//! her rows are sealed under it, page by page. Broken off, either goes on where it was; done
//! twice, the second finds nothing to do.

use std::{collections::BTreeMap, sync::Arc};

use vault::{Generation, Keyring, UserId};

use super::sight::{Table, plain};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::random,
    problem::{Kind as ProblemKind, Problem, Result},
    store::{
        engine::{EngineError, SealedBytes, Statement},
        keys::{self, UserKeys},
        reseal::{self, KINDS},
    },
};

/// Keys that one command looks at.
const PAGE: u32 = 100;

struct Wrapped {
    user: RowId,
    generation: u16,
    version: u16,
    bytes: Vec<u8>,
}

/// `None` begins with the system's own keys, whose user is all zeros.
async fn page(app: &App, after: Option<RowId>) -> Result<(Vec<Wrapped>, Option<RowId>)> {
    let [rows] = app.db.batch([keys::after(after, PAGE)]).await?;
    let rows: Vec<(RowId, u16, SealedBytes)> = rows.rows()?.all()?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= PAGE);
    let last = rows.last().map(|(user, _, _)| *user);
    let wrapped = rows
        .into_iter()
        // The last person's may go on behind this page: they come whole with the next.
        .filter(|(user, _, _)| !is_full || Some(*user) != last)
        .map(|(user, generation, wrapped)| {
            let version = Keyring::wrapped_version(&wrapped.0)
                .map_err(|_| Problem::internal("a wrapped key that is none"))?;
            Ok(Wrapped {
                user,
                generation,
                version,
                bytes: wrapped.0,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let next = wrapped.last().map(|wrapped| wrapped.user);
    Ok((wrapped, next.filter(|_| is_full)))
}

/// How many of a page's keys are under which version. One batch.
pub(super) async fn status(app: &App, after: Option<RowId>) -> Result<Table> {
    let (wrapped, next) = page(app, after).await?;
    let mut counts: BTreeMap<u16, u32> = BTreeMap::new();
    for key in &wrapped {
        *counts.entry(key.version).or_default() += 1;
    }
    let current = app.keys.keyring().current_version();
    let mut table = Table::new(["version", "current", "keys"].map(plain).to_vec());
    for (version, count) in counts {
        table.rows.push(vec![
            version.into(),
            (version == current).into(),
            count.into(),
        ]);
    }
    table.next_cursor = next.map(RowId::hex);
    Ok(table)
}

/// Wraps a page's keys under the newest version. Two batches.
pub(super) async fn rewrap(app: &App, after: Option<RowId>) -> Result<Table> {
    let (wrapped, next) = page(app, after).await?;
    let keyring = app.keys.keyring();
    let looked_at = wrapped.len();
    let mut batch: Vec<Statement> = Vec::new();
    for key in wrapped {
        if key.version == keyring.current_version() {
            continue;
        }
        let user = UserId::from_bytes(key.user.0);
        let again = keyring
            .rewrap(
                &key.bytes,
                user,
                Generation(key.generation),
                random::bytes()?,
            )
            .map_err(|_| Problem::internal("a wrapped key did not open"))?;
        // Where it was shredded meanwhile no row changes.
        batch.push(keys::rewrap(key.user, key.generation, again.as_ref()));
    }
    let rewrapped = batch.len();
    if !batch.is_empty() {
        app.db.batch_all(&batch).await?;
    }
    let mut table = Table::one(vec![
        ("looked_at", looked_at.into()),
        ("rewrapped", rewrapped.into()),
        ("version", keyring.current_version().into()),
    ]);
    table.next_cursor = next.map(RowId::hex);
    Ok(table)
}

/// Rows that one command seals: each is a statement, and a request may make a thousand.
const RESEALED: usize = 600;

/// Where a rotation goes on: which kind of rows, and behind which.
fn place(cursor: &str) -> Option<(usize, Option<RowId>)> {
    let (name, after) = cursor.split_once(':')?;
    let at = KINDS.iter().position(|kind| kind.name == name)?;
    match after {
        "" => Some((at, None)),
        after => Some((at, Some(RowId::parse(after)?))),
    }
}

/// Gives a person another key, and seals her rows under it; with a cursor it goes on with the
/// rows. A batch or two for a page of rows.
pub(super) async fn rotate(
    app: &App,
    person: PersonId,
    keys: Arc<UserKeys>,
    cursor: Option<&str>,
) -> Result<Table> {
    let (mut at, mut after, keys) = match cursor {
        Some(cursor) => {
            let (at, after) = place(cursor).ok_or_else(|| {
                Problem::invalid_field(
                    "arguments.cursor",
                    "cursor",
                    "This is no cursor of this command.",
                )
            })?;
            (at, after, keys)
        }
        None => (0, None, another(app, person, &keys).await?),
    };
    let (mut looked_at, mut resealed) = (0, 0);
    while let Some(kind) = KINDS.get(at) {
        let [rows] = app.db.batch([kind.page(person, after)]).await?;
        let page = kind.reseal(person, &keys, &rows.rows()?)?;
        looked_at += page.looked_at;
        resealed += page.writes.len();
        if !page.writes.is_empty() {
            app.db.batch_all(&page.writes).await?;
        }
        (at, after) = match page.next {
            Some(next) => (at, Some(next)),
            None => (at + 1, None),
        };
        if resealed >= RESEALED {
            break;
        }
    }
    let mut table = Table::one(vec![
        ("user", person.public().into()),
        ("generation", keys.newest().0.into()),
        ("looked_at", looked_at.into()),
        ("resealed", resealed.into()),
    ]);
    table.next_cursor = KINDS.get(at).map(|kind| {
        let after = after.map(RowId::hex).unwrap_or_default();
        format!("{}:{after}", kind.name)
    });
    Ok(table)
}

/// Her keys with one more. Two batches.
async fn another(app: &App, person: PersonId, keys: &UserKeys) -> Result<Arc<UserKeys>> {
    let user = person.vault();
    let add = keys::add(app.keys.keyring(), user, reseal::behind(keys.newest())?)?;
    match app.db.batch([keys::still_there(person.0), add]).await {
        Ok(_) => {}
        Err(EngineError::Guard) => return Err(Problem::not_found()),
        Err(EngineError::Duplicate) => {
            return Err(Problem::new(
                ProblemKind::Conflict,
                "Somebody else gave her another key at this moment.",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    app.keys.forget(user);
    app.keys
        .of(&app.db, user)
        .await?
        .ok_or_else(Problem::not_found)
}
