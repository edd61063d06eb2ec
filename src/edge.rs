//! The edge of the router: every request comes in and every response goes out
//! here. What holds for all of them is done here once: a request id, the
//! security headers, https, the form of errors, the log line of a failure.

use std::{fmt::Write as _, sync::OnceLock};

use axum::{Router, response::Response};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use tower_service::Service as _;

use crate::{
    app::App,
    config::Environment,
    id::{RowId, hex},
    platform::{
        Bindings, clock, http as wire, log, random,
        telemetry::{self, Failure, Route, Served},
    },
    problem::{Carried, Kind, Problem},
    routes,
};

/// The one request id of a request, in every reply and in the log.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

static ROUTER: OnceLock<Router> = OnceLock::new();

/// Serves one request.
pub(crate) async fn serve(
    request: &web_sys::Request,
    env: impl FnOnce() -> Bindings,
) -> Result<web_sys::Response, wasm_bindgen::JsValue> {
    let request_id = RequestId(request_id());
    let began = clock::unix_milliseconds();
    let app = App::of_isolate(env);
    let mut response = match wire::read(request).await {
        Ok(request) => dispatch(request, app.as_ref(), &request_id).await,
        Err(problem) => problem.respond(&request_id.0),
    };
    if let (Ok(app), true) = (&app, may_be_page(request, &mut response))
        && let Some(page) = app.assets.find(request).await
    {
        let status = page.status();
        served(
            request,
            &mut response,
            status,
            &request_id,
            began,
            Some(app),
        );
        return Ok(page);
    }
    let production = app.as_ref().map_or(true, |app| {
        app.config.environment == Environment::Production
    });
    finish(&mut response, &request_id, production);
    if let Ok(app) = &app {
        count_work(&mut response, app);
    }
    let status = response.status().as_u16();
    served(
        request,
        &mut response,
        status,
        &request_id,
        began,
        app.as_ref().ok(),
    );
    wire::write(response).await
}

async fn dispatch(
    mut request: Request<axum::body::Body>,
    app: Result<&App, &Problem>,
    request_id: &RequestId,
) -> Response {
    match app {
        Ok(app) => {
            if app.config.environment == Environment::Production
                && request.uri().scheme_str() == Some("http")
            {
                return to_https(&request, app, request_id);
            }
            request.extensions_mut().insert(app.clone());
        }
        // Fail closed: nothing but the health check is served.
        Err(problem) if request.uri().path() != routes::HEALTH => {
            return problem.respond(&request_id.0);
        }
        Err(_) => {}
    }
    let method = telemetry::Method::from(request.method());
    let mut router = ROUTER.get_or_init(routes::router).clone();
    let Ok(mut response) = router.call(request).await;
    let route = response.extensions().get::<Route>().copied();
    if let Some(Carried(problem)) = response.extensions_mut().remove::<Carried>() {
        if problem.kind().status().is_server_error() {
            log::error(problem.kind().slug(), Some(&request_id.0), problem.cause());
            let failure = Failure {
                problem: &problem,
                request_id: &request_id.0,
                method,
                route,
            };
            failure.tell();
        }
        let allow = response.headers_mut().remove(header::ALLOW);
        let no_route = response.extensions_mut().remove::<routes::NoRoute>();
        response = problem.respond(&request_id.0);
        let marks = response.extensions_mut();
        marks.insert(problem.kind());
        if let Some(route) = route {
            marks.insert(route);
        }
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        if let Some(no_route) = no_route {
            response.extensions_mut().insert(no_route);
        }
    }
    response
}

/// Tells whoever watches of a request that has its response.
fn served(
    request: &web_sys::Request,
    response: &mut Response,
    status: u16,
    request_id: &RequestId,
    began: u64,
    app: Option<&App>,
) {
    let method = Method::from_bytes(request.method().as_bytes());
    let marks = response.extensions_mut();
    let served = Served {
        request_id: &request_id.0,
        method: method
            .as_ref()
            .map_or(telemetry::Method::Other, telemetry::Method::from),
        route: marks.remove::<Route>(),
        status,
        began,
        problem: marks.remove::<Kind>(),
        batches: app.map_or(0, |app| app.db.batches()),
        trips: app.map_or(0, |app| app.db.trips()),
        password_hashes: app.map_or(0, |app| app.hasher.runs()),
    };
    served.tell();
}

/// Whether no route answered, and a page of the client may.
fn may_be_page(request: &web_sys::Request, response: &mut Response) -> bool {
    let no_route = response.extensions_mut().remove::<routes::NoRoute>();
    no_route.is_some() && matches!(request.method().as_str(), "GET" | "HEAD")
}

/// A page is sent on to https; anything else that came in plain is refused: by
/// then its token has been on the wire.
fn to_https(request: &Request<axum::body::Body>, app: &App, request_id: &RequestId) -> Response {
    let safe = request.method() == Method::GET || request.method() == Method::HEAD;
    let bare = !request.headers().contains_key(header::AUTHORIZATION)
        && !request.headers().contains_key(header::COOKIE);
    let path = request.uri().path();
    let location = HeaderValue::try_from(format!("{}{path}", app.config.origin));
    match location {
        Ok(location) if safe && bare => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        _ => Problem::new(Kind::Forbidden, "This service answers over https only.")
            .respond(&request_id.0),
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every response carries. A handler's own value stays.
fn finish(response: &mut Response, request_id: &RequestId, production: bool) {
    const FIXED: [(HeaderName, &str); 6] = [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "interest-cohort=()",
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if production {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains; preload"),
        );
    }
    if let Ok(value) = HeaderValue::try_from(request_id.0.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
}

/// What a reply took, for whoever measures: a warm read costs one batch, and a
/// password the same runs of Argon2id whether or not its email is known.
fn count_work(response: &mut Response, app: &App) {
    let (batches, trips) = (app.db.batches(), app.db.trips());
    let mut timing = format!("db;desc=\"{batches} batches\", trips;desc=\"{trips} round trips\"");
    if app.hasher.runs() > 0 {
        let _ = write!(timing, ", argon2id;desc=\"{} runs\"", app.hasher.runs());
    }
    if let Ok(value) = HeaderValue::try_from(timing) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("server-timing"), value);
    }
}

fn request_id() -> String {
    match RowId::new() {
        Ok(id) => format!("req_{}", id.hex()),
        // Without randomness everything else fails; say at least when.
        Err(_) => format!("req_{}", hex(&random::bytes::<16>().unwrap_or_default())),
    }
}
