// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// `ChargingProfile`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargingProfile {
    /// `validFrom`
    pub valid_from: Option<::ocpp_types::DateTime>,
    /// `chargingProfilePurpose`
    pub charging_profile_purpose: ChargingProfilePurpose,
    /// `limit`
    pub limit: ::ocpp_types::Tenths,
}

impl ChargingProfile {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        charging_profile_purpose: ChargingProfilePurpose,
        limit: ::ocpp_types::Tenths,
    ) -> Self {
        Self {
            valid_from: None,
            charging_profile_purpose,
            limit,
        }
    }
}

impl ::ocpp_types::generated::Object for ChargingProfile {
    const NAME: &'static str = "ChargingProfile";
    const MEMBERS: &'static [&'static str] = &[
        "validFrom",
        "chargingProfilePurpose",
        "limit",
    ];
    fn index(name: &str) -> usize {
        match name {
            "validFrom" => 0usize,
            "chargingProfilePurpose" => 1usize,
            "limit" => 2usize,
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
            valid_from: member_0,
            charging_profile_purpose: member_1,
            limit: member_2,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for ChargingProfile {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for ChargingProfile {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            valid_from: members.optional("validFrom")?,
            charging_profile_purpose: members.required("chargingProfilePurpose")?,
            limit: members.required("limit")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for ChargingProfile {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.valid_from {
            map.serialize_entry("validFrom", value)?;
        }
        map.serialize_entry("chargingProfilePurpose", &self.charging_profile_purpose)?;
        map.serialize_entry("limit", &self.limit)?;
        map.end()
    }
}

impl ::ocpp_types::Described for ChargingProfile {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "ChargingProfile",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "validFrom",
                        required: false,
                        shape: <::ocpp_types::DateTime as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "chargingProfilePurpose",
                        required: true,
                        shape: <ChargingProfilePurpose as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "limit",
                        required: true,
                        shape: <::ocpp_types::Tenths as ::ocpp_types::Described>::SHAPE,
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

/// The values of `ChargingProfilePurpose`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ChargingProfilePurpose {
    /// `TxDefaultProfile`
    TxDefaultProfile,
    /// `TxProfile`
    TxProfile,
    /// A value that the schema does not know: only lenient decoding lets it in, and it cannot be encoded.
    Unrecognized(::ocpp_types::UnknownValue),
}

impl ::ocpp_types::Enumeration for ChargingProfilePurpose {
    const NAMES: &'static [&'static str] = &["TxDefaultProfile", "TxProfile"];
    fn index(name: &str) -> usize {
        match name {
            "TxDefaultProfile" => 0usize,
            "TxProfile" => 1usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::TxDefaultProfile,
                1usize => Self::TxProfile,
                _ => return None,
            },
        )
    }
    fn as_str(&self) -> &str {
        match self {
            Self::TxDefaultProfile => "TxDefaultProfile",
            Self::TxProfile => "TxProfile",
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

impl ChargingProfilePurpose {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(ChargingProfilePurpose);

/// The values of `StartChargingMode`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StartChargingMode {
    /// `Fast`
    Fast,
    /// `Slow`
    Slow,
    /// A value that the schema does not know: only lenient decoding lets it in, and it cannot be encoded.
    Unrecognized(::ocpp_types::UnknownValue),
}

impl ::ocpp_types::Enumeration for StartChargingMode {
    const NAMES: &'static [&'static str] = &["Fast", "Slow"];
    fn index(name: &str) -> usize {
        match name {
            "Fast" => 0usize,
            "Slow" => 1usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::Fast,
                1usize => Self::Slow,
                _ => return None,
            },
        )
    }
    fn as_str(&self) -> &str {
        match self {
            Self::Fast => "Fast",
            Self::Slow => "Slow",
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

impl StartChargingMode {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(StartChargingMode);

/// `StartChargingRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartChargingRequest {
    /// `connectorId`
    pub connector_id: Option<i64>,
    /// `idTag`
    pub id_tag: ::ocpp_types::CiString<20>,
    /// `chargingProfile`
    pub charging_profile: Option<ChargingProfile>,
    /// `mode`
    pub mode: Option<StartChargingMode>,
}

impl StartChargingRequest {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(id_tag: ::ocpp_types::CiString<20>) -> Self {
        Self {
            connector_id: None,
            id_tag,
            charging_profile: None,
            mode: None,
        }
    }
}

impl ::ocpp_types::generated::Object for StartChargingRequest {
    const NAME: &'static str = "StartChargingRequest";
    const MEMBERS: &'static [&'static str] = &[
        "connectorId",
        "idTag",
        "chargingProfile",
        "mode",
    ];
    fn index(name: &str) -> usize {
        match name {
            "connectorId" => 0usize,
            "idTag" => 1usize,
            "chargingProfile" => 2usize,
            "mode" => 3usize,
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
                    ::ocpp_types::generated::fill(
                        &mut member_0,
                        ::ocpp_types::generated::integer(&mut map)?,
                    );
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
            connector_id: member_0,
            id_tag: member_1,
            charging_profile: member_2,
            mode: member_3,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for StartChargingRequest {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for StartChargingRequest {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            connector_id: members.optional("connectorId")?,
            id_tag: members.required("idTag")?,
            charging_profile: members.optional("chargingProfile")?,
            mode: members.optional("mode")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for StartChargingRequest {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.connector_id {
            map.serialize_entry("connectorId", value)?;
        }
        map.serialize_entry("idTag", &self.id_tag)?;
        if let Some(value) = &self.charging_profile {
            map.serialize_entry("chargingProfile", value)?;
        }
        if let Some(value) = &self.mode {
            map.serialize_entry("mode", value)?;
        }
        map.end()
    }
}

impl ::ocpp_types::Described for StartChargingRequest {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "StartChargingRequest",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "connectorId",
                        required: false,
                        shape: <i64 as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "idTag",
                        required: true,
                        shape: <::ocpp_types::CiString<
                            20,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "chargingProfile",
                        required: false,
                        shape: <ChargingProfile as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "mode",
                        required: false,
                        shape: <StartChargingMode as ::ocpp_types::Described>::SHAPE,
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

