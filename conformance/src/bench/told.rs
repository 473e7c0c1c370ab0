//! What the operator of a CSMS under test is told of a command.

use ocpp_core::csms::remote::{CommandError, Outcome};
use serde_json::{Map, Value, json};

/// What the operator is told of the last command.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// This; see [`outcome`].
    Outcome(Value),
    /// A person says that it is as the step wants it.
    Confirmed,
    /// A person says that it is not.
    Denied,
    /// Nothing yet.
    Nothing,
}

/// An outcome as steps read it: `accepted`, `status`, `id` and `reason` of what a station was asked to do; `response`, the last
/// response of the station; `variables` with `name`, `status` and `value`; `report`, the messages of one; `ongoing` and `waiting` of
/// a transaction; `error` of a command that came to nothing.
#[must_use]
pub fn outcome(outcome: &Result<Outcome, CommandError>) -> Value {
    match outcome {
        Ok(outcome) => told(outcome),
        Err(error) => json!({"accepted": false, "error": format!("{error:?}")}),
    }
}

fn told(outcome: &Outcome) -> Value {
    let decoded = |text: &String| serde_json::from_str::<Value>(text).unwrap_or_default();
    match outcome {
        Outcome::Done => json!({"accepted": true}),
        Outcome::Response(response) => {
            let response = decoded(response);
            without_null(json!({"status": response["status"], "response": response}))
        }
        Outcome::Accepted {
            status,
            id,
            response,
        } => without_null(json!({
            "accepted": true, "status": status, "id": id, "response": decoded(response),
        })),
        Outcome::Refused { status, reason } => {
            without_null(json!({"accepted": false, "status": status, "reason": reason}))
        }
        Outcome::Partial { done, error } => {
            let mut done = told(done);
            done["error"] = format!("{error:?}").into();
            done
        }
        Outcome::Variables(results) => {
            let result = |result: &ocpp_core::csms::remote::VariableResult| {
                without_null(json!({
                    "name": result.name, "status": result.status, "value": result.value,
                }))
            };
            let results: Vec<Value> = results.iter().map(result).collect();
            json!({ "variables": results })
        }
        Outcome::Report(parts) => {
            let parts: Vec<Value> = parts.iter().map(decoded).collect();
            json!({ "report": parts })
        }
        Outcome::TransactionStatus { ongoing, waiting } => {
            without_null(json!({"ongoing": ongoing, "waiting": waiting}))
        }
        // One that this lab does not know yet.
        other => json!({"outcome": format!("{other:?}")}),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_told_with_what_the_station_said() {
        let accepted = Outcome::Accepted {
            status: "Scheduled".into(),
            id: Some(7),
            response: r#"{"status":"Scheduled"}"#.into(),
        };
        let seen = outcome(&Ok(accepted.clone()));
        let wanted = json!({
            "accepted": true, "status": "Scheduled", "id": 7, "response": {"status": "Scheduled"},
        });
        assert_eq!(seen, wanted);
        let partial = Outcome::Partial {
            done: Box::new(accepted),
            error: CommandError::Incomplete,
        };
        assert_eq!(outcome(&Ok(partial))["error"], "Incomplete");
        let refused = Outcome::Refused {
            status: "Rejected".into(),
            reason: None,
        };
        let wanted = json!({"accepted": false, "status": "Rejected"});
        assert_eq!(outcome(&Ok(refused)), wanted);
        let error = outcome(&Err(CommandError::TooMany));
        assert_eq!(error, json!({"accepted": false, "error": "TooMany"}));
    }
}
