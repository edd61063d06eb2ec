//! TLS before a stand-in, where a Worker in production calls https only: a certificate of its own
//! making, which workerd takes because it is told to, and nobody else does.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use stack::{Group, Workspace};

use super::recorder::Recorder;

const SCRIPT: &str = include_str!("tls.mjs");

/// A listening end of TLS, which ends when dropped.
pub(super) struct Tls {
    // Before the recorder's own end nothing is answered.
    inner: Recorder,
    _group: Group,
    _folder: tempfile::TempDir,
    certificate: PathBuf,
    url: String,
}

impl Tls {
    /// Listens. Nobody is answered before [`Self::forward_to`].
    pub(super) fn listen() -> Result<Self> {
        let folder = tempfile::tempdir().context("making a folder for a certificate")?;
        let [key, certificate] =
            ["key.pem", "certificate.pem"].map(|name| folder.path().join(name));
        certify(&key, &certificate)?;
        let inner = Recorder::listen()?;
        let mut node = Workspace::here().node_program("node")?;
        node.args([
            "--no-warnings",
            "--input-type=module",
            "--eval",
            SCRIPT,
            "--",
        ]);
        node.args([&key, &certificate]).arg(inner.url());
        let mut group = Group::start(&node, Stdio::piped(), Stdio::inherit())?;
        let mut port = String::new();
        let output = group.take_stdout().context("node has no output")?;
        BufReader::new(output).read_line(&mut port)?;
        let port: u16 = port.trim().parse().context("node listens nowhere")?;
        Ok(Self {
            inner,
            _group: group,
            _folder: folder,
            certificate,
            url: format!("https://localhost:{port}"),
        })
    }

    /// Where callers call.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What they must take for an authority.
    pub(super) fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// Passes everything on, in plain, to the server of this URL.
    pub(super) fn forward_to(&self, url: &str) -> Result<()> {
        self.inner.forward_to(url)
    }

    /// How many bytes have passed.
    pub(super) fn passed(&self) -> usize {
        self.inner.recorded().len()
    }
}

/// Makes a key, and a certificate of it for this machine's own name, good for a day.
fn certify(key: &Path, certificate: &Path) -> Result<()> {
    let mut openssl = Command::new("openssl");
    openssl
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
        .args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"])
        .args(["-subj", "/CN=localhost", "-addext"])
        .arg("subjectAltName=DNS:localhost")
        .arg("-keyout")
        .arg(key)
        .arg("-out")
        .arg(certificate);
    let made = openssl
        .output()
        .context("starting openssl, which makes the certificate")?;
    let told = String::from_utf8_lossy(&made.stderr);
    ensure!(made.status.success(), "openssl: {told}");
    fs::metadata(certificate).context("openssl made no certificate")?;
    Ok(())
}
