//! Banks: what they are called and look like.
//! Follows Plaid's `/institutions/get_by_id`.
//! Invariant: asked without optional metadata, so a reply stays small.

use serde::{Deserialize, Serialize};

use crate::call::sealed::Sealed;
use crate::{Endpoint, Request, Text};

/// The countries Plaid serves (ISO 3166-1 alpha-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the standard's own codes")]
pub enum CountryCode {
    Us,
    Gb,
    Es,
    Nl,
    Fr,
    Ie,
    Ca,
    De,
    It,
    Pl,
    Dk,
    No,
    Se,
    Ee,
    Lt,
    Lv,
    Pt,
    Be,
    At,
    Fi,
}

/// `/institutions/get_by_id`.
#[derive(Serialize)]
pub struct InstitutionsGetById<'a> {
    /// Such as `ins_109508`.
    pub institution_id: &'a str,
    /// The countries it may be in, at least one.
    pub country_codes: &'a [CountryCode],
}

/// The answer of `/institutions/get_by_id`.
#[derive(Deserialize)]
pub struct InstitutionReply<'a> {
    /// The bank.
    #[serde(borrow)]
    pub institution: Institution<'a>,
}

/// A bank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Institution<'a> {
    /// Such as `ins_109508`.
    #[serde(borrow)]
    pub institution_id: Text<'a>,
    /// What people call it.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Its website.
    #[serde(borrow, default)]
    pub url: Option<Text<'a>>,
    /// `#rrggbb`.
    #[serde(borrow, default)]
    pub primary_color: Option<Text<'a>>,
    /// Whether people sign in on the bank's own site.
    pub oauth: bool,
}

impl Sealed for InstitutionsGetById<'_> {}

impl Request for InstitutionsGetById<'_> {
    const ENDPOINT: Endpoint = Endpoint::InstitutionsGetById;
    type Reply<'a> = InstitutionReply<'a>;
}
