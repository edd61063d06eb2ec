//! Plaid's webhooks: verified in full, written down, answered fast; what they
//! ask for is done from the queue.
//!
//! The `kid` is the sender's to choose: only a UUID is looked up, the unknown are
//! remembered, and look-ups have a budget, so that nobody makes us hammer Plaid.
//! <https://plaid.com/docs/api/webhooks/webhook-verification/>

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use lru::LruCache;
use plaid::{
    VerificationKeyGet,
    webhook::{KeyId, VerificationKey, VerificationToken, Webhook, WebhookError},
};

use crate::{
    app::App,
    events::Message,
    id::RowId,
    platform::{Timestamp, log, signature::P256Key},
    problem::{Kind, Problem, Result},
    store::{
        inbox::{self, Source},
        table::index,
    },
};

use super::news::News;

/// How long a key is trusted before Plaid is asked again: a later `expired_at` is
/// seen within this time, in seconds.
const KEY_LIFETIME: i64 = 300;

/// How long an unknown key id is refused without asking, in seconds.
const UNKNOWN_LIFETIME: i64 = 600;

/// Look-ups a minute that one isolate makes for ids it has never seen a key of.
const LOOKUPS_A_MINUTE: u32 = 10;

/// Verification keys by id, and ids that are none.
pub(crate) struct KeyCache(Mutex<Keys>);

struct Keys {
    known: LruCache<KeyId, (Timestamp, Option<P256Key>)>,
    minute: i64,
    lookups: u32,
}

impl Default for KeyCache {
    fn default() -> Self {
        const KEPT: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");
        Self(Mutex::new(Keys {
            known: LruCache::new(KEPT),
            minute: 0,
            lookups: 0,
        }))
    }
}

/// What the cache says of a key id.
enum Cached {
    Key(P256Key),
    /// Known to be no key.
    NoKey,
    /// Plaid may be asked.
    Ask,
    /// Plaid was asked often enough this minute.
    Exhausted,
}

impl KeyCache {
    fn get(&self, id: KeyId, now: Timestamp) -> Cached {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match keys.known.get(&id) {
            Some((since, Some(key))) if now <= since.plus(KEY_LIFETIME) => {
                return Cached::Key(key.clone());
            }
            // A key of Plaid's own is asked for anew whatever strangers have used up.
            Some((_, Some(_))) => return Cached::Ask,
            Some((since, None)) if now <= since.plus(UNKNOWN_LIFETIME) => return Cached::NoKey,
            _ => {}
        }
        let minute = now.unix() / 60;
        if keys.minute != minute {
            (keys.minute, keys.lookups) = (minute, 0);
        }
        if keys.lookups >= LOOKUPS_A_MINUTE {
            return Cached::Exhausted;
        }
        keys.lookups += 1;
        Cached::Ask
    }

    fn put(&self, id: KeyId, key: Option<P256Key>, now: Timestamp) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.known.put(id, (now, key));
    }
}

/// Verifies a webhook and writes it down. One batch, and one more for the system's
/// keys where this isolate has not used them yet.
///
/// # Errors
/// A problem for a sender that is not Plaid, and one for a database that is not
/// there: Plaid then sends it again.
pub(crate) async fn receive(app: &App, verification: &str, body: &[u8]) -> Result<()> {
    let token = VerificationToken::parse(verification).map_err(refuse)?;
    let key = key(app, token.key_id()).await?;
    if !key.verifies(token.signature(), token.signing_input()).await {
        return Err(refuse(WebhookError::WrongKey));
    }
    let now = Timestamp::now();
    token
        .into_claims_once_verified()
        .check(now.unix(), body)
        .map_err(refuse)?;
    let webhook = Webhook::parse(body)
        .map_err(|_| Problem::bad_request("The body is signed, but it is no JSON object."))?;
    let Some((news, event)) = News::of(&webhook) else {
        log::info("webhook-acknowledged", said(&webhook));
        return Ok(());
    };
    let Some(item) = webhook.item_id() else {
        return Ok(());
    };
    let system = app.system_keys().await?;
    let subject = system.blind(index::PLAID_ITEM, item.as_str().as_bytes());
    let id = RowId::new()?;
    let insert = match event {
        None => inbox::insert(id, Source::Plaid, subject, news.name(), now),
        Some(event) => {
            let kind = news.kind_of(&system, subject, &event);
            let whose = (id, Source::Plaid, subject);
            inbox::insert_event(&system, whose, kind, &event, now)?
        }
    };
    let [written] = app.db.batch([insert]).await?;
    // An equal one that waits has its message already; the sweep sees to lost ones.
    if written.changed() > 0 {
        Message::Inbox { id }.send(app).await;
    }
    Ok(())
}

/// What an event without work is called: types and codes are Plaid's, made safe to print.
const fn said(webhook: &Webhook) -> &'static str {
    match webhook {
        Webhook::Other { .. } => "plaid: of an unknown kind",
        _ => "plaid: nothing to do",
    }
}

fn refuse(error: WebhookError) -> Problem {
    log::warn("webhook-refused", error.reason());
    Problem::new(
        Kind::InvalidSignature,
        "This webhook is not verifiably Plaid's.",
    )
}

async fn key(app: &App, id: KeyId) -> Result<P256Key> {
    let now = Timestamp::now();
    match app.plaid.keys.get(id, now) {
        Cached::Key(key) => return Ok(key),
        Cached::NoKey => return Err(refuse(WebhookError::UnusableKey)),
        Cached::Exhausted => return Err(Problem::too_many(60)),
        Cached::Ask => {}
    }
    let answer = app.plaid.verification_key(id).await?;
    let key = match answer.read::<VerificationKeyGet>() {
        Ok(reply) => match VerificationKey::trust(&reply.key, id) {
            Ok(key) => P256Key::import(key.public_key()).await,
            Err(_) => None,
        },
        // Plaid says that there is no such key. Anything else may pass, a fault of our
        // own keys too: not kept.
        Err(super::client::UpstreamError::Call(plaid::CallError::Plaid(error)))
            if error.error_code.as_str() == "INVALID_WEBHOOK_VERIFICATION_KEY_ID"
                || error.error_type == plaid::ErrorType::InvalidRequest =>
        {
            None
        }
        Err(error) => return Err(error.into()),
    };
    app.plaid.keys.put(id, key.clone(), now);
    key.ok_or_else(|| refuse(WebhookError::UnusableKey))
}
