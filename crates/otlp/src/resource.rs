//! Who sends: `Resource` of `resource.proto`, `InstrumentationScope` of `common.proto`.

use serde::Serialize;

use crate::KeyValue;

/// The sender, by attributes such as `service.name`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Resource {
    /// What it is.
    pub attributes: Vec<KeyValue>,
}

/// What measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Scope {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}
