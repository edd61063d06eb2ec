//! One HTTP/1.1 exchange, as a webhook's sender makes it: a fresh connection, no redirects followed.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const REPLY_LIMIT: usize = 64 << 20;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// Not `http://host[:port]/…`.
    #[error("not an http URL: {0}")]
    NotHttp(String),
    /// Connecting, sending or receiving broke.
    #[error("{0}")]
    Broken(Box<dyn std::error::Error + Send + Sync>),
    /// Nothing within the time given.
    #[error("no answer in time")]
    Late,
}

/// Sends `body` to `url` with `headers` beside `Content-Type: application/json`.
///
/// # Errors
/// See [`Unanswered`]. A status of any kind is an answer.
pub async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
    patience: Duration,
) -> Result<Answer, Unanswered> {
    tokio::time::timeout(patience, exchange(method, url, headers, body.into()))
        .await
        .unwrap_or(Err(Unanswered::Late))
}

async fn exchange(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Result<Answer, Unanswered> {
    let not_http = || Unanswered::NotHttp(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| not_http())?;
    let authority = uri.authority().ok_or_else(not_http)?;
    if uri.scheme_str() != Some("http") {
        return Err(not_http());
    }
    let address = (
        resolvable(authority.host()),
        authority.port_u16().unwrap_or(80),
    );
    let stream = TcpStream::connect(address).await.map_err(broken)?;
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let connection = tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", authority.as_str())
        .header("content-type", "application/json")
        .body(Full::new(body))
        .map_err(broken)?;
    for (name, value) in headers {
        let name: HeaderName = name.parse().map_err(broken)?;
        let value: HeaderValue = value.parse().map_err(broken)?;
        // Whoever says another type means it in place of JSON.
        if name == CONTENT_TYPE {
            request.headers_mut().insert(name, value);
        } else {
            request.headers_mut().append(name, value);
        }
    }
    let response = sender.send_request(request).await.map_err(broken)?;
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, REPLY_LIMIT)
        .collect()
        .await
        .map_err(Unanswered::Broken)?
        .to_bytes();
    connection.abort();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body,
    })
}

/// Names under `.localhost` are this machine (RFC 6761), whether or not the resolver knows it. They
/// serve where a receiver's URL must have a dot in its host, as Plaid's schema has it.
fn resolvable(host: &str) -> &str {
    if host.ends_with(".localhost") {
        "localhost"
    } else {
        host.trim_matches(['[', ']'])
    }
}

fn broken(problem: impl std::error::Error + Send + Sync + 'static) -> Unanswered {
    Unanswered::Broken(Box::new(problem))
}
