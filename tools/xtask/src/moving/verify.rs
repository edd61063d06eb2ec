//! Whether both databases have the same rows: counted, and compared by the SHA-256 of each row,
//! page by page in the order of the primary key. A difference is named by table and keys.

use std::collections::BTreeMap;

use anyhow::Result;
use sha2::{Digest as _, Sha256};

use super::d1::D1;
use super::plan::Portion;
use super::planetscale::Database;
use super::row::{Key, Row, digest, key, shown};
use crate::hex::hex;

type Digest = [u8; 32];
type Keyed = (Key, Digest);

/// The most lines of differences of one table.
const SHOWN: usize = 10;

/// What was found of one table.
pub(super) struct Compared {
    pub(super) table: String,
    pub(super) rows: [u64; 2],
    pub(super) digests: [String; 2],
    pub(super) differences: Vec<String>,
}

impl Compared {
    pub(super) fn is_same(&self) -> bool {
        self.differences.is_empty()
            && self.rows[0] == self.rows[1]
            && self.digests[0] == self.digests[1]
    }
}

/// Compares one table.
pub(super) fn compare(
    d1: &mut D1,
    planetscale: &Database<'_>,
    portion: &Portion<'_>,
    page: usize,
) -> Result<Compared> {
    let (table, filter) = (portion.table, portion.filter.as_ref());
    let mut hashes = [Sha256::new(), Sha256::new()];
    let mut read = 0;
    let mut differences = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let left = d1.page(table, filter, after.as_ref(), page)?;
        let last = left.last().map(|row| key(table, row)).transpose()?;
        // One more than there should be, or whatever is left behind the last.
        let limit = left.len().max(page) + 1;
        let right = planetscale.range(table, filter, after.as_ref(), last.as_ref(), limit)?;
        read += left.len() as u64;
        let keyed = |rows: &[Row]| -> Result<Vec<Keyed>> {
            rows.iter()
                .map(|row| Ok((key(table, row)?, digest(row))))
                .collect()
        };
        let (left, right) = (keyed(&left)?, keyed(&right)?);
        for (hash, rows) in hashes.iter_mut().zip([&left, &right]) {
            for (_, digest) in rows {
                hash.update(digest);
            }
        }
        if differences.len() < SHOWN {
            differences.extend(difference(&left, &right));
        }
        match last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    let digests = hashes.map(|hash| hex(&hash.finalize()));
    Ok(Compared {
        table: table.name.clone(),
        rows: [read, planetscale.count(table, filter)?],
        digests,
        differences,
    })
}

/// The range of keys in which two sorted lists differ, and how.
fn difference(left: &[Keyed], right: &[Keyed]) -> Option<String> {
    if left == right {
        return None;
    }
    let by_key = |rows: &[Keyed]| rows.iter().cloned().collect::<BTreeMap<Key, Digest>>();
    let (left, right) = (by_key(left), by_key(right));
    let without = |these: &BTreeMap<Key, Digest>, those: &BTreeMap<Key, Digest>| {
        let keys = these.keys().filter(|key| !those.contains_key(*key));
        keys.cloned().collect::<Vec<Key>>()
    };
    let other = left.iter().filter(|(key, digest)| {
        let there = right.get(*key);
        there.is_some_and(|there| there != *digest)
    });
    let other = other.map(|(key, _)| key.clone()).collect();
    let (missing, more) = (without(&left, &right), without(&right, &left));
    let told: Vec<String> = [
        ("missing in PlanetScale", missing),
        ("only in PlanetScale", more),
        ("not the same", other),
    ]
    .into_iter()
    .filter_map(|(what, keys)| {
        let (first, last) = (keys.first()?, keys.last()?);
        let count = keys.len();
        Some(format!(
            "{count} {what}, from {} to {}",
            shown(first),
            shown(last)
        ))
    })
    .collect();
    if told.is_empty() {
        return None;
    }
    Some(told.join("; "))
}

/// The comparison as a table.
pub(super) fn print(all: &[Compared]) {
    println!(
        "{:<18} {:>10} {:>12}  {:<16} same",
        "table", "D1", "PlanetScale", "sha256"
    );
    for compared in all {
        let [d1, planetscale] = &compared.digests;
        let mut digest = d1.get(..16).unwrap_or(d1).to_owned();
        if d1 != planetscale {
            digest = format!("{d1:.7}…/{planetscale:.7}…");
        }
        let same = if compared.is_same() { "yes" } else { "NO" };
        let [left, right] = compared.rows;
        println!(
            "{:<18} {left:>10} {right:>12}  {digest:<16} {same}",
            compared.table
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Part;
    use super::*;

    fn rows(list: &[(&str, u8)]) -> Vec<Keyed> {
        let row = |(key, digest): &(&str, u8)| (vec![Part::Text((*key).into())], [*digest; 32]);
        list.iter().map(row).collect()
    }

    #[test]
    fn a_difference_is_named_by_its_keys() {
        let d1 = rows(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
        assert_eq!(difference(&d1, &d1), None);
        let planetscale = rows(&[("a", 1), ("c", 9), ("d", 4), ("e", 5)]);
        assert_eq!(
            difference(&d1, &planetscale).unwrap(),
            "1 missing in PlanetScale, from b to b; 1 only in PlanetScale, from e to e; \
             1 not the same, from c to c"
        );
    }
}
