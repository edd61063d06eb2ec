//! The month directory: which months a person has transactions in, and how many.
//! Sealed, because a month is private; the rows know it only as a blind token.

use std::{collections::BTreeMap, sync::Arc};

use plaid::CivilDate;
use serde::{Deserialize, Serialize};
use vault::{BlindIndexer, Reveal, SchemaVersion, SystemPurpose};

use super::{
    engine::{OnConflict, Rows, SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::{Table, index},
    transactions::MonthToken,
};
use crate::{
    id::{PersonId, RowId},
    problem::{Problem, Result},
};

/// Months ("YYYY-MM"), their counts and versions, as sealed.
#[derive(Serialize, Deserialize, Default)]
#[serde(transparent)]
pub(crate) struct DirectoryRecord(BTreeMap<String, (u32, u32)>);

impl Sealable for DirectoryRecord {
    const TABLE: Table = Table::MonthDirectory;
    const SCHEMA: SchemaVersion = SchemaVersion(2);
}

impl Record for DirectoryRecord {
    fn decode(schema: SchemaVersion, payload: &[u8]) -> Option<Self> {
        match schema {
            // Before months had versions.
            SchemaVersion(1) => {
                let counts: BTreeMap<String, u32> = serde_json::from_slice(payload).ok()?;
                let months = counts.into_iter().map(|(name, count)| (name, (count, 0)));
                Some(Self(months.collect()))
            }
            Self::SCHEMA => serde_json::from_slice(payload).ok(),
            _ => None,
        }
    }
}

/// A month of the directory.
pub(crate) struct Month {
    /// "YYYY-MM".
    pub(crate) name: String,
    pub(crate) token: MonthToken,
    pub(crate) count: u32,
    /// The directory's revision when anything in the month last changed: its rows, or
    /// what she says of them.
    pub(crate) version: u32,
}

/// What changes in a directory.
pub(crate) struct Changes<'a> {
    /// How many rows each month has then.
    pub(crate) counts: &'a [(MonthToken, u32)],
    /// The months in which rows change; those whose count does are found by it.
    pub(crate) touched: &'a [MonthToken],
}

/// The directory at one revision, newest month first, with each month's token.
#[derive(Default)]
pub(crate) struct Directory {
    /// 0 where there is no row yet.
    pub(crate) rev: u32,
    pub(crate) months: Vec<Month>,
}

/// A directory's row.
#[derive(Deserialize)]
struct DirectoryRow {
    rev: u32,
    sealed: SealedBytes,
}

pub(super) const COLUMNS: &[&str] = &["rev", "sealed"];

/// A person's directory.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM month_directory WHERE user_id=?",
    };
    Statement::read(OF, [person.0.into()])
}

/// Makes month tokens under one person's key.
pub(crate) struct MonthTokens(BlindIndexer);

impl MonthTokens {
    pub(crate) fn new(keys: &UserKeys) -> Self {
        Self(keys.indexer(index::MONTH))
    }

    /// Of "YYYY-MM".
    pub(crate) fn of(&self, month: &str) -> MonthToken {
        MonthToken(self.0.token(month.as_bytes()))
    }
}

impl UserKeys {
    /// The directory as this isolate last opened it. Its `rev` tells in the next
    /// batch whether it still holds.
    pub(crate) fn cached_directory(&self) -> Option<Arc<Directory>> {
        self.directory
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// The directory out of a batch, opened only where it has changed.
    pub(crate) fn directory(&self, rows: &Rows) -> Result<Arc<Directory>> {
        let row: Option<DirectoryRow> = rows.first()?;
        let rev = row.as_ref().map_or(0, |row| row.rev);
        if let Some(cached) = self.cached_directory().filter(|cached| cached.rev == rev) {
            return Ok(cached);
        }
        let directory = Arc::new(match row {
            None => Directory::default(),
            Some(row) => self.open_directory(row)?,
        });
        *self
            .directory
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::clone(&directory));
        Ok(directory)
    }

    fn open_directory(&self, row: DirectoryRow) -> Result<Directory> {
        let id = RowId(*self.user().as_bytes());
        let record = self.open::<DirectoryRecord>(id, row.rev, row.sealed)?;
        // Months become tokens and counts here; they leave only with their rows.
        let DirectoryRecord(months) = record
            .reveal(&Reveal::system(SystemPurpose::LookUp))
            .map_err(|_| Problem::internal("a directory of someone else's"))?;
        let tokens = MonthTokens::new(self);
        let months = months
            .into_iter()
            .rev()
            .map(|(name, (count, version))| Month {
                token: tokens.of(&name),
                name,
                count,
                version,
            })
            .collect();
        Ok(Directory {
            rev: row.rev,
            months,
        })
    }
}

impl Directory {
    /// Whether `token` is that of the month the date is in.
    pub(crate) fn places(&self, date: &CivilDate, token: MonthToken) -> bool {
        self.months
            .iter()
            .any(|month| month.token == token && month.name == date.month())
    }

    /// The directory after a change; `names` are the months that may be among its counts
    /// and are not here yet.
    pub(crate) fn after(
        &self,
        tokens: &MonthTokens,
        changes: &Changes<'_>,
        names: impl Iterator<Item = String>,
    ) -> Result<DirectoryRecord> {
        let next = self.rev + 1;
        let known = self
            .months
            .iter()
            .map(|month| (month.token, (month.name.clone(), month.version)));
        let mut by_token: BTreeMap<MonthToken, (String, u32)> = known.collect();
        for name in names {
            by_token.entry(tokens.of(&name)).or_insert((name, next));
        }
        let months = changes
            .counts
            .iter()
            .map(|(token, count)| {
                let (name, version) = by_token
                    .get(token)
                    .cloned()
                    .ok_or_else(|| Problem::internal("a month without a name"))?;
                let before = self.months.iter().find(|month| month.token == *token);
                let is_touched = changes.touched.contains(token)
                    || before.is_none_or(|before| before.count != *count);
                Ok((name, (*count, if is_touched { next } else { version })))
            })
            .collect::<Result<_>>()?;
        Ok(DirectoryRecord(months))
    }

    /// The directory after something in one month changed and no row came or went.
    pub(crate) fn touched(&self, token: MonthToken) -> DirectoryRecord {
        let next = self.rev + 1;
        let months = self.months.iter().map(|month| {
            let is_touched = month.token == token;
            let version = if is_touched { next } else { month.version };
            (month.name.clone(), (month.count, version))
        });
        DirectoryRecord(months.collect())
    }
}

/// Goes on only where the directory is still at `rev`.
pub(crate) fn is_at(person: PersonId, rev: u32) -> Statement {
    Statement::guard(
        "FROM month_directory WHERE user_id=? AND rev=?",
        [person.0.into(), rev.into()],
    )
}

/// Writes the directory where it is still at `rev`: a guard and the write.
pub(crate) fn replace(
    keys: &UserKeys,
    rev: u32,
    record: &DirectoryRecord,
) -> Result<Vec<Statement>> {
    let user = RowId(*keys.user().as_bytes());
    let sealed = keys.seal(user, rev + 1, record)?;
    let row = vec![user.into(), (rev + 1).into(), sealed];
    let columns = &["user_id", "rev", "sealed"];
    Ok(if rev == 0 {
        // Somebody else's first row is a duplicate, which aborts as a guard would.
        vec![Statement::insert_all(
            "month_directory",
            columns,
            vec![row],
            OnConflict::Fail,
        )]
    } else {
        vec![
            is_at(PersonId(user), rev),
            Statement::insert_all(
                "month_directory",
                columns,
                vec![row],
                OnConflict::Replace { key: &["user_id"] },
            ),
        ]
    })
}

/// Deletes a person's directory.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM month_directory WHERE user_id=?",
        [person.0.into()],
    )
}
