//! JSON to be read by people: members in the order they came in, what is short on one line, long
//! lists and long strings cut with a note.

use std::fmt;
use std::fmt::Write as _;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// How many elements of a long list are shown where each is short. Of those that take lines, the
/// first is.
const SHOWN: usize = 3;
/// The longest text that is shown whole, in characters.
const LONGEST: usize = 240;
/// The longest that is shown whole of what has no spaces: a token, a cursor.
const LONGEST_WORD: usize = 64;
/// The longest line that an object or a list is put on.
const WIDTH: usize = 92;

/// A JSON value that remembers its order.
pub(super) enum Json {
    /// As it is written.
    Leaf(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// From a body; none where it is no JSON.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Over several lines where it takes them, ending without a newline.
    pub(super) fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0, 0);
        text
    }

    /// `used` characters of the line are taken already.
    fn write(&self, text: &mut String, indent: usize, used: usize) {
        let inline = self.inline();
        if used + inline.chars().count() <= WIDTH || matches!(self, Self::Leaf(_)) {
            text.push_str(&inline);
            return;
        }
        let inner = indent + 2;
        let start = |text: &mut String, first: &mut bool| {
            text.push_str(if std::mem::take(first) { "\n" } else { ",\n" });
            text.extend(std::iter::repeat_n(' ', inner));
        };
        let mut first = true;
        match self {
            Self::Leaf(_) => {}
            Self::List(elements) => {
                text.push('[');
                for element in shown(elements) {
                    start(text, &mut first);
                    element.write(text, inner, inner);
                }
                if let Some(more) = cut(elements) {
                    start(text, &mut first);
                    text.push_str(&more);
                }
                let _ = write!(text, "\n{:indent$}]", "");
            }
            Self::Object(members) => {
                text.push('{');
                for (name, value) in members {
                    start(text, &mut first);
                    let name = format!("{}: ", quoted(name));
                    text.push_str(&name);
                    value.write(text, inner, inner + name.chars().count());
                }
                let _ = write!(text, "\n{:indent$}}}", "");
            }
        }
    }

    fn inline(&self) -> String {
        match self {
            Self::Leaf(text) => text.clone(),
            Self::List(elements) => {
                let mut parts: Vec<String> = shown(elements).iter().map(Self::inline).collect();
                parts.extend(cut(elements));
                format!("[{}]", parts.join(", "))
            }
            Self::Object(members) if members.is_empty() => "{}".into(),
            Self::Object(members) => {
                let parts = members.iter();
                let parts: Vec<String> = parts
                    .map(|(name, value)| format!("{}: {}", quoted(name), value.inline()))
                    .collect();
                format!("{{ {} }}", parts.join(", "))
            }
        }
    }
}

/// What is shown of a list. Never all but one: that one would be as short as its note.
fn shown(elements: &[Json]) -> &[Json] {
    let short = elements
        .iter()
        .all(|element| element.inline().chars().count() <= WIDTH);
    let most = if short { SHOWN } else { 1 };
    let count = if elements.len() > most + 1 {
        most
    } else {
        elements.len()
    };
    elements.get(..count).unwrap_or_default()
}

fn cut(elements: &[Json]) -> Option<String> {
    let more = elements.len() - shown(elements).len();
    (more > 0).then(|| format!("… {more} more"))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Leaf(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Leaf(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Leaf(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        let number = Number::from_f64(value);
        Ok(Json::Leaf(number.map_or_else(
            || "null".into(),
            |number| number.to_string(),
        )))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        let length = value.chars().count();
        let beginning = |count| value.chars().take(count).collect::<String>();
        Ok(Json::Leaf(if length > LONGEST {
            format!(
                "{} … {} more characters",
                quoted(&beginning(LONGEST)),
                length - LONGEST
            )
        } else if length > LONGEST_WORD && !value.contains(' ') {
            quoted(&format!("{}…", beginning(12)))
        } else {
            quoted(value)
        }))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Leaf("null".into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Json::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pretty(text: &str) -> String {
        Json::read(text.as_bytes()).unwrap().pretty()
    }

    #[test]
    fn members_keep_their_order_and_what_is_short_stays_on_its_line() {
        let long = "x ".repeat(45);
        let text = format!(r#"{{"z":"{long}","a":{{"minor_units":-1234,"scale":2}},"none":[]}}"#);
        let expected = format!(
            "{{\n  \"z\": \"{long}\",\n  \"a\": {{ \"minor_units\": -1234, \"scale\": 2 }},\n  \"none\": []\n}}"
        );
        assert_eq!(pretty(&text), expected);
    }

    #[test]
    fn a_long_list_is_cut_with_a_note_and_one_more_than_shown_is_not() {
        assert_eq!(pretty("[1,2,3,4]"), "[1, 2, 3, 4]");
        assert_eq!(pretty("[1,2,3,4,5,6]"), "[1, 2, 3, … 3 more]");
        let object = format!(
            r#"{{"name":"{}"}}"#,
            "someone with a rather long name ".repeat(3)
        );
        let objects = |count| format!("[{}]", vec![object.as_str(); count].join(","));
        assert!(
            pretty(&objects(6)).ends_with("},\n  … 5 more\n]"),
            "{}",
            pretty(&objects(6))
        );
        assert!(!pretty(&objects(2)).contains("more"));
    }

    #[test]
    fn a_long_text_is_cut_with_a_note_and_a_long_token_to_its_beginning() {
        let text = format!("\"{}\"", "é ".repeat(LONGEST / 2 + 7));
        assert!(
            pretty(&text).ends_with("é \" … 14 more characters"),
            "{}",
            pretty(&text)
        );
        let token = format!("\"sQEAAQABzued{}\"", "é".repeat(80));
        assert_eq!(pretty(&token), "\"sQEAAQABzued…\"");
    }
}
