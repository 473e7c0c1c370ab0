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

impl ::ocpp_types::generated::Object for OpenObject {
    const NAME: &'static str = "OpenObject";
    const MEMBERS: &'static [&'static str] = &["vendorId", "data", "closed", "open"];
    fn index(name: &str) -> usize {
        match name {
            "vendorId" => 0usize,
            "data" => 1usize,
            "closed" => 2usize,
            "open" => 3usize,
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
        let mut other_members = ::ocpp_types::OtherMembers::default();
        loop {
            match ::ocpp_types::generated::next_of_any(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )? {
                Ok(0usize) => {
                    ::ocpp_types::generated::fill(&mut member_0, map.next_value()?);
                }
                Ok(1usize) => {
                    ::ocpp_types::generated::fill(&mut member_1, map.next_value()?);
                }
                Ok(2usize) => {
                    ::ocpp_types::generated::fill(&mut member_2, map.next_value()?);
                }
                Ok(3usize) => {
                    ::ocpp_types::generated::fill(&mut member_3, map.next_value()?);
                }
                Ok(_) => break,
                Err(name) => {
                    ::ocpp_types::generated::other(&mut other_members, name, &mut map)?;
                }
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
        Ok(Self {
            vendor_id: member_0,
            data: member_1,
            closed: member_2,
            open: member_3,
            other_members: other_members.settled(),
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for OpenObject {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for OpenObject {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            vendor_id: members.required("vendorId")?,
            data: members.optional("data")?,
            closed: members.optional("closed")?,
            open: members.optional("open")?,
            other_members: members
                .others(<Self as ::ocpp_types::generated::Object>::MEMBERS),
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for OpenObject {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("vendorId", &self.vendor_id)?;
        if let Some(value) = &self.data {
            map.serialize_entry("data", value)?;
        }
        if let Some(value) = &self.closed {
            map.serialize_entry("closed", value)?;
        }
        if let Some(value) = &self.open {
            map.serialize_entry("open", value)?;
        }
        self.other_members.serialize_into(&mut map)?;
        map.end()
    }
}

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

impl ::ocpp_types::generated::Object for OpenObjectClosed {
    const NAME: &'static str = "OpenObjectClosed";
    const MEMBERS: &'static [&'static str] = &["on"];
    fn index(name: &str) -> usize {
        match name {
            "on" => 0usize,
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
        Ok(Self { on: member_0 })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for OpenObjectClosed {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for OpenObjectClosed {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            on: members.optional("on")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for OpenObjectClosed {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.on {
            map.serialize_entry("on", value)?;
        }
        map.end()
    }
}

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

impl ::ocpp_types::generated::Object for OpenObjectOpen {
    const NAME: &'static str = "OpenObjectOpen";
    const MEMBERS: &'static [&'static str] = &["on"];
    fn index(name: &str) -> usize {
        match name {
            "on" => 0usize,
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
        let mut other_members = ::ocpp_types::OtherMembers::default();
        loop {
            match ::ocpp_types::generated::next_of_any(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )? {
                Ok(0usize) => {
                    ::ocpp_types::generated::fill(&mut member_0, map.next_value()?);
                }
                Ok(_) => break,
                Err(name) => {
                    ::ocpp_types::generated::other(&mut other_members, name, &mut map)?;
                }
            }
        }
        Ok(Self {
            on: member_0,
            other_members: other_members.settled(),
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for OpenObjectOpen {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for OpenObjectOpen {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            on: members.optional("on")?,
            other_members: members
                .others(<Self as ::ocpp_types::generated::Object>::MEMBERS),
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for OpenObjectOpen {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.on {
            map.serialize_entry("on", value)?;
        }
        self.other_members.serialize_into(&mut map)?;
        map.end()
    }
}

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

