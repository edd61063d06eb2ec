//! Where backups are: a bucket, or a folder that somebody copied one to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use s3::{Bucket, Credentials, Key, Request, Signed, Style, UnixSeconds};
use serde::{Deserialize, Serialize};
use stack::NodeProgram;

use crate::variables::Variables;

/// The most that an object may have: a segment is a few mebibytes at most.
const MAX_OBJECT: u64 = 256 << 20;

/// Objects by name.
pub(super) trait Objects {
    /// One of them.
    fn get(&mut self, name: &str) -> Result<Vec<u8>>;
    /// The names of the manifests.
    fn manifests(&mut self) -> Result<Vec<String>>;
}

/// A folder that has objects as files.
pub(super) struct Folder(pub(super) PathBuf);

impl Objects for Folder {
    fn get(&mut self, name: &str) -> Result<Vec<u8>> {
        // A manifest names objects: none of them is above the folder.
        ensure!(
            Key::new(name).is_some() && !name.contains(".."),
            "{name:?} is no object's name"
        );
        let path = self.0.join(name);
        let length = fs::metadata(&path)
            .with_context(|| format!("{name} is not there"))?
            .len();
        ensure!(
            length <= MAX_OBJECT,
            "{name} is longer than any object of a backup"
        );
        fs::read(&path).with_context(|| format!("reading {name}"))
    }

    fn manifests(&mut self) -> Result<Vec<String>> {
        let folder = self.0.join("manifests");
        let entries = fs::read_dir(&folder);
        let entries = entries.with_context(|| format!("looking for {}", folder.display()))?;
        let mut names = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            names.extend(name.to_str().map(|name| format!("manifests/{name}")));
        }
        Ok(names)
    }
}

/// A bucket, read over HTTPS by Node.
pub(super) struct Remote {
    bucket: Bucket,
    credentials: Credentials,
    network: NodeProgram,
}

const FETCH: &str = "\
    async function answer({ url, headers }) {
      const reply = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(120000) });
      const body = Buffer.from(await reply.arrayBuffer()).toString('base64');
      return { status: reply.status, body };
    }";

#[derive(Serialize)]
struct Asked<'a> {
    url: &'a str,
    headers: BTreeMap<&'a str, &'a str>,
}

#[derive(Deserialize)]
struct Seen {
    status: u16,
    body: String,
}

impl Remote {
    /// As the Worker's own variables name it. The key needs the right to read, which the Worker's
    /// does not.
    pub(super) fn find(vars: Option<&Path>) -> Result<Self> {
        let [endpoint, region, bucket, id, secret] = Variables::of(vars)?.all([
            "BACKUP_S3_ENDPOINT",
            "BACKUP_S3_REGION",
            "BACKUP_S3_BUCKET",
            "BACKUP_S3_ACCESS_KEY_ID",
            "BACKUP_S3_SECRET_ACCESS_KEY",
        ])?;
        Ok(Self {
            bucket: Bucket::new(&endpoint, &region, &bucket, Style::Path)?,
            credentials: Credentials::new(id, secret)
                .context("BACKUP_S3_ACCESS_KEY_ID and its secret cannot be sent")?,
            network: NodeProgram::start(FETCH, [""; 0])?,
        })
    }

    fn ask(&mut self, request: &Request<'_>) -> Result<(u16, Vec<u8>)> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let signed: Signed = self
            .bucket
            .sign(request, &self.credentials, UnixSeconds(now));
        let headers = signed.headers.iter();
        let asked = Asked {
            url: &signed.url,
            headers: headers
                .map(|(name, value)| (*name, value.as_str()))
                .collect(),
        };
        let seen: Seen = self.network.ask(&asked).context("asking the bucket")?;
        Ok((seen.status, STANDARD.decode(seen.body)?))
    }
}

impl Objects for Remote {
    fn get(&mut self, name: &str) -> Result<Vec<u8>> {
        let key = Key::new(name).with_context(|| format!("{name:?} is no object's name"))?;
        let (status, body) = self.ask(&Request::get_object(&key))?;
        let body = s3::get_object_reply(status, body).with_context(|| name.to_owned())?;
        Ok(body)
    }

    fn manifests(&mut self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let mut token = None;
        loop {
            let (status, body) = self.ask(&Request::list_objects("manifests/", token.as_ref()))?;
            let page = s3::list_objects_reply(status, &body).context("listing the bucket")?;
            names.extend(page.objects.into_iter().map(|object| object.key));
            match page.next {
                Some(next) if token.as_ref() != Some(&next) => token = Some(next),
                Some(_) => bail!("the bucket's list has no end"),
                None => return Ok(names),
            }
        }
    }
}
