//! Values put into a statement, in one pass over its template.
//! Invariant: a literal that was written is not read again, and does not run together
//! with what stands beside it.

use thiserror::Error;

use crate::Value;
use crate::lexer::{Kind, Lexer};
use crate::literal::write;

/// Why a statement could not be put together. Says where, never what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// As many values as placeholders, or it is a mistake.
    #[error("the statement has {placeholders} placeholders and was given {values} values")]
    Count {
        /// `?` outside of literals, quoted names and comments.
        placeholders: usize,
        /// What was given for them.
        values: usize,
    },
    /// A placeholder beside a string or another placeholder, since MySQL reads strings
    /// that stand side by side as one; or right after `--`.
    #[error("a placeholder runs together with what stands beside it")]
    Adjacent,
    /// A quote or a comment that does not end.
    #[error("a quote or a comment of the statement does not end")]
    Unterminated,
    /// `/*! … */`: the server may run it or not, so what is in it is not certain.
    #[error("the statement has a comment that the server would run")]
    ExecutableComment,
    /// Infinity or not a number, which SQL has no literal for.
    #[error("a number is not finite")]
    NotFinite,
    /// SQL has no empty list: the caller has to decide what it means.
    #[error("a list is empty")]
    EmptyList,
    /// A list in a list in a list.
    #[error("lists are nested too deeply")]
    Nesting,
}

/// The statement that `sql` becomes with `values` in place of its `?`.
///
/// ```
/// use planetscale::{ParameterError, Value, statement};
///
/// let sql = statement(
///     "SELECT '?' FROM t WHERE a = ? AND b = ? -- why?",
///     &["O'Neil \\".into(), Value::Null],
/// )?;
/// assert_eq!(sql, "SELECT '?' FROM t WHERE a = 'O''Neil \\\\' AND b = NULL -- why?\n");
/// assert_eq!(
///     statement("SELECT ?", &[]),
///     Err(ParameterError::Count { placeholders: 1, values: 0 }),
/// );
/// # Ok::<(), ParameterError>(())
/// ```
///
/// # Errors
/// See [`ParameterError`].
pub fn statement(sql: &str, values: &[Value<'_>]) -> Result<String, ParameterError> {
    let mut filled = String::with_capacity(sql.len() + values.len() * 16);
    append(&mut filled, sql, values)?;
    Ok(filled)
}

/// Appends to `out` what `sql` becomes with `values` in place of its `?`, so that a
/// long statement is written once, into one buffer.
///
/// The parts of a statement have to be whole: a quote or a block comment that one
/// opens, it closes.
///
/// ```
/// use planetscale::append;
///
/// let mut sql = String::from("INSERT INTO t (id, note) VALUES ");
/// for (at, (id, note)) in [(1, Some("a")), (2, None)].into_iter().enumerate() {
///     let row = if at == 0 { "(?, ?)" } else { ", (?, ?)" };
///     append(&mut sql, row, &[id.into(), note.into()])?;
/// }
/// assert_eq!(sql, "INSERT INTO t (id, note) VALUES (1, 'a'), (2, NULL)");
/// # Ok::<(), planetscale::ParameterError>(())
/// ```
///
/// # Errors
/// See [`ParameterError`]; `out` is then as it was.
pub fn append(out: &mut String, sql: &str, values: &[Value<'_>]) -> Result<(), ParameterError> {
    let before = out.len();
    fill(out, sql, values).inspect_err(|_| out.truncate(before))
}

fn fill(out: &mut String, sql: &str, values: &[Value<'_>]) -> Result<(), ParameterError> {
    let mut lexer = Lexer::new(sql);
    let mut left = values.iter();
    let mut placeholders = 0;
    let mut beside = if out.trim_end().ends_with(['\'', '"']) {
        Kind::Quoted
    } else {
        Kind::Other
    };
    let mut touches = false;
    while let Some((kind, piece)) = lexer.next()? {
        if touches && piece.starts_with(runs_together) {
            out.push(' ');
        }
        touches = kind == Kind::Placeholder;
        match (beside, kind) {
            // What is appended next must not become part of the comment.
            (_, Kind::OpenComment) => {
                out.push_str(piece);
                out.push('\n');
            }
            (Kind::Quoted | Kind::Placeholder, Kind::Placeholder)
            | (Kind::Placeholder, Kind::Quoted) => return Err(ParameterError::Adjacent),
            (_, Kind::Placeholder) => {
                placeholders += 1;
                // A space would make a comment of them, and so would a minus.
                if out.ends_with("--") {
                    return Err(ParameterError::Adjacent);
                }
                if out.ends_with(runs_together) {
                    out.push(' ');
                }
                // With none left, the rest is read to be counted.
                left.next().map_or(Ok(()), |value| write(out, value, 0))?;
            }
            _ => out.push_str(piece),
        }
        if !matches!(kind, Kind::Gap | Kind::OpenComment) {
            beside = kind;
        }
    }
    if placeholders != values.len() {
        return Err(ParameterError::Count {
            placeholders,
            values: values.len(),
        });
    }
    Ok(())
}

/// Whether a character could make one token with a literal that it touches.
fn runs_together(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || !character.is_ascii()
        || matches!(
            character,
            '_' | '$' | '.' | '@' | '`' | '\'' | '"' | '-' | '\\' | ':'
        )
}
