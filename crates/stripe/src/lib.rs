//! Stripe's API (version 2026-10-28.endive) as values: what a subscription needs, and no
//! call that could charge, refund or read a card.
//!
//! A call is a typed [`Request`] that knows its method, its target, its form and the reply
//! that answers it; the caller carries bytes. A webhook is a header and a body
//! ([`webhook`]) that become a typed event once the signature is verified.
//!
//! Replies are read for the members used here: unknown ones are passed over, and a
//! [`Status`] has an arm for what Stripe adds later. Amounts stay in minor units.
//!
//! ```
//! use stripe::{Request, SecretKey, SubscriptionGet, SubscriptionId, read_reply};
//!
//! let key = SecretKey::new("sk_test_123".to_owned()).expect("a key");
//! let subscription = SubscriptionId::parse("sub_1").expect("an id");
//! let request = SubscriptionGet { subscription: &subscription };
//! assert_eq!(request.target(), "/v1/subscriptions/sub_1?expand[0]=items.data.price");
//! assert!(key.headers(&request).contains(&("authorization", "Bearer sk_test_123".to_owned())));
//!
//! // What came back for it:
//! let body = br#"{"id":"sub_1","customer":"cus_1","status":"active","created":1700000000,
//!     "cancel_at_period_end":false,"livemode":false,"items":{"data":[
//!     {"current_period_end":1702592000,"price":{"id":"price_1","currency":"usd"}}]}}"#;
//! let read = read_reply::<SubscriptionGet<'_>>(200, body)?;
//! assert_eq!(read.current_period_end, Some(1_702_592_000));
//! # Ok::<(), stripe::CallError>(())
//! ```
//!
//! Invariant: no key, no signing secret and no id of a customer or a subscription can be
//! printed: they have neither `Debug` nor `Display`, and no error quotes a body.

mod call;
mod checkout;
mod code;
mod customer;
mod error;
mod form;
mod id;
mod json;
mod named;
mod portal;
mod secret;
mod subscription;

pub mod webhook;

pub use call::{API_VERSION, MAX_REPLY_BYTES, Method, Request, read_reply};
pub use checkout::{CheckoutSession, CheckoutSessionCreate};
pub use code::Code;
pub use customer::{Customer, CustomerCreate, CustomerDelete, Deleted};
pub use error::{CallError, ErrorClass, StripeError};
pub use id::{CheckoutSessionId, CustomerId, EventId, SubscriptionId};
pub use portal::{PortalSession, PortalSessionCreate};
pub use secret::SecretKey;
pub use subscription::{
    Price, Status, Subscription, SubscriptionGet, SubscriptionPage, SubscriptionsOfCustomer,
};
