//! What came back for a request.
//! Follows the responses of the four calls in S3's API Reference.
//! Invariant: a reply is read as the API promises it, or it is an [`Error`].

use crate::error::Error;
use crate::list::{Page, number};

/// An object, from its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its length in bytes.
    pub bytes: u64,
}

/// Whether a body was stored.
///
/// # Errors
/// See [`Error`]; [`Kind::Exists`](crate::Kind::Exists) only for a put that is
/// [`Request::if_absent`](crate::Request::if_absent).
pub fn put_object_reply(status: u16, body: &[u8]) -> Result<(), Error> {
    succeeded(status, body)
}

/// The body of an object, which is the reply's.
///
/// # Errors
/// See [`Error`].
pub fn get_object_reply<B: AsRef<[u8]>>(status: u16, body: B) -> Result<B, Error> {
    succeeded(status, body.as_ref()).map(|()| body)
}

/// What the headers say of an object. The names of headers are taken in any case.
///
/// # Errors
/// See [`Error`]. A refusal has no body and so no code.
pub fn head_object_reply(status: u16, headers: &[(&str, &str)]) -> Result<Head, Error> {
    succeeded(status, b"")?;
    let mut lengths = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (Some((_, length)), None) = (lengths.next(), lengths.next()) else {
        return Err(Error::unreadable(status));
    };
    let bytes = number(length).ok_or(Error::unreadable(status))?;
    Ok(Head { bytes })
}

/// A page of a list.
///
/// # Errors
/// See [`Error`].
pub fn list_objects_reply(status: u16, body: &[u8]) -> Result<Page, Error> {
    succeeded(status, body)?;
    Page::parse(body).ok_or(Error::unreadable(status))
}

fn succeeded(status: u16, body: &[u8]) -> Result<(), Error> {
    match status {
        200 => Ok(()),
        _ => Err(Error::read(status, body)),
    }
}
