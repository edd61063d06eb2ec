//! A mailbox of what the Worker sent through `send_email`. wrangler writes each mail to a file and
//! names it in its log; this follows the log. On plain workerd the Worker's mail comes by SMTP. A
//! message is shown only when it is whole.

mod log;
mod message;
mod page;
mod smtp;
mod tail;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::control::{Asked, Refusal, done};
use message::{Message, Parts};
pub(crate) use smtp::serve as serve_smtp;
pub(crate) use tail::follow;

const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The mailbox, shared between the follower of the log and the HTTP side.
#[derive(Clone)]
pub(crate) struct Inbox {
    log: Option<PathBuf>,
    shelf: Arc<Mutex<Shelf>>,
    arrivals: Arc<watch::Sender<u64>>,
}

#[derive(Default)]
struct Shelf {
    messages: Vec<Message>,
    last_id: u64,
    bytes_read: u64,
    problems: Vec<String>,
}

impl Inbox {
    pub(crate) fn new(log: Option<PathBuf>) -> Self {
        Self {
            log,
            shelf: Arc::default(),
            arrivals: Arc::new(watch::Sender::new(0)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, parts: Parts) -> u64 {
        let id = {
            let mut inner = self.lock();
            inner.last_id += 1;
            let id = inner.last_id;
            inner
                .messages
                .push(Message::new(id, Timestamp::now(), parts));
            id
        };
        self.arrivals.send_modify(|arrivals| *arrivals += 1);
        id
    }

    /// The HTML alternative is logged after the text, which has already been shown.
    fn amend_last(&self, html: String) {
        if let Some(message) = self.lock().messages.last_mut() {
            message.set_html(html);
        }
    }

    fn complain(&self, problem: String) {
        eprintln!("sandbox: mailbox: {problem}");
        self.lock().problems.push(problem);
    }

    fn matching(&self, wanted: &Wanted) -> Vec<Message> {
        let inner = self.lock();
        let fits = |message: &&Message| {
            message.id() > wanted.after.unwrap_or(0)
                && wanted.to.as_deref().is_none_or(|to| message.is_to(to))
        };
        inner.messages.iter().filter(fits).cloned().collect()
    }
}

/// The mailbox and its control surface.
pub(crate) fn router(inbox: Inbox) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/messages", get(messages).delete(empty))
        .route("/messages/{id}", get(one))
        .route("/_control/messages", post(put))
        .route("/_control/status", get(status))
        .route("/_control/reset", post(reset))
        .with_state(inbox)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    after: Option<u64>,
    #[serde(default)]
    wait: Option<f64>,
}

async fn messages(State(inbox): State<Inbox>, Query(wanted): Query<Wanted>) -> Json<Value> {
    // Subscribed before the first look, so that nothing arrives unseen in between.
    let mut arrivals = inbox.arrivals.subscribe();
    let patience = Duration::try_from_secs_f64(wanted.wait.unwrap_or(0.0)).unwrap_or_default();
    let deadline = tokio::time::Instant::now() + patience.min(LONGEST_WAIT);
    loop {
        let found = inbox.matching(&wanted);
        if !found.is_empty() {
            return Json(json!({ "messages": found }));
        }
        match tokio::time::timeout_at(deadline, arrivals.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Json(json!({ "messages": [] })),
        }
    }
}

async fn one(State(inbox): State<Inbox>, Path(id): Path<u64>) -> Result<Json<Message>, Refusal> {
    let shelf = inbox.lock();
    let found = shelf.messages.iter().find(|message| message.id() == id);
    found
        .cloned()
        .map(Json)
        .ok_or_else(|| Refusal::missing("message"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    #[serde(default)]
    to: Option<String>,
}

async fn empty(State(inbox): State<Inbox>, Query(whose): Query<Whose>) -> Json<Value> {
    let mut shelf = inbox.lock();
    shelf
        .messages
        .retain(|message| whose.to.as_deref().is_some_and(|to| !message.is_to(to)));
    done()
}

async fn page(State(inbox): State<Inbox>) -> Html<String> {
    Html(page::render(&inbox.lock().messages))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    to: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    text: String,
}

async fn put(State(inbox): State<Inbox>, Asked(put): Asked<Put>) -> Json<Value> {
    let id = inbox.receive(Parts {
        to: vec![put.to],
        from: put.from.unwrap_or_else(|| "sandbox@localhost".to_owned()),
        subject: put.subject,
        text: put.text,
        html: None,
    });
    Json(json!({ "id": id }))
}

async fn status(State(inbox): State<Inbox>) -> Json<Value> {
    let shelf = inbox.lock();
    Json(json!({
        "log": inbox.log,
        "bytes_read": shelf.bytes_read,
        "received": shelf.last_id,
        "problems": shelf.problems,
    }))
}

async fn reset(State(inbox): State<Inbox>) -> Json<Value> {
    let mut shelf = inbox.lock();
    let bytes_read = shelf.bytes_read;
    *shelf = Shelf {
        bytes_read,
        ..Shelf::default()
    };
    done()
}
