//! Balance's own crate for S3 in front of the stand-in, whose signatures are another's work.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

mod standins;

use std::time::SystemTime;

use http::Method;
use s3::{
    Bucket, Credentials, Digest, Error, Key, Kind, Page, Request, Style, UnixSeconds,
    get_object_reply, head_object_reply, list_objects_reply, put_object_reply,
};
use sandbox::{Answer, Unanswered, send};
use serde_json::{Value, json};
use standins::{PATIENCE, Standins, get, request};

const SECRET: &str = "sandbox+secret/access-key";

/// The store, as who is configured so would ask it.
struct Store {
    standins: Standins,
    bucket: Bucket,
    credentials: Credentials,
    /// How far its clock is off, in seconds.
    off: i64,
}

impl Store {
    async fn start() -> Self {
        let standins = Standins::start(&[]).await;
        let bucket = Bucket::new(&standins.s3, "fsn1", "balance-backups", Style::Path);
        Self {
            standins,
            bucket: bucket.unwrap(),
            credentials: Credentials::new("SANDBOXACCESSKEY".into(), SECRET.into()).unwrap(),
            off: 0,
        }
    }

    async fn send(&self, request: &Request<'_>, body: &[u8]) -> Result<Answer, Unanswered> {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let time = UnixSeconds(now.checked_add_signed(self.off).unwrap());
        let signed = self.bucket.sign(request, &self.credentials, time);
        let method = Method::from_bytes(signed.method.as_bytes()).unwrap();
        let headers: Vec<(&str, &str)> = signed
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        send(method, &signed.url, &headers, body.to_vec(), PATIENCE).await
    }

    async fn put(&self, key: &Key, body: &[u8]) -> Result<(), Error> {
        let digest = Digest::of(body);
        let request = Request::put_object(key, "application/octet-stream", &digest).if_absent();
        let answer = self.send(&request, body).await.unwrap();
        put_object_reply(answer.status, &answer.body)
    }

    async fn get(&self, key: &Key) -> Result<Vec<u8>, Error> {
        let answer = self.send(&Request::get_object(key), b"").await.unwrap();
        get_object_reply(answer.status, answer.body.to_vec())
    }

    async fn bytes(&self, key: &Key) -> Result<u64, Error> {
        let answer = self.send(&Request::head_object(key), b"").await.unwrap();
        let headers = answer.headers.iter();
        let headers: Vec<(&str, &str)> = headers
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        head_object_reply(answer.status, &headers).map(|head| head.bytes)
    }

    async fn page(&self, request: Request<'_>) -> Result<Page, Error> {
        let answer = self.send(&request, b"").await.unwrap();
        list_objects_reply(answer.status, &answer.body)
    }

    /// What an error is called, and what it asks for.
    async fn refusal(&self) -> (Kind, String) {
        let error = self
            .page(Request::list_objects("", None))
            .await
            .unwrap_err();
        (error.kind, error.code.unwrap().to_string())
    }

    async fn control(&self, path: &str, asked: Value) {
        let url = format!("{}/_control/{path}", self.standins.s3);
        request(Method::POST, &url, &asked).await;
    }
}

fn key(key: &str) -> Key {
    Key::new(key).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_is_got_headed_and_listed() {
    let store = Store::start().await;
    let keys = [
        "segments/00000012/000001.age",
        "segments/00000012/000002.age",
        "segments/a b+c$%41",
        "segments/é&<\">~",
    ];
    for name in keys {
        store.put(&key(name), name.as_bytes()).await.unwrap();
    }
    store.put(&key("other/1"), b"").await.unwrap();
    for name in keys {
        assert_eq!(store.get(&key(name)).await.unwrap(), name.as_bytes());
        assert_eq!(store.bytes(&key(name)).await.unwrap(), name.len() as u64);
    }
    assert_eq!(store.bytes(&key("other/1")).await, Ok(0));

    store.control("page", json!({"most": 3})).await;
    let first = store
        .page(Request::list_objects("segments/", None))
        .await
        .unwrap();
    let more = Request::list_objects("segments/", first.next.as_ref());
    let second = store.page(more).await.unwrap();
    assert_eq!((first.objects.len(), second.objects.len()), (3, 1));
    assert!(second.next.is_none());
    let listed = first.objects.into_iter().chain(second.objects);
    let listed: Vec<(String, u64)> = listed.map(|object| (object.key, object.bytes)).collect();
    let put: Vec<_> = keys
        .iter()
        .map(|name| ((*name).to_owned(), name.len() as u64))
        .collect();
    assert_eq!(listed, put);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_is_there_already_are_told() {
    let store = Store::start().await;
    let missing = store.get(&key("none")).await.unwrap_err();
    assert_eq!(missing.to_string(), "the store answered 404: NoSuchKey");
    assert_eq!(missing.kind, Kind::Missing);
    assert_eq!(
        store.bytes(&key("none")).await.unwrap_err().kind,
        Kind::Missing
    );
    store.put(&key("once"), b"first").await.unwrap();
    let again = store.put(&key("once"), b"second").await.unwrap_err();
    assert_eq!(again.kind, Kind::Exists);
    assert_eq!(store.get(&key("once")).await.unwrap(), b"first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_a_wrong_clock_and_a_wrong_place_are_refused() {
    let mut store = Store::start().await;
    let credentials = |id: &str, secret: &str| Credentials::new(id.into(), secret.into()).unwrap();
    let refused = |code: &str| (Kind::Refused, code.to_owned());

    store.credentials = credentials("SANDBOXACCESSKEY", "another");
    assert_eq!(store.refusal().await, refused("SignatureDoesNotMatch"));
    store.credentials = credentials("ANOTHER", SECRET);
    assert_eq!(store.refusal().await, refused("InvalidAccessKeyId"));
    store.credentials = credentials("SANDBOXACCESSKEY", SECRET);
    for off in [-16 * 60, 16 * 60] {
        store.off = off;
        assert_eq!(store.refusal().await, refused("RequestTimeTooSkewed"));
    }
    store.off = 0;
    let bucket = |region: &str, name: &str| {
        Bucket::new(&store.standins.s3, region, name, Style::Path).unwrap()
    };
    let (elsewhere, another) = (bucket("nbg1", "balance-backups"), bucket("fsn1", "another"));
    store.bucket = elsewhere;
    assert_eq!(
        store.refusal().await,
        refused("AuthorizationHeaderMalformed")
    );
    store.bucket = another;
    assert_eq!(
        store.refusal().await,
        (Kind::Missing, "NoSuchBucket".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_on_its_way_is_not_taken() {
    let store = Store::start().await;
    let name = key("segments/1.age");
    let digest = Digest::of(b"what was signed");
    let put = Request::put_object(&name, "application/octet-stream", &digest);
    let answer = store.send(&put, b"what arrived...").await.unwrap();
    let error = put_object_reply(answer.status, &answer.body).unwrap_err();
    assert_eq!(error.code.unwrap().as_str(), "XAmzContentSHA256Mismatch");
    assert_eq!(error.kind, Kind::Busy);

    let now = UnixSeconds(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs());
    let signed = store.bucket.sign(&put, &store.credentials, now);
    let sent = async |url: &str, skipped: &str, added: &[(&str, &str)]| {
        let headers = signed.headers.iter();
        let kept = headers.filter(|(name, _)| *name != skipped);
        let mut headers: Vec<(&str, &str)> = kept.map(|(name, value)| (*name, &**value)).collect();
        headers.extend(added);
        let answer = send(Method::PUT, url, &headers, "what was signed", PATIENCE)
            .await
            .unwrap();
        put_object_reply(answer.status, &answer.body)
            .map_err(|error| error.code.unwrap().to_string())
    };
    let refused = |code: &str| Err(code.to_owned());
    let elsewhere = signed.url.replace("1.age", "2.age");
    assert_eq!(
        sent(&elsewhere, "", &[]).await,
        refused("SignatureDoesNotMatch")
    );
    let lacks = sent(&signed.url, "x-amz-checksum-sha256", &[]).await;
    assert_eq!(lacks, refused("AccessDenied"));
    let adds = sent(&signed.url, "", &[("x-amz-acl", "public-read")]).await;
    assert_eq!(adds, refused("AccessDenied"));
    assert_eq!(
        sent(&signed.url, "authorization", &[]).await,
        refused("AccessDenied")
    );
    let nothing = get(&format!("{}/_control/objects", store.standins.s3)).await;
    assert_eq!(nothing, json!({"objects": []}));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_one_that_the_crate_tells() {
    let store = Store::start().await;
    for (mode, kind) in [
        ("refused", Kind::Refused),
        ("full", Kind::Full),
        ("busy", Kind::Busy),
        ("error", Kind::Busy),
        ("html", Kind::Busy),
    ] {
        store
            .control("fail", json!({"mode": mode, "on": "put", "times": 1}))
            .await;
        let name = key(mode);
        assert_eq!(
            store.put(&name, b"body").await.unwrap_err().kind,
            kind,
            "{mode}"
        );
        store.put(&name, b"body").await.unwrap();
    }
    let name = key("busy");
    for mode in ["reset", "half"] {
        store
            .control("fail", json!({"mode": mode, "on": "get", "times": 1}))
            .await;
        assert!(
            store.send(&Request::get_object(&name), b"").await.is_err(),
            "{mode}"
        );
    }
    store
        .control("fail", json!({"mode": "lost", "times": 1}))
        .await;
    let lost = key("lost");
    let digest = Digest::of(b"body");
    let put = Request::put_object(&lost, "application/octet-stream", &digest).if_absent();
    assert!(store.send(&put, b"body").await.is_err());
    assert_eq!(
        store.put(&lost, b"body").await.unwrap_err().kind,
        Kind::Exists
    );
    store
        .control("corrupt", json!({"key": "lost", "at": 1}))
        .await;
    assert_eq!(
        store.get(&lost).await.unwrap(),
        [b'b', b'o' ^ 0xff, b'd', b'y']
    );
}
