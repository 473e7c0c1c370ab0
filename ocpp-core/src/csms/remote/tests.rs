#![allow(
    clippy::needless_pass_by_value,
    reason = "payloads are written where they are used"
)]

mod operated;

use alloc::collections::BTreeMap;
use alloc::format;

use ocpp_types::{Protocol, Version};
use serde_json::{Value, json};

use super::*;
use crate::csms::ledger::{IdToken, Warning};
use crate::csms::services::{Token, Tokens, TokensConfig};
use crate::csms::{Registration, TokenStatus};
use crate::security::SecurityProfile;
use crate::session::CallFailure;

const V1_6: Version = Version::V1_6;
const V2_0_1: Version = Version::V2_0_1;
const V2_1: Version = Version::V2_1;

/// A CSMS with one station and a disk.
struct Bench {
    station: RemoteStation,
    tokens: Tokens,
    disk: BTreeMap<String, String>,
    /// The disk is full.
    full: bool,
    /// Nobody answers questions.
    silent: bool,
    next: u64,
    millis: u64,
    sent: Vec<Value>,
    events: Vec<StationEvent>,
    ended: Vec<(u64, Result<Outcome, CommandError>)>,
    asked: Vec<Question>,
    closed: Vec<CloseReason>,
    ids: u64,
}

impl Bench {
    fn new(version: Version) -> Self {
        let mut bench = Self::offline();
        bench.connect(Link::unsecured(version));
        bench
    }

    fn offline() -> Self {
        let mut tokens = Tokens::new(TokensConfig::default());
        for token in ["A1", "A2"] {
            let change = tokens
                .put(token, &Token::of(TokenStatus::Accepted))
                .unwrap();
            tokens.apply(&change).unwrap();
        }
        Self {
            station: RemoteStation::new("CP1", Config::default(), 7),
            tokens,
            disk: BTreeMap::new(),
            full: false,
            silent: false,
            next: 0,
            millis: 0,
            sent: Vec::new(),
            events: Vec::new(),
            ended: Vec::new(),
            asked: Vec::new(),
            closed: Vec::new(),
            ids: 0,
        }
    }

    fn now(&self) -> Now {
        let begin: DateTime = "2024-05-15T12:00:00Z".parse().unwrap();
        Now {
            monotonic: Instant::from_millis(self.millis),
            utc: Some(begin.saturating_add_millis(i64::try_from(self.millis).unwrap())),
        }
    }

    fn handle(&mut self, input: Input) {
        self.station.handle(self.now(), input);
        while let Some(output) = self.station.poll_output() {
            self.carry_out(output);
        }
    }

    fn carry_out(&mut self, output: Output) {
        let now = self.now();
        match output {
            Output::Store(_) if self.full => self.station.handle(now, Input::NotStored),
            Output::Store(changes) => {
                for change in changes {
                    match change.record {
                        Some(record) => self.disk.insert(change.key, record),
                        None => self.disk.remove(&change.key),
                    };
                }
            }
            Output::Transmit(text) => self.sent.push(serde_json::from_str(&text).unwrap()),
            Output::Ask { question, about } => {
                self.asked.push(about.clone());
                if self.silent {
                    return;
                }
                let answer = match about {
                    Question::Number => {
                        self.next += 1;
                        Answer::Number(self.next)
                    }
                    Question::Stored(key) => Answer::Stored(self.disk.get(&key).cloned()),
                    Question::Authorize(asked) => {
                        let utc = now.utc.unwrap();
                        Answer::Token(self.tokens.authorize(utc, "CP1", &asked))
                    }
                    Question::Cost(_) => Answer::Cost(Some("1.5".parse().unwrap())),
                    Question::Sign(_) => Answer::Certificate(Some("PEM".into())),
                    Question::Request { .. } => Answer::Default,
                };
                self.station.handle(now, Input::Answer { question, answer });
            }
            Output::Event(event) => {
                match &event {
                    StationEvent::TransactionEnded(bill) => {
                        self.tokens.release("CP1", bill.reference);
                    }
                    StationEvent::TransactionPresumedOver { reference, .. }
                    | StationEvent::NotBegun { reference } => {
                        self.tokens.release("CP1", *reference);
                    }
                    StationEvent::NotStored => {
                        self.tokens.resume("CP1", self.station.ledger().open());
                    }
                    _ => {}
                }
                self.events.push(event);
            }
            Output::CommandEnded { id, outcome } => self.ended.push((id, outcome)),
            Output::Close(reason) => self.closed.push(reason),
        }
    }

    fn connect(&mut self, link: Link) {
        self.handle(Input::Connected(link));
    }

    /// The CSMS starts again.
    fn restart(&mut self) {
        let version = self.station.version();
        self.station = RemoteStation::new("CP1", Config::default(), 8);
        let records = self
            .disk
            .iter()
            .map(|(key, record)| (key.as_str(), record.as_str()));
        self.station.restore(records).unwrap();
        self.tokens.resume("CP1", self.station.ledger().open());
        if let Some(version) = version {
            self.connect(Link::unsecured(version));
        }
    }

    /// A request of the station; `Err` is the code of the CALLERROR.
    fn try_ask(&mut self, action: &str, payload: Value) -> Result<Value, String> {
        self.ids += 1;
        let id = format!("s{}", self.ids);
        let frame = json!([2, id, action, payload]);
        self.sent.clear();
        self.handle(Input::Received(frame.to_string()));
        let mut answers = self.sent.iter().filter(|frame| frame[1] == id.as_str());
        let answer = answers
            .next()
            .unwrap_or_else(|| panic!("no answer to {action}"));
        match answer[0].as_i64() {
            Some(3) => Ok(answer[2].clone()),
            _ => Err(answer[2].as_str().unwrap().into()),
        }
    }

    fn ask(&mut self, action: &str, payload: Value) -> Value {
        self.try_ask(action, payload)
            .unwrap_or_else(|code| panic!("{action}: {code}"))
    }

    fn command(&mut self, id: u64, command: Command) {
        self.sent.clear();
        self.handle(Input::Command { id, command });
    }

    fn operate(&mut self, id: u64, operation: Operation) {
        self.command(id, Command::Operation(operation));
    }

    /// The call that has just been sent: action and payload.
    fn called(&self) -> (String, Value) {
        let call = self.sent.iter().rfind(|frame| frame[0] == 2).unwrap();
        (call[2].as_str().unwrap().into(), call[3].clone())
    }

    /// The station answers the call that has just been sent.
    fn respond(&mut self, payload: Value) {
        let call = self.sent.iter().rfind(|frame| frame[0] == 2).unwrap();
        let frame = json!([3, call[1], payload]);
        self.sent.clear();
        self.handle(Input::Received(frame.to_string()));
    }

    fn outcome(&mut self) -> (u64, Result<Outcome, CommandError>) {
        self.ended.pop().unwrap()
    }

    fn boot(&mut self) {
        match self.station.version() {
            Some(V1_6) => self.ask("BootNotification", boot_1_6("SN-1")),
            _ => self.ask("BootNotification", boot_2("SN-1")),
        };
    }
}

fn boot_1_6(serial: &str) -> Value {
    json!({"chargePointVendor": "V", "chargePointModel": "M", "chargePointSerialNumber": serial})
}

fn boot_2(serial: &str) -> Value {
    json!({"chargingStation": {"vendorName": "V", "model": "M", "serialNumber": serial}, "reason": "PowerUp"})
}

fn start(connector: i64, token: &str, meter: i64) -> Value {
    json!({"connectorId": connector, "idTag": token, "meterStart": meter,
           "timestamp": "2024-05-15T12:00:00Z"})
}

fn stop(id: &Value, meter: i64) -> Value {
    json!({"transactionId": id, "meterStop": meter, "timestamp": "2024-05-15T13:00:00Z"})
}

fn event(kind: &str, seq_no: i64, more: Value) -> Value {
    let mut event = json!({"eventType": kind, "timestamp": "2024-05-15T12:00:00Z",
        "triggerReason": "Authorized", "seqNo": seq_no, "evse": {"id": 1, "connectorId": 1},
        "transactionInfo": {"transactionId": "tx-1"}});
    let members = event.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    event
}

fn iso(token: &str) -> Value {
    json!({"idToken": token, "type": "ISO14443"})
}

#[test]
fn every_request_of_a_station_is_answered_in_every_version() {
    fn check<P: Protocol>(examples: &[(&str, Value)]) {
        let mut bench = Bench::new(P::VERSION);
        let mut answered = 0;
        for action in P::ACTIONS {
            let info = P::info(*action);
            if info.sender == ocpp_types::Sender::Csms || !info.has_response {
                continue;
            }
            let given = examples.iter().find(|(name, _)| *name == info.name);
            let payload = given.map_or(json!({}), |(_, payload)| payload.clone());
            let answer = bench.ask(info.name, payload);
            let valid = P::decode_response(*action, &answer.to_string());
            assert!(valid.is_ok(), "{} {answer}", info.name);
            answered += 1;
        }
        assert!(answered >= 14);
        assert!(bench.station.waiting.is_empty());
    }
    use crate::csms::examples;
    check::<ocpp_types::v1_6::Protocol>(&examples::of_1_6());
    check::<ocpp_types::v2_0_1::Protocol>(&examples::of_2_0_1());
    check::<ocpp_types::v2_1::Protocol>(&examples::of_2_1());
}

#[test]
fn a_transaction_of_1_6_becomes_a_bill() {
    let mut bench = Bench::new(V1_6);
    bench.boot();
    let begun = bench.ask("StartTransaction", start(1, "A1", 1000));
    assert_eq!(
        begun,
        json!({"idTagInfo": {"status": "Accepted"}, "transactionId": 1})
    );
    // It comes once more, also after a restart of the CSMS.
    assert_eq!(bench.ask("StartTransaction", start(1, "a1", 1000)), begun);
    bench.restart();
    assert_eq!(bench.ask("StartTransaction", start(1, "A1", 1000)), begun);
    let elsewhere = bench.ask("StartTransaction", start(2, "A1", 1000));
    assert_eq!(elsewhere["idTagInfo"]["status"], "ConcurrentTx");
    bench.ask("StopTransaction", stop(&begun["transactionId"], 2500));
    let bill = bench.events.iter().rev().find_map(|event| match event {
        StationEvent::TransactionEnded(bill) => Some(bill.clone()),
        _ => None,
    });
    let bill = bill.unwrap();
    assert_eq!(
        (bill.energy_wh, bill.warnings),
        (Some(1500.into()), Vec::new())
    );
    assert_eq!(bill.id_token, Some(IdToken::of_1_6("A1")));
    let elsewhere = bench.ask("StartTransaction", start(3, "A1", 1000));
    assert_eq!(
        elsewhere["idTagInfo"]["status"], "Accepted",
        "it is free again"
    );
}

/// Every version tells the same things: signed values are kept, the group is named, the cost is told.
#[test]
fn a_transaction_of_2_x_becomes_a_bill() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        bench.station.config.asks_cost = true;
        let meter = |wh: i64| {
            json!({"meterValue": [{"timestamp": "2024-05-15T12:00:00Z", "sampledValue": [{"value": wh,
                "signedMeterValue": {"signedMeterData": "c2ln", "signingMethod": "", "encodingMethod":
                "OCMF", "publicKey": "a2V5"}}]}]})
        };
        let mut begin = meter(1000);
        begin["idToken"] = iso("A1");
        let answer = bench.ask("TransactionEvent", event("Started", 0, begin));
        assert_eq!(answer, json!({"idTokenInfo": {"status": "Accepted"}}));
        let end =
            json!({"timestamp": "2024-05-15T13:00:00Z", "meterValue": meter(4000)["meterValue"]});
        let answer = bench.ask("TransactionEvent", event("Ended", 1, end));
        assert_eq!(answer, json!({"totalCost": 1.5}));
        let Some(Question::Cost(bill)) = bench.asked.last() else {
            panic!()
        };
        assert_eq!(
            (bill.energy_wh, &bill.warnings[..]),
            (Some(3000.into()), &[][..])
        );
        let kept: Vec<_> = bench
            .disk
            .iter()
            .filter(|(key, _)| key.starts_with("meter/"))
            .collect();
        assert_eq!(kept.len(), 2);
        assert!(kept[0].1.contains("c2ln") && kept[0].1.contains("a2V5"));
    }
}

/// I02: what a transaction has cost so far is told with the answer to each message that brings meter values.
#[test]
fn the_running_cost_is_told() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        bench.station.config.asks_running_cost = true;
        let meter = |wh: i64| {
            json!({"meterValue": [{"timestamp": "2024-05-15T12:00:00Z",
                                   "sampledValue": [{"value": wh}]}]})
        };
        bench.ask("TransactionEvent", event("Started", 0, meter(1000)));
        let answer = bench.ask("TransactionEvent", event("Updated", 1, meter(4000)));
        assert_eq!(answer, json!({"totalCost": 1.5}));
        let Some(Question::Cost(bill)) = bench.asked.last() else {
            panic!()
        };
        assert_eq!((bill.energy_wh, bill.stopped_at), (Some(3000.into()), None));
        let nothing_new = bench.ask("TransactionEvent", event("Updated", 2, json!({})));
        assert_eq!(nothing_new, json!({}));
        let end = json!({"timestamp": "2024-05-15T13:00:00Z",
                         "meterValue": meter(5000)["meterValue"]});
        assert_eq!(
            bench.ask("TransactionEvent", event("Ended", 3, end)),
            json!({}),
            "the final cost is another question"
        );
    }
}

/// K09.FR.03: something has to be asked for, and a number is enough.
#[test]
fn charging_profiles_are_asked_for_as_stations_want_it() {
    let wanted = |criteria: ProfileCriteria| {
        let mut bench = Bench::new(V2_0_1);
        bench.operate(
            1,
            Operation::ListProfiles {
                evse: None,
                criteria,
            },
        );
        let (_, sent) = bench.called();
        assert_eq!(sent["evseId"], Value::Null);
        sent["chargingProfile"].clone()
    };
    assert_eq!(
        wanted(ProfileCriteria::default()),
        json!({"chargingLimitSource": ["CSO", "EMS", "SO", "Other"]})
    );
    let purpose = Some("TxProfile".into());
    let by_purpose = ProfileCriteria {
        purpose,
        ..ProfileCriteria::default()
    };
    assert_eq!(
        wanted(by_purpose.clone()),
        json!({"chargingProfilePurpose": "TxProfile"})
    );
    let by_number = ProfileCriteria {
        ids: vec![7],
        ..by_purpose
    };
    assert_eq!(wanted(by_number), json!({"chargingProfileId": [7]}));
}

/// C2: what is acknowledged is stored, whatever the disk does in between.
#[test]
fn nothing_is_acknowledged_that_is_not_stored() {
    let mut bench = Bench::new(V1_6);
    bench.boot();
    bench.full = true;
    for _ in 0..2 {
        let refused = bench.try_ask("StartTransaction", start(1, "A1", 1000));
        assert_eq!(
            refused,
            Err("InternalError".into()),
            "also when it is repeated"
        );
    }
    assert!(bench.events.contains(&StationEvent::NotStored));
    assert_eq!(bench.station.ledger().transactions().count(), 0);
    bench.full = false;
    let begun = bench.ask("StartTransaction", start(1, "A1", 1000));
    assert_eq!(begun["idTagInfo"]["status"], "Accepted");
    bench.full = true;
    let end = stop(&begun["transactionId"], 2000);
    assert!(bench.try_ask("StopTransaction", end.clone()).is_err());
    bench.command(
        1,
        Command::Provision {
            serial_number: Some("SN-1".into()),
        },
    );
    assert_eq!(bench.outcome(), (1, Err(CommandError::NotStored)));
    assert_eq!(bench.station.names(), ["CP1"]);
    // A restart finds what memory says.
    bench.full = false;
    bench.restart();
    assert_eq!(bench.station.ledger().open().count(), 1);
    bench.ask("StopTransaction", end);
    let other = bench.ask("StartTransaction", start(1, "A2", 2000));
    assert_ne!(other["transactionId"], begun["transactionId"]);
    bench.restart();
    assert_eq!(bench.station.ledger().open().count(), 1);
}

/// C1: a certificate bears names that the operator has given, whatever the station says.
#[test]
fn a_station_gets_a_certificate_for_nobody_else() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        match version {
            V1_6 => bench.ask("BootNotification", boot_1_6("VICTIM")),
            _ => bench.ask("BootNotification", boot_2("VICTIM")),
        };
        let names = |bench: &Bench| match bench.asked.last() {
            Some(Question::Sign(request)) => request.names.clone(),
            other => panic!("{other:?}"),
        };
        // Anybody may call himself CP1, and CP1 may be the serial number of another station.
        bench.ask("SignCertificate", json!({"csr": "x"}));
        assert!(names(&bench).is_empty());
        bench.respond(json!({"status": "Accepted"}));
        bench.command(1, Command::Put);
        bench.restart();
        let answer = bench.ask("SignCertificate", json!({"csr": "x"}));
        assert_eq!(answer, json!({"status": "Accepted"}));
        assert_eq!(names(&bench), ["CP1"]);
        let (action, payload) = bench.called();
        assert_eq!(
            (action.as_str(), &payload["certificateChain"]),
            ("CertificateSigned", &json!("PEM"))
        );
        bench.respond(json!({"status": "Accepted"}));
        bench.command(
            1,
            Command::Provision {
                serial_number: Some("SN-1".into()),
            },
        );
        bench.ask("SignCertificate", json!({"csr": "x"}));
        assert_eq!(names(&bench), ["SN-1", "CP1"]);
    }
}

/// B01.FR.11, B01.FR.12.
#[test]
fn another_serial_number_than_the_certificates_ends_the_connection() {
    for (version, boot) in [(V1_6, boot_1_6 as fn(&str) -> Value), (V2_0_1, boot_2)] {
        let mut bench = Bench::offline();
        let mut link = Link::unsecured(version);
        link.profile = SecurityProfile::TlsClientCertificate;
        link.common_name = Some("SN-1".into());
        bench.connect(link.clone());
        assert!(bench.try_ask("BootNotification", boot("SN-2")).is_err());
        assert_eq!(bench.closed, [CloseReason::OtherSerialNumber]);
        assert_eq!(bench.station.info(), None);
        bench.ask("BootNotification", boot("SN-1"));
        // The identity is a name too.
        link.common_name = Some("CP1".into());
        bench.connect(link);
        bench.ask("BootNotification", boot("SN-2"));
        assert_eq!(bench.closed.len(), 1);
    }
}

/// B01.FR.10, B02.FR.09, B03.FR.03, B03.FR.07.
#[test]
fn a_pending_station_may_only_send_what_it_was_asked_for() {
    let mut bench = Bench::new(V2_0_1);
    let decide = |boot| Command::Decide {
        boot,
        interval: Some(9),
    };
    bench.command(1, decide(Registration::Pending));
    assert_eq!(bench.outcome(), (1, Ok(Outcome::Done)));
    let told = bench.ask("BootNotification", boot_2("SN-1"));
    assert_eq!(
        (&told["status"], &told["interval"]),
        (&json!("Pending"), &json!(9))
    );
    assert_eq!(
        bench.try_ask("Heartbeat", json!({})),
        Err("SecurityError".into())
    );
    let heartbeat = || Operation::Trigger {
        message: "Heartbeat".into(),
        evse: None,
        connector: None,
    };
    bench.operate(2, heartbeat());
    bench.respond(json!({"status": "Rejected"}));
    assert!(matches!(bench.outcome().1, Ok(Outcome::Refused { .. })));
    assert!(bench.try_ask("Heartbeat", json!({})).is_err());
    bench.operate(3, heartbeat());
    bench.respond(json!({"status": "Accepted"}));
    bench.ask("Heartbeat", json!({}));
    bench.command(4, decide(Registration::Rejected));
    bench.ask("BootNotification", boot_2("SN-1"));
    assert!(bench.try_ask("Heartbeat", json!({})).is_err());
    bench.operate(5, heartbeat());
    assert_eq!(bench.outcome(), (5, Err(CommandError::Rejected)));
}

/// C6: A01.FR.03, A01.FR.04. The place of a result says nothing (B05.FR.02).
#[test]
fn a_new_password_holds_when_the_station_has_taken_it() {
    let result = |variable: &str, attribute: &str, status: &str| {
        json!({"attributeType": attribute, "attributeStatus": status, "component": {"name": "SecurityCtrlr"},
               "variable": {"name": variable}})
    };
    let holds = |bench: &Bench| {
        let holds = |text: &str| bench.station.shown(text.as_bytes()).is_some();
        (holds("the old password"), holds("the new password"))
    };
    let set = |attribute: &str| {
        json!({"setVariableData": [
            {"attributeType": attribute, "attributeValue": "the new password",
             "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}},
            {"attributeValue": "x", "component": {"name": "SecurityCtrlr"},
             "variable": {"name": "OrganizationName"}}]})
        .to_string()
    };
    for (password, other, attribute, expected) in [
        ("Accepted", "Rejected", "Actual", (false, true)),
        ("Rejected", "Accepted", "Actual", (true, false)),
        ("RebootRequired", "Accepted", "Actual", (true, true)),
        ("Accepted", "Accepted", "Target", (true, false)),
    ] {
        let mut bench = Bench::new(V2_0_1);
        bench.command(1, Command::Password(Some("the old password".into())));
        let payload = set(attribute);
        let action = "SetVariables".into();
        bench.command(2, Command::Call { action, payload });
        bench.respond(json!({"setVariableResult": [
            result("OrganizationName", "Actual", other),
            result("BasicAuthPassword", attribute, password)]}));
        assert!(matches!(bench.outcome(), (2, Ok(Outcome::Response(_)))));
        assert_eq!(holds(&bench), expected, "{password} {attribute}");
    }
    // No answer: both hold until a login says which one, also after a restart of the CSMS.
    for (shown, expected) in [
        (Shown::Current, (true, false)),
        (Shown::Next(2), (false, true)),
    ] {
        let mut bench = Bench::new(V2_0_1);
        bench.command(1, Command::Password(Some("the old password".into())));
        bench.operate(2, Operation::SetPassword("the new password".into()));
        bench.handle(Input::Disconnected);
        assert!(matches!(bench.outcome(), (2, Err(CommandError::Call(_)))));
        bench.restart();
        assert_eq!(holds(&bench), (true, true));
        let mut link = Link::unsecured(V2_0_1);
        link.shown = Some(shown);
        bench.connect(link);
        assert_eq!(holds(&bench), expected);
        let told = bench
            .disk
            .values()
            .any(|record| record.contains("new password"));
        assert!(!told, "A01.FR.08");
    }
}

#[test]
fn a_password_of_1_6_is_learned_too() {
    let mut bench = Bench::new(V1_6);
    let key = "00112233445566778899AABBCCDDEEFF";
    bench.operate(1, Operation::SetPassword(key.into()));
    assert_eq!(
        bench.called().1,
        json!({"key": "AuthorizationKey", "value": key})
    );
    bench.respond(json!({"status": "Accepted"}));
    let bytes: Vec<u8> = (0..16_u8).map(|n| n * 0x11).collect();
    assert_eq!(bench.station.shown(&bytes), Some(Shown::Current));
}

/// C9.
#[test]
fn a_command_that_starts_something_is_for_its_token() {
    let mut bench = Bench::new(V2_0_1);
    let id_token = IdToken {
        id_token: "NEVER PUT".into(),
        kind: Some("Central".into()),
    };
    bench.operate(
        1,
        Operation::Start {
            id_token: id_token.clone(),
            evse: Some(1),
            profile: None,
        },
    );
    let (action, payload) = bench.called();
    assert_eq!(action, "RequestStartTransaction");
    assert_eq!(
        payload["idToken"],
        json!({"idToken": "NEVER PUT", "type": "Central"})
    );
    let id = payload["remoteStartId"].clone();
    bench.respond(json!({"status": "Accepted"}));
    let Ok(Outcome::Accepted { id: told, .. }) = bench.outcome().1 else {
        panic!()
    };
    assert_eq!(json!(told), id);
    // The station does not name the token.
    let info = json!({"transactionInfo": {"transactionId": "tx-1", "remoteStartId": id}});
    let answer = bench.ask("TransactionEvent", event("Started", 0, info));
    assert_eq!(answer["idTokenInfo"]["status"], "Accepted");
    let transaction = bench.station.ledger().open().next().unwrap();
    assert_eq!(transaction.id_token, Some(id_token));

    let mut bench = Bench::new(V1_6);
    let id_token = IdToken::of_1_6("NEVER PUT");
    bench.operate(
        1,
        Operation::Start {
            id_token,
            evse: None,
            profile: None,
        },
    );
    bench.respond(json!({"status": "Accepted"}));
    let begun = bench.ask("StartTransaction", start(1, "never put", 0));
    assert_eq!(begun["idTagInfo"]["status"], "Accepted");
    // Not for ever.
    bench.millis += 3_600_000;
    let answer = bench.ask("Authorize", json!({"idTag": "never put"}));
    assert_eq!(answer["idTagInfo"]["status"], "Invalid");
}

/// C11.
#[test]
fn a_response_that_is_none_does_not_count() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        bench.operate(1, Operation::ClearCache);
        bench.respond(json!({"status": "Perhaps"}));
        assert!(matches!(
            bench.outcome(),
            (1, Err(CommandError::InvalidResponse(_)))
        ));
        let told = bench.sent.iter().any(|frame| frame[0] == 5);
        assert_eq!(told, version == V2_1, "CALLRESULTERROR");
    }
}

/// C14: G01.FR.03.
#[test]
fn states_of_connectors_come_as_events_too() {
    let mut bench = Bench::new(V2_0_1);
    let event = json!({"generatedAt": "2024-05-15T12:00:00Z", "seqNo": 0, "eventData": [{"eventId": 1,
        "timestamp": "2024-05-15T12:00:00Z", "trigger": "Delta", "actualValue": "Occupied",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "Connector", "evse": {"id": 2, "connectorId": 1}},
        "variable": {"name": "AvailabilityState"}}]});
    bench.ask("NotifyEvent", event);
    let connector = &bench.station.connectors()[0];
    assert_eq!((connector.evse, connector.status.as_str()), (2, "Occupied"));
}

/// C4: the end is lost, and the station says so (E14).
#[test]
fn a_lost_transaction_is_found_and_closed() {
    let mut bench = Bench::new(V2_0_1);
    bench.ask(
        "TransactionEvent",
        event("Started", 0, json!({"idToken": iso("A1")})),
    );
    bench.operate(1, Operation::TransactionStatus(Some(1)));
    assert_eq!(
        bench.called(),
        (
            "GetTransactionStatus".into(),
            json!({"transactionId": "tx-1"})
        )
    );
    bench.respond(json!({"ongoingIndicator": false, "messagesInQueue": true}));
    assert_eq!(bench.station.ledger().open().count(), 1, "its end waits");
    bench.operate(2, Operation::TransactionStatus(Some(1)));
    bench.respond(json!({"ongoingIndicator": false, "messagesInQueue": false}));
    let status = Outcome::TransactionStatus {
        ongoing: Some(false),
        waiting: false,
    };
    assert_eq!(bench.outcome(), (2, Ok(status)));
    let Some(StationEvent::TransactionEnded(bill)) = bench.events.last() else {
        panic!("{:?}", bench.events.last())
    };
    assert!(bill.warnings.contains(&Warning::MissingEnd));
    bench.operate(3, Operation::TransactionStatus(Some(99)));
    assert_eq!(bench.outcome(), (3, Err(CommandError::NoSuchTransaction)));
    // The operator ends what hangs; a boot frees the token before.
    bench.ask("TransactionEvent", json!({"eventType": "Started", "timestamp": "2024-05-15T14:00:00Z",
        "triggerReason": "Authorized", "seqNo": 0, "idToken": iso("A2"), "transactionInfo": {"transactionId": "tx-2"}}));
    bench.boot();
    assert!(matches!(
        bench.events.last(),
        Some(StationEvent::TransactionPresumedOver { .. })
    ));
    bench.command(4, Command::CloseTransaction(2));
    assert_eq!(bench.outcome(), (4, Ok(Outcome::Done)));
    bench.command(5, Command::CloseTransaction(2));
    assert_eq!(bench.outcome(), (5, Err(CommandError::NoSuchTransaction)));
}

/// B05.FR.11, B06.FR.05: as many as the station takes; the results in the order of the request.
#[test]
fn variables_are_set_and_read_in_parts() {
    let mut bench = Bench::new(V2_0_1);
    let names: Vec<_> = ["A", "B", "C"]
        .map(|name| VariableName::new("X", name))
        .into();
    bench.operate(1, Operation::GetVariables(names.clone()));
    let (action, payload) = bench.called();
    assert_eq!(action, "GetVariables");
    assert_eq!(
        payload["getVariableData"][0]["variable"],
        json!({"name": "ItemsPerMessage", "instance": "GetVariables"})
    );
    bench.respond(json!({"getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": "2",
        "component": {"name": "DeviceDataCtrlr"}, "variable": {"name": "ItemsPerMessage", "instance": "GetVariables"}}]}));
    let result = |name: &str| {
        json!({"attributeStatus": "Accepted", "attributeValue": format!("value of {name}"),
               "component": {"name": "X"}, "variable": {"name": name}})
    };
    let asked = bench.called().1["getVariableData"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(asked, 2);
    bench.respond(json!({"getVariableResult": [result("B"), result("A")]}));
    assert_eq!(
        bench.called().1["getVariableData"],
        json!([{"component": {"name": "X"}, "variable": {"name": "C"}}])
    );
    bench.respond(json!({"getVariableResult": [result("D")]}));
    let Ok(Outcome::Variables(results)) = bench.outcome().1 else {
        panic!()
    };
    let values: Vec<_> = results
        .iter()
        .map(|result| result.value.as_deref())
        .collect();
    assert_eq!(values, [Some("value of A"), Some("value of B"), None]);
    assert_eq!(results[2].status, "Missing");
    // The limit is known from now on, until the station boots.
    bench.operate(2, Operation::GetVariables(names));
    assert_eq!(
        bench.called().1["getVariableData"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn configuration_keys_of_1_6_are_variables() {
    let mut bench = Bench::new(V1_6);
    let set = ["A", "B"].map(|key| (VariableName::key(key), String::from("1")));
    bench.operate(1, Operation::SetVariables(set.into()));
    assert_eq!(
        bench.called(),
        (
            "ChangeConfiguration".into(),
            json!({"key": "A", "value": "1"})
        )
    );
    bench.respond(json!({"status": "Accepted"}));
    bench.respond(json!({"status": "NotSupported"}));
    let Ok(Outcome::Variables(results)) = bench.outcome().1 else {
        panic!()
    };
    let statuses: Vec<_> = results
        .iter()
        .map(|result| result.status.as_str())
        .collect();
    assert_eq!(statuses, ["Accepted", "NotSupported"]);
    bench.operate(
        2,
        Operation::GetVariables(["A", "B"].map(VariableName::key).into()),
    );
    bench.respond(json!({"configurationKey": [{"key": "B", "readonly": true, "value": "2"}], "unknownKey": ["A"]}));
    let Ok(Outcome::Variables(results)) = bench.outcome().1 else {
        panic!()
    };
    assert_eq!(
        (results[0].status.as_str(), results[1].value.as_deref()),
        ("NotSupported", Some("2"))
    );
}

#[test]
fn a_report_is_collected_and_what_does_not_come_is_missed() {
    let mut bench = Bench::new(V2_0_1);
    bench.operate(1, Operation::Inventory(Inventory::Full));
    let id = bench.called().1["requestId"].clone();
    let part = |seq_no: i64, more: bool| json!({"requestId": id, "generatedAt": "2024-05-15T12:00:00Z", "seqNo": seq_no, "tbc": more});
    bench.respond(json!({"status": "Accepted"}));
    assert!(bench.ended.is_empty());
    bench.ask("NotifyReport", part(0, true));
    // Other commands go on meanwhile.
    bench.operate(2, Operation::ClearCache);
    bench.respond(json!({"status": "Accepted"}));
    assert_eq!(bench.outcome().0, 2);
    bench.ask("NotifyReport", part(1, false));
    let Ok(Outcome::Report(parts)) = bench.outcome().1 else {
        panic!()
    };
    assert_eq!(parts.len(), 2);
    bench.operate(3, Operation::Inventory(Inventory::Full));
    bench.respond(json!({"status": "Accepted"}));
    let wake_up = bench.station.next_timeout().unwrap();
    bench.millis = wake_up.as_millis();
    bench.handle(Input::TimePassed);
    assert_eq!(bench.outcome(), (3, Err(CommandError::Incomplete)));
    assert_eq!(bench.station.next_timeout(), None);
    bench.operate(4, Operation::Inventory(Inventory::Full));
    bench.respond(json!({"status": "NotSupported"}));
    assert!(matches!(bench.outcome().1, Ok(Outcome::Refused { .. })));
}

/// Each operation becomes requests that match their schemas, in each version that knows it.
#[test]
fn operations_become_requests_of_every_version() {
    let id_token = IdToken::of_1_6("A1");
    let at: DateTime = "2024-05-15T12:00:00Z".parse().unwrap();
    let hash = json!({"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00", "serialNumber": "00"});
    let operations = [
        (
            Operation::Start {
                id_token: id_token.clone(),
                evse: Some(1),
                profile: None,
            },
            true,
        ),
        (Operation::Stop(1), true),
        (
            Operation::Unlock {
                evse: 1,
                connector: 1,
            },
            true,
        ),
        (
            Operation::Reset {
                immediately: true,
                evse: None,
            },
            true,
        ),
        (
            Operation::Reset {
                immediately: false,
                evse: Some(1),
            },
            false,
        ),
        (
            Operation::ChangeAvailability {
                evse: Some(1),
                connector: None,
                operative: false,
            },
            true,
        ),
        (
            Operation::Limit {
                evse: 1,
                limit: 16.into(),
                watts: false,
                transaction: Some(1),
                duration: Some(60),
                stack_level: 0,
            },
            true,
        ),
        (
            Operation::Limit {
                evse: 0,
                limit: 16.into(),
                watts: true,
                transaction: None,
                duration: None,
                stack_level: 1,
            },
            true,
        ),
        (Operation::ClearLimit(1), true),
        (
            Operation::CompositeSchedule {
                evse: 0,
                duration: 60,
                watts: Some(true),
            },
            true,
        ),
        (
            Operation::ClearProfiles {
                evse: Some(1),
                purpose: Some("TxDefaultProfile".into()),
                stack_level: Some(3),
            },
            true,
        ),
        (
            Operation::CustomReport {
                criteria: vec!["Problem".into()],
                variables: vec![VariableName::new("EVSE", "AvailabilityState")],
            },
            false,
        ),
        (
            Operation::SetNetworkProfile {
                slot: 1,
                profile: json!({
                    "messageTimeout": 30, "ocppCsmsUrl": "wss://x", "ocppInterface": "Wired0",
                    "ocppTransport": "JSON", "ocppVersion": "OCPP20", "securityProfile": 2,
                }),
            },
            false,
        ),
        (
            Operation::UpdateFirmware {
                location: "ftp://x/y".into(),
                retrieve_at: at,
                install_at: None,
                signature: None,
            },
            true,
        ),
        (
            Operation::UpdateFirmware {
                location: "ftp://x/y".into(),
                retrieve_at: at,
                install_at: Some(at),
                signature: Some(("PEM".into(), "c2ln".into())),
            },
            true,
        ),
        (
            Operation::GetLog {
                security: false,
                location: "ftp://x/y".into(),
                from: Some(at),
                until: None,
            },
            true,
        ),
        (
            Operation::GetLog {
                security: true,
                location: "ftp://x/y".into(),
                from: None,
                until: None,
            },
            true,
        ),
        (
            Operation::InstallCertificate {
                kind: "ManufacturerRootCertificate".into(),
                certificate: "PEM".into(),
            },
            true,
        ),
        (Operation::ListCertificates(None), true),
        (Operation::DeleteCertificate(hash), true),
        (Operation::ListMonitors, false),
        (
            Operation::ShowMessage(Box::new(DisplayMessage::new("Hello", "InFront"))),
            false,
        ),
        (Operation::ListMessages, false),
        (Operation::ClearMessage(1), false),
        (Operation::LocalListVersion, true),
        (
            Operation::Reserve {
                evse: Some(1),
                id_token: id_token.clone(),
                expiry: at,
                group: Some("G".into()),
                connector_type: None,
            },
            true,
        ),
        (
            Operation::Reserve {
                evse: None,
                id_token: id_token.clone(),
                expiry: at,
                group: None,
                connector_type: Some("cType2".into()),
            },
            false,
        ),
        (Operation::CancelReservation(1), true),
        (
            Operation::Trigger {
                message: "StatusNotification".into(),
                evse: Some(1),
                connector: None,
            },
            true,
        ),
        (Operation::ClearCache, true),
        (
            Operation::SendData {
                vendor: "V".into(),
                message: None,
                data: Some(json!("x")),
            },
            true,
        ),
        (
            Operation::CustomerInformation {
                report: true,
                clear: false,
                customer: Customer::IdToken(id_token),
            },
            false,
        ),
        (
            Operation::CustomerInformation {
                report: true,
                clear: true,
                customer: Customer::Identifier("Somebody".into()),
            },
            false,
        ),
        (
            Operation::ListProfiles {
                evse: Some(0),
                criteria: ProfileCriteria {
                    source: Some("EMS".into()),
                    ..ProfileCriteria::default()
                },
            },
            false,
        ),
        (
            Operation::PublishFirmware {
                location: "ftp://x/y".into(),
                checksum: "00112233445566778899aabbccddeeff".into(),
            },
            false,
        ),
        (
            Operation::UnpublishFirmware("00112233445566778899aabbccddeeff".into()),
            false,
        ),
        (
            Operation::FindMonitors {
                kinds: vec!["DeltaMonitoring".into()],
                variables: vec![VariableName::new("EVSE", "AvailabilityState")],
            },
            false,
        ),
        (
            Operation::SetMonitoringBase(MonitoringBase::HardWiredOnly),
            false,
        ),
        (Operation::SetMonitoringLevel(4), false),
        (
            Operation::FindMessages {
                ids: vec![3],
                priority: None,
                state: Some("Idle".into()),
            },
            false,
        ),
        (
            Operation::TellCost {
                transaction: 1,
                cost: "1.25".parse().unwrap(),
            },
            false,
        ),
        (Operation::TransactionStatus(None), false),
        (Operation::Inventory(Inventory::Configuration), true),
    ];
    for version in [V1_6, V2_0_1, V2_1] {
        for (operation, in_1_6) in &operations {
            let mut bench = Bench::new(version);
            match version {
                V1_6 => bench.ask("StartTransaction", start(1, "A1", 0)),
                _ => bench.ask("TransactionEvent", event("Started", 0, json!({}))),
            };
            bench.operate(1, operation.clone());
            if version == V1_6 && !in_1_6 {
                assert_eq!(
                    bench.outcome(),
                    (1, Err(CommandError::NotInThisVersion)),
                    "{operation:?}"
                );
            } else {
                assert!(
                    bench.ended.is_empty(),
                    "{version} {operation:?}: {:?}",
                    bench.ended
                );
                assert_eq!(bench.sent.len(), 1, "{version} {operation:?}");
            }
        }
    }
}

/// D01: the first part replaces the list, the rest is added.
#[test]
fn a_local_list_is_sent_in_parts() {
    let entry = |text: &str| ListEntry {
        id_token: IdToken::of_1_6(text),
        info: Some(TokenInfo::of(TokenStatus::Accepted)),
    };
    let mut bench = Bench::new(V2_0_1);
    let entries: Vec<_> = ["A", "B", "C"].map(entry).into();
    bench.operate(
        1,
        Operation::SendLocalList {
            version: 4,
            full: true,
            entries,
        },
    );
    bench.respond(
        json!({"getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": "2",
        "component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": "ItemsPerMessage"}}]}),
    );
    let (_, first) = bench.called();
    assert_eq!(
        (
            &first["updateType"],
            first["localAuthorizationList"].as_array().unwrap().len()
        ),
        (&json!("Full"), 2)
    );
    bench.respond(json!({"status": "Accepted"}));
    let (_, second) = bench.called();
    assert_eq!(
        (
            &second["updateType"],
            second["localAuthorizationList"].as_array().unwrap().len()
        ),
        (&json!("Differential"), 1)
    );
    assert_eq!(
        (&first["versionNumber"], &second["versionNumber"]),
        (&json!(4), &json!(5)),
        "D01.FR.19"
    );
    bench.respond(json!({"status": "VersionMismatch"}));
    // The station has the first part now.
    assert!(matches!(bench.outcome().1, Ok(Outcome::Partial { .. })));
}

#[test]
fn bad_commands_are_refused_with_a_pointer() {
    let mut bench = Bench::new(V1_6);
    let call = |action: &str, payload: &str| Command::Call {
        action: action.into(),
        payload: payload.into(),
    };
    bench.command(1, call("Reset", r#"{"type":"Medium"}"#));
    let Err(CommandError::Invalid { pointer, .. }) = bench.outcome().1 else {
        panic!()
    };
    assert_eq!(pointer, "/type");
    for action in ["Heartbeat", "Oops"] {
        bench.command(2, call(action, "{}"));
        assert_eq!(
            bench.outcome().1,
            Err(CommandError::NotInThisVersion),
            "{action}"
        );
    }
    bench.command(3, call("ClearCache", "{}"));
    bench.millis += 30_000;
    bench.handle(Input::TimePassed);
    assert!(matches!(bench.outcome(), (3, Err(CommandError::Call(_)))));
    bench.handle(Input::Disconnected);
    bench.command(4, call("ClearCache", "{}"));
    assert_eq!(bench.outcome(), (4, Err(CommandError::NotConnected)));
}

/// Memory has bounds, whatever the station does and whoever does not answer.
#[test]
fn memory_is_bounded() {
    let mut bench = Bench::new(V1_6);
    bench.silent = true;
    for n in 0..1000 {
        let frame = json!([2, format!("x{n}"), "Authorize", {"idTag": "A1"}]);
        bench.handle(Input::Received(frame.to_string()));
    }
    assert!(bench.station.waiting.len() <= 8);
    bench.millis += 120_000;
    bench.handle(Input::TimePassed);
    assert_eq!(bench.station.waiting.len(), 0);
    for n in 0..1000 {
        bench.operate(n, Operation::ClearCache);
    }
    assert!(bench.station.running.len() <= 64);
    let status = |n: i64| json!({"connectorId": n, "errorCode": "NoError", "status": "Faulted"});
    for n in 0..300 {
        bench.ask("StatusNotification", status(n));
    }
    assert_eq!(bench.station.connectors().len(), 256);
    bench.silent = false;
    let full = (0..100).map(|n| bench.try_ask("StartTransaction", start(n, "A1", 0)).is_ok());
    assert_eq!(full.filter(|taken| *taken).count(), 64);
    // Of the answers of another connection none counts.
    bench.silent = true;
    bench.ids += 1;
    bench.handle(Input::Received(
        json!([2, "last", "Authorize", {"idTag": "A1"}]).to_string(),
    ));
    let question = bench.station.next_question - 1;
    bench.connect(Link::unsecured(V1_6));
    bench.handle(Input::Received(
        json!([2, "new", "Authorize", {"idTag": "A1"}]).to_string(),
    ));
    bench.sent.clear();
    let answer = Answer::Token(TokenInfo::of(TokenStatus::Accepted));
    bench.handle(Input::Answer { question, answer });
    assert!(bench.sent.is_empty());
}

/// A05; TC_083 of 1.6, TC_A_19 of 2.0.1: whoever has come with a higher profile comes with no lower one any more.
#[test]
fn the_lowest_security_profile_of_a_station_rises_and_the_operator_lowers_it() {
    let mut bench = Bench::new(V1_6);
    assert_eq!(bench.station.lowest_profile(), SecurityProfile::None);
    assert!(bench.disk.is_empty(), "a stranger leaves nothing behind");
    let mut link = Link::unsecured(V1_6);
    link.profile = SecurityProfile::TlsBasic;
    bench.full = true;
    bench.connect(link.clone());
    assert_eq!(bench.station.lowest_profile(), SecurityProfile::None);
    bench.full = false;
    bench.connect(link);
    assert_eq!(bench.station.lowest_profile(), SecurityProfile::TlsBasic);
    bench.connect(Link::unsecured(V1_6));
    bench.restart();
    assert_eq!(bench.station.lowest_profile(), SecurityProfile::TlsBasic);
    bench.command(1, Command::LowestProfile(SecurityProfile::Basic));
    assert_eq!(bench.station.lowest_profile(), SecurityProfile::Basic);
}

#[test]
fn what_cannot_be_answered_is_refused_with_the_right_code() {
    for (version, action, payload, code) in [
        (V1_6, "Oops", json!({}), "NotImplemented"),
        (V1_6, "Reset", json!({"type": "Soft"}), "NotSupported"),
        (V2_0_1, "Reset", json!({"type": "OnIdle"}), "NotSupported"),
        (V2_1, "Reset", json!({"type": "OnIdle"}), "NotSupported"),
        (
            V1_6,
            "Authorize",
            json!({"idTag": 5}),
            "TypeConstraintViolation",
        ),
        (V2_0_1, "Heartbeat", json!({"x": 5}), "FormatViolation"),
    ] {
        let mut bench = Bench::new(version);
        let refused = bench.try_ask(action, payload).unwrap_err();
        assert_eq!(refused, code, "{version} {action}");
    }
    let config = Config {
        decoding: crate::session::Decoding::Lenient,
        ..Config::default()
    };
    let mut bench = Bench::offline();
    bench.station = RemoteStation::new("CP1", config, 7);
    bench.connect(Link::unsecured(V1_6));
    let answer = bench.ask("Authorize", json!({"idTag": 5, "extra": 1}));
    assert_eq!(answer, json!({"idTagInfo": {"status": "Invalid"}}));
}

#[test]
fn authorization_in_2_x_names_the_group() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        let mut token = Token::of(TokenStatus::Accepted);
        token.parent_id_tag = Some("GROUP".into());
        let change = bench.tokens.put("A1", &token).unwrap();
        bench.tokens.apply(&change).unwrap();
        let payload = json!({"idToken": {"idToken": "A1", "type": "ISO14443"}});
        let answer = bench.ask("Authorize", payload);
        assert_eq!(
            answer["idTokenInfo"],
            json!({"status": "Accepted", "groupIdToken": {"idToken": "GROUP", "type": "Central"}})
        );
        // Without authorization there is nothing to look up (C02).
        let payload = json!({"idToken": {"idToken": "", "type": "NoAuthorization"}});
        let answer = bench.ask("Authorize", payload);
        assert_eq!(answer["idTokenInfo"], json!({"status": "Accepted"}));
    }
}

#[test]
fn a_station_that_never_booted_here_is_served_and_then_told_what_the_operator_decided() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        let time = json!({"currentTime": "2024-05-15T12:00:00Z"});
        assert_eq!(bench.ask("Heartbeat", json!({})), time);
        let boot = || match version {
            V1_6 => ("BootNotification", boot_1_6("SN-1")),
            _ => ("BootNotification", boot_2("SN-1")),
        };
        let (action, payload) = boot();
        assert_eq!(
            bench.ask(action, payload),
            json!({"status": "Accepted", "currentTime": "2024-05-15T12:00:00Z", "interval": 300})
        );
        let decided = Command::Decide {
            boot: Registration::Pending,
            interval: Some(7),
        };
        bench.command(1, decided);
        let (action, payload) = boot();
        let answer = bench.ask(action, payload);
        assert_eq!(
            (&answer["status"], &answer["interval"]),
            (&json!("Pending"), &json!(7))
        );
        assert_eq!(bench.station.info().unwrap().model, "M");
    }
}

#[test]
fn connectors_and_lengthy_operations_are_remembered() {
    let mut bench = Bench::new(V1_6);
    let status = |status: &str| {
        json!({"connectorId": 1, "errorCode": "NoError", "status": status,
               "timestamp": "2024-05-15T11:00:00Z"})
    };
    bench.ask("StatusNotification", status("Available"));
    bench.disk.clear();
    bench.ask("StatusNotification", status("Available"));
    assert!(bench.disk.is_empty(), "nothing has changed");
    bench.ask("StatusNotification", status("Charging"));
    let firmware = json!({"status": "Downloading"});
    bench.ask("FirmwareStatusNotification", firmware);
    bench.restart();
    let connectors = bench.station.connectors();
    assert_eq!(connectors.len(), 1);
    assert_eq!(connectors[0].status, "Charging");
    let progress: Vec<_> = bench.station.progress().collect();
    assert_eq!(progress, [("FirmwareStatusNotification", "Downloading")]);
}

#[test]
fn absurd_multipliers_are_no_readings() {
    for multiplier in [i64::MIN, -40, 40, i64::MAX] {
        let mut bench = Bench::new(V2_0_1);
        let begun = json!({
            "eventType": "Started", "timestamp": "2024-05-15T12:00:00Z",
            "triggerReason": "CablePluggedIn", "seqNo": 0,
            "transactionInfo": {"transactionId": "T1"},
            "meterValue": [{"timestamp": "2024-05-15T12:00:00Z", "sampledValue": [
                {"value": 1, "unitOfMeasure": {"unit": "kWh", "multiplier": multiplier}}]}],
        });
        bench.ask("TransactionEvent", begun);
        let transaction = bench.station.ledger().open().next().unwrap();
        assert_eq!(transaction.meter_start, None, "{multiplier}");
    }
}

/// J01, 1.6 section 4.7: readings that belong to no transaction are kept, the newest ones.
#[test]
fn readings_outside_of_transactions_are_kept_in_a_bounded_number() {
    let mut bench = Bench::offline();
    let mut config = Config::default();
    config.ledger.outside_records = 2;
    bench.station = RemoteStation::new("CP1", config, 7);
    bench.connect(Link::unsecured(V2_0_1));
    for value in 1..=3 {
        let values = json!({"evseId": 1, "meterValue": [
            {"timestamp": "2024-05-15T12:00:00Z", "sampledValue": [{"value": value}]}]});
        bench.ask("MeterValues", values);
    }
    let kept = bench.disk.iter();
    let kept: Vec<Value> = kept
        .filter(|(key, _)| key.starts_with("meter/outside/"))
        .map(|(_, record)| serde_json::from_str(record).unwrap())
        .collect();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0]["evse"], 1);
    let values = [
        &kept[0]["samples"][0]["value"],
        &kept[1]["samples"][0]["value"],
    ];
    assert_eq!(values, [&json!("3"), &json!("2")]);
    bench.full = true;
    let values = json!({"evseId": 1, "meterValue": [
        {"timestamp": "2024-05-15T12:00:00Z", "sampledValue": [{"value": 4}]}]});
    assert!(bench.try_ask("MeterValues", values.clone()).is_err());
    bench.full = false;
    bench.ask("MeterValues", values);
    let second = &bench.disk["meter/outside/00000001"];
    assert!(second.contains("\"4\""), "{second}");
}

/// B05.FR.11, B06.FR.05: by bytes as well as by items, as far as the station has told.
#[test]
fn lists_are_split_by_bytes_too() {
    let mut bench = Bench::new(V2_0_1);
    let report = |variable: &str, value: &str| {
        json!({"component": {"name": "DeviceDataCtrlr"},
               "variable": {"name": variable, "instance": "SetVariables"},
               "variableAttribute": [{"value": value}]})
    };
    let told = [
        report("ItemsPerMessage", "10"),
        report("BytesPerMessage", "450"),
    ];
    let told = json!({"requestId": 1, "generatedAt": "2024-05-15T12:00:00Z", "seqNo": 0,
                      "reportData": told});
    bench.ask("NotifyReport", told);
    bench.restart();
    let name = |number: usize| VariableName::new("Component", &format!("Variable{number}"));
    let variables = (0..10).map(|number| (name(number), "x".repeat(20)));
    bench.operate(1, Operation::SetVariables(variables.collect()));
    let mut parts = Vec::new();
    while bench.ended.is_empty() {
        let (action, payload) = bench.called();
        assert_eq!(
            action, "SetVariables",
            "the limits are known from the report"
        );
        let set = payload["setVariableData"].as_array().unwrap();
        let frame = bench.sent.last().unwrap().to_string();
        assert!(frame.len() <= 450, "{}", frame.len());
        parts.push(set.len());
        let results = set.iter().map(|set| {
            json!({"attributeStatus": "Accepted", "component": set["component"],
                   "variable": set["variable"]})
        });
        let results: Vec<Value> = results.collect();
        bench.respond(json!({ "setVariableResult": results }));
    }
    assert!(parts.len() > 2 && parts[0] > 1, "{parts:?}");
    assert_eq!(parts.iter().sum::<usize>(), 10);
    let outcome = bench.outcome().1;
    assert!(matches!(outcome, Ok(Outcome::Variables(all)) if all.len() == 10));
}

fn tx_profile(level: i64) -> Value {
    json!({"stackLevel": level, "chargingProfilePurpose": "TxProfile",
           "chargingProfileKind": "Relative", "transactionId": "T1", "chargingSchedule": [
        {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}]})
}

fn station_profile(limit: i64) -> Value {
    json!({"stackLevel": 0, "chargingProfilePurpose": "ChargingStationMaxProfile",
           "chargingProfileKind": "Absolute", "chargingSchedule": [
        {"id": 1, "startSchedule": "2024-05-15T00:00:00Z", "chargingRateUnit": "A",
         "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}]})
}

fn begin_2(bench: &mut Bench) {
    let begun = json!({
        "eventType": "Started", "timestamp": "2024-05-15T12:00:00Z",
        "triggerReason": "Authorized", "seqNo": 0, "transactionInfo": {"transactionId": "T1"},
        "evse": {"id": 1, "connectorId": 1}, "idToken": {"idToken": "A1", "type": "ISO14443"},
    });
    bench.ask("TransactionEvent", begun);
}

fn set(evse: i64, profile: Value) -> Operation {
    Operation::SetProfile {
        evse,
        profile,
        transaction: None,
    }
}

/// K01, K10: what is installed is known, what the station would have to refuse is not sent, and all of it is stored.
#[test]
fn profiles_are_known_admitted_and_forgotten_with_what_they_belong_to() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        let requirement = |bench: &mut Bench| match bench.outcome().1 {
            Err(CommandError::NotAdmitted { requirement, .. }) => requirement,
            other => panic!("{other:?}"),
        };
        // K01.FR.09: without its transaction.
        bench.operate(1, set(1, tx_profile(0)));
        assert!(requirement(&mut bench).contains("K01"));
        begin_2(&mut bench);
        bench.operate(2, set(1, tx_profile(0)));
        let (action, sent) = bench.called();
        assert_eq!(action, "SetChargingProfile");
        let id = sent["chargingProfile"]["id"].as_i64().unwrap();
        bench.respond(json!({"status": "Accepted"}));
        assert!(
            matches!(bench.outcome().1, Ok(Outcome::Accepted { id: Some(given), .. }) if given == id)
        );
        // K01.FR.39: a second one of the same level.
        bench.operate(3, set(1, tx_profile(0)));
        requirement(&mut bench);
        // K01.FR.22.
        let mut external = station_profile(10);
        external["chargingProfilePurpose"] = "ChargingStationExternalConstraints".into();
        bench.operate(4, set(0, external));
        assert_eq!(requirement(&mut bench), "K01.FR.22");
        bench.operate(5, set(0, station_profile(10)));
        bench.respond(json!({"status": "Rejected"}));
        assert_eq!(
            bench.station.charging_profiles().count(),
            1,
            "it was refused"
        );
        bench.operate(6, set(0, station_profile(10)));
        bench.respond(json!({"status": "Accepted"}));
        bench.restart();
        assert_eq!(bench.station.charging_profiles().count(), 2);

        let local = crate::smart_charging::LocalLimit::Amperes(32.into());
        let site = crate::smart_charging::Site::new(Vec::from([crate::smart_charging::Evse::ac(
            local, 3,
        )]));
        let now = bench.now().utc.unwrap();
        let wanted =
            crate::smart_charging::Request::new(1, now, 60, crate::smart_charging::RateUnit::A);
        let forecast = bench.station.forecast(&site, &wanted).unwrap();
        assert_eq!(
            forecast.periods[0].limit,
            10.into(),
            "the lower one of both"
        );

        let ended = json!({
            "eventType": "Ended", "timestamp": "2024-05-15T13:00:00Z",
            "triggerReason": "EVDeparted", "seqNo": 1, "transactionInfo": {"transactionId": "T1"},
        });
        bench.ask("TransactionEvent", ended);
        assert_eq!(bench.station.charging_profiles().count(), 1, "K01.FR.35");
        let clear = json!({"chargingProfileCriteria": {"chargingProfilePurpose": "ChargingStationMaxProfile"}});
        let clear = Command::Call {
            action: "ClearChargingProfile".into(),
            payload: clear.to_string(),
        };
        bench.command(7, clear);
        bench.respond(json!({"status": "Accepted"}));
        assert_eq!(bench.station.charging_profiles().count(), 0);
        assert!(!bench.disk.keys().any(|key| key.starts_with("profile/")));
        let mut reported = station_profile(12);
        reported["id"] = 77.into();
        let report = json!({"requestId": 1, "chargingLimitSource": "CSO", "evseId": 0,
                            "chargingProfile": [reported]});
        bench.ask("ReportChargingProfiles", report);
        let known: Vec<i64> = bench
            .station
            .charging_profiles()
            .map(|it| it.profile.id)
            .collect();
        assert_eq!(known, [77], "K09");
    }
}

/// 1.6 section 5.16: the second profile of a purpose and level replaces the first.
#[test]
fn a_profile_of_1_6_takes_the_place_of_the_one_before() {
    let mut bench = Bench::new(V1_6);
    let profile = |limit: i64| {
        json!({"stackLevel": 1, "chargingProfilePurpose": "TxDefaultProfile",
               "chargingProfileKind": "Absolute", "chargingSchedule": {
            "startSchedule": "2024-05-15T00:00:00Z", "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}})
    };
    let mut ids = Vec::new();
    for limit in [10, 20] {
        bench.operate(1, set(1, profile(limit)));
        let (_, sent) = bench.called();
        ids.push(
            sent["csChargingProfiles"]["chargingProfileId"]
                .as_i64()
                .unwrap(),
        );
        bench.respond(json!({"status": "Accepted"}));
    }
    let known: Vec<i64> = bench
        .station
        .charging_profiles()
        .map(|it| it.profile.id)
        .collect();
    assert_eq!(known, [ids[1]]);
    bench.operate(2, Operation::ClearLimit(ids[1]));
    bench.respond(json!({"status": "Accepted"}));
    assert_eq!(bench.station.charging_profiles().count(), 0);
    let limit = Operation::Limit {
        evse: 1,
        limit: 6.into(),
        watts: false,
        transaction: None,
        duration: None,
        stack_level: -1,
    };
    bench.operate(3, limit);
    assert!(matches!(
        bench.outcome().1,
        Err(CommandError::NotAdmitted { .. })
    ));
}

/// K15 to K17; TC_K_53, TC_K_55, TC_K_57, TC_K_59.
#[test]
fn a_car_is_offered_what_it_can_take_and_kept_to_it() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        let needs = || {
            json!({"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase",
                   "acChargingParameters": {"energyAmount": 20000, "evMinCurrent": 6,
                                            "evMaxCurrent": 20, "evMaxVoltage": 400}}})
        };
        let answer = bench.ask("NotifyEVChargingNeeds", needs());
        assert_eq!(answer["status"], "Rejected", "nothing runs there");
        begin_2(&mut bench);
        let mut ids = Vec::new();
        // Renegotiated (K17), in place of the first.
        for _ in 0..2 {
            let answer = bench.ask("NotifyEVChargingNeeds", needs());
            assert_eq!(answer["status"], "Accepted");
            let (action, sent) = bench.called();
            assert_eq!(
                (action.as_str(), &sent["evseId"]),
                ("SetChargingProfile", &json!(1))
            );
            let profile = &sent["chargingProfile"];
            assert_eq!(profile["transactionId"], "T1");
            let period = &profile["chargingSchedule"][0]["chargingSchedulePeriod"][0];
            assert_eq!(
                (&period["limit"], &period["numberPhases"]),
                (&json!(20), &json!(3))
            );
            ids.push(profile["id"].clone());
            bench.respond(json!({"status": "Accepted"}));
        }
        assert_eq!(ids[0], ids[1]);
        let schedule = |unit: &str, limits: [i64; 2]| {
            json!({"timeBase": "2024-05-15T12:00:00Z", "evseId": 1, "chargingSchedule": {
                "id": 1, "chargingRateUnit": unit, "chargingSchedulePeriod": [
                    {"startPeriod": 0, "limit": limits[0]}, {"startPeriod": 600, "limit": limits[1]}]}})
        };
        for (unit, limits, status) in [
            ("A", [10, 20], "Accepted"),
            ("A", [10, 21], "Rejected"),
            ("W", [13_800, 4_000], "Accepted"),
            ("W", [4_000, 13_900], "Rejected"),
        ] {
            let answer = bench.ask("NotifyEVChargingSchedule", schedule(unit, limits));
            assert_eq!(answer["status"], status, "{unit} {limits:?}");
            let calls = bench.sent.iter().filter(|frame| frame[0] == 2).count();
            assert_eq!(
                calls,
                usize::from(status == "Rejected"),
                "it is offered anew"
            );
            if calls > 0 {
                assert_eq!(bench.called().1["chargingProfile"]["id"], ids[0]);
                bench.respond(json!({"status": "Accepted"}));
            }
        }
        let dc = json!({"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "DC",
                        "dcChargingParameters": {"evMaxCurrent": 200, "evMaxVoltage": 500,
                                                 "evMaxPower": 50000}}});
        bench.ask("NotifyEVChargingNeeds", dc);
        let (_, sent) = bench.called();
        let schedule = &sent["chargingProfile"]["chargingSchedule"][0];
        assert_eq!(schedule["chargingRateUnit"], "W");
        assert_eq!(schedule["chargingSchedulePeriod"][0]["limit"], 50_000);
    }
}

/// Asking for the cost of a transaction takes nothing away from what its end tells.
#[test]
fn an_end_whose_cost_is_asked_for_tells_all_that_an_end_tells() {
    let told = |asks_cost: bool| {
        let mut bench = Bench::new(V2_1);
        bench.station.config.asks_cost = asks_cost;
        bench.ask(
            "TransactionEvent",
            event("Started", 0, json!({"idToken": iso("A1")})),
        );
        bench.events.clear();
        let end = json!({"timestamp": "2024-05-15T13:00:00Z", "reservationId": 7,
            "meterValue": [{"timestamp": "2024-05-15T13:00:00Z", "sampledValue": [{"value": 9}]}]});
        bench.ask("TransactionEvent", event("Ended", 1, end));
        let wanted = bench.events.iter().filter(|event| {
            matches!(
                event,
                StationEvent::MeterValues { .. }
                    | StationEvent::Reservation { .. }
                    | StationEvent::TransactionEnded(_)
            )
        });
        wanted.cloned().collect::<Vec<_>>()
    };
    assert_eq!(told(false).len(), 3);
    assert_eq!(told(true), told(false));
}

/// The operator has closed it; the end of the station comes when it is online again.
#[test]
fn the_true_end_of_a_transaction_that_the_operator_closed_is_stored() {
    let mut bench = Bench::new(V1_6);
    bench.boot();
    let begun = bench.ask("StartTransaction", start(1, "A1", 1000));
    bench.command(1, Command::CloseTransaction(1));
    bench.restart();
    bench.ask("StopTransaction", stop(&begun["transactionId"], 2500));
    let completed = bench.events.iter().any(|event| {
        matches!(event, StationEvent::BillCompleted(bill)
            if bill.energy_wh == Some(1500.into()) && bill.warnings.is_empty())
    });
    assert!(completed);
    bench.restart();
    let kept = bench.station.ledger().transaction(1).unwrap();
    assert_eq!(kept.meter_stop, Some(2500.into()));
}

/// The operator clicks twice, and the connection is lost: whichever the station has taken, it gets in.
#[test]
fn two_new_passwords_and_a_lost_connection_lock_nobody_out() {
    let results = |status: &str| {
        json!({"setVariableResult": [{"attributeStatus": status, "component":
            {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}]})
    };
    let holds = |bench: &Bench| {
        ["the old password", "password A of two", "password B of two"]
            .map(|text| bench.station.shown(text.as_bytes()).is_some())
    };
    let mut bench = Bench::new(V2_0_1);
    bench.command(1, Command::Password(Some("the old password".into())));
    bench.operate(2, Operation::SetPassword("password A of two".into()));
    let first = bench.sent.clone();
    bench.operate(3, Operation::SetPassword("password B of two".into()));
    // The second waits for the answer to the first.
    bench.sent = first;
    bench.respond(results("Accepted"));
    assert!(bench.called().1.to_string().contains("password B"));
    bench.handle(Input::Disconnected);
    bench.restart();
    assert_eq!(holds(&bench), [false, true, true]);
    // A time-out, then a refusal of the same: the first may have been taken.
    let mut bench = Bench::new(V2_0_1);
    bench.command(1, Command::Password(Some("the old password".into())));
    bench.operate(2, Operation::SetPassword("password A of two".into()));
    bench.millis += 31_000;
    bench.handle(Input::TimePassed);
    assert_eq!(
        bench.outcome(),
        (2, Err(CommandError::Call(CallFailure::TimedOut)))
    );
    bench.operate(3, Operation::SetPassword("password A of two".into()));
    bench.respond(results("Rejected"));
    assert_eq!(holds(&bench), [true, true, false]);
}

/// B05: a password may stand in a later part of a list.
#[test]
fn a_password_in_a_later_part_of_a_list_is_known_too() {
    let mut bench = Bench::new(V2_0_1);
    bench.command(1, Command::Password(Some("the old password".into())));
    let limit = VariableName::new("SecurityCtrlr", "OrganizationName");
    let password = VariableName::new("SecurityCtrlr", "BasicAuthPassword");
    bench.operate(
        2,
        Operation::SetVariables(Vec::from([
            (limit, "x".into()),
            (password, "the new password".into()),
        ])),
    );
    // How many items fit it does not tell.
    let (action, asked) = bench.called();
    assert_eq!(action, "GetVariables");
    let mut result = asked["getVariableData"][0].clone();
    result["attributeStatus"] = json!("UnknownVariable");
    bench.respond(json!({ "getVariableResult": [result] }));
    bench.respond(
        json!({"setVariableResult": [{"attributeStatus": "Accepted", "component":
        {"name": "SecurityCtrlr"}, "variable": {"name": "OrganizationName"}}]}),
    );
    assert!(bench.called().1.to_string().contains("the new password"));
    bench.handle(Input::Disconnected);
    assert!(bench.station.shown(b"the new password").is_some());
    assert!(bench.station.shown(b"the old password").is_some());
}

/// Answers the question how many items fit with this number.
fn tell_limit(bench: &mut Bench, items: i64) {
    let (action, asked) = bench.called();
    assert_eq!(action, "GetVariables");
    let mut result = asked["getVariableData"][0].clone();
    result["attributeStatus"] = json!("Accepted");
    result["attributeValue"] = json!(items.to_string());
    bench.respond(json!({ "getVariableResult": [result] }));
}

fn cleared(id: i64, status: &str) -> Value {
    json!({"clearMonitoringResult": [{"id": id, "status": status}]})
}

/// N04, N06: what became of every monitor is told, whichever part it was in.
#[test]
fn results_of_all_parts_are_told() {
    let told = |outcome: &Outcome| match outcome {
        Outcome::Accepted { response, .. } => {
            let response: Value = serde_json::from_str(response).unwrap();
            let results = response["clearMonitoringResult"].as_array().unwrap().iter();
            results
                .map(|result| result["id"].as_i64().unwrap())
                .collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let mut bench = Bench::new(V2_0_1);
    let clear = || Operation::ClearMonitors(Vec::from([1, 2, 3]));
    bench.operate(1, clear());
    tell_limit(&mut bench, 1);
    bench.respond(cleared(1, "NotFound"));
    bench.respond(cleared(2, "Accepted"));
    bench.respond(cleared(3, "Rejected"));
    let (_, outcome) = bench.outcome();
    assert_eq!(told(&outcome.unwrap()), [1, 2, 3]);
    // None of them.
    bench.operate(2, clear());
    for id in 1..=3 {
        bench.respond(cleared(id, "NotFound"));
    }
    let refused = Outcome::Refused {
        status: "NotFound".into(),
        reason: None,
    };
    assert_eq!(bench.outcome(), (2, Ok(refused)));
    // The connection is lost in the middle.
    bench.operate(3, clear());
    bench.respond(cleared(1, "Accepted"));
    bench.handle(Input::Disconnected);
    let (_, outcome) = bench.outcome();
    let Ok(Outcome::Partial { done, error }) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(told(&done), [1]);
    assert_eq!(error, CommandError::Call(CallFailure::Disconnected));
}

/// B06: an error in the middle leaves what was read before.
#[test]
fn variables_that_were_read_are_told_although_a_later_part_fails() {
    let mut bench = Bench::new(V2_0_1);
    let names =
        ["Identity", "OrganizationName"].map(|name| VariableName::new("SecurityCtrlr", name));
    bench.operate(1, Operation::GetVariables(names.to_vec()));
    tell_limit(&mut bench, 1);
    bench.respond(
        json!({"getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": "CP1",
        "component": {"name": "SecurityCtrlr"}, "variable": {"name": "Identity"}}]}),
    );
    let call = bench.sent.iter().rfind(|frame| frame[0] == 2).unwrap();
    let error = json!([4, call[1], "InternalError", "", {}]);
    bench.handle(Input::Received(error.to_string()));
    let (_, outcome) = bench.outcome();
    let Ok(Outcome::Partial { done, error }) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(matches!(error, CommandError::Call(CallFailure::Refused(_))));
    let Outcome::Variables(results) = *done else {
        panic!()
    };
    let results: Vec<_> = results
        .iter()
        .map(|result| (result.status.as_str(), result.value.as_deref()))
        .collect();
    assert_eq!(results, [("Accepted", Some("CP1")), ("Missing", None)]);
}

/// What is no acceptance ends at once, and as a refusal.
#[test]
fn a_refusal_is_told_as_one() {
    let show = || Operation::ShowMessage(Box::new(DisplayMessage::new("x", "NormalCycle")));
    let password = json!({"setVariableResult": [{"attributeStatus": "Rejected", "component":
        {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}]});
    for (operation, response, status) in [
        (
            Operation::Inventory(Inventory::Full),
            json!({"status": "EmptyResultSet"}),
            "EmptyResultSet",
        ),
        (
            Operation::ListMonitors,
            json!({"status": "EmptyResultSet"}),
            "EmptyResultSet",
        ),
        (
            Operation::ListMessages,
            json!({"status": "Unknown"}),
            "Unknown",
        ),
        (
            Operation::ClearLimit(3),
            json!({"status": "Unknown"}),
            "Unknown",
        ),
        (
            show(),
            json!({"status": "NotSupportedState"}),
            "NotSupportedState",
        ),
        (
            show(),
            json!({"status": "UnknownTransaction"}),
            "UnknownTransaction",
        ),
        (
            Operation::SetPassword("the new password".into()),
            password,
            "Rejected",
        ),
    ] {
        let mut bench = Bench::new(V2_0_1);
        bench.operate(1, operation);
        bench.respond(response);
        let refused = Outcome::Refused {
            status: status.into(),
            reason: None,
        };
        assert_eq!(bench.outcome(), (1, Ok(refused)));
        assert!(bench.station.running.is_empty());
    }
}

/// C9: a raw call starts something as well as a typed operation.
#[test]
fn a_raw_call_that_starts_something_is_for_its_token() {
    let raw = |action: &str, payload: Value| Command::Call {
        action: action.into(),
        payload: payload.to_string(),
    };
    let remote = |bench: &Bench| match bench.asked.last() {
        Some(Question::Authorize(asked)) => asked.remote,
        other => panic!("{other:?}"),
    };
    let mut bench = Bench::new(V1_6);
    bench.boot();
    let payload = json!({"idTag": "A1", "connectorId": 1});
    bench.command(1, raw("RemoteStartTransaction", payload));
    bench.respond(json!({"status": "Accepted"}));
    bench.ask("StartTransaction", start(1, "A1", 0));
    assert!(remote(&bench));
    bench.ask("StartTransaction", start(2, "A2", 0));
    assert!(!remote(&bench));

    let mut bench = Bench::new(V2_0_1);
    let payload = json!({"idToken": iso("A1"), "remoteStartId": 77});
    bench.command(1, raw("RequestStartTransaction", payload));
    bench.respond(json!({"status": "Accepted"}));
    let mut started = event("Started", 0, json!({"triggerReason": "RemoteStart"}));
    started["transactionInfo"]["remoteStartId"] = json!(77);
    bench.ask("TransactionEvent", started);
    assert!(remote(&bench));
    let token = bench.station.ledger().open().next().unwrap();
    assert_eq!(token.id_token.as_ref().unwrap().id_token, "A1");
}

/// The connection is lost while somebody decides about the token: nobody holds it afterwards.
#[test]
fn a_token_is_not_held_for_a_transaction_that_never_began() {
    let mut bench = Bench::new(V1_6);
    bench.boot();
    bench.silent = true;
    let frame = json!([2, "x", "StartTransaction", start(1, "A1", 0)]);
    bench.handle(Input::Received(frame.to_string()));
    for answer in [Answer::Stored(None), Answer::Number(41)] {
        let question = bench.station.next_question - 1;
        bench.handle(Input::Answer { question, answer });
    }
    let Some(Question::Authorize(asked)) = bench.asked.last().cloned() else {
        panic!()
    };
    let question = bench.station.next_question - 1;
    bench.handle(Input::Disconnected);
    // The services have only now come to it.
    let utc = bench.now().utc.unwrap();
    let answer = Answer::Token(bench.tokens.authorize(utc, "CP1", &asked));
    bench.handle(Input::Answer { question, answer });
    assert!(
        bench
            .events
            .contains(&StationEvent::NotBegun { reference: 41 })
    );
    bench.silent = false;
    bench.connect(Link::unsecured(V1_6));
    let begun = bench.ask("StartTransaction", start(1, "A1", 0));
    assert_eq!(begun["idTagInfo"]["status"], "Accepted");
    assert!(bench.station.abandoned.is_empty());
}

#[test]
fn a_token_is_not_held_for_a_transaction_that_was_refused() {
    let mut bench = Bench::offline();
    let mut config = Config::default();
    config.ledger.open = 1;
    bench.station = RemoteStation::new("CP1", config, 7);
    bench.connect(Link::unsecured(V1_6));
    bench.boot();
    let first = bench.ask("StartTransaction", start(1, "A1", 0));
    assert!(
        bench
            .try_ask("StartTransaction", start(2, "A2", 0))
            .is_err()
    );
    bench.ask("StopTransaction", stop(&first["transactionId"], 10));
    let begun = bench.ask("StartTransaction", start(2, "A2", 0));
    assert_eq!(begun["idTagInfo"]["status"], "Accepted");
}

/// K15: a car gets no more than the operator allows, whichever profile says so, and its profiles stay.
#[test]
fn the_needs_of_a_car_do_not_lift_the_limits_of_the_operator() {
    let needs = || {
        json!({"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase",
               "acChargingParameters": {"energyAmount": 20000, "evMinCurrent": 6,
                                        "evMaxCurrent": 32, "evMaxVoltage": 400}}})
    };
    let limit = |transaction, amperes: i64, stack_level| Operation::Limit {
        evse: 1,
        limit: amperes.into(),
        watts: false,
        transaction,
        duration: None,
        stack_level,
    };
    let offered = |sent: &Value| {
        let schedule = &sent["chargingProfile"]["chargingSchedule"][0];
        let periods = schedule["chargingSchedulePeriod"].as_array().unwrap();
        let limits = periods
            .iter()
            .map(|period| period["limit"].as_f64().unwrap());
        limits.collect::<Vec<_>>()
    };
    for version in [V2_0_1, V2_1] {
        for of in [None, Some(1)] {
            let mut bench = Bench::new(version);
            begin_2(&mut bench);
            bench.operate(1, limit(of, 10, 0));
            let installed = bench.called().1["chargingProfile"]["id"].clone();
            bench.respond(json!({"status": "Accepted"}));
            let answer = bench.ask("NotifyEVChargingNeeds", needs());
            assert_eq!(answer["status"], "Accepted");
            let (_, sent) = bench.called();
            assert_eq!(offered(&sent), [10.0], "{version:?} {of:?}");
            let own = sent["chargingProfile"]["id"].clone();
            assert_ne!(own, installed);
            bench.respond(json!({"status": "Accepted"}));
            assert_eq!(bench.station.charging_profiles().count(), 2);
            // The operator allows less: the offer follows.
            bench.operate(2, limit(of, 8, 5));
            bench.respond(json!({"status": "Accepted"}));
            let (_, sent) = bench.called();
            assert_eq!(sent["chargingProfile"]["id"], own);
            assert_eq!(offered(&sent), [8.0]);
            bench.respond(json!({"status": "Accepted"}));
            let calls = bench.sent.iter().filter(|frame| frame[0] == 2).count();
            assert_eq!(calls, 0, "once is enough");
        }
        // A limit in A, and a car that charges with DC.
        let mut bench = Bench::new(version);
        begin_2(&mut bench);
        bench.operate(1, limit(None, 10, 0));
        bench.respond(json!({"status": "Accepted"}));
        let dc = json!({"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "DC",
                        "dcChargingParameters": {"evMaxCurrent": 200, "evMaxVoltage": 500,
                                                 "evMaxPower": 50000}}});
        assert_eq!(bench.ask("NotifyEVChargingNeeds", dc)["status"], "Rejected");
    }
}

/// A station that has lost what it knew, and sends what waits from long ago once more: nothing is billed twice.
#[test]
fn messages_of_transactions_that_have_left_memory_are_recognised() {
    let mut bench = Bench::new(V1_6);
    bench.boot();
    let times = |number: i64| {
        let begin: DateTime = "2024-05-15T12:00:00Z".parse().unwrap();
        let at = |minutes: i64| begin.saturating_add_millis((number * 10 + minutes) * 60_000);
        (at(0).to_string(), at(5).to_string())
    };
    let session = |bench: &mut Bench, number: i64| {
        let (begun, ended) = times(number);
        let begun = bench.ask(
            "StartTransaction",
            json!({"connectorId": 1, "idTag": "A1", "meterStart": number * 1000, "timestamp": begun}),
        );
        bench.ask(
            "StopTransaction",
            json!({"transactionId": begun["transactionId"], "meterStop": number * 1000 + 900, "timestamp": ended}),
        );
        begun
    };
    let first = session(&mut bench, 1);
    for number in 2..20 {
        session(&mut bench, number);
    }
    // An end of which nobody knows the begin.
    let unknown =
        json!({"transactionId": -1, "meterStop": 77, "timestamp": "2024-05-15T11:00:00Z"});
    bench.ask("StopTransaction", unknown.clone());
    for number in 20..30 {
        session(&mut bench, number);
    }
    let disk = bench.disk.clone();
    for _ in 0..2 {
        assert_eq!(session(&mut bench, 1), first);
        bench.ask("StopTransaction", unknown.clone());
        assert_eq!(bench.disk, disk, "nothing has changed");
        bench.restart();
    }
    let elsewhere = bench.ask("StartTransaction", start(2, "A1", 1000));
    assert_eq!(
        elsewhere["idTagInfo"]["status"], "Accepted",
        "nothing holds the token"
    );
    // Another end is kept beside the one that is known.
    let other = json!({"transactionId": 1, "meterStop": 5000, "timestamp": "2024-05-15T13:00:00Z"});
    bench.ask("StopTransaction", other);
    let record = &bench.disk[&crate::csms::ledger::closed_key(1)];
    assert!(record.contains("contradictions") && record.contains("1900"));
    // What nobody can read is not taken for nothing.
    let key = crate::csms::ledger::closed_key(2);
    bench.disk.insert(key, "{}".into());
    let stop = json!({"transactionId": 2, "meterStop": 2900, "timestamp": times(2).1});
    assert_eq!(
        bench.try_ask("StopTransaction", stop),
        Err("InternalError".into())
    );
}

#[test]
fn events_of_transactions_that_have_left_memory_are_recognised() {
    let mut bench = Bench::new(V2_0_1);
    bench.boot();
    let named = |number: i64, more: Value| {
        let mut more = more;
        more["transactionInfo"] = json!({"transactionId": format!("Tx-{number}")});
        more["idToken"] = iso("A1");
        more
    };
    let session = |bench: &mut Bench, number: i64| {
        bench.ask(
            "TransactionEvent",
            event("Started", 0, named(number, json!({}))),
        );
        bench.ask(
            "TransactionEvent",
            event("Ended", 2, named(number, json!({}))),
        );
    };
    for number in 1..20 {
        session(&mut bench, number);
    }
    let disk = bench.disk.clone();
    session(&mut bench, 1);
    assert_eq!(bench.disk, disk);
    // What was late completes the bill.
    bench.ask("TransactionEvent", event("Updated", 1, named(1, json!({}))));
    assert!(
        matches!(bench.events.last(), Some(StationEvent::BillCompleted(bill)) if bill.reference == 1)
    );
    // One with the same id is another transaction, and its bill says so.
    let later = json!({"timestamp": "2025-01-01T00:00:00Z"});
    bench.ask("TransactionEvent", event("Started", 0, named(2, later)));
    let open = bench.station.ledger().open().next().unwrap();
    assert!(open.reference > 19 && open.id_used_before);
}

#[test]
fn a_bill_says_when_the_token_was_refused() {
    let warned = |bench: &Bench| {
        let ended = bench.events.iter().rev().find_map(|event| match event {
            StationEvent::TransactionEnded(bill) => Some(bill.warnings.clone()),
            _ => None,
        });
        ended.unwrap().contains(&Warning::NotAuthorized)
    };
    let mut bench = Bench::new(V1_6);
    bench.boot();
    for (token, refused) in [("nobody", true), ("A1", false)] {
        let begun = bench.ask("StartTransaction", start(1, token, 1000));
        assert_eq!(begun["idTagInfo"]["status"] == "Invalid", refused);
        bench.ask("StopTransaction", stop(&begun["transactionId"], 2000));
        assert_eq!(warned(&bench), refused);
    }
    let mut bench = Bench::new(V2_0_1);
    bench.boot();
    bench.ask(
        "TransactionEvent",
        event(
            "Started",
            0,
            json!({"idToken": iso("nobody"), "offline": true}),
        ),
    );
    bench.ask("TransactionEvent", event("Ended", 1, json!({})));
    assert!(warned(&bench));
}

/// An offer to a car is the CSMS's own: it does not stand in the operator's way, and not before his limits.
#[test]
fn an_offer_gives_way_to_the_operator_and_comes_back() {
    let limit = |transaction, stack_level| Operation::Limit {
        evse: 1,
        limit: 8.into(),
        watts: false,
        transaction,
        duration: None,
        stack_level,
    };
    let ac = json!({"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase",
        "acChargingParameters": {"energyAmount": 20000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400}}});
    let dc = json!({"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "DC",
        "dcChargingParameters": {"evMaxCurrent": 200, "evMaxVoltage": 500, "evMaxPower": 50000}}});
    let offer = |bench: &mut Bench, needs: &Value| {
        begin_2(bench);
        bench.ask("NotifyEVChargingNeeds", needs.clone());
        let (_, sent) = bench.called();
        assert_eq!(sent["chargingProfile"]["stackLevel"], 0);
        bench.respond(json!({"status": "Accepted"}));
        sent["chargingProfile"]["id"].clone()
    };
    let accept = |bench: &mut Bench| {
        bench.respond(json!({"status": "Accepted"}));
        let called = bench.sent.iter().rfind(|frame| frame[0] == 2).cloned();
        called.map(|frame| (frame[2].clone(), frame[3].clone()))
    };
    for version in [V2_0_1, V2_1] {
        // One stack level for two profiles of a transaction is forbidden (K01.FR.39).
        let mut bench = Bench::new(version);
        let own = offer(&mut bench, &ac);
        bench.operate(1, limit(Some(1), 0));
        let (action, cleared) = bench.called();
        assert_eq!(action, "ClearChargingProfile");
        assert_eq!(cleared["chargingProfileId"], own);
        let (_, set) = accept(&mut bench).unwrap();
        assert_ne!(set["chargingProfile"]["id"], own);
        let (_, again) = accept(&mut bench).unwrap();
        let again = &again["chargingProfile"];
        assert_eq!((&again["id"], &again["stackLevel"]), (&own, &json!(1)));
        let period = &again["chargingSchedule"][0]["chargingSchedulePeriod"][0];
        assert_eq!(period["limit"], 8);
        assert_eq!(accept(&mut bench), None);
        assert!(matches!(bench.outcome(), (1, Ok(Outcome::Accepted { .. }))));
        // What is wrong with it apart from the offer is still refused.
        bench.operate(2, limit(Some(1), 0));
        assert!(matches!(
            bench.outcome().1,
            Err(CommandError::NotAdmitted { .. })
        ));
        // What an ampere comes to with DC is not known: the limit counts, not the offer.
        let mut bench = Bench::new(version);
        let own = offer(&mut bench, &dc);
        bench.operate(1, limit(None, 0));
        let number = bench.called().1["chargingProfile"]["id"].as_i64().unwrap();
        let (action, cleared) = accept(&mut bench).unwrap();
        assert_eq!(action, "ClearChargingProfile");
        assert_eq!(cleared["chargingProfileId"], own);
        assert_eq!(accept(&mut bench), None);
        assert_eq!(bench.station.charging_profiles().count(), 1);
        bench.operate(2, Operation::ClearLimit(number));
        let (action, again) = accept(&mut bench).unwrap();
        assert_eq!(
            (action, &again["chargingProfile"]["id"]),
            (json!("SetChargingProfile"), &own)
        );
        // What the operator clears stays cleared.
        assert_eq!(accept(&mut bench), None);
        bench.operate(3, Operation::ClearLimit(own.as_i64().unwrap()));
        assert_eq!(accept(&mut bench), None);
    }
}

#[test]
fn a_connection_ends_when_it_would_not_be_let_in_any_more() {
    let mut bench = Bench::new(V2_0_1);
    bench.command(1, Command::Disconnect);
    assert_eq!(bench.outcome(), (1, Ok(Outcome::Done)));
    let password = |text: &str| Command::Password(Some(text.into()));
    bench.command(2, password("the first password"));
    bench.command(3, password("the first password"));
    bench.command(4, password("the other password"));
    bench.command(5, Command::Password(None));
    bench.command(6, Command::LowestProfile(SecurityProfile::None));
    bench.command(7, Command::LowestProfile(SecurityProfile::TlsBasic));
    let expected = [
        CloseReason::Operator,
        CloseReason::NewPassword,
        CloseReason::NewPassword,
        CloseReason::LowerProfile,
    ];
    assert_eq!(bench.closed, expected);
    bench.handle(Input::Disconnected);
    bench.command(8, Command::Disconnect);
    assert_eq!(bench.outcome(), (8, Err(CommandError::NotConnected)));
    bench.command(9, password("the third password"));
    bench.command(
        10,
        Command::LowestProfile(SecurityProfile::TlsClientCertificate),
    );
    assert_eq!(bench.closed.len(), expected.len());
    // What could not be stored ends no connection.
    bench.connect(Link::unsecured(V2_0_1));
    bench.full = true;
    bench.command(11, password("the fourth password"));
    assert_eq!(bench.outcome(), (11, Err(CommandError::NotStored)));
    assert_eq!(bench.closed.len(), expected.len());
}

/// A00.FR.205; WP:A00.FR.205; 2.1:A00.FR.205.
#[test]
fn passwords_that_stations_must_not_take_are_not_given_out() {
    let text = |length: usize| "a".repeat(length);
    for version in [V1_6, V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        // In 1.6 hexadecimal digits.
        let (least, most) = match version {
            V1_6 => (32, 40),
            V2_1 => (16, 64),
            _ => (16, 40),
        };
        for (length, right) in [
            (0, false),
            (1, false),
            (least - 1, false),
            (least, true),
            (most, true),
            (most + 1, false),
        ] {
            bench.operate(1, Operation::SetPassword(text(length)));
            assert_eq!(!bench.sent.is_empty(), right, "{version} {length}");
            if right {
                match version {
                    V1_6 => bench.respond(json!({"status": "Rejected"})),
                    _ => bench.respond(json!({"setVariableResult": [{"attributeStatus": "Rejected",
                        "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}]})),
                }
            }
            let outcome = bench.outcome().1;
            assert_eq!(
                matches!(outcome, Err(CommandError::Invalid { .. })),
                !right,
                "{outcome:?}"
            );
        }
        for length in [0, 1, 15, 65] {
            bench.command(2, Command::Password(Some(text(length))));
            assert!(matches!(
                bench.outcome().1,
                Err(CommandError::Invalid { .. })
            ));
            assert!(!bench.station.has_password());
        }
    }
}

/// Parts may be as long as a message.
#[test]
fn a_report_has_so_many_bytes() {
    let mut bench = Bench::new(V2_0_1);
    bench.station.config.max_report_bytes = 1_000;
    bench.operate(1, Operation::Inventory(Inventory::Full));
    let id = bench.called().1["requestId"].clone();
    bench.respond(json!({"status": "Accepted"}));
    for seq_no in 0..20 {
        let part = json!({"requestId": id, "generatedAt": "2024-05-15T12:00:00Z", "seqNo": seq_no, "tbc": true});
        bench.ask("NotifyReport", part);
    }
    assert_eq!(bench.outcome(), (1, Err(CommandError::Incomplete)));
    assert!(bench.station.running.is_empty());
}

/// What earlier builds stored says nothing about who put a station.
#[test]
fn a_stranger_is_none_once_the_operator_has_said_something_of_it() {
    let mut bench = Bench::new(V1_6);
    bench.boot();
    bench.restart();
    assert!(!bench.station.is_put(), "it has only booted");
    for command in [
        Command::Put,
        Command::Password(Some("the first password".into())),
        Command::Provision {
            serial_number: None,
        },
        Command::LowestProfile(SecurityProfile::None),
        Command::Decide {
            boot: Registration::Accepted,
            interval: None,
        },
    ] {
        let mut bench = Bench::offline();
        bench.command(1, command);
        bench.restart();
        assert!(bench.station.is_put());
    }
    let mut bench = Bench::offline();
    bench
        .disk
        .insert(state::KEY.into(), r#"{"boot":"Accepted"}"#.into());
    bench.restart();
    assert!(bench.station.is_put());
}

/// 2.1: what the station tells about the price stands on the bill, also what was paid long afterwards.
#[test]
fn prices_and_payments_of_2_1_stand_on_the_bill() {
    let mut bench = Bench::new(V2_1);
    bench.boot();
    let details = json!({"totalCost": {"currency": "EUR", "typeOfCost": "NormalCost", "total": {"exclTax": 3.5}},
                         "totalUsage": {"energy": 10.0, "chargingTime": 60, "idleTime": 0}});
    let more = |details: &Value| {
        json!({"transactionInfo": {"transactionId": "tx-1", "tariffId": "T9", "transactionLimit": {"maxCost": 20}},
               "costDetails": details})
    };
    bench.ask(
        "TransactionEvent",
        event("Started", 0, json!({"idToken": iso("A1")})),
    );
    bench.ask("TransactionEvent", event("Ended", 1, more(&details)));
    let bill = |bench: &Bench| {
        let ended = bench.events.iter().rev().find_map(|event| match event {
            StationEvent::TransactionEnded(bill) | StationEvent::BillCompleted(bill) => {
                Some(bill.clone())
            }
            _ => None,
        });
        ended.unwrap()
    };
    let prices = *bill(&bench).prices;
    assert_eq!(prices.tariff_id.as_deref(), Some("T9"));
    assert_eq!(
        prices.cost_details.unwrap()["totalCost"]["total"]["exclTax"],
        3.5
    );
    assert_eq!(prices.limit.unwrap()["maxCost"], 20);
    for number in 2..10 {
        let named = json!({"transactionInfo": {"transactionId": format!("tx-{number}")}});
        bench.ask("TransactionEvent", event("Started", 0, named.clone()));
        bench.ask("TransactionEvent", event("Ended", 1, named));
    }
    let paid = json!({"transactionId": "tx-1", "pspRef": "P1", "status": "Settled", "settlementAmount": 3.5,
                      "settlementTime": "2024-05-15T14:00:00Z"});
    for _ in 0..2 {
        assert_eq!(bench.ask("NotifySettlement", paid.clone()), json!({}));
        let bill = bill(&bench);
        assert_eq!((bill.reference, bill.prices.settlements.len()), (1, 1));
        assert_eq!(bill.prices.settlements[0]["pspRef"], "P1");
    }
    let mut elsewhere = paid;
    elsewhere["transactionId"] = json!("nobody's");
    assert_eq!(bench.ask("NotifySettlement", elsewhere), json!({}));
    assert!(matches!(
        bench.events.last(),
        Some(StationEvent::Notified {
            action: "NotifySettlement",
            ..
        })
    ));
}

/// E16.
#[test]
fn a_transaction_may_be_limited() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        bench.boot();
        bench.silent = true;
        let frame = json!([
            2,
            "x",
            "TransactionEvent",
            event("Started", 0, json!({"idToken": iso("A1")}))
        ]);
        bench.handle(Input::Received(frame.to_string()));
        let mut info = TokenInfo::of(TokenStatus::Accepted);
        info.limit = Some(Box::new(TransactionLimit {
            max_energy: Some(5_000.into()),
            ..TransactionLimit::default()
        }));
        let answers = [Answer::Stored(None), Answer::Number(1), Answer::Token(info)];
        let first = bench.station.next_question - 1;
        for (question, answer) in (first..).zip(answers) {
            bench.handle(Input::Answer { question, answer });
        }
        let limit = &bench.sent.last().unwrap()[2]["transactionLimit"];
        let expected = if version == V2_1 {
            json!({"maxEnergy": 5_000})
        } else {
            Value::Null
        };
        assert_eq!(limit, &expected);
    }
}

fn refused_by(bench: &mut Bench) -> String {
    match bench.outcome().1 {
        Err(CommandError::NotAdmitted { requirement, .. }) => requirement.into_owned(),
        other => panic!("{other:?}"),
    }
}

/// K05, F01: a start brings the profile of its transaction, and the CSMS numbers it.
#[test]
fn a_start_brings_a_profile_that_suits_a_transaction_to_come() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        let start = |profile: Value| Operation::Start {
            id_token: IdToken::of_1_6("A1"),
            evse: Some(1),
            profile: Some(profile),
        };
        let mut profile = if version == V1_6 {
            json!({"stackLevel": 0, "chargingProfilePurpose": "TxProfile",
                   "chargingProfileKind": "Relative", "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}})
        } else {
            let mut profile = tx_profile(0);
            profile.as_object_mut().unwrap().remove("transactionId");
            profile
        };
        bench.operate(1, start(profile.clone()));
        let (_, sent) = bench.called();
        let number = if version == V1_6 {
            "chargingProfileId"
        } else {
            "id"
        };
        assert!(sent["chargingProfile"][number].is_i64(), "{sent}");
        bench.respond(json!({"status": "Accepted"}));
        assert!(matches!(bench.outcome().1, Ok(Outcome::Accepted { .. })));
        profile["transactionId"] = json!("T1");
        bench.operate(2, start(profile.clone()));
        assert_eq!(refused_by(&mut bench), "F01.FR.11");
        profile["chargingProfilePurpose"] = json!("TxDefaultProfile");
        bench.operate(3, start(profile));
        assert_eq!(refused_by(&mut bench), "F01.FR.09");
    }
}

/// E14: the end came before messages that it follows.
#[test]
fn a_transaction_that_has_ended_can_be_asked_about() {
    let mut bench = Bench::new(V2_0_1);
    begin_2(&mut bench);
    let reference = bench.station.ledger().open().next().unwrap().reference;
    let info = json!({"transactionInfo": {"transactionId": "T1"}});
    bench.ask("TransactionEvent", event("Ended", 3, info));
    bench.operate(1, Operation::TransactionStatus(Some(reference)));
    assert_eq!(bench.called().1, json!({"transactionId": "T1"}));
    bench.respond(json!({"ongoingIndicator": false, "messagesInQueue": true}));
    let told = Outcome::TransactionStatus {
        ongoing: Some(false),
        waiting: true,
    };
    assert_eq!(bench.outcome(), (1, Ok(told)));
    bench.operate(2, Operation::TransactionStatus(Some(reference + 1)));
    assert_eq!(bench.outcome().1, Err(CommandError::NoSuchTransaction));
}

/// K10: what is taken back is forgotten; everything at once is for 1.6 only.
#[test]
fn profiles_are_taken_back_by_criteria() {
    let mut bench = Bench::new(V2_0_1);
    bench.operate(1, set(0, station_profile(16)));
    bench.respond(json!({"status": "Accepted"}));
    assert!(matches!(bench.outcome().1, Ok(Outcome::Accepted { .. })));
    let clear = |evse, purpose: Option<&str>| Operation::ClearProfiles {
        evse,
        purpose: purpose.map(Into::into),
        stack_level: None,
    };
    bench.operate(2, clear(None, None));
    assert_eq!(refused_by(&mut bench), "K10.FR.02");
    bench.operate(3, clear(None, Some("ChargingStationExternalConstraints")));
    assert_eq!(refused_by(&mut bench), "K10.FR.06");
    bench.operate(4, clear(None, Some("ChargingStationMaxProfile")));
    let criteria = json!({"chargingProfilePurpose": "ChargingStationMaxProfile"});
    assert_eq!(
        bench.called().1,
        json!({"chargingProfileCriteria": criteria})
    );
    bench.respond(json!({"status": "Accepted"}));
    assert_eq!(bench.station.charging_profiles().count(), 0);
    let mut bench = Bench::new(V1_6);
    bench.operate(1, clear(None, None));
    assert_eq!(bench.called(), ("ClearChargingProfile".into(), json!({})));
}

/// K01.FR.09: the CSMS knows what the station calls the transaction.
#[test]
fn a_profile_names_the_transaction_as_the_station_does() {
    let mut bench = Bench::new(V2_0_1);
    begin_2(&mut bench);
    let reference = bench.station.ledger().open().next().unwrap().reference;
    let mut profile = tx_profile(0);
    profile.as_object_mut().unwrap().remove("transactionId");
    let of = |transaction| Operation::SetProfile {
        evse: 1,
        profile: profile.clone(),
        transaction: Some(transaction),
    };
    bench.operate(1, of(reference + 1));
    assert_eq!(bench.outcome().1, Err(CommandError::NoSuchTransaction));
    bench.operate(2, of(reference));
    let sent = bench.called().1;
    assert_eq!(sent["chargingProfile"]["transactionId"], "T1");
}
