// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// `Notify`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct Notify {}

impl Notify {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self {}
    }
}

impl ::ocpp_types::generated::Wire for Notify {
    fn blank() -> Self {
        Self {}
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Notify {
    fn member(&mut self, _: usize) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Nothing
    }
}

impl ::ocpp_types::generated::ObjectView for Notify {
    fn look(&self, _: usize) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Absent
    }
}

::ocpp_types::object_traits!(Notify);

impl ::ocpp_types::Described for Notify {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Notify",
                members: &[],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

/// `PingRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct PingRequest {}

impl PingRequest {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self {}
    }
}

impl ::ocpp_types::generated::Wire for PingRequest {
    fn blank() -> Self {
        Self {}
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for PingRequest {
    fn member(&mut self, _: usize) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Nothing
    }
}

impl ::ocpp_types::generated::ObjectView for PingRequest {
    fn look(&self, _: usize) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Absent
    }
}

::ocpp_types::object_traits!(PingRequest);

impl ::ocpp_types::Described for PingRequest {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "PingRequest",
                members: &[],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

/// `PingResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct PingResponse {}

impl PingResponse {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self {}
    }
}

impl ::ocpp_types::generated::Wire for PingResponse {
    fn blank() -> Self {
        Self {}
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for PingResponse {
    fn member(&mut self, _: usize) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Nothing
    }
}

impl ::ocpp_types::generated::ObjectView for PingResponse {
    fn look(&self, _: usize) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Absent
    }
}

::ocpp_types::object_traits!(PingResponse);

impl ::ocpp_types::Described for PingResponse {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "PingResponse",
                members: &[],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

/// What a CALL can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// `Ping`, Core
    Ping,
    /// `Notify`, Core
    Notify,
}

impl Action {
    /// All actions, by name.
    pub const ALL: [Self; 2usize] = [Self::Ping, Self::Notify];
    /// The action of that name, letter by letter.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(
            match name {
                "Ping" => Self::Ping,
                "Notify" => Self::Notify,
                _ => return None,
            },
        )
    }
    /// The name as it stands in a CALL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.info().name
    }
    /// Name, sender and feature profile or functional block.
    #[must_use]
    pub fn info(self) -> &'static ::ocpp_types::ActionInfo {
        static INFOS: [::ocpp_types::ActionInfo; 2usize] = [
            ::ocpp_types::ActionInfo {
                name: "Ping",
                sender: ::ocpp_types::Sender::Both,
                block: "Core",
                has_response: true,
            },
            ::ocpp_types::ActionInfo {
                name: "Notify",
                sender: ::ocpp_types::Sender::ChargingStation,
                block: "Core",
                has_response: false,
            },
        ];
        &INFOS[self as usize]
    }
}

impl ::core::fmt::Display for Action {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.pad(self.as_str())
    }
}

impl ::ocpp_types::Payload for PingRequest {
    const VERSION: ::ocpp_types::Version = ::ocpp_types::Version::V2_1;
    const NAME: &'static str = "PingRequest";
}

impl ::ocpp_types::Payload for PingResponse {
    const VERSION: ::ocpp_types::Version = ::ocpp_types::Version::V2_1;
    const NAME: &'static str = "PingResponse";
}

impl ::ocpp_types::Request for PingRequest {
    type Protocol = Protocol;
    type Response = PingResponse;
    const ACTION: Action = Action::Ping;
}

impl ::ocpp_types::Payload for Notify {
    const VERSION: ::ocpp_types::Version = ::ocpp_types::Version::V2_1;
    const NAME: &'static str = "Notify";
}

impl ::ocpp_types::Unconfirmed for Notify {
    type Protocol = Protocol;
    const ACTION: Action = Action::Notify;
}

/// Any request of this version, for dispatch with `match`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)]
pub enum AnyRequest {
    /// The request of Ping.
    Ping(PingRequest),
    /// The request of Notify.
    Notify(Notify),
}

impl AnyRequest {
    /// The action it belongs to.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Self::Ping(_) => Action::Ping,
            Self::Notify(_) => Action::Notify,
        }
    }
}

impl From<PingRequest> for AnyRequest {
    fn from(message: PingRequest) -> Self {
        Self::Ping(message)
    }
}

impl TryFrom<AnyRequest> for PingRequest {
    type Error = AnyRequest;
    /// Gives the message back when it is another one.
    fn try_from(any: AnyRequest) -> Result<Self, AnyRequest> {
        match any {
            AnyRequest::Ping(message) => Ok(message),
            #[allow(unreachable_patterns)]
            other => Err(other),
        }
    }
}

impl From<Notify> for AnyRequest {
    fn from(message: Notify) -> Self {
        Self::Notify(message)
    }
}

impl TryFrom<AnyRequest> for Notify {
    type Error = AnyRequest;
    /// Gives the message back when it is another one.
    fn try_from(any: AnyRequest) -> Result<Self, AnyRequest> {
        match any {
            AnyRequest::Notify(message) => Ok(message),
            #[allow(unreachable_patterns)]
            other => Err(other),
        }
    }
}

impl ::ocpp_types::generated::serde::Serialize for AnyRequest {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match self {
            Self::Ping(message) => message.serialize(serializer),
            Self::Notify(message) => message.serialize(serializer),
        }
    }
}

/// Any response of this version, for dispatch with `match`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)]
pub enum AnyResponse {
    /// The response of Ping.
    Ping(PingResponse),
}

impl AnyResponse {
    /// The action it belongs to.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Self::Ping(_) => Action::Ping,
        }
    }
}

impl From<PingResponse> for AnyResponse {
    fn from(message: PingResponse) -> Self {
        Self::Ping(message)
    }
}

impl TryFrom<AnyResponse> for PingResponse {
    type Error = AnyResponse;
    /// Gives the message back when it is another one.
    fn try_from(any: AnyResponse) -> Result<Self, AnyResponse> {
        match any {
            AnyResponse::Ping(message) => Ok(message),
            #[allow(unreachable_patterns)]
            other => Err(other),
        }
    }
}

impl ::ocpp_types::generated::serde::Serialize for AnyResponse {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match self {
            Self::Ping(message) => message.serialize(serializer),
        }
    }
}

/// This version of OCPP as a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocol;

impl ::ocpp_types::Protocol for Protocol {
    const VERSION: ::ocpp_types::Version = ::ocpp_types::Version::V2_1;
    const ACTIONS: &'static [Action] = &Action::ALL;
    type Action = Action;
    type Request = AnyRequest;
    type Response = AnyResponse;
    fn action(name: &str) -> Option<Action> {
        Action::from_name(name)
    }
    fn info(action: Action) -> &'static ::ocpp_types::ActionInfo {
        action.info()
    }
    fn action_of(request: &AnyRequest) -> Action {
        request.action()
    }
    fn decode_request(
        action: Action,
        json: &str,
    ) -> Result<AnyRequest, ::ocpp_types::DecodeError> {
        match action {
            Action::Ping => {
                ::ocpp_types::generated::strict::<PingRequest, _>(json, AnyRequest::Ping)
            }
            Action::Notify => {
                ::ocpp_types::generated::strict::<Notify, _>(json, AnyRequest::Notify)
            }
        }
    }
    fn decode_request_lenient(
        action: Action,
        json: &str,
    ) -> Result<::ocpp_types::Lenient<AnyRequest>, ::ocpp_types::DecodeError> {
        match action {
            Action::Ping => {
                ::ocpp_types::generated::lenient::<
                    PingRequest,
                    _,
                >(json, AnyRequest::Ping)
            }
            Action::Notify => {
                ::ocpp_types::generated::lenient::<Notify, _>(json, AnyRequest::Notify)
            }
        }
    }
    fn decode_response(
        action: Action,
        json: &str,
    ) -> Result<AnyResponse, ::ocpp_types::DecodeError> {
        match action {
            Action::Ping => {
                ::ocpp_types::generated::strict::<
                    PingResponse,
                    _,
                >(json, AnyResponse::Ping)
            }
            Action::Notify => Err(::ocpp_types::generated::no_response(json)),
        }
    }
    fn decode_response_lenient(
        action: Action,
        json: &str,
    ) -> Result<::ocpp_types::Lenient<AnyResponse>, ::ocpp_types::DecodeError> {
        match action {
            Action::Ping => {
                ::ocpp_types::generated::lenient::<
                    PingResponse,
                    _,
                >(json, AnyResponse::Ping)
            }
            Action::Notify => Err(::ocpp_types::generated::no_response(json)),
        }
    }
}

