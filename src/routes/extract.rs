//! Extractors: bytes from outside become typed values here, or a problem that
//! names the field and quotes nothing.

use std::{borrow::Cow, fmt, marker::PhantomData};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header, request::Parts};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeOwned},
};
use serde_json::error::Category;

use crate::problem::{FieldError, Kind, Problem, Result};

/// A JSON body. In, strictly: `application/json`, UTF-8, no unknown members (the
/// types say `deny_unknown_fields`).
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        require_json(request.headers())?;
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::bad_request("The body ended early."))?;
        parse(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(json) => (
                [(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
                )],
                json,
            )
                .into_response(),
            Err(_) => Problem::internal("a reply did not serialize").into_response(),
        }
    }
}

/// Refuses a body that does not say it is JSON.
pub(super) fn require_json(headers: &HeaderMap) -> Result<()> {
    if is_json(headers.get(header::CONTENT_TYPE)) {
        return Ok(());
    }
    Err(Problem::new(
        Kind::UnsupportedType,
        "Send the body as application/json.",
    ))
}

fn is_json(value: Option<&HeaderValue>) -> bool {
    let Some(text) = value.and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let charset = parameters.trim();
    essence.trim().eq_ignore_ascii_case("application/json")
        && (charset.is_empty() || charset.eq_ignore_ascii_case("charset=utf-8"))
}

/// Parses a JSON body; the problem names the field.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Problem::bad_request("The body is not valid UTF-8."))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let Object(value) = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        refusal(error.inner(), &path)
    })?;
    json.end()
        .map_err(|_| Problem::bad_request("The body goes on after its JSON value."))?;
    Ok(value)
}

/// A JSON object. serde alone would take an array of the members' values for one.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(
                self,
                members: A,
            ) -> std::result::Result<T, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(members))
            }
        }

        deserializer.deserialize_map(Visitor(PhantomData)).map(Self)
    }
}

fn refusal(error: &serde_json::Error, path: &str) -> Problem {
    if error.classify() != Category::Data {
        return Problem::bad_request("The body is not valid JSON.");
    }
    let message = error.to_string();
    let quoted = |intro: &str| {
        message
            .strip_prefix(intro)
            .and_then(|rest| rest.split('`').next())
            .map(str::to_owned)
    };
    let within = |name: String| {
        if path == "." {
            name
        } else {
            format!("{path}.{name}")
        }
    };
    let (field, code, text) = if let Some(name) = quoted("missing field `") {
        (within(name), "missing", "This field is required.")
    } else if let Some(name) = quoted("unknown field `") {
        // The path ends in the unknown name already, where serde knows it.
        let field = if path.ends_with(&name) {
            path.to_owned()
        } else {
            within(name)
        };
        (field, "unknown", "There is no such field.")
    } else if let Some(name) = quoted("duplicate field `") {
        (within(name), "duplicate", "This field stands there twice.")
    } else {
        (
            path.to_owned(),
            "type",
            "This value is not of the right type or form.",
        )
    };
    Problem::invalid(vec![FieldError {
        field: presentable(field),
        code,
        message: text.into(),
    }])
}

/// A field's name as a reply may repeat it: bounded, and of harmless characters.
fn presentable(name: String) -> Cow<'static, str> {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']');
    if name.len() <= 64 && name != "." && !name.is_empty() && name.chars().all(harmless) {
        Cow::Owned(name)
    } else {
        Cow::Borrowed("body")
    }
}

/// A query string, strictly.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(pairs)
            .map(Self)
            .map_err(|error| {
                let path = error.path().to_string();
                let message = error.inner().to_string();
                let unknown = message
                    .strip_prefix("unknown field `")
                    .and_then(|rest| rest.split('`').next());
                let (field, code, text) = match unknown {
                    Some(name) => (name.to_owned(), "unknown", "There is no such parameter."),
                    None => (path, "type", "This value is not of the right type or form."),
                };
                let field = match presentable(field) {
                    Cow::Borrowed(_) => Cow::Borrowed("query"),
                    named @ Cow::Owned(_) => named,
                };
                Problem::invalid(vec![FieldError {
                    field,
                    code,
                    message: text.into(),
                }])
            })
    }
}

/// The one parameter of a path, as an id. What is no id names nothing.
pub(crate) struct PathId<T>(pub(crate) T);

/// What a path's parameter can be parsed as.
pub(crate) trait FromPath: Sized {
    fn from_path(text: &str) -> Option<Self>;
}

macro_rules! from_path {
    ($($id:ty),*) => {$(
        impl FromPath for $id {
            fn from_path(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )*};
}

from_path!(
    crate::id::SessionId,
    crate::id::ApiTokenId,
    crate::id::PasskeyId,
    crate::id::ErasureId,
    crate::id::ItemId,
    crate::id::AccountId,
    crate::id::TransactionId,
    crate::id::ConsentId
);

impl<S: Send + Sync, T: FromPath> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let axum::extract::Path(text) =
            axum::extract::Path::<String>::from_request_parts(parts, state)
                .await
                .map_err(|_| Problem::not_found())?;
        T::from_path(&text).map(Self).ok_or_else(Problem::not_found)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[allow(dead_code)]
        email: String,
    }

    fn refused(body: &str) -> String {
        format!("{:?}", parse::<Body>(body.as_bytes()).unwrap_err())
    }

    #[test]
    fn a_missing_and_an_unknown_member_are_named() {
        assert!(refused("{}").contains("\"email\""));
        assert!(refused(r#"{"email":"a","oops":1}"#).contains("\"oops\""));
    }

    #[test]
    fn a_wrong_type_is_named_and_its_value_is_not_quoted() {
        let refusal = refused(r#"{"email":{"secret":"hunter2"}}"#);
        assert!(refusal.contains("email") && !refusal.contains("hunter2"));
    }

    #[test]
    fn a_hostile_member_name_is_not_repeated() {
        let refusal = refused(r#"{"email":"a","<script>":1}"#);
        assert!(!refusal.contains("script"));
    }

    #[test]
    fn an_array_of_the_values_is_no_object() {
        assert!(parse::<Body>(br#"["a"]"#).is_err());
        assert!(parse::<Body>(b"null").is_err());
    }

    #[test]
    fn what_follows_the_value_is_refused() {
        assert!(parse::<Body>(br#"{"email":"a"} {}"#).is_err());
        assert!(parse::<Body>(b"\xff").is_err());
    }
}
