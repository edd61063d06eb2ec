//! A public key as authenticators write it: `COSE_Key` (RFC 9052, section 7), with just the
//! members that its algorithm has (section 6.5.1.1 of Web Authentication).
//! Invariant: type, curve and form of a key are those of its algorithm, whatever else it says.

use alloc::vec::Vec;

use crate::cbor::Items;
use crate::error::CeremonyError::{self, MalformedPublicKey, UnsupportedAlgorithm};
use crate::public_key::{Algorithm, PublicKey, RSA_EXPONENT, RsaModulus};

/// Labels of IANA's registries "COSE Key Common Parameters" and "COSE Key Type Parameters".
mod label {
    pub(super) const KTY: i64 = 1;
    pub(super) const ALG: i64 = 3;
    /// The curve; for RSA, the modulus.
    pub(super) const CRV_OR_N: i64 = -1;
    /// x; for RSA, the exponent.
    pub(super) const X_OR_E: i64 = -2;
    pub(super) const Y: i64 = -3;
}

const KTY_OKP: i64 = 1;
const KTY_EC2: i64 = 2;
const KTY_RSA: i64 = 3;
const CRV_P256: i64 = 1;
const CRV_ED25519: i64 = 6;

/// The members there may be.
#[derive(Default)]
struct Members<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    crv: Option<i64>,
    n: Option<&'a [u8]>,
    x_or_e: Option<&'a [u8]>,
    y: Option<&'a [u8]>,
}

/// Reads a key, and leaves `items` behind it.
pub(crate) fn read_key(items: &mut Items<'_>) -> Result<PublicKey, CeremonyError> {
    let members = Members::read(items).ok_or(MalformedPublicKey)?;
    let alg = members.alg.ok_or(MalformedPublicKey)?;
    let algorithm = Algorithm::OFFERED
        .into_iter()
        .find(|algorithm| algorithm.cose_id() == alg)
        .ok_or(UnsupportedAlgorithm)?;
    members.key(algorithm).ok_or(MalformedPublicKey)
}

impl<'a> Members<'a> {
    fn read(items: &mut Items<'a>) -> Option<Self> {
        let mut members = Self::default();
        for _ in 0..items.map()? {
            match items.integer()? {
                label::KTY => once(&mut members.kty, items.integer()?)?,
                label::ALG => once(&mut members.alg, items.integer()?)?,
                // Canonical form has the type before all others.
                label::CRV_OR_N if members.kty == Some(KTY_RSA) => {
                    once(&mut members.n, items.bytes()?)?;
                }
                label::CRV_OR_N => once(&mut members.crv, items.integer()?)?,
                label::X_OR_E => once(&mut members.x_or_e, items.bytes()?)?,
                label::Y => once(&mut members.y, items.bytes()?)?,
                _ => return None,
            }
        }
        Some(members)
    }

    /// The key, where its members are those of the algorithm, and no others.
    fn key(&self, algorithm: Algorithm) -> Option<PublicKey> {
        match (algorithm, self) {
            (
                Algorithm::Es256,
                Self {
                    kty: Some(KTY_EC2),
                    crv: Some(CRV_P256),
                    x_or_e: Some(x),
                    y: Some(y),
                    n: None,
                    ..
                },
            ) => {
                let (x, y) = (
                    <&[u8; 32]>::try_from(*x).ok()?,
                    <&[u8; 32]>::try_from(*y).ok()?,
                );
                let point = [&[4], x.as_slice(), y].concat();
                point.try_into().ok().map(PublicKey::Es256)
            }
            (
                Algorithm::EdDsa,
                Self {
                    kty: Some(KTY_OKP),
                    crv: Some(CRV_ED25519),
                    x_or_e: Some(x),
                    y: None,
                    n: None,
                    ..
                },
            ) => (*x).try_into().ok().map(PublicKey::EdDsa),
            (
                Algorithm::Rs256,
                Self {
                    kty: Some(KTY_RSA),
                    crv: None,
                    n: Some(n),
                    x_or_e: Some(e),
                    y: None,
                    ..
                },
            ) if *e == RSA_EXPONENT => RsaModulus::new(Vec::from(*n)).map(PublicKey::Rs256),
            _ => None,
        }
    }
}

/// Sets a member that was not there yet.
fn once<T>(member: &mut Option<T>, value: T) -> Option<()> {
    member.replace(value).is_none().then_some(())
}
