//! Which tables a backup takes, and how their rows are read: page by page in the order of a key,
//! as cells that stay what they are. What is sealed stays sealed.
//!
//! Left out is what is good for hours only or is made anew from the rest (staged rows, attempts,
//! counters, kept replies, month totals and month words, sign-ups and resets that wait), and what
//! would bring a right back that was taken away meanwhile: sessions and API tokens.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::store::engine::Select;

/// Before every key there is, text or number.
pub(super) const BEGINNING: &str = "-1";

/// A table, read by a key: its first column, or its first two.
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) select: Select,
    pub(super) key: Key,
}

/// What a page goes on behind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A person, and one column.
    Hers,
    /// One column.
    One,
    /// Two columns.
    Two,
}

macro_rules! hers {
    ($($name:literal $owner:literal [$key:literal $(, $more:literal)*];)*) => {
        /// What a person has, but her transactions. All of it is read in one batch where it is
        /// not much.
        pub(super) const HERS: &[Source] = &[$(Source {
            name: $name,
            select: Select {
                columns: &[$key $(, $more)*],
                from: concat!(
                    "FROM ", $name, " WHERE ", $owner, "=? AND ", $key, ">? ORDER BY ", $key,
                    " LIMIT ?"
                ),
            },
            key: Key::Hers,
        }),*];
    };
}

hers! {
    "person" "id" ["id", "rev", "sealed"];
    "login" "user_id" ["email_index", "user_id"];
    "passkey" "user_id" ["id", "user_id", "credential_index", "rev", "sealed"];
    "totp" "user_id" ["user_id", "rev", "sealed"];
    "recovery_code" "user_id" ["id", "user_id"];
    "item" "user_id" [
        "id", "user_id", "plaid_index", "state", "wanted", "synced", "attempt", "lease_holder",
        "lease_until", "retry_at", "failures", "rev", "sealed", "everything", "check_at"
    ];
    "account" "user_id" ["id", "user_id", "item_id", "rev", "sealed"];
    "month_directory" "user_id" ["user_id", "rev", "sealed"];
    "annotation" "user_id" ["id", "user_id", "item_id", "rev", "sealed"];
    "snapshot" "user_id" ["id", "user_id", "item_id", "topic", "rev", "sealed"];
    "balance_year" "user_id" ["id", "user_id", "item_id", "rev", "sealed"];
    "stripe_customer" "user_id" ["customer_index", "user_id"];
    "billing" "user_id" ["user_id", "due_at", "wanted", "rev", "sealed"];
    "consent" "user_id" ["id", "user_id", "ends_at", "rev", "sealed"];
    "audit_part" "user_id" ["id", "user_id", "rev", "sealed"];
}

/// A month of a person's transactions, by its token.
pub(super) const MONTH: Source = Source {
    name: "txn",
    select: Select {
        columns: &["id", "user_id", "item_id", "month", "rev", "sealed"],
        from: "FROM txn WHERE user_id=? AND month=? AND id>? ORDER BY id LIMIT ?",
    },
    key: Key::Hers,
};

/// What tells whether a month is as it was: within an Item every write takes a higher `rev`.
pub(super) const MONTHS: Select = Select {
    columns: &["month", "item_id", "COUNT(*)", "MAX(rev)"],
    from: "FROM txn WHERE user_id=? GROUP BY month,item_id ORDER BY month,item_id",
};

/// Everybody's wrapped keys, which stand in objects of their own.
pub(super) const KEYS: Source = Source {
    name: "user_key",
    select: Select {
        columns: &["user_id", "gen", "wrapped"],
        from: "FROM user_key WHERE user_id>? OR (user_id=? AND gen>?) ORDER BY user_id,gen LIMIT ?",
    },
    key: Key::Two,
};

/// What is nobody's own: whole in every backup, but for the log's leaves, which never change.
pub(super) const SHARED: &[Source] = &[
    Source {
        name: "operator",
        select: Select {
            columns: &["id", "account_id", "rev", "sealed"],
            from: "FROM operator WHERE id>? ORDER BY id LIMIT ?",
        },
        key: Key::One,
    },
    Source {
        name: "operator_session",
        select: Select {
            columns: &[
                "id",
                "token_hash",
                "operator_id",
                "opened_at",
                "expires_at",
                "decision",
                "revealed",
                "rev",
                "sealed",
            ],
            from: "FROM operator_session WHERE id>? ORDER BY id LIMIT ?",
        },
        key: Key::One,
    },
    Source {
        name: LEAVES,
        select: Select {
            columns: &["idx", "id", "leaf"],
            from: "FROM audit_leaf WHERE idx>? ORDER BY idx LIMIT ?",
        },
        key: Key::One,
    },
    Source {
        name: TILES,
        select: Select {
            columns: &["level", "idx", "root", "hashes"],
            from: "FROM audit_tile WHERE level>? OR (level=? AND idx>?) ORDER BY level,idx LIMIT ?",
        },
        key: Key::Two,
    },
    Source {
        name: CHECKPOINTS,
        select: Select {
            columns: &["size", "note"],
            from: "FROM audit_checkpoint WHERE size>? ORDER BY size LIMIT ?",
        },
        key: Key::One,
    },
    Source {
        name: "audit_subject",
        select: Select {
            columns: &["subject", "id"],
            from: "FROM audit_subject WHERE subject>? OR (subject=? AND id>?) \
                   ORDER BY subject,id LIMIT ?",
        },
        key: Key::Two,
    },
    // The operators' parts are the system's.
    Source {
        name: "audit_part",
        select: Select {
            columns: &["id", "user_id", "rev", "sealed"],
            from: "FROM audit_part WHERE user_id='00000000000000000000000000000000' AND id>? \
                   ORDER BY id LIMIT ?",
        },
        key: Key::One,
    },
    Source {
        name: "erasure_task",
        select: Select {
            columns: &["id", "erasure_id", "rev", "sealed"],
            from: "FROM erasure_task WHERE id>? ORDER BY id LIMIT ?",
        },
        key: Key::One,
    },
    // Last: whoever leaves while a backup is under way is in it as one who has left.
    Source {
        name: "erasure",
        select: Select {
            columns: &[
                "id",
                "user_id",
                "token_hash",
                "state",
                "requested_at",
                "providers_at",
                "rows_at",
                "receipt_at",
                "completed_at",
                "retry_at",
                "failures",
            ],
            from: "FROM erasure WHERE id>? ORDER BY id LIMIT ?",
        },
        key: Key::One,
    },
];

pub(super) const LEAVES: &str = "audit_leaf";
const TILES: &str = "audit_tile";
const CHECKPOINTS: &str = "audit_checkpoint";

impl Source {
    /// Whether a row of the log was there already when the log had `size` leaves: the log is
    /// taken as it was when the backup began.
    pub(super) fn is_of_the_log(&self, row: &Cells, size: u64) -> bool {
        let number = |at: usize| match row.0.get(at) {
            Some(Cell::Integer(number)) => u64::try_from(*number).unwrap_or(u64::MAX),
            _ => u64::MAX,
        };
        match self.name {
            LEAVES => number(0) < size,
            CHECKPOINTS => number(0) <= size,
            TILES => {
                let (level, end) = (number(0).min(6), number(1).saturating_add(1));
                end.checked_mul(1 << (8 * (level + 1)))
                    .is_some_and(|leaves| leaves <= size)
            }
            _ => true,
        }
    }
}

/// A value as it stands in a line: null, a number, or text; bytes as base64, as D1 has them.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
}

/// A row.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Cells(pub(super) Vec<Cell>);

impl Cells {
    /// A cell as a part of a key.
    pub(super) fn text(&self, at: usize) -> Option<String> {
        match self.0.get(at)? {
            Cell::Null => None,
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Text(text) => Some(text.clone()),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl de::Visitor<'_> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a cell")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Cell, E> {
        Ok(Cell::Integer(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Cell, E> {
        i64::try_from(number).map(Cell::Integer).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Cell, E> {
        Ok(Cell::Text(text.to_owned()))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Cell, E> {
        Ok(Cell::Text(STANDARD.encode(bytes)))
    }
}

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::Visitor as _;

    use super::*;

    fn row(numbers: &[i64]) -> Cells {
        Cells(numbers.iter().copied().map(Cell::Integer).collect())
    }

    fn source(name: &str) -> &'static Source {
        SHARED.iter().find(|source| source.name == name).unwrap()
    }

    #[test]
    fn the_log_is_taken_as_it_was_when_the_backup_began() {
        let size = 257;
        assert!(source(LEAVES).is_of_the_log(&row(&[256]), size));
        assert!(!source(LEAVES).is_of_the_log(&row(&[257]), size));
        assert!(source(CHECKPOINTS).is_of_the_log(&row(&[257]), size));
        assert!(!source(CHECKPOINTS).is_of_the_log(&row(&[258]), size));
        assert!(source(TILES).is_of_the_log(&row(&[0, 0]), size));
        assert!(!source(TILES).is_of_the_log(&row(&[0, 1]), size));
        assert!(!source(TILES).is_of_the_log(&row(&[1, 0]), size));
        assert!(source(TILES).is_of_the_log(&row(&[1, 0]), 65_536));
        assert!(!source(TILES).is_of_the_log(&row(&[9, i64::MAX]), size));
    }

    #[test]
    fn cells_are_the_same_whether_they_came_as_bytes_or_as_base64() {
        let json: Cells = serde_json::from_str(r#"["/w==",-3,null,7]"#).unwrap();
        let bytes = CellVisitor
            .visit_bytes::<de::value::Error>(&[0xff])
            .unwrap();
        assert!(json.0.first() == Some(&bytes));
        assert_eq!(
            serde_json::to_string(&json).unwrap(),
            r#"["/w==",-3,null,7]"#
        );
    }
}
