// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// This contains the current status.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ConnectorStatus {
    /// `Available`
    Available,
    /// `Occupied`
    Occupied,
    /// A value that the schema does not know: only lenient decoding lets it in, and it cannot be encoded.
    Unrecognized(::ocpp_types::UnknownValue),
}

impl ::ocpp_types::Enumeration for ConnectorStatus {
    const NAMES: &'static [&'static str] = &["Available", "Occupied"];
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::Available,
                1usize => Self::Occupied,
                _ => return None,
            },
        )
    }
    fn position(&self) -> usize {
        match self {
            Self::Available => 0usize,
            Self::Occupied => 1usize,
            Self::Unrecognized(_) => usize::MAX,
        }
    }
    fn unknown(&self) -> Option<&::ocpp_types::UnknownValue> {
        match self {
            Self::Unrecognized(unknown) => Some(unknown),
            _ => None,
        }
    }
    fn from_unknown(unknown: ::ocpp_types::UnknownValue) -> Self {
        Self::Unrecognized(unknown)
    }
}

impl ConnectorStatus {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(ConnectorStatus, Available);

/// EVSE Electric Vehicle Supply Equipment. See \<a\> \[b\] and <https://example.com/x>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evse {
    /// `customData`
    pub custom_data: Option<::ocpp_types::CustomData>,
    /// Identifies the EVSE.
    pub id: ::ocpp_types::NonNegative,
    /// `connectorId`
    pub connector_id: Option<::ocpp_types::BoundedInteger<1, { i64::MAX }>>,
}

impl Evse {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(id: ::ocpp_types::NonNegative) -> Self {
        Self {
            custom_data: None,
            id,
            connector_id: None,
        }
    }
}

impl ::ocpp_types::generated::Wire for Evse {
    fn blank() -> Self {
        Self {
            custom_data: ::ocpp_types::generated::Wire::blank(),
            id: ::ocpp_types::generated::Wire::blank(),
            connector_id: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Evse {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.custom_data),
            1usize => Wire::place(&mut self.id),
            2usize => Wire::place(&mut self.connector_id),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Evse {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.custom_data),
            1usize => Wire::view(&self.id),
            2usize => Wire::view(&self.connector_id),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Evse);

impl ::ocpp_types::Described for Evse {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Evse",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "customData",
                        required: false,
                        shape: <::ocpp_types::CustomData as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "id",
                        required: true,
                        shape: <::ocpp_types::NonNegative as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "connectorId",
                        required: false,
                        shape: <::ocpp_types::BoundedInteger<
                            1,
                            { i64::MAX },
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                ],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

/// The values of `LogType`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LogType {
    /// `Diagnostics`
    Diagnostics,
    /// A value that the schema does not know: only lenient decoding lets it in, and it cannot be encoded.
    Unrecognized(::ocpp_types::UnknownValue),
}

impl ::ocpp_types::Enumeration for LogType {
    const NAMES: &'static [&'static str] = &["Diagnostics"];
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::Diagnostics,
                _ => return None,
            },
        )
    }
    fn position(&self) -> usize {
        match self {
            Self::Diagnostics => 0usize,
            Self::Unrecognized(_) => usize::MAX,
        }
    }
    fn unknown(&self) -> Option<&::ocpp_types::UnknownValue> {
        match self {
            Self::Unrecognized(unknown) => Some(unknown),
            _ => None,
        }
    }
    fn from_unknown(unknown: ::ocpp_types::UnknownValue) -> Self {
        Self::Unrecognized(unknown)
    }
}

impl LogType {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(LogType, Diagnostics);

/// `StatusRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRequest {
    /// `customData`
    pub custom_data: Option<::ocpp_types::CustomData>,
    /// `status`
    pub status: ConnectorStatus,
    /// `evse`
    pub evse: Evse,
    /// `log`
    pub log: Option<LogType>,
}

impl StatusRequest {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(status: ConnectorStatus, evse: Evse) -> Self {
        Self {
            custom_data: None,
            status,
            evse,
            log: None,
        }
    }
}

impl ::ocpp_types::generated::Wire for StatusRequest {
    fn blank() -> Self {
        Self {
            custom_data: ::ocpp_types::generated::Wire::blank(),
            status: ::ocpp_types::generated::Wire::blank(),
            evse: ::ocpp_types::generated::Wire::blank(),
            log: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for StatusRequest {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.custom_data),
            1usize => Wire::place(&mut self.status),
            2usize => Wire::place(&mut self.evse),
            3usize => Wire::place(&mut self.log),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for StatusRequest {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.custom_data),
            1usize => Wire::view(&self.status),
            2usize => Wire::view(&self.evse),
            3usize => Wire::view(&self.log),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(StatusRequest);

impl ::ocpp_types::Described for StatusRequest {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "StatusRequest",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "customData",
                        required: false,
                        shape: <::ocpp_types::CustomData as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "status",
                        required: true,
                        shape: <ConnectorStatus as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::Keep(
                            ::ocpp_types::Kept::Schedule,
                        ),
                    },
                    ::ocpp_types::MemberShape {
                        name: "evse",
                        required: true,
                        shape: <Evse as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::Keep(
                            ::ocpp_types::Kept::Schedule,
                        ),
                    },
                    ::ocpp_types::MemberShape {
                        name: "log",
                        required: false,
                        shape: <LogType as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::Keep(
                            ::ocpp_types::Kept::Schedule,
                        ),
                    },
                ],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

