//! Balances of an Item's accounts over time: a row for each Item and year, with a point
//! for each day on which a balance was another than before.
//!
//! Invariant: the holder of the Item's lease is the only writer.

use money::{Currency, MinorUnits};
use plaid::CivilDate;
use serde::{Deserialize, Serialize};
use vault::Sensitive;

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement},
    keys::UserKeys,
    record::{Record, Sealable},
    table::{Table, index},
};
use crate::{
    id::{ItemId, PersonId, RowId},
    problem::Result,
};

/// The private part.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct BalanceYearRecord {
    /// "YYYY".
    pub(crate) year: String,
    /// In the order of days; one for an account and a day at most.
    pub(crate) points: Vec<Point>,
}

/// What an account's balance was from a day on.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SealedPoint", into = "SealedPoint")]
pub(crate) struct Point {
    pub(crate) day: CivilDate,
    pub(crate) account: RowId,
    /// As the bank gives it: of a loan or a card what is owed.
    pub(crate) minor_units: MinorUnits,
    pub(crate) currency: Currency,
    pub(crate) scale: u8,
}

/// Without names: a year may have a thousand points.
type SealedPoint = (CivilDate, RowId, MinorUnits, Currency, u8);

impl From<SealedPoint> for Point {
    fn from((day, account, minor_units, currency, scale): SealedPoint) -> Self {
        Self {
            day,
            account,
            minor_units,
            currency,
            scale,
        }
    }
}

impl From<Point> for SealedPoint {
    fn from(point: Point) -> Self {
        (
            point.day,
            point.account,
            point.minor_units,
            point.currency,
            point.scale,
        )
    }
}

impl BalanceYearRecord {
    /// Takes a day's balances in. True where anything is another than before.
    pub(crate) fn note(&mut self, points: impl Iterator<Item = Point>) -> bool {
        let mut changed = false;
        for point in points {
            let last = self
                .points
                .iter_mut()
                .rev()
                .find(|known| known.account == point.account);
            match last {
                Some(known) if known.same_balance(&point) => {}
                Some(known) if known.day == point.day => {
                    *known = point;
                    changed = true;
                }
                _ => {
                    self.points.push(point);
                    changed = true;
                }
            }
        }
        changed
    }
}

impl Point {
    fn same_balance(&self, other: &Self) -> bool {
        self.minor_units == other.minor_units
            && self.currency == other.currency
            && self.scale == other.scale
    }
}

impl Sealable for BalanceYearRecord {
    const TABLE: Table = Table::BalanceYear;
}

impl Record for BalanceYearRecord {}

/// Its row.
#[derive(Deserialize)]
pub(crate) struct BalanceYearRow {
    id: RowId,
    rev: u32,
    sealed: SealedBytes,
}

impl BalanceYearRow {
    /// Opens the private part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<BalanceYearRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

const COLUMNS: &[&str] = &["id", "rev", "sealed"];

fn id_of(keys: &UserKeys, item: ItemId, year: &str) -> RowId {
    let mut name = item.0.0.to_vec();
    name.extend_from_slice(year.as_bytes());
    keys.blind(index::BALANCE_YEAR, &name)
}

/// All of a person's years.
pub(crate) fn of_person(person: PersonId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM balance_year WHERE user_id=? ORDER BY item_id, id",
    };
    Statement::read(OF, [person.0.into()])
}

/// All of an Item's years.
pub(crate) fn of_item(person: PersonId, item: ItemId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM balance_year WHERE user_id=? AND item_id=? ORDER BY id",
    };
    Statement::read(OF, [person.0.into(), item.0.into()])
}

/// An Item's of one year.
pub(crate) fn of_year(keys: &UserKeys, person: PersonId, item: ItemId, year: &str) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM balance_year WHERE user_id=? AND id=?",
    };
    Statement::read(OF, [person.0.into(), id_of(keys, item, year).into()])
}

/// Writes a year. `rev` is the attempt's number.
pub(crate) fn put(
    keys: &UserKeys,
    item: ItemId,
    rev: u32,
    record: &BalanceYearRecord,
) -> Result<Statement> {
    let id = id_of(keys, item, &record.year);
    let sealed = keys.seal(id, rev, record)?;
    Ok(Statement::insert_all(
        "balance_year",
        &["user_id", "id", "item_id", "rev", "sealed"],
        vec![vec![
            RowId(*keys.user().as_bytes()).into(),
            id.into(),
            item.0.into(),
            rev.into(),
            sealed,
        ]],
        OnConflict::Replace {
            key: &["user_id", "id"],
        },
    ))
}

/// Deletes an Item's.
pub(crate) fn delete_of_item(person: PersonId, item: ItemId) -> Statement {
    Statement::write(
        "DELETE FROM balance_year WHERE user_id=? AND item_id=?",
        [person.0.into(), item.0.into()],
    )
}

/// Deletes all of this person's.
pub(crate) fn delete_all(person: PersonId) -> Statement {
    Statement::write(
        "DELETE FROM balance_year WHERE user_id=?",
        [person.0.into()],
    )
}
