//! Tells people what goes over the wire.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;

use ocpp_core::frame::Frame;
use ocpp_core::time::DateTime;
use ocpp_types::{DecodeError, Protocol, Version, v1_6, v2_0_1};
use serde_json::Value;

/// What is decisive in a message, and where it stands: pointers into requests and responses of all versions.
const DECISIVE: [(&str, &str); 44] = [
    ("/chargePointVendor", "vendor"),
    ("/chargePointModel", "model"),
    ("/chargingStation/vendorName", "vendor"),
    ("/chargingStation/model", "model"),
    ("/eventType", "event"),
    ("/triggerReason", "because"),
    ("/connectorId", "connector"),
    ("/evseId", "EVSE"),
    ("/evse/id", "EVSE"),
    ("/idTag", "card"),
    ("/idToken/idToken", "card"),
    ("/transactionId", "transaction"),
    ("/transactionInfo/transactionId", "transaction"),
    ("/transactionInfo/chargingState", "state"),
    ("/transactionInfo/stoppedReason", "reason"),
    ("/key", "key"),
    ("/value", "value"),
    ("/setVariableData/0/variable/name", "variable"),
    ("/setVariableData/0/attributeValue", "value"),
    ("/setVariableResult/0/attributeStatus", "status"),
    ("/requestedMessage", "message"),
    ("/type", "type"),
    ("/status", "status"),
    ("/connectorStatus", "status"),
    ("/idTagInfo/status", "card is"),
    ("/idTokenInfo/status", "card is"),
    ("/errorCode", "error"),
    ("/meterStart", "meter [Wh]"),
    ("/meterStop", "meter [Wh]"),
    ("/reason", "reason"),
    ("/interval", "interval [s]"),
    ("/currentTime", "time"),
    ("/csChargingProfiles/chargingProfilePurpose", "profile"),
    (
        "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/limit",
        "limit",
    ),
    (
        "/csChargingProfiles/chargingSchedule/chargingRateUnit",
        "unit",
    ),
    ("/chargingProfile/chargingProfilePurpose", "profile"),
    (
        "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/limit",
        "limit",
    ),
    (
        "/chargingProfile/chargingSchedule/0/chargingRateUnit",
        "unit",
    ),
    ("/schedule/chargingSchedulePeriod/0/limit", "limit"),
    ("/duration", "duration [s]"),
    ("/reservationId", "reservation"),
    ("/seqNo", "number"),
    ("/offline", "offline"),
    ("/requestId", "request"),
];

/// Prints messages as they pass, checks them, and counts them.
pub(crate) struct Narrator {
    version: Version,
    raw: bool,
    colours: bool,
    print: Box<dyn FnMut(&str) + Send>,
    /// The calls under way: by sender and id.
    calls: BTreeMap<(bool, String), String>,
    /// Messages by sender (the station?) and action.
    counts: BTreeMap<(bool, String), u32>,
    /// The last power that the station reported, in W.
    power: Option<f64>,
    wrong: Vec<String>,
}

impl Narrator {
    pub(crate) fn new(
        version: Version,
        raw: bool,
        print: impl FnMut(&str) + Send + 'static,
    ) -> Self {
        Self {
            version,
            raw,
            colours: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            print: Box::new(print),
            calls: BTreeMap::new(),
            counts: BTreeMap::new(),
            power: None,
            wrong: Vec::new(),
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.into()
        }
    }

    /// Prints a line.
    pub(crate) fn print(&mut self, line: &str) {
        (self.print)(line);
    }

    /// What happens beside the wire.
    pub(crate) fn tell(&mut self, what: &str) {
        let what = self.paint("1", what);
        self.print(&what);
    }

    /// A message passes.
    pub(crate) fn message(&mut self, time: DateTime, from_station: bool, text: &str) {
        let clock = time.to_string();
        let clock = clock.get(11..).unwrap_or_default().trim_end_matches('Z');
        let clock = self.paint("2", &format!("{clock:<12}"));
        let (arrow, colour) = if from_station {
            ("station → CSMS   ", "36")
        } else {
            ("station ← CSMS   ", "33")
        };
        let arrow = self.paint(colour, arrow);
        let (what, fields) = self.note(from_station, text);
        if self.raw {
            self.print(&format!("  {clock}  {arrow}{text}"));
        } else {
            self.print(&format!("  {clock}  {arrow}{what:<26} {fields}"));
        }
    }

    /// Whether a payload is as the schema of its message wants it.
    fn check(&mut self, kind: Kind, action: &str, payload: &str) {
        let checked = match self.version {
            Version::V1_6 => check::<v1_6::Protocol>(kind, action, payload),
            _ => check::<v2_0_1::Protocol>(kind, action, payload),
        };
        if let Err(problem) = checked {
            self.wrong.push(format!("{action} {payload}: {problem}"));
        }
    }

    /// Takes a message apart. Gives what it is and what is decisive in it.
    fn note(&mut self, from_station: bool, text: &str) -> (String, String) {
        let frame = match Frame::parse(self.version, text) {
            Ok(frame) => frame,
            Err(malformed) => {
                self.wrong.push(format!("{text}: {malformed}"));
                return ("?".into(), text.into());
            }
        };
        match frame {
            Frame::Call(call) | Frame::Send(call) => {
                let action = call.action.to_string();
                self.calls
                    .insert((from_station, call.id.into()), action.clone());
                *self
                    .counts
                    .entry((from_station, action.clone()))
                    .or_default() += 1;
                self.check(Kind::Request, &action, call.payload);
                let payload = serde_json::from_str(call.payload).unwrap_or_default();
                self.note_power(&payload);
                (action, decisive(&payload))
            }
            Frame::CallResult(result) => {
                let key = (!from_station, result.id.to_string());
                let action = self.calls.remove(&key).unwrap_or_default();
                self.check(Kind::Response, &action, result.payload);
                let payload = serde_json::from_str(result.payload).unwrap_or_default();
                (format!("  {action}"), decisive(&payload))
            }
            Frame::CallError(error) | Frame::CallResultError(error) => {
                let key = (!from_station, error.id.to_string());
                let action = self.calls.remove(&key).unwrap_or_default();
                let code = error.code.as_str(self.version);
                self.wrong.push(format!(
                    "{action} was refused: {code} {}",
                    error.description
                ));
                (
                    format!("  {action}"),
                    self.paint("31", &format!("{code} {}", error.description)),
                )
            }
            other => (other.number().name().into(), String::new()),
        }
    }

    fn note_power(&mut self, payload: &Value) {
        for sample in samples(payload) {
            if sample["measurand"] == "Power.Active.Import" && sample["phase"].is_null() {
                self.power = number(&sample["value"]);
            }
        }
    }

    /// The last power that the station reported, in W.
    pub(crate) fn power(&self) -> Option<f64> {
        self.power
    }

    /// Forgets the last power, so that the next one is news.
    pub(crate) fn forget_power(&mut self) {
        self.power = None;
    }

    /// How many requests of that name the station, or the CSMS, has sent.
    pub(crate) fn count(&self, from_station: bool, action: &str) -> u32 {
        let key = (from_station, action.to_string());
        self.counts.get(&key).copied().unwrap_or_default()
    }

    /// What was wrong with messages so far.
    pub(crate) fn wrong(&self) -> &[String] {
        &self.wrong
    }

    /// All requests that were counted, in words.
    pub(crate) fn summary(&self) -> String {
        let mut summary = String::new();
        for (from_station, name) in [(true, "the station"), (false, "the CSMS")] {
            let sent = || {
                self.counts
                    .iter()
                    .filter(|((from, _), _)| *from == from_station)
            };
            let total: u32 = sent().map(|(_, count)| count).sum();
            let each: Vec<_> = sent()
                .map(|((_, action), n)| format!("{action} {n}"))
                .collect();
            // Writing to a string cannot fail.
            let _ = writeln!(
                summary,
                "  {name} called {total} times: {}",
                each.join(", ")
            );
        }
        summary
    }
}

/// What a payload belongs to.
#[derive(Clone, Copy)]
enum Kind {
    Request,
    Response,
}

/// Decodes a payload strictly.
fn check<P: Protocol>(kind: Kind, action: &str, payload: &str) -> Result<(), String> {
    let known = P::action(action).ok_or("nobody asked, or the action is not known")?;
    let in_words = |error: DecodeError| error.to_string();
    match kind {
        Kind::Request => P::decode_request(known, payload)
            .map(drop)
            .map_err(in_words),
        Kind::Response => P::decode_response(known, payload)
            .map(drop)
            .map_err(in_words),
    }
}

/// What is decisive in a payload, in words.
fn decisive(payload: &Value) -> String {
    let mut words: Vec<String> = DECISIVE
        .iter()
        .filter_map(|(pointer, name)| {
            let value = match payload.pointer(pointer)? {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                _ => return None,
            };
            (value != "NoError").then(|| format!("{name} {value}"))
        })
        .collect();
    for sample in samples(payload) {
        let measurand = sample["measurand"]
            .as_str()
            .unwrap_or("Energy.Active.Import.Register");
        let name = match measurand {
            "Energy.Active.Import.Register" => "meter",
            "Power.Active.Import" => "power",
            "SoC" => "battery",
            _ => continue,
        };
        let unit = sample["unit"]
            .as_str()
            .or_else(|| sample["unitOfMeasure"]["unit"].as_str())
            .unwrap_or("Wh");
        if sample["phase"].is_null()
            && let Some(value) = number(&sample["value"])
        {
            words.push(format!("{name} {value} {unit}"));
        }
    }
    words.join(", ")
}

/// All sampled values of a payload.
fn samples(payload: &Value) -> impl Iterator<Item = &Value> {
    let values = payload["meterValue"].as_array().into_iter().flatten();
    values.flat_map(|value| value["sampledValue"].as_array().into_iter().flatten())
}

/// 1.6 writes numbers as texts.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisive_fields_are_told_in_words() {
        let text = r#"[2,"1","StartTransaction",{"connectorId":1,"idTag":"A1","meterStart":5,"timestamp":"2024-05-15T12:00:00Z"}]"#;
        let mut narrator = Narrator::new(Version::V1_6, false, |_| ());
        let (what, fields) = narrator.note(true, text);
        assert_eq!(what, "StartTransaction");
        assert_eq!(fields, "connector 1, card A1, meter [Wh] 5");
        let answer = r#"[3,"1",{"idTagInfo":{"status":"Accepted"},"transactionId":7}]"#;
        let (what, fields) = narrator.note(false, answer);
        assert_eq!(what, "  StartTransaction");
        assert_eq!(fields, "transaction 7, card is Accepted");
        let meter = r#"[2,"2","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2024-05-15T12:00:00Z","sampledValue":[{"value":"10"},{"value":"6900","measurand":"Power.Active.Import","unit":"W"},{"value":"9","phase":"L1"}]}]}]"#;
        let (_, fields) = narrator.note(true, meter);
        assert_eq!(fields, "connector 1, meter 10 Wh, power 6900 W");
        assert_eq!(narrator.power(), Some(6900.0));
        assert_eq!(narrator.count(true, "MeterValues"), 1);
        assert!(narrator.wrong().is_empty());
        narrator.note(true, r#"[4,"9","NotSupported","no",{}]"#);
        assert_eq!(narrator.wrong().len(), 1);
    }

    #[test]
    fn what_breaks_its_schema_is_wrong() {
        let wrong = [
            r#"[2,"1","StartTransaction",{"connectorId":1}]"#,
            r#"[2,"2","Unheard",{}]"#,
            r#"[3,"3",{}]"#,
            "not a frame",
        ];
        for text in wrong {
            let mut narrator = Narrator::new(Version::V1_6, false, |_| ());
            narrator.message(DateTime::UNIX_EPOCH, true, text);
            assert_eq!(narrator.wrong().len(), 1, "{text}");
        }
    }
}
