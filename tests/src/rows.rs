//! What the service holds about a person: every row of hers in every table, opened with
//! the public keyring of tests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stack::TEST_KEYRING;
use vault::{ColumnId, Generation, GenerationKeys, Keyring, Place, RowCipher, TableId, UserId};

use crate::Database;

/// A row.
pub struct StoredRow {
    pub table: &'static str,
    pub columns: Value,
    /// What is sealed in it, where something is.
    pub record: Option<Value>,
}

/// A table: whose its rows are, and as what they are sealed.
struct Table {
    name: &'static str,
    /// The column that names the person; none where rows are nobody's.
    owner: Option<&'static str>,
    /// Its number (src/store/table.rs), the column that names a row, and its revision's.
    sealed: Option<(u16, &'static str, &'static str)>,
}

const fn hers(name: &'static str, number: u16, row: &'static str) -> Table {
    Table {
        name,
        owner: Some("user_id"),
        sealed: Some((number, row, "rev")),
    }
}

const fn plain(name: &'static str, owner: Option<&'static str>) -> Table {
    Table {
        name,
        owner,
        sealed: None,
    }
}

/// Every table there is.
const TABLES: [Table; 44] = [
    plain("user_key", Some("user_id")),
    plain("login", Some("user_id")),
    plain("stripe_customer", Some("user_id")),
    plain("recovery_code", Some("user_id")),
    Table {
        name: "person",
        owner: Some("id"),
        sealed: Some((1, "id", "rev")),
    },
    hers("session", 2, "id"),
    hers("item", 4, "id"),
    hers("account", 5, "id"),
    hers("txn", 6, "id"),
    Table {
        name: "txn_stage",
        owner: Some("user_id"),
        sealed: Some((6, "id", "attempt")),
    },
    hers("month_directory", 7, "user_id"),
    hers("sync_attempt", 8, "item_id"),
    hers("idempotent_reply", 9, "id"),
    hers("api_token", 13, "id"),
    hers("passkey", 14, "id"),
    hers("totp", 15, "user_id"),
    hers("email_change", 18, "user_id"),
    hers("billing", 20, "user_id"),
    hers("annotation", 21, "id"),
    hers("month_total", 22, "id"),
    hers("month_text", 26, "id"),
    hers("snapshot", 23, "id"),
    hers("balance_year", 24, "id"),
    hers("audit_part", 27, "id"),
    // By blind indexes, under the system's key, or of people who are no more.
    plain("pending_sign_up", None),
    plain("password_reset", None),
    plain("spent_ticket", None),
    plain("throttle", None),
    plain("inbox", None),
    plain("breaker", None),
    plain("erasure", None),
    plain("erasure_task", None),
    plain("schema_migration", None),
    hers("consent", 30, "id"),
    plain("operator", None),
    plain("operator_session", None),
    plain("audit_subject", None),
    plain("audit_head", None),
    plain("audit_leaf", None),
    plain("audit_tile", None),
    plain("audit_checkpoint", None),
    plain("backup", None),
    plain("backup_segment", None),
    // Hashes of her rows.
    plain("backup_person", Some("user_id")),
];

impl Database {
    /// Every row that is the person's with this public id.
    pub fn rows_of(&self, person: &str) -> Vec<StoredRow> {
        let hex = person.strip_prefix("usr_").expect("a person's id");
        let mut rows = Vec::new();
        for name in self.tables() {
            let table = TABLES.iter().find(|table| table.name == name);
            let table = table.unwrap_or_else(|| {
                panic!("teach tests/src/rows.rs whose the rows of {name} are, and the export and the erasure too")
            });
            let Some(owner) = table.owner else { continue };
            let query = format!("SELECT * FROM {name} WHERE {owner}=?");
            for columns in self.sql(&query, &json!([hex])) {
                let sealed = table.sealed.filter(|_| columns["sealed"].is_string());
                rows.push(StoredRow {
                    table: table.name,
                    record: sealed.map(|sealed| self.open(hex, sealed, &columns)),
                    columns,
                });
            }
        }
        rows
    }

    /// Every table and row in which this text stands.
    pub fn traces_of(&self, text: &str) -> Vec<String> {
        let mut traces = Vec::new();
        for table in self.tables() {
            for row in self.sql(&format!("SELECT * FROM {table}"), &json!([])) {
                if row.to_string().contains(text) {
                    traces.push(format!("{table}: {row}"));
                }
            }
        }
        traces
    }

    fn open(
        &self,
        person: &str,
        (number, row_id, rev): (u16, &str, &str),
        columns: &Value,
    ) -> Value {
        let sealed = decoded(&columns["sealed"]);
        let generation = RowCipher::generation_of(&sealed).expect("a sealed row");
        let wrapped = self.sql(
            "SELECT wrapped FROM user_key WHERE user_id=? AND gen=?",
            &json!([person, generation.0]),
        );
        let wrapped = wrapped.first().expect("a wrapped key");
        let cipher =
            keys(person, generation, &decoded(&wrapped["wrapped"])).row_cipher(TableId(number));
        let place = Place {
            table: TableId(number),
            column: ColumnId::ROW,
            row_id: bytes(columns[row_id].as_str().expect("a row's id")),
            rev: columns[rev]
                .as_u64()
                .and_then(|rev| u32::try_from(rev).ok())
                .expect("a revision"),
        };
        let opened = cipher
            .open(&place, sealed)
            .expect("a row that opens at its place");
        serde_json::from_slice(opened.payload()).expect("a record")
    }
}

fn keys(person: &str, generation: Generation, wrapped: &[u8]) -> GenerationKeys {
    let user = UserId::from_bytes(bytes(person));
    let keyring = Keyring::parse(TEST_KEYRING).expect("the keyring of tests");
    let key = keyring.unwrap(wrapped, user, generation);
    GenerationKeys::derive(user, generation, &key.expect("a key that opens"))
}

fn decoded(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("base64");
    STANDARD.decode(text).expect("base64")
}

fn bytes(hex: &str) -> [u8; 16] {
    u128::from_str_radix(hex, 16).expect("hex").to_be_bytes()
}
