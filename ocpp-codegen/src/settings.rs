//! What a caller can say about names and messages.

/// How schemas become types. [`Settings::default`] suits a vendor's own schemas.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The module documentation put at the top of the output, one line each.
    pub docs: Vec<String>,
    /// Names for shapes that schemas spell out in place instead of referring to a definition: the end of the path of
    /// member names, separated by `/` and beginning with the type of the file, and the type's name. The longest match
    /// counts. A shape without a match is named by its type and member.
    pub inline_names: Vec<(String, String)>,
    /// Endings cut off the names of definitions, the first that fits.
    pub cut_suffixes: Vec<String>,
    /// Definitions that keep a name of their own: the schema's name and the Rust type's.
    pub renames: Vec<(String, String)>,
    /// Which bounded strings compare without case, as `Type.member`, `*.member` or `*[length]`.
    pub case_insensitive: Vec<String>,
    /// What lenient decoding may do with a member that it cannot repair: the member as `Type.member`, `*.member` or `Type.*`
    /// (the Rust type and the name in JSON), and a variant of `ocpp_types::Lenience` or of `ocpp_types::Kept`. The first
    /// rule that fits counts; members without one are left out. customData always is.
    pub lenience: Vec<(String, String)>,
    /// Definitions that are customData and become `ocpp_types::CustomData`.
    pub custom_data: Vec<String>,
    /// Set for a version of OCPP: generates actions, message traits and the enumerations of all messages.
    pub protocol: Option<ProtocolSettings>,
}

/// A version of OCPP.
#[derive(Debug, Clone)]
pub struct ProtocolSettings {
    /// The variant of `ocpp_types::Version`.
    pub version: String,
    /// The actions.
    pub actions: Vec<ActionSettings>,
}

/// An action, whose messages are the types `<name>Request` and `<name>Response`, or just `<name>` for SEND.
#[derive(Debug, Clone)]
pub struct ActionSettings {
    /// As it stands in a CALL.
    pub name: String,
    /// The variant of `ocpp_types::Sender`.
    pub sender: String,
    /// Feature profile or functional block.
    pub block: String,
}
