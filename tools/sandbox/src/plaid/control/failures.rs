//! Orders failures, sets limits, tells what was asked, begins anew.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::control::{Asked, Refusal, done};
use crate::plaid::Plaid;
use crate::plaid::failures::Failure;

pub(super) async fn fail(
    State(plaid): State<Plaid>,
    Asked(failure): Asked<Failure>,
) -> Result<Json<Value>, Refusal> {
    let pushed = plaid.bank().failures.push(failure);
    pushed.map(|()| done()).map_err(Refusal::bad)
}

pub(super) async fn heal(State(plaid): State<Plaid>) -> Json<Value> {
    plaid.bank().failures.clear();
    done()
}

/// `{"off": true}`, or a number or null by path.
pub(super) async fn limits(
    State(plaid): State<Plaid>,
    Asked(asked): Asked<BTreeMap<String, Value>>,
) -> Result<Json<Value>, Refusal> {
    let mut bank = plaid.bank();
    for (name, value) in asked {
        match (name.as_str(), value) {
            ("off", Value::Bool(off)) => bank.limits.switch_off(off),
            (path, Value::Null) if path.starts_with('/') => bank.limits.set(name, None),
            (path, value) if path.starts_with('/') => {
                let allowed = serde_json::from_value(value).map_err(Refusal::bad)?;
                bank.limits.set(name, Some(allowed));
            }
            (other, _) => return Err(Refusal::bad(format!("neither a path nor off: {other}"))),
        }
    }
    Ok(done())
}

pub(super) async fn requests(State(plaid): State<Plaid>) -> Json<Value> {
    Json(plaid.bank().requests.report())
}

pub(super) async fn forget(State(plaid): State<Plaid>) -> Json<Value> {
    plaid.bank().requests.clear();
    done()
}

pub(super) async fn reset(State(plaid): State<Plaid>) -> Json<Value> {
    let mut bank = plaid.bank();
    bank.reset();
    done()
}
