//! Opens what the Worker sealed, given the keyring: the reader of the positive control. Of the
//! product it shares the vault, and nothing of the store: the places of rows stand here again, as
//! `docs/SECURITY.md` and the migrations have them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vault::{ColumnId, Generation, GenerationKeys, Keyring, Place, RowCipher, TableId, UserId};

use super::database::{Cell, Database, SEALED, Table};

/// Where a table's rows are sealed.
struct Sealed {
    table: &'static str,
    number: u16,
    /// The column of the owner; none where it is the system.
    owner: Option<&'static str>,
    row: &'static str,
    revision: &'static str,
}

/// In place of a column: rows that are never written again are of revision 1.
const FIRST: &str = "1";

const fn sealed(
    table: &'static str,
    number: u16,
    owner: Option<&'static str>,
    row: &'static str,
) -> Sealed {
    Sealed {
        table,
        number,
        owner,
        row,
        revision: "rev",
    }
}

const TABLES: [Sealed; 27] = [
    sealed("person", 1, Some("id"), "id"),
    sealed("session", 2, Some("user_id"), "id"),
    sealed("pending_sign_up", 3, None, "id"),
    sealed("item", 4, Some("user_id"), "id"),
    sealed("account", 5, Some("user_id"), "id"),
    sealed("txn", 6, Some("user_id"), "id"),
    Sealed {
        revision: "attempt",
        ..sealed("txn_stage", 6, Some("user_id"), "id")
    },
    sealed("month_directory", 7, Some("user_id"), "user_id"),
    sealed("sync_attempt", 8, Some("user_id"), "item_id"),
    sealed("idempotent_reply", 9, Some("user_id"), "id"),
    sealed("api_token", 13, Some("user_id"), "id"),
    sealed("passkey", 14, Some("user_id"), "id"),
    sealed("totp", 15, Some("user_id"), "user_id"),
    sealed("password_reset", 17, None, "id"),
    sealed("email_change", 18, Some("user_id"), "user_id"),
    sealed("billing", 20, Some("user_id"), "user_id"),
    sealed("annotation", 21, Some("user_id"), "id"),
    sealed("month_total", 22, Some("user_id"), "id"),
    sealed("month_text", 26, Some("user_id"), "id"),
    sealed("snapshot", 23, Some("user_id"), "id"),
    sealed("balance_year", 24, Some("user_id"), "id"),
    sealed("audit_part", 27, Some("user_id"), "id"),
    sealed("operator", 28, None, "id"),
    sealed("operator_session", 29, None, "id"),
    sealed("consent", 30, Some("user_id"), "id"),
    Sealed {
        revision: FIRST,
        ..sealed("inbox", 25, None, "id")
    },
    sealed("erasure_task", 19, None, "id"),
];

/// Whether a table has sealed rows.
pub(super) fn is_sealed(database: &Database, table: &str) -> bool {
    let table = database.tables.get(table);
    table.is_some_and(|table| table.columns.iter().any(|column| column == SEALED))
}

/// What came of opening a database.
pub(super) struct Opened {
    /// The same database with each sealed cell that opened replaced by what it holds.
    pub(super) database: Database,
    /// What each opened row of a table holds.
    pub(super) payloads: Vec<(String, String)>,
    pub(super) keys: usize,
    /// Rows of people who have left: their keys are gone, and nothing opens them.
    pub(super) shredded: usize,
    /// Which cells and keys did not open, and why.
    pub(super) refused: Vec<String>,
}

type Keys = BTreeMap<([u8; 16], Generation), GenerationKeys>;

/// Opens every sealed cell that this keyring opens.
pub(super) fn open(database: &Database, keyring: &str) -> Result<Opened> {
    let keyring = Keyring::parse(keyring).context("reading the keyring")?;
    let mut opened = Opened {
        database: database.clone(),
        payloads: Vec::new(),
        keys: 0,
        shredded: 0,
        refused: Vec::new(),
    };
    let keys = unwrap(&keyring, database, &mut opened)?;
    let left = who_left(database)?;
    opened.keys = keys.len();
    for (name, table) in &mut opened.database.tables {
        let Some(at) = table.columns.iter().position(|column| column == SEALED) else {
            continue;
        };
        let Some(place) = TABLES.iter().find(|sealed| sealed.table == name) else {
            bail!("the table {name} has sealed rows, and this reader does not know where");
        };
        let plain = table.clone();
        for (row, found) in table.rows.iter_mut().zip(&plain.rows) {
            let Some(cell) = row.get_mut(at).filter(|cell| **cell != Cell::Null) else {
                continue;
            };
            match place.open(&plain, found, cell, &keys) {
                Ok(payload) => {
                    opened.payloads.push((name.clone(), payload.clone()));
                    *cell = Cell::Text(payload);
                }
                Err(_) if left.contains(&place.owner(&plain, found)?) => opened.shredded += 1,
                Err(error) => opened.refused.push(format!("{name}: {error:#}")),
            }
        }
    }
    Ok(opened)
}

/// The ids of those who were erased.
fn who_left(database: &Database) -> Result<Vec<[u8; 16]>> {
    let table = database
        .tables
        .get("erasure")
        .context("there is no table erasure")?;
    let rows = table.rows.iter();
    rows.map(|row| id(table, row, "user_id")).collect()
}

fn unwrap(keyring: &Keyring, database: &Database, opened: &mut Opened) -> Result<Keys> {
    let table = database
        .tables
        .get("user_key")
        .context("there is no table user_key")?;
    let mut keys = Keys::new();
    for row in &table.rows {
        let user = id(table, row, "user_id")?;
        let generation = Generation(integer(table, row, "gen")?.try_into()?);
        let wrapped = bytes(table.cell(row, "wrapped"))?;
        let owner = UserId::from_bytes(user);
        match keyring.unwrap(&wrapped, owner, generation) {
            Ok(key) => {
                keys.insert(
                    (user, generation),
                    GenerationKeys::derive(owner, generation, &key),
                );
            }
            Err(error) => opened.refused.push(format!("user_key: {error}")),
        }
    }
    Ok(keys)
}

impl Sealed {
    /// Whose keys a row is sealed under.
    fn owner(&self, table: &Table, row: &[Cell]) -> Result<[u8; 16]> {
        self.owner
            .map_or(Ok([0; 16]), |column| id(table, row, column))
    }

    fn open(&self, table: &Table, row: &[Cell], cell: &Cell, keys: &Keys) -> Result<String> {
        let sealed = bytes(Some(cell))?;
        let owner = self.owner(table, row)?;
        let generation = RowCipher::generation_of(&sealed)?;
        let keys = keys
            .get(&(owner, generation))
            .context("there is no key for it")?;
        let place = Place {
            table: TableId(self.number),
            column: ColumnId::ROW,
            row_id: id(table, row, self.row)?,
            rev: match self.revision {
                FIRST => 1,
                column => integer(table, row, column)?.try_into()?,
            },
        };
        let opened = keys.row_cipher(place.table).open(&place, sealed)?;
        Ok(String::from_utf8(opened.payload().to_vec())?)
    }
}

fn id(table: &Table, row: &[Cell], column: &str) -> Result<[u8; 16]> {
    let text = table
        .cell(row, column)
        .and_then(Cell::text)
        .unwrap_or_default();
    let number = u128::from_str_radix(text, 16)
        .ok()
        .filter(|_| text.len() == 32);
    Ok(number
        .with_context(|| format!("{column} is no id"))?
        .to_be_bytes())
}

fn integer(table: &Table, row: &[Cell], column: &str) -> Result<i64> {
    match table.cell(row, column) {
        Some(Cell::Integer(number)) => Ok(*number),
        _ => bail!("{column} is no integer"),
    }
}

/// D1 keeps them as base64, MySQL as they are.
fn bytes(cell: Option<&Cell>) -> Result<Vec<u8>> {
    match cell {
        Some(Cell::Bytes(bytes)) => Ok(bytes.clone()),
        Some(Cell::Text(text)) => STANDARD.decode(text).context("it is no base64"),
        _ => bail!("it is neither bytes nor text"),
    }
}
