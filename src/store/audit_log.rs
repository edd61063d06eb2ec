//! The audit log's rows: public leaves in one order, the sealed parts beside them, full
//! tiles of hashes, signed checkpoints.
//!
//! Invariant: nothing here changes a leaf, a tile or a checkpoint. Where the database has
//! triggers (D1) it refuses that itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use tlog::{Checkpoint, Entry, Hash};
use vault::{Sensitive, UserId};

use super::{
    engine::{OnConflict, SealedBytes, Select, Statement, Value},
    keys::UserKeys,
    record::{Record, Sealable},
    table::Table,
};
use crate::{
    id::{PersonId, RowId},
    problem::{Problem, Result},
};

/// A part of a leaf's body, as sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PartRecord {
    /// 32 bytes in base64: what keeps the commitment from being guessed.
    pub(crate) salt: String,
    /// JSON, byte for byte as it was committed to.
    pub(crate) body: String,
}

impl PartRecord {
    /// The salt's 32 bytes.
    pub(crate) fn salt(&self) -> Option<[u8; 32]> {
        let mut salt = [0; 32];
        let read = STANDARD.decode_slice(&self.salt, &mut salt);
        (read == Ok(32)).then_some(salt)
    }
}

impl Sealable for PartRecord {
    const TABLE: Table = Table::AuditPart;
}

impl Record for PartRecord {}

/// Appends a leaf: the head counts it, which makes whoever appends beside this wait.
///
/// First in its batch: where one spans keyspaces, the log's part of it commits first.
pub(crate) fn append(id: RowId, entry: &Entry) -> [Statement; 3] {
    [
        Statement::insert_all(
            "audit_head",
            &["id", "size"],
            vec![vec![0_i64.into(), 0_i64.into()]],
            OnConflict::Hold,
        ),
        Statement::write("UPDATE audit_head SET size=size+1 WHERE id=0", []),
        Statement::write(
            "INSERT INTO audit_leaf (idx,id,leaf) SELECT size-1,?,? FROM audit_head WHERE id=0",
            [id.into(), entry.to_string().into()],
        ),
    ]
}

/// Puts a part beside its leaf.
pub(crate) fn put_part(keys: &UserKeys, id: RowId, part: &PartRecord) -> Result<Statement> {
    let sealed = keys.seal(id, 1, part)?;
    Ok(Statement::insert(
        "audit_part",
        &["user_id", "id", "rev", "sealed"],
        [
            RowId(*keys.user().as_bytes()).into(),
            id.into(),
            1_i64.into(),
            sealed,
        ],
    ))
}

/// Says what a leaf can be found by.
pub(crate) fn put_subjects(id: RowId, subjects: &[RowId]) -> Statement {
    let row = |subject: &RowId| vec![(*subject).into(), id.into()];
    Statement::insert_all(
        "audit_subject",
        &["subject", "id"],
        subjects.iter().map(row).collect(),
        OnConflict::Fail,
    )
}

/// The leaves about a subject in their order, with somebody's part of each: the operators'
/// are the system's.
pub(crate) fn about(subject: RowId, whose: UserId) -> Statement {
    const ABOUT: Select = Select {
        columns: &["l.idx", "l.id", "l.leaf", "p.rev", "p.sealed"],
        from: "FROM audit_subject AS s JOIN audit_leaf AS l ON l.id=s.id \
               JOIN audit_part AS p ON p.id=s.id \
               WHERE s.subject=? AND p.user_id=? ORDER BY l.idx LIMIT 2000",
    };
    let whose = RowId(*whose.as_bytes());
    Statement::read(ABOUT, [subject.into(), whose.into()])
}

/// The newest leaf about any of some subjects, with the operators' part of it.
pub(crate) fn newest_about(subjects: [RowId; 2]) -> Statement {
    const NEWEST: Select = Select {
        columns: &["l.idx", "l.id", "l.leaf", "p.rev", "p.sealed"],
        from: "FROM audit_subject AS s JOIN audit_leaf AS l ON l.id=s.id \
               JOIN audit_part AS p ON p.id=s.id \
               WHERE s.subject IN (?,?) AND p.user_id=? ORDER BY l.idx DESC LIMIT 1",
    };
    let [one, other] = subjects;
    let system = RowId(*UserId::SYSTEM.as_bytes());
    Statement::read(NEWEST, [one.into(), other.into(), system.into()])
}

/// The leaves about a subject from `first` on, with the operators' part of each.
pub(crate) fn about_from(subject: RowId, first: u64, limit: u32) -> Statement {
    const FROM: Select = Select {
        columns: &["l.idx", "l.id", "l.leaf", "p.rev", "p.sealed"],
        from: "FROM audit_subject AS s JOIN audit_leaf AS l ON l.id=s.id \
               JOIN audit_part AS p ON p.id=s.id \
               WHERE s.subject=? AND p.user_id=? AND l.idx>=? ORDER BY l.idx LIMIT ?",
    };
    let system = RowId(*UserId::SYSTEM.as_bytes());
    Statement::read(
        FROM,
        [subject.into(), system.into(), count(first), limit.into()],
    )
}

/// Which of these leaves there are.
pub(crate) fn present(ids: &[RowId]) -> Statement {
    const OF: Select = Select {
        columns: &["id"],
        from: "FROM audit_leaf WHERE id IN ?*",
    };
    let ids = ids.iter().map(|id| (*id).into()).collect();
    Statement::read(OF, [Value::List(ids)])
}

/// A leaf with somebody's part of it.
#[derive(Deserialize)]
pub(crate) struct PartRow {
    pub(crate) index: u64,
    pub(crate) id: RowId,
    pub(crate) leaf: String,
    rev: u32,
    sealed: SealedBytes,
}

impl PartRow {
    /// Opens the part.
    pub(crate) fn open(self, keys: &UserKeys) -> Result<Sensitive<PartRecord>> {
        keys.open(self.id, self.rev, self.sealed)
    }
}

/// The leaves that a person has a part of, newest first, below `before`.
pub(crate) fn of_person(person: PersonId, before: u64, limit: u32) -> Statement {
    const OF: Select = Select {
        columns: &["l.idx", "l.id", "l.leaf", "p.rev", "p.sealed"],
        from: "FROM audit_part AS p JOIN audit_leaf AS l ON l.id=p.id \
               WHERE p.user_id=? AND l.idx<? ORDER BY l.idx DESC LIMIT ?",
    };
    Statement::read(OF, [person.0.into(), count(before), limit.into()])
}

/// Deletes a person's parts: for her erasure. The leaves stay.
pub(crate) fn delete_parts(person: PersonId) -> Statement {
    Statement::write("DELETE FROM audit_part WHERE user_id=?", [person.0.into()])
}

/// The leaves from `first` up to `end`, in their order.
pub(crate) fn leaves(first: u64, end: u64) -> Statement {
    const OF: Select = Select {
        columns: &["leaf"],
        from: "FROM audit_leaf WHERE idx>=? AND idx<? ORDER BY idx",
    };
    Statement::read(OF, [count(first), count(end)])
}

/// A full tile's hashes.
pub(crate) fn tile(level: u8, index: u64) -> Statement {
    const OF: Select = Select {
        columns: &["hashes"],
        from: "FROM audit_tile WHERE level=? AND idx=?",
    };
    Statement::read(OF, [u32::from(level).into(), count(index)])
}

/// The hashes above the full tiles from `first` up to `end` of a level.
pub(crate) fn roots(level: u8, first: u64, end: u64) -> Statement {
    const OF: Select = Select {
        columns: &["root"],
        from: "FROM audit_tile WHERE level=? AND idx>=? AND idx<? ORDER BY idx",
    };
    Statement::read(OF, [u32::from(level).into(), count(first), count(end)])
}

/// Keeps full tiles. What is there stays: a tile is written once.
pub(crate) fn put_tiles(tiles: &[(u8, u64, Hash, Vec<Hash>)]) -> Statement {
    let row = |(level, index, root, hashes): &(u8, u64, Hash, Vec<Hash>)| {
        let hashes = hashes.iter().flat_map(|hash| hash.0).collect();
        vec![
            u32::from(*level).into(),
            count(*index),
            // Bytes, as a sealed value is; these are for everyone to see.
            Value::Sealed(root.0.to_vec()),
            Value::Sealed(hashes),
        ]
    };
    Statement::insert_all(
        "audit_tile",
        &["level", "idx", "root", "hashes"],
        tiles.iter().map(row).collect(),
        OnConflict::Keep,
    )
}

/// The hashes of one row.
#[derive(Deserialize)]
pub(crate) struct HashesRow {
    bytes: SealedBytes,
}

impl HashesRow {
    pub(crate) fn hashes(&self) -> Result<Vec<Hash>> {
        let (hashes, rest) = self.bytes.0.as_chunks::<32>();
        if rest.is_empty() {
            Ok(hashes.iter().copied().map(Hash).collect())
        } else {
            Err(Problem::internal("a tile of another length"))
        }
    }
}

/// How many leaves there are, signed or not.
pub(crate) fn size() -> Statement {
    const OF: Select = Select {
        columns: &["size"],
        from: "FROM audit_head WHERE id=0",
    };
    Statement::read(OF, [])
}

/// The newest head that was signed.
pub(crate) fn last_checkpoint() -> Statement {
    const OF: Select = Select {
        columns: &["size", "note"],
        from: "FROM audit_checkpoint ORDER BY size DESC LIMIT 1",
    };
    Statement::read(OF, [])
}

/// A signed head.
#[derive(Deserialize)]
pub(crate) struct CheckpointRow {
    pub(crate) size: u64,
    pub(crate) note: String,
}

/// Keeps a signed head. One of its size stays as it was: the tree has one root.
pub(crate) fn put_checkpoint(checkpoint: &Checkpoint, note: String) -> Statement {
    Statement::insert_all(
        "audit_checkpoint",
        &["size", "note"],
        vec![vec![count(checkpoint.size), note.into()]],
        OnConflict::Keep,
    )
}

/// A count of leaves as a parameter. They are far below 2^53.
fn count(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
