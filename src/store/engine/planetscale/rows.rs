//! A reply's cells, decoded straight into structs whose fields stand in the order
//! of the columns asked for.

use ::planetscale::{Cell, Reply, Row};
use serde::{
    Deserialize, Deserializer,
    de::{
        self, SeqAccess, Visitor,
        value::{BorrowedStrDeserializer, Error},
    },
    forward_to_deserialize_any,
};

/// Which rows and columns of a reply one read's are.
#[derive(Clone, Copy)]
pub(in crate::store::engine) struct Part {
    /// What the first column says, where several reads share a reply.
    pub(super) tag: Option<i64>,
    /// The first of its columns.
    pub(super) from: usize,
    /// How many there are.
    pub(super) width: usize,
}

/// The rows of one part. None where they have another shape.
pub(in crate::store::engine) fn decode<'a, T: Deserialize<'a>>(
    reply: &'a Reply,
    part: Part,
) -> Option<Vec<T>> {
    let mut found = Vec::new();
    for row in reply.rows() {
        if let Some(tag) = part.tag
            && row.i64(0).ok()? != Some(tag)
        {
            continue;
        }
        let cells = Cells {
            row,
            next: part.from,
            end: part.from + part.width,
        };
        found.push(T::deserialize(cells).ok()?);
    }
    Some(found)
}

/// A row's cells as a sequence.
struct Cells<'r> {
    row: Row<'r>,
    next: usize,
    end: usize,
}

impl<'de> SeqAccess<'de> for Cells<'de> {
    type Error = Error;

    fn next_element_seed<S: de::DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        if self.next == self.end {
            return Ok(None);
        }
        let cell = self.row.cell(self.next).map_err(de::Error::custom)?;
        self.next += 1;
        seed.deserialize(Value(cell)).map(Some)
    }
}

impl<'de> Deserializer<'de> for Cells<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// One cell.
struct Value<'r>(Cell<'r>);

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Cell::Null => visitor.visit_unit(),
            Cell::I64(number) => visitor.visit_i64(number),
            Cell::U64(number) => visitor.visit_u64(number),
            Cell::F64(number) => visitor.visit_f64(number),
            Cell::Decimal(text) | Cell::Time(text) | Cell::Json(text) | Cell::Text(text) => {
                visitor.visit_borrowed_str(text)
            }
            Cell::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            _ => Err(de::Error::custom("a cell of an unknown kind")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Cell::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Cell::Text(text) => {
                BorrowedStrDeserializer::new(text).deserialize_enum(name, variants, visitor)
            }
            _ => Err(de::Error::custom("not a name")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use ::planetscale::Session;

    use super::*;
    use crate::store::engine::SealedBytes;

    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "snake_case")]
    enum State {
        Active,
    }

    #[derive(Deserialize)]
    struct Record {
        id: String,
        state: State,
        holder: Option<String>,
        rev: u32,
        sealed: SealedBytes,
    }

    fn reply(body: &str) -> Reply {
        let mut session = Session::new();
        let exchange = session.execute("SELECT 1").ok().unwrap();
        exchange.answer(200, body.as_bytes()).ok().unwrap()
    }

    #[test]
    fn cells_become_fields_in_their_order() {
        let reply = reply(
            r#"{"session":{},"result":{"fields":[{"name":"q","type":"INT64","charset":63},
            {"name":"id","type":"CHAR","charset":11},{"name":"state","type":"VARCHAR","charset":11},
            {"name":"holder","type":"CHAR","charset":11},{"name":"rev","type":"INT64","charset":63},
            {"name":"sealed","type":"BLOB","charset":63}],
            "rows":[{"lengths":["1","-1","-1","-1","-1","-1"],"values":"MA=="},
            {"lengths":["1","2","6","-1","1","3"],"values":"MWFiYWN0aXZlN///AA=="}]}}"#,
        );
        let part = Part {
            tag: Some(1),
            from: 1,
            width: 5,
        };
        let rows: Vec<Record> = decode(&reply, part).unwrap();
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!((row.id.as_str(), row.rev), ("ab", 7));
        assert_eq!((&row.state, &row.holder), (&State::Active, &None));
        assert_eq!(row.sealed.0, [0xff, 0xff, 0]);
        assert!(decode::<(u32,)>(&reply, part).is_none(), "another shape");
    }
}
