//! The last batch of an attempt: rows, accounts, the month directory, what else the bank
//! said, and the cursor, at once.

use vault::{Reveal, SystemPurpose};

use super::{Attempt, Stop, products::ProductOutcome};
use crate::{
    banking::{balance_history, page::Sealer},
    platform::Timestamp,
    problem::Problem,
    store::{
        accounts, annotations,
        annotations::Inherited,
        attempts, breakers,
        engine::EngineError,
        items::{Health, ItemRecord, ItemRow, Release, by_id},
        months::{self, Changes, MonthTokens},
        table::index,
        transactions::{self, MonthToken},
    },
};

/// How often a promotion is tried against others of the same person.
const PROMOTIONS: u32 = 8;

/// When a product that failed is asked for again, in seconds.
const PRODUCT_AGAIN: i64 = 900;

impl Attempt<'_> {
    /// Rows, accounts, directory and cursor at once.
    pub(super) async fn promote(&mut self, sealer: &Sealer<'_>) -> Result<(), Stop> {
        let hold = &self.hold;
        let (app, keys, person, item) = (hold.app, &hold.keys, sealer.person(), hold.item);
        let (whole, number) = (self.progress.whole, hold.number);
        let tokens = MonthTokens::new(keys);
        let today = balance_history::today()?;
        let (record, release) = self.outcome();
        for _ in 0..PROMOTIONS {
            let [counts, touched, directory, inherited, balances] = app
                .db
                .batch([
                    transactions::counts_after(person, item, number, whole),
                    transactions::months_touched(person, item, number, whole),
                    months::of_person(person),
                    annotations::inherited(person, item, number),
                    balance_history::of_this_year(hold, &today),
                ])
                .await?;
            let counts: Vec<(MonthToken, u32)> = counts.rows()?.all()?;
            let left: Vec<(MonthToken,)> = touched.rows()?.all()?;
            let touched: Vec<MonthToken> = left
                .into_iter()
                .map(|(token,)| token)
                .chain(sealer.month_tokens())
                .collect();
            let directory = keys.directory(&directory.rows()?)?;
            let changes = Changes {
                counts: &counts,
                touched: &touched,
            };
            let after = directory.after(&tokens, &changes, sealer.month_names())?;
            let mut batch = Vec::from(hold.guard());
            batch.extend(months::replace(keys, directory.rev, &after)?);
            batch.extend(transactions::promote(person, item, number, whole));
            batch.extend(annotations::hand_over(
                keys,
                person,
                self.heirs(inherited.rows()?.all()?)?,
            )?);
            batch.push(accounts::upsert(keys, item, number, &self.accounts)?);
            let balances = balances.rows()?;
            batch.extend(balance_history::note(
                hold,
                today,
                &balances,
                &self.accounts,
            )?);
            batch.extend(self.products.statements(keys, item, number)?);
            batch.push(attempts::clear(item));
            batch.push(hold.release(&record, &release)?);
            match app.db.batch_all(&batch).await {
                Ok(_) => return self.bank_answered().await,
                // The lease is lost, or another Item of hers changed the directory.
                Err(EngineError::Guard | EngineError::Duplicate) => {
                    if !self.still_held().await? {
                        return Err(Stop::Lost);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Stop::Problem(Problem::unavailable(
            "Try again.",
            "a directory under contention",
        )))
    }

    /// How the Item is once this lands. A copy: if it does not land, what is written of the
    /// failure has the old cursor.
    fn outcome(&self) -> (ItemRecord, Release) {
        let now = Timestamp::now();
        let mut record = self.hold.record.clone();
        record.cursor.clone_from(&self.progress.next);
        record.health = Health::Good;
        record.last_synced_at = Some(now);
        let course = &mut record.course;
        course.failing_since = None;
        course.error = None;
        course.next_try_at = None;
        // The day came, and the bank still answers.
        let today = now.rfc3339();
        if course.disconnects_at.as_ref().is_some_and(|at| *at < today) {
            course.disconnects_at = None;
        }
        let outcome = self.products.outcome(&mut record.course, now);
        let again = outcome == ProductOutcome::Again;
        let wanted = self.progress.wanted;
        let release = Release {
            state: "active",
            synced: Some(if again {
                wanted.saturating_sub(1)
            } else {
                wanted
            }),
            looked_at_everything: (outcome == ProductOutcome::Whole).then_some(wanted),
            failures: 0,
            retry_at: if again {
                now.plus(PRODUCT_AGAIN)
            } else {
                Timestamp::from_unix(0)
            },
        };
        (record, release)
    }

    fn heirs(
        &self,
        inherited: Vec<Inherited>,
    ) -> Result<Vec<(Inherited, annotations::AnnotationRecord)>, Stop> {
        let system = Reveal::system(SystemPurpose::Synchronise);
        let open = |mut row: Inherited| {
            let record = row.take(&self.hold.keys)?;
            let record = record
                .reveal(&system)
                .map_err(|_| Problem::internal("an annotation of someone else's"))?;
            Ok((row, record))
        };
        inherited.into_iter().map(open).collect()
    }

    /// The bank is well again, where it was not: everybody's Items may know.
    async fn bank_answered(&self) -> Result<(), Stop> {
        if !self.is_failing {
            return Ok(());
        }
        let Some(institution) = &self.hold.record.institution_id else {
            return Ok(());
        };
        let system = self.hold.app.system_keys().await?;
        let institution = system.blind(index::INSTITUTION, institution.as_bytes());
        let answered = breakers::answered(institution);
        self.hold.app.db.batch([answered]).await?;
        Ok(())
    }

    async fn still_held(&self) -> Result<bool, Stop> {
        let [row] = self.hold.app.db.batch([by_id(self.hold.item)]).await?;
        let row = row.rows()?.first::<ItemRow>()?;
        Ok(row.is_some_and(|row| row.lease_holder == Some(self.progress.holder)))
    }
}
