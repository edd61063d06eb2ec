//! The XML that S3 answers with, as a flat run of texts, each with the path of its element.
//! Follows XML 1.0, without document types: nothing is defined, so nothing expands.
//! Invariant: what is read is well-formed to the end, at most [`MAX_DEPTH`] deep, and an element has
//! text or children, not both.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

/// S3's deepest has four.
const MAX_DEPTH: usize = 8;

/// What a document consists of, in order.
pub(crate) enum Part<'a> {
    /// An element begins.
    Start(&'a [String]),
    /// An element ends, which had this text; white space where it had children.
    End(&'a [String], &'a str),
}

/// Walks through a document. `None` when it is not one, or when `visit` says so.
pub(crate) fn read(body: &[u8], mut visit: impl FnMut(Part<'_>) -> Option<()>) -> Option<()> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    reader.config_mut().expand_empty_elements = true;
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let (mut is_whole, mut has_children) = (false, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                // A second root is none.
                if path.len() == MAX_DEPTH || is_whole || !is_blank(&text) {
                    return None;
                }
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
                has_children = false;
                visit(Part::Start(&path))?;
            }
            Event::End(_) => {
                if has_children && !is_blank(&text) {
                    return None;
                }
                visit(Part::End(&path, &text))?;
                path.pop()?;
                text.clear();
                has_children = true;
                is_whole = path.is_empty();
            }
            Event::Text(raw) => text.push_str(&raw.xml10_content()),
            Event::CData(raw) => text.push_str(&raw.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(c) => text.push(c),
                None => text.push_str(resolve_xml_entity(&name)?),
            },
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return (is_whole && is_blank(&text)).then_some(()),
            _ => return None,
        }
    }
}

/// XML's white space.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'))
}

/// The `Code` of an `Error`, as it stands.
pub(crate) fn error_code(body: &[u8]) -> Option<String> {
    let mut code = None;
    read(body, |part| {
        if let Part::End(path, text) = part
            && path.iter().eq(["Error", "Code"])
        {
            code = Some(text.to_owned());
        }
        Some(())
    })?;
    code
}

#[cfg(test)]
mod tests {
    use super::{error_code, read};

    #[test]
    fn a_code_is_read_out_of_an_error_and_nothing_else() {
        let code = |body: &str| error_code(body.as_bytes());
        assert_eq!(code("<Error><Code>A</Code></Error>").unwrap(), "A");
        assert_eq!(
            code("<Error xmlns=\"x\"><Code><![CDATA[A]]></Code></Error>\n").unwrap(),
            "A"
        );
        assert_eq!(
            code("<Error><Code>A<!-- -->&#66;</Code><Code2/></Error>").unwrap(),
            "AB"
        );
        for body in [
            "",
            "<Error/>",
            "<Code>A</Code>",
            "<Error><Inner><Code>A</Code></Inner></Error>",
            "<Error><Code>A</Code>",
            "<Error><Code>A</Error></Code>",
            "<Error><Code>A<b/></Code></Error>",
            "<Error><Code><b/>A</Code></Error>",
            "<Error>A<Code>A</Code></Error>",
            "A<Error><Code>A</Code></Error>",
            "<Error><Code>A</Code></Error>A",
            "<Error><Code>A</Code></Error><Error/>",
            "<Error><Code>&unknown;</Code></Error>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><Error><Code>&a;</Code></Error>",
            "<!DOCTYPE Error><Error><Code>A</Code></Error>",
        ] {
            assert_eq!(code(body), None, "{body}");
        }
    }

    #[test]
    fn what_is_nested_without_end_is_not_read() {
        let nested = |depth| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(read(nested(8).as_bytes(), |_| Some(())).is_some());
        assert!(read(nested(9).as_bytes(), |_| Some(())).is_none());
    }
}
