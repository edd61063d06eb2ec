//! The end of a sign-in: a second factor after the password, or a passkey in the
//! place of both (a discoverable credential, with user verification).
//!
//! Invariant: a session begins in the batch that uses up the ticket and the proof.

use passkey::{AuthenticationResponse, UserVerification};

use super::{
    NewSession, SignedIn, Visitor, password,
    proof::{Proof, Proved, prove, refused},
    session::Proven,
    ticket::{self, Issued, Purpose, Ticket},
};
use crate::{
    app::App,
    id::{PersonId, RowId},
    platform::Timestamp,
    problem::{Problem, Result},
    store::engine::EngineError,
};

/// What a passkey sign-in begins with. No batch.
pub(crate) async fn passkey_challenge(app: &App) -> Result<(Issued, serde_json::Value)> {
    let challenge = ticket::challenge()?;
    let options = app.relying_party.request_options(
        &passkey::Challenge::new(challenge),
        &[],
        UserVerification::Required,
    );
    let options = serde_json::to_value(options)
        .map_err(|_| Problem::internal("options that do not serialize"))?;
    Ok((
        ticket::issue(app, Purpose::SignIn { challenge }).await?,
        options,
    ))
}

/// Signs in with what the password left to prove. Two batches.
pub(crate) async fn second_factor(
    app: &App,
    visitor: &Visitor,
    text: &str,
    proof: &Proof,
) -> Result<SignedIn> {
    let ticket = ticket::read(app, text).await?.ok_or_else(refused)?;
    let Purpose::SecondFactor {
        person,
        challenge,
        password: shown,
    } = &ticket.purpose
    else {
        return Err(refused());
    };
    let preferred = UserVerification::Preferred;
    let proved = prove(app, *person, challenge, preferred, proof).await?;
    if *shown != password::fingerprint(&proved.record.password_hash) {
        return Err(refused());
    }
    let evidence = Proven {
        factors: vec!["password", proved.factor],
        user_verified: proved.user_verified,
    };
    begin(app, visitor, &ticket, proved, &evidence).await
}

/// Signs in with a passkey alone. Two batches.
pub(crate) async fn passkey_sign_in(
    app: &App,
    visitor: &Visitor,
    text: &str,
    response: Box<AuthenticationResponse>,
) -> Result<SignedIn> {
    let ticket = ticket::read(app, text).await?.ok_or_else(refused)?;
    let Purpose::SignIn { challenge } = &ticket.purpose else {
        return Err(refused());
    };
    // Whose it is only the authenticator knows; the signature proves it.
    let handle: Option<[u8; 16]> = response
        .user_handle()
        .and_then(|handle| handle.try_into().ok());
    let person = PersonId(RowId(handle.ok_or_else(refused)?));
    let proof = Proof::Passkey(response);
    let proved = prove(app, person, challenge, UserVerification::Required, &proof).await?;
    let evidence = Proven {
        factors: vec![proved.factor],
        user_verified: proved.user_verified,
    };
    begin(app, visitor, &ticket, proved, &evidence).await
}

async fn begin(
    app: &App,
    visitor: &Visitor,
    ticket: &Ticket,
    mut proved: Proved,
    evidence: &Proven,
) -> Result<SignedIn> {
    let (session, insert) = NewSession::begin(&proved.keys, visitor, evidence, Timestamp::now())?;
    let mut batch = vec![ticket.spend()];
    batch.extend(std::mem::take(&mut proved.writes));
    batch.push(insert);
    match app.db.batch_all(&batch).await {
        Ok(_) => {}
        // The ticket was used, or the code, by a request that was faster.
        Err(EngineError::Duplicate | EngineError::Guard) => return Err(refused()),
        Err(error) => return Err(error.into()),
    }
    session.remember(app, proved.person);
    let Proved {
        person,
        record,
        factors,
        ..
    } = proved;
    SignedIn::new(app, person, record, factors, session).await
}
