//! The declarations of `glue.js`, in one place. Everything that crosses into
//! JavaScript outside the `worker` crate's own types crosses here.

use std::future::Future;

use js_sys::{Array, Uint8Array};
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

#[wasm_bindgen(module = "/src/platform/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = requestHead)]
    pub(super) fn request_head(request: &Request) -> String;

    #[wasm_bindgen(js_name = requestBody, catch)]
    pub(super) async fn request_body(request: &Request, limit: u32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) async fn asset(assets: &JsValue, request: &Request) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn respond(status: u16, fields: &str, body: &[u8]) -> Result<Response, JsValue>;

    pub(super) fn exchange(
        method: &str,
        url: &str,
        fields: &str,
        body: Uint8Array,
        timeout_ms: u32,
        limit: u32,
    ) -> js_sys::Promise;

    /// Resolves after so many milliseconds.
    pub(super) fn delay(milliseconds: u32) -> js_sys::Promise;

    #[wasm_bindgen(js_name = d1Batch, catch)]
    pub(crate) async fn d1_batch(db: &JsValue, statements: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = importP256, catch)]
    pub(super) async fn import_p256(point: Uint8Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = verifyP256, catch)]
    pub(super) async fn verify_p256(
        key: &JsValue,
        signature: Uint8Array,
        data: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = verifyEd25519, catch)]
    pub(super) async fn verify_ed25519(
        point: Uint8Array,
        signature: Uint8Array,
        data: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = signEd25519, catch)]
    pub(super) async fn sign_ed25519(
        pkcs8: Uint8Array,
        data: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = verifyRs256, catch)]
    pub(super) async fn verify_rs256(
        n: &str,
        signature: Uint8Array,
        data: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = cacheMatch, catch)]
    pub(super) async fn cache_match(url: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = cachePut, catch)]
    pub(super) async fn cache_put(
        url: &str,
        fields: &str,
        body: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) async fn enqueue(queue: &JsValue, json: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = enqueueAll, catch)]
    pub(super) async fn enqueue_all(queue: &JsValue, json: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = gateAllows, catch)]
    pub(super) async fn gate_allows(gate: &JsValue, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = sendMail, catch)]
    pub(super) async fn send_mail(
        binding: &JsValue,
        from: &str,
        to: &str,
        subject: &str,
        text: &str,
    ) -> Result<JsValue, JsValue>;

    pub(super) fn background(promise: js_sys::Promise);
    pub(super) fn milliseconds() -> f64;
    pub(super) fn variable(env: &JsValue, name: &str) -> Option<String>;
    pub(super) fn binding(env: &JsValue, name: &str) -> JsValue;

    #[wasm_bindgen(js_name = logLine)]
    pub(super) fn log_line(level: &str, line: &str);
}

/// The parts of an `exchange` reply.
pub(super) fn reply_parts(reply: JsValue) -> Option<(u16, Vec<u8>)> {
    let parts: Array = reply.dyn_into().ok()?;
    let status = parts.get(0).as_f64()?;
    let body: Uint8Array = parts.get(1).dyn_into().ok()?;
    // A status is 100 to 599 by the Fetch standard.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some((status as u16, body.to_vec()))
}

/// A future of JavaScript's, for a router that asks for `Send`: an isolate has
/// one thread, and the wrapper panics rather than let another one in.
pub(crate) fn here<F: Future>(future: F) -> SendWrapper<F> {
    SendWrapper::new(future)
}
