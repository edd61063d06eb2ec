//! A backup and those it builds on, read, checked and put together: the newest of each part of a
//! person's rows, and all of the audit log's leaves.
//!
//! Everything is held to what says it: an object to its manifest's digest, a segment to the place
//! its first line names, a person's months to her last line. What does not hold is named.

use std::collections::{BTreeMap, BTreeSet};

use age::Identity;
use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::bucket::Objects;
use super::signer::Signer;
use crate::hex::sha256;

const FORMAT: &str = "balance-backup/v1";
/// The table whose rows are never written again: a backup has those that are new.
const LEAVES: &str = "audit_leaf";
/// The tables that say who has left.
const ERASURES: [&str; 2] = ["erasure", "erasure_task"];

/// A row as a line has it: in the order of the manifest's columns.
pub(super) type Row = Vec<Value>;
type Columns = BTreeMap<String, Vec<String>>;

/// What a manifest says.
#[derive(Deserialize)]
pub(super) struct Manifest {
    format: String,
    pub(super) backup: u32,
    base: u32,
    previous: Option<u32>,
    pub(super) finished_at: String,
    pub(super) schema: String,
    pub(super) log_size: u64,
    pub(super) columns: Columns,
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    name: String,
    sha256: String,
    lines: u64,
}

#[derive(Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Segment {
        format: String,
        backup: u32,
        index: u32,
    },
    Rows {
        table: String,
        person: Option<String>,
        month: Option<String>,
        rows: Vec<Row>,
    },
    Person {
        person: String,
        rest: bool,
        written: Vec<String>,
        months: BTreeMap<String, u64>,
    },
    Discard {
        person: String,
    },
}

/// A person's rows.
#[derive(Default)]
struct Person {
    rest: BTreeMap<String, Vec<Row>>,
    months: BTreeMap<String, Vec<Row>>,
}

/// All rows of a backup, by table.
pub(super) struct Restored {
    pub(super) manifest: Manifest,
    /// Of the manifest's object, as the audit log has it.
    pub(super) sha256: String,
    pub(super) tables: BTreeMap<String, Vec<Row>>,
    /// Who is not among them, since she has left.
    pub(super) left: BTreeSet<String>,
}

/// Who opens objects, and where they are.
pub(super) struct Reader<'a> {
    pub(super) objects: &'a mut dyn Objects,
    pub(super) identities: &'a [Identity],
    /// Whose backups they are.
    pub(super) signers: &'a [Signer],
}

impl Reader<'_> {
    /// The numbers of all backups that came to their end.
    pub(super) fn numbers(&mut self) -> Result<BTreeSet<u32>> {
        let names = self.objects.manifests()?;
        let number = |name: &String| {
            let name = name.strip_prefix("manifests/")?.strip_suffix(".age")?;
            name.parse().ok()
        };
        Ok(names.iter().filter_map(number).collect())
    }

    /// Reads a backup; `newest` says who has left since.
    pub(super) fn restore(&mut self, number: u32, newest: u32) -> Result<Restored> {
        let (manifest, sha256) = self.manifest(number)?;
        let mut chain = Vec::new();
        let mut previous = manifest.previous;
        while let Some(number) = previous {
            ensure!(
                number >= manifest.base
                    && chain
                        .last()
                        .is_none_or(|last: &Manifest| number < last.backup),
                "the backups before {} are in no order",
                manifest.backup
            );
            let (before, _) = self.manifest(number)?;
            ensure!(
                before.base == manifest.base,
                "backup {number} builds on another than {}",
                manifest.backup
            );
            previous = before.previous;
            chain.push(before);
        }
        let first = chain.last().unwrap_or(&manifest);
        ensure!(
            first.backup == manifest.base,
            "backup {} builds on {}, and the way there ends at {}",
            manifest.backup,
            manifest.base,
            first.backup
        );
        let mut whole = Whole::default();
        for of in chain.iter().rev().chain([&manifest]) {
            eprintln!("• backup {}: {} segments", of.backup, of.segments.len());
            ensure!(
                of.columns == manifest.columns,
                "backup {} is of another schema than {}",
                of.backup,
                manifest.backup
            );
            // But for the leaves, what is nobody's own is whole in each.
            whole.shared.retain(|table, _| table == LEAVES);
            self.read(of, &mut whole)?;
        }
        if newest != number {
            let (manifest, _) = self.manifest(newest)?;
            let mut later = Whole::default();
            self.read(&manifest, &mut later)?;
            for table in ERASURES {
                let rows = later.shared.remove(table);
                whole.shared.insert(table.into(), rows.unwrap_or_default());
            }
        }
        whole.put_together(manifest, sha256)
    }

    fn manifest(&mut self, number: u32) -> Result<(Manifest, String)> {
        let name = format!("manifests/{number:08}.age");
        let object = self.objects.get(&name)?;
        let sha256 = sha256(&object);
        let note = self.objects.get(&format!("manifests/{number:08}.note"))?;
        let text = format!("{FORMAT}\n{number}\n{sha256}\n");
        ensure!(
            self.signers
                .iter()
                .any(|signer| signer.signed(&note, &text)),
            "{name} is not signed by the service: somebody else put it there, or the log's key is \
             another"
        );
        let text = self.open(&name, &object)?;
        let manifest: Manifest =
            serde_json::from_slice(&text).with_context(|| format!("{name} is no manifest"))?;
        ensure!(manifest.format == FORMAT, "{name} is of another format");
        ensure!(
            manifest.backup == number,
            "{name} is that of another backup"
        );
        Ok((manifest, sha256))
    }

    fn open(&self, name: &str, object: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        age::decrypt(self.identities, object).with_context(|| format!("opening {name}"))
    }

    /// Reads the segments of a backup into what is there already.
    fn read(&mut self, manifest: &Manifest, whole: &mut Whole) -> Result<()> {
        for (index, segment) in manifest.segments.iter().enumerate() {
            let object = self.objects.get(&segment.name)?;
            ensure!(
                sha256(&object) == segment.sha256,
                "{} is not what its manifest tells of: it was changed",
                segment.name
            );
            let text = self.open(&segment.name, &object)?;
            let context = || format!("reading {}", segment.name);
            let mut lines = text
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            let first: Line =
                serde_json::from_slice(lines.next().unwrap_or_default()).with_context(context)?;
            let is_its_place = matches!(first, Line::Segment { ref format, backup, index: at }
                if format == FORMAT && backup == manifest.backup && at as usize == index);
            ensure!(is_its_place, "{} says it is another segment", segment.name);
            let mut count = 0;
            for line in lines {
                whole
                    .take(serde_json::from_slice(line).with_context(context)?)
                    .with_context(context)?;
                count += 1;
            }
            ensure!(
                count == segment.lines,
                "{} has {count} lines, not {}",
                segment.name,
                segment.lines
            );
        }
        ensure!(
            whole.pending.is_empty(),
            "backup {} ends in the middle of a person's rows",
            manifest.backup
        );
        Ok(())
    }
}

/// What was read so far.
#[derive(Default)]
struct Whole {
    people: BTreeMap<String, Person>,
    /// Lines about people whose last line has not come yet.
    pending: BTreeMap<String, Person>,
    shared: BTreeMap<String, Vec<Row>>,
}

impl Whole {
    fn take(&mut self, line: Line) -> Result<()> {
        match line {
            Line::Segment { .. } => bail!("a segment begins in the middle of another"),
            Line::Rows {
                table,
                person: None,
                rows,
                ..
            } => {
                self.shared.entry(table).or_default().extend(rows);
            }
            Line::Rows {
                table,
                person: Some(person),
                month,
                rows,
            } => {
                let of_hers = self.pending.entry(person).or_default();
                let place = match month {
                    Some(month) => of_hers.months.entry(month).or_default(),
                    None => of_hers.rest.entry(table).or_default(),
                };
                place.extend(rows);
            }
            Line::Discard { person } => drop(self.pending.remove(&person)),
            Line::Person {
                person,
                rest,
                written,
                months,
            } => {
                let fresh = self.pending.remove(&person).unwrap_or_default();
                let hers = self.people.entry(person.clone()).or_default();
                if rest {
                    hers.rest = fresh.rest;
                }
                let mut fresh = fresh.months;
                for month in written {
                    let rows = fresh.remove(&month).unwrap_or_default();
                    hers.months.insert(month, rows);
                }
                hers.months.retain(|month, _| months.contains_key(month));
                let is_whole = months.len() == hers.months.len()
                    && months.iter().all(|(month, count)| {
                        hers.months
                            .get(month)
                            .is_some_and(|rows| rows.len() as u64 == *count)
                    });
                ensure!(
                    is_whole,
                    "some of the transactions of {person} are not there"
                );
            }
        }
        Ok(())
    }

    /// The rows by table, without those of people who have left.
    fn put_together(mut self, manifest: Manifest, sha256: String) -> Result<Restored> {
        let of = |columns: &Columns, table: &str, name: &str| {
            let columns = columns
                .get(table)
                .with_context(|| format!("there is no {table}"))?;
            let at = columns.iter().position(|column| column == name);
            at.with_context(|| format!("{table} has no {name}"))
        };
        let column = of(&manifest.columns, "erasure", "user_id")?;
        let erased = self.shared.get("erasure").into_iter().flatten();
        let left: BTreeSet<String> = erased
            .filter_map(|row| row.get(column).and_then(Value::as_str))
            .map(ToOwned::to_owned)
            .collect();
        let column = of(&manifest.columns, "user_key", "user_id")?;
        if let Some(keys) = self.shared.get_mut("user_key") {
            keys.retain(|row| {
                !row.get(column)
                    .and_then(Value::as_str)
                    .is_some_and(|id| left.contains(id))
            });
        }
        let mut tables = self.shared;
        for (id, person) in self.people {
            if left.contains(&id) {
                continue;
            }
            for (table, rows) in person.rest {
                tables.entry(table).or_default().extend(rows);
            }
            for rows in person.months.into_values() {
                tables.entry("txn".into()).or_default().extend(rows);
            }
        }
        let leaves = tables.remove(LEAVES).unwrap_or_default();
        let column = of(&manifest.columns, LEAVES, "idx")?;
        let numbers = leaves
            .iter()
            .map(|row| row.get(column).and_then(Value::as_u64));
        ensure!(
            numbers.eq((0..manifest.log_size).map(Some)),
            "the audit log is not whole: {} leaves, and not those up to {}",
            leaves.len(),
            manifest.log_size
        );
        // The log is as long as when the backup began; what was said of later leaves has none.
        let column = of(&manifest.columns, LEAVES, "id")?;
        let ids = leaves.iter().filter_map(|row| row.get(column)?.as_str());
        let known: BTreeSet<String> = ids.map(ToOwned::to_owned).collect();
        let is_known = |id: &Value| id.as_str().is_some_and(|id| known.contains(id));
        for table in ["audit_part", "audit_subject"] {
            let column = of(&manifest.columns, table, "id")?;
            if let Some(rows) = tables.get_mut(table) {
                rows.retain(|row| row.get(column).is_some_and(is_known));
            }
        }
        tables.insert(LEAVES.into(), leaves);
        Ok(Restored {
            manifest,
            sha256,
            tables,
            left,
        })
    }
}
