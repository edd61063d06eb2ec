//! The API: one file per resource, each with its handlers, its request and
//! response types and its `OpenAPI`. The router and the document are made from the
//! same handlers ([`contract`]), so the document cannot name a route that is not there.

mod access_log;
mod accounts;
mod api_tokens;
mod audit_log;
mod billing;
mod cash_flow;
mod consents;
mod contract;
mod email_changes;
mod email_verifications;
mod erasures;
mod export;
mod extract;
mod health;
mod idempotency;
mod items;
mod link_tokens;
mod me;
mod money;
mod operator;
mod passkey_challenges;
mod passkeys;
mod password;
mod passwords;
mod plaid_webhooks;
mod proof;
mod recovery_codes;
mod recurring;
mod sensitive;
mod sessions;
mod step_ups;
mod stripe_webhooks;
mod totp;
mod transactions;
mod users;
mod wealth;
mod well_known;

use axum::{Extension, Router};
use http::{Method, Uri};

use crate::problem::{Kind, Problem};

pub(crate) use extract::parse;
pub(crate) use health::PATH as HEALTH;

/// Every route. Built once per isolate.
pub(crate) fn router() -> Router {
    resources()
        .into_router()
        .fallback(unknown_route)
        .method_not_allowed_fallback(method_not_allowed)
}

fn resources() -> contract::Routes {
    contract::Routes::new()
        .merge(users::router())
        .merge(email_verifications::router())
        .merge(sessions::router())
        .merge(me::router())
        .merge(export::router())
        .merge(erasures::router())
        .merge(password::router())
        .merge(email_changes::router())
        .merge(passkey_challenges::router())
        .merge(passkeys::router())
        .merge(totp::router())
        .merge(recovery_codes::router())
        .merge(step_ups::router())
        .merge(api_tokens::router())
        .merge(passwords::router())
        .merge(link_tokens::router())
        .merge(items::router())
        .merge(accounts::router())
        .merge(transactions::router())
        .merge(cash_flow::router())
        .merge(recurring::router())
        .merge(wealth::router())
        .merge(billing::router())
        .merge(access_log::router())
        .merge(consents::router())
        .merge(operator::router())
        .merge(audit_log::router())
        .merge(plaid_webhooks::router())
        .merge(stripe_webhooks::router())
        .merge(well_known::router())
        .merge(health::router())
        .merge(contract::router())
}

/// Marks the answer to a path that is no route: it may be a page's.
#[derive(Clone)]
pub(crate) struct NoRoute;

async fn unknown_route() -> (Extension<NoRoute>, Problem) {
    let problem = Problem::new(Kind::NotFound, "There is no such route; see /docs.");
    (Extension(NoRoute), problem)
}

async fn method_not_allowed(_method: Method, _uri: Uri) -> Problem {
    Problem::new(
        Kind::MethodNotAllowed,
        "This route takes other methods; see the Allow header.",
    )
}
