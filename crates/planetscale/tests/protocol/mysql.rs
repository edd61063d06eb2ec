//! MySQL's tokens, read as its manual says, apart from the crate under test.

/// A token of a statement, as far as these tests tell them apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// What a `'…'` or `"…"` stands for.
    Text(String),
    /// What `x'…'` stands for.
    Bytes(Vec<u8>),
    /// A word, a number, a quoted name.
    Word(String),
    /// One character of anything else.
    Sign(char),
}

/// What a backslash means in a string.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Backslash {
    Escapes,
    /// `NO_BACKSLASH_ESCAPES`.
    IsItself,
}

/// The tokens of a statement; panics where MySQL would see a quote that does not end.
pub(crate) fn tokens(sql: &str, backslash: Backslash) -> Vec<Token> {
    let mut reader = Reader {
        chars: sql.chars().collect(),
        at: 0,
        backslash,
    };
    let mut tokens = Vec::new();
    while let Some(c) = reader.peek(0) {
        if c.is_ascii_whitespace() {
            reader.at += 1;
        } else if c == '#' || c == '-' && reader.peek(1) == Some('-') && reader.dash_ends() {
            reader.skip_past("\n");
        } else if c == '/' && reader.peek(1) == Some('*') {
            reader.at += 2;
            reader.skip_past("*/");
        } else {
            tokens.push(reader.token(c));
        }
    }
    tokens
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    backslash: Backslash,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn dash_ends(&self) -> bool {
        self.peek(2)
            .is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_control())
    }

    fn skip_past(&mut self, end: &str) {
        let end: Vec<char> = end.chars().collect();
        while self.at < self.chars.len() && !self.chars[self.at..].starts_with(&end) {
            self.at += 1;
        }
        self.at += end.len();
    }

    fn token(&mut self, c: char) -> Token {
        match c {
            'x' | 'X' if self.peek(1) == Some('\'') => {
                self.at += 1;
                Token::Bytes(hex(&self.quoted('\'')))
            }
            '\'' | '"' => Token::Text(self.quoted(c)),
            '`' => Token::Word(self.quoted('`')),
            c if is_word(c) => {
                let mut word = String::new();
                while let Some(c) = self.peek(0).filter(|c| is_word(*c)) {
                    word.push(c);
                    self.at += 1;
                }
                Token::Word(word)
            }
            _ => {
                self.at += 1;
                Token::Sign(c)
            }
        }
    }

    fn quoted(&mut self, quote: char) -> String {
        let mut text = String::new();
        self.at += 1;
        loop {
            let c = self.peek(0).expect("the quote ends");
            self.at += 1;
            if c == quote {
                if self.peek(0) != Some(quote) {
                    return text;
                }
                self.at += 1;
                text.push(quote);
            } else if c == '\\' && quote != '`' && self.backslash == Backslash::Escapes {
                let escaped = self.peek(0).expect("an escape ends");
                self.at += 1;
                text.push(match escaped {
                    '0' => '\0',
                    'b' => '\x08',
                    't' => '\t',
                    'n' => '\n',
                    'r' => '\r',
                    'Z' => '\x1A',
                    other => other,
                });
            } else {
                text.push(c);
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '$' || !c.is_ascii()
}

fn hex(digits: &str) -> Vec<u8> {
    assert!(
        digits.len().is_multiple_of(2),
        "MySQL wants pairs of digits"
    );
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("a hex digit"))
        .collect()
}
