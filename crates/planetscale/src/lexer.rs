//! A template of SQL, cut where MySQL cuts it as far as placeholders are concerned.
//! Follows <https://dev.mysql.com/doc/refman/8.0/en/comments.html>, and Vitess in
//! taking `//` for a comment.
//! Invariant: a `?` is a placeholder only where the server would read an expression.

use crate::ParameterError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Placeholder,
    /// `'…'` or `"…"`.
    Quoted,
    /// White space, a block comment, or a line comment with its line's end.
    Gap,
    /// A line comment that ends with the template.
    OpenComment,
    /// Everything else: names, also in backticks, numbers, operators.
    Other,
}

pub(crate) struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    pub(crate) const fn new(sql: &'a str) -> Self {
        Self { rest: sql }
    }

    /// The next piece; the pieces together are the template.
    pub(crate) fn next(&mut self) -> Result<Option<(Kind, &'a str)>, ParameterError> {
        let bytes = self.rest.as_bytes();
        let Some(first) = bytes.first() else {
            return Ok(None);
        };
        let (kind, length) = match first {
            b'?' => (Kind::Placeholder, 1),
            b'\'' | b'"' => (Kind::Quoted, quoted(bytes, *first)?),
            b'`' => (Kind::Other, quoted(bytes, b'`')?),
            byte if is_space(*byte) => (Kind::Gap, run(bytes, is_space)),
            _ if starts_line_comment(bytes) => line_comment(bytes),
            b'/' if bytes.starts_with(b"/*") => (Kind::Gap, block_comment(bytes)?),
            _ => (Kind::Other, 1 + run(tail(bytes, 1), is_plain)),
        };
        // Every piece ends before an ASCII character, or at the end.
        let (piece, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(ParameterError::Unterminated)?;
        self.rest = rest;
        Ok(Some((kind, piece)))
    }
}

pub(crate) const fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0B
}

/// What cannot start another kind of piece.
const fn is_plain(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'?' | b'\'' | b'"' | b'`' | b'#' | b'-' | b'/')
}

fn run(bytes: &[u8], of: impl Fn(u8) -> bool) -> usize {
    let end = bytes.iter().position(|byte| !of(*byte));
    end.unwrap_or(bytes.len())
}

fn tail(bytes: &[u8], from: usize) -> &[u8] {
    bytes.get(from..).unwrap_or_default()
}

fn starts_line_comment(bytes: &[u8]) -> bool {
    match bytes {
        [b'#', ..] | [b'/', b'/', ..] | [b'-', b'-'] => true,
        [b'-', b'-', next, ..] => is_space(*next) || next.is_ascii_control(),
        _ => false,
    }
}

fn line_comment(bytes: &[u8]) -> (Kind, usize) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (Kind::Gap, end + 1),
        None => (Kind::OpenComment, bytes.len()),
    }
}

fn block_comment(bytes: &[u8]) -> Result<usize, ParameterError> {
    let inside = tail(bytes, 2);
    // MySQL and MariaDB run these, so their quotes and placeholders would count.
    if inside.starts_with(b"!") || inside.starts_with(b"M!") {
        return Err(ParameterError::ExecutableComment);
    }
    let end = inside.windows(2).position(|pair| pair == b"*/");
    end.map(|end| end + 4).ok_or(ParameterError::Unterminated)
}

/// The length of what a quote opens. A doubled quote stays inside; so does, but not in
/// backticks, what follows a backslash.
fn quoted(bytes: &[u8], quote: u8) -> Result<usize, ParameterError> {
    let mut at = 1;
    loop {
        match tail(bytes, at) {
            [b'\\', _, ..] if quote != b'`' => at += 2,
            [one, two, ..] if *one == quote && *two == quote => at += 2,
            [one, ..] if *one == quote => return Ok(at + 1),
            [_, ..] => at += 1,
            [] => return Err(ParameterError::Unterminated),
        }
    }
}
