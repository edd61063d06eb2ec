//! The bindings of `wrangler.toml`, each checked when the isolate starts, so
//! that a missing one is named once, clearly, and not met in a handler.

use wasm_bindgen::{JsCast as _, JsValue};

use super::glue;

/// The environment of one isolate.
pub(crate) struct Bindings(JsValue);

impl Bindings {
    pub(crate) fn new(env: JsValue) -> Self {
        Self(env)
    }

    /// A variable or secret.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        glue::variable(&self.0, name).filter(|value| !value.is_empty())
    }

    /// The id of the deployed version, where its metadata are bound.
    pub(crate) fn version(&self) -> Option<String> {
        let metadata = self.handle("CF_VERSION_METADATA")?;
        glue::variable(&metadata, "id").filter(|id| !id.is_empty() && id.len() <= 64)
    }

    /// A binding's handle, where it is bound.
    pub(crate) fn handle(&self, name: &str) -> Option<JsValue> {
        let handle = glue::binding(&self.0, name);
        handle.is_object().then_some(handle)
    }
}

/// The `EVENTS` queue. A message carries ids only.
#[derive(Clone)]
pub(crate) struct Queue(pub(super) JsValue);

impl Queue {
    pub(crate) fn new(handle: JsValue) -> Self {
        Self(handle)
    }

    /// Sends one message, given as JSON. False where the queue refused: a sweep
    /// finds what was not sent.
    pub(crate) async fn send(&self, json: &str) -> bool {
        glue::here(glue::enqueue(&self.0, json)).await.is_ok()
    }

    /// Sends up to 100 messages, given as one JSON array.
    pub(crate) async fn send_all(&self, json: &str) -> bool {
        glue::here(glue::enqueue_all(&self.0, json)).await.is_ok()
    }
}

/// The `ASSETS`: files of the first-party client.
pub(crate) struct Assets(JsValue);

impl Assets {
    pub(crate) fn new(handle: JsValue) -> Self {
        Self(handle)
    }

    /// The file that a request names, with the headers of `web/site/_headers`.
    pub(crate) async fn find(&self, request: &web_sys::Request) -> Option<web_sys::Response> {
        let found = glue::asset(&self.0, request).await.ok()?;
        found.dyn_into().ok()
    }
}

/// The `GATE` rate limit: cheap, per location, the first line only.
#[derive(Clone)]
pub(crate) struct Gate(JsValue);

impl Gate {
    pub(crate) fn new(handle: JsValue) -> Self {
        Self(handle)
    }

    /// Whether `key` may pass. A gate that does not answer lets pass: it is
    /// there to shed load, the durable counters decide.
    pub(crate) async fn allows(&self, key: &str) -> bool {
        glue::here(glue::gate_allows(&self.0, key))
            .await
            .map_or(true, |verdict| verdict.is_truthy())
    }
}

/// The `MAIL` binding (Cloudflare's `send_email`).
#[derive(Clone)]
pub(crate) struct Mailer(JsValue);

impl Mailer {
    pub(crate) fn new(handle: JsValue) -> Self {
        Self(handle)
    }

    /// Sends a plain-text message. False where the platform refused it.
    pub(crate) async fn send(&self, from: &str, to: &str, subject: &str, text: &str) -> bool {
        glue::here(glue::send_mail(&self.0, from, to, subject, text))
            .await
            .is_ok()
    }
}
