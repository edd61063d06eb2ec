//! A person as a customer of Stripe's: made once, ended once.
//!
//! Invariant: before Stripe is asked for a customer, the key it is asked under is
//! written down. Whoever dies in between leaves a row that the sweep goes on from, and
//! an erasure that finds no customer asks under the same key for the one there may be.

use stripe::{CustomerCreate, CustomerDelete, CustomerId};

use super::client::{StripeClient, StripeError};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::{
        billing::{self, BillingRecord},
        engine::EngineError,
        keys::{self, UserKeys},
        table::index,
    },
};

/// When the sweep goes on with a customer that was asked for, in seconds.
const ABANDONED: i64 = 60;

/// Writes down that she is to be a customer: who was faster, was. One batch.
pub(super) async fn begin(app: &App, keys: &UserKeys, person: PersonId) -> Result<()> {
    let record = BillingRecord {
        key: RowId::new()?,
        customer: None,
        subscription: None,
        asked_at: None,
    };
    let insert = billing::insert(keys, &record, Timestamp::now().plus(ABANDONED))?;
    match app.db.batch([keys::still_there(person.0), insert]).await {
        Ok(_) | Err(EngineError::Duplicate) => Ok(()),
        // She was erased since she asked.
        Err(EngineError::Guard) => Err(Problem::unauthenticated()),
        Err(error) => Err(error.into()),
    }
}

/// Asks Stripe for her customer: however often, it is one.
pub(super) async fn ask(
    stripe: &StripeClient,
    key: RowId,
    person: PersonId,
) -> std::result::Result<CustomerId, StripeError> {
    let request = CustomerCreate {
        // Stripe's page asks her for it: nothing that says who she is leaves from here.
        email: None,
        user_id: &person.public(),
        idempotency_key: &format!("customer-{}", key.hex()),
    };
    Ok(stripe.call(&request).await?.id)
}

/// By what events find whose customer it is.
pub(super) async fn index_of(app: &App, customer: &CustomerId) -> Result<RowId> {
    let system = app.system_keys().await?;
    Ok(system.blind(index::STRIPE_CUSTOMER, customer.as_str().as_bytes()))
}

/// Ends a customer who was erased: Stripe cancels her subscriptions with it. What is
/// gone there already is well; anything else is to be tried again. Up to two calls.
pub(crate) async fn end_customer(
    app: &App,
    customer: Option<&CustomerId>,
    key: RowId,
    person: PersonId,
) -> Result<()> {
    let stripe = app.stripe()?;
    let asked;
    let customer = if let Some(customer) = customer {
        customer
    } else {
        asked = ask(stripe, key, person).await?;
        &asked
    };
    match stripe.call(&CustomerDelete { customer }).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_missing() => Ok(()),
        Err(error) => Err(error.into()),
    }
}
