//! What is read out of replies, good ones and any others.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on says so"
)]

use proptest::prelude::*;
use s3::{
    Error, Kind, Listed, MAX_LIST_BYTES, MAX_LISTED, Request, get_object_reply, head_object_reply,
    list_objects_reply, put_object_reply,
};

/// A page as S3 writes it.
fn page(objects: &[(String, u64)], next: Option<&str>) -> String {
    let contents: Vec<String> = objects.iter().map(contents).collect();
    let token = next.map(|next| {
        format!(
            "<NextContinuationToken>{}</NextContinuationToken>",
            escaped(next)
        )
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>backups</Name>\
         <Prefix>segments/</Prefix><KeyCount>{}</KeyCount><MaxKeys>1000</MaxKeys>\
         <IsTruncated>{}</IsTruncated>{}{}</ListBucketResult>",
        objects.len(),
        next.is_some(),
        contents.concat(),
        token.unwrap_or_default(),
    )
}

fn contents((key, bytes): &(String, u64)) -> String {
    format!(
        "<Contents><Key>{}</Key><LastModified>2026-11-23T10:00:00.000Z</LastModified>\
         <ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag><Size>{bytes}</Size>\
         <Owner><ID>1</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>",
        escaped(key)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&#34;")
}

fn is_unreadable(body: &str) -> bool {
    matches!(
        list_objects_reply(200, body.as_bytes()),
        Err(Error {
            kind: Kind::Unreadable,
            ..
        })
    )
}

#[test]
fn a_list_of_nothing_is_a_page() {
    let page = list_objects_reply(200, page(&[], None).as_bytes()).unwrap();
    assert!(page.objects.is_empty() && page.next.is_none());
}

#[test]
fn a_page_that_is_not_the_last_leads_on() {
    let body = page(&[("segments/1.age".to_owned(), 7)], Some("1/a+b=="));
    let page = list_objects_reply(200, body.as_bytes()).unwrap();
    let key = "segments/1.age".to_owned();
    assert_eq!(page.objects, [Listed { key, bytes: 7 }]);
    let bucket = s3::Bucket::new("http://localhost", "auto", "backups", s3::Style::Path).unwrap();
    let credentials = s3::Credentials::new("id".to_owned(), "secret".to_owned()).unwrap();
    let request = Request::list_objects("segments/", page.next.as_ref());
    assert_eq!(
        bucket.sign(&request, &credentials, s3::UnixSeconds(0)).url,
        "http://localhost/backups?continuation-token=1%2Fa%2Bb%3D%3D&list-type=2&prefix=segments%2F"
    );
}

#[test]
fn a_page_that_could_be_read_two_ways_is_not_read() {
    let good = page(&[("a".to_owned(), 1)], None);
    assert!(!is_unreadable(&good));
    for (from, to) in [
        ("<IsTruncated>false</IsTruncated>", ""),
        ("<IsTruncated>false", "<IsTruncated>true"),
        ("<IsTruncated>false", "<IsTruncated>FALSE"),
        (
            "<IsTruncated>",
            "<IsTruncated>true</IsTruncated><IsTruncated>",
        ),
        ("<Key>a</Key>", ""),
        ("<Key>a</Key>", "<Key/>"),
        ("<Key>a</Key>", "<Key>a</Key><Key>b</Key>"),
        ("<Size>1</Size>", ""),
        ("<Size>1", "<Size>-1"),
        ("<Size>1", "<Size>+1"),
        ("<Size>1", "<Size>99999999999999999999"),
        ("ListBucketResult", "ListAllMyBucketsResult"),
        ("</ListBucketResult>", ""),
        (
            "</ListBucketResult>",
            "</ListBucketResult><ListBucketResult/>",
        ),
    ] {
        let body = good.replace(from, to);
        assert_ne!(body, good);
        assert!(is_unreadable(&body), "{from} -> {to}");
    }
}

#[test]
fn a_list_is_bounded() {
    let objects = |count: usize| -> Vec<(String, u64)> {
        (0..count)
            .map(|number| (format!("{number:06}"), 1))
            .collect()
    };
    assert!(!is_unreadable(&page(&objects(MAX_LISTED), None)));
    assert!(is_unreadable(&page(&objects(MAX_LISTED + 1), None)));
    let fits = page(&[("k".repeat(1024), 1)], None);
    assert!(!is_unreadable(&fits));
    assert!(is_unreadable(&page(&[("k".repeat(1025), 1)], None)));
    let large = fits.clone() + &" ".repeat(MAX_LIST_BYTES + 1 - fits.len());
    assert!(is_unreadable(&large));
    assert!(!is_unreadable(large.get(..MAX_LIST_BYTES).unwrap()));
}

#[test]
fn a_head_needs_one_length() {
    let head = |headers: &[(&str, &str)]| head_object_reply(200, headers).map(|head| head.bytes);
    assert_eq!(head(&[("ETag", "\"x\""), ("Content-Length", "12")]), Ok(12));
    for headers in [
        &[][..],
        &[("content-length", "-1")],
        &[("content-length", "")],
        &[("content-length", "1"), ("Content-Length", "2")],
    ] {
        assert_eq!(head(headers).unwrap_err().kind, Kind::Unreadable);
    }
    let missing = head_object_reply(404, &[("content-length", "300")]).unwrap_err();
    assert_eq!(missing.kind, Kind::Missing);
}

#[test]
fn a_body_is_the_objects_only_with_a_200() {
    assert_eq!(get_object_reply(200, b"body"), Ok(b"body"));
    for status in [204, 206, 304, 404] {
        assert!(get_object_reply(status, b"body").is_err(), "{status}");
        assert!(put_object_reply(status, b"").is_err(), "{status}");
    }
}

proptest! {
    #[test]
    fn what_was_listed_is_read(
        objects in prop::collection::vec(("[^\\p{Cc}\u{fffe}\u{ffff}]{1,40}", any::<u64>()), 0..20),
        next in prop::option::of("[ -~]{1,80}"),
    ) {
        let body = page(&objects, next.as_deref());
        let page = list_objects_reply(200, body.as_bytes()).unwrap();
        let read: Vec<(String, u64)> =
            page.objects.into_iter().map(|object| (object.key, object.bytes)).collect();
        prop_assert_eq!(read, objects);
        prop_assert_eq!(page.next.is_some(), next.is_some());
    }

    #[test]
    fn whatever_comes_is_a_page_or_an_error_that_quotes_nothing(
        status in prop_oneof![Just(200), 100_u16..600],
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "(<|</|>|/>|&|;|#|x|!|\\?|\\[|Error|Code|Contents|Key|ListBucketResult| |=|\"|zebra){0,60}"
                .prop_map(String::into_bytes),
        ],
    ) {
        if let Err(error) = list_objects_reply(status, &body) {
            let code = error.code.as_ref().map_or("", |code| code.as_str());
            prop_assert!(code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            let shown = error.to_string().replace(code, "");
            prop_assert!(!shown.contains("zebra"));
        }
    }
}
