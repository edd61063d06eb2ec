//! The tokens of MySQL's SQL, as far as one must know them to tell a literal from the rest: no
//! `;` or quote inside a string counts, and no literal gets into a log.

/// A piece of a statement, with where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    pub(super) at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A bare word.
    Word,
    /// A name in backticks.
    Quoted,
    Text,
    Bytes,
    Integer,
    Decimal,
    Float,
    /// `@name` or `@@name`.
    Variable,
    Comment,
    Symbol,
}

impl Token<'_> {
    /// Whether it is this bare word, in any case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// The type that Vitess gives the literal's bind variable; none for what is no literal.
    pub(super) fn literal(&self) -> Option<&'static str> {
        match self.kind {
            TokenKind::Text => Some("VARCHAR"),
            TokenKind::Bytes => Some("VARBINARY"),
            TokenKind::Integer => Some("INT64"),
            TokenKind::Decimal => Some("DECIMAL"),
            TokenKind::Float => Some("FLOAT64"),
            _ => None,
        }
    }
}

/// A string, name or comment that does not end: where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unended(pub(super) usize);

/// All tokens, comments included, white space not.
pub(super) fn tokens(sql: &str) -> Result<Vec<Token<'_>>, Unended> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        let (kind, length) = next(rest).ok_or(Unended(at))?;
        let text = rest.get(..length).unwrap_or(rest);
        tokens.push(Token { kind, text, at });
        at += text.len();
    }
    Ok(tokens)
}

/// The first token's kind and length in bytes; none where it does not end.
fn next(rest: &str) -> Option<(TokenKind, usize)> {
    let mut letters = rest.chars();
    let (first, second) = (letters.next()?, letters.next());
    match (first, second) {
        ('\'' | '"', _) => Some((TokenKind::Text, quoted(rest, first)?)),
        ('`', _) => Some((TokenKind::Quoted, quoted(rest, '`')?)),
        ('x' | 'X' | 'b' | 'B', Some('\'')) => {
            let length = quoted(rest.get(1..)?, '\'')?;
            Some((TokenKind::Bytes, length + 1))
        }
        ('n' | 'N', Some('\'')) => {
            let length = quoted(rest.get(1..)?, '\'')?;
            Some((TokenKind::Text, length + 1))
        }
        ('0', Some('x' | 'b')) => {
            let digits = run(rest.get(2..)?, |letter| letter.is_ascii_hexdigit());
            Some((TokenKind::Bytes, digits + 2))
        }
        ('#', _) => Some((TokenKind::Comment, line(rest))),
        ('-', Some('-')) if rest.get(2..)?.starts_with(|c: char| c <= ' ') || rest.len() == 2 => {
            Some((TokenKind::Comment, line(rest)))
        }
        ('/', Some('*')) => {
            let end = rest.get(2..)?.find("*/")?;
            Some((TokenKind::Comment, end + 4))
        }
        ('@', _) => {
            let signs = run(rest, |letter| letter == '@');
            let name = run(rest.get(signs..)?, |letter| {
                is_word(letter) || letter == '.'
            });
            Some((TokenKind::Variable, signs + name))
        }
        ('0'..='9', _) | ('.', Some('0'..='9')) => Some(number(rest)),
        _ if is_word(first) => Some((TokenKind::Word, run(rest, is_word))),
        _ => Some((TokenKind::Symbol, first.len_utf8())),
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// The length of what begins with letters that hold.
fn run(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !holds(letter)).unwrap_or(text.len())
}

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length of what is between quotes, both included; a doubled quote and one behind a
/// backslash belong to it.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && quote != '`' {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + 1);
        }
    }
    None
}

fn number(rest: &str) -> (TokenKind, usize) {
    let digit = |letter: char| letter.is_ascii_digit();
    let mut length = run(rest, digit);
    let mut kind = TokenKind::Integer;
    let after = |length: usize| rest.get(length..).unwrap_or_default();
    if after(length).starts_with('.') {
        kind = TokenKind::Decimal;
        length += 1 + run(after(length + 1), digit);
    }
    if let Some(exponent) = after(length).strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let digits = run(exponent.get(sign..).unwrap_or_default(), digit);
        if digits > 0 {
            return (TokenKind::Float, length + 1 + sign + digits);
        }
    }
    // A name may begin with a digit.
    let tail = run(after(length), is_word);
    if kind == TokenKind::Integer && tail > 0 {
        return (TokenKind::Word, length + tail);
    }
    (kind, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(sql: &str) -> Vec<(TokenKind, &str)> {
        let tokens = tokens(sql).unwrap();
        tokens
            .iter()
            .map(|token| (token.kind, token.text))
            .collect()
    }

    #[test]
    fn quotes_inside_of_quotes_do_not_end_them() {
        let sql = r#"'a\'b' 'c''d' "e'f" `g``h` x'0a' 'é;'"#;
        let texts: Vec<&str> = kinds(sql).iter().map(|(_, text)| *text).collect();
        assert_eq!(
            texts,
            [r"'a\'b'", "'c''d'", "\"e'f\"", "`g``h`", "x'0a'", "'é;'"]
        );
    }

    #[test]
    fn numbers_names_and_comments_are_told_apart() {
        use TokenKind::{Comment, Decimal, Float, Integer, Symbol, Variable, Word};
        let found = kinds("1 1.5 .5 1e3 t1 1st -- x\n# y\n/* 'z */ @a @@b.c --1");
        let kinds: Vec<TokenKind> = found.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(
            kinds,
            [
                Integer, Decimal, Decimal, Float, Word, Word, Comment, Comment, Comment, Variable,
                Variable, Symbol, Symbol, Integer
            ]
        );
    }

    #[test]
    fn what_does_not_end_is_an_error_and_never_a_loop() {
        for sql in ["'a", "`a", "/* a", "'a\\'", "x'"] {
            assert_eq!(tokens(sql), Err(Unended(0)), "{sql}");
        }
    }
}
