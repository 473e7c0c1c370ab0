// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// `Arrays`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrays {
    /// `any`
    pub any: Option<
        ::ocpp_types::BoundedVec<::ocpp_types::BoundedString<5>, 0usize, { usize::MAX }>,
    >,
    /// `nonEmpty`
    pub non_empty: ::ocpp_types::NonEmpty<Point>,
    /// `bounded`
    pub bounded: Option<::ocpp_types::BoundedVec<Point, 1usize, 3usize>>,
    /// `pair`
    pub pair: Option<
        ::ocpp_types::BoundedVec<::ocpp_types::Number, 2usize, { usize::MAX }>,
    >,
    /// `integers`
    pub integers: ::ocpp_types::BoundedVec<i64, 1usize, 4usize>,
    /// `matrix`
    pub matrix: Option<
        ::ocpp_types::BoundedVec<
            ::ocpp_types::BoundedVec<::ocpp_types::NonNegative, 0usize, 2usize>,
            0usize,
            { usize::MAX },
        >,
    >,
    /// `inline`
    pub inline: Option<::ocpp_types::BoundedVec<ArraysInline, 0usize, { usize::MAX }>>,
    /// `values`
    pub values: Option<
        ::ocpp_types::BoundedVec<::ocpp_types::Json, 0usize, { usize::MAX }>,
    >,
}

impl Arrays {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        non_empty: ::ocpp_types::NonEmpty<Point>,
        integers: ::ocpp_types::BoundedVec<i64, 1usize, 4usize>,
    ) -> Self {
        Self {
            any: None,
            non_empty,
            bounded: None,
            pair: None,
            integers,
            matrix: None,
            inline: None,
            values: None,
        }
    }
}

impl ::ocpp_types::generated::Object for Arrays {
    const NAME: &'static str = "Arrays";
    const MEMBERS: &'static [&'static str] = &[
        "any",
        "nonEmpty",
        "bounded",
        "pair",
        "integers",
        "matrix",
        "inline",
        "values",
    ];
    fn index(name: &str) -> usize {
        match name {
            "any" => 0usize,
            "nonEmpty" => 1usize,
            "bounded" => 2usize,
            "pair" => 3usize,
            "integers" => 4usize,
            "matrix" => 5usize,
            "inline" => 6usize,
            "values" => 7usize,
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
                    ::ocpp_types::generated::fill(&mut member_2, map.next_value()?);
                }
                3usize => {
                    ::ocpp_types::generated::fill(&mut member_3, map.next_value()?);
                }
                4usize => {
                    ::ocpp_types::generated::fill(
                        &mut member_4,
                        ::ocpp_types::generated::integers(&mut map)?,
                    );
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
        let (Some(member_1), Some(member_4)) = (member_1, member_4) else {
            return Err(
                ::ocpp_types::generated::missing(
                    &seen,
                    &[1usize, 4usize],
                    <Self as Object>::MEMBERS,
                ),
            );
        };
        Ok(Self {
            any: member_0,
            non_empty: member_1,
            bounded: member_2,
            pair: member_3,
            integers: member_4,
            matrix: member_5,
            inline: member_6,
            values: member_7,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Arrays {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Arrays {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            any: members.optional("any")?,
            non_empty: members.required("nonEmpty")?,
            bounded: members.optional("bounded")?,
            pair: members.optional("pair")?,
            integers: members.required("integers")?,
            matrix: members.optional("matrix")?,
            inline: members.optional("inline")?,
            values: members.optional("values")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Arrays {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.any {
            map.serialize_entry("any", value)?;
        }
        map.serialize_entry("nonEmpty", &self.non_empty)?;
        if let Some(value) = &self.bounded {
            map.serialize_entry("bounded", value)?;
        }
        if let Some(value) = &self.pair {
            map.serialize_entry("pair", value)?;
        }
        map.serialize_entry("integers", &self.integers)?;
        if let Some(value) = &self.matrix {
            map.serialize_entry("matrix", value)?;
        }
        if let Some(value) = &self.inline {
            map.serialize_entry("inline", value)?;
        }
        if let Some(value) = &self.values {
            map.serialize_entry("values", value)?;
        }
        map.end()
    }
}

impl ::ocpp_types::Described for Arrays {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Arrays",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "any",
                        required: false,
                        shape: <::ocpp_types::BoundedVec<
                            ::ocpp_types::BoundedString<5>,
                            0usize,
                            { usize::MAX },
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "nonEmpty",
                        required: true,
                        shape: <::ocpp_types::NonEmpty<
                            Point,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "bounded",
                        required: false,
                        shape: <::ocpp_types::BoundedVec<
                            Point,
                            1usize,
                            3usize,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "pair",
                        required: false,
                        shape: <::ocpp_types::BoundedVec<
                            ::ocpp_types::Number,
                            2usize,
                            { usize::MAX },
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "integers",
                        required: true,
                        shape: <::ocpp_types::BoundedVec<
                            i64,
                            1usize,
                            4usize,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "matrix",
                        required: false,
                        shape: <::ocpp_types::BoundedVec<
                            ::ocpp_types::BoundedVec<
                                ::ocpp_types::NonNegative,
                                0usize,
                                2usize,
                            >,
                            0usize,
                            { usize::MAX },
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "inline",
                        required: false,
                        shape: <::ocpp_types::BoundedVec<
                            ArraysInline,
                            0usize,
                            { usize::MAX },
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "values",
                        required: false,
                        shape: <::ocpp_types::BoundedVec<
                            ::ocpp_types::Json,
                            0usize,
                            { usize::MAX },
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

/// `ArraysInline`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct ArraysInline {
    /// `kind`
    pub kind: Option<ArraysInlineKind>,
}

impl ArraysInline {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self { kind: None }
    }
}

impl ::ocpp_types::generated::Object for ArraysInline {
    const NAME: &'static str = "ArraysInline";
    const MEMBERS: &'static [&'static str] = &["kind"];
    fn index(name: &str) -> usize {
        match name {
            "kind" => 0usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 1usize];
        let mut member_0 = None;
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
                _ => break,
            }
        }
        Ok(Self { kind: member_0 })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for ArraysInline {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for ArraysInline {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            kind: members.optional("kind")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for ArraysInline {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.kind {
            map.serialize_entry("kind", value)?;
        }
        map.end()
    }
}

impl ::ocpp_types::Described for ArraysInline {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "ArraysInline",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "kind",
                        required: false,
                        shape: <ArraysInlineKind as ::ocpp_types::Described>::SHAPE,
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

/// The values of `ArraysInlineKind`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ArraysInlineKind {
    /// `A`
    A,
    /// `B`
    B,
    /// A value that the schema does not know: only lenient decoding lets it in, and it cannot be encoded.
    Unrecognized(::ocpp_types::UnknownValue),
}

impl ::ocpp_types::Enumeration for ArraysInlineKind {
    const NAMES: &'static [&'static str] = &["A", "B"];
    fn index(name: &str) -> usize {
        match name {
            "A" => 0usize,
            "B" => 1usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::A,
                1usize => Self::B,
                _ => return None,
            },
        )
    }
    fn as_str(&self) -> &str {
        match self {
            Self::A => "A",
            Self::B => "B",
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

impl ArraysInlineKind {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(ArraysInlineKind);

/// `Point`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// `x`
    pub x: ::ocpp_types::Number,
}

impl Point {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(x: ::ocpp_types::Number) -> Self {
        Self { x }
    }
}

impl ::ocpp_types::generated::Object for Point {
    const NAME: &'static str = "Point";
    const MEMBERS: &'static [&'static str] = &["x"];
    fn index(name: &str) -> usize {
        match name {
            "x" => 0usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 1usize];
        let mut member_0 = None;
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
                _ => break,
            }
        }
        let Some(member_0) = member_0 else {
            return Err(
                ::ocpp_types::generated::missing(
                    &seen,
                    &[0usize],
                    <Self as Object>::MEMBERS,
                ),
            );
        };
        Ok(Self { x: member_0 })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Point {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Point {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self { x: members.required("x")? })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Point {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("x", &self.x)?;
        map.end()
    }
}

impl ::ocpp_types::Described for Point {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Point",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "x",
                        required: true,
                        shape: <::ocpp_types::Number as ::ocpp_types::Described>::SHAPE,
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

