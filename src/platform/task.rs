//! Work that goes on after the response (`waitUntil`): never what a reply
//! depends on, always what may be lost and is healed by a sweep.

use std::future::Future;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use super::glue;

/// Lets `work` go on after the response has been sent.
pub(crate) fn background(work: impl Future<Output = ()> + 'static) {
    glue::background(future_to_promise(async move {
        work.await;
        Ok(JsValue::UNDEFINED)
    }));
}
