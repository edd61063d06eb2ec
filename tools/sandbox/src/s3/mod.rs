//! An S3-compatible object store with one bucket, whose objects are in memory. The protocol and
//! the signatures are `s3s`'s, which Balance's own crate shares no code with; what goes wrong, and
//! what is rotten, is what the control surface says.

mod calls;
mod control;
mod failure;
mod gate;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use s3s::service::{S3Service, S3ServiceBuilder};

use crate::faults;
use crate::server::Break;
use failure::{Call, Failure, Mode};

pub(crate) const REGION: &str = "fsn1";
pub(crate) const BUCKET: &str = "balance-backups";
/// The only access key, and its secret.
pub(crate) const ACCESS_KEY_ID: &str = "SANDBOXACCESSKEY";
pub(crate) const SECRET_ACCESS_KEY: &str = "sandbox+secret/access-key";

/// The longest body of a put, in bytes.
const MOST_OF_ONE: usize = 64 << 20;

/// How much the bucket holds, in bytes.
const QUOTA: usize = 512 << 20;

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

/// The whole service.
#[derive(Clone, Default)]
pub(crate) struct ObjectStore(Arc<Mutex<Inner>>);

struct Inner {
    objects: BTreeMap<String, Object>,
    /// The most objects of a page.
    page: usize,
    failures: Vec<Failure>,
    /// Method and target of each, the latest last.
    requests: VecDeque<String>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            page: 1_000,
            failures: Vec::new(),
            requests: VecDeque::new(),
        }
    }
}

/// What is kept of a put. The tag and the checksum are those of what was put, also where the body
/// is rotten since.
#[derive(Clone)]
struct Object {
    body: Bytes,
    content_type: Option<String>,
    etag: String,
    sha256: String,
    stored: SystemTime,
}

impl ObjectStore {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The store and its control surface.
pub(crate) fn router() -> Router {
    let store = ObjectStore::default();
    let mut builder = S3ServiceBuilder::new(store.clone());
    builder.set_auth(gate::Keys);
    let gate = Gate {
        store: store.clone(),
        service: builder.build(),
    };
    // No bucket has such a name.
    Router::new()
        .nest("/_control", control::router().with_state(store))
        .fallback(answer)
        .with_state(gate)
}

#[derive(Clone)]
struct Gate {
    store: ObjectStore,
    service: S3Service,
}

async fn answer(State(gate): State<Gate>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if length(&parts.headers).is_some_and(|length| length > MOST_OF_ONE) {
        return refuse(StatusCode::BAD_REQUEST, "EntityTooLarge");
    }
    // All of it, so that a failure is one after the body has come.
    let Ok(body) = to_bytes(body, MOST_OF_ONE).await else {
        return Break::Close.into_response();
    };
    let failure = gate.store.lock().failure(&parts);
    match failure {
        Some(Mode::Refused) => return refuse(StatusCode::FORBIDDEN, "AccessDenied"),
        Some(Mode::Full) => return refuse(StatusCode::FORBIDDEN, "QuotaExceeded"),
        Some(Mode::Busy) => return refuse(StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
        Some(Mode::Error) => return refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        Some(Mode::Html) => {
            return (StatusCode::BAD_GATEWAY, "<html>502 Bad Gateway</html>").into_response();
        }
        Some(Mode::Hang) => tokio::time::sleep(Duration::from_hours(1)).await,
        Some(Mode::Reset) => return Break::Reset.into_response(),
        Some(Mode::Lost | Mode::Half) | None => {}
    }
    if let Err((status, code)) = gate::check(&parts.headers) {
        return refuse(status, code);
    }
    let request = http::Request::from_parts(parts, s3s::Body::from(body));
    let response = match gate.service.call(request).await {
        Ok(response) => response.map(Body::new),
        Err(problem) => {
            eprintln!("sandbox: s3: {problem:?}");
            return Break::Close.into_response();
        }
    };
    match failure {
        Some(Mode::Lost) => Break::Close.into_response(),
        Some(Mode::Half) => half(response).await,
        _ => response,
    }
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Half of an answer, under the headers of all of it.
async fn half(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(whole) = to_bytes(body, usize::MAX).await else {
        return Break::Close.into_response();
    };
    if whole.is_empty() {
        return Break::Close.into_response();
    }
    parts.headers.insert(CONTENT_LENGTH, whole.len().into());
    Response::from_parts(parts, faults::half(&whole))
}

/// An error in S3's form.
fn refuse(status: StatusCode, code: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
         <Message>as the control surface or the gate says</Message>\
         <Resource>/{BUCKET}</Resource><RequestId>sandbox</RequestId></Error>"
    );
    (status, [(CONTENT_TYPE, "application/xml")], body).into_response()
}

impl Inner {
    /// Remembers a request; what is to go wrong with it, if anything.
    fn failure(&mut self, parts: &Parts) -> Option<Mode> {
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
        }
        self.requests
            .push_back(format!("{} {}", parts.method, parts.uri));
        failure::next(&mut self.failures, Call::of(&parts.method, &parts.uri))
    }

    fn is_room_for(&self, key: &str, body: &Bytes) -> bool {
        let others = self.objects.iter().filter(|(other, _)| *other != key);
        others.map(|(_, object)| object.body.len()).sum::<usize>() + body.len() <= QUOTA
    }
}
