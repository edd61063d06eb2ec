//! The mailbox behind a log that grows as wrangler's does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use http::Method;
use serde_json::{Value, json};
use standins::{Standins, get, request};

/// wrangler, as far as mail goes.
struct Wrangler {
    folder: PathBuf,
    log: PathBuf,
}

impl Wrangler {
    fn new(test: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("wrangler.log");
        Self { folder, log }
    }

    async fn with_mailbox(&self) -> Standins {
        Standins::start(&["--mail-log", self.log.to_str().unwrap()]).await
    }

    fn write(&self, text: &str) {
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .unwrap();
        log.write_all(text.as_bytes()).unwrap();
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn built(&self, to: &str, text: &str) {
        let path = self.file("text.txt", text);
        self.write(&format!(
            "\u{1b}[34msend_email binding called with MessageBuilder:\u{1b}[39m\nFrom: \"Balance\" <no-reply@balance.test>\nTo: {to}\nSubject: Confirm – é\n\nText: {path}\n"
        ));
    }
}

#[tokio::test]
async fn a_mail_that_is_waited_for_comes_as_soon_as_the_log_names_it() {
    let wrangler = Wrangler::new("waited-for");
    let standins = wrangler.with_mailbox().await;
    let url = format!(
        "{}/messages?to=Ada@Example.com&wait=20&after=0",
        standins.mailbox
    );
    let waiting = tokio::spawn(async move { get(&url).await });
    wrangler.write("[wrangler:info] Ready on http://localhost:8787\n");
    wrangler.built("bob@example.com", "not for Ada");
    wrangler.built("ada@example.com", "http://localhost/confirm?token=abc");
    let found = waiting.await.unwrap();
    let messages = found["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["to"], json!(["ada@example.com"]));
    assert_eq!(messages[0]["from"], "no-reply@balance.test");
    assert_eq!(messages[0]["subject"], "Confirm – é");
    assert_eq!(messages[0]["text"], "http://localhost/confirm?token=abc");
}

#[tokio::test]
async fn a_raw_message_is_taken_apart() {
    let wrangler = Wrangler::new("raw");
    let mime = "From: Balance <no-reply@balance.test>\r\nTo: ada@example.com\r\nSubject: Hi\r\nMessage-ID: <1@balance.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n";
    let path = wrangler.file("1.eml", mime);
    wrangler.write(&format!(
        "\u{1b}[34msend_email binding called with the following message:\u{1b}[39m\nEmail: {path}\n"
    ));
    let standins = wrangler.with_mailbox().await;
    let found = get(&format!("{}/messages?wait=20", standins.mailbox)).await;
    let message = &found["messages"][0];
    assert_eq!(
        (&message["id"], &message["subject"]),
        (&json!(1), &json!("Hi"))
    );
    assert_eq!(message["text"].as_str().unwrap().trim_end(), "Grüße");
    assert_eq!(
        get(&format!("{}/messages/1", standins.mailbox)).await,
        *message
    );
}

#[tokio::test]
async fn ids_go_on_after_the_box_is_emptied_and_after_skips_what_was_read() {
    let standins = Standins::start(&[]).await;
    let put = async |to: &str| {
        let body = json!({ "to": to, "subject": "s", "text": "t" });
        let url = format!("{}/_control/messages", standins.mailbox);
        request(Method::POST, &url, &body).await["id"].clone()
    };
    assert_eq!((put("a@x").await, put("b@x").await), (json!(1), json!(2)));
    let url = format!("{}/messages", standins.mailbox);
    request(Method::DELETE, &format!("{url}?to=a@x"), &Value::Null).await;
    let left = get(&url).await;
    assert_eq!(left["messages"].as_array().unwrap().len(), 1);
    assert_eq!(get(&format!("{url}?after=2")).await["messages"], json!([]));
    request(Method::DELETE, &url, &Value::Null).await;
    assert_eq!(put("a@x").await, json!(3));
}

#[tokio::test]
async fn a_mail_whose_file_is_gone_is_a_problem_that_the_status_tells() {
    let wrangler = Wrangler::new("gone");
    wrangler
        .write("send_email binding called with the following message:\nEmail: /nowhere/1.eml\n");
    wrangler.built("ada@example.com", "after");
    let standins = wrangler.with_mailbox().await;
    get(&format!("{}/messages?wait=20", standins.mailbox)).await;
    let status = get(&format!("{}/_control/status", standins.mailbox)).await;
    assert_eq!(status["received"], 1);
    let problem = status["problems"][0].as_str().unwrap();
    assert!(problem.contains("/nowhere/1.eml"));
}

#[tokio::test]
async fn a_log_that_begins_anew_is_read_from_its_start() {
    let wrangler = Wrangler::new("anew");
    let standins = wrangler.with_mailbox().await;
    wrangler.built("ada@example.com", "first");
    let url = format!("{}/messages?wait=20&after=", standins.mailbox);
    get(&format!("{url}0")).await;
    fs::write(&wrangler.log, "").unwrap();
    let status = format!("{}/_control/status", standins.mailbox);
    while get(&status).await["bytes_read"] != 0 {
        tokio::task::yield_now().await;
    }
    wrangler.built("ada@example.com", "second");
    let second = get(&format!("{url}1")).await;
    assert_eq!(second["messages"][0]["text"], "second");
}
