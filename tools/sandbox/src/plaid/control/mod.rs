//! The control surface of Plaid; README.md lists it.

mod failures;
mod items;
mod link;
mod transactions;
mod webhooks;

use axum::Router;
use axum::routing::{get, patch, post};

use super::Plaid;

pub(super) fn router() -> Router<Plaid> {
    Router::new()
        .route("/items", post(items::open).get(items::list))
        .route("/items/{id}", get(items::one).patch(items::change))
        .route("/items/{id}/advance", post(items::advance))
        .route("/items/{id}/truth", get(transactions::truth))
        .route("/items/{id}/transactions", post(transactions::update))
        .route("/items/{id}/mutate", post(transactions::mutate))
        .route("/items/{id}/accounts", post(items::open_account))
        .route("/items/{id}/wealth", post(items::set_wealth))
        .route(
            "/items/{id}/accounts/{account_id}",
            patch(items::change_account),
        )
        .route("/link", post(link::complete))
        .route("/defaults", post(items::defaults))
        .route("/fail", post(failures::fail).delete(failures::heal))
        .route("/limits", post(failures::limits))
        .route(
            "/requests",
            get(failures::requests).delete(failures::forget),
        )
        .route("/reset", post(failures::reset))
        .route("/keys", get(webhooks::keys))
        .route("/keys/rotate", post(webhooks::rotate))
        .route("/keys/expire", post(webhooks::expire))
        .route("/webhooks", get(webhooks::deliveries))
        .route("/webhooks/fire", post(webhooks::fire))
        .route("/webhooks/policy", post(webhooks::policy))
}
