//! What the audit log says of her, and what she consented to.

use super::{Cell, Row, columns, maybe, maybe_time, name, text, time, words};
use crate::{
    id::{ConsentId, PasskeyId, RowId},
    store::{
        audit_log::PartRecord,
        consents::{ConsentRecord, GrantRecord},
    },
};

/// A leaf about her, and what it commits to.
pub(in super::super) struct AuditEntry {
    pub(in super::super) index: u64,
    pub(in super::super) leaf: String,
    pub(in super::super) part: PartRecord,
}

columns!(AuditEntry, "audit_entries", |row| {
    "index": Cell::Number(row.index),
    "leaf": text(&row.leaf),
    "salt": text(&row.part.salt),
    "body": text(&row.part.body),
});

/// What an operator asked of her, and what she signed.
pub(in super::super) struct Consent {
    pub(in super::super) id: RowId,
    pub(in super::super) record: ConsentRecord,
}

impl Consent {
    const fn grant(&self) -> Option<&GrantRecord> {
        self.record.grant.as_ref()
    }
}

columns!(Consent, "consents", |row| {
    "id": text(ConsentId(row.id).public()),
    "operator": text(row.record.operator.public()),
    "operator_name": text(&row.record.operator_name),
    "operator_role": name(&row.record.operator_role),
    "purpose": text(&row.record.purpose),
    "resources": words(&row.record.resources),
    "fields": words(&row.record.fields),
    "hours": Cell::Number(row.record.hours.into()),
    "uses": Cell::Number(row.record.uses.into()),
    "requested_at": time(row.record.requested_at),
    "granted_at": maybe_time(row.grant().map(|grant| grant.at)),
    "key": row.grant().map_or(Cell::Null, |grant| text(PasskeyId(grant.key.0).public())),
    "text": maybe(row.grant().map(|grant| &grant.text)),
    "signed": maybe(row.grant().map(|grant| &grant.response)),
});
