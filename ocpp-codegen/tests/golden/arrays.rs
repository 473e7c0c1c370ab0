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

impl ::ocpp_types::generated::Wire for Arrays {
    fn blank() -> Self {
        Self {
            any: ::ocpp_types::generated::Wire::blank(),
            non_empty: ::ocpp_types::generated::Wire::blank(),
            bounded: ::ocpp_types::generated::Wire::blank(),
            pair: ::ocpp_types::generated::Wire::blank(),
            integers: ::ocpp_types::generated::Wire::blank(),
            matrix: ::ocpp_types::generated::Wire::blank(),
            inline: ::ocpp_types::generated::Wire::blank(),
            values: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Arrays {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.any),
            1usize => Wire::place(&mut self.non_empty),
            2usize => Wire::place(&mut self.bounded),
            3usize => Wire::place(&mut self.pair),
            4usize => Wire::place(&mut self.integers),
            5usize => Wire::place(&mut self.matrix),
            6usize => Wire::place(&mut self.inline),
            7usize => Wire::place(&mut self.values),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Arrays {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.any),
            1usize => Wire::view(&self.non_empty),
            2usize => Wire::view(&self.bounded),
            3usize => Wire::view(&self.pair),
            4usize => Wire::view(&self.integers),
            5usize => Wire::view(&self.matrix),
            6usize => Wire::view(&self.inline),
            7usize => Wire::view(&self.values),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Arrays);

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

impl ::ocpp_types::generated::Wire for ArraysInline {
    fn blank() -> Self {
        Self {
            kind: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for ArraysInline {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.kind),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for ArraysInline {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.kind),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(ArraysInline);

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
    fn at(index: usize) -> Option<Self> {
        Some(
            match index {
                0usize => Self::A,
                1usize => Self::B,
                _ => return None,
            },
        )
    }
    fn position(&self) -> usize {
        match self {
            Self::A => 0usize,
            Self::B => 1usize,
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

impl ArraysInlineKind {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ::ocpp_types::Enumeration::as_str(self)
    }
}

::ocpp_types::enumeration_traits!(ArraysInlineKind, A);

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

impl ::ocpp_types::generated::Wire for Point {
    fn blank() -> Self {
        Self {
            x: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Point {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.x),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Point {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.x),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Point);

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

