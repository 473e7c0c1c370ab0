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
    fn index(name: &str) -> usize {
        match name {
            "Available" => 0usize,
            "Occupied" => 1usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::Available,
                1usize => Self::Occupied,
                _ => return None,
            },
        )
    }
    fn as_str(&self) -> &str {
        match self {
            Self::Available => "Available",
            Self::Occupied => "Occupied",
            Self::Unrecognized(unknown) => unknown.as_str(),
        }
    }
    fn from_unknown(unknown: ::ocpp_types::UnknownValue) -> Self {
        Self::Unrecognized(unknown)
    }
    fn is_unknown(&self) -> bool {
        matches!(self, Self::Unrecognized(_))
    }
}

impl ConnectorStatus {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(ConnectorStatus);

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

impl ::ocpp_types::generated::Object for Evse {
    const NAME: &'static str = "Evse";
    const MEMBERS: &'static [&'static str] = &["customData", "id", "connectorId"];
    fn index(name: &str) -> usize {
        match name {
            "customData" => 0usize,
            "id" => 1usize,
            "connectorId" => 2usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 3usize];
        let mut member_0 = None;
        let mut member_1 = None;
        let mut member_2 = None;
        loop {
            match ::ocpp_types::generated::next_member(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )? {
                0usize => {
                    ::ocpp_types::generated::fill(&mut member_0, map.next_value()?);
                }
                1usize => {
                    ::ocpp_types::generated::fill(&mut member_1, map.next_value()?);
                }
                2usize => {
                    ::ocpp_types::generated::fill(&mut member_2, map.next_value()?);
                }
                _ => break,
            }
        }
        let Some(member_1) = member_1 else {
            return Err(
                ::ocpp_types::generated::missing(
                    &seen,
                    &[1usize],
                    <Self as Object>::MEMBERS,
                ),
            );
        };
        Ok(Self {
            custom_data: member_0,
            id: member_1,
            connector_id: member_2,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Evse {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Evse {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            custom_data: members.optional("customData")?,
            id: members.required("id")?,
            connector_id: members.optional("connectorId")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Evse {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.custom_data {
            map.serialize_entry("customData", value)?;
        }
        map.serialize_entry("id", &self.id)?;
        if let Some(value) = &self.connector_id {
            map.serialize_entry("connectorId", value)?;
        }
        map.end()
    }
}

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
    fn index(name: &str) -> usize {
        match name {
            "Diagnostics" => 0usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::Diagnostics,
                _ => return None,
            },
        )
    }
    fn as_str(&self) -> &str {
        match self {
            Self::Diagnostics => "Diagnostics",
            Self::Unrecognized(unknown) => unknown.as_str(),
        }
    }
    fn from_unknown(unknown: ::ocpp_types::UnknownValue) -> Self {
        Self::Unrecognized(unknown)
    }
    fn is_unknown(&self) -> bool {
        matches!(self, Self::Unrecognized(_))
    }
}

impl LogType {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(LogType);

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

impl ::ocpp_types::generated::Object for StatusRequest {
    const NAME: &'static str = "StatusRequest";
    const MEMBERS: &'static [&'static str] = &["customData", "status", "evse", "log"];
    fn index(name: &str) -> usize {
        match name {
            "customData" => 0usize,
            "status" => 1usize,
            "evse" => 2usize,
            "log" => 3usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 4usize];
        let mut member_0 = None;
        let mut member_1 = None;
        let mut member_2 = None;
        let mut member_3 = None;
        loop {
            match ::ocpp_types::generated::next_member(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )? {
                0usize => {
                    ::ocpp_types::generated::fill(&mut member_0, map.next_value()?);
                }
                1usize => {
                    ::ocpp_types::generated::fill(&mut member_1, map.next_value()?);
                }
                2usize => {
                    ::ocpp_types::generated::fill(&mut member_2, map.next_value()?);
                }
                3usize => {
                    ::ocpp_types::generated::fill(&mut member_3, map.next_value()?);
                }
                _ => break,
            }
        }
        let (Some(member_1), Some(member_2)) = (member_1, member_2) else {
            return Err(
                ::ocpp_types::generated::missing(
                    &seen,
                    &[1usize, 2usize],
                    <Self as Object>::MEMBERS,
                ),
            );
        };
        Ok(Self {
            custom_data: member_0,
            status: member_1,
            evse: member_2,
            log: member_3,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for StatusRequest {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for StatusRequest {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            custom_data: members.optional("customData")?,
            status: members.required("status")?,
            evse: members.required("evse")?,
            log: members.optional("log")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for StatusRequest {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.custom_data {
            map.serialize_entry("customData", value)?;
        }
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("evse", &self.evse)?;
        if let Some(value) = &self.log {
            map.serialize_entry("log", value)?;
        }
        map.end()
    }
}

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

