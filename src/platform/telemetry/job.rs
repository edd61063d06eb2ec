//! Work that no request waits for: the minute's cron, the messages of the queue.

use std::{borrow::Cow, future::Future};

use appsignal::{CheckIn, Digest};
use otlp::{KeyValue, Span, SpanId, SpanKind, Status, TraceId, UnixNanos};

use super::INSTRUMENT;
use super::attribute::Attribute;
use super::instrument::Instrument;
use super::series::Duration;
use super::trace::{now_after, span_id, trace};
use super::vocabulary::{Job, Outcome};
use crate::{
    platform::{Timestamp, clock, random},
    problem::Result,
    store::Database,
};

/// The minute's cron: a trace, with a span for each of its jobs.
pub(crate) struct Tick<'a> {
    db: &'a Database,
    trace: Option<(TraceId, SpanId)>,
    began: u64,
}

impl<'a> Tick<'a> {
    /// It begins.
    pub(crate) fn begin(db: &'a Database) -> Self {
        Self {
            db,
            trace: trace(),
            began: clock::unix_milliseconds(),
        }
    }

    /// Does one of its jobs.
    pub(crate) async fn job(&self, job: Job, work: impl Future<Output = Result<()>>) -> Result<()> {
        watch(job, SpanKind::Internal, self.trace, self.db, work).await
    }

    /// It is over.
    pub(crate) fn end(self) {
        let Some(instrument) = INSTRUMENT.get() else {
            return;
        };
        if let Some((trace_id, span_id)) = self.trace {
            instrument.buffer().span(Span {
                trace_id,
                span_id,
                parent_span_id: None,
                name: Cow::Borrowed(Job::Tick.word()),
                kind: SpanKind::Internal,
                start_time_unix_nano: UnixNanos::from_millis(self.began),
                end_time_unix_nano: UnixNanos::from_millis(now_after(self.began)),
                attributes: vec![Attribute::Job(Job::Tick).into()],
                status: Status::UNSET,
            });
        }
        instrument.send_soon();
    }
}

/// Does what a message of the queue asks for.
pub(crate) async fn message(
    job: Job,
    db: &Database,
    work: impl Future<Output = Result<()>>,
) -> Result<()> {
    let done = watch(job, SpanKind::Consumer, None, db, work).await;
    if let Some(instrument) = INSTRUMENT.get() {
        instrument.send_soon();
    }
    done
}

async fn watch(
    job: Job,
    kind: SpanKind,
    parent: Option<(TraceId, SpanId)>,
    db: &Database,
    work: impl Future<Output = Result<()>>,
) -> Result<()> {
    let Some(instrument) = INSTRUMENT.get() else {
        return work.await;
    };
    let digest = job
        .has_check_in()
        .then(|| random::bytes::<8>().ok().map(Digest::new));
    let digest = digest.flatten();
    instrument.check_in(job, digest.as_ref(), appsignal::Kind::Start);
    let (began, batches, trips) = (clock::unix_milliseconds(), db.batches(), db.trips());
    let done = work.await;
    let outcome = if done.is_ok() {
        Outcome::Done
    } else {
        Outcome::Failed
    };
    if let Err(problem) = &done {
        instrument.fail(problem, "background", Cow::Borrowed(job.word()), None);
    } else {
        instrument.check_in(job, digest.as_ref(), appsignal::Kind::Finish);
    }
    let mut buffer = instrument.buffer();
    let said = [Attribute::Job(job), Attribute::Outcome(outcome)];
    let [first, second] = said.map(Some);
    buffer.measure(Duration::Job, [first, second, None], began);
    let trace = match parent {
        Some((trace_id, parent)) => span_id().map(|id| (trace_id, id, Some(parent))),
        None => trace().map(|(trace_id, id)| (trace_id, id, None)),
    };
    if let Some((trace_id, span_id, parent_span_id)) = trace {
        let mut attributes: Vec<KeyValue> = said.into_iter().map(KeyValue::from).collect();
        attributes.push(Attribute::Batches(db.batches().saturating_sub(batches)).into());
        attributes.push(Attribute::Trips(db.trips().saturating_sub(trips)).into());
        if let Err(problem) = &done {
            attributes.push(Attribute::Problem(problem.kind()).into());
        }
        buffer.span(Span {
            trace_id,
            span_id,
            parent_span_id,
            name: Cow::Borrowed(job.word()),
            kind,
            start_time_unix_nano: UnixNanos::from_millis(began),
            end_time_unix_nano: UnixNanos::from_millis(now_after(began)),
            attributes,
            status: if done.is_ok() {
                Status::UNSET
            } else {
                Status::ERROR
            },
        });
    }
    drop(buffer);
    done
}

impl Instrument {
    fn check_in(&self, job: Job, digest: Option<&Digest>, kind: appsignal::Kind) {
        if let Some(digest) = digest {
            let now = Timestamp::now().unix();
            let said = CheckIn::new(job.word(), digest.clone(), kind, now);
            self.buffer().check_ins.push(said);
        }
    }
}
