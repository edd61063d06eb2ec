//! Stripe's webhooks: verified, written down by whom they are about, answered. What
//! they say is not believed: Stripe is asked anew, from the queue.
//! <https://docs.stripe.com/webhooks#verify-official-libraries>

use stripe::webhook::{Event, EventKind, verify};
use vault::{Reveal, SystemPurpose};

use super::{customer, refresh::refresh};
use crate::{
    app::App,
    events::Message,
    id::{PersonId, RowId},
    platform::{Timestamp, log},
    problem::{Kind, Problem, Result},
    store::{
        billing,
        inbox::{self, InboxRow, Source},
        table::index,
    },
};

/// The one reason there is to ask Stripe.
const CHANGED: &str = "changed";

/// Verifies an event and writes it down, by its id: a copy changes nothing. One batch,
/// and one more for the system's keys where this isolate has not used them yet.
///
/// # Errors
/// A problem for a sender that is not Stripe, and one for a database that is not
/// there: Stripe then sends it again, for three days.
pub(crate) async fn receive(app: &App, signature: &str, body: &[u8]) -> Result<()> {
    let stripe = app.stripe()?;
    let now = Timestamp::now();
    verify(signature, body, &stripe.config.webhook_secrets, now.unix()).map_err(|error| {
        log::warn("stripe-webhook-refused", error.reason());
        Problem::new(
            Kind::InvalidSignature,
            "This webhook is not verifiably Stripe's.",
        )
    })?;
    let event = Event::parse(body)
        .map_err(|_| Problem::bad_request("The body is signed, but it is no event."))?;
    match event.kind {
        EventKind::ChargeDisputeCreated | EventKind::InvoiceFinalizationFailed => {
            log::warn("stripe-attention", event.kind.name());
        }
        _ => {}
    }
    let customer = match (&event.kind, event.customer) {
        (EventKind::Other, _) | (_, None) => {
            log::info("webhook-acknowledged", "stripe");
            return Ok(());
        }
        // A test's event has no business with what is paid for, nor the other way round.
        _ if event.livemode != stripe.config.key.livemode() => {
            log::warn("stripe-other-mode", event.kind.name());
            return Ok(());
        }
        (_, Some(customer)) => customer,
    };
    let subject = customer::index_of(app, &customer).await?;
    let system = app.system_keys().await?;
    let id = system.blind(index::STRIPE_EVENT, event.id.as_str().as_bytes());
    let [written] = app
        .db
        .batch([inbox::insert(id, Source::Stripe, subject, CHANGED, now)])
        .await?;
    if written.changed() > 0 {
        Message::Inbox { id }.send(app).await;
    }
    Ok(())
}

/// Asks Stripe about the customer an event was about. Her row remembers the reason from
/// before Stripe is asked, and the inbox forgets it: an event that comes while the answer
/// is on its way is then a new one. Two batches, and a refresh.
pub(crate) async fn handle(app: &App, row: InboxRow) -> Result<()> {
    let stripe = app.stripe()?;
    let [person] = app.db.batch([billing::person_of(row.subject)]).await?;
    let now = Timestamp::now();
    let Some((person,)) = person.rows()?.first::<(RowId,)>()? else {
        // Nobody's any more, or somebody's of another instance.
        app.db.batch([inbox::done(row.id, now)]).await?;
        return Ok(());
    };
    let person = PersonId(person);
    app.db
        .batch([billing::want(person), inbox::done(row.id, now)])
        .await?;
    if let Some(keys) = app.keys.of(&app.db, person.vault()).await? {
        let reveal = Reveal::system(SystemPurpose::CallStripe);
        refresh(app, stripe, &keys, person, &reveal).await?;
    }
    Ok(())
}
