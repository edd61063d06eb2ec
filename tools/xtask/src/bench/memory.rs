//! `memory`: what our Worker holds after all the rows before: its wasm memory, and the V8 heap of
//! its isolate, both asked of the running isolate over its inspector (`bench/harness/memory.mjs`).

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::row::{Bar, Measured, Row};
use super::runtime::Runtime;
use super::stage::Stage;

pub(super) const MEMORY: Row = Row {
    name: "memory",
    unit: "MB",
    bar: Bar::AtMost(96.0),
    measure: memory,
};

/// In bytes.
#[derive(Deserialize)]
struct Held {
    wasm: f64,
    /// Committed, not only used.
    heap: f64,
}

fn memory(stage: &mut Stage) -> Result<Measured> {
    if stage.ours().next().is_none() {
        stage.still()?;
    }
    let mut most = 0.0_f64;
    for (name, runtime) in stage.ours() {
        let Held { wasm, heap } = held(stage, runtime)?;
        let (wasm, heap) = (wasm / 1e6, heap / 1e6);
        eprintln!("  {name}: wasm memory {wasm:.1} MB, V8 heap {heap:.1} MB");
        most = most.max(wasm + heap);
    }
    Ok(Measured::Value(most))
}

fn held(stage: &Stage, runtime: &Runtime) -> Result<Held> {
    let mut node = stage.workspace.node_program("node")?;
    node.arg(stage.workspace.path("bench/harness/memory.mjs"))
        .arg(runtime.inspector());
    let output = node
        .stdin(Stdio::null())
        .output()
        .context("starting node")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("reading what the inspector said")
}
