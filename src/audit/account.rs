//! The account that the service runs in has a log of its own, where the provider of the cloud
//! says who did what with wrangler or in the dashboard: consoles as well. Each of its entries
//! becomes a leaf, once, and stands in the review of the week it came in.
//!
//! Nothing is kept between two looks: where to go on is in the newest of these leaves.

use cloudflare::{AccountId, Entry, MAX_REPLY_BYTES, Page, Query};
use tlog::Kind;

use super::{Event, Leaf, Told, Week, leaf::name_of};
use crate::{
    app::App,
    config::Secret,
    id::RowId,
    platform::{
        Bindings, Timestamp,
        fetch::{self, Outgoing},
    },
    problem::{Problem, Result},
    store::{
        audit_log::{self, PartRow},
        engine::EngineError,
        keys::UserKeys,
    },
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// How far back the first look goes: as long as the provider keeps entries at least.
const FIRST: i64 = 30 * DAY;
/// Entries of a page, and pages of a look.
const PAGE: u16 = 200;
const PAGES: u32 = 10;
/// Leaves that one look appends, and how many in one batch.
const MOST: usize = 50;
const BATCH: usize = 10;
const PATIENCE_MS: u32 = 10_000;

/// Whose log is read, and by which right.
pub(crate) struct AccountLog {
    pub(crate) base_url: String,
    account: AccountId,
    token: Secret,
}

impl AccountLog {
    /// None without the variables `CLOUDFLARE_ACCOUNT_ID` and `CLOUDFLARE_AUDIT_TOKEN`. What is
    /// wrong is added to `wrong`, by name.
    pub(crate) fn read(bindings: &Bindings, wrong: &mut Vec<String>) -> Option<Self> {
        let account = bindings.variable("CLOUDFLARE_ACCOUNT_ID");
        let token = bindings.variable("CLOUDFLARE_AUDIT_TOKEN");
        let (account, token) = match (account, token) {
            (None, None) => return None,
            (Some(account), Some(token)) => (account, Secret::new(token)),
            (Some(_), None) => {
                wrong.push("CLOUDFLARE_AUDIT_TOKEN is not set".into());
                return None;
            }
            (None, Some(_)) => {
                wrong.push("CLOUDFLARE_ACCOUNT_ID is not set".into());
                return None;
            }
        };
        match AccountId::parse(&account) {
            Ok(account) => Some(Self {
                base_url: bindings
                    .variable("CLOUDFLARE_API_BASE_URL")
                    .unwrap_or_else(|| cloudflare::BASE_URL.into()),
                account,
                token,
            }),
            Err(error) => {
                wrong.push(format!("CLOUDFLARE_ACCOUNT_ID {error}"));
                None
            }
        }
    }

    async fn page(&self, query: &Query<'_>) -> Result<Page> {
        let failed = |cause| Problem::upstream("The account's log could not be read.", cause);
        let authorization = format!("Bearer {}", self.token.expose());
        let request = Outgoing {
            method: "GET",
            url: format!("{}{}", self.base_url, query.path()),
            headers: &[("authorization", &authorization)],
            body: &[],
            timeout_ms: PATIENCE_MS,
            limit: MAX_REPLY_BYTES,
        };
        let reply = fetch::send(&request)
            .await
            .map_err(|_| failed("the account's log: no reply"))?;
        match reply.status {
            200 => Page::read(query, &reply.body)
                .map_err(|_| failed("the account's log: the reply was malformed")),
            401 | 403 => Err(failed("the account's log: the token was refused")),
            429 => Err(failed("the account's log: asked too often")),
            _ => Err(failed("the account's log: an error of the provider's")),
        }
    }
}

/// Appends what is new in the account's log, where one is configured. A batch for the newest
/// leaf, one for each page, and one for each ten leaves.
pub(crate) async fn note_account_log(app: &App) -> Result<()> {
    let Some(log) = &app.config.account_log else {
        return Ok(());
    };
    let system = app.system_keys().await?;
    let now = Timestamp::now();
    let since = since(app, &system, now).await?.rfc3339();
    let before = now.rfc3339();
    let mut cursor: Option<String> = None;
    let mut fresh: Vec<(RowId, Entry)> = Vec::new();
    for _ in 0..PAGES {
        let query = Query {
            account: &log.account,
            since: &since,
            before: &before,
            limit: PAGE,
            cursor: cursor.as_deref(),
        };
        let page = log.page(&query).await?;
        fresh.extend(unknown(app, page.entries).await?);
        cursor = page.cursor;
        if cursor.is_none() || fresh.len() >= MOST {
            break;
        }
    }
    fresh.truncate(MOST);
    let week = Week::of(now);
    for entries in fresh.chunks(BATCH) {
        let mut batch = Vec::new();
        for (id, entry) in entries {
            let event = Event::AccountAction { entry };
            let subjects = [week.review(), looks_of(&week)];
            let leaf = Leaf::once(*id, Kind::AccountAction, &system, &event, &subjects)?;
            batch.extend(leaf.before([]));
        }
        match app.db.batch_all(&batch).await {
            // Somebody was faster: what is missing is found by the next look.
            Ok(_) | Err(EngineError::Duplicate) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What those leaves of a week are about, that a look may find where to go on.
fn looks_of(week: &Week) -> RowId {
    name_of(Kind::AccountAction, week.name())
}

/// From when on to look: the newest of two weeks, less what may have come late. Once an hour a
/// day less.
async fn since(app: &App, system: &UserKeys, now: Timestamp) -> Result<Timestamp> {
    let week = Week::of(now);
    let recent = [looks_of(&week), looks_of(&week.before())];
    let [rows] = app.db.batch([audit_log::newest_about(recent)]).await?;
    let Some(row) = rows.rows()?.first::<PartRow>()? else {
        return Ok(now.plus(-FIRST));
    };
    let entry = Told::open(system, row)?.take(&["entry"]);
    let newest: Entry = serde_json::from_value(entry)
        .map_err(|_| Problem::internal("a leaf of the account's log has another shape"))?;
    let newest = Timestamp::from_unix(newest.action.time.unix());
    let is_thorough = now.unix().rem_euclid(HOUR) < 60;
    Ok(newest.plus(if is_thorough { -DAY } else { -HOUR }))
}

/// Those that are no leaves yet. One batch, or none.
async fn unknown(app: &App, entries: Vec<Entry>) -> Result<Vec<(RowId, Entry)>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let named = |entry: Entry| (name_of(Kind::AccountAction, entry.id.as_str()), entry);
    let mut entries: Vec<(RowId, Entry)> = entries.into_iter().map(named).collect();
    // A provider that says one twice would have neither appended.
    entries.sort_by_key(|(id, _)| *id);
    entries.dedup_by_key(|(id, _)| *id);
    entries.sort_by_key(|(_, entry)| entry.action.time.unix());
    let ids: Vec<RowId> = entries.iter().map(|(id, _)| *id).collect();
    let [present] = app.db.batch([audit_log::present(&ids)]).await?;
    let present: Vec<(RowId,)> = present.rows()?.all()?;
    entries.retain(|(id, _)| !present.contains(&(*id,)));
    Ok(entries)
}
