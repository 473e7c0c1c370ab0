//! Judges one line after the other.

use ocpp_core::frame::{self, ErrorCode, Fault, Frame, Malformed, Number, Request, Response};
use ocpp_core::session::{find_action, signed};
use ocpp_types::{
    ActionInfo, DecodeError, Deviation, Issue, Lenient, Protocol, Sender, Version, v1_6, v2_0_1,
    v2_1,
};

use super::calls::Calls;
use super::finding::{Answer, Finding, Name, Problem};
use super::line::{Content, Line, Side};
use super::structure::{
    self, excerpt, has_more_elements, malformed_frame, quoted, refusal_of_result,
};

/// Marks the action of a signed message (2.x part 4 chapter 7).
const SIGNED_SUFFIX: &str = "-Signed";

/// What a payload belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Request,
    Response,
}

/// The deviations of a payload, or why it is refused.
type Decoded = Result<Vec<Deviation>, DecodeError>;

/// Checks lines and remembers the calls among them.
#[derive(Debug)]
pub(crate) struct Checker {
    version: Option<Version>,
    lenient: bool,
    calls: Calls,
}

impl Checker {
    /// `version` is that of lines that do not say it themselves.
    pub(crate) fn new(version: Option<Version>, lenient: bool) -> Self {
        Self {
            version,
            lenient,
            calls: Calls::default(),
        }
    }

    /// The finding about a line that is not UTF-8 from byte `at` on.
    pub(super) fn not_utf8(&self, at: usize) -> Finding {
        self.unusable("UTF-8", format!("a byte that is none at column {}", at + 1))
    }

    /// The finding about a line of more than `limit` bytes.
    pub(super) fn too_long(&self, limit: usize) -> Finding {
        self.unusable(
            &format!("a line of at most {limit} bytes"),
            "a longer one".into(),
        )
    }

    fn unusable(&self, expected: &str, found: String) -> Finding {
        let version = self.version.unwrap_or(Version::V2_1);
        let problem = Problem {
            pointer: String::new(),
            code: ErrorCode::FormatViolation.as_str(version).into(),
            expected: expected.into(),
            found,
        };
        Finding::wrong(Name::Unknown, problem, Answer::Nothing)
    }

    /// What is wrong with a line, in words.
    pub(crate) fn problems(&mut self, text: &str) -> Vec<String> {
        let finding = self.check(text);
        let message = finding.message;
        let words = |problem: &Problem| format!("{message}: {problem}");
        finding.errors.iter().map(words).collect()
    }

    pub(super) fn check(&mut self, text: &str) -> Finding {
        let line = Line::read(text);
        match (line.content, line.version.or(self.version)) {
            (Content::Nothing, _) => Finding::right(Name::Unknown),
            (Content::Unusable(why), _) => {
                let expected = "a frame, a line of a log that ends with one, or an object with one";
                self.unusable(expected, why)
            }
            (_, None) => self.unusable("a version, here or as --version", excerpt(text)),
            (Content::Payload { message, json }, Some(version)) => {
                self.payload(version, &message, json)
            }
            (Content::Frame { text, message }, Some(version)) => {
                self.frame(version, line.from, &text, message.as_deref())
            }
        }
    }

    /// A payload that is named and has no frame.
    fn payload(&self, version: Version, message: &str, json: &str) -> Finding {
        let Some((name, kind, info)) = named(version, message) else {
            return unknown_message(version, message);
        };
        let decoded = self.decode(version, info.name, kind, json);
        let answer = match kind {
            Kind::Request if info.has_response => Answer::CallError,
            Kind::Request => Answer::Nothing,
            Kind::Response => refusal_of_result(version),
        };
        finding(version, name, decoded, answer)
    }

    fn frame(
        &mut self,
        version: Version,
        from: Side,
        text: &str,
        message: Option<&str>,
    ) -> Finding {
        match Frame::parse(version, text) {
            Ok(Frame::Call(request)) => self.call(version, from, text, request),
            Ok(Frame::Send(request)) => self.send(version, from, text, request),
            Ok(Frame::CallResult(response)) => self.result(version, from, text, &response, message),
            Ok(Frame::CallError(refusal)) => {
                self.note_answer(version, from, &refusal.id);
                structure::refusal(version, text, Number::CallError, &refusal, self.lenient)
            }
            Ok(Frame::CallResultError(refusal)) => structure::refusal(
                version,
                text,
                Number::CallResultError,
                &refusal,
                self.lenient,
            ),
            Ok(_) => Finding::right(Name::Unknown),
            Err(malformed) => malformed_frame(version, text, &malformed),
        }
    }

    fn call(&mut self, version: Version, from: Side, text: &str, request: Request<'_>) -> Finding {
        let (action, is_signed) = unsigned(version, &request.action);
        let Some(info) = find_action(version, action) else {
            return unknown_action(version, action, Answer::CallError);
        };
        self.calls.insert(&request.id, from, version, info.name);
        if let Some(finding) = misplaced(version, from, info, Number::Call) {
            return finding;
        }
        let name = Name::Request(info.name);
        self.request(version, text, Number::Call, request, name, is_signed)
    }

    /// SEND is never answered.
    fn send(&self, version: Version, from: Side, text: &str, request: Request<'_>) -> Finding {
        let (action, is_signed) = unsigned(version, &request.action);
        let Some(info) = find_action(version, action) else {
            return unknown_action(version, action, Answer::Nothing);
        };
        if let Some(finding) = misplaced(version, from, info, Number::Send) {
            return finding;
        }
        let name = Name::Plain(info.name);
        self.request(version, text, Number::Send, request, name, is_signed)
    }

    /// The payload of a CALL or SEND whose action is right.
    fn request(
        &self,
        version: Version,
        text: &str,
        number: Number,
        request: Request<'_>,
        name: Name,
        is_signed: bool,
    ) -> Finding {
        let answer = match number {
            Number::Call => Answer::CallError,
            _ => Answer::Nothing,
        };
        let (action, _) = unsigned(version, &request.action);
        let decoded = if is_signed {
            match signed::open(request.payload, Some(action), number) {
                Ok(opened) => self.decode(version, action, Kind::Request, &opened.payload),
                Err(why) => return not_signed(version, name, &why, answer),
            }
        } else {
            self.decode(version, action, Kind::Request, request.payload)
        };
        if decoded.is_err() && has_more_elements(request.payload) {
            let malformed = Malformed {
                fault: Fault::WrongLength,
                number: Some(number),
                id: Some(request.id),
                action: Some(request.action),
            };
            return malformed_frame(version, text, &malformed);
        }
        finding(version, name, decoded, answer)
    }

    fn result(
        &mut self,
        version: Version,
        from: Side,
        text: &str,
        response: &Response<'_>,
        message: Option<&str>,
    ) -> Finding {
        let payload_fault = |fault| {
            let malformed = Malformed {
                fault,
                number: Some(Number::CallResult),
                id: Some(response.id.clone()),
                action: None,
            };
            malformed_frame(version, text, &malformed)
        };
        let (name, decoded) = match message {
            Some(message) => {
                self.note_answer(version, from, &response.id);
                match named(version, message) {
                    Some((name, Kind::Response, info)) => {
                        (name, self.decode_result(version, info.name, response))
                    }
                    _ => return unknown_message(version, message),
                }
            }
            None => match self.answered_call(version, from, response) {
                Some((action, decoded)) => (Name::Response(action), decoded),
                None => {
                    return match frame::check_payload(response.payload) {
                        Ok(()) => Finding::right(Name::Plain(Number::CallResult.name())),
                        Err(fault) => payload_fault(fault),
                    };
                }
            },
        };
        if decoded.is_err() && has_more_elements(response.payload) {
            return payload_fault(Fault::WrongLength);
        }
        finding(version, name, decoded, refusal_of_result(version))
    }

    /// The action of the call that a response answers. Of several calls with this id, the first that it fits.
    fn answered_call(
        &mut self,
        version: Version,
        from: Side,
        response: &Response<'_>,
    ) -> Option<(&'static str, Decoded)> {
        let candidates = self.calls.candidates(&response.id, from);
        let mut likeliest = None;
        for call in candidates.filter(|call| call.version == version) {
            let decoded = self.decode_result(version, call.action, response);
            let fits = matches!(&decoded, Ok(deviations) if deviations.is_empty());
            if fits || likeliest.is_none() {
                likeliest = Some((call, decoded));
            }
            if fits {
                break;
            }
        }
        let (call, decoded) = likeliest?;
        self.calls.answered(&response.id, &call);
        Some((call.action, decoded))
    }

    fn note_answer(&mut self, version: Version, from: Side, id: &str) {
        let mut candidates = self.calls.candidates(id, from);
        if let Some(call) = candidates.find(|call| call.version == version) {
            self.calls.answered(id, &call);
        }
    }

    /// The response to a signed call may be signed as well, which nothing but its form tells.
    fn decode_result(&self, version: Version, action: &str, response: &Response<'_>) -> Decoded {
        let decoded = self.decode(version, action, Kind::Response, response.payload);
        if decoded.is_err()
            && version != Version::V1_6
            && let Ok(opened) = signed::open(response.payload, Some(action), Number::CallResult)
        {
            return self.decode(version, action, Kind::Response, &opened.payload);
        }
        decoded
    }

    fn decode(&self, version: Version, action: &str, kind: Kind, json: &str) -> Decoded {
        match version {
            Version::V1_6 => decode::<v1_6::Protocol>(action, kind, json, self.lenient),
            Version::V2_0_1 => decode::<v2_0_1::Protocol>(action, kind, json, self.lenient),
            Version::V2_1 => decode::<v2_1::Protocol>(action, kind, json, self.lenient),
        }
    }
}

fn decode<P: Protocol>(action: &str, kind: Kind, json: &str, lenient: bool) -> Decoded {
    let Some(action) = P::action(action) else {
        // Callers have looked the action up.
        return Ok(Vec::new());
    };
    match (kind, lenient) {
        (Kind::Request, false) => P::decode_request(action, json).map(|_| Vec::new()),
        (Kind::Response, false) => P::decode_response(action, json).map(|_| Vec::new()),
        (Kind::Request, true) => P::decode_request_lenient(action, json)
            .map(|Lenient { deviations, .. }| deviations.into_iter().collect()),
        (Kind::Response, true) => P::decode_response_lenient(action, json)
            .map(|Lenient { deviations, .. }| deviations.into_iter().collect()),
    }
}

/// The message with the name of a schema: `BootNotificationRequest`, `BootNotificationResponse`, or as the files of 1.6
/// and what 2.1 sends with SEND, the bare action.
fn named(version: Version, message: &str) -> Option<(Name, Kind, &'static ActionInfo)> {
    let request = |info: &'static ActionInfo| {
        let name = if info.has_response {
            Name::Request(info.name)
        } else {
            Name::Plain(info.name)
        };
        (name, Kind::Request, info)
    };
    if let Some(info) = find_action(version, message) {
        return Some(request(info));
    }
    if let Some(action) = message.strip_suffix("Request") {
        return find_action(version, action).map(request);
    }
    let info = find_action(version, message.strip_suffix("Response")?)?;
    info.has_response
        .then_some((Name::Response(info.name), Kind::Response, info))
}

/// The action without the suffix of signed messages, and whether it was there.
fn unsigned(version: Version, action: &str) -> (&str, bool) {
    match action.strip_suffix(SIGNED_SUFFIX) {
        Some(action) if version != Version::V1_6 => (action, true),
        _ => (action, false),
    }
}

fn finding(version: Version, message: Name, decoded: Decoded, answer: Answer) -> Finding {
    let problems = |issues: Vec<Issue>| {
        let problem = |issue| Problem::of_issue(issue, version);
        issues.into_iter().map(problem).collect()
    };
    let mut finding = Finding::right(message);
    match decoded {
        Ok(deviations) => {
            let issues = deviations.into_iter().map(Deviation::into_issue);
            finding.deviations = problems(issues.collect());
        }
        Err(error) => {
            finding.errors = problems(error.issues().to_vec());
            finding.answer = answer;
        }
    }
    finding
}

fn unknown_message(version: Version, message: &str) -> Finding {
    let problem = Problem {
        pointer: String::new(),
        code: ErrorCode::NotImplemented.as_str(version).into(),
        expected: format!("the name of a message of OCPP {version} that belongs here"),
        found: quoted(message),
    };
    Finding::wrong(Name::Unknown, problem, Answer::Nothing)
}

fn unknown_action(version: Version, action: &str, answer: Answer) -> Finding {
    let problem = Problem {
        pointer: "/2".into(),
        code: ErrorCode::NotImplemented.as_str(version).into(),
        expected: format!("an action of OCPP {version}"),
        found: quoted(action),
    };
    Finding::wrong(Name::Unknown, problem, answer)
}

fn not_signed(
    version: Version,
    name: Name,
    why: &signed::InvalidSigned,
    answer: Answer,
) -> Finding {
    let problem = Problem {
        pointer: String::new(),
        code: ErrorCode::FormatViolation.as_str(version).into(),
        expected: "a signed message".into(),
        found: why.to_string(),
    };
    Finding::wrong(name, problem, answer)
}

/// An action in the wrong direction, or in the wrong type of message.
fn misplaced(
    version: Version,
    from: Side,
    info: &'static ActionInfo,
    number: Number,
) -> Option<Finding> {
    let (pointer, expected, found) = if info.has_response != (number == Number::Call) {
        let right = if info.has_response { 2 } else { 6 };
        let expected = format!("{right}, with which {} is sent", info.name);
        ("/0", expected, number.as_u8().to_string())
    } else {
        let expected = match (from, info.sender) {
            (Side::Station, Sender::Csms) => "an action that the station sends",
            (Side::Csms, Sender::ChargingStation) => "an action that the CSMS sends",
            _ => return None,
        };
        ("/2", expected.to_string(), quoted(info.name))
    };
    let problem = Problem {
        pointer: pointer.into(),
        code: ErrorCode::NotSupported.as_str(version).into(),
        expected,
        found,
    };
    let (name, answer) = match number {
        Number::Call => (Name::Request(info.name), Answer::CallError),
        _ => (Name::Plain(info.name), Answer::Nothing),
    };
    Some(Finding::wrong(name, problem, answer))
}
