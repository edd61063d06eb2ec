//! A call as it goes over the wire.

use std::collections::BTreeMap;

use serde::Deserialize;
use stripe::{Request, SecretKey};

pub(crate) const KEY: &str = "sk_test_123";

/// What says that any idempotency key will do: the client makes up its own.
pub(crate) const ANY: &str = "<any>";

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What we send, but for the idempotency key.
pub(crate) fn sent<R: Request>(request: &R) -> Sent {
    let key = SecretKey::new(KEY.to_owned()).expect("a key");
    let headers = key.headers(request).into_iter().map(|(name, value)| {
        let any = name == "idempotency-key";
        (name.to_owned(), if any { ANY.to_owned() } else { value })
    });
    Sent {
        method: R::METHOD.as_str().to_owned(),
        path: request.target(),
        headers: headers.collect(),
        body: request.form(),
    }
}
