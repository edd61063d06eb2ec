//! The Worker.
use wasm_bindgen::prelude::*;
#[wasm_bindgen(module = "/src/platform/glue.js")]
extern "C" {
    fn head(request: &web_sys::Request) -> String;
}
#[worker::event(fetch)]
async fn fetch(request: web_sys::Request, _env: worker::Env, _ctx: worker::Context) -> worker::Result<web_sys::Response> {
    let h = head(&request);
    Ok(web_sys::Response::new_with_opt_str(Some(&h)).map_err(worker::Error::from)?)
}
