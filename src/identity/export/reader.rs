//! A person's rows, opened and written into an export table by table.

use vault::{Opened, Reveal};

use super::{super::Signed, tables, writer::Writer};
use crate::{
    app::App,
    billing,
    id::{ItemId, PersonId, RowId, SessionId, TransactionId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        accounts::AccountRow,
        api_tokens::TokenRow,
        audit_log::{self, PartRow},
        consents::{self, ConsentRow},
        email_changes::EmailChangeRow,
        engine::{EngineError, Rows},
        inbox::{self, WebhookRow},
        items::ItemRow,
        keys::UserKeys,
        months::{self, Directory},
        password_resets,
        people::{PersonRecord, PersonRow},
        sessions::{self, SessionRow},
        table::index,
        transactions::{self, MonthToken, ROWS_PER_STATEMENT, TransactionRecord, TransactionRow},
    },
};

/// Sessions that are read at a time.
pub(super) const SESSIONS: u32 = 1_000;
/// Entries of the audit log that are read at a time.
const AUDIT_ENTRIES: u32 = 500;
/// Consents that are read at a time.
const CONSENTS: u32 = 50;
/// Transactions to ask for where a statement's turned out too long to come in one.
const FEWER_ROWS: u32 = 200;
/// How often the transactions are read while syncs land.
const TRIES: u32 = 5;

/// One person's rows on their way into an export.
pub(super) struct Reader<'a> {
    pub(super) app: &'a App,
    pub(super) signed: &'a Signed,
    pub(super) now: Timestamp,
}

impl Reader<'_> {
    fn keys(&self) -> &UserKeys {
        &self.signed.keys
    }

    fn reveal(&self) -> &Reveal {
        &self.signed.reveal
    }

    fn person(&self) -> PersonId {
        self.signed.person
    }

    pub(super) fn account(&self, rows: &Rows) -> Result<PersonRecord> {
        let row: PersonRow = rows.first()?.ok_or_else(Problem::unauthenticated)?;
        let record = self.keys().open(row.id, row.rev, row.sealed)?;
        record.reveal(self.reveal()).map_err(foreign)
    }

    /// Page by page: a person may have signed in often.
    pub(super) async fn sessions(&self, writer: &mut Writer, mut page: Rows) -> Result<()> {
        writer.begin::<tables::Session>();
        loop {
            let rows: Vec<SessionRow> = page.all()?;
            let last = rows.last().map(|row| SessionId(row.id));
            let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= SESSIONS);
            for row in rows {
                let (id, expires_at) = (SessionId(row.id), row.expires_at);
                let record = row.open(self.keys(), None)?;
                let record = record.reveal(self.reveal()).map_err(foreign)?;
                writer.row(&tables::Session {
                    id,
                    expires_at,
                    record,
                })?;
            }
            if !is_full {
                return writer.end::<tables::Session>();
            }
            let older = sessions::of_person(self.person(), last, SESSIONS, self.now);
            let [outcome] = self.app.db.batch([older]).await?;
            page = outcome.rows()?;
        }
    }

    pub(super) fn tokens(&self, writer: &mut Writer, rows: &Rows) -> Result<()> {
        let rows: Vec<TokenRow> = rows.all()?;
        let tokens = rows.into_iter().map(|row| {
            let (id, expires_at) = (row.id, row.expires_at);
            let record = row.open(self.keys(), None)?;
            let record = record.reveal(self.reveal()).map_err(foreign)?;
            Ok(tables::ApiToken {
                id,
                expires_at,
                record,
            })
        });
        writer.table(tokens.collect::<Result<Vec<_>>>()?)
    }

    /// What the audit log says of her, newest first, page by page.
    pub(super) async fn audit_entries(&self, writer: &mut Writer) -> Result<()> {
        let mut before = tlog::MAX_TREE_SIZE;
        writer.begin::<tables::AuditEntry>();
        loop {
            let read = audit_log::of_person(self.person(), before, AUDIT_ENTRIES);
            let [rows] = self.app.db.batch([read]).await?;
            let rows: Vec<PartRow> = rows.rows()?.all()?;
            let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= AUDIT_ENTRIES);
            for row in rows {
                let (index, leaf) = (row.index, row.leaf.clone());
                before = index;
                let part = row.open(self.keys())?;
                let part = part.reveal(self.reveal()).map_err(foreign)?;
                writer.row(&tables::AuditEntry { index, leaf, part })?;
            }
            if !is_full {
                return writer.end::<tables::AuditEntry>();
            }
        }
    }

    pub(super) fn email_change(&self, writer: &mut Writer, rows: &Rows) -> Result<()> {
        let row: Option<EmailChangeRow> = rows.first()?;
        let change = row.map(|row| {
            let record = row.open(self.keys())?;
            record.reveal(self.reveal()).map_err(foreign)
        });
        writer.table(change.transpose()?.map(tables::EmailChange))
    }

    /// Where she stands with Stripe; by what its webhooks are found.
    pub(super) async fn billing(&self, writer: &mut Writer, rows: &Rows) -> Result<Option<RowId>> {
        let record = billing::record(self.signed, rows)?;
        let customer = record.as_ref().and_then(|record| record.customer.as_ref());
        let index = if let Some(customer) = customer {
            let system = self.app.system_keys().await?;
            let id = customer.as_str().as_bytes();
            Some(system.blind(index::STRIPE_CUSTOMER, id))
        } else {
            None
        };
        writer.table(record.map(tables::Billing))?;
        Ok(index)
    }

    /// The connections, those that are being removed too; by what their webhooks are
    /// found.
    pub(super) async fn connections(
        &self,
        writer: &mut Writer,
        rows: &Rows,
    ) -> Result<Vec<(RowId, ItemId)>> {
        let system = self.app.system_keys().await?;
        let rows: Vec<ItemRow> = rows.all()?;
        let mut indexes = Vec::with_capacity(rows.len());
        writer.begin::<tables::Connection>();
        for row in rows {
            let (id, state) = (ItemId(row.id), row.state);
            let record = row.open(self.keys())?;
            let record = record.reveal(self.reveal()).map_err(foreign)?;
            let index = system.blind(index::PLAID_ITEM, record.plaid_item_id.as_bytes());
            indexes.push((index, id));
            writer.row(&tables::Connection { id, state, record })?;
        }
        writer.end::<tables::Connection>()?;
        Ok(indexes)
    }

    /// What the system keeps under its own keys: password resets that wait, webhooks.
    pub(super) async fn around(
        &self,
        writer: &mut Writer,
        account: &PersonRecord,
        customer: Option<RowId>,
        indexes: &[(RowId, ItemId)],
    ) -> Result<()> {
        let system = self.app.system_keys().await?;
        let email_index = system.blind(index::LOGIN_EMAIL, account.login.as_bytes());
        let subjects = indexes.iter().map(|(index, _)| *index);
        let subjects: Vec<RowId> = subjects.chain(customer).collect();
        let [resets, webhooks] = self
            .app
            .db
            .batch([
                password_resets::of_email(email_index, self.now),
                inbox::of_subjects(&subjects),
            ])
            .await?;
        let resets: Vec<(Timestamp,)> = resets.rows()?.all()?;
        writer.table(
            resets
                .into_iter()
                .map(|(expires_at,)| tables::PasswordReset { expires_at }),
        )?;
        let webhooks: Vec<WebhookRow> = webhooks.rows()?.all()?;
        let connection = |subject| indexes.iter().find(|(index, _)| *index == subject);
        writer.table(webhooks.into_iter().map(|row| tables::Webhook {
            connection: connection(row.subject).map(|(_, connection)| *connection),
            row,
        }))
    }

    pub(super) fn accounts(&self, writer: &mut Writer, rows: &Rows) -> Result<()> {
        let rows: Vec<AccountRow> = rows.all()?;
        let accounts = rows.into_iter().map(|row| {
            let (id, item) = (row.id, ItemId(row.item_id));
            let record = row.open(self.keys())?;
            let record = record.reveal(self.reveal()).map_err(foreign)?;
            Ok(tables::BankAccount { id, item, record })
        });
        writer.table(accounts.collect::<Result<Vec<_>>>()?)
    }

    /// The months, and the transactions in them, newest first.
    pub(super) async fn transactions(&self, writer: &mut Writer) -> Result<()> {
        let [row] = self
            .app
            .db
            .batch([months::of_person(self.person())])
            .await?;
        let mut directory = self.keys().directory(&row.rows()?)?;
        for _ in 0..TRIES {
            writer.begin::<tables::Transaction<'_>>();
            let mut changed = None;
            for group in groups(&directory) {
                let (opened, rev) = self.group(&group).await?;
                if rev != directory.rev {
                    changed = Some(rev);
                    break;
                }
                for (id, opened) in &opened {
                    let record = TransactionRecord::decode(opened)?;
                    let amount = record.amount()?;
                    writer.row(&tables::Transaction {
                        id: *id,
                        record,
                        amount,
                    })?;
                }
            }
            if changed.is_none() {
                writer.end::<tables::Transaction<'_>>()?;
                return writer.table(directory.months.iter().map(tables::Month));
            }
            let [row] = self
                .app
                .db
                .batch([months::of_person(self.person())])
                .await?;
            directory = self.keys().directory(&row.rows()?)?;
        }
        Err(Problem::unavailable(
            "Transactions keep coming; try again.",
            "a directory under contention",
        ))
    }

    /// What she was asked to consent to, newest first.
    pub(super) async fn consents(&self, writer: &mut Writer) -> Result<()> {
        let mut before = RowId([0xff; 16]);
        writer.begin::<tables::Consent>();
        loop {
            let read = consents::of_person(self.person(), before, CONSENTS);
            let [rows] = self.app.db.batch([read]).await?;
            let rows: Vec<ConsentRow> = rows.rows()?.all()?;
            let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= CONSENTS);
            for row in rows {
                let id = row.id;
                before = id;
                let record = row.open(self.keys())?;
                let record = record.reveal(self.reveal()).map_err(foreign)?;
                writer.row(&tables::Consent { id, record })?;
            }
            if !is_full {
                return writer.end::<tables::Consent>();
            }
        }
    }

    /// The rows of some months, opened and in order, and at which revision the
    /// directory was when the last of them was read.
    async fn group(&self, months: &[MonthToken]) -> Result<(Vec<(TransactionId, Opened)>, u32)> {
        let mut per_statement = ROWS_PER_STATEMENT;
        let mut found = Vec::new();
        let mut offset = 0;
        loop {
            let read = transactions::of_months(self.person(), months, per_statement, offset);
            let both = [months::of_person(self.person()), read];
            let [directory, rows] = match self.app.db.batch(both).await {
                Err(EngineError::TooLarge) if per_statement > FEWER_ROWS => {
                    per_statement = FEWER_ROWS;
                    continue;
                }
                outcomes => outcomes?,
            };
            let rev = self.keys().directory(&directory.rows()?)?.rev;
            let rows = rows.rows()?;
            let rows: Vec<TransactionRow> = rows.all()?;
            let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            for row in rows {
                let id = TransactionId(row.id);
                let opened = row.open(self.keys())?.reveal(self.reveal());
                found.push((id, opened.map_err(foreign)?));
            }
            offset += count;
            if count < per_statement {
                let mut dated = Vec::with_capacity(found.len());
                for (id, opened) in found {
                    dated.push((TransactionRecord::date_of(&opened)?, id, opened));
                }
                dated.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.0.cmp(&b.1.0)));
                let found = dated.into_iter().map(|(_, id, opened)| (id, opened));
                return Ok((found.collect(), rev));
            }
        }
    }
}

/// Months, newest first, joined up to the rows of a statement.
fn groups(directory: &Directory) -> Vec<Vec<MonthToken>> {
    let mut groups: Vec<Vec<MonthToken>> = Vec::new();
    let mut rows = 0;
    for month in &directory.months {
        rows += month.count;
        match groups.last_mut() {
            Some(group) if rows < ROWS_PER_STATEMENT => group.push(month.token),
            _ => {
                groups.push(vec![month.token]);
                rows = month.count;
            }
        }
    }
    groups
}

fn foreign(_refused: vault::RevealRefused) -> Problem {
    Problem::internal("a row of someone else's in an export")
}
