//! The twin, checked by its compiler and bundled as wrangler would bundle it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use stack::Workspace;

use crate::progress::Step;

/// Bundles it into `folder`; where its main module is.
pub(super) fn bundle(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let mut compiler = workspace.node_program("tsc")?;
    compiler
        .arg("--project")
        .arg(workspace.path("bench"))
        .current_dir(workspace.root());
    Step::new(workspace, "checking the twin's types")
        .brief()
        .run(&compiler)?;
    let main = folder.join("index.js");
    let mut esbuild = workspace.node_program("esbuild")?;
    esbuild
        .arg(workspace.path("bench/twin/index.ts"))
        .args([
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=esnext",
            "--log-level=warning",
        ])
        .arg("--conditions=workerd,worker,browser")
        .arg(format!("--outfile={}", main.display()))
        .current_dir(workspace.root());
    Step::new(workspace, "bundling the twin")
        .brief()
        .run(&esbuild)?;
    Ok(main)
}
