//! Forms as Stripe reads them: `a[b][0]=c` is a tree.

use serde_json::{Map, Value};

/// A tree of what a form or a query says; lists are objects with numbers for names.
pub(super) fn parse(text: &str) -> Value {
    let mut tree = Value::Object(Map::new());
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let mut place = &mut tree;
        for part in name.split('[') {
            let part = part.trim_end_matches(']');
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[part];
        }
        *place = value.into_owned().into();
    }
    tree
}

/// What stands at a place; `a/b/0`.
pub(super) fn text<'f>(form: &'f Value, place: &str) -> Option<&'f str> {
    form.pointer(&format!("/{place}")).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_make_a_tree() {
        let form =
            parse("mode=subscription&line_items[0][price]=p&line_items[0][quantity]=1&e=a%2Bb%40x");
        assert_eq!(text(&form, "line_items/0/price"), Some("p"));
        assert_eq!(text(&form, "e"), Some("a+b@x"));
        assert_eq!(text(&form, "line_items"), None);
    }
}
