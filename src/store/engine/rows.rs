//! Rows as they come back, decoded straight into structs whose fields stand in the
//! order of the columns asked for: from one JSON text for a whole read (D1), or from
//! the cells of a reply (PlanetScale).

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, de};

use super::{EngineError, planetscale};

/// The rows of one read, not yet decoded.
pub(crate) struct Rows(Held);

enum Held {
    /// An array of arrays.
    Json(String),
    /// A part of a reply.
    Cells(Arc<::planetscale::Reply>, planetscale::Part),
}

impl Rows {
    /// From a JSON array of arrays.
    pub(super) const fn from_json(text: String) -> Self {
        Self(Held::Json(text))
    }

    /// From a reply, of which some rows and columns are this read's.
    pub(super) const fn from_reply(
        reply: Arc<::planetscale::Reply>,
        part: planetscale::Part,
    ) -> Self {
        Self(Held::Cells(reply, part))
    }

    /// Every row. `T` is a struct (or tuple) with the columns' types in their order.
    pub(crate) fn all<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<T>, EngineError> {
        match &self.0 {
            Held::Json(text) => serde_json::from_str(text).ok(),
            Held::Cells(reply, part) => planetscale::decode(reply, *part),
        }
        .ok_or(EngineError::Shape)
    }

    /// The first row, if there is one.
    pub(crate) fn first<'a, T: Deserialize<'a>>(&'a self) -> Result<Option<T>, EngineError> {
        Ok(self.all()?.into_iter().next())
    }
}

/// A sealed value out of the database, decoded without a copy in between.
pub(crate) struct SealedBytes(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for SealedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = SealedBytes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a sealed value")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SealedBytes, E> {
                STANDARD
                    .decode(text)
                    .map(SealedBytes)
                    .map_err(|_| E::custom("not base64"))
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<SealedBytes, E> {
                Ok(SealedBytes(bytes.to_vec()))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}
