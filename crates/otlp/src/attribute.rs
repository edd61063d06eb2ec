//! `KeyValue` and `AnyValue` of `common.proto`.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// An attribute. The key is a literal: what can be said is fixed when it is compiled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyValue {
    key: &'static str,
    value: AnyValue,
}

impl KeyValue {
    /// One attribute.
    #[must_use]
    pub fn new(key: &'static str, value: impl Into<AnyValue>) -> Self {
        Self {
            key,
            value: value.into(),
        }
    }
}

/// An attribute's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum AnyValue {
    /// Text.
    #[serde(rename = "stringValue")]
    Text(Cow<'static, str>),
    /// Yes or no.
    #[serde(rename = "boolValue")]
    Bool(bool),
    /// A whole number.
    #[serde(rename = "intValue", serialize_with = "signed")]
    Int(i64),
}

impl From<&'static str> for AnyValue {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for AnyValue {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for AnyValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for AnyValue {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for AnyValue {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u16> for AnyValue {
    fn from(value: u16) -> Self {
        Self::Int(value.into())
    }
}

/// A 64-bit integer as a string, by protobuf's mapping.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(crate) fn signed<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A 64-bit integer as a string, by protobuf's mapping.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(crate) fn unsigned<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A double by protobuf's mapping, which has names for what JSON has no number for.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(crate) fn double<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        serializer.serialize_f64(*value)
    } else if value.is_nan() {
        serializer.serialize_str("NaN")
    } else if *value > 0.0 {
        serializer.serialize_str("Infinity")
    } else {
        serializer.serialize_str("-Infinity")
    }
}
