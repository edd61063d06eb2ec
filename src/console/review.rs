//! The weekly review: every session of the console is decided about by somebody else. What
//! waits for more than a week raises an alarm; more than two, and nothing is revealed to
//! anybody until the reviews are made.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use tlog::Kind as Deed;
use vault::{Reveal, SystemPurpose};

use super::{
    alarm,
    operator::AtConsole,
    sight::{Table, plain},
};
use crate::{
    app::App,
    audit::{self, Event, Leaf, ProvenLeaf, Told, Week, name_of},
    id::{ConsoleSessionId, RowId},
    platform::{Timestamp, log},
    problem::{Kind, Problem, Result},
    store::{
        audit_log::{self, PartRow},
        engine::{EngineError, Rows, Statement},
        keys::UserKeys,
        operator_sessions::{
            self, DecisionRecord, OperatorSessionRecord, OperatorSessionRow, Verdict,
        },
        operators::Role,
    },
};

const DAY: i64 = 86_400;
/// When a session that nobody decided about raises an alarm, in seconds.
const OVERDUE: i64 = 7 * DAY;
/// When it switches reveal off.
const SUSPENDED: i64 = 14 * DAY;
/// Sessions that one list shows.
const PAGE: u32 = 50;
const MAX_NOTE: usize = 1_000;

/// How the reviews stand.
pub(crate) struct Standing {
    pub(crate) sessions: u64,
    pub(crate) unreviewed: u64,
    /// When the oldest of them began.
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) overdue: bool,
    pub(crate) suspended: bool,
}

impl Standing {
    /// From the row of [`operator_sessions::standing`].
    pub(super) fn read(rows: &Rows) -> Result<Self> {
        let (sessions, unreviewed, oldest): (u64, u64, i64) =
            rows.first()?.ok_or(EngineError::Shape)?;
        let oldest = (oldest > 0).then(|| Timestamp::from_unix(oldest));
        let late = |by: i64| oldest.is_some_and(|oldest| oldest.plus(by) <= Timestamp::now());
        Ok(Self {
            sessions,
            unreviewed,
            oldest,
            overdue: late(OVERDUE),
            suspended: late(SUSPENDED),
        })
    }
}

/// How the reviews stand, for everybody. One batch.
pub(crate) async fn standing(app: &App) -> Result<Standing> {
    let [rows] = app.db.batch([operator_sessions::standing()]).await?;
    Standing::read(&rows.rows()?)
}

/// What was decided about sessions of the console.
pub(crate) struct Reviews(HashMap<RowId, u32>);

impl Reviews {
    /// Whether what a part of a leaf tells of was reviewed; none where no operator did it.
    pub(crate) fn of(&self, body: &str) -> Option<&'static str> {
        let decision = self.0.get(&session_of(body)?.0).copied();
        Some(match decision {
            Some(1) => "approved",
            Some(2) => "flagged",
            _ => "pending",
        })
    }
}

fn session_of(body: &str) -> Option<ConsoleSessionId> {
    #[derive(Deserialize)]
    struct Done {
        session: Option<ConsoleSessionId>,
    }
    serde_json::from_str::<Done>(body).ok()?.session
}

/// What was decided about the sessions that these leaves name. One batch, or none.
pub(crate) async fn reviews_of(app: &App, leaves: &[ProvenLeaf]) -> Result<Reviews> {
    let sessions = leaves.iter().filter_map(|leaf| session_of(&leaf.part.body));
    let mut sessions: Vec<RowId> = sessions.map(|session| session.0).collect();
    sessions.sort_unstable();
    sessions.dedup();
    if sessions.is_empty() {
        return Ok(Reviews(HashMap::new()));
    }
    let [rows] = app
        .db
        .batch([operator_sessions::decisions(&sessions)])
        .await?;
    let rows: Vec<(RowId, u32)> = rows.rows()?.all()?;
    Ok(Reviews(rows.into_iter().collect()))
}

/// Closes the week that is over and opens its review, and sees to it that late reviews are
/// known: for the sweep. Two batches; more when there is something to write down.
pub(crate) async fn close_weeks(app: &App) -> Result<()> {
    let now = Timestamp::now();
    let week = Week::of(now).before();
    let [rows] = app.db.batch([operator_sessions::standing()]).await?;
    let standing = Standing::read(&rows.rows()?)?;
    let since = standing.oldest.map(Timestamp::rfc3339).unwrap_or_default();
    let mut leaves = vec![(
        week.review(),
        Deed::ReviewOpened,
        Event::Review {
            week: week.name().to_owned(),
            sessions: standing.sessions,
            unreviewed: standing.unreviewed,
        },
    )];
    if standing.overdue {
        let id = name_of(Deed::ReviewOverdue, &since);
        let since = since.clone();
        leaves.push((id, Deed::ReviewOverdue, Event::Overdue { since }));
    }
    if standing.suspended {
        let id = name_of(Deed::RevealSuspended, &since);
        leaves.push((id, Deed::RevealSuspended, Event::Suspended { since }));
    }
    let wanted: Vec<RowId> = leaves.iter().map(|(id, ..)| *id).collect();
    let [present] = app.db.batch([audit_log::present(&wanted)]).await?;
    let present: Vec<(RowId,)> = present.rows()?.all()?;
    for (id, deed, event) in leaves {
        if present.contains(&(id,)) {
            continue;
        }
        let is_new = audit::append_once(app, id, deed, &event, &[]).await?;
        if let (true, Event::Overdue { since }) = (is_new, &event) {
            alarm::raise(app, since).await?;
        }
    }
    // Once an hour.
    if standing.overdue && now.unix() % 3_600 < 60 {
        log::error("review-overdue", None, "a session waits for its review");
    }
    Ok(())
}

fn open(system: &UserKeys, row: OperatorSessionRow) -> Result<OperatorSessionRecord> {
    row.open(system, None)?
        .reveal(&Reveal::system(SystemPurpose::RecordAudit))
        .map_err(|_| Problem::internal("no right to a session of the console"))
}

fn text(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Sessions, oldest first. One batch.
pub(super) async fn list(
    app: &App,
    at: &AtConsole,
    pending: bool,
    sensitive: bool,
    after: Option<ConsoleSessionId>,
) -> Result<Table> {
    let after = after.map_or(RowId([0; 16]), |session| session.0);
    let [rows] = app
        .db
        .batch([operator_sessions::to_review(
            pending,
            sensitive,
            after,
            PAGE + 1,
        )])
        .await?;
    let mut rows: Vec<OperatorSessionRow> = rows.rows()?.all()?;
    let goes_on = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let mut table = Table::new(
        [
            "session",
            "opened_at",
            "operator",
            "name",
            "role",
            "reason_type",
            "reason",
            "ticket",
            "sensitive",
            "decision",
            "decided_by",
            "note",
        ]
        .map(plain)
        .to_vec(),
    );
    table.next_cursor = rows
        .last()
        .filter(|_| goes_on)
        .map(|row| ConsoleSessionId(row.id).public());
    for row in rows {
        let id = ConsoleSessionId(row.id).public();
        let (opened_at, sensitive) = (row.opened_at.rfc3339(), row.sensitive != 0);
        let record = open(&at.system, row)?;
        let (verdict, by, note) =
            record
                .decision
                .map_or(("pending".into(), Value::Null, Value::Null), |decision| {
                    (
                        text(&decision.verdict),
                        decision.name.into(),
                        decision.note.into(),
                    )
                });
        table.rows.push(vec![
            id.into(),
            opened_at.into(),
            record.operator.public().into(),
            record.name.into(),
            text(&record.role),
            record.reason_type.into(),
            record.reason.into(),
            record.ticket.into(),
            sensitive.into(),
            verdict,
            by,
            note,
        ]);
    }
    Ok(table)
}

/// What was done in a session, as the log has it. One batch.
pub(super) async fn show(app: &App, at: &AtConsole, session: ConsoleSessionId) -> Result<Table> {
    let [row, leaves] = app
        .db
        .batch([
            operator_sessions::by_id(session),
            audit_log::about(session.0, vault::UserId::SYSTEM),
        ])
        .await?;
    let row: Option<OperatorSessionRow> = row.rows()?.first()?;
    row.ok_or_else(Problem::not_found)?;
    let rows: Vec<PartRow> = leaves.rows()?.all()?;
    let mut table = Table::new(
        [
            "leaf",
            "kind",
            "at",
            "command",
            "person",
            "arguments",
            "fields",
            "consent",
            "outcome",
            "why_not",
        ]
        .map(plain)
        .to_vec(),
    );
    for row in rows {
        let mut told = Told::open(&at.system, row)?;
        let mut cells: Vec<Value> = vec![
            told.index.into(),
            told.kind.name().into(),
            told.at.rfc3339().into(),
        ];
        let members = [
            "command",
            "person",
            "arguments",
            "fields",
            "consent",
            "outcome",
            "why_not",
        ];
        cells.extend(members.map(|name| told.take(&[name])));
        table.rows.push(cells);
    }
    Ok(table)
}

/// Decides about a session, which is somebody else's and over. Two batches.
pub(super) async fn decide(
    app: &App,
    at: &AtConsole,
    session: ConsoleSessionId,
    verdict: Verdict,
    note: Option<String>,
) -> Result<Table> {
    let is_text = |note: &String| note.chars().count() <= MAX_NOTE && !note.trim().is_empty();
    if !note.as_ref().is_none_or(is_text) {
        return Err(Problem::invalid_field(
            "arguments.note",
            "range",
            "A note has 1 to 1,000 characters.",
        ));
    }
    let [row] = app.db.batch([operator_sessions::by_id(session)]).await?;
    let row: Option<OperatorSessionRow> = row.rows()?.first()?;
    let row = row.ok_or_else(Problem::not_found)?;
    let (rev, is_over) = (row.rev, row.expires_at <= Timestamp::now());
    let mut record = open(&at.system, row)?;
    if record.operator == at.id {
        return Err(self_service());
    }
    if !is_over {
        return Err(Problem::new(
            Kind::Conflict,
            "The session is not over: it can be decided about when it is.",
        ));
    }
    record.decision = Some(DecisionRecord {
        by: at.id,
        name: at.why.operator.name.clone(),
        verdict,
        note: note.clone(),
        at: Timestamp::now(),
    });
    let event = Event::Decision {
        session,
        by: &at.why.operator,
        verdict,
        note: note.as_deref(),
    };
    let leaf = Leaf::new(Deed::ReviewDecided, &at.system, None, &event, &[session.0])?;
    let deeds: Vec<Statement> =
        operator_sessions::decide(&at.system, session, rev, &record, verdict)?.into();
    match app.db.batch_all(&leaf.before(deeds)).await {
        Ok(_) => {}
        Err(EngineError::Guard) => {
            return Err(Problem::new(
                Kind::Conflict,
                "Somebody else decided about it at this moment; look again.",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Table::one(vec![
        ("session", session.public().into()),
        ("decision", text(&verdict)),
    ]))
}

/// Nobody serves or reviews himself.
pub(super) fn self_service() -> Problem {
    Problem::new(
        Kind::SelfService,
        "No operator serves or reviews himself: ask another.",
    )
}

/// Whether a role may be given to somebody from outside.
pub(super) const OUTSIDE: Role = Role::Auditor;
