//! The 387 messages: each with its amended schema, the oracle, and the types' decoders.

use ocpp_schemas::Set;
use ocpp_types::{DecodeError, Deviations, Lenient, Protocol};
use serde::Serialize;
use serde_json::Value;

use crate::oracle::Oracle;
use crate::schema::Place;

pub struct Message {
    /// `v2.1/BootNotificationRequest.json`
    pub path: &'static str,
    pub schema: Place,
    draft_4: bool,
    pub oracle: Oracle,
    /// The bytes by which the fuzz targets choose this message.
    pub fuzz_head: [u8; 2],
    codec: Box<dyn Codec>,
}

/// What decoding gave, written again.
pub struct Decoded {
    pub encoded: Result<String, String>,
    pub deviations: Deviations,
}

impl Message {
    pub fn strict(&self, json: &str) -> Result<String, DecodeError> {
        self.codec.strict(json)
    }

    pub fn lenient(&self, json: &str) -> Result<Decoded, DecodeError> {
        self.codec.lenient(json)
    }

    /// The value for people: shows texts that cannot be encoded.
    pub fn lenient_shown(&self, json: &str) -> Result<String, DecodeError> {
        self.codec.lenient_shown(json)
    }

    pub fn draft_4(&self) -> bool {
        self.draft_4
    }
}

trait Codec {
    fn strict(&self, json: &str) -> Result<String, DecodeError>;
    fn lenient(&self, json: &str) -> Result<Decoded, DecodeError>;
    fn lenient_shown(&self, json: &str) -> Result<String, DecodeError>;
}

struct ProtocolCodec<P: Protocol> {
    action: P::Action,
    response: bool,
}

fn decoded<T: Serialize>(lenient: Lenient<T>) -> Decoded {
    Decoded {
        encoded: serde_json::to_string(&lenient.value).map_err(|error| error.to_string()),
        deviations: lenient.deviations,
    }
}

impl<P: Protocol> Codec for ProtocolCodec<P> {
    fn strict(&self, json: &str) -> Result<String, DecodeError> {
        Ok(if self.response {
            serde_json::to_string(&P::decode_response(self.action, json)?).unwrap()
        } else {
            serde_json::to_string(&P::decode_request(self.action, json)?).unwrap()
        })
    }

    fn lenient(&self, json: &str) -> Result<Decoded, DecodeError> {
        Ok(if self.response {
            decoded(P::decode_response_lenient(self.action, json)?)
        } else {
            decoded(P::decode_request_lenient(self.action, json)?)
        })
    }

    fn lenient_shown(&self, json: &str) -> Result<String, DecodeError> {
        Ok(if self.response {
            format!("{:?}", P::decode_response_lenient(self.action, json)?.value)
        } else {
            format!("{:?}", P::decode_request_lenient(self.action, json)?.value)
        })
    }
}

/// All messages of a version, ordered by file name.
pub fn all<P: Protocol>(set: Set) -> Vec<Message> {
    let patches: Vec<Value> = set
        .amendments
        .iter()
        .map(|amendment| serde_json::from_str(amendment.text).unwrap())
        .collect();
    let message = |file: &ocpp_schemas::Schema| {
        let mut schema = file.parse();
        for patch in patches.iter().filter(|patch| patch["schema"] == file.path) {
            let operations: json_patch::Patch =
                serde_json::from_value(patch["patch"].clone()).unwrap();
            json_patch::patch(&mut schema, &operations).unwrap();
        }
        let request = file.message.strip_suffix("Request");
        let response = file.message.strip_suffix("Response");
        let name = request.or(response).unwrap_or(file.message);
        let action = P::action(name).unwrap_or_else(|| panic!("no action {name}"));
        let position = P::ACTIONS
            .iter()
            .position(|other| *other == action)
            .unwrap();
        let response = response.is_some();
        let codec = ProtocolCodec::<P> { action, response };
        Message {
            path: file.path,
            oracle: Oracle::new(&schema),
            draft_4: schema["$schema"]
                .as_str()
                .is_some_and(|draft| draft.contains("draft-04")),
            schema: Place::of(file.message, &schema),
            fuzz_head: [u8::try_from(position).unwrap(), u8::from(response)],
            codec: Box::new(codec),
        }
    };
    set.schemas.iter().map(message).collect()
}
