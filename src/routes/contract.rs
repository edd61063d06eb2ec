//! The contract: what the handlers' annotations say, as a document and as a page.
//!
//! Both are made from the handlers by a native test and stand beside this file;
//! the bundle holds the two files and none of the code that makes them, which
//! would weigh a tenth of it. The same test fails where they are not current:
//!
//! ```sh
//! BALANCE_WRITE_CONTRACT=1 cargo test -p balance contract
//! ```

#[cfg(test)]
mod document;
#[cfg(test)]
mod page;

use axum::{
    Router,
    body::Bytes,
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, header};
use sha2::{Digest as _, Sha256};

use crate::platform::telemetry::Route;

const DOCUMENT: &str = include_str!("contract/openapi.json");
const PAGE: &str = include_str!("contract/page.html");
const STYLE: &str = include_str!("contract/page.css");

/// Routes, and in a test what is said of them.
pub(super) struct Routes {
    router: Router,
    #[cfg(test)]
    documented: utoipa_axum::router::OpenApiRouter,
}

/// Handlers of one path, ready to be routed.
pub(super) struct Handlers {
    pub(super) path: String,
    pub(super) methods: MethodRouter,
    #[cfg(test)]
    pub(super) documented: utoipa_axum::router::UtoipaMethodRouter,
}

/// Which route answered is marked on the response, for whoever watches.
fn named(path: &str, methods: MethodRouter) -> MethodRouter {
    let route = Route::registered(path);
    let mark = move |mut response: Response| {
        response.extensions_mut().insert(route);
        std::future::ready(response)
    };
    methods.route_layer(axum::middleware::map_response(mark))
}

/// `routes!(list, create)`: handlers of one path, by their `#[utoipa::path]`.
macro_rules! routes {
    ($first:ident $(, $more:ident)*) => {{
        use utoipa_axum::PathItemExt as _;
        let path = utoipa_axum::routes!(@path [path()] of $first);
        let methods = axum::routing::MethodRouter::new();
        let methods = $crate::routes::contract::on!(methods, $first);
        $(let methods = $crate::routes::contract::on!(methods, $more);)*
        $crate::routes::contract::Handlers {
            path,
            methods,
            #[cfg(test)]
            documented: utoipa_axum::routes!($first $(, $more)*),
        }
    }};
}

/// Adds a handler under each of its methods.
macro_rules! on {
    ($methods:ident, $handler:ident) => {
        utoipa_axum::routes!(@path [methods()] of $handler)
            .iter()
            .fold($methods, |methods, method| methods.on(method.to_method_filter(), $handler))
    };
}

pub(super) use {on, routes};

impl Routes {
    pub(super) fn new() -> Self {
        Self {
            router: Router::new(),
            #[cfg(test)]
            documented: utoipa_axum::router::OpenApiRouter::new(),
        }
    }

    /// Adds the handlers of one path.
    pub(super) fn routes(self, handlers: Handlers) -> Self {
        Self {
            router: self
                .router
                .route(&handlers.path, named(&handlers.path, handlers.methods)),
            #[cfg(test)]
            documented: self.documented.routes(handlers.documented),
        }
    }

    /// Adds the routes of another resource.
    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            router: self.router.merge(other.router),
            #[cfg(test)]
            documented: self.documented.merge(other.documented),
        }
    }

    pub(super) fn into_router(self) -> Router {
        self.router
    }
}

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(openapi)).routes(routes!(docs))
}

/// The contract
///
/// This document. No batch.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Service",
    security(()),
    responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value))
)]
async fn openapi() -> Response {
    let kind = HeaderValue::from_static("application/json");
    (
        [(header::CONTENT_TYPE, kind)],
        Bytes::from_static(DOCUMENT.as_bytes()),
    )
        .into_response()
}

/// The documentation
///
/// The contract as a page for people. No batch.
#[utoipa::path(
    get,
    path = "/docs",
    tag = "Service",
    security(()),
    responses((status = 200, description = "A page.", content_type = "text/html", body = String))
)]
async fn docs() -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = (
        [(header::CONTENT_TYPE, kind)],
        Bytes::from_static(PAGE.as_bytes()),
    )
        .into_response();
    // The one style sheet stands in the page, named by its hash.
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{DOCUMENT, PAGE, document, page};

    /// The two files, as the handlers would have them now.
    fn current() -> (String, String) {
        let routes = crate::routes::resources().documented;
        let mut contract = utoipa_axum::router::OpenApiRouter::with_openapi(document::base())
            .merge(routes)
            .into_openapi();
        document::complete(&mut contract);
        (
            serde_json::to_string(&contract).unwrap(),
            page::render(&contract),
        )
    }

    #[test]
    fn the_contract_and_its_page_say_what_the_handlers_say() {
        let (contract, page) = current();
        if std::env::var_os("BALANCE_WRITE_CONTRACT").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/routes/contract");
            std::fs::write(format!("{folder}/openapi.json"), contract).unwrap();
            std::fs::write(format!("{folder}/page.html"), page).unwrap();
            return;
        }
        let stale = "BALANCE_WRITE_CONTRACT=1 cargo test -p balance contract";
        assert!(contract == DOCUMENT, "openapi.json is not current: {stale}");
        assert!(page == PAGE, "page.html is not current: {stale}");
    }

    fn contract() -> Value {
        serde_json::from_str(&current().0).unwrap()
    }

    fn operations(document: &Value) -> Vec<(String, Value)> {
        let paths = document["paths"].as_object().unwrap();
        let of_path = |(path, item): (&String, &Value)| {
            let methods = item.as_object().unwrap().iter();
            let named =
                methods.map(|(method, operation)| (format!("{method} {path}"), operation.clone()));
            named.collect::<Vec<_>>()
        };
        paths.iter().flat_map(of_path).collect()
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_a_summary_and_a_tag() {
        let mut names = BTreeSet::new();
        for (route, operation) in operations(&contract()) {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(
                names.insert(name.clone()),
                "{route}: another is named {name}"
            );
            for member in ["summary", "description"] {
                assert!(operation[member].is_string(), "{route}: no {member}");
            }
            assert_eq!(
                operation["tags"].as_array().map(Vec::len),
                Some(1),
                "{route}"
            );
        }
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        fn references(value: &Value, found: &mut BTreeSet<String>) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        found.insert(reference.clone());
                    }
                    members
                        .values()
                        .for_each(|member| references(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let document = contract();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.contains("#/components/schemas/Problem"));
        for reference in found {
            let pointer = reference.trim_start_matches('#');
            assert!(
                document.pointer(pointer).is_some(),
                "{reference} leads nowhere"
            );
        }
    }

    #[test]
    fn every_refusal_is_a_problem() {
        for (route, operation) in operations(&contract()) {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let is_health = route == "get /healthz" && status == "503";
                if status.as_str() >= "400" && !is_health {
                    let content = response["content"].as_object().unwrap();
                    let kinds: Vec<&String> = content.keys().collect();
                    assert_eq!(kinds, ["application/problem+json"], "{route} {status}");
                }
            }
        }
    }
}
