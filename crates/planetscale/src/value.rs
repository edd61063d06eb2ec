//! The values that go into a statement.
//! Follows MySQL's literals, <https://dev.mysql.com/doc/refman/8.0/en/literals.html>.

/// A parameter, borrowed from where it is.
///
/// There is no `Debug`: a value may be private.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// `NULL`.
    Null,
    /// `true` or `false`, which MySQL keeps as 1 and 0.
    Bool(bool),
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A double; it has to be finite, and arrives bit for bit.
    F64(f64),
    /// Text, as UTF-8.
    Text(&'a str),
    /// Bytes, as `x'…'`.
    Bytes(&'a [u8]),
    /// What `IN ?` takes: written with its parentheses, and never empty, since SQL has
    /// no empty list. Lists inside of it are rows: `(a, b) IN ?`.
    List(&'a [Value<'a>]),
}

macro_rules! from {
    ($($of:ty => |$value:ident| $into:expr),+ $(,)?) => {$(
        impl<'a> From<$of> for Value<'a> {
            fn from($value: $of) -> Self {
                $into
            }
        }
    )+};
}

from! {
    bool => |value| Self::Bool(value),
    i32 => |value| Self::I64(value.into()),
    i64 => |value| Self::I64(value),
    u32 => |value| Self::U64(value.into()),
    u64 => |value| Self::U64(value),
    f64 => |value| Self::F64(value),
    &'a str => |value| Self::Text(value),
    &'a String => |value| Self::Text(value),
    &'a [u8] => |value| Self::Bytes(value),
    &'a Vec<u8> => |value| Self::Bytes(value),
    &'a [Value<'a>] => |value| Self::List(value),
}

impl<'a, const N: usize> From<&'a [Value<'a>; N]> for Value<'a> {
    fn from(value: &'a [Value<'a>; N]) -> Self {
        Self::List(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
