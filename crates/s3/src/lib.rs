//! An S3-compatible object store as values: what a backup needs (put, get, head, list), and no
//! call that could delete, overwrite a policy or make a link for others.
//!
//! Follows Amazon S3's API Reference (2006-03-01) and AWS Signature Version 4, in the
//! `Authorization` header, over the whole body's SHA-256.
//!
//! A [`Request`] is what is asked, a [`Bucket`] is where; signing makes it a method, a URL and
//! headers, which the caller carries, with the time that the caller's clock says.
//!
//! ```
//! use s3::{Bucket, Credentials, Digest, Error, Key, Request, Style, UnixSeconds};
//!
//! let bucket = Bucket::new("https://fsn1.example.com", "fsn1", "backups", Style::Path).expect("a bucket");
//! let credentials = Credentials::new("AKIAEXAMPLE".to_owned(), "secret".to_owned()).expect("a key");
//! let key = Key::new("segments/00000012/000003.age").expect("a key");
//! let body = b"age-encryption.org/v1";
//! let digest = Digest::of(body);
//!
//! let request = Request::put_object(&key, "application/octet-stream", &digest).if_absent();
//! let signed = bucket.sign(&request, &credentials, UnixSeconds(1_700_000_000));
//! assert_eq!(signed.method, "PUT");
//! assert_eq!(signed.url, "https://fsn1.example.com/backups/segments/00000012/000003.age");
//!
//! // What came back for it:
//! let refused = s3::put_object_reply(507, b"<Error><Code>XMinioStorageFull</Code></Error>");
//! assert_eq!(refused.map_err(|error| error.kind), Err(s3::Kind::Full));
//! ```
//!
//! Invariant: nothing of a body is ever in an error, except the code that S3 gives it, made safe;
//! and the secret is written nowhere: what is signed shows only that it is known.

mod bucket;
mod credentials;
mod digest;
mod error;
mod key;
mod list;
mod reply;
mod request;
mod sign;
mod xml;

pub use bucket::{Bucket, NotABucket, Style};
pub use credentials::Credentials;
pub use digest::Digest;
pub use error::{Code, Error, Kind};
pub use key::{Key, MAX_KEY_BYTES};
pub use list::{Listed, MAX_LIST_BYTES, MAX_LISTED, Page, Token};
pub use reply::{Head, get_object_reply, head_object_reply, list_objects_reply, put_object_reply};
pub use request::Request;
pub use sign::{Signed, UnixSeconds};
