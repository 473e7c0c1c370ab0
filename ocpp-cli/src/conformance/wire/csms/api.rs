//! The operator interface of `ocpp csms` as the operator.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use hyper::{Method, StatusCode};
use ocpp_conformance::bench::{Record, Told, Trouble};
use ocpp_conformance::case::Fact;
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::report;
use ocpp_core::csms::remote::Command;
use ocpp_core::csms::services::Token;
use ocpp_core::csms::{Registration, TokenStatus};
use serde_json::{Map, Value, json};
use tokio::runtime::Handle;

use super::super::control::Address;
use super::Operator;

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Api {
    runtime: Handle,
    address: Address,
    identity: String,
    /// What comes of the last command, and what it was, once it is known.
    outcome: Option<Receiver<Value>>,
    known: Option<Value>,
}

impl Api {
    pub(super) fn new(runtime: Handle, url: &str) -> Result<Self, Trouble> {
        let bad = |why: &dyn std::fmt::Display| Trouble::broken(format_args!("{url}: {why}"));
        let address = Address::of(url).map_err(|why| bad(&why))?;
        let health = address.exchange(Method::GET, "health", Value::Null);
        match runtime.block_on(health) {
            Ok((status, _)) if status.is_success() => Ok(Self {
                runtime,
                address,
                identity: String::new(),
                outcome: None,
                known: None,
            }),
            Ok((status, _)) => Err(bad(&format_args!(
                "answers {status} to GET /v1/health: not the operator interface of a CSMS"
            ))),
            Err(error) => Err(bad(&format_args!(
                "no operator interface answers there ({error}). Start the CSMS first, for example: ocpp csms --api {}",
                address.authority()
            ))),
        }
    }

    fn put(&self, what: &str, body: Value) -> Result<(), Trouble> {
        let asked = self.address.ask(Method::PUT, what, body);
        self.runtime.block_on(asked)
    }

    fn put_station(&self, body: Value) -> Result<(), Trouble> {
        self.put(&format!("stations/{}", self.identity), body)
    }

    fn forget_token(&self, token: &str) -> Result<(), Trouble> {
        let what = format!("tokens/{token}");
        let asked = self.address.exchange(Method::DELETE, &what, Value::Null);
        match self.runtime.block_on(asked) {
            // There may be none.
            Ok((status, _)) if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            Ok((status, text)) => Err(Trouble::NotDone(format!("{status} {text}"))),
            Err(error) => Err(Trouble::broken(error)),
        }
    }

    fn get(&self, what: &str) -> Option<Value> {
        let asked = self.address.exchange(Method::GET, what, Value::Null);
        let (_, text) = self.runtime.block_on(asked).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The last transaction of the station with this id.
    fn transaction(&self, id: &Value) -> Option<Value> {
        let all = self.get(&format!("transactions?station={}", self.identity))?;
        let mut all = all.as_array()?.iter().rev();
        all.find(|one| one["transactionId"] == *id).cloned()
    }

    /// What is known of the first connector of an EVSE.
    fn connector(&self, evse: u32) -> Option<Value> {
        let station = self.get(&format!("stations/{}", self.identity))?;
        let mut all = station["connectors"].as_array()?.iter();
        let first = |one: &&Value| {
            one["evse"] == evse && one["connector"].as_u64().is_none_or(|one| one <= 1)
        };
        all.find(first).cloned()
    }

    /// How far a lengthy operation is.
    fn progress(&self, action: &str) -> Option<Value> {
        let station = self.get(&format!("stations/{}", self.identity))?;
        let status = station["reports"].get(action)?;
        Some(json!({"status": status}))
    }

    fn put_token(&self, token: &str, value: &Token) -> Result<(), Trouble> {
        let value = serde_json::to_value(value).map_err(Trouble::broken)?;
        self.put(&format!("tokens/{token}"), value)
    }
}

/// A token of this status. One that has expired is one whose time is over.
fn token_of(status: TokenStatus, group: Option<&str>) -> Token {
    let expired = status == TokenStatus::Expired;
    let over = report::clock().saturating_add_millis(-86_400_000);
    let mut token = Token::of(if expired {
        TokenStatus::Accepted
    } else {
        status
    });
    token.expiry_date = expired.then_some(over);
    token.parent_id_tag = group.map(ToOwned::to_owned);
    token
}

/// Path and body of a command; nothing for what stations are not asked for.
fn request(command: &Command) -> Option<(String, Value)> {
    match command {
        Command::Call { action, payload } => {
            let payload = serde_json::from_str(payload).ok()?;
            Some((format!("call/{action}"), payload))
        }
        Command::Operation(operation) => Some(match serde_json::to_value(operation).ok()? {
            Value::String(name) => (format!("do/{name}"), json!({})),
            Value::Object(members) => {
                let (name, content) = members.into_iter().next()?;
                (format!("do/{name}"), content)
            }
            _ => return None,
        }),
        _ => None,
    }
}

/// What the operator interface answers, as [`outcome`](ocpp_conformance::bench::outcome) has it.
fn outcome(status: StatusCode, text: &str) -> Value {
    let mut answer: Value = serde_json::from_str(text).unwrap_or_default();
    if !status.is_success() {
        return json!({"accepted": false, "error": answer["error"]});
    }
    // The station has answered with an error.
    if answer["error"].is_object() && answer.get("outcome").is_none() {
        return json!({"accepted": false, "error": answer["error"]});
    }
    // Of a raw call.
    if let Some(response) = answer.get("result") {
        return without_null(json!({"status": response["status"], "response": response}));
    }
    match answer["outcome"].as_str() {
        Some("Accepted" | "Done") => answer["accepted"] = true.into(),
        Some("Refused") => answer["accepted"] = false.into(),
        Some("Report") => answer = json!({"report": answer["parts"]}),
        Some("Partial") => {
            let error = answer["error"].take();
            answer = outcome(StatusCode::OK, &answer["done"].to_string());
            answer["error"] = error;
        }
        _ => {}
    }
    without_null(answer)
}

fn without_null(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}

impl Operator for Api {
    fn next_case(&mut self, parameters: &Parameters) -> Result<(), Trouble> {
        if !self.identity.is_empty() {
            // The serial number belongs to one station.
            self.put_station(json!({"serialNumber": null}))?;
        }
        (self.outcome, self.known) = (None, None);
        self.identity.clone_from(&parameters.identity);
        self.put_station(json!({"boot": "Accepted"}))
    }

    fn enter(&mut self, fact: Fact, parameters: &Parameters) -> Result<(), Trouble> {
        match fact {
            Fact::Token(token, status) => {
                self.put_token(token(parameters), &token_of(status, None))
            }
            Fact::UnknownToken(token) => self.forget_token(token(parameters)),
            Fact::TokenOfGroup(token, group) => {
                let value = token_of(TokenStatus::Accepted, Some(group(parameters)));
                self.put_token(token(parameters), &value)
            }
            Fact::Registration(boot) => {
                let interval = (boot != Registration::Accepted).then_some(parameters.boot_interval);
                self.put_station(json!({"boot": boot, "interval": interval}))
            }
            Fact::SerialNumber(number) => {
                self.put_station(json!({"serialNumber": number(parameters)}))
            }
            Fact::Password(password) => self.put_station(json!({"password": password(parameters)})),
            Fact::CertificateServices => Err(Trouble::Impossible(
                "ocpp csms asks nobody about certificates".to_owned(),
            )),
            // It is started with --price.
            Fact::Price(_) => Ok(()),
        }
    }

    fn operate(&mut self, words: &str, command: &Command) -> Result<(), Trouble> {
        let Some((path, body)) = request(command) else {
            let why = format!("the operator interface has nothing for this: {words}");
            return Err(Trouble::Impossible(why));
        };
        let (sender, outcomes) = channel();
        (self.outcome, self.known) = (Some(outcomes), None);
        let address = self.address.clone();
        let path = format!("stations/{}/{path}", self.identity);
        // The lab has to answer meanwhile.
        self.runtime.spawn(async move {
            let told = match address.exchange(Method::POST, &path, body).await {
                Ok((status, text)) => outcome(status, &text),
                Err(error) => json!({"accepted": false, "error": error.to_string()}),
            };
            // Nobody waits for it if no step asks.
            let _ = sender.send(told);
        });
        Ok(())
    }

    fn told(&mut self, _: &str, within: Duration) -> Result<Told, Trouble> {
        if let Some(known) = &self.known {
            return Ok(Told::Outcome(known.clone()));
        }
        let Some(outcomes) = &self.outcome else {
            return Ok(Told::Nothing);
        };
        match outcomes.recv_timeout(within) {
            Ok(told) => Ok(Told::Outcome(self.known.insert(told).clone())),
            Err(RecvTimeoutError::Timeout) => Ok(Told::Nothing),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::broken("nothing answers")),
        }
    }

    fn record(&mut self, _: &str, record: &Record) -> Result<Told, Trouble> {
        let kept = match record {
            Record::Transaction(id) => self.transaction(id).map(|kept| {
                let ended = kept["stoppedAt"].as_str().is_some_and(|at| !at.is_empty());
                let mut kept = kept;
                kept["ended"] = ended.into();
                kept
            }),
            Record::Connector(evse) => self.connector(*evse),
            Record::Progress(action) => self.progress(action),
        };
        Ok(kept.map_or(Told::Nothing, Told::Outcome))
    }

    fn transaction_number(&self, id: &str) -> Option<u64> {
        self.transaction(&id.into())?["ref"].as_u64()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use ocpp_core::csms::remote::Operation;

    use super::*;

    #[test]
    fn commands_become_requests_of_the_interface() {
        let path = |operation| request(&Command::Operation(operation)).unwrap();
        assert_eq!(
            path(Operation::ClearCache),
            ("do/ClearCache".into(), json!({}))
        );
        assert_eq!(path(Operation::Stop(7)), ("do/Stop".into(), json!(7)));
        let trigger = Operation::Trigger {
            message: "Heartbeat".into(),
            evse: None,
            connector: None,
        };
        let (name, content) = path(trigger);
        assert_eq!(
            (name.as_str(), &content["message"]),
            ("do/Trigger", &json!("Heartbeat"))
        );
        let raw = Command::Call {
            action: "Reset".into(),
            payload: r#"{"type":"Hard"}"#.into(),
        };
        assert_eq!(
            request(&raw),
            Some(("call/Reset".into(), json!({"type": "Hard"})))
        );
        assert_eq!(request(&Command::CloseTransaction(1)), None);
    }

    #[test]
    fn answers_become_what_steps_read() {
        let ok = |text: &str| outcome(StatusCode::OK, text);
        assert_eq!(
            ok(r#"{"outcome":"Refused","status":"Rejected","reason":null}"#),
            json!({"outcome": "Refused", "accepted": false, "status": "Rejected"})
        );
        assert_eq!(
            ok(r#"{"outcome":"Report","parts":[1]}"#),
            json!({"report": [1]})
        );
        let partial = ok(
            r#"{"outcome":"Partial","done":{"outcome":"Accepted","status":"Accepted"},"error":"x"}"#,
        );
        assert_eq!(
            (&partial["status"], &partial["error"]),
            (&json!("Accepted"), &json!("x"))
        );
        let raw = ok(r#"{"result":{"status":"Rejected"}}"#);
        assert_eq!(raw["status"], "Rejected");
        let error = ok(r#"{"error":{"code":"NotSupported","description":"","details":{}}}"#);
        assert_eq!(
            (&error["accepted"], &error["error"]["code"]),
            (&json!(false), &json!("NotSupported"))
        );
        let refused = outcome(StatusCode::CONFLICT, r#"{"error":"why"}"#);
        assert_eq!(refused, json!({"accepted": false, "error": "why"}));
    }
}
