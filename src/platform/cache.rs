//! The edge cache of this location, keyed by a URL of our own making. What is
//! put here must be public: it is shared by everyone the location serves.

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;

use super::glue;

/// The cached body, if there is one.
pub(crate) async fn get(url: &str) -> Option<Vec<u8>> {
    let hit = glue::here(glue::cache_match(url)).await.ok()?;
    hit.dyn_into::<Uint8Array>().ok().map(|body| body.to_vec())
}

/// Keeps `body` for `seconds`. A cache that refuses is no error.
pub(crate) async fn put(url: &str, body: &[u8], seconds: u32) {
    let fields = format!("content-type\ntext/plain\ncache-control\npublic, max-age={seconds}");
    let _ = glue::here(glue::cache_put(url, &fields, Uint8Array::from(body))).await;
}
