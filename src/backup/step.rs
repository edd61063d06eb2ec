//! One step of a backup: as much as an invocation of the platform may well do. It holds the
//! backup's lease, stores segments, and notes at its end in one batch what it stored and where to
//! go on; a step that dies is done again.

use super::{
    Backup, Event, manifest, person,
    segment::{Line, Writer},
    source::{BEGINNING, Cells, KEYS, Key, LEAVES, SHARED, Source},
};
use crate::{
    app::App,
    audit::{Leaf, Week, name_of},
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        backups::{self, BackupRow},
        engine::{EngineError, Outcome, Statement},
    },
};

use tlog::Kind;

/// Batches of one step: far below the platform's bound on what an invocation may ask.
const BATCHES: u32 = 100;
/// Objects of one step.
const OBJECTS: usize = 12;
/// Rows of a page. Where they are too long together, fewer.
const ROWS: u32 = 500;
/// People of a page.
const PEOPLE: u32 = 50;

/// What is stored, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Everybody's wrapped keys.
    Keys,
    /// People, one after the other.
    People,
    /// A table that is nobody's own.
    Shared(usize),
    /// What the manifest says.
    Manifest,
}

impl Phase {
    fn of(number: u32) -> Self {
        match number {
            0 => Self::Keys,
            1 => Self::People,
            number if (number as usize) < SHARED.len() + 2 => Self::Shared(number as usize - 2),
            _ => Self::Manifest,
        }
    }

    /// The folder that its objects are in: each has a retention of its own.
    const fn folder(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            _ => "segments",
        }
    }
}

/// A step under way.
pub(super) struct Step<'a> {
    app: &'a App,
    backup: &'a Backup,
    row: &'a BackupRow,
    holder: RowId,
    /// The one before, and how many leaves the log had then.
    previous: Option<(u32, u64)>,
    /// Rows of a page.
    pub(super) limit: u32,
    batches: u32,
    /// What was stored of people, by its hashes.
    pub(super) people: Vec<(PersonId, Vec<u8>)>,
    phase: u32,
    place: String,
}

impl<'a> Step<'a> {
    pub(super) fn new(app: &'a App, backup: &'a Backup, row: &'a BackupRow, holder: RowId) -> Self {
        Self {
            app,
            backup,
            row,
            holder,
            previous: None,
            limit: ROWS,
            batches: 0,
            people: Vec::new(),
            phase: row.phase,
            place: row.place.clone(),
        }
    }

    /// Whether everything is stored, whatever was before.
    pub(super) const fn is_whole(&self) -> bool {
        self.row.id == self.row.base
    }

    /// Does what an invocation may. True where the backup came to its end.
    pub(super) async fn run(mut self) -> Result<bool> {
        let first = [
            backups::segment_count(self.row.id),
            backups::finished_before(self.row.id),
        ];
        let mut outcomes = self.batch(&first).await?.into_iter();
        let mut next = || {
            outcomes
                .next()
                .ok_or(EngineError::Shape)
                .and_then(Outcome::rows)
        };
        let count: Option<(u32,)> = next()?.first()?;
        self.previous = next()?.first()?;
        let count = count.map_or(0, |(count,)| count);
        if Phase::of(self.phase) == Phase::Manifest {
            return self.finish(count).await.map(|()| true);
        }
        let folder = Phase::of(self.phase).folder();
        let mut writer = Writer::new(self.backup, self.row.id, folder, count);
        while self.batches < BATCHES
            && writer.stored.len() < OBJECTS
            && Phase::of(self.phase).folder() == folder
        {
            match Phase::of(self.phase) {
                Phase::Keys => self.shared_page(&mut writer, &KEYS).await?,
                Phase::People => self.people_page(&mut writer).await?,
                Phase::Shared(at) => match SHARED.get(at) {
                    Some(source) => self.shared_page(&mut writer, source).await?,
                    None => self.next_phase(),
                },
                Phase::Manifest => break,
            }
        }
        writer.flush().await?;
        let stored = writer.stored;
        let people = std::mem::take(&mut self.people);
        let seen: Vec<RowId> = people.iter().map(|(person, _)| person.0).collect();
        let mut batch = vec![backups::held(self.row.id, self.holder)];
        if !stored.is_empty() {
            batch.push(backups::put_segments(self.row.id, &stored));
        }
        if !people.is_empty() {
            batch.push(backups::put_hashes(people));
        }
        batch.push(backups::advance(self.row.id, self.phase, &self.place));
        self.batch(&batch).await?;
        self.forget_who_left(&seen).await?;
        Ok(false)
    }

    /// Nothing of somebody is noted who left while the step went on: her erasure may have come
    /// by before. One batch, and one where somebody did.
    async fn forget_who_left(&mut self, people: &[RowId]) -> Result<()> {
        if people.is_empty() {
            return Ok(());
        }
        let mut outcomes = self.batch(&[backups::left_of(people)]).await?;
        let rows = outcomes.pop().ok_or(EngineError::Shape)?.rows()?;
        let left: Vec<(RowId,)> = rows.all()?;
        let forget = left
            .into_iter()
            .map(|(id,)| backups::delete_hashes(PersonId(id)));
        let forget: Vec<Statement> = forget.collect();
        if !forget.is_empty() {
            self.batch(&forget).await?;
        }
        Ok(())
    }

    fn next_phase(&mut self) {
        self.phase += 1;
        self.place.clear();
    }

    /// The next people, as far as the step goes.
    async fn people_page(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let mut outcomes = self.batch(&[backups::people(&self.place, PEOPLE)]).await?;
        let rows = outcomes.pop().ok_or(EngineError::Shape)?.rows()?;
        let people: Vec<(RowId,)> = rows.all()?;
        for (person,) in &people {
            if self.batches >= BATCHES || writer.stored.len() >= OBJECTS {
                return Ok(());
            }
            person::store(self, writer, PersonId(*person)).await?;
            self.place = person.hex();
        }
        if people.len() < PEOPLE as usize {
            self.next_phase();
        }
        Ok(())
    }

    /// The next rows of a table.
    async fn shared_page(
        &mut self,
        writer: &mut Writer<'_>,
        source: &'static Source,
    ) -> Result<()> {
        let after = match (self.place.as_str(), source.name) {
            // Those before are in the backups that this one builds on.
            ("", LEAVES) if !self.is_whole() => self
                .previous
                .map_or(-1, |(_, size)| i64::try_from(size).unwrap_or(i64::MAX) - 1)
                .to_string(),
            ("", _) => match source.key {
                Key::Two => format!("{BEGINNING}/{BEGINNING}"),
                Key::Hers | Key::One => BEGINNING.into(),
            },
            (place, _) => place.to_owned(),
        };
        let (mut rows, limit) = self.page(|limit| page(source, &after, limit)).await?;
        let last = rows.last().and_then(|row| match source.key {
            Key::Two => Some(format!("{}/{}", row.text(0)?, row.text(1)?)),
            Key::Hers | Key::One => row.text(0),
        });
        let is_last = rows.len() < limit as usize;
        rows.retain(|row| source.is_of_the_log(row, self.row.log_size));
        if !rows.is_empty() {
            writer
                .push(&Line::shared(source.name, &rows).json()?)
                .await?;
        }
        match last {
            Some(last) if !is_last => self.place = last,
            _ => self.next_phase(),
        }
        Ok(())
    }

    /// Stores the manifest, and says in the audit log what it is.
    async fn finish(&mut self, count: u32) -> Result<()> {
        let previous = self.previous.map(|(id, _)| id);
        let manifest = manifest::store(self.app, self.backup, self.row, previous, count).await?;
        let name = name_of(Kind::BackupFinished, &self.row.id.to_string());
        let system = self.app.system_keys().await?;
        let subjects = [Week::now().review()];
        let event = Event::Backup {
            manifest: &manifest.name,
            sha256: &manifest.sha256,
            segments: count,
            bytes: manifest.bytes,
        };
        let leaf = Leaf::once(name, Kind::BackupFinished, &system, &event, &subjects)?;
        let mut deeds = vec![
            backups::held(self.row.id, self.holder),
            backups::finish(self.row.id, Timestamp::now()),
        ];
        deeds.extend(backups::purge(self.row.id));
        self.batch(&leaf.before(deeds)).await?;
        Ok(())
    }

    /// Asks the database, and counts that it did.
    pub(super) async fn batch(
        &mut self,
        statements: &[Statement],
    ) -> std::result::Result<Vec<Outcome>, EngineError> {
        self.batches += 1;
        self.app.db.batch_all(statements).await
    }

    /// A page of rows, and how many it may have had: fewer where they are too long together.
    pub(super) async fn page(
        &mut self,
        read: impl Fn(u32) -> Statement,
    ) -> Result<(Vec<Cells>, u32)> {
        loop {
            let limit = self.limit;
            match self.batch(&[read(limit)]).await {
                Err(EngineError::TooLarge) if self.shrink() => {}
                outcomes => {
                    let rows = outcomes?.pop().ok_or(EngineError::Shape)?.rows()?;
                    return Ok((rows.all()?, limit));
                }
            }
        }
    }

    /// Fewer rows a page from here on. False where there is but one.
    pub(super) const fn shrink(&mut self) -> bool {
        let is_one = self.limit == 1;
        self.limit = if self.limit < 4 { 1 } else { self.limit / 4 };
        !is_one
    }
}

fn page(source: &Source, after: &str, limit: u32) -> Statement {
    let text = |text: &str| text.to_owned().into();
    match (source.key, after.split_once('/')) {
        (Key::Two, Some((first, second))) => Statement::read(
            source.select,
            [text(first), text(first), text(second), limit.into()],
        ),
        _ => Statement::read(source.select, [text(after), limit.into()]),
    }
}

/// A step came to nothing.
pub(super) async fn failed(app: &App, row: &BackupRow, holder: RowId) -> Result<()> {
    let failed = backups::failed(row, holder, Timestamp::now());
    app.db.batch([failed]).await.map_err(Problem::from)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_has_its_number_and_the_manifest_is_last() {
        assert_eq!(Phase::of(0), Phase::Keys);
        assert_eq!(Phase::of(1), Phase::People);
        assert_eq!(Phase::of(2), Phase::Shared(0));
        let last = SHARED.len() - 1;
        let number = u32::try_from(last).unwrap() + 2;
        assert_eq!(Phase::of(number), Phase::Shared(last));
        assert_eq!(Phase::of(number + 1), Phase::Manifest);
        assert_eq!(SHARED[last].name, "erasure");
    }
}
