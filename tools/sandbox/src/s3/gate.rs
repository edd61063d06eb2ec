//! Who may come in: the one access key, and what S3 demands of a signature that `s3s` leaves out.

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};

use super::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};

pub(super) struct Keys;

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == ACCESS_KEY_ID {
            Ok(SECRET_ACCESS_KEY.into())
        } else {
            Err(s3_error!(
                InvalidAccessKeyId,
                "The AWS Access Key Id you provided does not exist in our records."
            ))
        }
    }
}

/// A signature is for this region, and over the host and every header of Amazon's; what it is said
/// to be over is there. Whether it is right, `s3s` says, as it does for a request without one.
pub(super) fn check(headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    let malformed = (StatusCode::BAD_REQUEST, "AuthorizationHeaderMalformed");
    let Some(authorization) = headers.get(AUTHORIZATION) else {
        return Ok(());
    };
    let authorization = authorization.to_str().map_err(|_| malformed)?;
    let (_, parameters) = authorization.split_once(' ').ok_or(malformed)?;
    let parameter = |name: &str| {
        let mut pairs = parameters
            .split(',')
            .filter_map(|pair| pair.split_once('='));
        pairs.find(|(found, _)| found.trim() == name)
    };
    let (_, credential) = parameter("Credential").ok_or(malformed)?;
    if credential.split('/').nth(2) != Some(REGION) {
        return Err(malformed);
    }
    let (_, signed) = parameter("SignedHeaders").ok_or(malformed)?;
    let signed: Vec<&str> = signed.split(';').collect();
    let must = headers.keys().map(http::HeaderName::as_str);
    let must = must.filter(|name| *name == "host" || name.starts_with("x-amz-"));
    let is_complete = must.into_iter().all(|name| signed.contains(&name));
    if is_complete && signed.iter().all(|name| headers.contains_key(*name)) {
        Ok(())
    } else {
        Err((StatusCode::FORBIDDEN, "AccessDenied"))
    }
}
