//! One value as one literal of MySQL's.
//! Follows <https://dev.mysql.com/doc/refman/8.0/en/string-literals.html>.
//! Invariant: what is written is one token, also under `NO_BACKSLASH_ESCAPES` (which
//! is why a quote is doubled, not escaped).

use std::fmt::Write as _;

use crate::{ParameterError, Value};

/// Rows in a list, and no deeper.
const MAX_DEPTH: u8 = 2;

/// Writes `value` as a literal at the end of `sql`: for callers that put together a
/// long statement, such as an `INSERT` of many rows, without [`append`](crate::append)'s template.
///
/// ```
/// use planetscale::{Value, append_value};
///
/// let mut sql = String::from("INSERT INTO t VALUES (");
/// append_value(&mut sql, &Value::Text("it's"))?;
/// sql.push(',');
/// append_value(&mut sql, &Value::Bytes(b"\x01\xFF"))?;
/// sql.push(')');
/// assert_eq!(sql, "INSERT INTO t VALUES ('it''s',x'01ff')");
/// # Ok::<(), planetscale::ParameterError>(())
/// ```
///
/// # Errors
/// [`ParameterError::NotFinite`], [`ParameterError::EmptyList`] and
/// [`ParameterError::Nesting`]; `sql` is then as it was.
pub fn append_value(sql: &mut String, value: &Value<'_>) -> Result<(), ParameterError> {
    let before = sql.len();
    write(sql, value, 0).inspect_err(|_| sql.truncate(before))
}

pub(crate) fn write(sql: &mut String, value: &Value<'_>, depth: u8) -> Result<(), ParameterError> {
    // To write into a String cannot fail.
    let _ = match *value {
        Value::Null => sql.write_str("NULL"),
        Value::Bool(true) => sql.write_str("true"),
        Value::Bool(false) => sql.write_str("false"),
        Value::I64(number) => write!(sql, "{number}"),
        Value::U64(number) => write!(sql, "{number}"),
        // The exponent makes it a double; without one MySQL reads a decimal.
        Value::F64(number) if number.is_finite() => write!(sql, "{number:e}"),
        Value::F64(_) => return Err(ParameterError::NotFinite),
        Value::Text(text) => {
            quote(sql, text);
            Ok(())
        }
        Value::Bytes(bytes) => {
            hex(sql, bytes);
            Ok(())
        }
        Value::List(members) => return list(sql, members, depth),
    };
    Ok(())
}

fn list(sql: &mut String, members: &[Value<'_>], depth: u8) -> Result<(), ParameterError> {
    if members.is_empty() {
        return Err(ParameterError::EmptyList);
    }
    if depth == MAX_DEPTH {
        return Err(ParameterError::Nesting);
    }
    let mut separator = '(';
    for member in members {
        sql.push(separator);
        separator = ',';
        write(sql, member, depth + 1)?;
    }
    sql.push(')');
    Ok(())
}

fn quote(sql: &mut String, text: &str) {
    sql.reserve(text.len() + 2);
    sql.push('\'');
    let mut rest = text;
    while let Some((at, escaped)) = next_escape(rest) {
        let (plain, tail) = rest.split_at(at);
        sql.push_str(plain);
        sql.push_str(escaped);
        // What is escaped is ASCII, one byte.
        rest = tail.get(1..).unwrap_or_default();
    }
    sql.push_str(rest);
    sql.push('\'');
}

fn next_escape(text: &str) -> Option<(usize, &'static str)> {
    text.bytes().enumerate().find_map(|(at, byte)| {
        let escaped = match byte {
            b'\0' => "\\0",
            0x08 => "\\b",
            b'\t' => "\\t",
            b'\n' => "\\n",
            b'\r' => "\\r",
            0x1A => "\\Z",
            b'\\' => "\\\\",
            b'\'' => "''",
            b'"' => "\\\"",
            _ => return None,
        };
        Some((at, escaped))
    })
}

fn hex(sql: &mut String, bytes: &[u8]) {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' } else { b'a' - 10 } + nibble);
    sql.reserve(bytes.len() * 2 + 3);
    sql.push_str("x'");
    for byte in bytes {
        sql.push(digit(byte >> 4));
        sql.push(digit(byte & 15));
    }
    sql.push('\'');
}
