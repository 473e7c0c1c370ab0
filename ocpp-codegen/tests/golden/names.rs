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

impl ::ocpp_types::generated::Object for Names {
    const NAME: &'static str = "Names";
    const MEMBERS: &'static [&'static str] = &[
        "type",
        "self",
        "bulkSoC",
        "15min",
        "limit_L2",
        "map",
        "member_0",
        "phase",
    ];
    fn index(name: &str) -> usize {
        match name {
            "type" => 0usize,
            "self" => 1usize,
            "bulkSoC" => 2usize,
            "15min" => 3usize,
            "limit_L2" => 4usize,
            "map" => 5usize,
            "member_0" => 6usize,
            "phase" => 7usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 8usize];
        let mut member_0 = None;
        let mut member_1 = None;
        let mut member_2 = None;
        let mut member_3 = None;
        let mut member_4 = None;
        let mut member_5 = None;
        let mut member_6 = None;
        let mut member_7 = None;
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
                    ::ocpp_types::generated::fill(
                        &mut member_2,
                        ::ocpp_types::generated::integer(&mut map)?,
                    );
                }
                3usize => {
                    ::ocpp_types::generated::fill(
                        &mut member_3,
                        ::ocpp_types::generated::integer(&mut map)?,
                    );
                }
                4usize => {
                    ::ocpp_types::generated::fill(&mut member_4, map.next_value()?);
                }
                5usize => {
                    ::ocpp_types::generated::fill(&mut member_5, map.next_value()?);
                }
                6usize => {
                    ::ocpp_types::generated::fill(&mut member_6, map.next_value()?);
                }
                7usize => {
                    ::ocpp_types::generated::fill(&mut member_7, map.next_value()?);
                }
                _ => break,
            }
        }
        let (Some(member_0), Some(member_1)) = (member_0, member_1) else {
            return Err(
                ::ocpp_types::generated::missing(
                    &seen,
                    &[0usize, 1usize],
                    <Self as Object>::MEMBERS,
                ),
            );
        };
        Ok(Self {
            r#type: member_0,
            self_: member_1,
            bulk_soc: member_2,
            n_15min: member_3,
            limit_l2: member_4,
            map: member_5,
            member_0: member_6,
            phase: member_7,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Names {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Names {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            r#type: members.required("type")?,
            self_: members.required("self")?,
            bulk_soc: members.optional("bulkSoC")?,
            n_15min: members.optional("15min")?,
            limit_l2: members.optional("limit_L2")?,
            map: members.optional("map")?,
            member_0: members.optional("member_0")?,
            phase: members.optional("phase")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Names {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.r#type)?;
        map.serialize_entry("self", &self.self_)?;
        if let Some(value) = &self.bulk_soc {
            map.serialize_entry("bulkSoC", value)?;
        }
        if let Some(value) = &self.n_15min {
            map.serialize_entry("15min", value)?;
        }
        if let Some(value) = &self.limit_l2 {
            map.serialize_entry("limit_L2", value)?;
        }
        if let Some(value) = &self.map {
            map.serialize_entry("map", value)?;
        }
        if let Some(value) = &self.member_0 {
            map.serialize_entry("member_0", value)?;
        }
        if let Some(value) = &self.phase {
            map.serialize_entry("phase", value)?;
        }
        map.end()
    }
}

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
    fn index(name: &str) -> usize {
        match name {
            "L1" => 0usize,
            "L1-N" => 1usize,
            "Energy.Active.Import.Register" => 2usize,
            "15min" => 3usize,
            "Self" => 4usize,
            "type" => 5usize,
            "SOCLimitReached" => 6usize,
            "Größe" => 7usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
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
    fn as_str(&self) -> &str {
        match self {
            Self::L1 => "L1",
            Self::L1N => "L1-N",
            Self::EnergyActiveImportRegister => "Energy.Active.Import.Register",
            Self::N15min => "15min",
            Self::Self_ => "Self",
            Self::Type => "type",
            Self::SocLimitReached => "SOCLimitReached",
            Self::Größe => "Größe",
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

impl NamesPhase {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(NamesPhase);

