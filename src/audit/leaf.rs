//! A leaf on its way into the log: the public entry, and the parts it commits to.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use tlog::{Commitment, Entry, Kind, Part, commit};

use super::Event;
use crate::{
    id::RowId,
    platform::{clock, random},
    problem::{Problem, Result},
    store::{
        audit_log::{self, PartRecord},
        engine::Statement,
        keys::UserKeys,
    },
};

/// What is appended.
pub(crate) struct Leaf(Vec<Statement>);

impl Leaf {
    /// About a person: she and the operators can both read all of it. Without her keys only
    /// they can. `subjects` are what it can be found by.
    pub(crate) fn new(
        kind: Kind,
        system: &UserKeys,
        person: Option<&UserKeys>,
        event: &Event<'_>,
        subjects: &[RowId],
    ) -> Result<Self> {
        Self::named(RowId::new()?, kind, system, person, event, subjects)
    }

    /// One that there is at most once: `id` names it, and a second fails the batch.
    pub(crate) fn once(
        id: RowId,
        kind: Kind,
        system: &UserKeys,
        event: &Event<'_>,
        subjects: &[RowId],
    ) -> Result<Self> {
        Self::named(id, kind, system, None, event, subjects)
    }

    fn named(
        id: RowId,
        kind: Kind,
        system: &UserKeys,
        person: Option<&UserKeys>,
        event: &Event<'_>,
        subjects: &[RowId],
    ) -> Result<Self> {
        let body =
            serde_json::to_string(event).map_err(|_| Problem::internal("an event as no JSON"))?;
        let (operators, operators_part) = part(Part::Operator, system, id, body.clone())?;
        let hers = person
            .map(|keys| part(Part::Person, keys, id, body))
            .transpose()?;
        let (her_commitment, her_part) = hers.unzip();
        let entry = Entry {
            kind,
            time: clock::unix_milliseconds(),
            operator: Some(operators),
            person: her_commitment,
        };
        let mut statements = Vec::from(audit_log::append(id, &entry));
        statements.push(operators_part);
        statements.extend(her_part);
        if !subjects.is_empty() {
            statements.push(audit_log::put_subjects(id, subjects));
        }
        Ok(Self(statements))
    }

    /// The batch that does what the leaf says, behind it.
    pub(crate) fn before(self, deeds: impl IntoIterator<Item = Statement>) -> Vec<Statement> {
        let mut batch = self.0;
        batch.extend(deeds);
        batch
    }
}

/// The id of a leaf that there is at most once, by what it is about.
pub(crate) fn name_of(kind: Kind, what: &str) -> RowId {
    let hash = Sha256::new()
        .chain_update(kind.name())
        .chain_update([b'\n'])
        .chain_update(what)
        .finalize();
    let mut id = [0; 16];
    for (byte, hashed) in id.iter_mut().zip(hash) {
        *byte = hashed;
    }
    RowId(id)
}

fn part(part: Part, keys: &UserKeys, id: RowId, body: String) -> Result<(Commitment, Statement)> {
    let salt: [u8; 32] = random::bytes()?;
    let commitment = commit(part, &salt, body.as_bytes());
    let record = PartRecord {
        salt: STANDARD.encode(salt),
        body,
    };
    Ok((commitment, audit_log::put_part(keys, id, &record)?))
}
