//! What the Worker seals, opened with the public keyring of tests: which row is
//! which of the bank's, and what the month directory says.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use stack::TEST_KEYRING;
use vault::{
    BlindIndexer, ColumnId, Generation, GenerationKeys, Keyring, Place, RowCipher, TableId, UserId,
};

use crate::Database;
use crate::wealth::BALANCE_YEAR;

// The Worker's numbers (src/store/table.rs); they never change.
const ITEM: TableId = TableId(4);
const ACCOUNT: TableId = TableId(5);
const TRANSACTION: TableId = TableId(6);
const MONTH_DIRECTORY: TableId = TableId(7);
const TICKET: TableId = TableId(12);
const BILLING: TableId = TableId(20);
const PLAID_ID: ColumnId = ColumnId(1);
const STRIPE_EVENT: ColumnId = ColumnId(2);

/// One person's keys.
pub struct Keys {
    user: [u8; 16],
    items: BlindIndexer,
    accounts: BlindIndexer,
    transactions: BlindIndexer,
    events: BlindIndexer,
    directory: RowCipher,
    tickets: RowCipher,
    balances: RowCipher,
}

impl Keys {
    /// The system's own keys.
    pub fn system(database: &Database) -> Self {
        Self::of(database, &format!("usr_{}", "0".repeat(32)))
    }

    /// The keys of the person with this public id.
    pub fn of(database: &Database, person: &str) -> Self {
        let hex = person.strip_prefix("usr_").expect("a person's id");
        let user = bytes(hex);
        let keyring = Keyring::parse(TEST_KEYRING).expect("the keyring of tests");
        let derive = |generation: Generation| {
            let rows = database.sql(
                "SELECT wrapped FROM user_key WHERE user_id=? AND gen=?",
                &json!([hex, generation.0]),
            );
            let wrapped = STANDARD
                .decode(rows[0]["wrapped"].as_str().expect("a wrapped key"))
                .expect("base64");
            let id = UserId::from_bytes(user);
            let key = keyring
                .unwrap(&wrapped, id, generation)
                .expect("a key that opens");
            GenerationKeys::derive(id, generation, &key)
        };
        let index = derive(Generation::INDEX);
        let newest = "SELECT MAX(gen) AS n FROM user_key WHERE user_id=?";
        let newest = database.number(newest, &json!([hex]));
        let newest = derive(Generation(u16::try_from(newest).expect("a generation")));
        Self {
            user,
            items: index.indexer(ITEM, PLAID_ID),
            accounts: index.indexer(ACCOUNT, PLAID_ID),
            transactions: index.indexer(TRANSACTION, PLAID_ID),
            events: index.indexer(BILLING, STRIPE_EVENT),
            directory: newest.row_cipher(MONTH_DIRECTORY),
            tickets: newest.row_cipher(TICKET),
            balances: newest.row_cipher(BALANCE_YEAR),
        }
    }

    /// By what the system finds the Item that Plaid names so, and its webhooks.
    pub fn item(&self, plaid_id: &str) -> String {
        hex(&self.items.index(plaid_id.as_bytes()))
    }

    /// The row of the inbox that an event of Stripe's names.
    pub fn stripe_event(&self, id: &str) -> String {
        hex(&self.events.index(id.as_bytes()))
    }

    /// How the API names the account that Plaid names so.
    pub fn account(&self, plaid_id: &str) -> String {
        format!("acct_{}", hex(&self.accounts.index(plaid_id.as_bytes())))
    }

    /// How the API names the transaction that Plaid names so.
    pub fn transaction(&self, plaid_id: &str) -> String {
        format!("txn_{}", hex(&self.transactions.index(plaid_id.as_bytes())))
    }

    /// How many transactions the directory counts in each month.
    pub fn months(&self, database: &Database) -> BTreeMap<String, u32> {
        let sql = "SELECT rev, sealed FROM month_directory WHERE user_id=?";
        let rows = database.sql(sql, &json!([hex(&self.user)]));
        let Some(row) = rows.first() else {
            return BTreeMap::new();
        };
        let rev = row["rev"]
            .as_u64()
            .and_then(|rev| u32::try_from(rev).ok())
            .expect("a revision");
        let sealed = STANDARD
            .decode(row["sealed"].as_str().expect("a sealed row"))
            .expect("base64");
        let place = Place {
            table: MONTH_DIRECTORY,
            column: ColumnId::ROW,
            row_id: self.user,
            rev,
        };
        let opened = self
            .directory
            .open(&place, sealed)
            .expect("a directory that opens at its place");
        let months: BTreeMap<String, (u32, u32)> =
            serde_json::from_slice(opened.payload()).expect("months, counts and versions");
        let counts = months.into_iter().map(|(month, (count, _))| (month, count));
        counts.collect()
    }
}

impl Keys {
    /// A ticket as it would be had it been issued so many seconds earlier; of the
    /// system's keys.
    pub fn aged(&self, ticket: &str, seconds: i64) -> String {
        let token = URL_SAFE_NO_PAD.decode(ticket).expect("base64url");
        let (id, sealed) = token.split_first_chunk::<16>().expect("a ticket");
        let place = Place {
            table: TICKET,
            column: ColumnId::ROW,
            row_id: *id,
            rev: 1,
        };
        let opened = self
            .tickets
            .open(&place, sealed.to_vec())
            .expect("a ticket that opens");
        let mut record: Value = serde_json::from_slice(opened.payload()).expect("JSON");
        let expires_at = record["expires_at"].as_i64().expect("a time");
        record["expires_at"] = json!(expires_at - seconds);
        let nonce = std::array::from_fn(|_| fastrand::u8(..));
        let sealed = self
            .tickets
            .seal(
                opened.schema(),
                &place,
                record.to_string().as_bytes(),
                nonce,
            )
            .expect("a ticket that seals");
        let mut token = id.to_vec();
        token.extend(sealed);
        URL_SAFE_NO_PAD.encode(token)
    }
}

impl Keys {
    /// A row of balances, changed and sealed again for its place.
    pub(crate) fn balances_resealed(
        &self,
        place: &Place,
        sealed: Vec<u8>,
        change: impl FnOnce(&mut Value),
    ) -> Vec<u8> {
        let opened = self
            .balances
            .open(place, sealed)
            .expect("balances that open");
        let mut record = serde_json::from_slice(opened.payload()).expect("JSON");
        change(&mut record);
        let nonce = std::array::from_fn(|_| fastrand::u8(..));
        let record = record.to_string();
        self.balances
            .seal(opened.schema(), place, record.as_bytes(), nonce)
            .expect("balances that seal")
    }
}

fn bytes(hex: &str) -> [u8; 16] {
    u128::from_str_radix(hex, 16).expect("hex").to_be_bytes()
}

fn hex(bytes: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*bytes))
}
