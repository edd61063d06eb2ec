//! Requests out, to the providers whose base URLs the configuration names.
//! Bounded in time and size; redirects are never followed.

use js_sys::Uint8Array;
use send_wrapper::SendWrapper;
use thiserror::Error;
use wasm_bindgen_futures::JsFuture;

use super::{clock, glue, telemetry};

/// Why there is no reply to read.
#[derive(Debug, Error)]
pub(crate) enum FetchError {
    /// No connection, a broken one, or no answer in time.
    #[error("the provider could not be reached")]
    Unreachable,
}

/// A request to a provider.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
    pub(crate) timeout_ms: u32,
    /// Longest reply to read, in bytes.
    pub(crate) limit: u32,
}

/// A provider's reply, read whole.
pub(crate) struct Incoming {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// A request that is on its way already, before anyone awaits it.
pub(crate) struct Pending {
    reply: SendWrapper<JsFuture>,
    url: String,
    began: u64,
}

/// Sends at once; the reply is for later.
pub(crate) fn start(request: &Outgoing<'_>) -> Result<Pending, FetchError> {
    let mut fields = String::new();
    for (name, value) in request.headers {
        // A newline would start another field.
        if value.contains(['\n', '\r']) {
            return Err(FetchError::Unreachable);
        }
        if !fields.is_empty() {
            fields.push('\n');
        }
        fields.push_str(name);
        fields.push('\n');
        fields.push_str(value);
    }
    let promise = glue::exchange(
        request.method,
        &request.url,
        &fields,
        Uint8Array::from(request.body),
        request.timeout_ms,
        request.limit,
    );
    Ok(Pending {
        reply: glue::here(JsFuture::from(promise)),
        url: request.url.clone(),
        began: clock::unix_milliseconds(),
    })
}

impl Pending {
    /// The reply, when it comes or fails.
    pub(crate) async fn reply(self) -> Result<Incoming, FetchError> {
        let reply = self.reply.await.ok().and_then(glue::reply_parts);
        let status = reply.as_ref().map(|(status, _)| *status);
        telemetry::called(&self.url, self.began, status);
        let (status, body) = reply.ok_or(FetchError::Unreachable)?;
        Ok(Incoming { status, body })
    }
}

/// Sends, and reads the reply.
pub(crate) async fn send(request: &Outgoing<'_>) -> Result<Incoming, FetchError> {
    start(request)?.reply().await
}
