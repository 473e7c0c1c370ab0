//! What ties a message to its action, its direction and its response.

use alloc::string::String;
use core::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::{self, Unwritable, View, Wire};
use crate::{DecodeError, Described, Lenient, Shape, Version, decode};

/// Who may send the request of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// The charging station (charge point).
    ChargingStation,
    /// The charging station management system (central system).
    Csms,
    /// Both.
    Both,
}

/// What is known of an action beside its payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionInfo {
    /// The name as it stands in a CALL.
    pub name: &'static str,
    /// Who may send the request.
    pub sender: Sender,
    /// The feature profile (1.6) or functional block (2.x) that the action belongs to.
    pub block: &'static str,
    /// Whether the action has a response. Only the messages that 2.1 sends with SEND have none.
    pub has_response: bool,
}

/// The payload of a request, a response or a SEND message.
pub trait Payload: Serialize + DeserializeOwned + Described + Wire {
    /// The version of OCPP it belongs to.
    const VERSION: Version;
    /// The name of its schema, for example `BootNotificationRequest`.
    const NAME: &'static str;

    /// Decodes a payload that must match its schema exactly.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, with JSON pointers.
    fn decode(json: &str) -> Result<Self, DecodeError> {
        decode::decode(json)
    }

    /// Decodes a payload and repairs the known deviations of real equipment, see [`decode`](mod@crate::decode).
    ///
    /// # Errors
    ///
    /// What could not be repaired.
    fn decode_lenient(json: &str) -> Result<Lenient<Self>, DecodeError> {
        decode::decode_lenient(json)
    }

    /// The payload as something that is to be written: code that takes this is there once, and not for each message.
    fn written(&self) -> Written<'_> {
        let view = self.view();
        let shape = &Self::SHAPE;
        Written { view, shape }
    }

    /// Writes the payload as JSON: members in the schema's order, absent ones not at all.
    ///
    /// # Errors
    ///
    /// The value holds something that only lenient decoding let in (an unknown enumeration value, an over-long string).
    fn encode(&self) -> Result<String, EncodeError> {
        self.written().encode()
    }

    /// As [`encode`](Self::encode), at the end of a text. After an error a part of the payload may stand there.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    fn encode_into(&self, text: &mut String) -> Result<(), EncodeError> {
        self.written().encode_into(text)
    }

    /// Writes the CALLRESULT of OCPP-J that answers the call with this message id, in one go.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    fn encode_result(&self, id: &str) -> Result<String, EncodeError> {
        self.written().encode_result(id)
    }
}

/// A payload that is to be written, whatever its type.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    view: View<'a>,
    shape: &'static Shape,
}

impl Written<'_> {
    /// As [`Payload::encode`].
    ///
    /// # Errors
    ///
    /// As [`Payload::encode`].
    pub fn encode(self) -> Result<String, EncodeError> {
        let mut text = String::new();
        self.encode_into(&mut text)?;
        Ok(text)
    }

    /// As [`Payload::encode_into`].
    ///
    /// # Errors
    ///
    /// As [`Payload::encode`].
    pub fn encode_into(self, text: &mut String) -> Result<(), EncodeError> {
        json::write(text, self.view, self.shape).map_err(EncodeError)
    }

    /// As [`Payload::encode_result`].
    ///
    /// # Errors
    ///
    /// As [`Payload::encode`].
    pub fn encode_result(self, id: &str) -> Result<String, EncodeError> {
        let mut text = String::from("[3,");
        json::quote(&mut text, id);
        text.push(',');
        self.encode_into(&mut text)?;
        text.push(']');
        Ok(text)
    }
}

/// A request and the action, version and response that belong to it.
pub trait Request: Payload {
    /// The version it belongs to, as a type.
    type Protocol: Protocol;
    /// What the request is answered with.
    type Response: Payload;
    /// The action that a CALL with this request names.
    const ACTION: <Self::Protocol as Protocol>::Action;
}

/// A message that is sent with SEND and never answered (2.1 part 4 section 4.1.5).
pub trait Unconfirmed: Payload {
    /// The version it belongs to, as a type.
    type Protocol: Protocol;
    /// The action that the SEND names.
    const ACTION: <Self::Protocol as Protocol>::Action;
}

/// A value that cannot be written because it holds something that only lenient decoding let in.
#[derive(Debug)]
pub struct EncodeError(Unwritable);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the message cannot be sent: {}", self.0)
    }
}

impl core::error::Error for EncodeError {}

/// One version of OCPP as a type: its actions, and an enumeration of all its requests and of all its responses.
///
/// Implemented by [`v1_6::Protocol`](crate::v1_6::Protocol), [`v2_0_1::Protocol`](crate::v2_0_1::Protocol) and
/// [`v2_1::Protocol`](crate::v2_1::Protocol). Code that is the same in every version is generic over it.
pub trait Protocol: Copy + fmt::Debug + 'static {
    /// Which version.
    const VERSION: Version;
    /// All actions.
    const ACTIONS: &'static [Self::Action];
    /// The actions.
    type Action: Copy + Eq + fmt::Debug + 'static;
    /// All requests (and messages sent with SEND).
    type Request: Clone + fmt::Debug + Serialize;
    /// All responses.
    type Response: Clone + fmt::Debug + Serialize;

    /// The action of that name.
    fn action(name: &str) -> Option<Self::Action>;

    /// Name, sender and functional block of an action.
    fn info(action: Self::Action) -> &'static ActionInfo;

    /// The action of a request.
    fn action_of(request: &Self::Request) -> Self::Action;

    /// Decodes the request of an action strictly.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    fn decode_request(action: Self::Action, json: &str) -> Result<Self::Request, DecodeError>;

    /// Decodes the request of an action and repairs known deviations.
    ///
    /// # Errors
    ///
    /// What could not be repaired.
    fn decode_request_lenient(
        action: Self::Action,
        json: &str,
    ) -> Result<Lenient<Self::Request>, DecodeError>;

    /// Decodes the response of an action strictly.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it; every payload of an action without response.
    fn decode_response(action: Self::Action, json: &str) -> Result<Self::Response, DecodeError>;

    /// Decodes the response of an action and repairs known deviations.
    ///
    /// # Errors
    ///
    /// What could not be repaired.
    fn decode_response_lenient(
        action: Self::Action,
        json: &str,
    ) -> Result<Lenient<Self::Response>, DecodeError>;
}
