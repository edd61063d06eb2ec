//! The page a developer reads: newest first, links clickable, no script, nothing loaded.

use std::fmt::Write;

use super::message::Message;

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Mailbox</title>
<meta http-equiv=\"refresh\" content=\"3\">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
  article { border: 1px solid #8886; border-radius: .5rem; padding: 1rem; margin: 1rem 0 }
  h2 { margin: 0; font-size: 1.1rem }
  p { margin: 0; opacity: .7 }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 1rem 0 0; font: inherit }
</style>
<h1>Mailbox</h1>
";

pub(super) fn render(messages: &[Message]) -> String {
    let mut page = HEAD.to_owned();
    if messages.is_empty() {
        page.push_str("<p>Nothing yet.</p>\n");
    }
    for message in messages.iter().rev() {
        let _ = writeln!(
            page,
            "<article id=\"m{}\"><h2>{}</h2><p>{} → {}, {}</p><pre>{}</pre></article>",
            message.id(),
            escaped(message.subject()),
            escaped(message.from()),
            escaped(&message.to().join(", ")),
            message.received_at(),
            linked(message.text()),
        );
    }
    page
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

fn linked(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let address = word.trim_end();
            let safe = escaped(word);
            if address.starts_with("http://") || address.starts_with("https://") {
                format!("<a href=\"{}\">{}</a>", escaped(address), safe)
            } else {
                safe
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_cannot_put_markup_into_the_page() {
        assert_eq!(
            linked("see http://x/?a=1&b=\"><script> now"),
            "see <a href=\"http://x/?a=1&amp;b=&quot;&gt;&lt;script&gt;\">http://x/?a=1&amp;b=&quot;&gt;&lt;script&gt; </a>now"
        );
    }
}
