//! The contract, `OpenAPI` 3.1, made from the handlers' own annotations.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        HttpMethod, OpenApi as Document, RefOr, ResponseBuilder,
        content::ContentBuilder,
        path::Operation,
        schema::Ref,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    identity::COOKIE,
    problem::{Kind, ProblemBody},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Balance",
        description = "A privacy-first personal-finance API. It reads bank data through Plaid, never moves money, \
            and keeps every private value encrypted with a key that the database does not hold.\n\n\
            Errors are `application/problem+json` (RFC 9457). Lists are pages: send `next_cursor` back as `cursor`. \
            Money is in integer minor units, positive when it leaves the account. Times are RFC 3339 in UTC. \
            Every reply carries `x-request-id`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ProblemBody<'static>)),
    modifiers(&Securities),
    security(("bearer" = []), ("cookie" = [])),
)]
struct Base;

struct Securities;

impl Modify for Securities {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A session's token; or an API token (`bal_…`), where a route names the scope it takes.",
            ))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let receipt = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token that `DELETE /v1/me` gave."))
            .build();
        components.add_security_scheme("receipt", SecurityScheme::Http(receipt));
        let console = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A console's token (`opc_…`), from `POST /v1/operator/sessions`.",
            ))
            .build();
        components.add_security_scheme("console", SecurityScheme::Http(console));
        let cookie = ApiKeyValue::with_description(
            COOKIE,
            "The same token as a cookie. A request with an unsafe method needs `Origin` to be ours.",
        );
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// What the routes are added to.
pub(super) fn base() -> Document {
    Base::openapi()
}

/// Adds what every route may answer.
pub(super) fn complete(document: &mut Document) {
    // The router says that a parameter takes the rest of a path; OpenAPI has no word for it.
    let paths = std::mem::take(&mut document.paths.paths);
    let renamed = paths
        .into_iter()
        .map(|(path, item)| (path.replace("{*", "{"), item));
    document.paths.paths = renamed.collect();
    for item in document.paths.paths.values_mut() {
        for method in METHODS {
            let (operation, reads_body) = match method {
                HttpMethod::Get => (&mut item.get, false),
                HttpMethod::Post => (&mut item.post, true),
                HttpMethod::Put => (&mut item.put, true),
                HttpMethod::Patch => (&mut item.patch, true),
                _ => (&mut item.delete, true),
            };
            if let Some(operation) = operation {
                common_problems(operation, reads_body);
            }
        }
    }
}

const METHODS: [HttpMethod; 5] = [
    HttpMethod::Get,
    HttpMethod::Post,
    HttpMethod::Put,
    HttpMethod::Patch,
    HttpMethod::Delete,
];

/// The problems that the edge, the extractors and the database bring to any
/// route; a handler names its own.
fn common_problems(operation: &mut Operation, reads_body: bool) {
    let mut kinds = vec![Kind::Internal, Kind::Unavailable];
    let public = operation.security.as_ref().is_some_and(|list| {
        list.iter().all(|requirement| {
            *requirement == utoipa::openapi::security::SecurityRequirement::default()
        })
    });
    if !public {
        kinds.extend([Kind::Unauthenticated, Kind::CrossSite]);
    }
    if reads_body {
        kinds.extend([Kind::BadRequest, Kind::TooLarge]);
        if operation.request_body.is_some() {
            kinds.extend([Kind::UnsupportedType, Kind::Validation]);
        }
    }
    if operation
        .parameters
        .as_ref()
        .is_some_and(|parameters| !parameters.is_empty())
    {
        kinds.extend([Kind::BadRequest, Kind::Validation]);
    }
    for kind in kinds {
        let code = kind.status().as_str().to_owned();
        operation
            .responses
            .responses
            .entry(code)
            .or_insert_with(|| RefOr::T(problem(kind)));
    }
}

fn problem(kind: Kind) -> utoipa::openapi::Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(format!("{}.", kind.title()))
        .content("application/problem+json", content)
        .build()
}
