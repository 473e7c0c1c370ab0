// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// Unknown members are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenObject {
    /// `vendorId`
    pub vendor_id: ::ocpp_types::BoundedString<255>,
    /// Any JSON.
    pub data: Option<::ocpp_types::Json>,
    /// `closed`
    pub closed: Option<OpenObjectClosed>,
    /// `open`
    pub open: Option<OpenObjectOpen>,
    /// Members that the schema does not describe.
    pub other_members: ::ocpp_types::OtherMembers,
}

impl OpenObject {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(vendor_id: ::ocpp_types::BoundedString<255>) -> Self {
        Self {
            vendor_id,
            data: None,
            closed: None,
            open: None,
            other_members: ::ocpp_types::OtherMembers::default(),
        }
    }
}

impl ::ocpp_types::generated::Wire for OpenObject {
    fn blank() -> Self {
        Self {
            vendor_id: ::ocpp_types::generated::Wire::blank(),
            data: ::ocpp_types::generated::Wire::blank(),
            closed: ::ocpp_types::generated::Wire::blank(),
            open: ::ocpp_types::generated::Wire::blank(),
            other_members: ::ocpp_types::OtherMembers::default(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for OpenObject {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.vendor_id),
            1usize => Wire::place(&mut self.data),
            2usize => Wire::place(&mut self.closed),
            3usize => Wire::place(&mut self.open),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
    fn others(&mut self) -> Option<&mut ::ocpp_types::OtherMembers> {
        Some(&mut self.other_members)
    }
}

impl ::ocpp_types::generated::ObjectView for OpenObject {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.vendor_id),
            1usize => Wire::view(&self.data),
            2usize => Wire::view(&self.closed),
            3usize => Wire::view(&self.open),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
    fn look_others(&self) -> Option<&::ocpp_types::OtherMembers> {
        Some(&self.other_members)
    }
}

::ocpp_types::object_traits!(OpenObject);

impl ::ocpp_types::Described for OpenObject {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "OpenObject",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "vendorId",
                        required: true,
                        shape: <::ocpp_types::BoundedString<
                            255,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "data",
                        required: false,
                        shape: <::ocpp_types::Json as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "closed",
                        required: false,
                        shape: <OpenObjectClosed as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "open",
                        required: false,
                        shape: <OpenObjectOpen as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                ],
                open: true,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

/// `OpenObjectClosed`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct OpenObjectClosed {
    /// `on`
    pub on: Option<bool>,
}

impl OpenObjectClosed {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self { on: None }
    }
}

impl ::ocpp_types::generated::Wire for OpenObjectClosed {
    fn blank() -> Self {
        Self {
            on: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for OpenObjectClosed {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.on),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for OpenObjectClosed {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.on),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(OpenObjectClosed);

impl ::ocpp_types::Described for OpenObjectClosed {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "OpenObjectClosed",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "on",
                        required: false,
                        shape: <bool as ::ocpp_types::Described>::SHAPE,
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

/// `OpenObjectOpen`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct OpenObjectOpen {
    /// `on`
    pub on: Option<bool>,
    /// Members that the schema does not describe.
    pub other_members: ::ocpp_types::OtherMembers,
}

impl OpenObjectOpen {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self {
            on: None,
            other_members: ::ocpp_types::OtherMembers::default(),
        }
    }
}

impl ::ocpp_types::generated::Wire for OpenObjectOpen {
    fn blank() -> Self {
        Self {
            on: ::ocpp_types::generated::Wire::blank(),
            other_members: ::ocpp_types::OtherMembers::default(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for OpenObjectOpen {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.on),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
    fn others(&mut self) -> Option<&mut ::ocpp_types::OtherMembers> {
        Some(&mut self.other_members)
    }
}

impl ::ocpp_types::generated::ObjectView for OpenObjectOpen {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.on),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
    fn look_others(&self) -> Option<&::ocpp_types::OtherMembers> {
        Some(&self.other_members)
    }
}

::ocpp_types::object_traits!(OpenObjectOpen);

impl ::ocpp_types::Described for OpenObjectOpen {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "OpenObjectOpen",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "on",
                        required: false,
                        shape: <bool as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                ],
                open: true,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

