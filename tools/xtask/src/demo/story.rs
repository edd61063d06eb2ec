//! The story: Ada signs up, connects her bank, reads what happened there, and leaves. Each step
//! says what is to come of it, and the first that comes out otherwise ends it.

mod account;
mod bank;
mod reading;

use anyhow::{Context as _, Result};

use super::stage::{Servers, Stage, To};

/// Ada, signed in on her phone.
const ADA: To = To::BalanceWith("TOKEN");

/// Plays it to its end, or to the first reply that is not as told.
pub(super) fn play(servers: &Servers, email: &str) -> Result<()> {
    let mut stage = Stage::set(servers);
    let played = chapters(&mut stage, email);
    let steps = stage.steps();
    played.with_context(|| format!("step {steps} did not go as told"))?;
    println!("\n✓ {steps} steps, each as told.");
    Ok(())
}

fn chapters(stage: &mut Stage, email: &str) -> Result<()> {
    account::begin(stage, email)?;
    let bank = bank::connect(stage)?;
    reading::read(stage)?;
    bank::book(stage, &bank)?;
    account::sign_out(stage)?;
    account::sign_in_again(stage, email)?;
    bank::disconnect(stage, &bank)
}
