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

impl ::ocpp_types::generated::Wire for ChargingProfile {
    fn blank() -> Self {
        Self {
            valid_from: ::ocpp_types::generated::Wire::blank(),
            charging_profile_purpose: ::ocpp_types::generated::Wire::blank(),
            limit: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for ChargingProfile {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.valid_from),
            1usize => Wire::place(&mut self.charging_profile_purpose),
            2usize => Wire::place(&mut self.limit),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for ChargingProfile {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.valid_from),
            1usize => Wire::view(&self.charging_profile_purpose),
            2usize => Wire::view(&self.limit),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(ChargingProfile);

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
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::TxDefaultProfile,
                1usize => Self::TxProfile,
                _ => return None,
            },
        )
    }
    fn position(&self) -> usize {
        match self {
            Self::TxDefaultProfile => 0usize,
            Self::TxProfile => 1usize,
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

impl ChargingProfilePurpose {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(ChargingProfilePurpose, TxDefaultProfile);

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
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::Fast,
                1usize => Self::Slow,
                _ => return None,
            },
        )
    }
    fn position(&self) -> usize {
        match self {
            Self::Fast => 0usize,
            Self::Slow => 1usize,
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

impl StartChargingMode {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(StartChargingMode, Fast);

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

impl ::ocpp_types::generated::Wire for StartChargingRequest {
    fn blank() -> Self {
        Self {
            connector_id: ::ocpp_types::generated::Wire::blank(),
            id_tag: ::ocpp_types::generated::Wire::blank(),
            charging_profile: ::ocpp_types::generated::Wire::blank(),
            mode: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for StartChargingRequest {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.connector_id),
            1usize => Wire::place(&mut self.id_tag),
            2usize => Wire::place(&mut self.charging_profile),
            3usize => Wire::place(&mut self.mode),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for StartChargingRequest {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.connector_id),
            1usize => Wire::view(&self.id_tag),
            2usize => Wire::view(&self.charging_profile),
            3usize => Wire::view(&self.mode),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(StartChargingRequest);

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

