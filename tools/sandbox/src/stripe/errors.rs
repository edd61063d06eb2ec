//! Stripe's errors (<https://docs.stripe.com/api/errors>).

use http::StatusCode;
use serde_json::{Value, json};

/// An error to answer with.
#[derive(Debug)]
pub(super) struct StripeError {
    pub(super) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
}

impl StripeError {
    pub(super) fn invalid(message: impl Into<String>, param: Option<&str>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "invalid_request_error",
            code: None,
            message: message.into(),
            param: param.map(str::to_owned),
        }
    }

    pub(super) fn unknown_parameter(name: &str) -> Self {
        Self {
            code: Some("parameter_unknown"),
            ..Self::invalid(format!("Received unknown parameter: {name}"), Some(name))
        }
    }

    pub(super) fn missing_parameter(name: &str) -> Self {
        Self {
            code: Some("parameter_missing"),
            ..Self::invalid(format!("Missing required param: {name}."), Some(name))
        }
    }

    /// 404 where the path names it, 400 where a parameter does.
    pub(super) fn no_such(what: &str, id: &str, param: Option<&str>) -> Self {
        Self {
            status: if param.is_none() {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::BAD_REQUEST
            },
            code: Some("resource_missing"),
            ..Self::invalid(
                format!("No such {what}: '{id}'"),
                Some(param.unwrap_or("id")),
            )
        }
    }

    pub(super) fn no_such_url(method: &str, path: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::invalid(
                format!("Unrecognized request URL ({method}: {path})."),
                None,
            )
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::invalid("Invalid API Key provided", None)
        }
    }

    pub(super) fn idempotency() -> Self {
        Self {
            kind: "idempotency_error",
            ..Self::invalid(
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
                None,
            )
        }
    }

    pub(super) fn body(&self) -> Value {
        let mut error = json!({
            "type": self.kind,
            "message": self.message,
            "request_log_url": "https://dashboard.stripe.com/test/workbench/logs",
        });
        if let Some(code) = self.code {
            error["code"] = code.into();
            error["doc_url"] = format!(
                "https://stripe.com/docs/error-codes/{}",
                code.replace('_', "-")
            )
            .into();
        }
        if let Some(param) = &self.param {
            error["param"] = param.clone().into();
        }
        json!({ "error": error })
    }
}
