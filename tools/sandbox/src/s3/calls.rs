//! The calls that are served: put, get, head, list, delete. What of them is not is refused as
//! `NotImplemented`, so that nothing is passed over.

use std::ops::Bound;
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::StatusCode;
use md5::Md5;
use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput,
    HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput,
    PutObjectOutput, StreamingBlob,
};
use s3s::{Body, S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use sha2::{Digest as _, Sha256};

use super::{BUCKET, Object, ObjectStore};

#[async_trait::async_trait]
impl S3 for ObjectStore {
    /// As a bucket with Object Lock takes it: only with a checksum.
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        is_ours(&input.bucket)?;
        let other_checksums = [
            input.checksum_crc32.is_some(),
            input.checksum_crc32c.is_some(),
            input.checksum_crc64nvme.is_some(),
            input.checksum_sha1.is_some(),
        ];
        if other_checksums.contains(&true) {
            return Err(s3_error!(NotImplemented, "checksums are SHA-256 here"));
        }
        let Some(checksum) = input.checksum_sha256 else {
            return Err(s3_error!(
                InvalidRequest,
                "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
            ));
        };
        let body = match input.body {
            Some(body) => read(body).await?,
            None => Bytes::new(),
        };
        let sha256 = BASE64_STANDARD.encode(Sha256::digest(&body));
        if sha256 != checksum {
            return Err(s3_error!(
                BadDigest,
                "The SHA256 you specified did not match the calculated checksum."
            ));
        }
        let mut inner = self.lock();
        match input.if_none_match {
            Some(ETagCondition::Any) if inner.objects.contains_key(&input.key) => {
                return Err(s3_error!(PreconditionFailed));
            }
            Some(ETagCondition::ETag(_)) => return Err(s3_error!(NotImplemented)),
            Some(ETagCondition::Any) | None => {}
        }
        if !inner.is_room_for(&input.key, &body) {
            let mut full = S3Error::new(S3ErrorCode::Custom("QuotaExceeded".into()));
            full.set_status_code(StatusCode::FORBIDDEN);
            return Err(full);
        }
        let object = Object {
            etag: hex(&Md5::digest(&body)),
            body,
            content_type: input.content_type,
            sha256,
            stored: SystemTime::now(),
        };
        let output = PutObjectOutput {
            e_tag: Some(ETag::Strong(object.etag.clone())),
            checksum_sha256: Some(object.sha256.clone()),
            ..PutObjectOutput::default()
        };
        inner.objects.insert(input.key, object);
        Ok(S3Response::new(output))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        if input.range.is_some() || input.part_number.is_some() {
            return Err(s3_error!(NotImplemented));
        }
        let object = self.find(&input.bucket, &input.key)?;
        let checksum = input.checksum_mode.map(|_| object.sha256.clone());
        Ok(S3Response::new(GetObjectOutput {
            content_length: Some(size(&object)),
            content_type: object.content_type,
            e_tag: Some(ETag::Strong(object.etag)),
            checksum_sha256: checksum,
            last_modified: Some(object.stored.into()),
            body: Some(StreamingBlob::from(Body::from(object.body))),
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let object = self.find(&input.bucket, &input.key)?;
        let checksum = input.checksum_mode.map(|_| object.sha256.clone());
        Ok(S3Response::new(HeadObjectOutput {
            content_length: Some(size(&object)),
            content_type: object.content_type,
            e_tag: Some(ETag::Strong(object.etag)),
            checksum_sha256: checksum,
            last_modified: Some(object.stored.into()),
            ..HeadObjectOutput::default()
        }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        is_ours(&input.bucket)?;
        if input.delimiter.is_some() || input.encoding_type.is_some() {
            return Err(s3_error!(NotImplemented));
        }
        let inner = self.lock();
        let asked = usize::try_from(input.max_keys.unwrap_or(1_000));
        let most = asked
            .map_err(|_| s3_error!(InvalidArgument))?
            .min(inner.page);
        let token = input
            .continuation_token
            .as_deref()
            .map(key_of)
            .transpose()?;
        let after = token.or_else(|| input.start_after.clone());
        let prefix = input.prefix.clone().unwrap_or_default();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = inner
            .objects
            .range((start, Bound::Unbounded))
            .filter(|(key, _)| key.starts_with(&prefix));
        let contents: Vec<s3s::dto::Object> = found.by_ref().take(most).map(listed).collect();
        let is_truncated = found.next().is_some() && most > 0;
        let last = contents.last().and_then(|object| object.key.as_ref());
        let next = last.filter(|_| is_truncated);
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(BUCKET.to_owned()),
            prefix: input.prefix,
            max_keys: Some(input.max_keys.unwrap_or(1_000)),
            key_count: i32::try_from(contents.len()).ok(),
            continuation_token: input.continuation_token,
            is_truncated: Some(is_truncated),
            next_continuation_token: next.map(|key| BASE64_STANDARD.encode(key)),
            contents: Some(contents),
            start_after: input.start_after,
            ..ListObjectsV2Output::default()
        }))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        is_ours(&input.bucket)?;
        self.lock().objects.remove(&input.key);
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }
}

impl ObjectStore {
    fn find(&self, bucket: &str, key: &str) -> S3Result<Object> {
        is_ours(bucket)?;
        let found = self.lock().objects.get(key).cloned();
        found.ok_or_else(|| s3_error!(NoSuchKey, "The specified key does not exist."))
    }
}

fn is_ours(bucket: &str) -> S3Result<()> {
    if bucket == BUCKET {
        Ok(())
    } else {
        Err(s3_error!(
            NoSuchBucket,
            "The specified bucket does not exist"
        ))
    }
}

/// The body has come whole, so what can be wrong with it is what its signature says of it.
async fn read(body: StreamingBlob) -> S3Result<Bytes> {
    let whole: Result<Vec<Bytes>, _> = body.try_collect().await;
    match whole {
        Ok(parts) => Ok(parts.concat().into()),
        Err(_) => Err(mismatch()),
    }
}

fn mismatch() -> S3Error {
    let code = S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into());
    let mut mismatch = S3Error::new(code);
    mismatch.set_status_code(StatusCode::BAD_REQUEST);
    mismatch
}

fn listed((key, object): (&String, &Object)) -> s3s::dto::Object {
    s3s::dto::Object {
        key: Some(key.clone()),
        size: Some(size(object)),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(object.stored.into()),
        ..s3s::dto::Object::default()
    }
}

/// The key after which a page begins, out of its token.
fn key_of(token: &str) -> S3Result<String> {
    let key = BASE64_STANDARD.decode(token).ok();
    let key = key.and_then(|key| String::from_utf8(key).ok());
    key.ok_or_else(|| {
        s3_error!(
            InvalidArgument,
            "The continuation token provided is incorrect"
        )
    })
}

fn size(object: &Object) -> i64 {
    i64::try_from(object.body.len()).unwrap_or(i64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
