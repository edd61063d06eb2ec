//! P8: a second factor by a security or biometric key. A real browser with virtual
//! authenticators enrols them, signs in with them and without a password; the W3C's vectors
//! and forgeries go through the same code in wasm; and a password alone opens nothing.

use anyhow::Result;
use stack::{Engine, StackOptions, Workspace};

use super::browser::{output, play, verdict};
use super::instance::Instance;
use super::promise::{Checks, Promise};
use crate::setup;
use crate::test::{ceremonies, vectors};

pub(super) const PROMISE: Promise = Promise {
    name: "P8",
    sentence: "two-factor authentication with a security or biometric key",
    unit: "ceremonies that went wrong",
    prove,
};

fn prove(engine: Engine, checks: &mut Checks) -> Result<()> {
    let instance = Instance::start("p8", StackOptions::on(engine))?;
    play(
        &instance,
        &["keys.test.mjs"],
        "a real browser enrols keys, and signs in with them",
        checks,
    )?;
    instance.stop();

    let workspace = Workspace::here();
    let toolchain = setup::set_up(&workspace)?;
    let vectors = vectors(&workspace);
    let mut node = ceremonies(&workspace, &toolchain, vectors.as_deref())?;
    verdict(
        &output(&mut node)?,
        "the ceremonies of the W3C and of Chromium, in wasm",
        checks,
    );
    Ok(())
}
