//! What the rows themselves show: each cell is sealed, or metadata by its form; and the seals hold
//! against any keyring but their own.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tlog::{Checkpoint, Entry, SignedNote};

use anyhow::Result;

use super::super::database::{self, Cell, Database};
use super::super::opener::{self, Opened};
use super::super::promise::Checks;

/// Another keyring than the one the rows are sealed under, of the same form.
const WRONG_KEYRING: &str =
    r#"{"current":1,"keys":{"1":"YW5vdGhlciBwdWJsaWMga2V5cmluZyBmb3IgdGVzdCE="}}"#;

/// Words of the operational columns (`docs/SECURITY.md`, what stays plain).
const WORDS: [&str; 18] = [
    "linking",
    "active",
    "removing",
    "plaid",
    "sync",
    "everything",
    "repaired",
    "disconnects",
    "expires",
    "new_accounts",
    "acknowledged",
    "revoked",
    "account_revoked",
    "stripe",
    "changed",
    "erasing",
    "erased",
    "closed",
];

/// Each cell is sealed, or of a form that cannot hold anything private.
pub(super) fn look_like_metadata(database: &Database, opened: &Opened, checks: &mut Checks) {
    let counts = database.counts();
    let empty = counts
        .iter()
        .filter(|(name, rows)| **rows == 0 && opener::is_sealed(database, name));
    checks.none(
        "every table with private rows has some",
        empty.map(|(name, _)| *name),
        counts
            .iter()
            .map(|(name, rows)| format!("{name} {rows}"))
            .collect::<Vec<_>>()
            .join(", "),
    );
    checks.none(
        "every sealed cell opens under the keyring, at its place",
        &opened.refused,
        format!("{} rows under {} keys", opened.payloads.len(), opened.keys),
    );
    checks.holds(
        "rows of someone who has left open under no key, though they wait to be deleted",
        opened.shredded > 0,
        format!("{} rows", opened.shredded),
    );
    let mut plain = 0;
    let odd: Vec<String> = database
        .cells()
        .filter(|(name, _)| database::is_ours(name))
        .filter(|(name, _)| !name.ends_with(".sealed") && !name.ends_with(".wrapped"))
        .inspect(|_| plain += 1)
        .filter(|(name, value)| !is_metadata(value) && !is_public(name, value))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    checks.none(
        "every other cell is a number, an id, a hash, a blind index or a word of the list",
        odd,
        format!("{plain} cells"),
    );
}

/// What the audit log publishes: entries, which commit to their parts and hold nothing else,
/// hashes of them, and signed heads.
fn is_public(name: &str, cell: &Cell) -> bool {
    let Cell::Text(text) = cell else {
        return false;
    };
    let is_base64 = |text: &str| {
        STANDARD
            .decode(text)
            .is_ok_and(|bytes| bytes.len() % 32 == 0)
    };
    match name {
        "audit_leaf.leaf" => Entry::parse(text.as_bytes()).is_ok(),
        "audit_tile.root" | "audit_tile.hashes" => is_base64(text),
        "audit_checkpoint.note" => SignedNote::parse(text.as_bytes())
            .is_ok_and(|note| Checkpoint::parse(note.text()).is_ok()),
        _ => false,
    }
}

fn is_metadata(cell: &Cell) -> bool {
    match cell {
        Cell::Null | Cell::Integer(_) | Cell::Real(_) => true,
        Cell::Text(text) => match text.split_once(':') {
            // A kind of webhook, and what tells it from others of that kind.
            Some((kind, which)) => WORDS.contains(&kind) && is_index(which),
            None => WORDS.contains(&text.as_str()) || is_index(text),
        },
        Cell::Bytes(_) => false,
    }
}

/// Lower-case hex of a month token, an id or blind index, or a hash.
pub(super) fn is_index(text: &str) -> bool {
    [16, 32, 64].contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

pub(super) fn stay_closed(database: &Database, checks: &mut Checks) -> Result<()> {
    let opened = opener::open(database, WRONG_KEYRING)?;
    checks.holds(
        "with another keyring nothing opens",
        opened.keys == 0 && opened.payloads.is_empty(),
        format!(
            "{} keys, {} rows, {} refused",
            opened.keys,
            opened.payloads.len(),
            opened.refused.len()
        ),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_words_of_nobodys_list_are_no_metadata() {
        assert!(is_metadata(&Cell::Text("linking".into())));
        assert!(is_metadata(&Cell::Text("0123456789abcdef".into())));
        assert!(is_metadata(&Cell::Text(
            "disconnects:0123456789abcdef".into()
        )));
        assert!(!is_metadata(&Cell::Text("disconnects:2025-03-07".into())));
        assert!(!is_metadata(&Cell::Text("2025-03-07".into())));
        assert!(!is_metadata(&Cell::Bytes(vec![0; 32])));
    }
}
