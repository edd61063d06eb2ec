//! Why a ceremony is refused: a variant for each rule of sections 7.1 and 7.2. None carries
//! a byte of the response.

use thiserror::Error;

/// Why a registration or an assertion is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CeremonyError {
    /// The client data is not a JSON object with a type, a challenge and an origin.
    #[error("the client data is malformed")]
    MalformedClientData,
    /// The response is of the other ceremony.
    #[error("the client data is of another ceremony")]
    WrongType,
    /// Another challenge was answered.
    #[error("another challenge was answered")]
    ChallengeMismatch,
    /// The page that asked is not ours.
    #[error("the response was made for another origin")]
    OriginMismatch,
    /// Our page was in a frame of another one's.
    #[error("the response was made in a frame of another origin")]
    CrossOrigin,
    /// The attestation object is not the three members it has by the standard.
    #[error("the attestation object is malformed")]
    MalformedAttestation,
    /// The authenticator data is cut short, too long, or not what its flags say.
    #[error("the authenticator data is malformed")]
    MalformedAuthenticatorData,
    /// The authenticator answered another relying party.
    #[error("the authenticator answered another relying party")]
    RelyingPartyMismatch,
    /// Nobody touched the authenticator.
    #[error("the user was not present")]
    UserNotPresent,
    /// No PIN, no biometric, where one was asked for.
    #[error("the user was not verified")]
    UserNotVerified,
    /// Backed up, though not eligible for it.
    #[error("backed up without being eligible for it")]
    BackedUpWithoutEligibility,
    /// A credential does not change whether it may be backed up.
    #[error("the eligibility for backup changed")]
    BackupEligibilityChanged,
    /// A registration without a credential.
    #[error("the authenticator data has no credential")]
    NoCredential,
    /// Another credential than the one named or on record.
    #[error("another credential")]
    CredentialMismatch,
    /// The credential says it is another person's.
    #[error("the credential is of another user")]
    UserHandleMismatch,
    /// A public key of an algorithm that was not offered.
    #[error("the public key's algorithm was not offered")]
    UnsupportedAlgorithm,
    /// A public key that is not of the form its algorithm has.
    #[error("the public key is malformed")]
    MalformedPublicKey,
    /// A signature that is not of the form its algorithm has.
    #[error("the signature is malformed")]
    MalformedSignature,
    /// The signature is not the credential's over this response.
    #[error("the signature is not the credential's")]
    InvalidSignature,
    /// The signature is right and its counter is not ahead of the last one: there may be
    /// two of this authenticator.
    #[error("the signature counter went back")]
    CounterRegression,
}
