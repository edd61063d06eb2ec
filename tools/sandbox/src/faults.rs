//! Bodies that misbehave on the wire: late, in pieces, or broken off after good headers.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;

/// hyper sends what it has when the body makes it wait, so a pause puts the bytes on the wire.
const FLUSH: Duration = Duration::from_millis(5);

/// What a body does next.
pub(crate) enum Step {
    Send(Bytes),
    Wait(Duration),
    /// The connection ends here, whatever `Content-Length` promised.
    BreakOff,
}

#[derive(Debug, thiserror::Error)]
#[error("broken off on purpose")]
struct BrokenOff;

/// A body that goes through `steps`.
pub(crate) fn body<I>(steps: I) -> Body
where
    I: IntoIterator<Item = Step>,
    I::IntoIter: Send + 'static,
{
    Body::from_stream(stream::unfold(steps.into_iter(), |mut steps| async {
        loop {
            match steps.next()? {
                Step::Send(bytes) => return Some((Ok(bytes), steps)),
                Step::Wait(pause) => tokio::time::sleep(pause).await,
                Step::BreakOff => {
                    tokio::time::sleep(FLUSH).await;
                    return Some((Err(BrokenOff), steps));
                }
            }
        }
    }))
}

/// The first half of `whole`, then the end of the connection.
pub(crate) fn half(whole: &Bytes) -> Body {
    let first = whole.slice(..whole.len() / 2);
    body([Step::Send(first), Step::BreakOff])
}
