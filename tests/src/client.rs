//! HTTP as a client of the API speaks it, and as nobody should.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

use crate::Reply;
use crate::contract::Contract;

/// A sender of requests: an address, and perhaps a session.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    origin: String,
    address: String,
    authorization: Option<String>,
    contract: Option<Arc<Contract>>,
}

impl Client {
    /// A client from `address`, as Cloudflare would report it.
    pub fn new(origin: &str, address: &str) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_mins(1)))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        Self {
            agent,
            origin: origin.into(),
            address: address.into(),
            authorization: None,
            contract: None,
        }
    }

    /// The same client, whose replies are held to a contract.
    #[must_use]
    pub(crate) fn held_to(&self, contract: Option<Arc<Contract>>) -> Self {
        Self {
            contract,
            ..self.clone()
        }
    }

    /// The same client with a session's token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            authorization: Some(format!("Bearer {token}")),
            ..self.clone()
        }
    }

    /// The same client from another address.
    #[must_use]
    pub fn from_address(&self, address: &str) -> Self {
        Self {
            address: address.into(),
            ..self.clone()
        }
    }

    /// Scheme, host and port that it talks to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where its requests come from.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn get(&self, path: &str) -> Reply {
        self.call("GET", path).send()
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path).json(body).send()
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path).send()
    }

    /// A request to be put together.
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        let mut headers = vec![("cf-connecting-ip".to_owned(), self.address.clone())];
        if let Some(authorization) = &self.authorization {
            headers.push(("authorization".into(), authorization.clone()));
        }
        Call {
            client: self,
            method: method.into(),
            path: path.into(),
            headers,
            body: None,
        }
    }
}

/// A request that is put together piece by piece.
pub struct Call<'a> {
    client: &'a Client,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call<'_> {
    /// Sets a header, in the place of one of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(present, _)| present != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Any body, of any type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Sends it and reads the whole reply.
    pub fn send(self) -> Reply {
        self.try_send().unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`Self::send`], where nobody may be there to answer.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn try_send(self) -> Result<Reply, String> {
        let url = format!("{}{}", self.client.origin, self.path);
        let mut request = Request::builder().method(self.method.as_str()).uri(url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let agent = &self.client.agent;
        let sent = match self.body {
            Some(body) => agent.run(request.body(body).expect("a request")),
            None => agent.run(request.body(()).expect("a request")),
        };
        let asked = format!("{} {}", self.method, self.path);
        let response = sent.map_err(|error| format!("{asked}: {error}"))?;
        let reply =
            Reply::try_read(&asked, response).map_err(|error| format!("{asked}: {error}"))?;
        let contract = self.client.contract.as_ref();
        if let Some(breach) =
            contract.and_then(|contract| contract.breach(&self.method, &self.path, &reply))
        {
            panic!("{asked} breaks its contract: {breach}: {}", reply.text());
        }
        Ok(reply)
    }
}
