//! Numbers that a CSMS gives: in a replay they are other ones than in the recording.

use std::collections::BTreeMap;

use serde_json::Value;

/// The members with numbers that the CSMS has given.
const NUMBERS: [&str; 6] = [
    "transactionId",
    "reservationId",
    "requestId",
    "remoteStartId",
    "id",
    "chargingProfileId",
];

/// The numbers of the recording that are other ones now.
pub(super) fn learn(then: &Value, now: &Value, numbers: &mut BTreeMap<(&'static str, i64), i64>) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (name, then) in then {
                let Some(now) = now.get(name) else {
                    continue;
                };
                let given = NUMBERS.into_iter().find(|given| given == name);
                match (given, then.as_i64(), now.as_i64()) {
                    (Some(name), Some(then), Some(now)) => {
                        numbers.insert((name, then), now);
                    }
                    _ => learn(then, now, numbers),
                }
            }
        }
        (Value::Array(then), Value::Array(now)) => {
            for (then, now) in then.iter().zip(now) {
                learn(then, now, numbers);
            }
        }
        _ => {}
    }
}

pub(super) fn replace(value: &mut Value, numbers: &BTreeMap<(&'static str, i64), i64>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let given = NUMBERS.into_iter().find(|given| given == name);
                // A reservation has another name where it is made in 2.x.
                let known = given.zip(member.as_i64()).and_then(|(name, then)| {
                    let here = numbers.get(&(name, then));
                    here.or(numbers
                        .get(&("id", then))
                        .filter(|_| name == "reservationId"))
                });
                match known {
                    Some(now) => *member = (*now).into(),
                    None => replace(member, numbers),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, numbers)),
        _ => {}
    }
}

/// What an answer to a request says, apart from times, and from numbers that were given.
pub(super) fn essence(request: &Value, frame: &Value) -> Value {
    let mut payload = frame[2].clone();
    if let Some(members) = payload.as_object_mut() {
        members.remove("currentTime");
        members.remove("transactionId");
        // Nobody has asked about a token: what is said of it is courtesy.
        if request[2] == "TransactionEvent" && request[3]["idToken"].is_null() {
            members.remove("idTokenInfo");
        }
        for info in ["idTagInfo", "idTokenInfo"] {
            if let Some(info) = members.get_mut(info).and_then(Value::as_object_mut) {
                info.remove("expiryDate");
                info.remove("cacheExpiryDateTime");
            }
        }
    }
    payload
}
