//! gRPC's codes, which Vitess and PlanetScale both use.
//! Follows <https://grpc.io/docs/guides/status-codes/>.

/// The code of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "gRPC's own names")]
pub enum RpcCode {
    Aborted,
    AlreadyExists,
    Canceled,
    ClusterEvent,
    DataLoss,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    ReadOnly,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Unimplemented,
    /// Another one, or none.
    Unknown,
}

const NAMES: [(&str, RpcCode); 18] = [
    ("aborted", RpcCode::Aborted),
    ("alreadyexists", RpcCode::AlreadyExists),
    ("canceled", RpcCode::Canceled),
    ("cancelled", RpcCode::Canceled),
    ("clusterevent", RpcCode::ClusterEvent),
    ("dataloss", RpcCode::DataLoss),
    ("deadlineexceeded", RpcCode::DeadlineExceeded),
    ("failedprecondition", RpcCode::FailedPrecondition),
    ("internal", RpcCode::Internal),
    ("invalidargument", RpcCode::InvalidArgument),
    ("notfound", RpcCode::NotFound),
    ("outofrange", RpcCode::OutOfRange),
    ("permissiondenied", RpcCode::PermissionDenied),
    ("readonly", RpcCode::ReadOnly),
    ("resourceexhausted", RpcCode::ResourceExhausted),
    ("unauthenticated", RpcCode::Unauthenticated),
    ("unavailable", RpcCode::Unavailable),
    ("unimplemented", RpcCode::Unimplemented),
];

impl RpcCode {
    /// Reads `ALREADY_EXISTS`, `AlreadyExists` and `already_exists` alike; Vitess's own
    /// codes past gRPC's come through Go's gRPC as `Code(17)` and `Code(18)`.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "Code(17)" => return Self::ClusterEvent,
            "Code(18)" => return Self::ReadOnly,
            _ => {}
        }
        let is = |name: &str| {
            let letters = text.bytes().filter(|byte| *byte != b'_');
            letters
                .map(|byte| byte.to_ascii_lowercase())
                .eq(name.bytes())
        };
        let named = NAMES.iter().find(|(name, _)| is(name));
        named.map_or(Self::Unknown, |(_, code)| *code)
    }

    /// Whether a statement that was given this code would be given it again.
    pub(crate) const fn is_permanent(self) -> bool {
        matches!(
            self,
            Self::AlreadyExists
                | Self::InvalidArgument
                | Self::NotFound
                | Self::OutOfRange
                | Self::PermissionDenied
                | Self::Unauthenticated
                | Self::Unimplemented
        )
    }
}
