//! The control surface of PlanetScale; README.md lists it.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Value, json};

use super::PlanetScale;
use super::failure::{Failure, Failures, Mode};
use super::session::VitessSession;
use super::statement::{Kind, Statement};
use crate::control::{Asked, done};

/// What a test may order and see.
#[derive(Default)]
pub(super) struct Control {
    pub(super) failures: Failures,
    requests: Vec<Heard>,
    last: u64,
}

impl Control {
    /// Takes a request down; its number is what [`Self::note`] goes by.
    pub(super) fn hear(&mut self, heard: Heard) -> u64 {
        self.last += 1;
        let number = self.last;
        self.requests.push(Heard { number, ..heard });
        number
    }

    /// Adds to what was taken down, unless it is forgotten.
    pub(super) fn note(&mut self, number: u64, add: impl FnOnce(&mut Heard)) {
        let mut latest = self.requests.iter_mut().rev();
        if let Some(heard) = latest.find(|heard| heard.number == number) {
            add(heard);
        }
    }

    fn forget(&mut self) {
        self.requests.clear();
    }
}

/// A statement that came, without its literals.
#[derive(Clone, Serialize)]
pub(super) struct Heard {
    #[serde(skip)]
    number: u64,
    kind: &'static str,
    sql: String,
    session: String,
    /// Before it.
    in_transaction: bool,
    /// Whether it goes to every shard; null where its syntax is not known.
    pub(super) scatter: Option<bool>,
    failed: Option<Mode>,
    /// The error's code.
    pub(super) error: Option<&'static str>,
}

impl Heard {
    /// `statement` is none where it could not be taken apart: nothing of it is shown then.
    pub(super) fn new(
        statement: Option<&Statement<'_>>,
        session: &VitessSession,
        failed: Option<Mode>,
    ) -> Self {
        Self {
            number: 0,
            kind: statement
                .map_or(Kind::Other, |statement| statement.kind)
                .name(),
            sql: statement.map(Statement::redacted).unwrap_or_default(),
            session: session.session_uuid.clone(),
            in_transaction: session.in_transaction,
            scatter: None,
            failed,
            error: None,
        }
    }
}

pub(super) fn router() -> Router<PlanetScale> {
    Router::new()
        .route("/fail", post(fail).delete(heal))
        .route("/requests", get(requests).delete(forget))
        .route("/reset", post(reset))
}

async fn fail(State(service): State<PlanetScale>, Asked(order): Asked<Failure>) -> Json<Value> {
    service.control().failures.push(order);
    done()
}

async fn heal(State(service): State<PlanetScale>) -> Json<Value> {
    service.control().failures.clear();
    done()
}

async fn requests(State(service): State<PlanetScale>) -> Json<Value> {
    let requests = service.control().requests.clone();
    let scatters = requests.iter().filter(|heard| heard.scatter == Some(true));
    Json(json!({
        "count": requests.len(),
        "scatters": scatters.count(),
        "requests": requests,
    }))
}

async fn forget(State(service): State<PlanetScale>) -> Json<Value> {
    service.control().forget();
    done()
}

/// The data stays: it is the database's.
async fn reset(State(service): State<PlanetScale>) -> Json<Value> {
    {
        let mut control = service.control();
        control.forget();
        control.failures.clear();
    }
    service.0.executor.transactions.lose_all().await;
    done()
}
