//! Typed operations, in words of no version.

use std::sync::LazyLock;

use hyper::StatusCode;
use ocpp_core::csms::remote::{CommandError, Operation, Outcome, VariableResult};
use ocpp_core::redact;
use ocpp_tokio::csms::Csms;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::members::Schemas;
use super::stations::refused;
use crate::csms::program::Program;
use crate::http::{Reply, Request, Role, pointer, read_json};

/// What whoever runs stations may do; everything else is for administrators, because it could open the station to others.
const OF_OPERATORS: [&str; 26] = [
    "CancelReservation",
    "ChangeAvailability",
    "ClearCache",
    "ClearLimit",
    "ClearMessage",
    "CompositeSchedule",
    "FindMessages",
    "FindMonitors",
    "GetVariables",
    "Inventory",
    "Limit",
    "ListCertificates",
    "ListMessages",
    "ListMonitors",
    "ListProfiles",
    "LocalListVersion",
    "Reserve",
    "Reset",
    "SetProfile",
    "ShowMessage",
    "Start",
    "Stop",
    "TellCost",
    "TransactionStatus",
    "Trigger",
    "Unlock",
];

/// Who may carry an operation out.
pub(super) fn role(operation: &str) -> Role {
    match OF_OPERATORS.contains(&operation) {
        true => Role::Operate,
        false => Role::Admin,
    }
}

/// The operations by name, with the schemas of what belongs to them.
struct Known {
    operations: Vec<(String, Option<Value>)>,
    definitions: Map<String, Value>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut generator = super::openapi::generator();
    let all = all(&mut generator).into_iter();
    Known {
        operations: all.map(|(name, _, schema)| (name, schema)).collect(),
        definitions: generator.take_definitions(true),
    }
});

/// Refuses what the operation has no place for.
fn check_members(name: &str, content: &Value) -> Result<(), Reply> {
    let mut all = KNOWN.operations.iter();
    let schema = all.find(|(known, _)| known == name);
    let Some((_, Some(schema))) = schema else {
        return Ok(());
    };
    match Schemas(&KNOWN.definitions).unknown(schema, content) {
        Some(pointer) => Err(Reply::bad_member(&pointer, "there is no such member")),
        None => Ok(()),
    }
}

/// The operations by name, each with the schema of what belongs to it, if anything does.
pub(super) fn all(generator: &mut SchemaGenerator) -> Vec<(String, String, Option<Value>)> {
    let schema: Schema = Operation::json_schema(generator);
    let mut all = Vec::new();
    let variants = schema.get("oneOf").and_then(Value::as_array);
    for variant in variants.into_iter().flatten() {
        let what = variant["description"].as_str().unwrap_or_default();
        let names = variant["enum"].as_array();
        let names = names.into_iter().flatten().chain(variant.get("const"));
        for name in names.filter_map(Value::as_str) {
            all.push((name.to_owned(), what.to_owned(), None));
        }
        let members = variant["properties"].as_object();
        for (name, schema) in members.into_iter().flatten() {
            all.push((name.clone(), what.to_owned(), Some(schema.clone())));
        }
    }
    all
}

/// What came of an operation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "outcome")]
pub(super) enum OutcomeView {
    /// Done; the station was not needed.
    Done,
    /// The response to a raw call.
    Response {
        /// As the version writes it.
        response: Value,
    },
    /// The station accepted it.
    Accepted {
        /// As the station wrote it: `Accepted`, `Scheduled`, `RebootRequired`, …
        status: String,
        /// The number that was chosen for it; of a local list its version.
        id: Option<i64>,
        /// The last response; of monitors one with the results of all parts.
        response: Value,
    },
    /// Done in part: a later request of the operation came to nothing.
    Partial {
        /// What the requests before it came to.
        done: Box<OutcomeView>,
        /// What happened to it.
        error: String,
    },
    /// The station refused it.
    Refused {
        /// As the station wrote it.
        status: String,
        /// Why, if it said so.
        reason: Option<String>,
    },
    /// Variables with their values, or with what became of each.
    Variables {
        /// In the order of the request.
        variables: Vec<VariableResult>,
    },
    /// All parts of a report, as the version writes them.
    Report {
        /// The messages.
        parts: Vec<Value>,
    },
    /// What a transaction is doing.
    TransactionStatus {
        /// Whether it runs; `null` if none was named.
        ongoing: Option<bool>,
        /// Whether messages wait.
        waiting: bool,
    },
}

/// JSON of a station without its secrets (A01.FR.12).
fn read(text: &str) -> Value {
    let text = redact(text);
    serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
}

/// A variable without its value, if that is a secret: a station must not tell its password (A01.FR.12), but some do.
fn without_secret(mut variable: VariableResult) -> VariableResult {
    let name = &variable.name;
    let told = match name.component.is_empty() {
        true => json!({"key": name.variable, "value": variable.value}),
        false => json!({
            "component": {"name": name.component}, "variable": {"name": name.variable},
            "attributeValue": variable.value,
        }),
    };
    let read = read(&told.to_string());
    let value = read.get("value").or_else(|| read.get("attributeValue"));
    variable.value = value.and_then(Value::as_str).map(Into::into);
    variable
}

impl OutcomeView {
    fn new(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::Accepted {
                status,
                id,
                response,
            } => Self::Accepted {
                status,
                id,
                response: read(&response),
            },
            Outcome::Partial { done, error } => Self::Partial {
                done: Box::new(Self::new(*done)),
                error: format!("{error:?}"),
            },
            Outcome::Refused { status, reason } => Self::Refused { status, reason },
            Outcome::Variables(variables) => Self::Variables {
                variables: variables.into_iter().map(without_secret).collect(),
            },
            Outcome::Report(parts) => Self::Report {
                parts: parts.iter().map(|part| read(part)).collect(),
            },
            Outcome::TransactionStatus { ongoing, waiting } => {
                Self::TransactionStatus { ongoing, waiting }
            }
            Outcome::Response(response) => Self::Response {
                response: read(&response),
            },
            _ => Self::Done,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Response { .. } => "Response",
            Self::Accepted { .. } => "Accepted",
            Self::Partial { .. } => "Partial",
            Self::Refused { .. } => "Refused",
            Self::Variables { .. } => "Variables",
            Self::Report { .. } => "Report",
            Self::TransactionStatus { .. } => "TransactionStatus",
        }
    }
}

/// The operation of a request: its name is in the path, what belongs to it in the body.
fn parse(name: &str, body: &str) -> Result<Operation, Reply> {
    let content: Value = read_json(body)?;
    let is_empty = content.as_object().is_some_and(serde_json::Map::is_empty);
    let with = |content: Value| {
        let mut operation = serde_json::Map::new();
        operation.insert(name.into(), content);
        serde_path_to_error::deserialize::<_, Operation>(Value::Object(operation))
    };
    // Nothing is an empty object, or nothing at all.
    if is_empty && let Ok(operation) = with(Value::Null) {
        return Ok(operation);
    }
    let members = check_members(name, &content);
    let operation = with(content).map_err(|error| {
        // The operation stands in the path, not in the body.
        let pointer = pointer(error.path());
        let within = pointer.strip_prefix(&format!("/{name}"));
        let within = within.unwrap_or(&pointer);
        let reason = error.into_inner().to_string();
        let missing = reason.strip_prefix("missing field `");
        let missing = missing.and_then(|rest| rest.split_once('`'));
        let missing = missing.map_or_else(String::new, |(name, _)| format!("/{name}"));
        Reply::bad_member(&format!("{within}{missing}"), reason)
    })?;
    members.map(|()| operation)
}

/// `POST /v1/stations/ID/do/OPERATION`.
pub(super) async fn carry_out(
    csms: &Csms,
    program: &Program,
    id: &str,
    name: &str,
    request: &Request,
) -> Result<Reply, Reply> {
    request.role.wants(role(name))?;
    if !KNOWN.operations.iter().any(|(known, _)| known == name) {
        let why = format!("there is no operation {name}");
        return Err(Reply::error(StatusCode::NOT_FOUND, why));
    }
    let operation = parse(name, request.text()?)?;
    operate(csms, program, id, name, operation).await
}

/// Carries an operation out, and tells what came of it.
pub(super) async fn operate(
    csms: &Csms,
    program: &Program,
    id: &str,
    name: &str,
    operation: Operation,
) -> Result<Reply, Reply> {
    let station = csms.station_called(id);
    let outcome = station.operate(operation).await;
    let (outcome, reply) = match outcome {
        Ok(outcome) => {
            let view = OutcomeView::new(outcome);
            (view.name(), Ok(Reply::ok(&view)))
        }
        Err(error) => {
            let outcome = match &error {
                CommandError::Call(_) => "CallFailed",
                CommandError::NotAdmitted { .. } => "NotAdmitted",
                _ => "Failed",
            };
            (outcome, refused(&station, name, error).await)
        }
    };
    program.metrics.operated(name, outcome);
    reply
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use ocpp_core::csms::remote::VariableName;

    use super::*;

    #[test]
    fn every_operation_is_read_from_what_its_schema_permits() {
        let mut generator = crate::csms::api::openapi::generator();
        let all = all(&mut generator);
        assert!(all.len() > 25, "{all:?}");
        for name in OF_OPERATORS {
            assert!(all.iter().any(|(known, ..)| known == name), "{name}");
        }
        assert_eq!(parse("ClearCache", "{}").unwrap(), Operation::ClearCache);
        assert_eq!(parse("Stop", "7").unwrap(), Operation::Stop(7));
        let status = parse("TransactionStatus", "{}").unwrap();
        assert_eq!(status, Operation::TransactionStatus(None));
        let reset = parse("Reset", r#"{"immediately": true}"#).unwrap();
        let wanted = Operation::Reset {
            immediately: true,
            evse: None,
        };
        assert_eq!(reset, wanted);
        let wrong = parse("Start", r#"{"idToken": {"idToken": 5}}"#).unwrap_err();
        let body: Value = serde_json::from_str(&wrong.body).unwrap();
        assert_eq!(body["pointer"], "/idToken/idToken", "{body}");
        assert_eq!(parse("Reset", "{").unwrap_err().status, 400);
    }

    #[test]
    fn what_an_operation_does_not_know_is_refused_with_its_place() {
        let token = r#"{"idToken": "A1", "kind": "ISO14443"}"#;
        for (name, body, pointer) in [
            (
                "Reset",
                r#"{"immediately": true, "evseId": 1}"#.to_owned(),
                "/evseId",
            ),
            (
                "Limit",
                r#"{"evse": 1, "limit": 11000, "unit": "W"}"#.into(),
                "/unit",
            ),
            ("Limit", r#"{"evse": 1, "limit": "x"}"#.into(), "/limit"),
            ("Limit", r#"{"limit": 5}"#.into(), "/evse"),
            (
                "Start",
                r#"{"idToken": {"idToken": "A1", "type": "x"}}"#.into(),
                "/idToken/type",
            ),
            (
                "GetVariables",
                r#"[{"variable": "V", "Attribute": "Target"}]"#.into(),
                "/0/Attribute",
            ),
            ("GetVariables", r#"[{"variable": 5}]"#.into(), "/0/variable"),
            (
                "SetVariables",
                r#"[[{"variable": "V", "x": 1}, "1"]]"#.into(),
                "/0/0/x",
            ),
            (
                "CustomerInformation",
                format!(r#"{{"report": true, "clear": false, "idToken": {token}, "a/b": 1}}"#),
                "/a~1b",
            ),
            (
                "SendLocalList",
                format!(
                    r#"{{"version": 1, "full": true, "entries": [{{"idToken": {token}, "status": 1}}]}}"#
                ),
                "/entries/0/status",
            ),
        ] {
            let refused = parse(name, &body).unwrap_err();
            let told: Value = serde_json::from_str(&refused.body).unwrap();
            assert_eq!(
                (refused.status.as_u16(), &told["pointer"]),
                (400, &json!(pointer)),
                "{name} {told}"
            );
        }
        // Payloads of a version are judged by its schema.
        let data = r#"{"vendor": "V", "data": {"whatever": [{"x": 1}]}}"#;
        assert!(parse("SendData", data).is_ok());
        let customer = format!(r#"{{"report": true, "clear": false, "idToken": {token}}}"#);
        assert!(parse("CustomerInformation", &customer).is_ok());
    }

    #[test]
    fn passwords_among_variables_are_not_told() {
        let result = |name, value: &str| VariableResult {
            name,
            status: "Accepted".into(),
            value: Some(value.into()),
        };
        let secret = "00112233445566778899aabbccddeeff";
        let mut target = VariableName::new("SecurityCtrlr", "BasicAuthPassword");
        target.attribute = Some("Target".into());
        for name in [
            VariableName::key("AuthorizationKey"),
            VariableName::key("authorizationkey"),
            VariableName::new("SecurityCtrlr", "BasicAuthPassword"),
            target,
        ] {
            let done = Outcome::Variables(vec![
                result(name, secret),
                result(VariableName::key("HeartbeatInterval"), "300"),
            ]);
            let error = CommandError::NotConnected;
            let partial = Outcome::Partial {
                done: Box::new(done.clone()),
                error,
            };
            for outcome in [done, partial] {
                let told = serde_json::to_string(&OutcomeView::new(outcome)).unwrap();
                assert!(!told.contains(secret) && told.contains("300"), "{told}");
            }
        }
    }
}
