// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// `Bounds`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct Bounds {
    /// `free`
    pub free: Option<::ocpp_types::Text>,
    /// `short`
    pub short: Option<::ocpp_types::BoundedString<7>>,
    /// `identifier`
    pub identifier: Option<::ocpp_types::CiString<36>>,
    /// `at`
    pub at: Option<::ocpp_types::DateTime>,
    /// `location`
    pub location: Option<::ocpp_types::Uri>,
    /// `flag`
    pub flag: Option<bool>,
    /// `count`
    pub count: Option<i64>,
    /// `notNegative`
    pub not_negative: Option<::ocpp_types::NonNegative>,
    /// `percent`
    pub percent: Option<::ocpp_types::BoundedInteger<0, 100>>,
    /// `atMost`
    pub at_most: Option<::ocpp_types::BoundedInteger<{ i64::MIN }, -1>>,
    /// `number`
    pub number: Option<::ocpp_types::Number>,
    /// `tenths`
    pub tenths: Option<::ocpp_types::Tenths>,
    /// `cents`
    pub cents: Option<::ocpp_types::BoundedNumber<0, 1000, 2>>,
    /// `whole`
    pub whole: Option<::ocpp_types::BoundedNumber<{ i64::MIN }, { i64::MAX }, 0>>,
    /// `noGain`
    pub no_gain: Option<::ocpp_types::BoundedNumber<{ i64::MIN }, 0, { u32::MAX }>>,
}

impl Bounds {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self {
            free: None,
            short: None,
            identifier: None,
            at: None,
            location: None,
            flag: None,
            count: None,
            not_negative: None,
            percent: None,
            at_most: None,
            number: None,
            tenths: None,
            cents: None,
            whole: None,
            no_gain: None,
        }
    }
}

impl ::ocpp_types::generated::Object for Bounds {
    const NAME: &'static str = "Bounds";
    const MEMBERS: &'static [&'static str] = &[
        "free",
        "short",
        "identifier",
        "at",
        "location",
        "flag",
        "count",
        "notNegative",
        "percent",
        "atMost",
        "number",
        "tenths",
        "cents",
        "whole",
        "noGain",
    ];
    fn index(name: &str) -> usize {
        match name {
            "free" => 0usize,
            "short" => 1usize,
            "identifier" => 2usize,
            "at" => 3usize,
            "location" => 4usize,
            "flag" => 5usize,
            "count" => 6usize,
            "notNegative" => 7usize,
            "percent" => 8usize,
            "atMost" => 9usize,
            "number" => 10usize,
            "tenths" => 11usize,
            "cents" => 12usize,
            "whole" => 13usize,
            "noGain" => 14usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 15usize];
        let mut member_0 = None;
        let mut member_1 = None;
        let mut member_2 = None;
        let mut member_3 = None;
        let mut member_4 = None;
        let mut member_5 = None;
        let mut member_6 = None;
        let mut member_7 = None;
        let mut member_8 = None;
        let mut member_9 = None;
        let mut member_10 = None;
        let mut member_11 = None;
        let mut member_12 = None;
        let mut member_13 = None;
        let mut member_14 = None;
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
                4usize => {
                    ::ocpp_types::generated::fill(&mut member_4, map.next_value()?);
                }
                5usize => {
                    ::ocpp_types::generated::fill(&mut member_5, map.next_value()?);
                }
                6usize => {
                    ::ocpp_types::generated::fill(
                        &mut member_6,
                        ::ocpp_types::generated::integer(&mut map)?,
                    );
                }
                7usize => {
                    ::ocpp_types::generated::fill(&mut member_7, map.next_value()?);
                }
                8usize => {
                    ::ocpp_types::generated::fill(&mut member_8, map.next_value()?);
                }
                9usize => {
                    ::ocpp_types::generated::fill(&mut member_9, map.next_value()?);
                }
                10usize => {
                    ::ocpp_types::generated::fill(&mut member_10, map.next_value()?);
                }
                11usize => {
                    ::ocpp_types::generated::fill(&mut member_11, map.next_value()?);
                }
                12usize => {
                    ::ocpp_types::generated::fill(&mut member_12, map.next_value()?);
                }
                13usize => {
                    ::ocpp_types::generated::fill(&mut member_13, map.next_value()?);
                }
                14usize => {
                    ::ocpp_types::generated::fill(&mut member_14, map.next_value()?);
                }
                _ => break,
            }
        }
        Ok(Self {
            free: member_0,
            short: member_1,
            identifier: member_2,
            at: member_3,
            location: member_4,
            flag: member_5,
            count: member_6,
            not_negative: member_7,
            percent: member_8,
            at_most: member_9,
            number: member_10,
            tenths: member_11,
            cents: member_12,
            whole: member_13,
            no_gain: member_14,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Bounds {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Bounds {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            free: members.optional("free")?,
            short: members.optional("short")?,
            identifier: members.optional("identifier")?,
            at: members.optional("at")?,
            location: members.optional("location")?,
            flag: members.optional("flag")?,
            count: members.optional("count")?,
            not_negative: members.optional("notNegative")?,
            percent: members.optional("percent")?,
            at_most: members.optional("atMost")?,
            number: members.optional("number")?,
            tenths: members.optional("tenths")?,
            cents: members.optional("cents")?,
            whole: members.optional("whole")?,
            no_gain: members.optional("noGain")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Bounds {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.free {
            map.serialize_entry("free", value)?;
        }
        if let Some(value) = &self.short {
            map.serialize_entry("short", value)?;
        }
        if let Some(value) = &self.identifier {
            map.serialize_entry("identifier", value)?;
        }
        if let Some(value) = &self.at {
            map.serialize_entry("at", value)?;
        }
        if let Some(value) = &self.location {
            map.serialize_entry("location", value)?;
        }
        if let Some(value) = &self.flag {
            map.serialize_entry("flag", value)?;
        }
        if let Some(value) = &self.count {
            map.serialize_entry("count", value)?;
        }
        if let Some(value) = &self.not_negative {
            map.serialize_entry("notNegative", value)?;
        }
        if let Some(value) = &self.percent {
            map.serialize_entry("percent", value)?;
        }
        if let Some(value) = &self.at_most {
            map.serialize_entry("atMost", value)?;
        }
        if let Some(value) = &self.number {
            map.serialize_entry("number", value)?;
        }
        if let Some(value) = &self.tenths {
            map.serialize_entry("tenths", value)?;
        }
        if let Some(value) = &self.cents {
            map.serialize_entry("cents", value)?;
        }
        if let Some(value) = &self.whole {
            map.serialize_entry("whole", value)?;
        }
        if let Some(value) = &self.no_gain {
            map.serialize_entry("noGain", value)?;
        }
        map.end()
    }
}

impl ::ocpp_types::Described for Bounds {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Bounds",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "free",
                        required: false,
                        shape: <::ocpp_types::Text as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::AnyAsText,
                    },
                    ::ocpp_types::MemberShape {
                        name: "short",
                        required: false,
                        shape: <::ocpp_types::BoundedString<
                            7,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "identifier",
                        required: false,
                        shape: <::ocpp_types::CiString<
                            36,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::Keep(
                            ::ocpp_types::Kept::Identity,
                        ),
                    },
                    ::ocpp_types::MemberShape {
                        name: "at",
                        required: false,
                        shape: <::ocpp_types::DateTime as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "location",
                        required: false,
                        shape: <::ocpp_types::Uri as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "flag",
                        required: false,
                        shape: <bool as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "count",
                        required: false,
                        shape: <i64 as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "notNegative",
                        required: false,
                        shape: <::ocpp_types::NonNegative as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "percent",
                        required: false,
                        shape: <::ocpp_types::BoundedInteger<
                            0,
                            100,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "atMost",
                        required: false,
                        shape: <::ocpp_types::BoundedInteger<
                            { i64::MIN },
                            -1,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "number",
                        required: false,
                        shape: <::ocpp_types::Number as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "tenths",
                        required: false,
                        shape: <::ocpp_types::Tenths as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::Keep(::ocpp_types::Kept::Limit),
                    },
                    ::ocpp_types::MemberShape {
                        name: "cents",
                        required: false,
                        shape: <::ocpp_types::BoundedNumber<
                            0,
                            1000,
                            2,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "whole",
                        required: false,
                        shape: <::ocpp_types::BoundedNumber<
                            { i64::MIN },
                            { i64::MAX },
                            0,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "noGain",
                        required: false,
                        shape: <::ocpp_types::BoundedNumber<
                            { i64::MIN },
                            0,
                            { u32::MAX },
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

