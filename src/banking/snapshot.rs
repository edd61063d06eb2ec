//! Reading what banks said last of holdings, debts or recurring payments.

use crate::{
    identity::{Access, Caller},
    problem::{Problem, Result},
    store::snapshots::{self, Entry, SnapshotRow},
};

/// All of hers, by connection. One batch.
pub(crate) async fn snapshot<E: Entry, A: Access>(caller: Caller<A>) -> Result<Vec<E>> {
    let (signed, [rows]) = caller
        .read(|signed| Ok([snapshots::of_person::<E>(&signed.keys, signed.person)]))
        .await?;
    let rows: Vec<SnapshotRow> = rows.rows()?.all()?;
    let mut entries = Vec::new();
    for row in rows {
        let page = row.open::<E>(&signed.keys)?.reveal(&signed.reveal);
        let page = page.map_err(|_| Problem::internal("a snapshot of someone else's"))?;
        entries.extend(page.entries);
    }
    Ok(entries)
}
