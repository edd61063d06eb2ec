//! Customers: made before the first Checkout, deleted with the account.
//! Follows Stripe's "Customers". Deleting one ends its subscriptions at once.
//! Invariant: a customer carries the id of its user, and no name, address or card of ours.

use serde::de::{Deserialize, Deserializer, Error};

use crate::call::{Method, Request, sealed};
use crate::form::Form;
use crate::id::CustomerId;

/// `POST /v1/customers`.
pub struct CustomerCreate<'a> {
    /// Where Stripe sends receipts, if it should.
    pub email: Option<&'a str>,
    /// Our user, kept as metadata so that a person can be found from Stripe's side.
    pub user_id: &'a str,
    /// See [`Request::idempotency_key`].
    pub idempotency_key: &'a str,
}

/// A customer, of which only the id is of use.
#[derive(serde::Deserialize)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
}

impl sealed::Sealed for CustomerCreate<'_> {}

impl Request for CustomerCreate<'_> {
    type Reply = Customer;
    const METHOD: Method = Method::Post;

    fn target(&self) -> String {
        "/v1/customers".to_owned()
    }

    fn form(&self) -> String {
        Form::new()
            .with_some("email", self.email)
            .with("metadata[user_id]", self.user_id)
            .finish()
    }

    fn idempotency_key(&self) -> Option<&str> {
        Some(self.idempotency_key)
    }
}

/// `DELETE /v1/customers/{id}`. Once it is done, doing it again is
/// [`crate::ErrorClass::Missing`].
pub struct CustomerDelete<'a> {
    /// Whom.
    pub customer: &'a CustomerId,
}

/// Stripe's word that a customer is deleted.
pub struct Deleted {
    /// Who was.
    pub id: CustomerId,
}

impl<'de> Deserialize<'de> for Deleted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Reply {
            id: CustomerId,
            deleted: bool,
        }

        let reply = Reply::deserialize(deserializer)?;
        if reply.deleted {
            Ok(Self { id: reply.id })
        } else {
            Err(D::Error::custom("not deleted"))
        }
    }
}

impl sealed::Sealed for CustomerDelete<'_> {}

impl Request for CustomerDelete<'_> {
    type Reply = Deleted;
    const METHOD: Method = Method::Delete;

    fn target(&self) -> String {
        format!("/v1/customers/{}", self.customer.as_str())
    }
}
