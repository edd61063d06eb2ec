//! Which members a request may have, must have, and of what kind. Plaid checks in this order and
//! names the members by their path, so this does: unknown, missing, invalid.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::errors::PlaidError;

/// What a member's value must be.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A string that is not empty.
    Text,
    /// A string that may be empty.
    AnyText,
    /// A whole number within bounds.
    Whole(i64, i64),
    Number,
    Flag,
    Day,
    /// An http or https URL.
    Url,
    OneOf(&'static [&'static str]),
    /// At least so many of one shape.
    List(&'static Shape, usize),
    Object(&'static [Member]),
    OrNull(&'static Shape),
    /// Part of Plaid's schema that no test here goes into.
    Anything,
}

/// One member of an object.
#[derive(Clone, Copy)]
pub(super) struct Member {
    name: &'static str,
    needed: bool,
    shape: Shape,
}

pub(super) const fn need(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        needed: true,
        shape,
    }
}

pub(super) const fn may(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        needed: false,
        shape,
    }
}

/// Members that any request may carry.
const CREDENTIALS: [Member; 2] = [
    may("client_id", Shape::AnyText),
    may("secret", Shape::AnyText),
];

/// Holds a request against its members.
pub(super) fn check(body: &Map<String, Value>, members: &[Member]) -> Result<(), PlaidError> {
    let mut found = Found::default();
    let members: Vec<Member> = CREDENTIALS.iter().chain(members).copied().collect();
    object(body, &members, "", &mut found);
    if !found.unknown.is_empty() {
        let names = found.unknown.join(", ");
        return Err(PlaidError::saying(
            "UNKNOWN_FIELDS",
            format!("the following fields are not recognized by this endpoint: {names}"),
        ));
    }
    if !found.missing.is_empty() {
        let names = found.missing.join(", ");
        return Err(PlaidError::saying(
            "MISSING_FIELDS",
            format!("the following required fields are missing: {names}"),
        ));
    }
    match found.invalid.into_iter().next() {
        Some(message) => Err(PlaidError::field(message)),
        None => Ok(()),
    }
}

#[derive(Default)]
struct Found {
    unknown: Vec<String>,
    missing: Vec<String>,
    invalid: Vec<String>,
}

fn object(body: &Map<String, Value>, members: &[Member], path: &str, found: &mut Found) {
    let at = |name: &str| format!("{path}{name}");
    for (name, value) in body {
        match members.iter().find(|member| member.name == name) {
            Some(member) => one(value, &member.shape, &at(name), found),
            None => found.unknown.push(at(name)),
        }
    }
    for member in members {
        if member.needed && !body.contains_key(member.name) {
            found.missing.push(at(member.name));
        }
    }
}

fn one(value: &Value, shape: &Shape, path: &str, found: &mut Found) {
    let expected = match (shape, value) {
        (Shape::OrNull(shape), value) if !value.is_null() => return one(value, shape, path, found),
        (Shape::Object(members), Value::Object(body)) => {
            return object(body, members, &format!("{path}."), found);
        }
        (Shape::List(shape, least), Value::Array(values)) if values.len() >= *least => {
            for (index, value) in values.iter().enumerate() {
                one(value, shape, &format!("{path}[{index}]"), found);
            }
            return;
        }
        (Shape::Text, Value::String(text)) if !text.is_empty() => return,
        (Shape::Anything, _)
        | (Shape::OrNull(_), Value::Null)
        | (Shape::AnyText, Value::String(_))
        | (Shape::Number, Value::Number(_))
        | (Shape::Flag, Value::Bool(_)) => return,
        (Shape::Whole(least, most), Value::Number(number))
            if number
                .as_i64()
                .is_some_and(|number| (*least..=*most).contains(&number)) =>
        {
            return;
        }
        (Shape::Day, Value::String(text)) if text.parse::<Date>().is_ok() => return,
        (Shape::Url, Value::String(text)) if is_url(text) => return,
        (Shape::OneOf(names), Value::String(text)) if names.contains(&text.as_str()) => return,
        (Shape::Text | Shape::AnyText | Shape::OrNull(_), _) => {
            "a properly formatted, non-empty string".to_owned()
        }
        (Shape::Whole(least, most), _) => format!("an integer between {least} and {most}"),
        (Shape::Number, _) => "a number".to_owned(),
        (Shape::Flag, _) => "a boolean".to_owned(),
        (Shape::Day, _) => "a date of the form YYYY-MM-DD".to_owned(),
        (Shape::Url, _) => "a valid URL".to_owned(),
        (Shape::OneOf(names), _) => format!("one of {}", names.join(", ")),
        (Shape::List(..), _) => "a non-empty array".to_owned(),
        (Shape::Object(_), _) => "an object".to_owned(),
    };
    found.invalid.push(format!("{path} must be {expected}"));
}

fn is_url(text: &str) -> bool {
    text.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MEMBERS: [Member; 4] = [
        need("access_token", Shape::Text),
        may("cursor", Shape::AnyText),
        may("count", Shape::Whole(1, 500)),
        may("options", Shape::Object(&[may("account_id", Shape::Text)])),
    ];

    fn refused(body: &Value) -> (String, String) {
        let error = check(body.as_object().unwrap(), &MEMBERS).unwrap_err();
        (error.code.into_owned(), error.message.into_owned())
    }

    #[test]
    fn an_unknown_member_is_named_by_its_path_before_anything_else() {
        let (code, message) = refused(&json!({ "options": { "count": 5 }, "count": 900 }));
        assert_eq!(code, "UNKNOWN_FIELDS");
        assert_eq!(
            message,
            "the following fields are not recognized by this endpoint: options.count"
        );
    }

    #[test]
    fn a_missing_member_comes_before_an_invalid_one() {
        assert_eq!(refused(&json!({ "count": 900 })).0, "MISSING_FIELDS");
    }

    #[test]
    fn a_null_cursor_and_a_count_out_of_bounds_are_refused() {
        let (code, message) = refused(&json!({ "access_token": "a", "cursor": null }));
        assert_eq!(code, "INVALID_FIELD");
        assert!(message.starts_with("cursor must be"));
        for count in [json!(0), json!(501), json!(1.5), json!("100")] {
            let (code, _) = refused(&json!({ "access_token": "a", "count": count }));
            assert_eq!(code, "INVALID_FIELD");
        }
    }

    #[test]
    fn credentials_may_stand_in_any_body() {
        let body = json!({ "access_token": "a", "client_id": "c", "secret": "s", "cursor": "" });
        assert_eq!(check(body.as_object().unwrap(), &MEMBERS), Ok(()));
    }
}
