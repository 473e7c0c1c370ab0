//! Judges one frame or payload in one version.

use ocpp_core::frame::{self, ErrorCode, Fault, Frame, Malformed, Number, Request, Response};
use ocpp_core::session::{find_action, signed};
use ocpp_types::{ActionInfo, Sender, Version};

use super::super::calls::Call;
use super::super::finding::{Answer, Finding, Name, Problem};
use super::super::payload::{Decoded, Kind, decode, decode_result, named, unsigned};
use super::super::read::{FrameContext, Role};
use super::super::structure::{
    self, has_more_elements, malformed_frame, quoted, refusal_of_result,
};
use super::{Checker, Effect, Given, Judged};

impl Checker {
    /// A payload that is named and has no frame.
    pub(super) fn payload(&self, version: Version, message: &str, json: &str) -> Judged<'static> {
        let Some((name, kind, info)) = named(version, message) else {
            return Judged::unknown(unknown_message(version, message));
        };
        let decoded = decode(version, info.name, kind, json, self.lenient);
        let answer = match kind {
            Kind::Request if info.has_response => Answer::CallError,
            Kind::Request => Answer::Nothing,
            Kind::Response => refusal_of_result(version),
        };
        Judged::of(finding(version, name, decoded, answer))
    }

    pub(super) fn frame<'a>(&self, version: Version, given: &Given<'a>) -> Judged<'a> {
        let text = given.text;
        match Frame::parse(version, text) {
            Ok(Frame::Call(request)) => self.call(version, request, given),
            Ok(Frame::Send(request)) => self.send(version, &request, given),
            Ok(Frame::CallResult(response)) => self.result(version, &response, given),
            Ok(Frame::CallError(refusal)) => {
                let call = self.answered_by(&refusal.id, given);
                let finding =
                    structure::refusal(version, text, Number::CallError, &refusal, self.lenient);
                Judged::of(finding).with(Effect::Answer(call))
            }
            Ok(Frame::CallResultError(refusal)) => {
                let number = Number::CallResultError;
                Judged::of(structure::refusal(
                    version,
                    text,
                    number,
                    &refusal,
                    self.lenient,
                ))
            }
            Ok(_) => Judged::of(Finding::right(Name::Unknown)),
            Err(malformed) => {
                let is_unknown = matches!(malformed.fault, Fault::UnknownMessageType(_));
                Judged {
                    is_unknown,
                    ..Judged::of(malformed_frame(version, text, &malformed))
                }
            }
        }
    }

    /// The call that a CALLERROR answers; its id `-1` answers nothing that has one.
    fn answered_by(&self, id: &str, given: &Given<'_>) -> Option<Call> {
        self.calls
            .candidates(id, given.speaker)
            .calls
            .first()
            .copied()
    }

    fn call<'a>(&self, version: Version, request: Request<'a>, given: &Given<'a>) -> Judged<'a> {
        let (action, is_signed) = unsigned(version, &request.action);
        let Some(info) = find_action(version, action) else {
            return Judged::unknown(unknown_action(version, action, Answer::CallError));
        };
        if let Some(finding) = misplaced(version, given.told, info, Number::Call) {
            return Judged::of(finding).with(Effect::Call(request, info));
        }
        let name = Name::Request(info.name);
        let finding = self.request(version, given.text, Number::Call, &request, name, is_signed);
        Judged::of(finding).with(Effect::Call(request, info))
    }

    /// SEND is never answered.
    fn send<'a>(&self, version: Version, request: &Request<'a>, given: &Given<'a>) -> Judged<'a> {
        let (action, is_signed) = unsigned(version, &request.action);
        let Some(info) = find_action(version, action) else {
            return Judged::unknown(unknown_action(version, action, Answer::Nothing));
        };
        if let Some(finding) = misplaced(version, given.told, info, Number::Send) {
            return Judged::of(finding);
        }
        let name = Name::Plain(info.name);
        Judged::of(self.request(version, given.text, Number::Send, request, name, is_signed))
    }

    /// The payload of a CALL or SEND whose action is right.
    fn request(
        &self,
        version: Version,
        text: &str,
        number: Number,
        request: &Request<'_>,
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
                Ok(opened) => decode(
                    version,
                    action,
                    Kind::Request,
                    &opened.payload,
                    self.lenient,
                ),
                Err(why) => return not_signed(version, name, &why, answer),
            }
        } else {
            decode(
                version,
                action,
                Kind::Request,
                request.payload,
                self.lenient,
            )
        };
        if decoded.is_refused() && has_more_elements(request.payload) {
            let malformed = Malformed {
                fault: Fault::WrongLength,
                number: Some(number),
                id: Some(request.id.clone()),
                action: Some(request.action.clone()),
            };
            return malformed_frame(version, text, &malformed);
        }
        finding(version, name, decoded, answer)
    }

    fn result<'a>(
        &self,
        version: Version,
        response: &Response<'a>,
        given: &Given<'a>,
    ) -> Judged<'a> {
        let payload_fault = |fault| {
            let malformed = Malformed {
                fault,
                number: Some(Number::CallResult),
                id: Some(response.id.clone()),
                action: None,
            };
            malformed_frame(version, given.text, &malformed)
        };
        let (name, decoded, call) = if let Some(message) = given.message {
            let call = self.answered_by(&response.id, given);
            match named(version, message) {
                Some((name, Kind::Response, info)) => (
                    name,
                    decode_result(version, info.name, response, self.lenient),
                    call,
                ),
                _ => return Judged::unknown(unknown_message(version, message)),
            }
        } else if let Some((call, decoded)) = self.answered_call(version, response, given) {
            (Name::Response(call.action), decoded, Some(call))
        } else if let Some(info) = given
            .told
            .response_of
            .and_then(|action| find_action(version, action))
        {
            // The line names the message.
            let decoded = decode_result(version, info.name, response, self.lenient);
            (Name::Response(info.name), decoded, None)
        } else {
            let finding = match frame::check_payload(response.payload) {
                Ok(()) => Finding::right(Name::Plain(Number::CallResult.name())),
                Err(fault) => payload_fault(fault),
            };
            return Judged::of(finding).with(Effect::Answer(None));
        };
        let finding = if decoded.is_refused() && has_more_elements(response.payload) {
            payload_fault(Fault::WrongLength)
        } else {
            finding(version, name, decoded, refusal_of_result(version))
        };
        Judged::of(finding).with(Effect::Answer(call))
    }

    /// The call that a response answers: of several that are as likely, the first that it fits.
    fn answered_call(
        &self,
        version: Version,
        response: &Response<'_>,
        given: &Given<'_>,
    ) -> Option<(Call, Decoded)> {
        let speaker = given.speaker;
        let mut candidates = self.calls.candidates(&response.id, speaker);
        if let Some(call) = self.calls.repeated(&response.id, speaker, given.text) {
            candidates.calls = vec![call];
        }
        let mut likeliest = None;
        for call in candidates.calls {
            let is_of_version = match call.version {
                Some(other) => other == version,
                None => find_action(version, call.action).is_some(),
            };
            if !is_of_version {
                continue;
            }
            let decoded = decode_result(version, call.action, response, self.lenient);
            if decoded.is_perfect() {
                return Some((call, decoded));
            }
            if likeliest.is_none() && !candidates.must_fit {
                likeliest = Some((call, decoded));
            }
        }
        likeliest
    }
}

fn finding(version: Version, message: Name, decoded: Decoded, answer: Answer) -> Finding {
    if decoded.is_perfect() {
        return Finding::right(message);
    }
    let mut finding = Finding::right(message);
    if decoded.is_refused() {
        finding.answer = answer;
    }
    let errors = decoded.errors.into_iter();
    finding.errors = errors
        .map(|issue| Problem::of_issue(issue, version))
        .collect();
    let deviations = decoded.deviations.into_iter();
    finding.deviations = deviations
        .map(|deviation| Problem::of_deviation(deviation, version))
        .collect();
    finding
}

fn unknown_message(version: Version, message: &str) -> Finding {
    let problem = Problem {
        pointer: String::new(),
        code: ErrorCode::NotImplemented.as_str(version).to_string().into(),
        expected: format!("the name of a message of OCPP {version} that belongs here"),
        found: quoted(message),
        became: None,
    };
    Finding::wrong(Name::Unknown, problem, Answer::Nothing)
}

fn unknown_action(version: Version, action: &str, answer: Answer) -> Finding {
    let problem = Problem {
        pointer: "/2".into(),
        code: ErrorCode::NotImplemented.as_str(version).to_string().into(),
        expected: format!("an action of OCPP {version}"),
        found: quoted(action),
        became: None,
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
        code: ErrorCode::FormatViolation
            .as_str(version)
            .to_string()
            .into(),
        expected: "a signed message".into(),
        found: why.to_string(),
        became: None,
    };
    Finding::wrong(name, problem, answer)
}

/// An action in the wrong direction, or in the wrong type of message. The direction counts where a line states it in the
/// documented form; what other logs write can be read in more than one way.
fn misplaced(
    version: Version,
    told: &FrameContext,
    info: &'static ActionInfo,
    number: Number,
) -> Option<Finding> {
    let (pointer, expected, found) = if info.has_response != (number == Number::Call) {
        let right = if info.has_response { 2 } else { 6 };
        let expected = format!("{right}, with which {} is sent", info.name);
        ("/0", expected, number.as_u8().to_string())
    } else {
        let from = told.role.filter(|_| told.role_is_stated);
        let expected = match (from, info.sender) {
            (Some(Role::Station), Sender::Csms) => "an action that the station sends",
            (Some(Role::Csms), Sender::ChargingStation) => "an action that the CSMS sends",
            _ => return None,
        };
        ("/2", expected.to_string(), quoted(info.name))
    };
    let problem = Problem {
        pointer: pointer.into(),
        code: ErrorCode::NotSupported.as_str(version).to_string().into(),
        expected,
        found,
        became: None,
    };
    let (name, answer) = match number {
        Number::Call => (Name::Request(info.name), Answer::CallError),
        _ => (Name::Plain(info.name), Answer::Nothing),
    };
    Some(Finding::wrong(name, problem, answer))
}
