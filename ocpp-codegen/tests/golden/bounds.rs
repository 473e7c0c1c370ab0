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

impl ::ocpp_types::generated::Wire for Bounds {
    fn blank() -> Self {
        Self {
            free: ::ocpp_types::generated::Wire::blank(),
            short: ::ocpp_types::generated::Wire::blank(),
            identifier: ::ocpp_types::generated::Wire::blank(),
            at: ::ocpp_types::generated::Wire::blank(),
            location: ::ocpp_types::generated::Wire::blank(),
            flag: ::ocpp_types::generated::Wire::blank(),
            count: ::ocpp_types::generated::Wire::blank(),
            not_negative: ::ocpp_types::generated::Wire::blank(),
            percent: ::ocpp_types::generated::Wire::blank(),
            at_most: ::ocpp_types::generated::Wire::blank(),
            number: ::ocpp_types::generated::Wire::blank(),
            tenths: ::ocpp_types::generated::Wire::blank(),
            cents: ::ocpp_types::generated::Wire::blank(),
            whole: ::ocpp_types::generated::Wire::blank(),
            no_gain: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Bounds {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.free),
            1usize => Wire::place(&mut self.short),
            2usize => Wire::place(&mut self.identifier),
            3usize => Wire::place(&mut self.at),
            4usize => Wire::place(&mut self.location),
            5usize => Wire::place(&mut self.flag),
            6usize => Wire::place(&mut self.count),
            7usize => Wire::place(&mut self.not_negative),
            8usize => Wire::place(&mut self.percent),
            9usize => Wire::place(&mut self.at_most),
            10usize => Wire::place(&mut self.number),
            11usize => Wire::place(&mut self.tenths),
            12usize => Wire::place(&mut self.cents),
            13usize => Wire::place(&mut self.whole),
            14usize => Wire::place(&mut self.no_gain),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Bounds {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.free),
            1usize => Wire::view(&self.short),
            2usize => Wire::view(&self.identifier),
            3usize => Wire::view(&self.at),
            4usize => Wire::view(&self.location),
            5usize => Wire::view(&self.flag),
            6usize => Wire::view(&self.count),
            7usize => Wire::view(&self.not_negative),
            8usize => Wire::view(&self.percent),
            9usize => Wire::view(&self.at_most),
            10usize => Wire::view(&self.number),
            11usize => Wire::view(&self.tenths),
            12usize => Wire::view(&self.cents),
            13usize => Wire::view(&self.whole),
            14usize => Wire::view(&self.no_gain),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Bounds);

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

