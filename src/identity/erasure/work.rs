//! What an erasure has left to do: one message, or the sweep, does as much of it as it
//! can. Whoever works on one has it for two minutes, and for two more with every step;
//! whoever dies leaves it to the sweep.

use super::doors;
use crate::{
    app::App,
    banking, billing,
    events::Message,
    id::{ErasureId, PersonId, RowId},
    identity::mails,
    platform::{Timestamp, log},
    problem::Result,
    store::{
        accounts, annotations, attempts, audit_log, backups, balance_years, consents,
        engine::{EngineError, Statement},
        erasures::{self, ErasureRow, ErasureState, Step, TaskRecord, TaskRow},
        inbox, month_texts, month_totals, months, replies, snapshots, transactions,
    },
};

/// How long one is held, in seconds: longer than a call to Plaid may take.
const HELD: i64 = 120;
/// Transactions that one batch deletes.
const ROWS: u32 = 2_000;
/// Batches of transactions that one message deletes: 40,000 rows.
const BATCHES: u32 = 20;
/// Calls to providers that one message makes.
const CALLS: usize = 20;
/// When the rows are looked through once more, in seconds after the end: no request and
/// no message lives as long.
const ONCE_MORE: i64 = 60 * 60;
/// Messages a tick.
const RANGE: u32 = 100;

/// Enqueues what a lost message or a dead worker left behind. One batch.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let [due] = app
        .db
        .batch([erasures::due(Timestamp::now(), RANGE)])
        .await?;
    let due: Vec<(RowId,)> = due.rows()?.all()?;
    let messages: Vec<Message> = due
        .into_iter()
        .map(|(erasure,)| Message::Erase { erasure })
        .collect();
    Message::send_all(app, &messages).await;
    Ok(())
}

/// Whether a step came to its end.
#[derive(PartialEq, Eq)]
enum Went {
    Through,
    /// More of the same is left: in a message of its own.
    OutOfBudget,
    /// To be tried again later.
    Wrong,
}

/// Goes on with an erasure, unless somebody is at it.
pub(crate) async fn carry_on(app: &App, id: ErasureId) -> Result<()> {
    let now = Timestamp::now();
    let [claimed, row] = app
        .db
        .batch([
            erasures::claim(id, now, now.plus(HELD)),
            erasures::by_id(id),
        ])
        .await?;
    let row: Option<ErasureRow> = row.rows()?.first()?;
    let Some(row) = row.filter(|_| claimed.changed() == 1) else {
        return Ok(());
    };
    let work = Work { app, id, row };
    // Where only a part of the first batch lasted, or an older copy of the database was
    // restored, she is shut out here, whatever Plaid says.
    app.db.batch_all(&doors(work.person())).await?;
    let mut went = work.providers().await?;
    if went == Went::Through {
        went = work.rows().await?;
    }
    if went == Went::Through {
        went = work.end().await?;
    }
    match went {
        Went::Through => {}
        Went::OutOfBudget => {
            app.db.batch([erasures::hold(id, Timestamp::now())]).await?;
            Message::Erase { erasure: id.0 }.send(app).await;
        }
        Went::Wrong => {
            let wait = 60_i64.saturating_mul(1 << work.row.failures.min(8));
            let until = Timestamp::now().plus(wait);
            app.db.batch([erasures::postpone(id, until)]).await?;
        }
    }
    Ok(())
}

/// One erasure, held.
struct Work<'a> {
    app: &'a App,
    id: ErasureId,
    row: ErasureRow,
}

impl Work<'_> {
    fn person(&self) -> PersonId {
        PersonId(self.row.user_id)
    }

    fn hold(&self) -> Statement {
        erasures::hold(self.id, Timestamp::now().plus(HELD))
    }

    async fn tasks(&self) -> Result<Vec<(RowId, TaskRecord)>> {
        let system = self.app.system_keys().await?;
        let [rows] = self.app.db.batch([erasures::tasks(self.id)]).await?;
        let rows: Vec<TaskRow> = rows.rows()?.all()?;
        let open = |row: TaskRow| Ok((row.id, row.open(&system)?));
        rows.into_iter().map(open).collect()
    }

    /// Has every provider end its access: each is asked until it confirms.
    async fn providers(&self) -> Result<Went> {
        let (mut went, mut calls) = (Went::Through, 0);
        for (task, record) in self.tasks().await? {
            if matches!(record, TaskRecord::Receipt { .. }) {
                continue;
            }
            if calls == CALLS {
                return Ok(Went::OutOfBudget);
            }
            calls += 1;
            match self.end_at_provider(record).await {
                Ok(subject) => {
                    let forget = [
                        erasures::delete_task(task),
                        inbox::delete_of_subjects(subject.as_slice()),
                        self.hold(),
                    ];
                    self.app.db.batch(forget).await?;
                }
                Err(why) => {
                    log::warn("erasure-postponed", &why);
                    went = Went::Wrong;
                }
            }
        }
        if went == Went::Through {
            let done = erasures::done(self.id, Step::Providers, Timestamp::now());
            self.app.db.batch([done]).await?;
        }
        Ok(went)
    }

    /// Has one provider end what it has; by what its webhooks are found.
    async fn end_at_provider(
        &self,
        record: TaskRecord,
    ) -> std::result::Result<Option<RowId>, String> {
        match record {
            TaskRecord::PlaidItem {
                access_token,
                plaid_index,
            } => {
                let ended = banking::end_access(self.app, &access_token).await;
                ended.map_err(|error| error.to_string())?;
                Ok(Some(plaid_index))
            }
            TaskRecord::StripeCustomer {
                customer,
                key,
                customer_index,
            } => {
                let ended =
                    billing::end_customer(self.app, customer.as_ref(), key, self.person()).await;
                ended.map_err(|problem| problem.cause().text().to_owned())?;
                Ok(customer_index)
            }
            TaskRecord::Receipt { .. } => Ok(None),
        }
    }

    /// Deletes every row of hers: the transactions piece by piece, the rest at once.
    async fn rows(&self) -> Result<Went> {
        let person = self.person();
        let mut before = None;
        for _ in 0..BATCHES {
            let mut batch: Vec<Statement> = before
                .map(|bound| transactions::delete_before(person, bound))
                .into_iter()
                .collect();
            batch.extend([self.hold(), transactions::after_rows(person, ROWS)]);
            let mut outcomes = self.app.db.batch_all(&batch).await?;
            let bound = outcomes.pop().ok_or(EngineError::Shape)?.rows()?;
            let Some((bound,)) = bound.first::<(RowId,)>()? else {
                let mut batch = rows_of(person);
                batch.push(erasures::done(self.id, Step::Rows, Timestamp::now()));
                self.app.db.batch_all(&batch).await?;
                return Ok(Went::Through);
            };
            before = Some(bound);
        }
        Ok(Went::OutOfBudget)
    }

    /// Mails the receipt, and forgets where it went. The second time it only closes.
    async fn end(&self) -> Result<Went> {
        let mut batch = Vec::new();
        for (task, record) in self.tasks().await? {
            if let TaskRecord::Receipt { email } = record {
                let requested_at = self.row.requested_at;
                if mails::erased(self.app, &email, self.id, requested_at)
                    .await
                    .is_err()
                {
                    log::warn("erasure-postponed", "a receipt could not be sent");
                    return Ok(Went::Wrong);
                }
                batch.push(erasures::delete_task(task));
            }
        }
        let now = Timestamp::now();
        batch.extend(if self.row.state == ErasureState::Erased {
            erasures::close(self.id)
        } else {
            erasures::complete(self.id, now, now.plus(ONCE_MORE))
        });
        match self.app.db.batch_all(&batch).await {
            Ok(_) => Ok(Went::Through),
            // A task came too late.
            Err(EngineError::Guard) => Ok(Went::OutOfBudget),
            Err(error) => Err(error.into()),
        }
    }
}

/// Every row there can be of a person, in every table. What the first batch deleted is
/// deleted again: a shard may have missed it, a request may have written since.
fn rows_of(person: PersonId) -> Vec<Statement> {
    let mut batch = doors(person);
    batch.extend([
        replies::delete_all(person),
        accounts::delete_all(person),
        annotations::delete_all(person),
        audit_log::delete_parts(person),
        consents::delete_all(person),
        month_totals::delete_all(person),
        month_texts::delete_all(person),
        backups::delete_hashes(person),
        snapshots::delete_all(person),
        balance_years::delete_all(person),
        attempts::delete_all(person),
        months::delete_all(person),
    ]);
    batch.extend(transactions::delete_all(person));
    batch
}
