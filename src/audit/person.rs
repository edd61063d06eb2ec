//! What a person sees of the log: the leaves that are about her, what they commit to, and
//! the proof that they are in it.

use tlog::{Checkpoint, Hash, inclusion_spans};

use super::reading;
use crate::{
    app::App,
    id::RowId,
    identity::{Caller, Signed},
    problem::{Problem, Result},
    store::audit_log::{self, CheckpointRow, PartRecord, PartRow},
};

/// A leaf about her.
pub(crate) struct ProvenLeaf {
    pub(crate) index: u64,
    /// As the tree has it.
    pub(crate) leaf: String,
    /// What it commits to for her.
    pub(crate) part: PartRecord,
    /// From the leaf up; none where no checkpoint has it yet.
    pub(crate) proof: Option<Vec<Hash>>,
}

/// Her leaves below `before`, newest first, and the head that their proofs lead to. Two
/// batches.
pub(crate) async fn access_log(
    app: &App,
    caller: Caller,
    before: u64,
    limit: u32,
) -> Result<(Checkpoint, Vec<ProvenLeaf>)> {
    let (signed, [head, rows]) = caller
        .read(|signed| {
            Ok([
                audit_log::last_checkpoint(),
                audit_log::of_person(signed.person, before, limit),
            ])
        })
        .await?;
    let head = reading::head(app, &head.rows()?)?;
    let rows: Vec<PartRow> = rows.rows()?.all()?;
    let entries = proven(app, &signed, &head, rows).await?;
    Ok((head, entries))
}

/// Her leaves about these subjects, in their order, and the signed head that their proofs lead
/// to. Two batches.
pub(crate) async fn proven_leaves(
    app: &App,
    signed: &Signed,
    subjects: &[RowId],
) -> Result<(String, Vec<ProvenLeaf>)> {
    let mut batch = vec![audit_log::last_checkpoint()];
    let about = |subject: &RowId| audit_log::about(*subject, signed.person.vault());
    batch.extend(subjects.iter().map(about));
    let mut outcomes = app.db.batch_all(&batch).await?.into_iter();
    let newest = outcomes
        .next()
        .ok_or_else(|| Problem::internal("no outcome"))?
        .rows()?;
    let head = reading::head(app, &newest)?;
    let note = newest.first::<CheckpointRow>()?.map(|row| row.note);
    let mut rows: Vec<PartRow> = Vec::new();
    for outcome in outcomes {
        rows.extend(outcome.rows()?.all::<PartRow>()?);
    }
    let leaves = proven(app, signed, &head, rows).await?;
    Ok((note.unwrap_or_default(), leaves))
}

/// One batch, or none.
async fn proven(
    app: &App,
    signed: &Signed,
    head: &Checkpoint,
    rows: Vec<PartRow>,
) -> Result<Vec<ProvenLeaf>> {
    let spans = |row: &PartRow| inclusion_spans(row.index, head.size);
    let spans: Vec<_> = rows.iter().map(spans).collect();
    let mut wanted: Vec<tlog::Tile> = spans
        .iter()
        .flatten()
        .flatten()
        .flat_map(|span| span.tiles(head.size))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let tiles = reading::tiles_of(app, wanted).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for (row, spans) in rows.into_iter().zip(spans) {
        let hashes = |spans: Vec<tlog::Span>| {
            let hashes = spans.into_iter().map(|span| tiles.hash(span));
            hashes
                .collect::<Option<Vec<Hash>>>()
                .ok_or_else(|| Problem::internal("the audit log lacks a tile"))
        };
        let proof = spans.map(hashes).transpose()?;
        let (index, leaf) = (row.index, row.leaf.clone());
        let part = row
            .open(&signed.keys)?
            .reveal(&signed.reveal)
            .map_err(|_| Problem::internal("somebody else's part of the log"))?;
        entries.push(ProvenLeaf {
            index,
            leaf,
            part,
            proof,
        });
    }
    Ok(entries)
}
