//! Signatures that AWS published.

use super::{Canonical, Scope, UnixSeconds, stamp};
use crate::{Bucket, Credentials, Digest, Key, Request, Style};

/// What "Signature Calculations" of the S3 API Reference signs with.
fn documented() -> (Bucket, Credentials, UnixSeconds) {
    let endpoint = "https://s3.amazonaws.com";
    let bucket = Bucket::new(endpoint, "us-east-1", "examplebucket", Style::VirtualHosted);
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE".into(), secret.into());
    (
        bucket.unwrap(),
        credentials.unwrap(),
        UnixSeconds(1_369_353_600),
    )
}

/// The signature of a documented example, whose headers are others than ours.
fn signature(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> String {
    let (_, credentials, time) = documented();
    let scope = Scope {
        stamp: stamp(time),
        region: "us-east-1",
        service: "s3",
    };
    let digest = Digest::of(body).hex();
    let mut headers = headers.to_vec();
    headers.extend([
        ("host", "examplebucket.s3.amazonaws.com"),
        ("x-amz-content-sha256", digest.as_str()),
        ("x-amz-date", "20130524T000000Z"),
    ]);
    Canonical::new(method, path, query, headers, &digest).signature(&scope, &credentials)
}

#[test]
fn the_documentations_get_object_has_its_signature() {
    assert_eq!(
        signature("GET", "/test.txt", "", &[("range", "bytes=0-9")], b""),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

#[test]
fn the_documentations_put_object_has_its_signature() {
    let headers = [
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ];
    let key = Key::new("test$file.text").unwrap();
    let path = format!("/{}", key.encoded());
    assert_eq!(
        signature("PUT", &path, "", &headers, b"Welcome to Amazon S3."),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
}

#[test]
fn the_documentations_bucket_lifecycle_has_its_signature() {
    assert_eq!(
        signature("GET", "/", "lifecycle=", &[], b""),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
}

#[test]
fn the_documentations_list_objects_has_its_signature() {
    assert_eq!(
        signature("GET", "/", "max-keys=2&prefix=J", &[], b""),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    );
}

#[test]
fn a_moment_is_written_in_utc() {
    assert_eq!(stamp(UnixSeconds(1_369_353_600)), "20130524T000000Z");
    assert_eq!(stamp(UnixSeconds(1_709_251_199)), "20240229T235959Z");
    assert_eq!(stamp(UnixSeconds(0)), "19700101T000000Z");
    assert_eq!(stamp(UnixSeconds(u64::MAX)), "19700101T000000Z");
}

#[test]
fn every_header_that_is_sent_is_signed() {
    let (bucket, credentials, time) = documented();
    let key = Key::new("segments/00000012/000003.age").unwrap();
    let digest = Digest::of(b"body");
    let request = Request::put_object(&key, "application/octet-stream", &digest).if_absent();
    let signed = bucket.sign(&request, &credentials, time);
    let header = |name: &str| {
        let found = signed.headers.iter().find(|(sent, _)| *sent == name);
        found.map(|(_, value)| value.as_str()).unwrap()
    };
    let names = "SignedHeaders=content-type;host;if-none-match;x-amz-checksum-sha256;\
        x-amz-content-sha256;x-amz-date,";
    assert!(header("authorization").contains(names));
    assert_eq!(signed.headers.len(), 6);
    assert_eq!(header("if-none-match"), "*");
    assert_eq!(header("x-amz-date"), "20130524T000000Z");
    assert_eq!(
        header("x-amz-content-sha256"),
        "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"
    );
    assert_eq!(
        header("x-amz-checksum-sha256"),
        "Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU="
    );
    assert_eq!(
        signed.url,
        "https://examplebucket.s3.amazonaws.com/segments/00000012/000003.age"
    );
}

/// A case of AWS's own suite; see `tests/vectors/README.md`.
macro_rules! case {
    ($name:literal, $file:literal) => {
        include_str!(concat!("../../tests/vectors/", $name, "/", $file))
    };
}

/// Request, canonical request, string to sign, signature.
type Case = [&'static str; 4];

macro_rules! cases {
    ($($name:literal),* $(,)?) => {
        [$((
            $name,
            [
                case!($name, "request.txt"),
                case!($name, "header-canonical-request.txt"),
                case!($name, "header-string-to-sign.txt"),
                case!($name, "header-signature.txt"),
            ],
        )),*]
    };
}

const CASES: [(&str, Case); 7] = cases![
    "get-unreserved",
    "get-utf8",
    "get-vanilla",
    "get-vanilla-query-order-key-case",
    "get-vanilla-query-unreserved",
    "get-vanilla-utf8-query",
    "post-header-key-sort",
];

#[test]
fn awss_own_suite_is_signed_as_it_says() {
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let credentials = Credentials::new("AKIDEXAMPLE".into(), secret.into()).unwrap();
    let scope = Scope {
        stamp: stamp(UnixSeconds(1_440_938_160)),
        region: "us-east-1",
        service: "service",
    };
    for (name, [request, canonical, to_sign, signature]) in CASES {
        let made = read(request);
        assert_eq!(made.text, canonical, "{name}");
        assert_eq!(made.string_to_sign(&scope), to_sign, "{name}");
        assert_eq!(made.signature(&scope, &credentials), signature, "{name}");
    }
}

/// The suite's requests are what a client was given: nothing is encoded, and the date is missing.
fn read(request: &str) -> Canonical {
    let (first, rest) = request.split_once('\n').unwrap();
    let (method, target) = first.split_once(' ').unwrap();
    let target = target.strip_suffix(" HTTP/1.1").unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let key = path.strip_prefix('/').unwrap();
    let path = Key::new(key).map_or("/".to_owned(), |key| format!("/{}", key.encoded()));
    let mut pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    pairs.sort_unstable();
    let pair = |(name, value): &(&str, &str)| {
        format!(
            "{}={}",
            crate::key::encoded(name),
            crate::key::encoded(value)
        )
    };
    let pairs: Vec<String> = pairs.iter().map(pair).collect();
    let lines: Vec<(String, &str)> = rest
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value))
        .chain([("x-amz-date".to_owned(), "20150830T123600Z")])
        .collect();
    let headers = lines.iter().map(|(name, value)| (name.as_str(), *value));
    let digest = Digest::of(b"").hex();
    Canonical::new(method, &path, &pairs.join("&"), headers.collect(), &digest)
}
