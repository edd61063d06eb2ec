//! The contract as a page for people. No script, no third party: the strictest
//! content security policy that a page can have.

use std::fmt::Write as _;

use utoipa::openapi::{Content, OpenApi as Document, PathItem, RefOr, path::Operation};

use super::STYLE;
use crate::problem::Kind;

/// The page, its one style sheet in it.
pub(super) fn render(document: &Document) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Balance API</title>\
         <style>{STYLE}</style></head><body><header><h1>Balance API</h1>"
    );
    for paragraph in document
        .info
        .description
        .iter()
        .flat_map(|text| text.split("\n\n"))
    {
        let _ = write!(page, "<p>{}</p>", prose(paragraph));
    }
    page.push_str(
        "<p><a href=\"/openapi.json\">openapi.json</a></p></header><nav aria-label=\"Routes\"><ul>",
    );
    let mut routes = String::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations(item) {
            let anchor = format!(
                "{}{}",
                method.to_lowercase(),
                path.replace(['/', '{', '}'], "-")
            );
            let _ = write!(
                page,
                "<li><a href=\"#{anchor}\"><code>{method} {}</code></a></li>",
                escape(path)
            );
            route(&mut routes, &anchor, method, path, operation);
        }
    }
    let _ = write!(page, "</ul></nav><main>{routes}");
    page.push_str("<section id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in document
        .components
        .iter()
        .flat_map(|components| &components.schemas)
    {
        let json = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            page,
            "<details id=\"schema-{0}\"><summary>{0}</summary><pre>{1}</pre></details>",
            escape(name),
            escape(&json)
        );
    }
    page.push_str("</section><section id=\"problems\"><h2>Problems</h2><dl>");
    for kind in Kind::ALL {
        let (slug, status) = (kind.slug(), kind.status().as_u16());
        let _ = write!(
            page,
            "<dt id=\"{slug}\"><code>/problems/{slug}</code></dt><dd>{status}: {}</dd>",
            escape(kind.title())
        );
    }
    page.push_str("</dl></section></main></body></html>");
    page
}

fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn route(page: &mut String, anchor: &str, method: &str, path: &str, operation: &Operation) {
    let _ = write!(
        page,
        "<section id=\"{anchor}\"><h2><code>{method} {}</code></h2>",
        escape(path)
    );
    if let Some(summary) = &operation.summary {
        let _ = write!(page, "<p><strong>{}</strong></p>", prose(summary));
    }
    if let Some(description) = &operation.description {
        let _ = write!(page, "<p>{}</p>", prose(description));
    }
    let parameters = operation.parameters.iter().flatten();
    let mut rows = String::new();
    for parameter in parameters {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        let about = parameter.description.as_deref().unwrap_or_default();
        let _ = write!(
            rows,
            "<dt><code>{}</code></dt><dd>{}</dd>",
            escape(&parameter.name),
            prose(about)
        );
    }
    if !rows.is_empty() {
        let _ = write!(page, "<h3>Parameters</h3><dl>{rows}</dl>");
    }
    if let Some(RefOr::T(body)) = &operation.request_body {
        page.push_str("<h3>Body</h3><p>");
        for (kind, content) in &body.content {
            let _ = write!(
                page,
                "<code>{}</code> {}",
                escape(kind),
                schema_link(content)
            );
        }
        page.push_str("</p>");
    }
    page.push_str("<h3>Replies</h3><dl>");
    for (status, response) in &operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        let schemas: String = response.content.values().map(schema_link).collect();
        let _ = write!(
            page,
            "<dt>{}</dt><dd>{} {schemas}</dd>",
            escape(status),
            prose(&response.description)
        );
    }
    page.push_str("</dl></section>");
}

fn schema_link(content: &RefOr<Content>) -> String {
    let RefOr::T(content) = content else {
        return String::new();
    };
    match &content.schema {
        Some(RefOr::Ref(reference)) => {
            let name = reference
                .ref_location
                .rsplit('/')
                .next()
                .unwrap_or_default();
            format!("<a href=\"#schema-{0}\">{0}</a>", escape(name))
        }
        _ => String::new(),
    }
}

/// Escapes, and shows `code` as code.
fn prose(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for (at, part) in escape(text).split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(html, "<code>{part}</code>");
        } else {
            html.push_str(part);
        }
    }
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
