// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// `Names`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// `type`
    pub r#type: ::ocpp_types::Text,
    /// `self`
    pub self_: ::ocpp_types::Text,
    /// `bulkSoC`
    pub bulk_soc: Option<i64>,
    /// `15min`
    pub n_15min: Option<i64>,
    /// `limit_L2`
    pub limit_l2: Option<::ocpp_types::Number>,
    /// `map`
    pub map: Option<bool>,
    /// `member_0`
    pub member_0: Option<bool>,
    /// `phase`
    pub phase: Option<NamesPhase>,
}

impl Names {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(r#type: ::ocpp_types::Text, self_: ::ocpp_types::Text) -> Self {
        Self {
            r#type,
            self_,
            bulk_soc: None,
            n_15min: None,
            limit_l2: None,
            map: None,
            member_0: None,
            phase: None,
        }
    }
}

impl ::ocpp_types::generated::Wire for Names {
    fn blank() -> Self {
        Self {
            r#type: ::ocpp_types::generated::Wire::blank(),
            self_: ::ocpp_types::generated::Wire::blank(),
            bulk_soc: ::ocpp_types::generated::Wire::blank(),
            n_15min: ::ocpp_types::generated::Wire::blank(),
            limit_l2: ::ocpp_types::generated::Wire::blank(),
            map: ::ocpp_types::generated::Wire::blank(),
            member_0: ::ocpp_types::generated::Wire::blank(),
            phase: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Names {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.r#type),
            1usize => Wire::place(&mut self.self_),
            2usize => Wire::place(&mut self.bulk_soc),
            3usize => Wire::place(&mut self.n_15min),
            4usize => Wire::place(&mut self.limit_l2),
            5usize => Wire::place(&mut self.map),
            6usize => Wire::place(&mut self.member_0),
            7usize => Wire::place(&mut self.phase),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Names {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.r#type),
            1usize => Wire::view(&self.self_),
            2usize => Wire::view(&self.bulk_soc),
            3usize => Wire::view(&self.n_15min),
            4usize => Wire::view(&self.limit_l2),
            5usize => Wire::view(&self.map),
            6usize => Wire::view(&self.member_0),
            7usize => Wire::view(&self.phase),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Names);

impl ::ocpp_types::Described for Names {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Names",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "type",
                        required: true,
                        shape: <::ocpp_types::Text as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "self",
                        required: true,
                        shape: <::ocpp_types::Text as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "bulkSoC",
                        required: false,
                        shape: <i64 as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "15min",
                        required: false,
                        shape: <i64 as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "limit_L2",
                        required: false,
                        shape: <::ocpp_types::Number as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "map",
                        required: false,
                        shape: <bool as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "member_0",
                        required: false,
                        shape: <bool as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "phase",
                        required: false,
                        shape: <NamesPhase as ::ocpp_types::Described>::SHAPE,
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

/// The values of `NamesPhase`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NamesPhase {
    /// `L1`
    L1,
    /// `L1-N`
    L1N,
    /// `Energy.Active.Import.Register`
    EnergyActiveImportRegister,
    /// `15min`
    N15min,
    /// `Self`
    Self_,
    /// `type`
    Type,
    /// `SOCLimitReached`
    SocLimitReached,
    /// `Größe`
    Größe,
    /// A value that the schema does not know: only lenient decoding lets it in, and it cannot be encoded.
    Unrecognized(::ocpp_types::UnknownValue),
}

impl ::ocpp_types::Enumeration for NamesPhase {
    const NAMES: &'static [&'static str] = &[
        "L1",
        "L1-N",
        "Energy.Active.Import.Register",
        "15min",
        "Self",
        "type",
        "SOCLimitReached",
        "Größe",
    ];
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::L1,
                1usize => Self::L1N,
                2usize => Self::EnergyActiveImportRegister,
                3usize => Self::N15min,
                4usize => Self::Self_,
                5usize => Self::Type,
                6usize => Self::SocLimitReached,
                7usize => Self::Größe,
                _ => return None,
            },
        )
    }
    fn position(&self) -> usize {
        match self {
            Self::L1 => 0usize,
            Self::L1N => 1usize,
            Self::EnergyActiveImportRegister => 2usize,
            Self::N15min => 3usize,
            Self::Self_ => 4usize,
            Self::Type => 5usize,
            Self::SocLimitReached => 6usize,
            Self::Größe => 7usize,
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

impl NamesPhase {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(NamesPhase, L1);

