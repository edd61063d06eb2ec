//! What a webhook says: that something happened, and to whom.
//! Follows Stripe's "Event" object, of which `data.object` is the thing as it was then.
//! Invariant: a type that we have no use for is an event too ([`EventKind::Other`]), and no
//! member of the thing but its ids is read.

use serde::Deserialize;
use thiserror::Error;

use super::kind::EventKind;
use crate::id::{CustomerId, EventId, SubscriptionId};
use crate::json::{self, Member};

/// The largest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 256 << 10;

/// An event.
pub struct Event {
    /// The same in each delivery.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// To whom, where the event says so; a dispute does not.
    pub customer: Option<CustomerId>,
    /// To which subscription, likewise.
    pub subscription: Option<SubscriptionId>,
    /// Whether the money is real.
    pub livemode: bool,
    /// When, in seconds since 1970. Events of one second have no order.
    pub created: i64,
}

/// Why a body is not an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EventError {
    /// Over [`MAX_BODY_BYTES`].
    #[error("the body is too large")]
    TooLarge,
    /// Not a JSON object with an id, a type, a time, a mode and an object it is about.
    #[error("the body is not an event")]
    Malformed,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    id: Member<'a>,
    #[serde(rename = "type", borrow)]
    kind: Member<'a>,
    #[serde(borrow)]
    livemode: Member<'a>,
    #[serde(borrow)]
    created: Member<'a>,
    #[serde(borrow)]
    data: Member<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    object: Member<'a>,
}

/// What an object may name, unread: the same name stands for a text in one kind of object
/// and for another object in the next.
#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow)]
    id: Member<'a>,
    #[serde(borrow)]
    customer: Member<'a>,
    #[serde(borrow)]
    subscription: Member<'a>,
    #[serde(borrow)]
    parent: Member<'a>,
}

/// An invoice's `parent`.
#[derive(Deserialize)]
struct Parent<'a> {
    #[serde(borrow)]
    subscription_details: Member<'a>,
}

#[derive(Deserialize)]
struct SubscriptionDetails<'a> {
    #[serde(borrow)]
    subscription: Member<'a>,
}

#[derive(Deserialize)]
struct Expanded<'a> {
    #[serde(borrow)]
    id: Member<'a>,
}

impl Event {
    /// Reads a body whose signature has been verified.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn parse(body: &[u8]) -> Result<Self, EventError> {
        if body.len() > MAX_BODY_BYTES {
            return Err(EventError::TooLarge);
        }
        json::read_object(body)
            .and_then(|body: Body<'_>| Self::read(&body))
            .ok_or(EventError::Malformed)
    }

    fn read(body: &Body<'_>) -> Option<Self> {
        let kind = EventKind::parse(&json::member::<String>(body.kind)?);
        let data: Data<'_> = json::object(body.data)?;
        let object: Object<'_> = json::object(data.object)?;
        Some(Self {
            id: json::member(body.id)?,
            kind,
            customer: id_of(object.customer).and_then(|id| CustomerId::parse(&id)),
            subscription: object
                .subscription(kind)
                .and_then(|id| SubscriptionId::parse(&id)),
            livemode: json::member(body.livemode)?,
            created: json::member(body.created)?,
        })
    }
}

impl Object<'_> {
    fn subscription(&self, kind: EventKind) -> Option<String> {
        if kind.is_of_subscription() {
            return id_of(self.id);
        }
        // The second is where an invoice had it before version 2025-03-31, and a Checkout
        // session has it still.
        self.subscription_of_parent()
            .or_else(|| id_of(self.subscription))
    }

    fn subscription_of_parent(&self) -> Option<String> {
        let parent: Parent<'_> = json::object(self.parent)?;
        let details: SubscriptionDetails<'_> = json::object(parent.subscription_details)?;
        id_of(details.subscription)
    }
}

/// The id of an object that is either named or, where it was expanded, there in full.
fn id_of(reference: Member<'_>) -> Option<String> {
    json::member(reference).or_else(|| {
        let expanded: Expanded<'_> = json::object(reference)?;
        json::member(expanded.id)
    })
}
