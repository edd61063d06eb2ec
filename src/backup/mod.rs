//! Backups that only administrators can open.
//!
//! Once a day the rows are read, sealed as they are, written as lines, encrypted in the age format
//! to the administrators' recipients and put into a bucket that speaks S3. The service has no
//! identity: it cannot read what it wrote. Every fourth week, and whenever the recipients, the
//! bucket or the schema are others, a backup is whole; those between hold what has changed since the one before.
//! A backup goes on in steps, each of them whole or not at all, and ends with a manifest whose
//! digest is a leaf of the audit log. docs/OPERATIONS.md has the format and the restore drill.
//!
//! Invariant: an object is named in the database only once it is stored.

mod manifest;
mod person;
mod segment;
mod source;
mod step;

use age::Recipient;
use s3::{Bucket, Credentials};
use sha2::{Digest as _, Sha256};

use crate::{
    app::App,
    audit::Event,
    events::Message,
    id::{RowId, hex},
    platform::{
        Bindings, Timestamp, clock,
        fetch::{self, Outgoing},
        log, random,
    },
    problem::{Problem, Result},
    store::{
        audit_log,
        backups::{self, BackupRow},
        engine::EngineError,
    },
};

use step::Step;

/// From one backup's beginning to the next's, in seconds.
const EVERY: i64 = 86_400;
/// How long backups build on a whole one, in seconds: with what a backup may take, less than the
/// 60 days that docs/OPERATIONS.md has segments kept for, less the 30 that one is good for.
const WHOLE_EVERY: i64 = 28 * EVERY;
/// Patience with the bucket, for a mebibyte.
const PATIENCE_MS: u32 = 60_000;
/// The longest answer to a PUT that is read.
const MAX_REPLY_BYTES: u32 = 64 << 10;

/// Where backups go, and to whom.
pub(crate) struct Backup {
    pub(crate) endpoint: String,
    bucket: Bucket,
    credentials: Credentials,
    recipients: Vec<Recipient>,
    audience: String,
}

impl Backup {
    /// None without any of the variables `BACKUP_…`. What is wrong is added to `wrong`, by name.
    pub(crate) fn read(bindings: &Bindings, wrong: &mut Vec<String>) -> Option<Self> {
        const NAMES: [&str; 6] = [
            "BACKUP_S3_ENDPOINT",
            "BACKUP_S3_REGION",
            "BACKUP_S3_BUCKET",
            "BACKUP_S3_ACCESS_KEY_ID",
            "BACKUP_S3_SECRET_ACCESS_KEY",
            "BACKUP_RECIPIENTS",
        ];
        let values = NAMES.map(|name| bindings.variable(name));
        if values.iter().all(Option::is_none) {
            return None;
        }
        for (name, value) in NAMES.iter().zip(&values) {
            if value.is_none() {
                wrong.push(format!("{name} is not set"));
            }
        }
        let [
            Some(endpoint),
            Some(region),
            Some(bucket),
            Some(id),
            Some(secret),
            Some(recipients),
        ] = values
        else {
            return None;
        };
        let names: Vec<&str> = recipients.split_whitespace().collect();
        let mut audience = Sha256::new();
        let place = [manifest::SCHEMA, &endpoint, &region, &bucket];
        for part in place.iter().chain(&names) {
            audience.update(part);
            audience.update(b"\n");
        }
        let recipients: Option<Vec<Recipient>> = names
            .iter()
            .map(|name| Recipient::parse(name).ok())
            .collect();
        let recipients = recipients.filter(|all| (1..=age::MAX_RECIPIENTS).contains(&all.len()));
        if recipients.is_none() {
            wrong.push("BACKUP_RECIPIENTS is not 1 to 20 recipients of age's (age1…)".into());
        }
        let bucket = Bucket::new(&endpoint, &region, &bucket, s3::Style::Path)
            .map_err(|error| wrong.push(format!("BACKUP_S3_…: {error}")));
        let credentials = Credentials::new(id, secret);
        if credentials.is_none() {
            wrong.push("BACKUP_S3_ACCESS_KEY_ID and its secret cannot be sent".into());
        }
        Some(Self {
            endpoint,
            bucket: bucket.ok()?,
            credentials: credentials?,
            recipients: recipients?,
            audience: hex(&audience.finalize()),
        })
    }

    fn recipients(&self) -> Vec<String> {
        self.recipients.iter().map(Recipient::to_string).collect()
    }

    /// Encrypts to the administrators.
    fn seal(&self, text: &[u8]) -> Result<Vec<u8>> {
        let mut failed = false;
        let object = age::encrypt(&self.recipients, text, &mut |bytes| {
            failed |= random::fill(bytes).is_err();
        });
        match object {
            Ok(object) if !failed => Ok(object),
            _ => Err(Problem::internal(
                "nothing could be encrypted to the recipients",
            )),
        }
    }

    /// Stores an object. One request.
    async fn put(&self, name: &str, object: &[u8]) -> Result<()> {
        let failed = |cause| Problem::upstream("The backup could not be stored.", cause);
        let key = s3::Key::new(name).ok_or_else(|| Problem::internal("an object's name"))?;
        let digest = s3::Digest::of(object);
        let request = s3::Request::put_object(&key, "application/octet-stream", &digest);
        let now = s3::UnixSeconds(clock::unix_milliseconds() / 1_000);
        let signed = self.bucket.sign(&request, &self.credentials, now);
        let headers: Vec<(&str, &str)> = signed
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let outgoing = Outgoing {
            method: signed.method,
            url: signed.url,
            headers: &headers,
            body: object,
            timeout_ms: PATIENCE_MS,
            limit: MAX_REPLY_BYTES,
        };
        let reply = fetch::send(&outgoing)
            .await
            .map_err(|_| failed("the bucket: no reply"))?;
        s3::put_object_reply(reply.status, &reply.body).map_err(|error| {
            failed(match error.kind {
                s3::Kind::Refused => "the bucket: refused",
                s3::Kind::Missing => "the bucket: not there",
                s3::Kind::Full => "the bucket: full",
                s3::Kind::Busy => "the bucket: busy",
                _ => "the bucket: an error of the provider's",
            })
        })
    }
}

/// Begins a backup where it is time for one, and goes on with one that nobody goes on with. One
/// batch where there is nothing to do.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let Some(backup) = &app.backup else {
        return Ok(());
    };
    let now = Timestamp::now();
    let [newest] = app.db.batch([backups::newest()]).await?;
    let newest: Option<BackupRow> = newest.rows()?.first()?;
    let is_due = newest.as_ref().is_none_or(|row| {
        let is_over = row.finished_at.is_some() && row.started_at.plus(EVERY) <= now;
        // What others could open, or who has another bucket, is not gone on with.
        is_over || (row.finished_at.is_none() && row.audience != backup.audience)
    });
    if is_due {
        begin(app, backup, newest).await?;
    }
    go_on(app).await
}

async fn begin(app: &App, backup: &Backup, newest: Option<BackupRow>) -> Result<()> {
    let now = Timestamp::now();
    let id = newest.as_ref().map_or(1, |row| row.id + 1);
    let of_base = newest.as_ref().map_or(0, |row| row.base);
    let [size, begun] = app
        .db
        .batch([audit_log::size(), backups::begun(of_base)])
        .await?;
    let size: Option<(u64,)> = size.rows()?.first()?;
    let begun: Option<(Timestamp,)> = begun.rows()?.first()?;
    let builds_on = newest.filter(|row| {
        row.finished_at.is_some()
            && row.audience == backup.audience
            && begun.is_some_and(|(at,)| now < at.plus(WHOLE_EVERY))
    });
    let base = builds_on.map_or(id, |row| row.base);
    let size = size.map_or(0, |(size,)| size);
    let row = backups::begin(id, base, &backup.audience, size, now);
    match app.db.batch([row]).await {
        // Somebody was faster.
        Ok(_) | Err(EngineError::Duplicate) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Does a step of the backup that is under way, where nobody else does, and sees to the next.
pub(crate) async fn go_on(app: &App) -> Result<()> {
    let Some(backup) = &app.backup else {
        return Ok(());
    };
    let now = Timestamp::now();
    let [newest] = app.db.batch([backups::newest()]).await?;
    let Some(row) = newest.rows()?.first::<BackupRow>()? else {
        return Ok(());
    };
    let is_to_do = row.finished_at.is_none()
        && row.lease_until <= now
        && row.retry_at <= now
        && row.audience == backup.audience;
    if !is_to_do {
        return Ok(());
    }
    let holder = RowId::new()?;
    let [taken] = app
        .db
        .batch([backups::take_lease(row.id, holder, now)])
        .await?;
    if taken.changed() == 0 {
        return Ok(());
    }
    match Step::new(app, backup, &row, holder).run().await {
        Ok(true) => log::info("backup-finished", ""),
        Ok(false) => Message::Backup.send(app).await,
        Err(problem) => {
            log::warn("backup-delayed", problem.cause());
            step::failed(app, &row, holder).await?;
        }
    }
    Ok(())
}
